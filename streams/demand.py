"""Demands: what a township asks for, line by line, with its risks, and every revision of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from msgspec.structs import replace

from schemas.codes import KINDS, SKILLS
from schemas.commands import (
    AmendDemand,
    CloseDemand,
    OpenSealedText,
    PublishDemand,
    ReopenDemand,
)
from schemas.facts import (
    DemandAmended,
    DemandClosed,
    DemandFact,
    DemandPublished,
    DemandReopened,
    LineInHand,
    LineUnmet,
    NumberedLine,
    SealedTextOpened,
)
from schemas.refusals import Refusal
from schemas.values import (
    CloseReason,
    DemandId,
    IncidentId,
    LineId,
    LineRequest,
    StandDownReason,
)
from streams import line as lines
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.entities import Demand, DemandState, Incident, IncidentState, Line
from streams.incident import takes_part
from streams.parameters import URGENCY
from streams.policy import publishes_for

NO_RECOVERY = (  # nothing was done, so there is nothing to restore
    CloseReason.POSTED_BY_MISTAKE,
    CloseReason.DUPLICATE,
    CloseReason.UNFOUNDED,
    CloseReason.CANCELED,
)
LINES_MOST = 20


def publish(area: Area, command: PublishDemand, cause: Cause) -> Decision:
    """Only the township's own desk, or its recorded delegate, publishes (Article 7)."""
    if not publishes_for(area, cause.actor, command.place.division, cause.at):
        return Refused(Refusal.ROLE_MISSING)
    incident = _open_incident(area, cause, command.incident)
    if isinstance(incident, Refused):
        return incident
    if not takes_part(area, incident, command.place.division):
        return Refused(Refusal.INCIDENT_NOT_OPEN, (incident.id,))
    if command.kind not in KINDS:
        return Refused(Refusal.CODE_UNKNOWN)
    unfit = _unfit(command.lines)
    if unfit is not None:
        return Refused(unfit)
    return _published(area.operations[cause.operation], incident, command, cause)


def _published(
    operation: Operation, incident: Incident, command: PublishDemand, cause: Cause
) -> Decision:
    key = DemandId(cause.new_id())
    if key in operation.demands:
        return Refused(Refusal.KEY_EXPIRED, (key,))
    return [
        DemandPublished(
            demand=key,
            number=incident.demands + 1,
            incident=incident.id,
            kind=command.kind,
            priority=command.priority,
            place=command.place,
            lines=_numbered(command.lines, cause),
            risk_statement=command.risk_statement,
            rally_point=command.rally_point,
            contact=command.contact,
            address=command.address,
            note=command.note,
            release_at=cause.at + URGENCY[command.priority].release,
            at=cause.at,
        )
    ]


def _open_incident(area: Area, cause: Cause, key: IncidentId) -> Incident | Refused:
    operation = area.operation(cause.operation)
    incident = None if operation is None else operation.incidents.get(key)
    if incident is None:
        return Refused(Refusal.NOT_FOUND)
    if incident.state is not IncidentState.OPEN:
        return Refused(Refusal.INCIDENT_NOT_OPEN, (key,))
    return incident


def _unfit(requests: Iterable[LineRequest]) -> Refusal | None:
    for request in requests:
        skill = SKILLS.get(request.skill)
        if skill is None:
            return Refusal.SKILL_UNKNOWN
        if skill.graded != (request.grade is not None):
            return Refusal.SKILL_GRADE_UNFIT
        if request.minimum > request.target:
            return Refusal.MINIMUM_OVER_TARGET
    return None


def _numbered(requests: tuple[LineRequest, ...], cause: Cause) -> tuple[NumberedLine, ...]:
    return tuple(NumberedLine(line=LineId(cause.new_id()), request=request) for request in requests)


