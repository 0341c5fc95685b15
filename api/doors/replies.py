"""Replies: what somebody has written back and no program understood, for a person to read."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context, context_of
from api.doors.body import Empty
from api.doors.call import Call, answered
from api.doors.callers import SignedIn
from api.doors.calling import home_of
from api.doors.hanging import answering, door
from api.doors.sealed import unkept
from api.people import Caller
from api.problems import Problem
from api.reach import Heard, sealed_as
from api.safe import TextDamaged
from schemas.values import Instant, Role
from schemas.views import OrganizationRow

router = APIRouter(tags=["reach"])

SHOWN_MOST = 50


class ReplyShown(msgspec.Struct):
    """A reply that nobody has read yet.

    `understood`: its yes or no has been taken, and `text` is what else it says. Of somebody whom
    nobody knows the text begins with the number, which `telephone` is, too.
    """

    id: str
    at: Instant
    offer: str
    organization: str
    organization_name: str
    person: str
    text: str
    understood: bool
    telephone: str


class Replies(msgspec.Struct):
    """How many there are to read, and the last of them."""

    count: int
    replies: tuple[ReplyShown, ...]


class ReplyAnswer(msgspec.Struct):
    """The reply that has been read."""

    id: str


@router.get("/replies", response_model=None, responses=answering(Replies))
async def replies(request: Request, caller: SignedIn) -> Response:
    """Replies to be read: of organizations at home in the desk's scope or about an offer that it
    sees, and of whoever nobody knows."""
    context = context_of(request)
    if caller.role is not Role.DESK:
        raise Problem("role_missing")
    own = [one for one in context.notices.unread() if _concerns(context, caller, one)]
    shown = tuple(_shown(context, own[:SHOWN_MOST]))
    return unkept(answered(Replies(len(own), shown)))


@door(router, "/replies/{reply}/read", Empty, (Role.DESK,), answer=ReplyAnswer)
async def read(call: Call[Empty]) -> Response:
    """A person has read it, and no desk is shown it any more; a repeat changes nothing."""
    found = call.context.notices.reply(call.ids["reply"])
    if found is None or not _concerns(call.context, call.caller, found):
        raise Problem("not_found")
    call.context.notices.mark_read(found.id, call.caller.account)
    return answered(ReplyAnswer(found.id))


def _concerns(context: Context, caller: Caller, reply: Heard) -> bool:
    home = home_of(context, reply.organization)
    if home is None or caller.reader.holds(home):
        return True
    return context.feed.shown(caller.reader, "offer", reply.offer) is not None


def _shown(context: Context, found: list[Heard]) -> Iterator[ReplyShown]:
    for one in found:
        text = _opened(context, one)
        number = "" if one.organization else text.partition(":")[0]
        yield ReplyShown(
            id=one.id,
            at=one.at,
            offer=one.offer,
            organization=one.organization,
            organization_name=_name(context, one.organization),
            person=context.persons.name(one.person) if one.person else "",
            text=text,
            understood=one.understood,
            telephone=number if number.lstrip("+").isdecimal() else "",
        )


def _name(context: Context, organization: str) -> str:
    put = context.feed.find("organization", organization)
    return put.row.name if put is not None and isinstance(put.row, OrganizationRow) else ""


def _opened(context: Context, reply: Heard) -> str:
    """Nothing where it cannot be opened with this folder's key; somebody wrote all the same."""
    try:
        return context.vault.open_for_folder(sealed_as(reply.id), reply.text)
    except TextDamaged:
        return ""
