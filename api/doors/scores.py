"""Scores of exercises: measures beside those of others, and what of injects was noticed."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.context import context_of
from api.doors.callers import SignedIn
from api.doors.hanging import answering
from api.doors.history import read_when_there, sight_of
from api.history import HISTORY, Score, score
from api.problems import Problem
from schemas.values import IncidentId, Role

router = APIRouter(tags=["review"])


@router.get("/incidents/{incident}/score", response_model=None, responses=answering(Score))
async def exercise_score(request: Request, caller: SignedIn, incident: str) -> Response:
    """An exercise beside the one before it and the last real event, within your scope; 404 of
    whatever is no exercise. For desks and reviewers.
    """
    if caller.role not in (Role.DESK, Role.REVIEWER):
        raise Problem("role_missing")
    context = context_of(request)
    data, area = context.settings.data, context.settings.area
    asked = (score, data, data / HISTORY, area, IncidentId(incident), sight_of(caller))
    async with context.quotas.reviewing(caller.account):
        found = await read_when_there(lambda: context.reviews.ask(*asked))
    if found is None:
        raise Problem("not_found")
    answer = msgspec.json.encode(found)
    return Response(answer, headers={"Cache-Control": "no-store"}, media_type="application/json")
