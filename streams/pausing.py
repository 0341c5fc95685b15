"""Pausing: the word by which an open demand is on hold, whoever has reason to say it."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from schemas.commands import InstructCrew
from schemas.facts import DemandHeld, DemandResumed
from schemas.instruction_values import LEAVING
from schemas.values import InstructionId
from streams import answering, exposed
from streams.area import Area, Operation
from streams.cause import Cause
from streams.entities import Assignment, Demand, DemandState
from streams.instructed import Order
from streams.parameters import URGENCY
from streams.policy import substitute_for
from streams.remembered import Holding

UNSAID: Final = "已令在场队伍停止或撤离 · A crew there was told to stop or to leave"
"""Why nobody else is sent there, where the desk had no time to say more; for readers of both."""

MISTAKEN: Final = "该指令系误发，已解除 · The instruction was a mistake, and is lifted"
"""Why what was on hold for it goes on."""


def because_of(
    area: Area, command: InstructCrew, crew: Assignment, own: InstructionId | None, cause: Cause
) -> list[DemandHeld]:
    """What it leaves is the place: nobody else is sent there until a desk says that it goes on.

    Of demands that tell of one need that is the one that is asked for. Said twice, nothing is new.
    """
    if not command.hold or command.what not in LEAVING:
        return []
    demands = area.operations[cause.operation].demands
    demand = demands[crew.demand]
    asked_for = demand if demand.leader is None else demands[demand.leader]
    if asked_for.state not in (DemandState.PUBLISHED, DemandState.ON_HOLD):
        return []
    why = Holding(question=command.text or UNSAID, crew=crew.id, instruction=own)
    return [] if why in asked_for.held_for else [held(area, asked_for, why, cause)]


def released(area: Area, order: Order, cause: Cause) -> list[DemandResumed]:
    """It should never have been given: what is on hold for nothing else goes on, unless a crew
    there is in danger or told to leave besides, of which its desk has a word to say first."""
    operation = area.operations[cause.operation]
    demand = _on_hold(operation, order)
    if demand is None or _others(demand, order):
        return []
    if exposed.besides(operation, demand, order.id):
        return []
    return [DemandResumed(demand=demand.id, answer=MISTAKEN, at=cause.at)]


def unsaid(operation: Operation, order: Order) -> None:
    """What is on hold for something else as well is so for that alone, and says that."""
    demand = _on_hold(operation, order)
    others = () if demand is None else _others(demand, order)
    if demand is not None and others:
        left = replace(demand, held_for=others, question=others[-1].question)
        operation.demands.put(demand.id, left)


def _on_hold(operation: Operation, order: Order) -> Demand | None:
    """What is on hold for an order, if anything is."""
    demand = None if order.holds is None else operation.demands.get(order.holds)
    held = demand is not None and any(why.instruction == order.id for why in demand.held_for)
    return demand if held else None


def _others(demand: Demand, order: Order) -> tuple[Holding, ...]:
    return tuple(why for why in demand.held_for if why.instruction != order.id)


def held(area: Area, demand: Demand, why: Holding, cause: Cause) -> DemandHeld:
    """An open demand on hold, from now."""
    desk = answering.desk(area.operations[cause.operation], demand)
    return DemandHeld(
        demand=demand.id,
        question=why.question,
        crew=why.crew,
        instruction=why.instruction,
        asked_by=substitute_for(area, cause.actor, desk, cause.at),
        ask_at=cause.at + URGENCY[demand.priority].hold,
        at=cause.at,
    )
