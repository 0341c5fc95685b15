"""Handing up: a demand that its township cannot serve is taken on by the desk above, or given back.

Nothing in between is forgotten: until somebody has taken it on the township goes on answering for
it and it goes on asking; what nobody takes on is asked of the next desk above, too. Whoever is at
work stays there, whoever answers for it.
"""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from geo.divisions import DivisionTree
from schemas.commands import GiveBackDemand, HandUpDemand, TakeOnDemand
from schemas.facts import (
    DemandGivenBack,
    DemandHandedUp,
    DemandTakenOn,
    HandUpClimbed,
    HandUpFact,
)
from schemas.hand_ups import HandUp, HandUpState
from schemas.refusals import Refusal
from schemas.values import DemandId, DivisionCode, Instant
from streams import line as lines
from streams import nobody
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.demand import find
from streams.entities import Demand, DemandState
from streams.parameters import URGENCY
from streams.policy import substitute_for
from streams.subjects import county_of
from streams.waiting import calm


def hand_up(area: Area, command: HandUpDemand, cause: Cause) -> Decision:
    """To the desk of its county; said twice, nothing is new."""
    demand = _open(area, cause, command.demand)
    if isinstance(demand, Refused):
        return demand
    to = above(area.divisions, demand.place.division)
    if to is None:
        return Refused(Refusal.NO_DESK_ABOVE, (demand.id,))
    known = area.operations[cause.operation].hand_ups.get(demand.id)
    if known is not None and known.state is HandUpState.WAITING:
        return []
    if known is not None and known.state is HandUpState.TAKEN_ON:
        return Refused(Refusal.HAND_UP_TAKEN_ON, (demand.id,))
    return [
        DemandHandedUp(
            demand=demand.id,
            to=to,
            reason=command.reason,
            text=command.text,
            climbs_at=_climbs_at(demand, cause),
            at=cause.at,
        )
    ]


def take_on(area: Area, command: TakeOnDemand, cause: Cause) -> Decision:
    """What was handed up, or has climbed since its desk did nothing; said twice, nothing is new.

    The desk above may act in a township's place without that, too, and changes nothing by it in
    who answers for it.
    """
    demand = _open(area, cause, command.demand)
    if isinstance(demand, Refused):
        return demand
    county = above(area.divisions, demand.place.division)
    if county is None:
        return Refused(Refusal.NO_DESK_ABOVE, (demand.id,))
    by = substitute_for(area, cause.actor, county, cause.at) or county
    known = area.operations[cause.operation].hand_ups.get(demand.id)
    if known is not None and known.state is HandUpState.TAKEN_ON and known.by == by:
        return []
    waits = known is not None and known.state is not HandUpState.GIVEN_BACK
    if not (waits or demand.climbed_at is not None or nobody.climbed(demand, cause.at)):
        return Refused(Refusal.HAND_UP_NONE, (demand.id,))
    climbs_at = _climbs_at(demand, cause)
    return [DemandTakenOn(demand=demand.id, by=by, climbs_at=climbs_at, at=cause.at)]


def give_back(area: Area, command: GiveBackDemand, cause: Cause) -> Decision:
    """By the desk above, taken on or not; or by the township, which goes on with it after all."""
    demand = _open(area, cause, command.demand)
    if isinstance(demand, Refused):
        return demand
    known = area.operations[cause.operation].hand_ups.get(demand.id)
    if known is None or known.state is HandUpState.GIVEN_BACK:
        return Refused(Refusal.HAND_UP_NONE, (demand.id,))
    by = substitute_for(area, cause.actor, demand.place.division, cause.at)
    return [
        DemandGivenBack(
            demand=demand.id,
            by=by,
            text=command.text,
            climbs_at=None if by is None else _climbs_at(demand, cause),
            at=cause.at,
        )
    ]


def climbed(key: DemandId, cause: Cause) -> HandUpClimbed:
    """The desk that it was handed up to has had its time."""
    return HandUpClimbed(demand=key, at=cause.at)


def above(divisions: DivisionTree, division: DivisionCode) -> DivisionCode | None:
    """The county whose desk takes on what a township hands up; None where there is none above."""
    county = county_of(divisions, division)
    return None if county == division else county


