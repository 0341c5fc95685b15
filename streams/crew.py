"""Crews: how an assignment's facts move it on, with the cover and the load that hang on it."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

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
    CheckInEscalated,
    CheckInMissed,
    CrewCheckedIn,
    CrewDoubted,
    CrewOverdue,
    HeadsCounted,
    NewTimeGiven,
    StepCorrected,
    StepUndone,
    WordsSeen,
)
from schemas.values import AgainOn, Instant, StandDownReason, Step
from streams import asking, beside, checking, load, needed, orders
from streams import line as lines
from streams.area import Operation
from streams.cover import carry, counted
from streams.entities import Assignment, AssignmentState, Before, Line
from streams.instructed import Told
from streams.parameters import REPLACED_AFTER, REPLACING, URGENCY
from streams.remembered import Seen

Taken = (
    AssignmentSetOff | AssignmentArrived | AssignmentReportedDone | AssignmentGivenUp | HeadsCounted
)


def evolve(operation: Operation, fact: AssignmentFact) -> None:
    if isinstance(fact, AssignmentCommitted):
        _committed(operation, fact)
        return
    before = operation.assignments[fact.assignment]
    after = step(operation, before, fact)
    if before.live != after.live:
        after = orders.turned(operation, after, fact.at)
    if not isinstance(fact, CheckInMissed | CheckInEscalated):
        after = checking.timed(operation, after, fact.at)
    operation.assignments.put(after.id, after)
    carry(operation, before, after, fact.at)
    if isinstance(fact, AssignmentGivenUp | AssignmentStoodDown) and fact.again_at is not None:
        _pause(operation, after, fact.again_at, fact.again_on)
    over = isinstance(fact, AssignmentReleased | AssignmentStoodDown) and before.withdrawing
    if over and getattr(fact, "again_at", None) is None:
        _withheld(operation, after)
    if isinstance(fact, StepUndone) and not before.live:
        _withheld(operation, after)
    judged = isinstance(fact, AssignmentConfirmed | AssignmentSentBack | StepCorrected)
    if judged or getattr(fact, "by_desk", False):
        lines.taken_up(operation, after.demand)
    beside.look(operation, after.id, fact.at)


def _committed(operation: Operation, fact: AssignmentCommitted) -> None:
    """Its units are held already: the yes that led to it has left them to it."""
    line, offer = operation.lines[fact.line], operation.offers[fact.offer]
    assignment = Assignment(
        id=fact.assignment,
        offer=fact.offer,
        line=fact.line,
        demand=fact.demand,
        incident=line.incident,
        organization=fact.organization,
        skill=line.skill,
        round=line.round,
        quantity=fact.quantity,
        committed_at=fact.at,
        starts_at=fact.starts_at,
        promised_at=fact.promised_at,
        late_at=fact.overdue_at,
        seen=Seen(revision=offer.revision),
        relieves=offer.relieves,
        people=offer.people,
        by_desk=offer.by_desk and not offer.here,
        by_committee=offer.by_committee,
    )
    assignment = orders.joined(operation, assignment, fact.at)
    operation.assignments.put(assignment.id, assignment)
    working, *_ = counted(assignment)
    lines.changed(operation, fact.line, fact.at, working=working)
    beside.look(operation, assignment.id, fact.at)


def step(operation: Operation, known: Assignment, fact: AssignmentFact) -> Assignment:
    """The assignment after a fact about it."""
    match fact:
        case AssignmentSetOff() | AssignmentArrived() | AssignmentReportedDone():
            return _stepped(operation, known, fact)
        case AssignmentGivenUp():
            remembered = _spoken(_remembering(operation, known, fact), fact)
            return replace(remembered, state=AssignmentState.GIVEN_UP, ended_at=fact.at)
        case (
            AssignmentSentBack()
            | AssignmentConfirmed()
            | AssignmentReleased()
            | AssignmentStoodDown()
        ):
            return _judged(known, fact)
        case CrewOverdue() | CrewDoubted() | NewTimeGiven():
            return _waited_for(known, fact)
        case CrewCheckedIn() | WordsSeen() | CheckInMissed() | CheckInEscalated() | HeadsCounted():
            return _heard(operation, known, fact)
        case StepUndone():
            return _undone(known)
        case StepCorrected():
            return _corrected(known, fact)
        case AssignmentCommitted():
            return known
        case _:
            assert_never(fact)


def _stepped(
    operation: Operation,
    known: Assignment,
    fact: AssignmentSetOff | AssignmentArrived | AssignmentReportedDone,
) -> Assignment:
    before = _remembering(operation, known, fact)
    # Whoever a desk has taken on where it stands was not on the telephone.
    received = operation.offers[known.offer].here and fact.at == known.committed_at
    known = before if received else _spoken(before, fact)
    match fact:
        case AssignmentSetOff():
            return replace(known, state=AssignmentState.EN_ROUTE, set_off_at=fact.at)
        case AssignmentArrived():
            return replace(
                known,
                state=AssignmentState.ON_SCENE,
                arrived_at=fact.at,
                people=known.people if fact.people is None else fact.people,
                late_at=None,
                overdue=False,
                doubted=False,
            )
        case AssignmentReportedDone():
            state = AssignmentState.REPORTED_DONE
            return replace(known, state=state, reported_at=fact.at, sent_back=None)


def _spoken(known: Assignment, fact: Taken | CrewCheckedIn) -> Assignment:
    """Whose word its last one was."""
    return replace(known, by_desk=fact.by_desk, by_committee=fact.by_committee)


def _remembering(operation: Operation, known: Assignment, fact: Taken) -> Assignment:
    """With how far it had come before this turn, so that its last step can be undone whole."""
    if known.before is not None and known.before.turn == operation.sequence:
        return known
    before = Before(
        state=known.state,
        account=fact.account,
        turn=operation.sequence,
        at=fact.at,
        late_at=known.late_at,
        overdue=known.overdue,
        doubted=known.doubted,
        set_off_at=known.set_off_at,
        arrived_at=known.arrived_at,
        reported_at=known.reported_at,
        people=known.people,
        inside=known.inside,
    )
    return replace(known, before=before)


def _judged(
    known: Assignment,
    fact: AssignmentSentBack | AssignmentConfirmed | AssignmentReleased | AssignmentStoodDown,
) -> Assignment:
    """The desk's word on it, behind which no step can be undone."""
    known = replace(known, before=None)
    match fact:
        case AssignmentSentBack():
            back = replace(known, sent_back=fact.reason, sent_back_at=fact.at)
            return replace(back, state=AssignmentState.ON_SCENE, reported_at=None)
        case AssignmentConfirmed():
            return replace(known, state=AssignmentState.CONFIRMED)
        case AssignmentReleased():
            state = AssignmentState.RELEASED
            return replace(known, state=state, unneeded=None, ended_at=fact.at)
        case AssignmentStoodDown():
            state, reason = AssignmentState.STOOD_DOWN, fact.reason
            over = replace(known, state=state, stand_down_reason=reason, ended_at=fact.at)
            return replace(over, unneeded=None)


