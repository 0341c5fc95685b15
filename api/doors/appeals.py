"""Appeals: a desk lets everybody read what a demand lacks, looks at it before, and ends it.

What strangers read is in `public_needs.py`. The telephone that they are told to call is a desk's
own, kept beside the log; it is no person's.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter
from pydantic import AfterValidator, Field
from starlette.requests import Request
from starlette.responses import Response

from api.context import context_of
from api.doors.body import Body, Empty
from api.doors.call import Answer, Call, answered, wider
from api.doors.callers import SignedIn
from api.doors.hanging import answering, door
from api.doors.numbers import masked
from api.doors.public_needs import is_public, public_need
from api.doors.sealed import unkept
from api.doors.texts import PublicReason, Telephone, clean
from api.people import Caller
from api.problems import Problem
from schemas.commands import EndAppeal, MakeAppeal
from schemas.values import DivisionCode, Role
from schemas.views import DemandRow

router = APIRouter(tags=["demands"])

TEXT_MOST = 200

AppealWords = Annotated[
    str, Field(min_length=1, max_length=TEXT_MOST), AfterValidator(clean(TEXT_MOST, False))
]


class MakeAppealBody(Body):
    """A few words written for the public; numbers in them are masked, unless it is said why not."""

    text: AppealWords | None = None
    public_numbers: PublicReason | None = None


class AppealAnswer(Answer):
    """`masked`: whether numbers in the text were masked."""

    masked: bool


class PreviewAnswer(msgspec.Struct):
    """What everybody would read, sentence by sentence; `public`: whether this server shows it.

    `telephone`: the one that is named; null where none is set.
    """

    zh: tuple[str, ...]
    en: tuple[str, ...]
    telephone: str | None
    public: bool
    masked: bool


class PublicNumberBody(Body):
    """The telephone that everybody may read as this desk's; null takes it away."""

    telephone: Telephone | None


class PublicNumber(msgspec.Struct):
    """The telephone that everybody may read as a desk's, if it has set one."""

    division: DivisionCode
    telephone: str | None


@door(
    router,
    "/demands/{demand}/appeal",
    MakeAppealBody,
    MakeAppeal,
    answer=AppealAnswer,
    edits=True,
)
async def make(call: Call[MakeAppealBody]) -> Response:
    """Let everybody read what a demand lacks, without signing in, for as long as units are missing.

    Never who is concerned, where exactly, or who goes there. Moved to another township or made
    another kind of demand, it is public no longer; so it is once it has ended.
    """
    row, text = call.subject(DemandRow), _stored(call.body)
    command = MakeAppeal(
        demand=row.id,
        revision=call.revision,
        text=text,
        public_numbers=call.body.public_numbers,
    )
    receipt = await call.about(row, command)
    hidden = text != call.body.text
    return answered(wider(AppealAnswer, call.answer_of(receipt, row.id), masked=hidden))


@door(router, "/demands/{demand}/appeal/end", Empty, EndAppeal)
async def end(call: Call[Empty]) -> Response:
    """Nobody but those who are asked reads of it any longer."""
    row = call.subject(DemandRow)
    return call.answer(await call.about(row, EndAppeal(demand=row.id)), row.id)


@door(
    router,
    "/demands/{demand}/appeal/preview",
    MakeAppealBody,
    (Role.DESK,),
    answer=PreviewAnswer,
)
async def preview(call: Call[MakeAppealBody]) -> Response:
    """Exactly what everybody would read of it now, with this text. No command."""
    row, text = call.subject(DemandRow), _stored(call.body)
    need = public_need(call.context, row, text)
    found = PreviewAnswer(
        zh=need.zh,
        en=need.en,
        telephone=need.telephone,
        public=is_public(call.context),
        masked=text != call.body.text,
    )
    return unkept(answered(found))


@door(
    router,
    "/divisions/{division}/public-number",
    PublicNumberBody,
    (Role.DESK,),
    answer=PublicNumber,
)
async def set_number(call: Call[PublicNumberBody]) -> Response:
    """Say which telephone everybody may read as this desk's; kept beside the log, never in it."""
    division = _held(call.caller, call.ids["division"])
    call.context.persons.set_public_number(division, call.body.telephone)
    return unkept(answered(PublicNumber(division, call.body.telephone)))


@router.get(
    "/divisions/{division}/public-number", response_model=None, responses=answering(PublicNumber)
)
async def number(request: Request, caller: SignedIn, division: str) -> Response:
    """The telephone that everybody may read as this desk's. For desks that answer for it."""
    if caller.role is not Role.DESK:
        raise Problem("role_missing")
    held, context = _held(caller, division), context_of(request)
    return unkept(answered(PublicNumber(held, context.persons.public_number(held))))


def _held(caller: Caller, division: str) -> DivisionCode:
    """Raises Problem `not_found` for a desk outside the caller's scope."""
    if not caller.reader.holds(division):
        raise Problem("not_found")
    return DivisionCode(division)


def _stored(body: MakeAppealBody) -> str | None:
    """The text as it is stored: numbers masked, unless somebody insists."""
    if body.text is None or body.public_numbers is not None:
        return body.text
    return masked(body.text)
