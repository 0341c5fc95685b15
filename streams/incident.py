"""Incidents: one per event and operation, opened above, joined by townships, closed once."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from schemas.codes import HAZARDS
from schemas.commands import CloseIncident, JoinIncident, OpenIncident, ReopenIncident
from schemas.facts import (
    IncidentClosed,
    IncidentClosing,
    IncidentFact,
    IncidentJoined,
    IncidentOpened,
    IncidentReopened,
    KeyDestroyed,
    KeyDestructionDue,
)
from schemas.ids import digest_of
from schemas.refusals import Refusal
from schemas.values import AssignmentId, DivisionCode, IncidentId, Instant, StandDownReason
from streams import checking, instruction
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.entities import Incident, IncidentState


def open_incident(area: Area, command: OpenIncident, cause: Cause) -> Decision:
    if command.hazard not in HAZARDS:
        return Refused(Refusal.CODE_UNKNOWN)
    if area.divisions.get(command.division) is None:
        return Refused(Refusal.DIVISION_UNKNOWN)
    operation = area.operation(cause.operation)
    key = IncidentId(cause.new_id())
    if operation is not None:
        if key in operation.incidents:
            return Refused(Refusal.KEY_EXPIRED, (key,))
        same = _same_event(operation, (command.hazard, command.division, command.label))
        if same is not None:
            return Refused(Refusal.INCIDENT_EXISTS, (same.id,))
    number = 1 if operation is None else len(operation.incidents) + 1
    return [
        IncidentOpened(
            incident=key,
            number=number,
            hazard=command.hazard,
            division=command.division,
            label=command.label,
            at=cause.at,
        )
    ]


def _same_event(operation: Operation, event: tuple[str, DivisionCode, str]) -> Incident | None:
    """The incident of a hazard, division and label that is not closed yet, if there is one."""
    return next(iter(operation.incidents_of.of(event)), None)


def join(area: Area, command: JoinIncident, cause: Cause) -> Decision:
    operation = area.operation(cause.operation)
    incident = None if operation is None else operation.incidents.get(command.incident)
    if incident is None:
        return Refused(Refusal.NOT_FOUND)
    if incident.state is not IncidentState.OPEN:
        return Refused(Refusal.INCIDENT_NOT_OPEN, (incident.id,))
    if area.divisions.get(command.division) is None:
        return Refused(Refusal.DIVISION_UNKNOWN)
    if command.division in incident.joined:
        return []
    return [IncidentJoined(incident=incident.id, division=command.division, at=cause.at)]


def close(area: Area, command: CloseIncident, cause: Cause) -> Decision:
    """Refused with the list while assignments are live of which the command has not the digest."""
    operation = area.operation(cause.operation)
    incident = None if operation is None else operation.incidents.get(command.incident)
    if operation is None or incident is None:
        return Refused(Refusal.NOT_FOUND)
    if incident.state is not IncidentState.OPEN:
        return Refused(Refusal.INCIDENT_NOT_OPEN, (incident.id,))
    live = live_in(operation, incident.id)
    if live and command.live != digest_of(live):
        return Refused(Refusal.INCIDENT_HAS_ASSIGNMENTS, live[: checking.LISTED_MOST])
    refused = checking.endangered(operation.assignments[key] for key in live)
    if refused is not None:
        return refused
    lifted = instruction.all_lifted(operation, incident.id, cause)
    return [*lifted, IncidentClosing(incident=incident.id, at=cause.at)]


def live_in(operation: Operation, incident: IncidentId) -> tuple[AssignmentId, ...]:
    """The live assignments of an incident, in order of their ids."""
    return tuple(assignment.id for assignment in operation.assignments_in.of(incident))


def reopen(area: Area, command: ReopenIncident, cause: Cause) -> Decision:
    """As long as its key is there; its demands are reopened one by one."""
    operation = area.operation(cause.operation)
    incident = None if operation is None else operation.incidents.get(command.incident)
    if operation is None or incident is None:
        return Refused(Refusal.NOT_FOUND)
    if not incident.readable:
        return Refused(Refusal.KEY_DESTROYED, (incident.id,))
    if incident.state is not IncidentState.CLOSED:
        return Refused(Refusal.INCIDENT_OPEN, (incident.id,))
    same = _same_event(operation, (incident.hazard, incident.division, incident.label))
    if same is not None:
        return Refused(Refusal.INCIDENT_EXISTS, (same.id,))
    return [IncidentReopened(incident=incident.id, at=cause.at)]


def takes_part(area: Area, incident: Incident, division: DivisionCode) -> bool:
    """Whether a division lies inside the incident's division or one that joined."""
    return any(
        area.divisions.contains(scope, division) for scope in (incident.division, *incident.joined)
    )


def evolve(operation: Operation, fact: IncidentFact) -> None:
    table = operation.incidents
    match fact:
        case IncidentOpened():
            table.put(fact.incident, _opened(fact))
        case IncidentJoined():
            known = table[fact.incident]
            table.put(known.id, replace(known, joined=(*known.joined, fact.division)))
        case IncidentClosing():
            table.put(fact.incident, replace(table[fact.incident], state=IncidentState.CLOSING))
            _mark(operation, fact.incident)
        case IncidentClosed():
            table.put(fact.incident, _closed(table[fact.incident], fact.at))
        case IncidentReopened():
            table.put(fact.incident, _reopened(table[fact.incident]))
        case KeyDestructionDue():
            table.put(fact.incident, replace(table[fact.incident], destroy_at=fact.due))
        case KeyDestroyed():
            table.put(fact.incident, replace(table[fact.incident], readable=False))
        case _:
            assert_never(fact)


def _opened(fact: IncidentOpened) -> Incident:
    return Incident(
        id=fact.incident,
        number=fact.number,
        hazard=fact.hazard,
        division=fact.division,
        label=fact.label,
        opened_at=fact.at,
    )


def _closed(incident: Incident, at: Instant) -> Incident:
    return replace(incident, state=IncidentState.CLOSED, closed_at=at)


def _reopened(incident: Incident) -> Incident:
    return replace(incident, state=IncidentState.OPEN, closed_at=None, destroy_at=None)


def _mark(operation: Operation, incident: IncidentId) -> None:
    """The live assignments, all named by the closing command, are to be ended."""
    for assignment in operation.assignments_in.of(incident):
        if assignment.unneeded is None:
            marked = replace(assignment, unneeded=StandDownReason.INCIDENT_CLOSED)
            operation.assignments.put(assignment.id, marked)
