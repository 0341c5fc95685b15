"""Told: how far crews at work have been told what they have to know."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context, context_of
from api.doors.body import Empty
from api.doors.call import Call, JsonResponse, answered
from api.doors.callers import SignedIn
from api.doors.hanging import answering, door
from api.people import refused
from api.problems import Problem
from api.reach import Standing, any_way, shown_by_page, standings
from schemas.commands import ShowPersons
from schemas.values import Role
from schemas.views import AssignmentRow

router = APIRouter(tags=["reach"])

ASKED_MOST = 100


@router.get("/assignments/told", response_model=None, responses=answering(Standing, many=True))
async def told(
    request: Request, caller: SignedIn, assignments: Annotated[str, Query(max_length=6_500)]
) -> Response:
    """What these crews have to be told and do not know yet, up to 100 ids with commas between;
    those that the desk does not see, and those that know everything, are left out."""
    if caller.role is not Role.DESK:
        raise Problem("role_missing")
    context = context_of(request)
    ids = dict.fromkeys(assignments.split(",")[:ASKED_MOST])
    puts = (context.feed.shown(caller.reader, "assignment", id) for id in ids)
    rows = [put.row for put in puts if put is not None and isinstance(put.row, AssignmentRow)]
    found = [one for row in rows for one in standings_of(context, row)]
    return JsonResponse(msgspec.json.encode(found))


class ToldAnswer(msgspec.Struct):
    """How much that crew had to be told."""

    told: int


@door(router, "/assignments/{assignment}/told", Empty, ShowPersons, answer=ToldAnswer)
async def told_by_phone(call: Call[Empty]) -> Response:
    """You have told a crew on the telephone what it had to be told: nobody tells it again.

    Not an instruction and not changed words, which it acknowledges: their doors record that. A
    repeat changes nothing.
    """
    context, row = call.context, call.subject(AssignmentRow)
    command = ShowPersons(offer=row.offer)
    refusal = refused(
        context.feed, row.operation, call.caller.account, command, context.rule_time()
    )
    if refusal is not None:
        raise Problem(refusal.value)
    known = context.notices.shown(row.offer)
    told = [(offer, what) for offer, what in shown_by_page(row) if what not in known]
    context.notices.see(told, context.now(), by=call.caller.account)
    return answered(ToldAnswer(len(told)))


def standings_of(context: Context, row: AssignmentRow) -> list[Standing]:
    """How it stands with everything that a crew is owed."""
    entries = context.feed.known.entries_of(row.organization)
    addresses, setups = context.addresses, context.setups
    return standings(
        row,
        context.notices.shown(row.offer),
        context.notices.of_offer(row.offer),
        lambda asking: any_way(asking, row.mode, entries, addresses, setups),
        context.rule_time(),
    )
