"""Days and times of day in the area's time zone; all of China has one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

from schemas.values import Instant
from streams.parameters import DAY, HOUR

ZONE: Final = 8 * HOUR  # east of UTC (GB/T 7408)
_EPOCH: Final = date(1970, 1, 1)


@lru_cache(maxsize=4_096)
def start_of(day: str) -> Instant:
    """The first instant of a day. ValueError where there is no such day in the calendar."""
    return (date.fromisoformat(day) - _EPOCH).days * DAY - ZONE


def end_of(day: str) -> Instant:
    """The first instant after a day. ValueError where there is no such day."""
    return start_of(day) + DAY


def day_of(at: Instant) -> str:
    """The day that an instant falls into, as "2025-07-30"."""
    return _date((at + ZONE) // DAY)


@lru_cache(maxsize=4_096)
def _date(days: int) -> str:
    return (_EPOCH + timedelta(days=days)).isoformat()


def time_of_day(at: Instant, seen_at: Instant) -> str:
    """An instant as "02:10"; with its month and day before it where that is another day's."""
    local, seen = _local(at), _local(seen_at)
    return local.strftime("%H:%M" if local.date() == seen.date() else "%m-%d %H:%M")


def _local(at: Instant) -> datetime:
    return datetime.fromtimestamp(at // 1000, UTC) + timedelta(milliseconds=ZONE)
