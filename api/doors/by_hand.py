"""By hand: whom a desk has to call since nothing else tells them, and calls that nobody picked up.

A call that nobody picked up is a try and no silence, and no word of a crew: it is kept beside the
log. Where the last number of somebody whom nothing else tells was tried, the rules are told that
nobody could be reached, as by the messenger: the next one is asked at once.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context, context_of
from api.doors.body import Body
from api.doors.call import Call, JsonResponse, answered
from api.doors.callers import SignedIn
from api.doors.calling import persons_of
from api.doors.hanging import answering, door
from api.doors.reaching import recorded
from api.people import refused
from api.problems import Problem
from api.reach import Rang, only_by_hand
from schemas.commands import RecordReach, ShowPersons
from schemas.values import Instant, Role
from schemas.views import OfferRow

router = APIRouter(tags=["persons"])

ASKED_MOST = 100
ACCEPTED = "accepted"  # its crew may be called


class NotPickedUpBody(Body):
    """Who was called; left out for a number that is not registered."""

    person: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class Calls(msgspec.Struct):
    """How calling by hand stands for one offer.

    `by_hand`: neither a page nor a channel tells them, so only a call does. `tried`: calls that
    nobody picked up, the last at `tried_at`; `left`: registered persons not tried yet.
    """

    offer: str
    by_hand: bool
    tried: int
    tried_at: Instant | None
    left: int


class TriedAnswer(msgspec.Struct):
    """How it stands after the call; `given_up`: the next organization is asked now."""

    calls: Calls
    given_up: bool


@door(router, "/offers/{offer}/not-picked-up", NotPickedUpBody, ShowPersons, answer=TriedAnswer)
async def not_picked_up(call: Call[NotPickedUpBody]) -> Response:
    """You called whoever was asked, or is at work, and nobody picked up: a try, and no silence.

    Where it was the last number of somebody whom nothing else tells, the request ends as one that
    reached nobody, and the next one is asked. A crew that is called stays as it was: what it has
    to say is still to be said. A repeat changes nothing.
    """
    context, row = call.context, call.subject(OfferRow)
    command = ShowPersons(offer=row.id)
    refusal = refused(
        context.feed, row.operation, call.caller.account, command, context.rule_time()
    )
    if refusal is not None:
        raise Problem(refusal.value)
    if not row.answerable and row.state != ACCEPTED:
        raise Problem("no_longer_needed")
    person, known = call.body.person, persons_of(context, row.organization)
    if person is not None and person not in {one.id for one in known}:
        raise Problem("not_found")
    id = call.command_id(row.operation)
    context.notices.ring(Rang(id, row.id, person, context.now(), call.caller.account))
    calls = _calls(context, row)
    given_up = row.answerable and calls.by_hand and bool(known) and not calls.left
    if given_up:
        lost = RecordReach(unreachable=(row.id,))
        given_up = (await recorded(context, lost, f"called-{row.id}")).turn.refusal is None
    return answered(TriedAnswer(calls, given_up))


@router.get("/offers/calls", response_model=None, responses=answering(Calls, many=True))
async def calls(
    request: Request, caller: SignedIn, offers: Annotated[str, Query(max_length=6_500)]
) -> Response:
    """How calling by hand stands for these offers, up to 100 ids with commas between; those that
    the desk does not see are left out. No names and no numbers."""
    if caller.role is not Role.DESK:
        raise Problem("role_missing")
    context = context_of(request)
    ids = dict.fromkeys(offers.split(",")[:ASKED_MOST])
    puts = (context.feed.shown(caller.reader, "offer", id) for id in ids)
    rows = [put.row for put in puts if put is not None and isinstance(put.row, OfferRow)]
    return JsonResponse(msgspec.json.encode([_calls(context, row) for row in rows]))


def _calls(context: Context, row: OfferRow) -> Calls:
    rang = context.notices.rang(row.id)
    tried = {one.person for one in rang}
    persons = persons_of(context, row.organization)
    entries = context.feed.known.entries_of(row.organization)
    return Calls(
        offer=row.id,
        by_hand=only_by_hand(row, entries, context.addresses, context.setups),
        tried=len(rang),
        tried_at=rang[-1].at if rang else None,
        left=sum(one.id not in tried for one in persons),
    )
