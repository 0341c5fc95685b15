"""A draft in a small world, for the table of states and commands, and the commands of its own."""

from __future__ import annotations

from schemas import commands as c
from schemas import facts as f
from schemas.values import Role
from tests.streams.state_commands import Row, Sent
from tests.streams.state_worlds import Scene, opened
from tests.streams.world import COMMITTEE, COUNTY, DESK, VILLAGE, only


def drafted() -> Scene:
    """Nobody is asked for it; beside it lies another demand, which is over."""
    scene = opened()
    scene.world.close(only(scene.world.demand(scene.incident), f.DemandPublished).demand)
    known = only(scene.world.send(DESK, scene.world.draft_command(scene.incident)))
    scene.demand, scene.line = known.demand, known.lines[0].line
    return scene


def discarded() -> Scene:
    """It was closed before it was ever published."""
    scene = drafted()
    scene.world.close(scene.demand)
    return scene


def publication(scene: Scene) -> c.PublishDraft:
    return c.PublishDraft(demand=scene.demand, revision=scene.revision)


def reported(scene: Scene) -> Sent:
    """By a committee that has been given its role just now."""
    world = scene.world
    world.grant(COMMITTEE, Role.COMMITTEE, division=world.township, village=VILLAGE)
    return COMMITTEE, world.need_command(scene.incident)


INCIDENT = (
    Row(c.ReportNeed, "by a village in it", reported),
    Row(c.DraftDemand, "in it", lambda s: (DESK, s.world.draft_command(s.incident))),
)
DEMAND = (
    Row(c.PublishDraft, "by its desk", lambda s: (s.desk, publication(s))),
    Row(c.PublishDraft, "by the county", lambda s: (COUNTY, publication(s))),
)
