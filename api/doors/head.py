"""The head of the log: what somebody may note to find out later whether it is still the same."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import review
from api.context import context_of
from api.doors.callers import SignedIn
from api.doors.hanging import answering
from api.keeping import SignedHead, last_head
from api.people import Caller
from api.problems import Problem
from schemas.values import Instant, Role

router = APIRouter(tags=["review"])

READERS = (Role.DESK, Role.REVIEWER, Role.STEWARD)
NO_STORE = {"Cache-Control": "no-store"}


class LogHead(msgspec.Struct, frozen=True):
    """The last turn at this moment, and the newest head that was signed; null before the first."""

    area: str
    sequence: int
    head: str
    at: Instant
    signed: SignedHead | None


@router.get("/head", response_model=None, responses=answering(LogHead))
async def log_head(request: Request, caller: SignedIn) -> Response:
    """The number and hash of the last turn, for `shouwang verify --head`, and the last signed one.

    For desks, reviewers and stewards.
    """
    _refuse_others(caller)
    context = context_of(request)
    settings, sequence, at = context.settings, context.feed.sequence, context.feed.at
    query = review.Query(settings.data, settings.area)
    head = await context.reviews.ask(review.head, query, sequence)
    signed = last_head(settings.data, settings.area)
    found = LogHead(settings.area, sequence, head, at, signed)
    return Response(msgspec.json.encode(found), headers=NO_STORE, media_type="application/json")


@router.get("/head/signed", response_model=None)
async def signed_file(request: Request, caller: SignedIn) -> Response:
    """The newest signed head, as a file for another body. For desks, reviewers and stewards."""
    _refuse_others(caller)
    settings = context_of(request).settings
    signed = last_head(settings.data, settings.area)
    if signed is None:
        raise Problem("not_found")
    headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{signed.name}"'}
    return Response(signed.encoded(), headers=headers, media_type="application/json")


def _refuse_others(caller: Caller) -> None:
    if caller.role not in READERS:
        raise Problem("role_missing")
