"""Holding: a demand about which something has to be known first asks nobody until that is said.

It does not stay so by itself: its desk is asked after a while, and where that one says nothing,
the desk above. Whoever is at work goes on, and is shown the question.
"""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from schemas.commands import HoldDemand
from schemas.facts import DemandClimbed, DemandHeld, DemandResumed, HoldAsked, HoldingFact
from schemas.refusals import Refusal
from schemas.values import DemandId, StandDownReason
from streams import beside, needed, orders, pausing
from streams import line as lines
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.demand import find
from streams.entities import DemandState
from streams.remembered import Holding
from streams.waiting import calm


def hold(area: Area, command: HoldDemand, cause: Cause) -> Decision:
    """Its own desk holds it, or the county's with a question to that desk."""
    demand = find(area, cause, command.demand)
    if demand is None:
        return Refused(Refusal.NOT_FOUND)
    if demand.state is DemandState.CLOSED:
        return Refused(Refusal.DEMAND_CLOSED, (demand.id,))
    if demand.state is DemandState.DRAFT:
        return Refused(Refusal.DEMAND_DRAFT, (demand.id,))
    if demand.leader is not None:
        return Refused(Refusal.DEMAND_GROUPED, (demand.id,))
    return [pausing.held(area, demand, Holding(question=command.question), cause)]


def climbed(key: DemandId, cause: Cause) -> DemandClimbed:
    """Its desk has had its time, whether it was asked or had something to do."""
    return DemandClimbed(demand=key, at=cause.at)


def evolve(operation: Operation, fact: HoldingFact) -> None:
    demand = operation.demands[fact.demand]
    match fact:
        case DemandHeld():
            _held(operation, fact)
        case HoldAsked():
            asked = replace(demand, quiet_at=None, asked_at=fact.at, climbs_at=fact.climbs_at)
            operation.demands.put(demand.id, asked)
        case DemandResumed():
            _resumed(operation, fact)
        case DemandClimbed():
            climbing = replace(demand, climbs_at=None, climbed_at=fact.at)
            operation.demands.put(demand.id, climbing)
        case _:
            assert_never(fact)


def _held(operation: Operation, fact: DemandHeld) -> None:
    """Held again, it is as old as before, and its desk is asked later."""
    lines.taken_up(operation, fact.demand)
    demand = operation.demands[fact.demand]
    why = Holding(question=fact.question, crew=fact.crew, instruction=fact.instruction)
    others = (one for one in demand.held_for if one.instruction != why.instruction)
    held = replace(
        calm(demand),
        state=DemandState.ON_HOLD,
        held_at=fact.at if demand.held_at is None else demand.held_at,
        question=fact.question,
        held_for=(*others, why),
        asked_by=fact.asked_by,
        quiet_at=fact.ask_at,
    )
    operation.demands.put(demand.id, held)
    if fact.crew is not None and fact.instruction is not None:
        orders.holding(operation, fact.crew, fact.instruction, demand.id)
        beside.left(operation, fact.crew, fact.instruction, fact.at, too=False)
    for key in demand.lines:
        if operation.lines[key].open:
            lines.held(operation, operation.lines[key], StandDownReason.DEMAND_HELD)


def _resumed(operation: Operation, fact: DemandResumed) -> None:
    """Every line that is short is looked at in this turn, unless it is not released yet."""
    lines.taken_up(operation, fact.demand)
    demand = operation.demands[fact.demand]
    going_on = replace(
        calm(demand),
        state=DemandState.PUBLISHED,
        quiet_at=needed.quiet_from(demand.needed_by, fact.at),
    )
    operation.demands.put(demand.id, going_on)
    beside.safe(operation, demand.id, fact.at)
    for key in demand.lines:
        lines.wake(operation, operation.lines[key], fact.at)
