"""Alarms, as a watch beside the server writes them down while they hold."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from schemas.values import Instant
from streams.engines.folder import private

ALARMS: Final = "alarms.json"  # in the data folder
AHEAD_MOST: Final = 60_000  # milliseconds that its time may be ahead of this process's


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


def write(folder: Path, written: Written) -> None:
    """Replace the file whole; what cannot be written is no reason for a watch to end."""
    part = folder / f"{ALARMS}.part"
    with suppress(OSError):
        with open(part, "wb", opener=private) as file:  # Path has no opener
            file.write(msgspec.json.encode(written))
        part.replace(folder / ALARMS)


def standing(folder: Path, now: Instant) -> Written | None:
    """What a watch has written, if it is still looking."""
    try:
        written = msgspec.json.decode((folder / ALARMS).read_bytes(), type=Written)
    except (OSError, ValueError):
        return None
    return written if written.at - AHEAD_MOST <= now <= written.until else None
