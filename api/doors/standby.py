"""Standby: somebody who would still come, or waits there, for the desk's word."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.doors.body import Body, Empty
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


class EndStandbyBody(Body):
    """Not needed here; or, `unsuited`, not fit for this work."""

    unsuited: bool = False


@door(router, "/standby/{offer}/end", EndStandbyBody, EndStandby)
async def end(call: Call[EndStandbyBody]) -> Response:
    """Thank whoever would still come, or waits there: not needed here, or not fit for it."""
    row = call.subject(OfferRow)
    command = EndStandby(offer=row.id, unsuited=call.body.unsuited)
    return call.answer(await call.about(row, command), row.id)
