"""Shifts: who is on duty at a desk, and that somebody takes over from them by name.

Nothing depends on it: a desk at which nobody has ever taken a shift works like any other. Once one
was handed over, somebody is to take it, and who was there before stays in charge until then.
"""

from __future__ import annotations

from schemas.values import (
    AccountId,
    DivisionCode,
    IncidentId,
    Instant,
    Mode,
    OperationId,
    Sealed,
    Stored,
)


class Shift(Stored):
    """Who is on duty at the desk of a division, and how it is with a handover.

    `said_in`: the turn of the note that was left last, sealed for `incident`; 0: none. `wakes_at`:
    when somebody is told that nobody has taken it: first its desk, then the desk above.
    """

    division: DivisionCode
    account: AccountId
    since: Instant
    handed_at: Instant | None = None
    wakes_at: Instant | None = None
    untaken_at: Instant | None = None
    climbed_at: Instant | None = None
    said_in: int = 0
    incident: IncidentId | None = None


class ShiftRow(Stored, tag="shift"):
    """A desk's shift as its screens, and those of the desks above, show it.

    `account` is on duty, also while the shift is handed over and nobody has taken it. `untaken_at`:
    since when that is overdue; from `climbs_at` on the desk above is told, too, unless somebody of
    the desk does something about anything: `climbed_at`.
    """

    id: str
    operation: OperationId
    mode: Mode
    division: DivisionCode
    account: AccountId
    since: Instant
    handed_at: Instant | None
    untaken_at: Instant | None
    climbs_at: Instant | None
    climbed_at: Instant | None
    noted_in: int  # the turn with a note for whoever takes over; 0: none


class TakeShift(Stored, tag="TakeShift.1"):
    """Somebody of the desk is on duty there from now on, whoever was before."""

    division: DivisionCode


class HandOverShift(Stored, tag="HandOverShift.1"):
    """Somebody of the desk goes, once another one has taken the shift.

    `note`: for that one, sealed for `incident`.
    """

    division: DivisionCode
    incident: IncidentId | None = None
    note: Sealed | None = None


class OpenShiftNote(Stored, tag="OpenShiftNote.1"):
    """Read the note that was left with the last handover."""

    division: DivisionCode


class ShiftTaken(Stored, tag="ShiftTaken.1"):
    """`account` is on duty. `before`: who was; `handed`: and has handed it over."""

    division: DivisionCode
    account: AccountId
    before: AccountId | None
    handed: bool
    at: Instant


class ShiftHandedOver(Stored, tag="ShiftHandedOver.1"):
    """`account` goes, and somebody is to take the shift by `until`."""

    division: DivisionCode
    account: AccountId
    incident: IncidentId | None
    note: Sealed | None
    until: Instant
    at: Instant


class ShiftUntaken(Stored, tag="ShiftUntaken.1"):
    """Nobody has taken it. From `climbs_at` on the desk above is told, too, unless somebody of the
    desk does something meanwhile, which puts that off."""

    division: DivisionCode
    climbs_at: Instant
    at: Instant


class ShiftClimbed(Stored, tag="ShiftClimbed.1"):
    """Nobody has taken it, and nobody of the desk has done anything since."""

    division: DivisionCode
    at: Instant


class ShiftNoteOpened(Stored, tag="ShiftNoteOpened.1"):
    """Somebody has read the note of the last handover."""

    division: DivisionCode
    account: AccountId
    at: Instant


ShiftCommand = TakeShift | HandOverShift | OpenShiftNote
ShiftFact = ShiftTaken | ShiftHandedOver | ShiftUntaken | ShiftClimbed | ShiftNoteOpened
