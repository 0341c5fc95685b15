"""Offers: an organization's yes or no, or the desk's record of it by phone."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.doors.body import B, Body, Time
from api.doors.call import Answer, Call, answered, wider
from api.doors.demands import Units
from api.doors.hanging import door
from api.doors.sealed import demand_of, opened, unkept
from api.problems import Problem
from schemas.commands import AcceptOffer, CounterOffer, DeclineOffer
from schemas.facts import OfferAccepted
from schemas.refusals import Refusal
from schemas.values import DeclineReason, DemandId
from schemas.views import OfferRow
from streams.engines import Receipt
from streams.villages import Voice
from streams.wording import was_outdated as outdated

router = APIRouter(tags=["offers"])

Minutes = Annotated[int, Field(ge=0, le=2_880)]
People = Annotated[int, Field(ge=1, le=10_000, description="Who come, beside the units.")]


Revision = Annotated[int, Field(ge=1, le=999_999_999)]


class AcceptOfferBody(Body):
    """For so many units, arriving in about so many minutes with so many people.

    `revision`: `words_in` of the request as it was shown. Where what matters to a yes (kind, place,
    risk, rally point) has changed since, it is not taken. Without it, it answers the words as they
    are now.
    """

    quantity: Units
    minutes: Minutes | None = None
    people: People | None = None
    revision: Revision | None = None


class CounterOfferBody(Body):
    """So many units in so many minutes: later than was asked. `revision`: as of a yes."""

    quantity: Units
    minutes: Minutes
    people: People | None = None
    revision: Revision | None = None


class DeclineOfferBody(Body):
    """Why not, and perhaps from when; it is never held against anybody."""

    reason: DeclineReason
    free_from: Time | None = None


class WhereTo(msgspec.Struct):
    """What a yes opens: the sealed texts, null for what was not given, and the exact point."""

    contact: str | None
    address: str | None
    note: str | None
    lead: str | None
    sealed_in: int
    lon: int
    lat: int


class AcceptAnswer(Answer):
    """An answer with what a yes opens.

    Null where the desk recorded it, for a repeated key, for a standby, and where the texts
    cannot be opened just now.
    """

    sealed: WhereTo | None


@door(router, "/offers/{offer}/accept", AcceptOfferBody, AcceptOffer, answer=AcceptAnswer)
async def accept(call: Call[AcceptOfferBody]) -> Response:
    """Say yes, also after the deadline or after a no; the assignment is in `made`.

    A late yes to what is covered by now is kept as a standby, and `made` is empty. An
    organization's own yes opens the sealed texts once, with a fact. One to words that have changed
    since is answered with `words_changed`: nothing is lost, and there is time to say it again.
    """
    row, body = call.subject(OfferRow), call.body
    command = AcceptOffer(
        offer=row.id,
        quantity=body.quantity,
        minutes=body.minutes,
        people=body.people,
        revision=body.revision,
    )
    receipt = _current(row, await call.about(row, command))
    sealed = await where_to(call, row.demand, receipt)
    answer = wider(AcceptAnswer, call.answer_of(receipt, row.id), sealed=sealed)
    return unkept(answered(answer))


async def where_to(call: Call[B], key: DemandId, receipt: Receipt) -> WhereTo | None:
    """What a yes to a demand has opened; None where it opens nothing."""
    demand = demand_of(call.context, key)
    if receipt.repeated or demand is None or not _own_yes(receipt):
        return None
    try:
        texts = await opened(call.context, demand)
    except Problem:  # the yes stands; the texts can be asked for at their own door
        return None
    return wider(WhereTo, texts, lon=demand.lon, lat=demand.lat)


def _own_yes(receipt: Receipt) -> bool:
    """Whether the organization itself was taken at its word."""
    yes = (fact for fact in receipt.turn.facts if isinstance(fact, OfferAccepted))
    return any(Voice(fact.by_desk, fact.by_committee).own for fact in yes)


@door(router, "/offers/{offer}/counter", CounterOfferBody, CounterOffer)
async def counter(call: Call[CounterOfferBody]) -> Response:
    """Neither yes nor no: you could come later, if the desk would have that.

    It waits for the desk until the time to answer is over; others are asked meanwhile.
    """
    row, body = call.subject(OfferRow), call.body
    command = CounterOffer(
        offer=row.id,
        quantity=body.quantity,
        minutes=body.minutes,
        people=body.people,
        revision=body.revision,
    )
    return call.answer(_current(row, await call.about(row, command)), row.id)


def _current(row: OfferRow, receipt: Receipt) -> Receipt:
    """Refused where it answers words that have changed since."""
    if outdated(receipt.turn):
        raise Problem(Refusal.WORDS_CHANGED, subjects=(row.id,), trace=receipt.turn.command_id)
    return receipt


@door(router, "/offers/{offer}/decline", DeclineOfferBody, DeclineOffer)
async def decline(call: Call[DeclineOfferBody]) -> Response:
    """Say no, perhaps only until some time within 48 hours; after the deadline too."""
    row, body = call.subject(OfferRow), call.body
    command = DeclineOffer(offer=row.id, reason=body.reason, free_from=body.free_from)
    return call.answer(await call.about(row, command), row.id)
