"""Told: how far crews at work have been told what they have to know."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context, context_of
from api.doors.call import JsonResponse
from api.doors.callers import SignedIn
from api.doors.hanging import answering
from api.problems import Problem
from api.reach import Standing, any_way, standings
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


def standings_of(context: Context, row: AssignmentRow) -> list[Standing]:
    """How it stands with everything that a crew is owed."""
    entries = context.feed.known.entries_of(row.organization)
    addresses, setups = context.addresses, context.setups
    return standings(
        row,
        context.notices.seen(row.offer, work=True) is not None,
        context.notices.of_offer(row.offer),
        lambda asking: any_way(asking, row.mode, entries, addresses, setups),
    )
