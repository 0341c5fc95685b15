"""Incidents: one per event and operation, opened above, joined by townships, closed once."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from schemas.codes import HAZARDS
from schemas.commands import CloseIncident, JoinIncident, OpenIncident
from schemas.facts import (
    IncidentClosed,
    IncidentClosing,
    IncidentFact,
    IncidentJoined,
    IncidentOpened,
    KeyDestroyed,
)
from schemas.refusals import Refusal
from schemas.values import DivisionCode, IncidentId, Instant, StandDownReason
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
        same = _same_event(operation, command)
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


def _same_event(operation: Operation, command: OpenIncident) -> Incident | None:
    """The incident of this hazard, division and label that is not closed yet, if there is one."""
    event = (command.hazard, command.division, command.label)
    for incident in operation.incidents.rows.values():
        same = (incident.hazard, incident.division, incident.label) == event
        if same and incident.state is not IncidentState.CLOSED:
            return incident
    return None


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
    """Refused with the list while assignments are live that the command does not name."""
    operation = area.operation(cause.operation)
    incident = None if operation is None else operation.incidents.get(command.incident)
    if operation is None or incident is None:
        return Refused(Refusal.NOT_FOUND)
    if incident.state is not IncidentState.OPEN:
        return Refused(Refusal.INCIDENT_NOT_OPEN, (incident.id,))
    named = dict.fromkeys(command.stand_down)
    live = [place[-1] for place in operation.assignments_in.within(incident.id)]
    unnamed = tuple(key for key in live if key not in named)
    if unnamed:
        return Refused(Refusal.INCIDENT_HAS_ASSIGNMENTS, unnamed[:200])
    return [IncidentClosing(incident=incident.id, at=cause.at)]


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


def _mark(operation: Operation, incident: IncidentId) -> None:
    """The live assignments, all named by the closing command, are to be stood down."""
    for place in list(operation.assignments_in.within(incident)):
        assignment = operation.assignments[place[-1]]
        if assignment.unneeded is None:
            marked = replace(assignment, unneeded=StandDownReason.INCIDENT_CLOSED)
            operation.assignments.put(assignment.id, marked)