def _waited_for(known: Assignment, fact: CrewOverdue | CrewDoubted | NewTimeGiven) -> Assignment:
    match fact:
        case CrewOverdue():
            return replace(known, overdue=True, late_at=fact.replace_at)
        case CrewDoubted():
            late_at = None if known.overdue else known.late_at
            return replace(known, doubted=True, late_at=late_at)
        case NewTimeGiven():
            return replace(
                known,
                starts_at=min(known.starts_at, max(fact.at, fact.promised_at - known.way)),
                promised_at=fact.promised_at,
                late_at=fact.overdue_at,
                overdue=False,
                new_times=known.new_times + 1,
            )


def _heard(
    operation: Operation,
    known: Assignment,
    fact: CrewCheckedIn | WordsSeen | CheckInMissed | CheckInEscalated | HeadsCounted,
) -> Assignment:
    """A word of the crew, or that there was none."""
    match fact:
        case WordsSeen():
            return replace(known, seen=Seen(revision=fact.revision, at=fact.at))
        case CrewCheckedIn():
            people = known.people if fact.people is None else fact.people
            out_at = fact.at if fact.out and known.withdrawing else known.out_at
            return _spoken(replace(known, people=people, out_at=out_at), fact)
        case HeadsCounted():
            counted = _remembering(operation, known, fact)
            return _spoken(replace(counted, inside=fact.inside), fact)
        case CheckInMissed():
            return replace(known, missed_at=fact.at, silent_at=fact.escalates_at)
        case CheckInEscalated():
            return replace(known, escalated=True, silent_at=None)


def _undone(known: Assignment) -> Assignment:
    """Where it was before the step; if that was its arrival, it is waited for as before."""
    before = known.before
    assert before is not None
    if before.arrived_at is None and known.arrived_at is not None:
        known = replace(
            known, late_at=before.late_at, overdue=before.overdue, doubted=before.doubted
        )
    return replace(
        known,
        state=before.state,
        set_off_at=before.set_off_at,
        arrived_at=before.arrived_at,
        reported_at=before.reported_at,
        people=before.people,
        inside=before.inside,
        before=None,
        ended_at=None,
    )


