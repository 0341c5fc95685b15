"""A crew that is to be relieved, for the table of states and commands."""

from __future__ import annotations

from schemas import commands as c
from tests.streams.state_commands import Row
from tests.streams.state_worlds import NEAR, Scene
from tests.streams.world import DESK, SEALED


def relieving(scene: Scene) -> c.RelieveCrew:
    team = scene.world.organization("in its place", units=2)
    return c.RelieveCrew(assignment=scene.assignment, organization=team, reason=SEALED)


CREW = (
    Row(c.RelieveCrew, "by another one", lambda s: (DESK, relieving(s))),
    Row(c.KeepCrewOn, "", lambda s: (NEAR, c.KeepCrewOn(assignment=s.assignment))),
)
