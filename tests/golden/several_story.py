"""A part of the story `late`: what a desk says of several demands at once."""

from __future__ import annotations

from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.refiling import CarriedNote
from schemas.values import AccountId, CloseReason, IncidentId
from tests.streams.state_batches import opening, voiding
from tests.streams.world import DESK, SEALED, World, only


def false_flood(world: World, incident: IncidentId) -> None:
    """Two are cleared away at once as unfounded, and taken up again."""
    posted = [only(world.demand(incident, priority=4), f.DemandPublished) for _ in range(2)]
    division = posted[0].place.division
    several = tuple(fact.demand for fact in posted)
    reason = CloseReason.UNFOUNDED
    world.send(DESK, c.CloseDemands(division=division, demands=several, reason=reason))
    world.send(DESK, c.ReopenDemands(division=division, demands=several))


def batched(world: World, incident: IncidentId) -> None:
    """Two are voided as one batch, but for the one that is closed meanwhile; and come back."""
    posted = [only(world.demand(incident, priority=4), f.DemandPublished) for _ in range(3)]
    here, ids = posted[0].place.division, tuple(fact.demand for fact in posted)
    whole = voiding(incident, here, ids)
    world.send(DESK, replace(whole, demands=ids[:1]))
    world.close(ids[0], CloseReason.CANCELED)
    world.send(DESK, replace(whole, demands=ids[1:]))
    world.wait(minutes=1)
    world.send(DESK, c.UndoBatch(batch=whole.batch, incident=incident, division=here))
    world.wait(minutes=61)
    for demand in ids[1:]:
        world.close(demand, CloseReason.MET)
    world.wait(minutes=1)
    proposed = [task for task in world.operation.tasks.rows.values() if task.demand in ids]
    tasks = opening(incident, here, tuple(task.id for task in proposed))
    world.send(DESK, tasks)
    world.send(DESK, c.UndoBatch(batch=tasks.batch, incident=incident, division=here))


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
