"""Assignments: an organization at work on a line, from its word to its release.

Later steps imply earlier ones: a crew that reports from the scene has set off, whether or not
it said so. What nobody reported is marked as implied.
"""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from schemas.commands import Arrive, CannotComplete, ConfirmAssignment, ReportDone, SetOff
from schemas.facts import (
    AssignmentArrived,
    AssignmentCommitted,
    AssignmentConfirmed,
    AssignmentFact,
    AssignmentGivenUp,
    AssignmentReleased,
    AssignmentReportedDone,
    AssignmentSentBack,
    AssignmentSetOff,
    AssignmentStoodDown,
    Fact,
)
from schemas.refusals import Refusal
from schemas.values import AssignmentId
from streams import line as lines
from streams import load
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.entities import Assignment, AssignmentState
from streams.policy import speaks_by_phone

BEFORE_SCENE = (AssignmentState.COMMITTED, AssignmentState.EN_ROUTE)


def set_off(area: Area, command: SetOff, cause: Cause) -> Decision:
    found = _working(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    if found.set_off_at is not None:
        return []  # said twice, or implied already: nothing new
    by_desk = speaks_by_phone(area, cause.actor, found.organization, cause.at)
    return [_departure(found, cause, by_desk, implied=False)]


def arrive(area: Area, command: Arrive, cause: Cause) -> Decision:
    found = _working(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    if found.arrived_at is not None:
        return []
    by_desk = speaks_by_phone(area, cause.actor, found.organization, cause.at)
    return [*_implied(found, cause, by_desk), _arrival(found, cause, by_desk, implied=False)]


def report_done(area: Area, command: ReportDone, cause: Cause) -> Decision:
    found = _working(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    by_desk = speaks_by_phone(area, cause.actor, found.organization, cause.at)
    facts = _implied(found, cause, by_desk)
    if found.arrived_at is None:
        facts.append(_arrival(found, cause, by_desk, implied=True))
    done = AssignmentReportedDone(assignment=found.id, by_desk=by_desk, at=cause.at)
    return [*facts, done]


def cannot_complete(area: Area, command: CannotComplete, cause: Cause) -> Decision:
    found = _working(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    by_desk = speaks_by_phone(area, cause.actor, found.organization, cause.at)
    return [AssignmentGivenUp(assignment=found.id, by_desk=by_desk, at=cause.at)]


def confirm(area: Area, command: ConfirmAssignment, cause: Cause) -> Decision:
    found = _live(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    if found.state is not AssignmentState.REPORTED_DONE:
        return Refused(Refusal.ASSIGNMENT_NOT_REPORTED, (found.id,))
    if not command.done:
        return [AssignmentSentBack(assignment=found.id, at=cause.at)]
    return [
        AssignmentConfirmed(assignment=found.id, at=cause.at),
        AssignmentReleased(assignment=found.id, at=cause.at),
    ]


def _departure(
    found: Assignment, cause: Cause, by_desk: bool, *, implied: bool
) -> AssignmentSetOff:
    return AssignmentSetOff(assignment=found.id, implied=implied, by_desk=by_desk, at=cause.at)


def _arrival(found: Assignment, cause: Cause, by_desk: bool, *, implied: bool) -> AssignmentArrived:
    return AssignmentArrived(assignment=found.id, implied=implied, by_desk=by_desk, at=cause.at)


def _implied(found: Assignment, cause: Cause, by_desk: bool) -> list[Fact]:
    """The departure that an arrival proves, if nobody reported it."""
    if found.set_off_at is not None:
        return []
    return [_departure(found, cause, by_desk, implied=True)]


def _live(area: Area, cause: Cause, key: AssignmentId) -> Assignment | Refused:
    operation = area.operation(cause.operation)
    found = None if operation is None else operation.assignments.get(key)
    if found is None:
        return Refused(Refusal.NOT_FOUND)
    if not found.live or found.unneeded is not None:
        return Refused(Refusal.ASSIGNMENT_ENDED, (key,))
    return found


def _working(area: Area, cause: Cause, key: AssignmentId) -> Assignment | Refused:
    """Live and not yet reported done: what a crew can still take steps in."""
    found = _live(area, cause, key)
    if isinstance(found, Assignment) and found.state is AssignmentState.REPORTED_DONE:
        return Refused(Refusal.ALREADY_ANSWERED, (key,))
    return found


def evolve(operation: Operation, fact: AssignmentFact) -> None:
    if isinstance(fact, AssignmentCommitted):
        _committed(operation, fact)
        return
    after = step(operation.assignments[fact.assignment], fact)
    operation.assignments.put(after.id, after)
    if isinstance(fact, AssignmentGivenUp | AssignmentStoodDown):
        lines.cover_changed(operation, after.line, -after.quantity, fact.at)
    if not after.live:
        load.free(operation, after.organization, after.skill, after.quantity, fact.at)


def step(known: Assignment, fact: AssignmentFact) -> Assignment:
    """The assignment after a fact about it."""
    match fact:
        case AssignmentSetOff():
            state = AssignmentState.EN_ROUTE
            return replace(known, state=state, set_off_at=fact.at, by_desk=fact.by_desk)
        case AssignmentArrived():
            state = AssignmentState.ON_SCENE
            return replace(known, state=state, arrived_at=fact.at, by_desk=fact.by_desk)
        case AssignmentReportedDone():
            state = AssignmentState.REPORTED_DONE
            return replace(known, state=state, reported_at=fact.at, by_desk=fact.by_desk)
        case AssignmentSentBack():
            return replace(known, state=AssignmentState.ON_SCENE, reported_at=None)
        case AssignmentConfirmed():
            return replace(known, state=AssignmentState.CONFIRMED)
        case AssignmentReleased():
            return replace(known, state=AssignmentState.RELEASED, ended_at=fact.at)
        case AssignmentGivenUp():
            state = AssignmentState.GIVEN_UP
            return replace(known, state=state, by_desk=fact.by_desk, ended_at=fact.at)
        case AssignmentStoodDown():
            return replace(
                known,
                state=AssignmentState.STOOD_DOWN,
                unneeded=None,
                stand_down_reason=fact.reason,
                ended_at=fact.at,
            )
        case AssignmentCommitted():
            return known
        case _:
            assert_never(fact)


def _committed(operation: Operation, fact: AssignmentCommitted) -> None:
    """Its units are held already: the offer that led to it has left them to it."""
    line = operation.lines[fact.line]
    assignment = Assignment(
        id=fact.assignment,
        offer=fact.offer,
        line=fact.line,
        demand=fact.demand,
        incident=line.incident,
        organization=fact.organization,
        skill=line.skill,
        quantity=fact.quantity,
        committed_at=fact.at,
        by_desk=operation.offers[fact.offer].by_desk,
    )
    operation.assignments.put(assignment.id, assignment)
    lines.cover_changed(operation, fact.line, fact.quantity, fact.at)
