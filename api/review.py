"""Reviews: the timeline, and why (not) an organization was asked. Made in another process."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Query
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from api import reviewing
from api.callers import Caller, signed_in
from api.context import context_of
from api.problems import Problem, later
from schemas.values import IncidentId, LineId, OrganizationId, Role
from streams.engines.cluster.obstacles import BrokerAway
from streams.review import Scope

WAITING_MAX = 16  # reviews that may wait for the one that is made
LIMIT_MAX = 1_000
NO_STORE = {"Cache-Control": "no-store"}

T = TypeVar("T")
SignedIn = Annotated[Caller, Depends(signed_in)]
Id = Annotated[str, Query(max_length=64)]

router = APIRouter(tags=["review"])


class Reviews:
    """One process for reviews, started with the first of them; it works on one at a time."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._process: int | None = None
        self._waiting = 0

    async def ask(self, question: Callable[..., T], *values: object) -> T:
        """A question's answer from that process. Raises Problem when too many wait."""
        if self._waiting >= WAITING_MAX:
            raise later("unavailable")
        self._waiting += 1
        try:
            return await self._ask(question, *values)
        except BrokerAway:
            raise later("unavailable") from None
        except BrokenProcessPool:  # it was killed; the next question starts another
            self.close()
            raise later("unavailable") from None
        finally:
            self._waiting -= 1

    async def _ask(self, question: Callable[..., T], *values: object) -> T:
        loop = asyncio.get_running_loop()
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                max_workers=1, mp_context=get_context("spawn"), initializer=reviewing.begin
            )
            self._process = await loop.run_in_executor(self._pool, os.getpid)
        return await loop.run_in_executor(self._pool, question, *values)

    def close(self) -> None:
        """End the process, whatever it is at: it holds nothing but what it has read."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.kill(self._process, signal.SIGTERM)
        self._pool = self._process = None


@router.get("/review/timeline")
async def timeline(
    request: Request,
    caller: SignedIn,
    incident: Id = "",
    after: Annotated[int, Query(ge=0, le=10**15)] = 0,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 200,
) -> Response:
    """What happened within your scope, in the order of the log; `next` is the next `after`."""
    scope = _scope(caller)._replace(incident=IncidentId(incident) if incident else None)
    entries = await _ask(request, reviewing.timeline, scope, after, limit)
    return Response(entries, headers=NO_STORE, media_type="application/json")


@router.get("/review/why")
async def why(request: Request, caller: SignedIn, line: Id, organization: Id) -> Response:
    """Whether an organization was asked for a line, and if not, what kept it from being asked."""
    operation = context_of(request).settings.operation
    about = (operation, LineId(line), OrganizationId(organization))
    found = await _ask(request, reviewing.reasons, _scope(caller), *about)
    if found is None:
        raise Problem("not_found")
    return Response(found, headers=NO_STORE, media_type="application/json")


def _scope(caller: Caller) -> Scope:
    if caller.role is Role.ORGANIZATION:
        return Scope(organizations=caller.reader.organizations)
    return Scope(divisions=caller.reader.divisions)


async def _ask(request: Request, question: Callable[..., T], *values: object) -> T:
    settings = context_of(request).settings
    query = reviewing.Query(settings.data, settings.area)
    return await reviews_of(request.app).ask(question, query, *values)


def reviews_of(app: Starlette) -> Reviews:
    """The application's one process for reviews, started when it is first asked."""
    if not hasattr(app.state, "reviews"):
        app.state.reviews = Reviews()
    reviews: Reviews = app.state.reviews
    return reviews
