"""Handing up: what a township cannot serve is taken on by the desk above, or given back."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.doors.body import Body, Empty
from api.doors.call import Call
from api.doors.hanging import door
from api.doors.texts import PublicReason
from schemas.commands import GiveBackDemand, HandUpDemand, TakeOnDemand
from schemas.hand_ups import HandUpReason
from schemas.views import DemandRow

router = APIRouter(tags=["demands"])


class HandUpDemandBody(Body):
    """Why the township cannot serve it, and what it has done so far; public like the risk."""

    reason: HandUpReason
    text: PublicReason


class GiveBackDemandBody(Body):
    """Why, or what the township has found meanwhile; as public as the risk statement."""

    text: PublicReason


@door(router, "/demands/{demand}/hand-up", HandUpDemandBody, HandUpDemand)
async def hand_up(call: Call[HandUpDemandBody]) -> Response:
    """Ask your county's desk to take a demand on; until it has, you answer for it as before.

    Nobody who is asked or at work notices. What the county neither takes on nor gives back within
    3 minutes (P1), 10 (P2) or an hour is asked of the desk above it, too.
    """
    row, body = call.subject(DemandRow), call.body
    command = HandUpDemand(demand=row.id, reason=body.reason, text=body.text)
    return call.answer(await call.about(row, command), row.id)


@door(router, "/demands/{demand}/take-on", Empty, TakeOnDemand)
async def take_on(call: Call[Empty]) -> Response:
    """Take on what a township has handed up, or has left undone: your desk answers for it then.

    Its crews go on and call you; the township sees it and adds to its notes, and no more.
    """
    row = call.subject(DemandRow)
    return call.answer(await call.about(row, TakeOnDemand(demand=row.id)), row.id)


@door(router, "/demands/{demand}/give-back", GiveBackDemandBody, GiveBackDemand)
async def give_back(call: Call[GiveBackDemandBody]) -> Response:
    """Give a demand back to its township, which is asked at once what it does now.

    The township itself says so that it goes on without the desk above, until that has taken it on.
    """
    row = call.subject(DemandRow)
    command = GiveBackDemand(demand=row.id, text=call.body.text)
    return call.answer(await call.about(row, command), row.id)
