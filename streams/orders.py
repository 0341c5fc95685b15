"""Orders: what each crew has been told, as it comes to be at work, is told, and leaves."""

from __future__ import annotations

from msgspec.structs import replace

from schemas.facts import AcknowledgmentEscalated, AcknowledgmentMissed, Fact
from schemas.instruction_values import LEAVING
from schemas.values import AssignmentId, DemandId, Instant, InstructionId, OrganizationId
from streams import danger
from streams.area import CLOSED, Operation
from streams.cause import Cause
from streams.entities import Assignment, Demand
from streams.instructed import Instruction, Order, Told
from streams.parameters import ACKNOWLEDGED_WITHIN, INSTRUCTION_ESCALATES
from streams.zones import inside, may_hold


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


def holding(
    operation: Operation, crew: AssignmentId, instruction: InstructionId, demand: DemandId
) -> None:
    """By that order a demand is on hold."""
    known = told(operation, crew)
    order = standing(known, instruction)
    if order is not None:
        operation.told.put(crew, changed(known, replace(order, holds=demand)))


def over(operation: Operation, demand: Demand) -> list[Instruction]:
    """All that whoever is at work for a demand is told: in its incident, or where it lies."""
    everybody = [one for one in operation.instructions_in.of(demand.incident) if one.zone is None]
    zones = operation.zones.of(CLOSED)
    return [*everybody, *(one for one in zones if one.zone and inside(one.zone, demand.place))]


def near(operation: Operation, demand: Demand) -> list[Instruction]:
    """Closed zones in which a demand may lie that is known by its division alone."""
    divisions, place = operation.divisions, demand.place
    zones = operation.zones.of(CLOSED)
    return [one for one in zones if one.zone and may_hold(one.zone, place, divisions)]


def shuts(instruction: Instruction) -> bool:
    """Whether nobody more is asked while it holds: whoever came would be told to leave."""
    return instruction.zone is not None or instruction.what in LEAVING


def said_out(operation: Operation, known: Told) -> Assignment:
    """A crew that is told more, or may go on: that all of it are out was said of what held then."""
    before, had = operation.assignments[known.assignment], told(operation, known.assignment)
    more = [one for one in known.leaving if one not in had.leaving]
    if before.out_at is None or (known.leaving and not more):
        return before
    inside_again = replace(before, out_at=None)
    operation.assignments.put(before.id, inside_again)
    return inside_again


def leaving(operation: Operation, demand: DemandId, organization: OrganizationId) -> bool:
    """Whether a crew of an organization is told to leave a demand: nobody more of it goes there."""
    return any(crew.leaving for crew in operation.assignments_between.of((demand, organization)))


def owes_out(operation: Operation, crew: Assignment) -> bool:
    """Whether it has read all by which it is to stop or to leave, and not said yet that it has.

    For what it has not read it is called sooner.
    """
    if not danger.called_out(crew):
        return False
    leaving = [one for one in told(operation, crew.id).standing if one.what in LEAVING]
    return all(one.acknowledged_at is not None for one in leaving)


def joined(operation: Operation, crew: Assignment, at: Instant) -> Assignment:
    """A crew that has come to be at work, or is again after all, told what holds there."""
    known = kept(operation, crew, at)
    if known.standing or crew.id in operation.told:
        operation.told.put(crew.id, known)
    return replace(crew, withdrawing=known.withdrawing)


def turned(operation: Operation, crew: Assignment, at: Instant) -> Assignment:
    """A crew whose work is over, or is not after all, with what it is told."""
    known = operation.told.get(crew.id)
    if crew.live:
        return joined(operation, crew, at)
    if known is not None:
        operation.told.put(crew.id, replace(known, live=False))
    return crew


def kept(operation: Operation, crew: Assignment, at: Instant) -> Told:
    """What a crew at work is told by now: alone, and with everybody else there."""
    known = told(operation, crew.id)
    everybody = {one.id: one for one in over(operation, operation.demands[crew.demand])}
    gone = [one for one in known.standing if one.everybody and one.id not in everybody]
    mine = tuple(one for one in known.standing if one not in gone)
    had = [one.id for one in mine]
    new = (to_everybody(one, at) for key, one in everybody.items() if key not in had)
    lifted = replace(gone[-1], lifted_at=at) if gone else known.lifted
    return replace(known, live=True, standing=(*mine, *new), lifted=lifted)


def unacknowledged(known: Told, cause: Cause) -> Fact:
    """Its time is over: its desk has to call it; or had to, and there is still no word."""
    waiting = [order for order in known.standing if order.next_at is not None]
    order = min(waiting, key=lambda one: (one.next_at or 0, one.id))
    if order.to_call:
        return AcknowledgmentEscalated(
            instruction=order.id, assignment=known.assignment, at=cause.at, unable=order.unable
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
            late = {"escalates_at": until} if order.to_call else {"acknowledge_by": until}
            known = changed(known, replace(order, **late))
    operation.told.put(crew, known)
