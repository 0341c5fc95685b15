"""Alarms on the desk's page: what a watch beside the server has written down, while it holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import time_ns
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.callers import Caller, signed_in
from api.commands import answered
from api.context import Context, context_of
from api.doors import answering
from schemas.values import Instant
from schemas.views import DemandRow

ALARMS: Final = "alarms.json"  # in the data folder
AHEAD_MOST: Final = 60_000  # milliseconds that its time may be ahead of this process's

router = APIRouter(tags=["reference"])


class Alarm(msgspec.Struct, frozen=True):
    """What is wrong, where, since when by the wall clock, and what to do about it."""

    kind: str
    area: str
    subjects: tuple[str, ...]  # demands
    since: Instant
    zh: str
    en: str


class Written(msgspec.Struct, frozen=True):
    """The file: what stood at a time, and until when that may be believed."""

    at: Instant
    until: Instant
    alarms: tuple[Alarm, ...]


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


def write(folder: Path, written: Written) -> None:
    """Replace the file whole; what cannot be written is no reason for a watch to end."""
    part = folder / f"{ALARMS}.part"
    with suppress(OSError):
        part.write_bytes(msgspec.json.encode(written))
        part.replace(folder / ALARMS)


def standing(folder: Path, now: Instant) -> Written | None:
    """What a watch has written, if it is still looking."""
    try:
        written = msgspec.json.decode((folder / ALARMS).read_bytes(), type=Written)
    except (OSError, msgspec.DecodeError):
        return None
    return written if written.at - AHEAD_MOST <= now <= written.until else None


@router.get("/alarms", response_model=None, responses=answering(Alarms))
async def alarms(request: Request, caller: Annotated[Caller, Depends(signed_in)]) -> Response:
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
