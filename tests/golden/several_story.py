"""A part of the story `late`: what a desk says of several demands at once."""

from __future__ import annotations

from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.values import CloseReason, IncidentId
from tests.streams.world import DESK, World, only


def false_flood(world: World, incident: IncidentId) -> None:
    """Two are cleared away at once as unfounded, and taken up again."""
    posted = [only(world.demand(incident, priority=4), f.DemandPublished) for _ in range(2)]
    division = posted[0].place.division
    several = tuple(fact.demand for fact in posted)
    reason = CloseReason.UNFOUNDED
    world.send(DESK, c.CloseDemands(division=division, demands=several, reason=reason))
    world.send(DESK, c.ReopenDemands(division=division, demands=several))


def same_need(world: World, incident: IncidentId) -> None:
    """Three tell of one need; one stands for itself again, another follows its leader."""
    posted = [only(world.demand(incident, priority=4), f.DemandPublished) for _ in range(3)]
    division = posted[0].place.division
    leader, *others = (fact.demand for fact in posted)
    world.send(DESK, c.GroupDemands(division=division, leader=leader, demands=tuple(others)))
    further = replace(world.demand_command(incident, priority=4), same_as=leader)
    world.send(DESK, further)
    world.send(DESK, c.UngroupDemands(division=division, demands=(others[0],)))
    world.close(leader, CloseReason.MET)
    world.reopen(leader)
    world.close(leader, CloseReason.UNFOUNDED)
