"""Sealed text: sealed on its way in, and opened for whoever has a right to it just now.

Each opening is a fact first. Nothing that was opened is kept here, nor answered a second time
under the same key.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.context import Context
from api.doors.body import Body
from api.doors.call import Call, answered
from api.doors.hanging import door
from api.problems import Problem, later
from api.safe import Ciphertexts, KeyGone, TextDamaged
from schemas.commands import OpenSealedText
from schemas.facts import DemandAmended, DemandDrafted, DemandPublished, DemandRefiled
from schemas.refusals import Refusal
from schemas.turns import Turn
from schemas.values import DemandId, IncidentId, OpeningReason, Role, Sealed, SealedText
from schemas.views import DemandRow
from schemas.wire import decode_turn
from streams.engines.cluster.obstacles import BrokerAway

router = APIRouter(tags=["demands"])

TEXTS = tuple(text.value for text in SealedText)
REMEMBERED_MAX = 10_000

Reason = Annotated[
    Literal["calling", "on_the_way", "on_scene", "handing_over", "checking"],
    Field(description="Why you read it; kept on record."),
]


class OpenSealedTextBody(Body):
    """Why somebody reads it."""

    reason: Reason


class Unsealed(msgspec.Struct):
    """The sealed texts of a demand, readable; null for what was not given.

    `sealed_in`: the turn in which one of them was last said; a row with a later one tells of news.
    """

    contact: str | None
    address: str | None
    note: str | None
    lead: str | None
    sealed_in: int


def seal(context: Context, incident: IncidentId, field: str, text: str) -> Sealed:
    """A text under an incident's key. Raises Problem where that is destroyed."""
    try:
        return context.vault.seal(incident, field, text)
    except KeyGone:
        raise Problem(Refusal.KEY_DESTROYED, subjects=(incident,)) from None


def remember(context: Context, turn: Turn) -> None:
    """Keep what a turn has said sealed, so that whoever says yes need not wait for the log."""
    for fact in turn.facts:
        if isinstance(fact, DemandPublished | DemandDrafted | DemandAmended | DemandRefiled):
            if len(context.ciphertexts) >= REMEMBERED_MAX:
                context.ciphertexts.clear()
            texts = Ciphertexts(fact.contact, fact.address, fact.note, fact.lead)
            context.ciphertexts[fact.demand, turn.sequence] = texts


async def opened(context: Context, row: DemandRow) -> Unsealed:
    """A demand's texts. The caller has seen to the right, and to the fact. Raises Problem."""
    texts: dict[str, str | None] = dict.fromkeys(TEXTS)
    for one in row.sealed:
        said = await _said_in(context, row.id, one.sequence)
        texts[one.text.value] = unsealed(context, one.text.value, getattr(said, one.text.value))
    return Unsealed(**texts, sealed_in=row.sealed_in)


async def _said_in(context: Context, demand: DemandId, sequence: int) -> Ciphertexts:
    known = context.ciphertexts.get((demand, sequence))
    if known is None:
        remember(context, await turn_at(context, sequence))
        known = context.ciphertexts[demand, sequence]
    return known


async def turn_at(context: Context, sequence: int) -> Turn:
    """One turn of the log. Raises Problem where that is not at hand just now."""
    try:
        return await asyncio.to_thread(_turn, context, sequence)
    except BrokerAway:
        raise later("unavailable") from None


def _turn(context: Context, sequence: int) -> Turn:
    return decode_turn(next(context.engine.read(context.settings.area, after=sequence - 1)))


def unsealed(context: Context, field: str, sealed: Sealed | None) -> str | None:
    """A text that was sealed as this field. Raises Problem where it cannot be read."""
    try:
        return None if sealed is None else context.vault.open(sealed, field)
    except KeyGone:
        raise Problem(Refusal.KEY_DESTROYED) from None
    except TextDamaged:
        raise Problem("defect") from None


@door(router, "/demands/{demand}/sealed", OpenSealedTextBody, OpenSealedText, answer=Unsealed)
async def read_sealed(call: Call[OpenSealedTextBody]) -> Response:
    """Read the sealed texts; that you did, and why, is a fact in the log.

    For the desk that answers for the demand, and for an organization while it is at work there.
    Every reading is asked for anew: a key that was used answers nothing a second time.
    """
    row = _demand_or_worked_on(call)
    command = OpenSealedText(demand=row.id, reason=OpeningReason(call.body.reason))
    await call.about(row, command, once=True)
    present = demand_of(call.context, row.id) or row  # as it is now that the fact is there
    return unkept(answered(await opened(call.context, present)))


def unkept(response: Response) -> Response:
    """A response that nobody on the way may keep."""
    response.headers["Cache-Control"] = "no-store"
    return response


def _demand_or_worked_on(call: Call[Any]) -> DemandRow:
    """An organization has no demands on its board; the rule knows which it works on."""
    if call.caller.role is not Role.ORGANIZATION:
        return call.subject(DemandRow)
    row = demand_of(call.context, DemandId(call.ids["demand"]))
    if row is None:
        raise Problem(Refusal.NOT_FOUND)
    return row


def demand_of(context: Context, id: DemandId | None) -> DemandRow | None:
    """A demand's row, whoever may see it; None where there is none."""
    put = None if id is None else context.feed.find("demand", id)
    return put.row if put is not None and isinstance(put.row, DemandRow) else None
