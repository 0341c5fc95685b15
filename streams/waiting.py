"""Waiting: what a demand's desk is asked, or owes to it; and who answers that."""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from schemas.hand_ups import HandUp, HandUpState
from schemas.values import AccountId, Instant
from streams import answering, nobody, policy
from streams.area import Area, Operation
from streams.entities import Demand, DemandState
from streams.parameters import URGENCY


def calm(demand: Demand) -> Demand:
    """The demand with nothing that its desk is asked, or owes to it."""
    return replace(
        demand,
        quiet_at=None,
        asked_at=None,
        climbs_at=None,
        climbed_at=None,
        nobody_at=None,
        held_at=None,
        question="",
        held_for=(),
        asked_by=None,
    )


def owed(demand: Demand) -> bool:
    """Whether its desk is asked what is asked of the desk above, too, where it says nothing."""
    climbing = demand.climbs_at is not None or demand.climbed_at is not None
    return demand.asked_at is not None and climbing


def may_answer(
    area: Area, operation: Operation, demand: Demand, actor: AccountId, at: Instant
) -> bool:
    """Whether an act of the actor's is one of the desk that is asked: the one that answers for the
    demand, or one above that; of what was given back, that one only once it has climbed again."""
    desk = answering.desk(operation, demand)
    if policy.on_desk(area, actor, desk, at):
        return True
    above = policy.substitute_for(area, actor, desk, at)
    known = operation.hand_ups.get(demand.id)
    given_back = known is not None and known.state is HandUpState.GIVEN_BACK
    return above is not None and (demand.climbed_at is not None or not given_back)


class Owing(NamedTuple):
    """A demand that its desk owes an answer to, and with whom it lay, before a turn."""

    demand: Demand
    hand_up: HandUp | None


def still_owed(operation: Operation, owing: Owing, at: Instant) -> None:
    """Somebody else has acted: what the desk owes it owes still, and no later than before.

    Unless the turn has ended that: closed, on hold for a question, led by another demand, or with
    another desk that answers for it.
    """
    before = owing.demand
    after = operation.demands.get(before.id)
    moved = operation.hand_ups.get(before.id) != owing.hand_up
    if after is None or after.state is not DemandState.PUBLISHED or after.leader or moved:
        return
    if after.asked_at is not None or after.place.division != before.place.division:
        return
    if before.nobody_at is not None and not nobody.stands(operation, after):
        return
    climbs_at = before.climbs_at
    if climbs_at is not None:
        climbs_at = min(climbs_at, at + URGENCY[after.priority].climb)
    asked = replace(
        after,
        quiet_at=None,
        asked_at=before.asked_at,
        climbs_at=climbs_at,
        climbed_at=before.climbed_at,
        nobody_at=before.nobody_at,
    )
    operation.demands.put(asked.id, asked)