def _open(area: Area, cause: Cause, key: DemandId) -> Demand | Refused:
    """What can be handed up: anything that is not over, also a draft, and what is on hold."""
    demand = find(area, cause, key)
    if demand is None:
        return Refused(Refusal.NOT_FOUND)
    if demand.state is DemandState.CLOSED:
        return Refused(Refusal.DEMAND_CLOSED, (demand.id,))
    if demand.leader is not None:
        return Refused(Refusal.DEMAND_GROUPED, (demand.id,))
    return demand


def _climbs_at(demand: Demand, cause: Cause) -> Instant:
    return cause.at + URGENCY[demand.priority].climb


def evolve(operation: Operation, fact: HandUpFact) -> None:
    match fact:
        case DemandHandedUp():
            _handed_up(operation, fact)
        case DemandTakenOn():
            _taken_on(operation, fact)
        case DemandGivenBack():
            _given_back(operation, fact)
        case HandUpClimbed():
            known = operation.hand_ups[fact.demand]
            climbing = replace(known, climbs_at=None, climbed_at=fact.at)
            operation.hand_ups.put(known.demand, climbing)
        case _:
            assert_never(fact)


def _handed_up(operation: Operation, fact: DemandHandedUp) -> None:
    """The township has acted on what was moved to it: whoever sent it there has it no more."""
    lines.taken_up(operation, fact.demand)
    waiting = HandUp(
        demand=fact.demand,
        by=fact.to,
        state=HandUpState.WAITING,
        reason=fact.reason,
        text=fact.text,
        at=fact.at,
        climbs_at=fact.climbs_at,
    )
    operation.hand_ups.put(fact.demand, waiting)


def _taken_on(operation: Operation, fact: DemandTakenOn) -> None:
    """What is asked of its desk is asked of that one from now on, with the time for it anew."""
    lines.taken_up(operation, fact.demand)
    before = operation.hand_ups.get(fact.demand)
    taken = HandUp(
        demand=fact.demand,
        by=fact.by,
        state=HandUpState.TAKEN_ON,
        reason=None if before is None else before.reason,
        text="" if before is None else before.text,
        at=fact.at,
    )
    operation.hand_ups.put(fact.demand, taken)
    demand = replace(operation.demands[fact.demand], asked_by=None)
    if demand.climbs_at is not None or demand.climbed_at is not None:
        demand = replace(demand, climbs_at=fact.climbs_at, climbed_at=None)
    operation.demands.put(demand.id, demand)


def _given_back(operation: Operation, fact: DemandGivenBack) -> None:
    """Its own desk is asked what it does now, unless it was that desk's own word."""
    known, demand = operation.hand_ups[fact.demand], operation.demands[fact.demand]
    if fact.by is None or fact.climbs_at is None:
        operation.hand_ups.remove(known.demand)
        return
    back = replace(
        known,
        state=HandUpState.GIVEN_BACK,
        by=fact.by,
        at=fact.at,
        climbs_at=None,
        climbed_at=None,
        answer=fact.text,
    )
    operation.hand_ups.put(known.demand, back)
    asked = replace(
        demand if demand.state is DemandState.ON_HOLD else calm(demand),
        quiet_at=None,
        asked_at=None if demand.state is DemandState.DRAFT else fact.at,
        climbs_at=fact.climbs_at,
        climbed_at=None,
    )
    operation.demands.put(demand.id, asked)


def over(operation: Operation, key: DemandId) -> None:
    """Closed, it waits for nobody to take it on; whoever has, answers for it still."""
    known = operation.hand_ups.get(key)
    if known is not None and known.desk is None:
        operation.hand_ups.remove(key)


def moved(operation: Operation, demand: Demand) -> None:
    """In another township that one answers for it, unless a desk above both has taken it on."""
    known = operation.hand_ups.get(demand.id)
    if known is None:
        return
    desk, divisions = known.desk, operation.divisions
    if desk is None or not divisions.contains(desk, demand.place.division):
        operation.hand_ups.remove(demand.id)
