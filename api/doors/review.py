"""Reviews: the timeline, and why (not) an organization was asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api import review
from api.context import context_of
from api.doors.callers import SignedIn
from api.doors.sealed import demand_of
from api.people import Caller
from api.problems import Problem
from schemas.values import (
    DemandId,
    IncidentId,
    LineId,
    OrganizationId,
    Role,
)
from streams.review import Scope

LIMIT_MAX = 1_000
NO_STORE = {"Cache-Control": "no-store"}

T = TypeVar("T")
Id = Annotated[str, Query(max_length=64)]

router = APIRouter(tags=["review"])


@router.get("/review/timeline")
async def timeline(
    request: Request,
    caller: SignedIn,
    incident: Id = "",
    demand: Id = "",
    organization: Id = "",
    after: Annotated[int, Query(ge=0, le=10**15)] = 0,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 200,
) -> Response:
    """What happened within your scope, in the order of the log; `next` is the next `after`.

    Of one incident, demand or organization, where these are named.
    """
    scope = _scope(caller)._replace(
        incident=IncidentId(incident) if incident else None,
        demand=DemandId(demand) if demand else None,
        organization=OrganizationId(organization) if organization else None,
    )
    entries = await _ask(request, caller, review.timeline, scope, after, limit)
    return Response(entries, headers=NO_STORE, media_type="application/json")


@router.get("/review/why")
async def why(request: Request, caller: SignedIn, line: Id, organization: Id) -> Response:
    """Whether an organization was asked for a line, and if not, what kept it from being asked."""
    context = context_of(request)
    demand = demand_of(context, context.feed.known.demand_of(LineId(line)))
    operation = context.settings.operation if demand is None else demand.operation
    about = (operation, LineId(line), OrganizationId(organization))
    found = await _ask(request, caller, review.reasons, _scope(caller), *about)
    if found is None:
        raise Problem("not_found")
    return Response(found, headers=NO_STORE, media_type="application/json")


def _scope(caller: Caller) -> Scope:
    if caller.role is Role.ORGANIZATION:
        return Scope(organizations=caller.reader.organizations)
    return Scope(divisions=caller.reader.divisions)


async def _ask(request: Request, caller: Caller, question: Callable[..., T], *values: object) -> T:
    context = context_of(request)
    settings = context.settings
    query = review.Query(settings.data, settings.area)
    async with context.quotas.reviewing(caller.account):
        return await context.reviews.ask(question, query, *values)
