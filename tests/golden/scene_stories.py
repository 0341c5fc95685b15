"""What crews say from the scene, for the samples of the log."""

from __future__ import annotations

from schemas import commands as c
from schemas import facts as f
from schemas.values import AssignmentId, ReportAnswer, SceneReport
from streams.parameters import HOUR
from tests.streams.world import COUNTY, DESK, World, only


def on_scene(world: World, crew: AssignmentId) -> None:
    """All well, two in the danger zone, then silence, a call from the desk, and everybody out."""
    world.wait(minutes=30)
    world.send("near", c.CheckIn(assignment=crew, people=6))
    world.send("near", c.CountHeads(assignment=crew, inside=2))
    world.until(world.at + 2 * HOUR, f.CheckInEscalated)
    world.send(DESK, c.CheckIn(assignment=crew))
    reports(world, crew)
    world.send("near", c.ReportDone(assignment=crew, everybody_out=True, helped=12))


def reports(world: World, crew: AssignmentId) -> None:
    """More is needed, and asked for; the road is cut, which only the county answers."""
    more, cut = SceneReport.NEED_MORE, SceneReport.ROAD_CUT
    said = world.send("near", c.ReportFromScene(assignment=crew, what=more, quantity=1))
    needed = only(said, f.SceneReported).report
    answer = c.AnswerReport(assignment=crew, report=needed, answer=ReportAnswer.RAISED)
    world.send(DESK, answer)
    world.send(DESK, c.ReportFromScene(assignment=crew, what=cut, text="桥面被冲断"))
    told = only(world.until(world.at + HOUR, f.ReportEscalated), f.ReportEscalated)
    noted = c.AnswerReport(assignment=crew, report=told.report, answer=ReportAnswer.NOTED)
    world.send(COUNTY, noted)