def amend(area: Area, command: AmendDemand, cause: Cause) -> Decision:
    demand = _open_for_edit(area, cause, command.demand, command.revision)
    if isinstance(demand, Refused):
        return demand
    place = command.place or demand.place
    if area.divisions.get(place.division) is None:
        return Refused(Refusal.DIVISION_UNKNOWN)
    known = [area.operations[cause.operation].lines[key] for key in demand.lines]
    unfit = _unfit(command.lines)
    if unfit is not None:
        return Refused(unfit)
    if len(command.targets) != len(known) or len(known) + len(command.lines) > LINES_MOST:
        return Refused(Refusal.LINES_TOO_MANY)
    if any(line.minimum > target for line, target in zip(known, command.targets, strict=True)):
        return Refused(Refusal.MINIMUM_OVER_TARGET)
    return [
        DemandAmended(
            demand=demand.id,
            revision=demand.revision + 1,
            priority=command.priority,
            place=place,
            targets=command.targets,
            lines=_numbered(command.lines, cause),
            risk_statement=command.risk_statement,
            rally_point=command.rally_point,
            at=cause.at,
        )
    ]


def close(area: Area, command: CloseDemand, cause: Cause) -> Decision:
    demand = _open_for_edit(area, cause, command.demand, command.revision)
    if isinstance(demand, Refused):
        return demand
    closed = DemandClosed(
        demand=demand.id, revision=demand.revision + 1, reason=command.reason, at=cause.at
    )
    return [closed]


def reopen(area: Area, command: ReopenDemand, cause: Cause) -> Decision:
    demand = _demand(area, cause, command.demand)
    if demand is None:
        return Refused(Refusal.NOT_FOUND)
    if demand.revision != command.revision:
        return Refused(Refusal.REVISION_STALE, (demand.id,))
    if demand.state is not DemandState.CLOSED:
        return Refused(Refusal.DEMAND_OPEN, (demand.id,))
    incident = _open_incident(area, cause, demand.incident)
    if isinstance(incident, Refused):
        return incident
    return [DemandReopened(demand=demand.id, revision=demand.revision + 1, at=cause.at)]


def open_sealed_text(area: Area, command: OpenSealedText, cause: Cause) -> Decision:
    demand = _demand(area, cause, command.demand)
    if demand is None:
        return Refused(Refusal.NOT_FOUND)
    if not area.operations[cause.operation].incidents[demand.incident].readable:
        return Refused(Refusal.KEY_DESTROYED, (demand.incident,))
    return [SealedTextOpened(demand=demand.id, account=cause.actor, at=cause.at)]


def _demand(area: Area, cause: Cause, key: DemandId) -> Demand | None:
    operation = area.operation(cause.operation)
    return None if operation is None else operation.demands.get(key)


def _open_for_edit(area: Area, cause: Cause, key: DemandId, revision: int) -> Demand | Refused:
    demand = _demand(area, cause, key)
    if demand is None:
        return Refused(Refusal.NOT_FOUND)
    if demand.revision != revision:
        return Refused(Refusal.REVISION_STALE, (key,))
    if demand.state is DemandState.CLOSED:
        return Refused(Refusal.DEMAND_CLOSED, (key,))
    return demand


def evolve(operation: Operation, fact: DemandFact) -> None:
    match fact:
        case DemandPublished():
            _enter(operation, fact)
        case DemandAmended():
            _amended(operation, fact)
        case DemandClosed():
            _closed(operation, fact)
        case DemandReopened():
            _reopened(operation, fact)
        case SealedTextOpened():
            pass  # a fact for reviews; nothing that rules need follows from it
        case LineUnmet():
            line = operation.lines[fact.line]
            unmet = replace(
                line,
                wake_at=fact.retry_at,
                unmet=True,
                considered=fact.considered,
                gates=fact.gates,
            )
            operation.lines.put(line.id, unmet)
        case LineInHand():
            lines.in_hand(operation, fact.line)
        case _:
            assert_never(fact)


