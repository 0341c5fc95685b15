"""Orders: what each crew has been told, as it comes to be at work, is told, and leaves."""

from __future__ import annotations

from msgspec.structs import replace

from schemas.facts import AcknowledgmentEscalated, AcknowledgmentMissed, Fact
from schemas.values import AssignmentId, Instant, InstructionId
from streams.area import Operation
from streams.cause import Cause
from streams.entities import Assignment
from streams.instructed import Instruction, Order, Told
from streams.parameters import ACKNOWLEDGED_WITHIN, INSTRUCTION_ESCALATES


def told(operation: Operation, crew: AssignmentId) -> Told:
    """What a crew has been told so far."""
    return operation.told.get(crew) or Told(assignment=crew)


def standing(known: Told, instruction: InstructionId) -> Order | None:
    """The order by its id, if it holds."""
    return next((order for order in known.standing if order.id == instruction), None)


def to_everybody(instruction: Instruction, at: Instant) -> Order:
    """An instruction to everybody as a crew has it that is told at a time."""
    return Order(
        id=instruction.id,
        what=instruction.what,
        to=instruction.to,
        text=instruction.text,
        by=instruction.by,
        everybody=True,
        at=at,
        acknowledge_by=at + ACKNOWLEDGED_WITHIN,
    )


def changed(known: Told, order: Order) -> Told:
    """With one of its orders as it is now."""
    orders = tuple(order if one.id == order.id else one for one in known.standing)
    return replace(known, standing=orders)


def joined(operation: Operation, crew: Assignment, at: Instant) -> Assignment:
    """A crew that has come to be at work, told what everybody there is told."""
    return _kept(operation, crew, told(operation, crew.id), at)


def turned(operation: Operation, crew: Assignment, at: Instant) -> Assignment:
    """A crew whose work is over, or which is at work again after all, with what it is told."""
    known = operation.told.get(crew.id)
    if crew.live:
        return _kept(operation, crew, told(operation, crew.id), at)
    if known is not None:
        operation.told.put(crew.id, replace(known, live=False))
    return crew


def _kept(operation: Operation, crew: Assignment, known: Told, at: Instant) -> Assignment:
    """What holds for everybody by now, beside what it was told alone."""
    everybody = {one.id: one for one in operation.instructions_in.of(crew.incident)}
    mine = tuple(one for one in known.standing if not one.everybody or one.id in everybody)
    had = [one.id for one in mine]
    new = (to_everybody(one, at) for key, one in everybody.items() if key not in had)
    after = replace(known, live=True, standing=(*mine, *new))
    if after.standing or crew.id in operation.told:
        operation.told.put(crew.id, after)
    return replace(crew, withdrawing=after.withdrawing)


def unacknowledged(known: Told, cause: Cause) -> Fact:
    """Its time is over: its desk has to call it; or had to, and there is still no word."""
    waiting = [order for order in known.standing if order.next_at is not None]
    order = min(waiting, key=lambda one: (one.next_at or 0, one.id))
    if order.missed_at is not None:
        return AcknowledgmentEscalated(
            instruction=order.id, assignment=known.assignment, at=cause.at
        )
    return AcknowledgmentMissed(
        instruction=order.id,
        assignment=known.assignment,
        escalates_at=cause.at + INSTRUCTION_ESCALATES,
        at=cause.at,
    )


def held_back(operation: Operation, crew: AssignmentId, until: Instant) -> None:
    """Nobody is missed before that time."""
    known = operation.told.get(crew)
    if known is None:
        return
    for order in known.standing:
        if order.next_at is not None and order.next_at < until:
            late = {"acknowledge_by": until} if order.missed_at is None else {"escalates_at": until}
            known = changed(known, replace(order, **late))
    operation.told.put(crew, known)
