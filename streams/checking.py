"""Checking in: a crew on the scene says in time that it is well, and how many are in danger.

Any word of it counts. Told to stop or to leave, it says besides that all of them are out, soon
after it has read that, wherever it is. One that stays silent is its desk's to call, and a little
later the county's: `Assignment.silent_at` is when the next of the two happens.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from schemas.commands import CheckIn, CountHeads
from schemas.facts import CheckInEscalated, CheckInMissed, CrewCheckedIn, Fact
from schemas.refusals import Refusal
from schemas.values import AssignmentId, Instant, Milliseconds
from streams import danger, load, orders
from streams.area import Area, Operation
from streams.assignment import counted, live, out, there
from streams.cause import Cause, Decision, Refused
from streams.entities import Assignment, AssignmentState, Line
from streams.parameters import (
    CHECK_IN,
    CHECK_IN_GRACE,
    CHECK_IN_HAZARDOUS,
    CHECK_IN_HAZARDOUS_URGENT,
    ESCALATED_AFTER,
    MINUTE,
    OUT_WITHIN,
)
from streams.policy import voice_of
from streams.villages import Voice

MOST_URGENT = 1


def check_in(area: Area, command: CheckIn, cause: Cause) -> Decision:
    """All well. Behind its report that it is done there is nothing new, as if said twice."""
    found = live(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    if command.out:
        return _out(area, found, command, cause)
    fewer = command.people is not None and command.people != found.people
    if found.state is AssignmentState.REPORTED_DONE or (_just(area, found, cause) and not fewer):
        return []
    voice = voice_of(area, cause.actor, found.organization, cause.at)
    return [*there(found, cause, voice), _well(found, command, cause, voice)]


def _out(area: Area, found: Assignment, command: CheckIn, cause: Cause) -> Decision:
    """Told to stop or to leave, they have, and nobody is inside; said twice, nothing is new."""
    if found.state is AssignmentState.REPORTED_DONE or found.out_at is not None:
        return []
    voice = voice_of(area, cause.actor, found.organization, cause.at)
    return [*out(found, cause, voice), _well(found, command, cause, voice)]


def _well(found: Assignment, command: CheckIn, cause: Cause, voice: Voice) -> CrewCheckedIn:
    return CrewCheckedIn(
        assignment=found.id,
        account=cause.actor,
        people=command.people,
        by_desk=voice.by_desk,
        by_committee=voice.by_committee,
        at=cause.at,
        out=command.out,
    )


def count_heads(area: Area, command: CountHeads, cause: Cause) -> Decision:
    """Into a danger zone and out of it; whoever has reported done is out."""
    found = live(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    if found.state is AssignmentState.REPORTED_DONE:
        return Refused(Refusal.ALREADY_REPORTED, (found.id,)) if command.inside else []
    if command.inside == found.inside and _just(area, found, cause):
        return []
    more = found.people is not None and command.inside > found.people
    if more and not command.others:
        return Refused(Refusal.HEADS_MORE, (found.id,))
    voice = voice_of(area, cause.actor, found.organization, cause.at)
    heads = counted(found, cause, voice, command.inside, others=more)
    return [*there(found, cause, voice), heads]


LISTED_MOST: Final = 200  # crews that a refusal names


def endangered(crews: Iterable[Assignment]) -> Refused | None:
    """Why nothing is closed over them: people are counted inside, are silent on the scene, or told
    to stop or to leave, and nobody has said that they have."""
    rows = list(crews)
    inside = tuple(crew.id for crew in rows if crew.inside)
    if inside:
        return Refused(Refusal.HEADS_INSIDE, inside[:LISTED_MOST])
    silent = tuple(crew.id for crew in rows if crew.missed_at is not None)
    if silent:
        return Refused(Refusal.CREW_SILENT, silent[:LISTED_MOST])
    called = tuple(crew.id for crew in rows if danger.called_out(crew))
    return Refused(Refusal.CREW_CALLED_OUT, called[:LISTED_MOST]) if called else None


def silent(found: Assignment, cause: Cause) -> list[Fact]:
    """Its time is over: somebody has to call it; or somebody had to, and there is still no word."""
    if found.missed_at is not None:
        return [CheckInEscalated(assignment=found.id, at=cause.at)]
    out = found.out_by is not None and found.out_by <= cause.at
    due_at = found.out_by if out else found.check_in_by
    assert due_at is not None
    return [
        CheckInMissed(
            assignment=found.id,
            due_at=due_at,
            escalates_at=cause.at + ESCALATED_AFTER,
            at=cause.at,
            out=out,
        )
    ]


def heard(operation: Operation, key: AssignmentId, at: Instant) -> Assignment:
    """A word of a crew that moves it nowhere: whoever was silent is asked as before."""
    before = operation.assignments[key]
    after = timed(operation, before, at)
    operation.assignments.put(key, after)
    load.heard(operation, before, after, at)
    return after


def timed(operation: Operation, crew: Assignment, at: Instant) -> Assignment:
    """A crew after a word of it, or about it: its time there begins anew.

    Its time to leave does only where that was over and somebody has called it: whatever else it
    says, or is written to it, nobody is to forget that not all of them are out.
    """
    due = None
    if crew.state is AssignmentState.ON_SCENE:
        due = at + interval(operation.lines[crew.line])
    begun = None if crew.missed_at is not None else crew.out_by
    out_by = (begun or at + OUT_WITHIN) if orders.owes_out(operation, crew) else None
    return _waited_for(replace(crew, check_in_by=due, out_by=out_by))


def obeyed(operation: Operation, crew: Assignment, at: Instant) -> Assignment:
    """A crew after a change of what it is told: whether it is to say that all of them are out."""
    if crew.out_by is None and orders.owes_out(operation, crew):
        owing = replace(crew, out_by=at + OUT_WITHIN)
        return owing if crew.missed_at is not None else _waited_for(owing)
    if crew.out_by is None or crew.withdrawing:
        return crew
    going_on = replace(crew, out_by=None)
    silent = crew.check_in_by is not None and crew.check_in_by + CHECK_IN_GRACE <= at
    return going_on if silent and crew.missed_at is not None else _waited_for(going_on)


def _waited_for(crew: Assignment) -> Assignment:
    """Nobody calls it before the first of what it owes is over."""
    due = None if crew.check_in_by is None else crew.check_in_by + CHECK_IN_GRACE
    first = min((one for one in (due, crew.out_by) if one is not None), default=None)
    return replace(crew, silent_at=first, missed_at=None, escalated=False)


def heard_from_again(crew: Assignment, until: Instant) -> Assignment:
    """A crew behind a standstill: it owes nothing before that time, and is called no sooner."""
    crew = replace(crew, silent_at=until)
    if crew.missed_at is not None:
        return crew
    due, out_by = crew.check_in_by, crew.out_by
    return replace(
        crew,
        check_in_by=None if due is None else max(due, until - CHECK_IN_GRACE),
        out_by=None if out_by is None else max(out_by, until),
    )


def sooner(operation: Operation, line: Line, at: Instant) -> None:
    """The line has become more urgent: nobody at work on it may be silent for longer than that."""
    latest = at + interval(line)
    for crew in operation.assignments_on.of(line.id):
        if crew.check_in_by is not None and crew.check_in_by > latest:
            after = replace(crew, check_in_by=latest)
            operation.assignments.put(crew.id, _waited_for(after))


def interval(line: Line) -> Milliseconds:
    """How long a crew at work on a line may be silent."""
    if not line.hazardous:
        return CHECK_IN
    return CHECK_IN_HAZARDOUS_URGENT if line.priority == MOST_URGENT else CHECK_IN_HAZARDOUS


def _just(area: Area, found: Assignment, cause: Cause) -> bool:
    """Whether its last word was less than a minute ago."""
    if found.check_in_by is None or found.missed_at is not None:
        return False
    line = area.operations[cause.operation].lines[found.line]
    return cause.at + interval(line) - found.check_in_by < MINUTE
