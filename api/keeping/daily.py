"""The day's head, signed by the server itself as soon as a day has begun, or it has started."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from api.keeping.heads import HEADS, day_of, keep_head, last_head, signed_head
from api.safe import MasterKey, MasterKeyUnfit, master_key
from api.settings import Settings

LOOK_S: Final = 30.0

_logger = logging.getLogger("shouwang.heads")

End = Callable[[], tuple[int, bytes]]
"""An area's last turn at this moment: its sequence and its stored bytes."""


async def sign_daily(settings: Settings, end: End) -> None:
    """For as long as the server runs. What a disk refuses is said, once, and tried again."""
    try:
        master = master_key(settings)
    except MasterKeyUnfit as problem:
        _logger.warning("no head is signed: %s", problem)
        return
    told = ""
    while True:
        try:
            now = time.time_ns() // 1_000_000
            await asyncio.to_thread(sign_today, settings, master, end, now)
            told = ""
        except OSError as problem:
            if str(problem) != told:
                told = str(problem)
                _logger.error("today's head is not written: %s", problem)
        await asyncio.sleep(LOOK_S)


def sign_today(settings: Settings, master: MasterKey, end: End, now: int) -> bool:
    """Sign where today's is not there yet; whether it was signed now. OSError."""
    last = last_head(settings.data, settings.area)
    if last is not None and last.day == day_of(now).isoformat():
        return False
    folders = [settings.data / HEADS]
    if settings.heads:
        folders.insert(0, Path(settings.heads))  # ours comes last: until then it is tried again
    keep_head(signed_head(master, settings.area, *end(), now), folders)
    return True
