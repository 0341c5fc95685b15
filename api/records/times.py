"""Times of records: several formats in one column, local to a zone where they say none."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from api.records.fields import number_of, text_of
from schemas.values import Instant

NAMED: Final = ("iso", "epoch", "epoch_ms", "serial")
_OFFSET: Final = re.compile(r"([+-])([0-9]{1,2}):?([0-9]{2})")
_ISO: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HALVES: Final = {
    **dict.fromkeys(("上午", "早上", "凌晨", "午前", "오전"), "AM"),
    **dict.fromkeys(("下午", "晚上", "午後", "午后", "오후"), "PM"),
}
_DOTTED: Final = re.compile(r"\b([ap])\.?\s?m\b\.?", re.IGNORECASE)  # a. m. and p.m., as in Spanish
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001  # its zone comes later
_DAY_ZERO: Final = datetime(1899, 12, 30)  # noqa: DTZ001  # of a spreadsheet, local
_SHOWN: Final = 40
_LAST: Final = 4_102_444_800_000  # the year 2100


class TimeRefused(Exception):
    """`code`: why a time cannot be taken; `detail`: what stood there, as far as it is short."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def zone_of(name: str) -> tzinfo:
    """A zone by its name, or by its offset as +08:00. ValueError where there is none."""
    offset = _OFFSET.fullmatch(name)
    if offset is not None:
        minutes = int(offset[2]) * 60 + int(offset[3])
        return timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no zone {name!r}") from None


def instant(value: Any, formats: tuple[str, ...], zone: tzinfo) -> Instant:
    """Milliseconds since 1970 by the first format that fits. Raises TimeRefused."""
    text = text_of(value)
    if not text:
        raise TimeRefused("time_missing")
    for format in formats:
        found = _read(text, format)
        if found is not None:
            return _checked(_fixed(found, zone), text)
    raise TimeRefused("time_unreadable", text[:_SHOWN])


def _read(text: str, format: str) -> datetime | None:
    try:
        match format:
            case "iso":
                return datetime.fromisoformat(text) if _ISO.match(text) else None
            case "epoch":
                return _numbered(text, _EPOCH, 1.0).replace(tzinfo=UTC)
            case "epoch_ms":
                return _numbered(text, _EPOCH, 0.001).replace(tzinfo=UTC)
            case "serial":
                return _numbered(text, _DAY_ZERO, 86_400.0)
            case _:
                halved = _halved(text, format)
                return datetime.strptime(halved, format)  # noqa: DTZ007  # its zone comes later
    except (ValueError, OverflowError, OSError):
        return None


def _numbered(text: str, zero: datetime, seconds: float) -> datetime:
    """So many units behind a moment, to the second: a fraction of a day leaves crumbs."""
    number = number_of(text)
    if number is None:
        raise ValueError
    found = zero + timedelta(seconds=float(number) * seconds)
    return (found + timedelta(milliseconds=500)).replace(microsecond=0)


def _halved(text: str, format: str) -> str:
    """The halves of the day, in whatever language, as %p reads them."""
    if "%p" in format:
        for word, half in _HALVES.items():
            text = text.replace(word, half)
        text = _DOTTED.sub(lambda found: f"{found[1]}m", text)
    return text


def _fixed(found: datetime, zone: tzinfo) -> datetime:
    """In its zone; an hour that the clock had twice, or not at all, is named."""
    if found.tzinfo is not None:
        return found
    early, late = found.replace(tzinfo=zone, fold=0), found.replace(tzinfo=zone, fold=1)
    if early.utcoffset() != late.utcoffset():
        there = early.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
        raise TimeRefused("time_ambiguous" if there == found else "time_skipped")
    return early


def _checked(found: datetime, text: str) -> Instant:
    at = round(found.timestamp() * 1000)
    if not 0 <= at <= _LAST:
        raise TimeRefused("time_unreadable", text[:_SHOWN])
    return at
