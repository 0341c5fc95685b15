"""Standby: somebody who would still come, or waits there, for the desk's word."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.doors.body import Empty
from api.doors.call import Call
from api.doors.hanging import door
from schemas.commands import EndStandby, TakeStandby
from schemas.views import OfferRow

router = APIRouter(tags=["offers"])


@door(router, "/standby/{offer}/take", Empty, TakeStandby)
async def take(call: Call[Empty]) -> Response:
    """Take on whoever would still come, while it is fresh; the assignment is in `made`."""
    row = call.subject(OfferRow)
    return call.answer(await call.about(row, TakeStandby(offer=row.id)), row.id)


@door(router, "/standby/{offer}/end", Empty, EndStandby)
async def end(call: Call[Empty]) -> Response:
    """Thank whoever would still come, or waits there: not needed here."""
    row = call.subject(OfferRow)
    return call.answer(await call.about(row, EndStandby(offer=row.id)), row.id)
