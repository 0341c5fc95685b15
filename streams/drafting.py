"""Drafting: a demand that a desk keeps back asks nobody until it is published or discarded.

It is no place to be forgotten in: what its desk does not decide in time is asked of the desk
above, too, which may do either in its place. It has a number only once it is published.
"""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from schemas.commands import DraftDemand, PublishDraft, ReportNeed
from schemas.facts import DemandDrafted, DraftingFact, DraftPublished
from schemas.refusals import Refusal
from schemas.values import DemandId
from schemas.villages import Village
from streams import line as lines
from streams import needed, shutting, similar
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.demand import add_lines, find, numbered, open_incident, said_first, unwanted
from streams.entities import Demand, DemandState
from streams.parameters import URGENCY
from streams.policy import substitute_for
from streams.waiting import calm


def report(area: Area, command: ReportNeed, cause: Cause) -> Decision:
    """A village's committee tells of a need, which becomes a draft at its township's desk."""
    village = Village(division=command.place.division, name=command.village)
    return _drafting(area, command, cause, village, command.people)


def draft(area: Area, command: DraftDemand, cause: Cause) -> Decision:
    """What could be published as it is, and is not yet."""
    return _drafting(area, command, cause)


def _drafting(
    area: Area,
    command: DraftDemand | ReportNeed,
    cause: Cause,
    reporter: Village | None = None,
    people: int | None = None,
) -> Decision:
    refused = unwanted(area, command, cause)
    if refused is not None:
        return refused
    key = DemandId(cause.new_id())
    if key in area.operations[cause.operation].demands:
        return Refused(Refusal.KEY_EXPIRED, (key,))
    return [
        DemandDrafted(
            account=cause.actor,
            demand=key,
            incident=command.incident,
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
            climbs_at=cause.at + URGENCY[command.priority].climb,
            at=cause.at,
            reporter=reporter,
            people=people,
        )
    ]


def publish(area: Area, command: PublishDraft, cause: Cause) -> Decision:
    """Its own desk publishes it, or the county's in its place; once."""
    demand = find(area, cause, command.demand)
    if demand is None:
        return Refused(Refusal.NOT_FOUND)
    if demand.state is DemandState.CLOSED:
        return Refused(Refusal.DEMAND_CLOSED, (demand.id,))
    if demand.state is not DemandState.DRAFT:
        return Refused(Refusal.DEMAND_PUBLISHED, (demand.id,))
    if demand.revision != command.revision:
        return Refused(Refusal.REVISION_STALE, (demand.id,))
    incident = open_incident(area, cause, demand.incident)
    if isinstance(incident, Refused):
        return incident
    if not needed.possible(demand.needed_by, cause.at):
        return Refused(Refusal.NEEDED_BY_UNFIT)
    operation = area.operations[cause.operation]
    like = similar.lately(operation, incident.id, demand.kind, demand.place, cause.at)
    return [
        DraftPublished(
            demand=demand.id,
            revision=demand.revision + 1,
            incident=incident.id,
            number=incident.demands + 1,
            substitute=substitute_for(area, cause.actor, demand.place.division, cause.at),
            similar=like,
            release_at=cause.at + URGENCY[demand.priority].release,
            at=cause.at,
        )
    ]


def evolve(operation: Operation, fact: DraftingFact) -> None:
    match fact:
        case DemandDrafted():
            _drafted(operation, fact)
        case DraftPublished():
            _published(operation, fact)
        case _:
            assert_never(fact)


def _drafted(operation: Operation, fact: DemandDrafted) -> None:
    demand = replace(
        shutting.shut_by(operation, said_first(operation, fact)),
        state=DemandState.DRAFT,
        drafted_at=fact.at,
        climbs_at=fact.climbs_at,
        reporter=fact.reporter,
        people=fact.people,
    )
    operation.demands.put(demand.id, demand)
    add_lines(operation, demand, 1, fact.lines, fact.at)


def _published(operation: Operation, fact: DraftPublished) -> None:
    """Its lines wake as those of what is published at once."""
    incident = operation.incidents[fact.incident]
    operation.incidents.put(incident.id, replace(incident, demands=fact.number))
    lines.taken_up(operation, fact.demand)
    before: Demand = operation.demands[fact.demand]
    demand = replace(
        calm(before),
        state=DemandState.PUBLISHED,
        revision=fact.revision,
        number=fact.number,
        published_at=fact.at,
        release_at=fact.release_at,
        substitute=fact.substitute,
        similar=fact.similar,
        quiet_at=needed.quiet_from(before.needed_by, fact.at),
    )
    operation.demands.put(demand.id, demand)
    for key in demand.lines:
        line = replace(operation.lines[key], opened_at=fact.at)
        lines.wake_up(operation, line, fact.release_at)
