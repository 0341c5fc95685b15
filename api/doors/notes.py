"""Notes: the running note that desks keep about a demand, for whoever takes over from them.

Sealed like the texts for those who come, and never shown to them: what a crew must know is said
by amending the demand. Reading them is the same fact as reading the sealed texts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, ClassVar

import msgspec
from fastapi import APIRouter
from msgspec.structs import replace
from pydantic import Field
from starlette.responses import Response

from api.context import Context
from api.doors.body import Body
from api.doors.call import Call, answered
from api.doors.hanging import door
from api.doors.sealed import Reason, demand_of, seal, turn_at, unkept, unsealed
from api.doors.texts import Note
from api.problems import Problem
from schemas.commands import NoteDemand, OpenSealedText
from schemas.facts import DemandNoted, DemandRefiled
from schemas.refiling import CarriedNote
from schemas.values import DemandId, Instant, OpeningReason, Role, Sealed
from schemas.views import DemandRow

router = APIRouter(tags=["demands"])

FIELD = "running_note"  # what its ciphertext is bound to
AT_ONCE = 20  # read in one answer
CARRIED_MOST = 40  # in one command, with the texts of the demand well below what that may have:
CARRIED_BYTES = 40_000

DESKS = (Role.DESK,)


class NoteDemandBody(Body):
    """What the next one on duty should know; it is sealed here."""

    personal: ClassVar[set[str]] = {"text"}

    text: Note


class ReadNotesBody(Body):
    """Why somebody reads them; and `older`, from the answer before, for those further back."""

    reason: Reason
    older: Annotated[int, Field(ge=1)] | None = None


class NoteView(msgspec.Struct):
    """One note: the how manieth, who made it, and when. `name` is null for who has no name here."""

    number: int
    text: str
    name: str | None
    at: Instant


class NotesAnswer(msgspec.Struct):
    """Notes, the newest first; `older` asks for those before them, null where there are none."""

    notes: tuple[NoteView, ...]
    older: int | None


@door(router, "/demands/{demand}/notes", NoteDemandBody, NoteDemand)
async def note(call: Call[NoteDemandBody]) -> Response:
    """Add to the running note of a demand, open or closed, as long as it could be read again.

    For its desk, the county's, and the one that has moved it there.
    """
    row = call.subject(DemandRow)
    text = seal(call.context, row.incident, FIELD, call.body.text)
    command = NoteDemand(demand=row.id, text=text)
    receipt = await call.send(command, row.operation, row.mode, incident=row.incident)
    return call.answer(receipt, row.id)


@door(router, "/demands/{demand}/notes/read", ReadNotesBody, DESKS, answer=NotesAnswer)
async def read_notes(call: Call[ReadNotesBody]) -> Response:
    """Read what desks have noted about a demand; that you did, and why, is a fact in the log.

    Twenty at a time. Every reading is asked for anew: a key that was used answers nothing a second
    time.
    """
    row = call.subject(DemandRow)
    command = OpenSealedText(demand=row.id, reason=OpeningReason(call.body.reason))
    await call.about(row, command, once=True)
    present = demand_of(call.context, row.id) or row
    start = present.noted_in if call.body.older is None else call.body.older
    return unkept(answered(await _behind(call.context, row.id, start)))


async def _behind(context: Context, demand: DemandId, turn: int) -> NotesAnswer:
    """The notes from one turn on backward. Raises Problem where that turn has none of them."""
    found, older = await _said(context, demand, turn)
    notes = (
        NoteView(
            number=one.number,
            text=unsealed(context, FIELD, one.text) or "",
            name=context.people.name(one.account),
            at=one.at,
        )
        for one in found
    )
    return NotesAnswer(tuple(notes), older or None)


async def carried(
    context: Context, row: DemandRow, again: Callable[[str], Sealed]
) -> tuple[tuple[CarriedNote, ...], int]:
    """The latest notes of a demand, sealed `again`, and the turn of the next one behind these.

    As many turns' notes as one command holds; those of the first always do.
    """
    found, older = await _said(context, row.id, row.noted_in, _fit)
    anew = (
        replace(one, text=again(unsealed(context, FIELD, one.text) or ""))  # said, so it is there
        for one in found
    )
    return tuple(anew), older


def _fit(notes: Sequence[CarriedNote]) -> bool:
    size = sum(len(one.text.ciphertext) for one in notes)
    return len(notes) <= CARRIED_MOST and size <= CARRIED_BYTES


async def _said(
    context: Context,
    demand: DemandId,
    turn: int,
    fit: Callable[[Sequence[CarriedNote]], bool] = lambda _: True,
) -> tuple[list[CarriedNote], int]:
    """About as many notes as are read at once, and `fit`, the newest first, and the turn of the
    next one. Of one key: another's may be gone, and would take these with it."""
    found: list[CarriedNote] = []
    while turn and len(found) < AT_ONCE:
        some, before = await _said_in(context, demand, turn)
        if found and (some[0].text.key != found[0].text.key or not fit([*found, *some])):
            break
        found, turn = [*found, *some], before
    return found, turn


async def _said_in(
    context: Context, demand: DemandId, turn: int
) -> tuple[tuple[CarriedNote, ...], int]:
    """What one turn has noted, or has carried over from another incident."""
    if turn > context.feed.sequence:
        raise Problem("not_found")
    for fact in (await turn_at(context, turn)).facts:
        if isinstance(fact, DemandNoted) and fact.demand == demand:
            note = CarriedNote(number=fact.number, account=fact.account, text=fact.text, at=fact.at)
            return (note,), fact.before
        if isinstance(fact, DemandRefiled) and fact.demand == demand and fact.notes:
            return fact.notes, fact.older
    raise Problem("not_found")
