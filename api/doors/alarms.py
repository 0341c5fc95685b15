"""Alarms on the desk's page: what a watch beside the server has written down, while it holds."""

from __future__ import annotations

from collections.abc import Iterator
from time import time_ns

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context, context_of
from api.doors.call import answered
from api.doors.callers import SignedIn
from api.doors.hanging import answering
from api.people import Caller
from api.watch import Written, standing
from schemas.values import Instant
from schemas.views import DemandRow

router = APIRouter(tags=["reference"])


class DemandNamed(msgspec.Struct):
    """A demand that an alarm is about, as far as the caller sees it."""

    id: str
    number: int


class AlarmShown(msgspec.Struct):
    """One alarm as a person reads it."""

    kind: str
    since: Instant
    demands: tuple[DemandNamed, ...]
    zh: str
    en: str


class Alarms(msgspec.Struct):
    """`watched`: whether a watch is looking at all; without one nothing is known."""

    watched: bool
    alarms: tuple[AlarmShown, ...]


@router.get("/alarms", response_model=None, responses=answering(Alarms))
async def alarms(request: Request, caller: SignedIn) -> Response:
    """What a watch beside the server finds wrong now, with the demands that the caller sees."""
    context = context_of(request)
    written = standing(context.settings.data, time_ns() // 1_000_000)
    found = () if written is None else tuple(_shown(context, caller, written))
    return answered(Alarms(watched=written is not None, alarms=found))


def _shown(context: Context, caller: Caller, written: Written) -> Iterator[AlarmShown]:
    for alarm in written.alarms:
        if alarm.area in ("", context.settings.area):
            rows = [context.feed.shown(caller.reader, "demand", id) for id in alarm.subjects]
            demands = tuple(
                DemandNamed(put.row.id, put.row.number)
                for put in rows
                if put is not None and isinstance(put.row, DemandRow)
            )
            yield AlarmShown(alarm.kind, alarm.since, demands, alarm.zh, alarm.en)
