"""Reviews: the timeline, and why (not) an organization was asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

import msgspec
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api import review
from api.context import context_of
from api.doors.callers import SignedIn
from api.doors.hanging import answering
from api.doors.history import Moment, read_when_there, sight_of
from api.doors.recording import address_of, note
from api.doors.sealed import demand_of
from api.history import HISTORY, Measures, as_csv, measures
from api.people import Caller
from api.problems import Problem
from api.safe import What
from schemas.values import LATEST, DemandId, IncidentId, Instant, LineId, OrganizationId, Role
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


@router.get("/review/measures", response_model=None, responses=answering(Measures))
async def review_measures(
    request: Request, caller: SignedIn, since: Moment = 0, until: Moment = LATEST
) -> Response:
    """The three clocks of every line published in a period, and what was left unmet, by reason.

    In all, and per priority, division, kind and day. For desks and reviewers.
    """
    found = await _measured(request, caller, since, until)
    return Response(msgspec.json.encode(found), headers=NO_STORE, media_type="application/json")


@router.get("/review/measures.csv", response_model=None)
async def review_table(
    request: Request, caller: SignedIn, since: Moment = 0, until: Moment = LATEST
) -> Response:
    """The same as a table for other programs: UTF-8, a head, times in seconds."""
    found = await _measured(request, caller, since, until)
    context, address = context_of(request), address_of(request.scope)
    note(context, caller.session, address, What.EXPORTED, "review")
    headers = {**NO_STORE, "Content-Disposition": 'attachment; filename="shouwang-review.csv"'}
    return Response(as_csv(found), headers=headers, media_type="text/csv; charset=utf-8")


async def _measured(request: Request, caller: Caller, since: Instant, until: Instant) -> Measures:
    """Counted in the process for reviews, so that it holds no answer up. Raises Problem."""
    if caller.role not in (Role.DESK, Role.REVIEWER):
        raise Problem("role_missing")
    context = context_of(request)
    settings = context.settings
    about = (settings.data / HISTORY, settings.area, settings.operation)
    asked = (measures, *about, sight_of(caller), since, until)
    async with context.quotas.reviewing(caller.account):
        return await read_when_there(lambda: context.reviews.ask(*asked))


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
