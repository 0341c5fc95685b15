"""Offers: an organization's yes or no, or the desk's record of it by phone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.body import Body
from api.commands import Call
from api.demands import Units
from api.doors import door
from schemas.commands import AcceptOffer, DeclineOffer
from schemas.values import DeclineReason
from schemas.views import OfferRow

router = APIRouter(tags=["offers"])


class AcceptOfferBody(Body):
    """For so many units, arriving in about so many minutes."""

    quantity: Units
    minutes: Annotated[int, Field(ge=0, le=2_880)] | None = None


class DeclineOfferBody(Body):
    """Why not; it is never held against anybody."""

    reason: DeclineReason


@door(router, "/offers/{offer}/accept", AcceptOfferBody, AcceptOffer)
async def accept(call: Call[AcceptOfferBody]) -> Response:
    """Say yes; the assignment is in `made`."""
    row, body = call.subject(OfferRow), call.body
    command = AcceptOffer(offer=row.id, quantity=body.quantity, minutes=body.minutes)
    return call.answer(await call.about(row, command), row.id)


@door(router, "/offers/{offer}/decline", DeclineOfferBody, DeclineOffer)
async def decline(call: Call[DeclineOfferBody]) -> Response:
    """Say no."""
    row = call.subject(OfferRow)
    command = DeclineOffer(offer=row.id, reason=call.body.reason)
    return call.answer(await call.about(row, command), row.id)
