"""Shifts: who is on duty at a desk, taken by name and handed over, with a note for the next one.

Nothing asks whether anybody has taken a shift: every other door is open as before.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context, context_of
from api.doors.body import Body, Empty, Id
from api.doors.call import Call, answered
from api.doors.callers import SignedIn
from api.doors.hanging import answering, door
from api.doors.sealed import seal, turn_at, unkept, unsealed
from api.doors.texts import Note
from api.people import Caller
from api.problems import Problem
from schemas.commands import HandOverShift, OpenShiftNote, TakeShift
from schemas.facts import ShiftHandedOver
from schemas.refusals import Refusal
from schemas.shifts import ShiftRow
from schemas.values import DivisionCode, IncidentId, Instant, Role, Sealed
from schemas.views import IncidentRow

router = APIRouter(tags=["shifts"])

FIELD = "shift_note"  # what its ciphertext is bound to
READERS = (Role.DESK, Role.REVIEWER)


class NoteLeft(Body):
    """A note for whoever takes over: it is sealed for an incident, and goes with its key."""

    incident: Id
    text: Note


class HandOverShiftBody(Body):
    """What the next one should know, if anything."""

    personal: ClassVar[set[str]] = {"note"}

    note: NoteLeft | None = None


class ShiftAnswer(msgspec.Struct):
    """Who is on duty at a desk, and since when; null where nobody has ever said so.

    `name` is null for who has no name here. `handed_at`: handed over, and not taken yet.
    """

    division: str
    name: str | None
    since: Instant | None
    handed_at: Instant | None
    untaken_at: Instant | None
    noted: bool


class ShiftNoteAnswer(msgspec.Struct):
    """The note of the last handover, who left it and when."""

    text: str
    name: str | None
    at: Instant


@door(router, "/shifts/{division}/take", Empty, TakeShift)
async def take(call: Call[Empty]) -> Response:
    """You are on duty at your desk from now on, whoever was before, handed over or not."""
    division, settings = _own_desk(call), call.context.settings
    receipt = await call.send(TakeShift(division=division), settings.operation, settings.mode)
    return call.answer(receipt, division)


@door(router, "/shifts/{division}/hand-over", HandOverShiftBody, HandOverShift)
async def hand_over(call: Call[HandOverShiftBody]) -> Response:
    """Hand the shift of your desk over; until somebody takes it, you are on duty still."""
    division, settings = _own_desk(call), call.context.settings
    incident: IncidentId | None = None
    note: Sealed | None = None
    if call.body.note is not None:
        incident = call.row(IncidentRow, call.body.note.incident).id
        note = seal(call.context, incident, FIELD, call.body.note.text)
    command = HandOverShift(division=division, incident=incident, note=note)
    receipt = await call.send(command, settings.operation, settings.mode, incident=incident)
    return call.answer(receipt, division)


@door(router, "/shifts/{division}/note", Empty, OpenShiftNote, answer=ShiftNoteAnswer)
async def read_note(call: Call[Empty]) -> Response:
    """Read the note that was left with the last handover; that you did is a fact in the log.

    Every reading is asked for anew: a key that was used answers nothing a second time.
    """
    context, division = call.context, DivisionCode(call.ids["division"])
    command = OpenShiftNote(division=division)
    receipt = await call.send(command, context.settings.operation, context.settings.mode, once=True)
    left = await _left(context, receipt.turn.sequence, division)
    return unkept(answered(left))


async def _left(context: Context, before: int, division: DivisionCode) -> ShiftNoteAnswer:
    """The note of the last handover."""
    row = _row(context, division)
    if row is None or not row.noted_in or row.noted_in > before:
        raise Problem("not_found")  # handed over anew meanwhile
    for fact in (await turn_at(context, row.noted_in)).facts:
        if isinstance(fact, ShiftHandedOver) and fact.division == division:
            text = unsealed(context, FIELD, fact.note) or ""
            return ShiftNoteAnswer(text, context.people.name(fact.account), fact.at)
    raise Problem("defect")


@router.get("/shifts/{division}", response_model=None, responses=answering(ShiftAnswer))
async def shift(request: Request, caller: SignedIn, division: str) -> Response:
    """Who is on duty at a desk within your scope, by name; for desks and reviewers."""
    if caller.role not in READERS:
        raise Problem("role_missing")
    context = context_of(request)
    _within(caller, division)
    row = _row(context, DivisionCode(division))
    if row is None:
        return unkept(answered(ShiftAnswer(division, None, None, None, None, noted=False)))
    name = context.people.name(row.account)
    found = ShiftAnswer(
        division, name, row.since, row.handed_at, row.untaken_at, noted=row.noted_in > 0
    )
    return unkept(answered(found))


def _row(context: Context, division: DivisionCode) -> ShiftRow | None:
    put = context.feed.find("shift", f"{context.settings.operation}-{division}")
    return put.row if put is not None and isinstance(put.row, ShiftRow) else None


def _within(caller: Caller, division: str) -> None:
    """Raises Problem `not_found` for a desk outside the caller's scope."""
    if not caller.reader.holds(division):
        raise Problem(Refusal.NOT_FOUND)


def _own_desk(call: Call[Empty] | Call[HandOverShiftBody]) -> DivisionCode:
    """The desk in the path, if it is the caller's own. Raises Problem, and leaves no turn."""
    division = DivisionCode(call.ids["division"])
    _within(call.caller, division)
    if division not in call.caller.reader.divisions:
        raise Problem(Refusal.ROLE_MISSING)
    return division
