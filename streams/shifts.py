"""Shifts: who is on duty at a desk. Handed over, a shift is to be taken by name; nothing else
depends on it, so a desk that never takes one misses nothing.
"""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from schemas.commands import HandOverShift, OpenShiftNote, TakeShift
from schemas.facts import (
    ShiftClimbed,
    ShiftFact,
    ShiftHandedOver,
    ShiftNoteOpened,
    ShiftTaken,
    ShiftUntaken,
)
from schemas.refusals import Refusal
from schemas.shifts import Shift
from schemas.values import AccountId, DivisionCode, Instant, Role
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.parameters import SHIFT_CLIMBS, SHIFT_TAKEN_WITHIN
from streams.policy import current


def take(area: Area, command: TakeShift, cause: Cause) -> Decision:
    """By name, from whoever has it, handed over or not; said twice, nothing is new."""
    operation = _at_its_desk(area, command.division, cause)
    if isinstance(operation, Refused):
        return operation
    known = operation.shifts.get(command.division)
    if known is not None and known.account == cause.actor and known.handed_at is None:
        return []
    return [_taken(known, command.division, cause)]


def hand_over(area: Area, command: HandOverShift, cause: Cause) -> Decision:
    """Whoever hands it over has had it, also where nobody, or somebody else, was said to be."""
    operation = _at_its_desk(area, command.division, cause)
    if isinstance(operation, Refused):
        return operation
    known = operation.shifts.get(command.division)
    if known is not None and known.handed_at is not None:
        return Refused(Refusal.SHIFT_HANDED_OVER)
    if command.note is not None:
        incident = None if command.incident is None else operation.incidents.get(command.incident)
        if incident is None:
            return Refused(Refusal.NOT_FOUND)
        if not incident.readable:
            return Refused(Refusal.KEY_DESTROYED, (incident.id,))
    had = known is not None and known.account == cause.actor
    handed = ShiftHandedOver(
        division=command.division,
        account=cause.actor,
        incident=None if command.note is None else command.incident,
        note=command.note,
        until=cause.at + SHIFT_TAKEN_WITHIN,
        at=cause.at,
    )
    return [handed] if had else [_taken(known, command.division, cause), handed]


def open_note(area: Area, command: OpenShiftNote, cause: Cause) -> Decision:
    """What the last one has left; for the desk, and those above."""
    operation = area.operation(cause.operation)
    known = None if operation is None else operation.shifts.get(command.division)
    if operation is None or known is None or known.incident is None:
        return Refused(Refusal.NOT_FOUND)
    incident = operation.incidents.get(known.incident)
    if incident is None or not incident.readable:
        return Refused(Refusal.KEY_DESTROYED, (known.incident,))
    return [ShiftNoteOpened(division=known.division, account=cause.actor, at=cause.at)]


def over(operation: Operation, key: DivisionCode, cause: Cause) -> ShiftUntaken | ShiftClimbed:
    """Nobody has taken it in time: its desk reads so, and then the one above."""
    if operation.shifts[key].untaken_at is not None:
        return ShiftClimbed(division=key, at=cause.at)
    return ShiftUntaken(division=key, climbs_at=cause.at + SHIFT_CLIMBS, at=cause.at)


def acted(area: Area, operation: Operation, actor: AccountId, at: Instant) -> None:
    """Somebody of a desk has done something there: as long as that goes on, nobody above is told
    that nobody has taken its shift."""
    for grant in current(area.registry.grants.get(actor) or (), at):
        if grant.role is not Role.DESK or grant.division is None:
            continue
        known = operation.shifts.get(grant.division)
        if known is not None and known.untaken_at is not None:
            put_off = replace(known, wakes_at=at + SHIFT_CLIMBS, climbed_at=None)
            operation.shifts.put(known.division, put_off)


def evolve(operation: Operation, fact: ShiftFact) -> None:
    match fact:
        case ShiftTaken():
            before = operation.shifts.get(fact.division)
            taken = Shift(
                division=fact.division,
                account=fact.account,
                since=fact.at,
                said_in=0 if before is None else before.said_in,
                incident=None if before is None else before.incident,
            )
            operation.shifts.put(taken.division, taken)
        case ShiftHandedOver():
            handed = replace(
                operation.shifts[fact.division],
                handed_at=fact.at,
                wakes_at=fact.until,
                said_in=0 if fact.note is None else operation.sequence,
                incident=fact.incident,
            )
            operation.shifts.put(handed.division, handed)
        case ShiftUntaken():
            known = operation.shifts[fact.division]
            untaken = replace(known, untaken_at=fact.at, wakes_at=fact.climbs_at)
            operation.shifts.put(known.division, untaken)
        case ShiftClimbed():
            known = operation.shifts[fact.division]
            climbed = replace(known, climbed_at=fact.at, wakes_at=None)
            operation.shifts.put(known.division, climbed)
        case ShiftNoteOpened():
            pass
        case _:
            assert_never(fact)


def _taken(known: Shift | None, division: DivisionCode, cause: Cause) -> ShiftTaken:
    return ShiftTaken(
        division=division,
        account=cause.actor,
        before=None if known is None else known.account,
        handed=known is not None and known.handed_at is not None,
        at=cause.at,
    )


def _at_its_desk(area: Area, division: DivisionCode, cause: Cause) -> Operation | Refused:
    """The operation, where the actor is of this very desk: another one has a shift of its own."""
    operation = area.operation(cause.operation)
    if operation is None:
        return Refused(Refusal.NOT_FOUND)
    held = current(area.registry.grants.get(cause.actor) or (), cause.at)
    own = any(grant.role is Role.DESK and grant.division == division for grant in held)
    return operation if own else Refused(Refusal.ROLE_MISSING)