def _corrected(known: Assignment, fact: StepCorrected) -> Assignment:
    """Back to an earlier step. Whoever is on the way again is waited for again."""
    back = replace(
        known,
        state=AssignmentState(fact.step.value),
        set_off_at=None if fact.step is Step.COMMITTED else known.set_off_at,
        arrived_at=known.arrived_at if fact.step is Step.ON_SCENE else None,
        reported_at=None,
        before=None,
    )
    if fact.promised_at is None:
        return back
    return replace(back, promised_at=fact.promised_at, late_at=fact.overdue_at)


def _pause(
    operation: Operation, after: Assignment, again_at: Instant | None, again_on: AgainOn | None
) -> None:
    """Whoever gave up is not asked for the same line at once; who did not mean it, as before."""
    key = (after.line, after.organization)
    known = operation.asked.get(key)
    if known is not None and known.round == after.round:
        paused = replace(known, again_at=again_at, again_on=again_on, turn=operation.sequence)
        operation.asked.put(key, paused)


def hurry(operation: Operation, line: Line, at: Instant) -> None:
    """The line is of another urgency: its crews are waited for no longer than such a one's."""
    urgency = URGENCY[line.priority]
    for crew in operation.assignments_on.of(line.id):
        if crew.arrived_at is not None or crew.doubted:
            continue
        if not crew.overdue:
            late_at = min(crew.late_at or at, crew.promised_at + urgency.grace)
            operation.assignments.put(crew.id, replace(crew, late_at=late_at))
        elif crew.late_at is None and line.priority == REPLACING:
            operation.assignments.put(crew.id, replace(crew, late_at=at + REPLACED_AFTER))
        elif line.priority != REPLACING:
            operation.assignments.put(crew.id, replace(crew, late_at=None))


def rescheduled(operation: Operation, line: Line, needed_by: Instant | None, at: Instant) -> None:
    """Needed at another time: nobody is late before it, but by a time that it has named itself.

    Each comes by the new time, and no sooner than its own way takes it there: from now, or from
    when it has set off.
    """
    for crew in operation.assignments_on.of(line.id):
        if crew.arrived_at is not None or crew.new_times:
            continue
        since = at if crew.set_off_at is None else crew.set_off_at
        starts_at, arrives_at = needed.expected(needed_by, crew.way, since)
        if arrives_at == crew.promised_at:
            continue
        after = replace(
            crew,
            starts_at=starts_at,
            promised_at=arrives_at,
            late_at=arrives_at + URGENCY[line.priority].grace,
            overdue=False,
            doubted=False,
        )
        operation.assignments.put(crew.id, after)
        carry(operation, crew, after, at)


def obey(operation: Operation, known: Told, at: Instant) -> None:
    """What a crew is told by now, and with it whether it is cover."""
    before = orders.said_out(operation, known)
    if known != orders.told(operation, known.assignment):
        operation.told.put(known.assignment, known)
    if before.withdrawing != known.withdrawing:
        going_on = before if known.withdrawing else _expected(operation, before, at)
        after = replace(going_on, withdrawing=known.withdrawing)
        operation.assignments.put(after.id, after)
        _withheld(operation, after)
        _not_asked(operation, after)
        carry(operation, before, after, at)
    waiting = operation.assignments[known.assignment]
    obeyed = checking.obeyed(operation, waiting, at)
    operation.assignments.put(waiting.id, obeyed)
    load.heard(operation, waiting, obeyed, at)
    beside.look(operation, waiting.id, at)


def _withheld(operation: Operation, after: Assignment) -> None:
    """Whoever is told to leave is not asked for more of the same; who goes on, as before."""
    offer = asking.latest(operation, operation.offers[after.offer])
    told = after.live and after.withdrawing
    again = (None, AgainOn.FORCE) if told else (offer.again_at, offer.again_on)
    _pause(operation, after, *again)


def _not_asked(operation: Operation, after: Assignment) -> None:
    """Whoever is told to leave is asked there for nothing else: no yes of it would count."""
    if not after.leaving:
        return
    for offer in list(operation.offers_to.of(after.organization)):
        if offer.demand == after.demand:
            operation.offers.put(offer.id, replace(offer, unneeded=StandDownReason.WITHDRAWN))


def _expected(operation: Operation, known: Assignment, at: Instant) -> Assignment:
    """Whoever goes on after having been told otherwise is not late before its grace is over."""
    if known.late_at is None:
        return known
    grace = URGENCY[operation.lines[known.line].priority].grace
    return replace(known, late_at=max(known.late_at, at + grace))
