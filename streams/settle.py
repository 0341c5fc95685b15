"""Settling: what a turn entails, taken from the worklist of its own operation within a budget.

The worklist is in the state: whatever does not fit stays there and makes the next tick due.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from schemas.codes import KINDS
from schemas.facts import (
    AssignmentStoodDown,
    DemandClosed,
    Fact,
    IncidentClosed,
    KeyDestroyed,
    OfferStoodDown,
    TaskOpened,
    TaskProposed,
)
from schemas.values import CloseReason, Instant, TaskId
from streams.area import Area, Operation
from streams.cause import Cause
from streams.entities import Incident, Line
from streams.matching import assign
from streams.parameters import LINE_WORK, SETTLE_FACTS

Evolve = Callable[[Area, Operation | None, Fact], None]


def settle(area: Area, operation: Operation, cause: Cause, evolve: Evolve) -> list[Fact]:
    """Work off the worklist; each fact is folded in before the next piece of work is chosen."""
    facts: list[Fact] = []
    budget = SETTLE_FACTS
    while budget > 0:
        line = due_line(operation, cause.at) if not pressing(operation) else None
        step = _next(operation, cause) if line is None else _match(area, operation, line, cause)
        if not step:
            break
        for fact in step:
            evolve(area, operation, fact)
        facts.extend(step)
        budget -= len(step) if line is None else max(LINE_WORK, len(step))
    return facts


def pressing(operation: Operation) -> bool:
    """Whether somebody is to be stood down, or something closed or proposed."""
    return bool(
        operation.unneeded_offers
        or operation.unneeded_assignments
        or operation.closing
        or operation.proposing
    )


def left_over(operation: Operation) -> bool:
    """Whether the worklist holds anything that needs no further time to pass."""
    return pressing(operation) or _spent(operation) is not None


def due_line(operation: Operation, at: Instant) -> Line | None:
    """The line to look at next: the most urgent priority first, in it the longest waiting."""
    for _, wake_at, key in operation.waking.firsts():
        if wake_at <= at:
            return operation.lines[key]
    return None


def next_wake(operation: Operation) -> Instant | None:
    """When the earliest line wants to be looked at."""
    return min((wake_at for _, wake_at, _ in operation.waking.firsts()), default=None)


def _match(area: Area, operation: Operation, line: Line, cause: Cause) -> Sequence[Fact]:
    return assign.offers(area, operation, line, cause)


def _next(operation: Operation, cause: Cause) -> Sequence[Fact]:
    """The next piece of work that is not matching; nothing when there is none."""
    if place := operation.unneeded_offers.first():
        offer = operation.offers[place[-1]]
        assert offer.unneeded is not None
        return [OfferStoodDown(offer=offer.id, reason=offer.unneeded, at=cause.at)]
    if place := operation.unneeded_assignments.first():
        assignment = operation.assignments[place[-1]]
        assert assignment.unneeded is not None
        return [
            AssignmentStoodDown(assignment=assignment.id, reason=assignment.unneeded, at=cause.at)
        ]
    if place := operation.proposing.first():
        return [_proposal(operation, operation.lines[place[-1]], cause)]
    if place := operation.closing.first():
        return [_closing(operation, operation.incidents[place[-1]], cause)]
    spent = _spent(operation)
    return [] if spent is None else [KeyDestroyed(incident=spent.id, at=cause.at)]


def _proposal(operation: Operation, line: Line, cause: Cause) -> TaskProposed:
    demand = operation.demands[line.demand]
    return TaskProposed(
        task=TaskId(cause.new_id()),
        number=operation.incidents[line.incident].tasks + 1,
        incident=line.incident,
        demand=line.demand,
        line=line.id,
        kind=demand.kind,
        domain=KINDS[demand.kind].domain,
        division=demand.place.division,
        at=cause.at,
    )


def _closing(operation: Operation, incident: Incident, cause: Cause) -> Fact:
    """Close its demands one by one, open its proposed tasks, and at last the incident is closed."""
    for place in operation.demands_in.within(incident.id):
        demand = operation.demands[place[-1]]
        return DemandClosed(
            demand=demand.id,
            revision=demand.revision + 1,
            reason=CloseReason.INCIDENT_CLOSED,
            at=cause.at,
        )
    for place in operation.proposed_in.within(incident.id):
        task = operation.tasks[place[-1]]
        return TaskOpened(task=task.id, domain=task.domain, at=cause.at)
    return IncidentClosed(incident=incident.id, at=cause.at)


def _spent(operation: Operation) -> Incident | None:
    """A closed incident without a live recovery task: its personal data has served its purpose."""
    for place in operation.readable.all():
        if next(operation.tasks_in.within(place[-1]), None) is None:
            return operation.incidents[place[-1]]
    return None
