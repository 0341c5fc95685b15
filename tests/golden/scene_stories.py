"""What crews say from the scene, for the samples of the log."""

from __future__ import annotations

from schemas import commands as c
from schemas import facts as f
from schemas.values import AssignmentId
from streams.parameters import HOUR
from tests.streams.world import DESK, World


def on_scene(world: World, crew: AssignmentId) -> None:
    """All well, two in the danger zone, then silence, a call from the desk, and everybody out."""
    world.wait(minutes=30)
    world.send("near", c.CheckIn(assignment=crew, people=6))
    world.send("near", c.CountHeads(assignment=crew, inside=2))
    world.until(world.at + 2 * HOUR, f.CheckInEscalated)
    world.send(DESK, c.CheckIn(assignment=crew))
    world.send("near", c.ReportDone(assignment=crew, everybody_out=True))
