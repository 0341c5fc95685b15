"""Measures of a period: what people waited for and how long, who came, and who read what.

As JSON, and as files for other programs: none of these has a name of a person, a telephone, a typed
text about a need, or a place finer than some 100 m; taking one is on the security record.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import history, review
from api.context import context_of
from api.doors.callers import SignedIn
from api.doors.hanging import answering
from api.doors.history import Moment, read_when_there, sight_of
from api.doors.recording import address_of, note
from api.history import HISTORY, Efforts, Measures, Openings, as_csv, as_geojson, as_workbook
from api.people import Caller
from api.problems import Problem
from api.safe import What
from geo.beside import beside
from schemas.values import LATEST, Instant, Role

NO_STORE = {"Cache-Control": "no-store"}
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GEOJSON = "application/geo+json"

T = TypeVar("T")

router = APIRouter(tags=["review"])


@router.get("/review/measures", response_model=None, responses=answering(Measures))
async def review_measures(
    request: Request, caller: SignedIn, since: Moment = 0, until: Moment = LATEST
) -> Response:
    """The clocks of every line published in a period, the standards kept, and what was left unmet.

    In all, and per priority, incident, division, kind and day; and of each division's neighbors
    together (`beside`). For desks and reviewers.
    """
    found = await _measured(request, caller, since, until)
    return Response(msgspec.json.encode(found), headers=NO_STORE, media_type="application/json")


@router.get("/review/measures.csv", response_model=None)
async def measures_csv(
    request: Request, caller: SignedIn, since: Moment = 0, until: Moment = LATEST
) -> Response:
    """The same as a table for other programs: UTF-8, a head, times in seconds."""
    found = await _measured(request, caller, since, until)
    table = as_csv(history.measured_rows(found))
    return _handed_out(request, caller, "review.csv", CSV, table.encode())


@router.get("/review/measures.xlsx", response_model=None)
async def measures_xlsx(
    request: Request, caller: SignedIn, since: Moment = 0, until: Moment = LATEST
) -> Response:
    """The same as a workbook, with a second sheet of the organizations."""
    found = await _measured(request, caller, since, until)
    worked = await _counted(request, caller, history.work, since, until)
    sheets = (
        ("measures", history.measured_rows(found)),
        ("organizations", history.worked_rows(worked)),
    )
    content = await asyncio.to_thread(as_workbook, sheets)
    return _handed_out(request, caller, "review.xlsx", XLSX, content)


@router.get("/review/demands.geojson", response_model=None)
async def demands_geojson(
    request: Request, caller: SignedIn, since: Moment = 0, until: Moment = LATEST
) -> Response:
    """The demands of the period as points, by a grid of some 100 m, with what became of them."""
    points = await _counted(request, caller, history.demand_points, since, until)
    return _handed_out(request, caller, "demands.geojson", GEOJSON, as_geojson(points))


@router.get("/review/organizations", response_model=None, responses=answering(Efforts))
async def review_organizations(
    request: Request, caller: SignedIn, since: Moment = 0, until: Moment = LATEST
) -> Response:
    """What each organization was asked, answered and did for demands published in a period.

    By name. For desks and reviewers.
    """
    found = await _counted(request, caller, history.work, since, until)
    return Response(msgspec.json.encode(found), headers=NO_STORE, media_type="application/json")


@router.get("/review/organizations.csv", response_model=None)
async def organizations_csv(
    request: Request, caller: SignedIn, since: Moment = 0, until: Moment = LATEST
) -> Response:
    """The same as a table for other programs."""
    found = await _counted(request, caller, history.work, since, until)
    table = as_csv(history.worked_rows(found))
    return _handed_out(request, caller, "organizations.csv", CSV, table.encode())


@router.get("/review/openings", response_model=None, responses=answering(Openings))
async def review_openings(
    request: Request, caller: SignedIn, since: Moment = 0, until: Moment = LATEST
) -> Response:
    """Who has opened sealed texts within a period, of which demand and for what; newest first.

    For desks and reviewers.
    """
    _may_ask(caller, since, until)
    context = context_of(request)
    settings = context.settings
    asked = (review.Query(settings.data, settings.area), since, until)
    async with context.quotas.reviewing(caller.account):
        found = await context.reviews.ask(review.openings, *asked)
    about = (settings.data / HISTORY, settings.area, settings.operation, sight_of(caller))
    reading = partial(history.openings_seen, *about, found)
    told = await read_when_there(lambda: asyncio.to_thread(reading))
    return Response(msgspec.json.encode(told), headers=NO_STORE, media_type="application/json")


def _handed_out(request: Request, caller: Caller, name: str, kind: str, content: bytes) -> Response:
    """A file that leaves the folder, which is on the security record."""
    address = address_of(request.scope)
    note(context_of(request), caller.session, address, What.EXPORTED, name.partition(".")[0])
    named = f'attachment; filename="shouwang-{name}"'
    return Response(content, headers={**NO_STORE, "Content-Disposition": named}, media_type=kind)


async def _measured(request: Request, caller: Caller, since: Instant, until: Instant) -> Measures:
    context = context_of(request)
    if context.beside is None:
        inside = context.divisions.below(context.settings.area)
        about = (context.divisions, inside, context.regions)
        context.beside = await asyncio.to_thread(beside, *about)
    return await _counted(request, caller, history.measures, since, until, context.beside)


async def _counted(
    request: Request,
    caller: Caller,
    count: Callable[..., T],
    since: Instant,
    until: Instant,
    *values: object,
) -> T:
    """Counted in the process for reviews, so that it holds no answer up. Raises Problem."""
    _may_ask(caller, since, until)
    context = context_of(request)
    settings = context.settings
    about = (settings.data / HISTORY, settings.area, settings.operation)
    asked = (*about, sight_of(caller), since, until, *values)
    async with context.quotas.reviewing(caller.account):
        return await read_when_there(lambda: context.reviews.ask(count, *asked))


def _may_ask(caller: Caller, since: Instant, until: Instant) -> None:
    if caller.role not in (Role.DESK, Role.REVIEWER):
        raise Problem("role_missing")
    if until < since:
        raise Problem("format_invalid", "until")
