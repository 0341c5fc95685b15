"""Demands: what a township asks for, line by line, with its risks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from msgspec.structs import replace

from schemas.codes import KINDS, SKILLS
from schemas.commands import DraftDemand, PublishDemand, ReportNeed
from schemas.facts import (
    DemandDrafted,
    DemandFact,
    DemandGrouped,
    DemandKept,
    DemandPublished,
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
)
from streams import grouping, needed, shutting, similar, texts
from streams import line as lines
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.entities import Demand, DemandState, Incident, IncidentState
from streams.incident import takes_part
from streams.parameters import URGENCY
from streams.policy import substitute_for
from streams.remembered import Said
from streams.waiting import calm


def publish(area: Area, command: PublishDemand, cause: Cause) -> Decision:
    """The township's own desk publishes (Article 7), or the county's as its recorded substitute."""
    refused = unwanted(area, command, cause) or _unlike(area, command, cause)
    return refused or _published(area, command, cause)


def unwanted(
    area: Area, command: PublishDemand | DraftDemand | ReportNeed, cause: Cause
) -> Refused | None:
    """Why it cannot be asked for as it is said, or not in this incident."""
    incident = open_incident(area, cause, command.incident)
    if isinstance(incident, Refused):
        return incident
    if not takes_part(area, incident, command.place.division):
        return Refused(Refusal.PLACE_OUTSIDE_INCIDENT, (incident.id,))
    if command.kind not in KINDS:
        return Refused(Refusal.CODE_UNKNOWN)
    refusal = unfit(command.lines)
    if refusal is not None:
        return Refused(refusal)
    if not needed.possible(command.needed_by, cause.at):
        return Refused(Refusal.NEEDED_BY_UNFIT)
    return None


def _unlike(area: Area, command: PublishDemand, cause: Cause) -> Refused | None:
    """Why it cannot be a further report of the demand that is named."""
    if command.same_as is None:
        return None
    leader = area.operations[cause.operation].demands[command.same_as]
    refusal = grouping.unled(leader) or grouping.unlike(
        area.divisions, leader, command.incident, command.place
    )
    return None if refusal is None else Refused(refusal, (leader.id,))


def _published(area: Area, command: PublishDemand, cause: Cause) -> Decision:
    key, operation = DemandId(cause.new_id()), area.operations[cause.operation]
    incident = operation.incidents[command.incident]
    if key in operation.demands:
        return Refused(Refusal.KEY_EXPIRED, (key,))
    grouped = [
        DemandGrouped(demand=key, leader=leader, at=cause.at)
        for leader in (command.same_as,)
        if leader is not None
    ]
    return [
        DemandPublished(
            demand=key,
            account=cause.actor,
            number=incident.demands + 1,
            incident=incident.id,
            kind=command.kind,
            priority=command.priority,
            place=command.place,
            lines=numbered(command.lines, cause),
            risk_statement=command.risk_statement,
            rally_point=command.rally_point,
            way_in=command.way_in,
            public_numbers=command.public_numbers,
            contact=command.contact,
            address=command.address,
            note=command.note,
            lead=command.lead,
            needed_by=command.needed_by,
            substitute=substitute_for(area, cause.actor, command.place.division, cause.at),
            similar=similar.lately(operation, incident.id, command.kind, command.place, cause.at),
            release_at=cause.at + URGENCY[command.priority].release,
            at=cause.at,
        ),
        *grouped,
    ]


def open_incident(area: Area, cause: Cause, key: IncidentId) -> Incident | Refused:
    operation = area.operation(cause.operation)
    incident = None if operation is None else operation.incidents.get(key)
    if incident is None:
        return Refused(Refusal.NOT_FOUND)
    if incident.state is not IncidentState.OPEN:
        return Refused(Refusal.INCIDENT_NOT_OPEN, (key,))
    return incident


def unfit(requests: Iterable[LineRequest]) -> Refusal | None:
    for request in requests:
        skill = SKILLS.get(request.skill)
        if skill is None:
            return Refusal.SKILL_UNKNOWN
        if skill.graded != (request.grade is not None):
            return Refusal.SKILL_GRADE_UNFIT
        if request.minimum > request.target:
            return Refusal.MINIMUM_OVER_TARGET
        if request.whole and request.minimum != request.target:
            return Refusal.WHOLE_MINIMUM
    return None


def numbered(requests: tuple[LineRequest, ...], cause: Cause) -> tuple[NumberedLine, ...]:
    return tuple(NumberedLine(line=LineId(cause.new_id()), request=request) for request in requests)


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
        case SealedTextOpened() | PersonsShown():
            pass  # facts for reviews; nothing that rules need follows from them
        case StillNeededAsked():
            asked = operation.demands[fact.demand]
            operation.demands.put(
                asked.id,
                replace(
                    asked,
                    asked_at=fact.at,
                    quiet_at=None,
                    climbs_at=fact.climbs_at,
                    nobody_at=None,
                ),
            )
        case DemandKept():
            kept = operation.demands[fact.demand]
            operation.demands.put(kept.id, replace(calm(kept), quiet_at=fact.until))
        case _:
            assert_never(fact)


def _enter(operation: Operation, fact: DemandPublished) -> None:
    incident = operation.incidents[fact.incident]
    operation.incidents.put(incident.id, replace(incident, demands=fact.number))
    demand = replace(
        shutting.shut_by(operation, said_first(operation, fact)),
        number=fact.number,
        release_at=fact.release_at,
        substitute=fact.substitute,
        similar=fact.similar,
        quiet_at=needed.quiet_from(fact.needed_by, fact.at),
    )
    operation.demands.put(demand.id, demand)
    add_lines(operation, demand, 1, fact.lines, fact.at)


def said_first(operation: Operation, fact: DemandPublished | DemandDrafted) -> Demand:
    """A demand as far as what is published and what is drafted say the same of it."""
    sealed = texts.said(fact, operation.sequence)
    return Demand(
        id=fact.demand,
        number=0,
        sequence=operation.sequence,
        incident=fact.incident,
        posted_by=fact.account,
        kind=fact.kind,
        priority=fact.priority,
        place=fact.place,
        lines=tuple(line.line for line in fact.lines),
        risk_statement=fact.risk_statement,
        rally_point=fact.rally_point,
        way_in=fact.way_in,
        sealed=sealed,
        sealed_in=operation.sequence if sealed else 0,
        sealed_at=fact.at if sealed else None,
        release_at=fact.at,
        published_at=fact.at,
        needed_by=fact.needed_by,
        scene_in=operation.sequence,
        said=Said(at=fact.at),
    )


def add_lines(
    operation: Operation,
    demand: Demand,
    first: int,
    added: tuple[NumberedLine, ...],
    at: Instant,
) -> None:
    for number, asked in enumerate(added, first):
        operation.lines.put(asked.line, lines.opened(demand, number, asked, at))
