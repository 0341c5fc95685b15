"""Instructions: what a desk tells whoever is at work, which binds, and is only acknowledged.

Nobody is forced to volunteer, so an offer may be declined; whoever has said yes follows what the
desk says on the scene (Article 7, paragraph 2). An instruction ends no work by itself: the desk
lifts it, or stands the crew down. Told to stop or to withdraw, a crew is no cover meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar, assert_never

from msgspec.structs import replace

from schemas.commands import (
    CloseZone,
    InstructCrew,
    InstructIncident,
    LiftFromCrew,
    LiftFromIncident,
    TellBeside,
)
from schemas.facts import (
    AcknowledgmentEscalated,
    AcknowledgmentMissed,
    CrewInstructed,
    Fact,
    IncidentInstructed,
    InstructionAcknowledged,
    InstructionFact,
    InstructionLifted,
)
from schemas.instruction_values import LEAVING, NAMING, InstructionKind
from schemas.refusals import Refusal
from schemas.values import AssignmentId, DivisionCode, IncidentId, InstructionId
from streams import beside, crew, heeding, orders, pausing, shutting, zones
from streams.area import Area, Operation
from streams.assignment import live
from streams.cause import Cause, Decision, Refused
from streams.entities import Assignment, Incident, IncidentState
from streams.instructed import Instruction, Order, Told
from streams.parameters import ACKNOWLEDGED_WITHIN, INSTRUCTIONS_MOST, TOLD_AT_ONCE
from streams.policy import substitute_for

Given = InstructCrew | InstructIncident | CloseZone
Known = TypeVar("Known", Order, Instruction)


def instruct_crew(area: Area, command: InstructCrew, cause: Cause) -> Decision:
    """Said twice while it holds, nothing is new."""
    found = live(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    operation = area.operations[cause.operation]
    standing = orders.told(operation, found.id).standing
    refused = _unfit(command, standing, found.id)
    if refused is not None:
        return refused
    known = _said(command, standing)
    if known is not None:
        own = None if known.everybody else known.id
        return pausing.because_of(area, command, found, own, cause)
    return _crew_told(area, found, command, cause)


def tell_beside(area: Area, command: TellBeside, cause: Cause) -> Decision:
    """Whoever else is at work there, as far as this desk may tell them, and so many at once.

    Whoever may stay is told nothing; said twice, nothing is new.
    """
    operation = area.operations[cause.operation]
    first = operation.assignments[command.assignment]
    order = orders.standing(orders.told(operation, first.id), command.instruction)
    if order is None:
        return Refused(Refusal.INSTRUCTION_OVER, (first.id,))
    said = InstructCrew(
        assignment=first.id, what=order.what, to=order.to, text=order.text, hold=True
    )
    facts: list[Fact] = []
    for one in beside.owed(area, operation, first.demand, cause)[:TOLD_AT_ONCE]:
        if len(orders.told(operation, one.id).standing) < INSTRUCTIONS_MOST:
            facts += _crew_told(area, one, said, cause, order.id)
    return facts


def _crew_told(
    area: Area,
    crew: Assignment,
    said: InstructCrew,
    cause: Cause,
    too: InstructionId | None = None,
) -> list[Fact]:
    demand = area.operations[cause.operation].demands[crew.demand]
    told = CrewInstructed(
        instruction=InstructionId(cause.new_id()),
        assignment=crew.id,
        account=cause.actor,
        by=_giver(area, demand.place.division, cause),
        what=said.what,
        to=said.to,
        text=said.text,
        acknowledge_by=cause.at + ACKNOWLEDGED_WITHIN,
        place=said.hold and said.what in LEAVING,
        beside=too,
        at=cause.at,
    )
    return [told, *pausing.because_of(area, said, crew, told.instruction, cause)]


def instruct_incident(area: Area, command: InstructIncident, cause: Cause) -> Decision:
    """To everybody who is at work there, and to whoever is later; where nobody is, to nobody."""
    operation = area.operation(cause.operation)
    incident = None if operation is None else operation.incidents.get(command.incident)
    if operation is None or incident is None:
        return Refused(Refusal.NOT_FOUND)
    if incident.state is not IncidentState.OPEN:
        return Refused(Refusal.INCIDENT_NOT_OPEN, (incident.id,))
    standing = operation.instructions_in.of(incident.id)
    refused = _unfit(command, standing, incident.id)
    if refused is not None or _said(command, standing):
        return refused or []
    if not operation.assignments_in.of(incident.id):
        return Refused(Refusal.INSTRUCTION_TO_NOBODY, (incident.id,))
    return [_to_everybody(area, command, incident, cause)]


def close_zone(area: Area, command: CloseZone, cause: Cause) -> Decision:
    """Whether anybody is inside or not: nobody goes in any more."""
    operation = area.operation(cause.operation)
    incident = None if operation is None else operation.incidents.get(command.incident)
    if operation is None or incident is None:
        return Refused(Refusal.NOT_FOUND)
    if incident.state is not IncidentState.OPEN:
        return Refused(Refusal.INCIDENT_NOT_OPEN, (incident.id,))
    if not zones.sound(command.zone):
        return Refused(Refusal.ZONE_UNFIT)
    standing = operation.instructions_in.of(incident.id)
    refused = _unfit(command, standing, incident.id)
    if refused is not None or _said(command, standing):
        return refused or []
    return [_to_everybody(area, command, incident, cause)]


def _to_everybody(
    area: Area, command: InstructIncident | CloseZone, incident: Incident, cause: Cause
) -> IncidentInstructed:
    return IncidentInstructed(
        instruction=InstructionId(cause.new_id()),
        incident=incident.id,
        account=cause.actor,
        by=_giver(area, incident.division, cause),
        what=command.what,
        to=command.to,
        text=command.text,
        zone=command.zone if isinstance(command, CloseZone) else None,
        at=cause.at,
    )


def _unfit(
    command: Given, standing: Iterable[Known], about: AssignmentId | IncidentId
) -> Refused | None:
    """Why it is not given: to whom or where is said exactly where that is part of it."""
    closes = isinstance(command, CloseZone) or command.what is not InstructionKind.ZONE_CLOSED
    if bool(command.to) != (command.what in NAMING) or not closes:
        return Refused(Refusal.INSTRUCTION_UNFIT)
    if len(list(standing)) >= INSTRUCTIONS_MOST and not _said(command, standing):
        return Refused(Refusal.INSTRUCTIONS_STANDING, (about,))
    return None


def _said(command: Given, standing: Iterable[Known]) -> Known | None:
    """What holds already and says the same."""
    for known in standing:
        where = getattr(command, "zone", None) == getattr(known, "zone", None)
        if where and (command.what, command.to, command.text) == (known.what, known.to, known.text):
            return known
    return None


def _giver(area: Area, division: DivisionCode, cause: Cause) -> DivisionCode:
    """The desk that says it: the one of the place, or one above it."""
    return substitute_for(area, cause.actor, division, cause.at) or division


def lift_from_crew(area: Area, command: LiftFromCrew, cause: Cause) -> Decision:
    """One that this crew alone was told; what everybody is told is lifted for everybody."""
    found = live(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    known = orders.told(area.operations[cause.operation], found.id)
    order = orders.standing(known, command.instruction)
    if order is None:
        return Refused(Refusal.INSTRUCTION_OVER, (found.id,))
    if order.everybody:
        return Refused(Refusal.INSTRUCTION_EVERYBODY, (found.id,))
    going_on = pausing.released(area, order, cause) if command.mistaken else []
    return [_lifted(command, cause, assignment=found.id), *going_on]


def lift_from_incident(area: Area, command: LiftFromIncident, cause: Cause) -> Decision:
    operation = area.operation(cause.operation)
    if operation is None or command.incident not in operation.incidents:
        return Refused(Refusal.NOT_FOUND)
    known = operation.instructions.get(command.instruction)
    if known is None or known.incident != command.incident:
        return Refused(Refusal.INSTRUCTION_OVER, (command.incident,))
    return [_lifted(command, cause, incident=known.incident)]


def all_lifted(operation: Operation, incident: IncidentId, cause: Cause) -> list[InstructionLifted]:
    """With the incident itself, everything that holds for everybody in it ends."""
    return [
        _lifted(LiftFromIncident(incident=incident, instruction=known.id), cause, incident=incident)
        for known in operation.instructions_in.of(incident)
    ]


def _lifted(
    command: LiftFromCrew | LiftFromIncident,
    cause: Cause,
    *,
    assignment: AssignmentId | None = None,
    incident: IncidentId | None = None,
) -> InstructionLifted:
    return InstructionLifted(
        instruction=command.instruction,
        assignment=assignment,
        incident=incident,
        account=cause.actor,
        mistaken=command.mistaken,
        at=cause.at,
    )


def evolve(operation: Operation, fact: InstructionFact) -> None:
    match fact:
        case CrewInstructed():
            known = orders.told(operation, fact.assignment)
            order = _order(fact)
            crew.obey(operation, replace(known, standing=(*known.standing, order)), fact.at)
            if fact.place:
                too = fact.beside is not None
                beside.left(operation, fact.assignment, fact.instruction, fact.at, too=too)
        case IncidentInstructed():
            _everybody_told(operation, fact)
        case InstructionAcknowledged():
            heeding.acknowledged(operation, fact)
        case AcknowledgmentMissed() | AcknowledgmentEscalated():
            heeding.missed(operation, fact)
        case InstructionLifted():
            _over(operation, fact)
        case _:
            assert_never(fact)


def _order(fact: CrewInstructed) -> Order:
    return Order(
        id=fact.instruction,
        what=fact.what,
        to=fact.to,
        text=fact.text,
        by=fact.by,
        everybody=False,
        at=fact.at,
        acknowledge_by=fact.acknowledge_by,
    )


def _everybody_told(operation: Operation, fact: IncidentInstructed) -> None:
    known = Instruction(
        id=fact.instruction,
        incident=fact.incident,
        what=fact.what,
        to=fact.to,
        text=fact.text,
        by=fact.by,
        at=fact.at,
        zone=fact.zone,
    )
    operation.instructions.put(known.id, known)
    if orders.shuts(known):
        for key in [*shutting.reached(operation, known), *shutting.near(operation, known)]:
            shutting.look(operation, key, fact.at)
    else:
        for one in list(operation.assignments_in.of(fact.incident)):
            crew.obey(operation, orders.kept(operation, one, fact.at), fact.at)


def _over(operation: Operation, fact: InstructionLifted) -> None:
    """Whoever was told so reads that it holds no longer, and goes on."""
    if fact.assignment is not None:
        _lift(operation, operation.told[fact.assignment], fact)
        demand = operation.assignments[fact.assignment].demand
        beside.lifted(operation, demand, fact.instruction, fact.at)
        return
    known = operation.instructions[fact.instruction]
    operation.instructions.remove(known.id)
    demands = shutting.reached(operation, known) if orders.shuts(known) else ()
    inside = (one for key in demands for one in operation.assignments_of.of(key) if one.live)
    for one in list(inside if demands else operation.assignments_in.of(known.incident)):
        told = operation.told.get(one.id)
        if told is not None and orders.standing(told, known.id) is not None:
            _lift(operation, told, fact)
    for key in [*demands, *shutting.near(operation, known)]:
        shutting.look(operation, key, fact.at)


def _lift(operation: Operation, known: Told, fact: InstructionLifted) -> None:
    order = orders.standing(known, fact.instruction)
    assert order is not None
    if fact.mistaken:
        pausing.unsaid(operation, order)
    left = tuple(one for one in known.standing if one.id != order.id)
    over = replace(order, lifted_at=fact.at, mistaken=fact.mistaken)
    crew.obey(operation, replace(known, standing=left, lifted=over), fact.at)
