"""Demands: what a township asks for, line by line, with its risks, and every revision of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from msgspec.structs import replace

from schemas.codes import KINDS, SKILLS
from schemas.commands import AmendDemand, OpenSealedText, PublishDemand, ShowPersons, TakeBackDemand
from schemas.facts import (
    DemandAmended,
    DemandFact,
    DemandKept,
    DemandPublished,
    DemandTakenBack,
    NumberedLine,
    PersonsShown,
    SealedTextOpened,
    StillNeededAsked,
)
from schemas.refusals import Refusal
from schemas.values import (
    DemandId,
    IncidentId,
    Instant,
    LineId,
    LineRequest,
    Place,
    StandDownReason,
)
from streams import crew, needed, similar
from streams import line as lines
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.entities import Demand, DemandState, Handed, Incident, IncidentState, Offer
from streams.incident import takes_part
from streams.parameters import STANDBY, URGENCY
from streams.policy import substitute_for

LINES_MOST = 20


def publish(area: Area, command: PublishDemand, cause: Cause) -> Decision:
    """The township's own desk publishes (Article 7), or the county's as its recorded substitute."""
    incident = open_incident(area, cause, command.incident)
    if isinstance(incident, Refused):
        return incident
    if not takes_part(area, incident, command.place.division):
        return Refused(Refusal.PLACE_OUTSIDE_INCIDENT, (incident.id,))
    if command.kind not in KINDS:
        return Refused(Refusal.CODE_UNKNOWN)
    unfit = _unfit(command.lines)
    if unfit is not None:
        return Refused(unfit)
    if not needed.possible(command.needed_by, cause.at):
        return Refused(Refusal.NEEDED_BY_UNFIT)
    return _published(area, incident, command, cause)


def _published(area: Area, incident: Incident, command: PublishDemand, cause: Cause) -> Decision:
    key = DemandId(cause.new_id())
    if key in area.operations[cause.operation].demands:
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
            needed_by=command.needed_by,
            substitute=substitute_for(area, cause.actor, command.place.division, cause.at),
            similar=similar.lately(
                area.operations[cause.operation],
                incident.id,
                command.kind,
                command.place,
                cause.at,
            ),
            release_at=cause.at + URGENCY[command.priority].release,
            at=cause.at,
        )
    ]


def open_incident(area: Area, cause: Cause, key: IncidentId) -> Incident | Refused:
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
    demand = open_for_edit(area, cause, command.demand, command.revision)
    if isinstance(demand, Refused):
        return demand
    place = command.place or demand.place
    incident = area.operations[cause.operation].incidents[demand.incident]
    if not takes_part(area, incident, place.division):
        return Refused(Refusal.PLACE_OUTSIDE_INCIDENT, (incident.id,))
    known = [area.operations[cause.operation].lines[key] for key in demand.lines]
    unfit = _unfit(command.lines)
    if unfit is not None:
        return Refused(unfit)
    same = command.needed_by == demand.needed_by  # which may have passed meanwhile
    if not same and not needed.possible(command.needed_by, cause.at):
        return Refused(Refusal.NEEDED_BY_UNFIT)
    if len(command.targets) != len(known) or len(known) + len(command.lines) > LINES_MOST:
        return Refused(Refusal.LINES_TOO_MANY)
    pairs = zip(known, command.targets, strict=True)
    for line, target in pairs:
        if line.dropped and target != line.target:
            return Refused(Refusal.LINE_DROPPED, (line.id,))
        if line.open and line.minimum > target:
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
            needed_by=command.needed_by,
            at=cause.at,
        )
    ]


def take_back(area: Area, command: TakeBackDemand, cause: Cause) -> Decision:
    """Whoever moved it to another township may have it back until that one acts.

    Where it lies already, said twice or never moved, there is nothing new.
    """
    known = find(area, cause, command.demand)
    if known is not None and known.handed is None and known.state is not DemandState.CLOSED:
        return []
    demand = open_for_edit(area, cause, command.demand, command.revision)
    if isinstance(demand, Refused):
        return demand
    if demand.handed is None or demand.handed.acted:
        return Refused(Refusal.DEMAND_TAKEN_UP, (demand.id,))
    place, revision = demand.handed.place, demand.revision + 1
    return [DemandTakenBack(demand=demand.id, revision=revision, place=place, at=cause.at)]


def open_sealed_text(area: Area, command: OpenSealedText, cause: Cause) -> Decision:
    demand = find(area, cause, command.demand)
    if demand is None:
        return Refused(Refusal.NOT_FOUND)
    if not area.operations[cause.operation].incidents[demand.incident].readable:
        return Refused(Refusal.KEY_DESTROYED, (demand.incident,))
    return [
        SealedTextOpened(demand=demand.id, account=cause.actor, reason=command.reason, at=cause.at)
    ]


def show_persons(area: Area, command: ShowPersons, cause: Cause) -> Decision:
    """Whom to call of an organization that was asked, as long as the demand is open.

    Whoever was sent home is within call a while longer: somebody has to tell them on the road.
    """
    operation = area.operation(cause.operation)
    offer = None if operation is None else operation.offers.get(command.offer)
    if operation is None or offer is None:
        return Refused(Refusal.NOT_FOUND)
    closed = operation.demands[offer.demand].state is DemandState.CLOSED
    if closed and not _within_call(operation, offer, cause.at):
        return Refused(Refusal.DEMAND_CLOSED, (offer.demand,))
    return [
        PersonsShown(
            demand=offer.demand,
            organization=offer.organization,
            account=cause.actor,
            at=cause.at,
        )
    ]


def _within_call(operation: Operation, offer: Offer, at: Instant) -> bool:
    """Whether a crew of it is at work on the demand, or was until lately."""
    crews = operation.assignments_between.of((offer.demand, offer.organization))
    return any(crew.ended_at is None or at < crew.ended_at + STANDBY for crew in crews)


def find(area: Area, cause: Cause, key: DemandId) -> Demand | None:
    operation = area.operation(cause.operation)
    return None if operation is None else operation.demands.get(key)


def open_for_edit(area: Area, cause: Cause, key: DemandId, revision: int) -> Demand | Refused:
    demand = find(area, cause, key)
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
        case DemandTakenBack():
            _taken_back(operation, fact)
        case SealedTextOpened() | PersonsShown():
            pass  # facts for reviews; nothing that rules need follows from them
        case StillNeededAsked():
            asked = operation.demands[fact.demand]
            operation.demands.put(asked.id, replace(asked, asked_at=fact.at, quiet_at=None))
        case DemandKept():
            kept = operation.demands[fact.demand]
            operation.demands.put(kept.id, replace(kept, asked_at=None, quiet_at=fact.until))
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
        needed_by=fact.needed_by,
        scene_in=operation.sequence,
        substitute=fact.substitute,
        similar=fact.similar,
        quiet_at=needed.quiet_from(fact.needed_by, fact.at),
    )
    operation.demands.put(demand.id, demand)
    _add_lines(operation, demand, 1, fact.lines, fact.at)


def _add_lines(
    operation: Operation,
    demand: Demand,
    first: int,
    added: tuple[NumberedLine, ...],
    at: Instant,
) -> None:
    for number, asked in enumerate(added, first):
        operation.lines.put(asked.line, lines.opened(demand, number, asked, at))


def _amended(operation: Operation, fact: DemandAmended) -> None:
    """New targets: too few wakes the line, enough stands its open offers down.

    Where the demand has become more urgent, is needed sooner, or has moved to another township,
    offers that are out are taken back: people are asked anew, by the new distance and with the
    new time to answer.
    """
    before = operation.demands[fact.demand]
    scene = (before.place, before.risk_statement, before.rally_point)
    hastier = fact.priority < before.priority or needed.sooner(
        before.needed_by, fact.needed_by, fact.at
    )
    anew = scene != (fact.place, fact.risk_statement, fact.rally_point)
    demand = replace(
        before,
        revision=fact.revision,
        priority=fact.priority,
        place=fact.place,
        risk_statement=fact.risk_statement,
        rally_point=fact.rally_point,
        lines=before.lines + tuple(line.line for line in fact.lines),
        release_at=_release(before.release_at, fact.priority, fact.at),
        scene_in=operation.sequence if anew else before.scene_in,
        needed_by=fact.needed_by,
        urgent_in=operation.sequence if hastier else before.urgent_in,
        handed=_handed(before, fact.place, fact.at),
        quiet_at=needed.quiet_from(fact.needed_by, fact.at),
        asked_at=None,
    )
    operation.demands.put(demand.id, demand)
    for key, target in zip(before.lines, fact.targets, strict=True):
        _line_amended(operation, before, demand, key, target, fact.at)
    _add_lines(operation, demand, len(before.lines) + 1, fact.lines, fact.at)


def _release(before: Instant, priority: int, at: Instant) -> Instant:
    """What was held back goes out sooner where it has become more urgent, and never later."""
    return max(at, min(before, at + URGENCY[priority].release))


def _handed(before: Demand, place: Place, at: Instant) -> Handed | None:
    """Moved to another township: this one keeps sight of it. Any other edit takes it up."""
    if place.division != before.place.division:
        return Handed(place=before.place, at=at)
    return None if before.handed is None else replace(before.handed, acted=True)


def _line_amended(
    operation: Operation, before: Demand, demand: Demand, key: LineId, target: int, at: Instant
) -> None:
    line = operation.lines[key]
    if not line.open:
        return
    moved = demand.place.division != before.place.division
    after = replace(
        line,
        target=target,
        priority=demand.priority,
        place=demand.place,
        own=0 if moved else line.own,  # another township's crew is its own matter
        looks=0,
    )
    lines.recount(operation, line, after, demand.release_at)
    if demand.priority != before.priority:
        crew.hurry(operation, after, at)
    if demand.needed_by != before.needed_by:
        crew.rescheduled(operation, after, demand.needed_by, at)
        lines.give_time(operation, after, demand.needed_by)
    if moved or demand.urgent_in != before.urgent_in:
        lines.mark_offers(operation, operation.lines[key], StandDownReason.DEMAND_AMENDED)


def _taken_back(operation: Operation, fact: DemandTakenBack) -> None:
    demand = replace(
        operation.demands[fact.demand],
        revision=fact.revision,
        place=fact.place,
        scene_in=operation.sequence,
        handed=None,
    )
    operation.demands.put(demand.id, demand)
    for key in demand.lines:
        line = replace(operation.lines[key], place=demand.place, own=0)
        operation.lines.put(key, line)
        lines.wake(operation, line, max(demand.release_at, fact.at))
        lines.mark_offers(operation, operation.lines[key], StandDownReason.DEMAND_AMENDED)
