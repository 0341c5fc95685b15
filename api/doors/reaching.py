"""Reaching: what open pages have shown, how far messages have come, and replies for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

import msgspec
from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context, context_of
from api.doors.body import Body
from api.doors.call import Call, JsonResponse, answered, submitted
from api.doors.callers import SignedIn
from api.doors.hanging import answering, door
from api.problems import Problem
from api.reach import Notice, place_of, shown_by_page, words
from schemas.commands import RecordReach
from schemas.ids import command_id
from schemas.turns import DELIVERY, Envelope
from schemas.values import Instant, Role
from schemas.views import AssignmentRow, OfferRow
from streams.engines import Receipt

router = APIRouter(tags=["reach"])

SHOWN_MOST = 100
READERS = (Role.DESK, Role.ORGANIZATION)

OfferKey = Annotated[str, Field(min_length=1, max_length=64)]


class SeenBody(Body):
    """Offers that a page has on its screen just now, and crews that it shows to be at work."""

    offers: Annotated[tuple[OfferKey, ...], Field(max_length=SHOWN_MOST)] = ()
    assignments: Annotated[tuple[OfferKey, ...], Field(max_length=SHOWN_MOST)] = ()


class SeenAnswer(msgspec.Struct):
    """How many of them are the caller's, and await an answer or are at work."""

    seen: int


class NoticeShown(msgspec.Struct):
    """One message about an offer: by what, to which of the persons to call, how far it has come.

    `person` counts from 1 in the order in which they were sent something; 0 is the organization's
    own group. `zh` and `en` say why it is not further.
    """

    rung: str
    person: int
    about: str
    state: str
    tries: int
    made_at: Instant
    handed_at: Instant | None
    delivered_at: Instant | None
    read_at: Instant | None
    ended_at: Instant | None
    zh: str
    en: str


@door(router, "/offers/seen", SeenBody, (Role.ORGANIZATION,), answer=SeenAnswer)
async def seen(call: Call[SeenBody]) -> Response:
    """An organization's page shows these: whoever looks at it has been reached, and is not called.

    No command; told twice it is the same.
    """
    ids = dict.fromkeys(call.body.offers)
    rows = (call.context.feed.shown(call.caller.reader, "offer", id) for id in ids)
    own = [put.row.id for put in rows if put is not None and _awaited(put.row)]
    crews = list(_own_crews(call, dict.fromkeys(call.body.assignments)))
    call.context.telling.see((id, "") for id in own)
    call.context.telling.see(one for row in crews for one in shown_by_page(row))
    return answered(SeenAnswer(len(own) + len(crews)))


def _own_crews(call: Call[SeenBody], ids: Iterable[str]) -> Iterator[AssignmentRow]:
    for id in ids:
        put = call.context.feed.shown(call.caller.reader, "assignment", id)
        if put is not None and isinstance(put.row, AssignmentRow):
            yield put.row


async def recorded(context: Context, command: RecordReach, key: str) -> Receipt:
    """Tell the rules what a person found out about who was reached, as the messenger does."""
    settings, conductor = context.settings, context.conductor
    offers = (*(one.offer for one in command.reached), *command.unreachable)
    operation, mode = place_of(context.feed, context.settings, offers[0])
    envelope = Envelope(
        area=settings.area,
        operation=operation,
        mode=mode,
        actor=DELIVERY,
        command_id=command_id(settings.area, operation, DELIVERY, key),
        command=command,
        at=None if conductor is None else conductor.now(),
    )
    return await submitted(context, envelope)


def _awaited(row: object) -> bool:
    return isinstance(row, OfferRow) and row.state == "sent"


@router.get(
    "/offers/{offer}/notices", response_model=None, responses=answering(NoticeShown, many=True)
)
async def notices(request: Request, caller: SignedIn, offer: str) -> Response:
    """Every message about an offer, the first first: to a desk that sees it, and to whom it went.

    No names, numbers or texts.
    """
    context = context_of(request)
    if caller.role not in READERS:
        raise Problem("role_missing")
    if context.feed.shown(caller.reader, "offer", offer) is None:
        raise Problem("not_found")
    return JsonResponse(msgspec.json.encode(list(_shown(context.notices.of_offer(offer)))))


def _shown(found: list[Notice]) -> Iterator[NoticeShown]:
    persons: dict[str | None, int] = {None: 0}
    for notice in found:
        why = words(notice.why) if notice.why else None
        yield NoticeShown(
            rung=notice.rung.value,
            person=persons.setdefault(notice.person, len(persons)),
            about=notice.about.value,
            state=notice.state.value,
            tries=notice.tries,
            made_at=notice.made_at,
            handed_at=notice.handed_at,
            delivered_at=notice.delivered_at,
            read_at=notice.read_at,
            ended_at=notice.ended_at,
            zh="" if why is None else why.zh,
            en="" if why is None else why.en,
        )
