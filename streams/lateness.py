"""Lateness: a crew that was promised and has not arrived.

It stays committed until somebody says otherwise: it is shown as overdue, its leader is asked for
a new time, and where the demand is of the most urgent kind somebody more is asked in time.
"""

from __future__ import annotations

from schemas.commands import GiveNewTime
from schemas.facts import CrewDoubted, CrewOverdue, Fact, NewTimeGiven
from schemas.refusals import Refusal
from streams.area import Area, Operation
from streams.assignment import kept_away, live
from streams.cause import Cause, Decision, Refused
from streams.entities import Assignment
from streams.parameters import MINUTE, NEW_TIMES_BORNE, REPLACED_AFTER, REPLACING, URGENCY
from streams.policy import voice_of


def give_new_time(area: Area, command: GiveNewTime, cause: Cause) -> Decision:
    found = live(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    if found.arrived_at is not None:
        return Refused(Refusal.CREW_ARRIVED, (found.id,))
    if kept_away(area, found, cause):
        return Refused(Refusal.INSTRUCTION_HOLDS, (found.id,))
    operation = area.operations[cause.operation]
    promised_at = cause.at + command.minutes * MINUTE
    if abs(promised_at - found.promised_at) < MINUTE:
        return []  # said twice, or what it had said before: nothing new
    voice = voice_of(area, cause.actor, found.organization, cause.at)
    given = NewTimeGiven(
        assignment=found.id,
        promised_at=promised_at,
        overdue_at=promised_at + URGENCY[_priority(operation, found)].grace,
        by_desk=voice.by_desk,
        by_committee=voice.by_committee,
        at=cause.at,
    )
    put_off = promised_at > found.promised_at and found.new_times >= NEW_TIMES_BORNE
    if put_off and _replaced(operation, found) and not found.doubted:
        return [given, CrewDoubted(assignment=found.id, at=cause.at)]
    return [given]


def waited(operation: Operation, found: Assignment, cause: Cause) -> list[Fact]:
    """Its time is over: it is overdue; or it was, and still nobody has said when it comes."""
    if found.overdue:
        return [CrewDoubted(assignment=found.id, at=cause.at)]
    replace_at = None
    if _replaced(operation, found) and not found.doubted:
        replace_at = cause.at + REPLACED_AFTER
    return [CrewOverdue(assignment=found.id, replace_at=replace_at, at=cause.at)]


def _replaced(operation: Operation, found: Assignment) -> bool:
    return _priority(operation, found) == REPLACING


def _priority(operation: Operation, found: Assignment) -> int:
    return operation.lines[found.line].priority
