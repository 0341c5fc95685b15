"""Health: whether the process lives, and whether it can take commands."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.context import context_of
from api.doors.call import answered
from api.problems import later

router = APIRouter(prefix="/health", tags=["health"])


class Health(msgspec.Struct):
    """`sequence`: the last turn on the board."""

    ready: bool
    sequence: int


@router.get("/live", response_model=None)
async def live(request: Request) -> Response:
    """The process answers."""
    return answered(Health(ready=True, sequence=context_of(request).feed.sequence))


@router.get("/ready", response_model=None)
async def ready(request: Request) -> Response:
    """Commands are taken; 503 where the last one could not be, and none has been since."""
    context = context_of(request)
    if context.trouble_at == context.feed.sequence:
        raise later("unavailable")
    return answered(Health(ready=True, sequence=context.feed.sequence))
