"""A part of the story `late`: what a desk says of several demands at once."""

from __future__ import annotations

from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.refiling import CarriedNote
from schemas.values import AccountId, CloseReason, IncidentId
from tests.streams.world import DESK, SEALED, World, only


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


def wrong_incident(world: World, incident: IncidentId) -> None:
    """Posted in the wrong incident, and filed in the right one with all that is its."""
    posted = only(
        world.send(DESK, replace(world.demand_command(incident, priority=4), contact=SEALED))
    )
    world.send(DESK, c.NoteDemand(demand=posted.demand, text=SEALED))
    fire = world.incident("forest_fire")
    sealed = replace(SEALED, key=fire)
    note = CarriedNote(number=1, account=AccountId(DESK), text=sealed, at=world.at)
    moving = c.RefileDemand(
        demand=posted.demand, revision=1, incident=fire, contact=sealed, notes=(note,)
    )
    world.send(DESK, moving)
    world.close(posted.demand, CloseReason.UNFOUNDED)
