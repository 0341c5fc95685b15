"""Refiling: a demand that was posted in the wrong incident goes to another, with all that is its.

Nobody is asked again and nobody is let go: its lines, requests and crews go with it. What is sealed
was sealed anew for the incident that it goes to: the key of the one that it leaves opens nothing
of it any more, and may be destroyed.
"""

from __future__ import annotations

from msgspec.structs import replace

from schemas.commands import RefileDemand
from schemas.facts import DemandRefiled
from schemas.refiling import Refiled
from schemas.refusals import Refusal
from schemas.values import IncidentId, Sealed, SealedText
from streams import line as lines
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.demand import open_for_edit, open_incident
from streams.entities import Demand, Line
from streams.incident import takes_part


def refile(area: Area, command: RefileDemand, cause: Cause) -> Decision:
    """To an open incident that its place takes part in; where it is already, nothing is new."""
    demand = open_for_edit(area, cause, command.demand, command.revision)
    if isinstance(demand, Refused):
        return demand
    if demand.incident == command.incident:
        return []
    here = open_incident(area, cause, demand.incident)  # what is being closed ends there
    incident = open_incident(area, cause, command.incident)
    for found in (here, incident):
        if isinstance(found, Refused):
            return found
    assert not isinstance(incident, Refused)
    if not takes_part(area, incident, demand.place.division):
        return Refused(Refusal.PLACE_OUTSIDE_INCIDENT, (incident.id,))
    operation = area.operations[cause.operation]
    refused = _bound(operation, demand, incident.id) or _stale(demand, command)
    if refused is not None:
        return refused
    return [
        DemandRefiled(
            demand=demand.id,
            revision=demand.revision + 1,
            incident=incident.id,
            number=incident.demands + 1 if demand.number else 0,
            before=Refiled(incident=demand.incident, number=demand.number, at=cause.at),
            contact=command.contact,
            address=command.address,
            note=command.note,
            lead=command.lead,
            notes=command.notes,
            older=command.older,
            at=cause.at,
        )
    ]


def _bound(operation: Operation, demand: Demand, to: IncidentId) -> Refused | None:
    """What holds it where it is: other reports of the need, recovery tasks, who waits there by
    themselves, or what everybody in one of the incidents is told."""
    if demand.leader or demand.members:
        return Refused(Refusal.DEMAND_GROUPED, (demand.id,))
    if any(_recovers(operation.lines[key]) for key in demand.lines):
        return Refused(Refusal.REFILE_RECOVERS, (demand.id,))
    if operation.helpers_for.of(demand.id):
        return Refused(Refusal.HELPERS_WAITING, (demand.id,))
    for incident in (demand.incident, to):
        if any(one.zone is None for one in operation.instructions_in.of(incident)):
            return Refused(Refusal.REFILE_INSTRUCTED, (incident,))
    return None


def _recovers(line: Line) -> bool:
    """Whether something of it is, or may be, among the recovery tasks of its incident."""
    return line.round > 1 or line.proposing or line.proposed


def _stale(demand: Demand, command: RefileDemand) -> Refused | None:
    """Exactly what is sealed now has to be sealed anew, and under the other incident's key."""
    anew = {text: getattr(command, text.value) for text in SealedText}
    said = [text for text, sealed in anew.items() if sealed is not None]
    notes: list[Sealed] = [note.text for note in command.notes]
    under = [*(sealed for sealed in anew.values() if sealed is not None), *notes]
    last = command.notes[0].number if command.notes else 0
    same = said == [one.text for one in demand.sealed] and last == demand.notes
    if same and all(sealed.key == command.incident for sealed in under):
        return None
    return Refused(Refusal.REVISION_STALE, (demand.id,))


def evolve(operation: Operation, fact: DemandRefiled) -> None:
    """Only where it is filed changes: every line goes on as it was, and so does who is at work."""
    incident = operation.incidents[fact.incident]
    if fact.number:
        operation.incidents.put(incident.id, replace(incident, demands=fact.number))
    lines.taken_up(operation, fact.demand)
    before, turn = operation.demands[fact.demand], operation.sequence
    demand = replace(
        before,
        revision=fact.revision,
        incident=fact.incident,
        number=fact.number,
        refiled=fact.before,
        similar=None,
        sealed=tuple(replace(one, sequence=turn) for one in before.sealed),
        noted_in=turn if fact.notes else before.noted_in,
    )
    operation.demands.put(demand.id, demand)
    for key in demand.lines:
        operation.lines.put(key, replace(operation.lines[key], incident=fact.incident))
    for crew in list(operation.assignments_of.of(demand.id)):
        operation.assignments.put(crew.id, replace(crew, incident=fact.incident))
