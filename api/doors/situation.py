"""Situation reports: one page of numbers about an incident, at any moment, from the record."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import review
from api.context import context_of
from api.doors.callers import SignedIn
from api.doors.hanging import answering
from api.doors.history import read_when_there, sight_of
from api.history import HISTORY, Situation, situation
from api.problems import Problem
from schemas.values import IncidentId, Role
from schemas.views import IncidentRow

router = APIRouter(tags=["review"])


class Report(msgspec.Struct, frozen=True):
    """A situation and the head of the log that it was counted at.

    `head`: the hash of the turn `situation.sequence`. Whoever holds it finds out whether the log
    before it is the same later on: `shouwang verify --head`.
    """

    situation: Situation
    head: str


@router.get("/incidents/{incident}/situation", response_model=None, responses=answering(Report))
async def report(request: Request, caller: SignedIn, incident: str) -> Response:
    """What is needed, who is at work and what is missing, within your scope; for desks, reviewers.

    As of the last turn that history knows, at most a second ago.
    """
    if caller.role not in (Role.DESK, Role.REVIEWER):
        raise Problem("role_missing")
    context = context_of(request)
    settings = context.settings
    put = context.feed.find("incident", incident)
    known = put.row.operation if put is not None and isinstance(put.row, IncidentRow) else None
    about = (settings.data / HISTORY, settings.area, known or settings.operation)
    asked = (situation, *about, IncidentId(incident), sight_of(caller))
    found = await read_when_there(lambda: context.reviews.ask(*asked))
    if found is None:
        raise Problem("not_found")
    query = review.Query(settings.data, settings.area)
    head = await context.reviews.ask(review.head, query, found.sequence)
    answer = msgspec.json.encode(Report(found, head))
    return Response(answer, headers={"Cache-Control": "no-store"}, media_type="application/json")
