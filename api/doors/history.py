"""History: what was, page by page, also of what has long left the board."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Annotated, Final, TypeVar

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from api.context import context_of
from api.doors.call import answered
from api.doors.callers import SignedIn
from api.doors.hanging import answering
from api.doors.sealed import unkept
from api.history import (
    HISTORY,
    KINDS,
    HistoryPage,
    HistoryUnfit,
    Place,
    Sight,
    Wanted,
    page,
)
from api.people import Caller
from api.problems import Problem, later
from schemas.values import LATEST, DivisionCode, Role

LIMIT_MAX: Final = 200
WRITTEN_WITHIN_S: Final = 1.0
NOT_ASKED_OF: Final = {
    "incidents": ("demand", "organization"),
    "offers": ("number",),
    "assignments": ("number",),
}
NOT_THEIRS: Final = ("demands", Role.ORGANIZATION)  # it sees of a demand what its offers show

_logger = logging.getLogger("shouwang.history")
T = TypeVar("T")
Id = Annotated[str, Field(max_length=64)]
Moment = Annotated[int, Field(ge=0, le=LATEST)]

router = APIRouter(tags=["history"])


class Asked(BaseModel):
    """Which rows are wanted: each of these narrows. `since` ≤ a row's time < `until`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    incident: Id = ""
    number: Annotated[int, Field(ge=0, le=LATEST)] = 0
    demand: Id = ""
    organization: Id = ""
    state: Annotated[str, Field(max_length=20)] = ""
    since: Moment = 0
    until: Moment = LATEST
    before: Annotated[str, Field(max_length=100)] = ""
    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX)] = 50
    role: Annotated[str, Field(max_length=20)] = ""  # of the session, where there are several

    @property
    def wanted(self) -> Wanted:
        return Wanted(**self.model_dump(include=set(Wanted._fields)))


@router.get("/history/{kind}", response_model=None, responses=answering(HistoryPage))
async def history(
    request: Request, caller: SignedIn, kind: str, asked: Annotated[Asked, Query()]
) -> Response:
    """Incidents, demands, offers, assignments or tasks within your scope, newest first.

    Rows are the board's, as they last were. `before` of the answer asks for those behind them.
    """
    table = KINDS.get(kind)
    if table is None:
        raise Problem("not_found")
    if caller.role is Role.STEWARD or (kind, caller.role) == NOT_THEIRS:
        raise Problem("role_missing")
    for name in NOT_ASKED_OF.get(kind, ()):
        if getattr(asked, name):
            raise Problem("format_invalid", name)
    settings, place = context_of(request).settings, _place(asked.before)
    about = (settings.data / HISTORY, settings.area, table, asked.wanted, sight_of(caller))
    reading = partial(page, *about, before=place, limit=asked.limit)
    return unkept(answered(await read_when_there(lambda: asyncio.to_thread(reading))))


async def read_when_there(read: Callable[[], Awaitable[T]]) -> T:
    """What history says. A server that has just started has no file for a moment: it is read once
    more then. Raises Problem `unavailable`."""
    with suppress(HistoryUnfit):
        return await read()
    await asyncio.sleep(WRITTEN_WITHIN_S)
    try:
        return await read()
    except HistoryUnfit as problem:
        _logger.critical("%s; shouwang history rebuild makes it anew meanwhile", problem)
        raise later("unavailable") from None


def sight_of(caller: Caller) -> Sight:
    """What a caller may see of history: what lies in its divisions, or concerns it itself."""
    reader = caller.reader
    if caller.role is Role.ORGANIZATION:
        return Sight(organizations=reader.organizations)
    if caller.role is Role.COMMITTEE:
        return Sight(villages=reader.villages)
    codes = [code for held in reader.divisions for code in reader.tree.below(held)]
    return Sight(divisions=tuple(map(DivisionCode, codes)))


def _place(before: str) -> Place | None:
    """Where to go on. Raises Problem for what no answer has given."""
    time, _, id = before.partition(":")
    if not before:
        return None
    if not (time.isascii() and time.isdigit() and len(time) <= len(str(LATEST)) and id):
        raise Problem("format_invalid", "before")
    return Place(int(time), id)