def _enter(operation: Operation, fact: DemandPublished) -> None:
    incident = operation.incidents[fact.incident]
    operation.incidents.put(incident.id, replace(incident, demands=fact.number))
    sealed = tuple(
        name for name in ("contact", "address", "note") if getattr(fact, name) is not None
    )
    demand = Demand(
        id=fact.demand,
        number=fact.number,
        sequence=operation.sequence,
        incident=fact.incident,
        kind=fact.kind,
        priority=fact.priority,
        place=fact.place,
        lines=tuple(line.line for line in fact.lines),
        risk_statement=fact.risk_statement,
        rally_point=fact.rally_point,
        sealed=sealed,
        release_at=fact.release_at,
        published_at=fact.at,
    )
    operation.demands.put(demand.id, demand)
    _add_lines(operation, demand, 1, fact.lines)


def _add_lines(
    operation: Operation, demand: Demand, first: int, added: tuple[NumberedLine, ...]
) -> None:
    for number, asked in enumerate(added, first):
        operation.lines.put(asked.line, lines.opened(demand, demand.incident, number, asked))


def _amended(operation: Operation, fact: DemandAmended) -> None:
    """New targets: too few wakes the line, enough stands its open offers down.

    Offers that are out keep the words they were sent with; only who is asked next changes.
    """
    before = operation.demands[fact.demand]
    demand = replace(
        before,
        revision=fact.revision,
        priority=fact.priority,
        place=fact.place,
        risk_statement=fact.risk_statement,
        rally_point=fact.rally_point,
        lines=before.lines + tuple(line.line for line in fact.lines),
        release_at=max(before.release_at, fact.at),
    )
    operation.demands.put(demand.id, demand)
    for key, target in zip(before.lines, fact.targets, strict=True):
        line = replace(operation.lines[key], target=target, priority=fact.priority)
        operation.lines.put(key, line)
        lines.cover_changed(operation, key, 0, demand.release_at)
    _add_lines(operation, demand, len(before.lines) + 1, fact.lines)


def _closed(operation: Operation, fact: DemandClosed) -> None:
    """Everybody asked or at work is marked for standing down, every line for recovery."""
    demand = operation.demands[fact.demand]
    closed = replace(
        demand,
        revision=fact.revision,
        state=DemandState.CLOSED,
        reason=fact.reason,
        closed_at=fact.at,
    )
    operation.demands.put(demand.id, closed)
    reason = _stand_down_reason(fact.reason)
    for key in demand.lines:
        line = _line_closed(operation.lines[key], proposing=fact.reason not in NO_RECOVERY)
        operation.lines.put(key, line)
        lines.mark_offers(operation, line, reason)
        lines.mark_assignments(operation, line, reason)


def _line_closed(line: Line, *, proposing: bool) -> Line:
    return replace(
        line,
        open=False,
        wake_at=None,
        unmet=False,
        gates=(),
        considered=0,
        proposing=proposing and line.task is None,
    )


def _stand_down_reason(reason: CloseReason) -> StandDownReason:
    if reason is CloseReason.POSTED_BY_MISTAKE:
        return StandDownReason.POSTED_BY_MISTAKE
    if reason is CloseReason.INCIDENT_CLOSED:
        return StandDownReason.INCIDENT_CLOSED
    return StandDownReason.DEMAND_CLOSED


def _reopened(operation: Operation, fact: DemandReopened) -> None:
    """Whoever was asked before may be asked again: the situation is another one."""
    demand = operation.demands[fact.demand]
    reopened = replace(
        demand,
        revision=fact.revision,
        state=DemandState.PUBLISHED,
        reason=None,
        closed_at=None,
        release_at=fact.at,
    )
    operation.demands.put(demand.id, reopened)
    for key in demand.lines:
        line = operation.lines[key]
        fresh = replace(line, open=True, proposing=False, organizations=())
        operation.lines.put(key, fresh)
        lines.wake(operation, fresh, fact.at)
