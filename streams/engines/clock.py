"""The time of live logs: the wall clock at the start, advanced by a clock that never steps."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from schemas.values import Instant, Milliseconds

WALL_TOLERANCE: Final = 10_000  # milliseconds that wall clock and stamps may differ, unalarmed
LOOK_EVERY: Final = 10_000  # milliseconds between two looks at the wall clock
BOOT: Final = Path("/proc/sys/kernel/random/boot_id")

_logger = logging.getLogger("shouwang.clock")


def _wall() -> int:
    return time.time_ns() // 1_000_000


def _steady() -> int:
    """Milliseconds that also pass while the machine sleeps."""
    # On macOS it is the other one of the two that does, and the first is not there.
    return time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)) // 1_000_000


def _boot() -> str | None:
    """What names the machine's present boot, where a steady clock counts from it."""
    try:
        return BOOT.read_text("ascii").strip() if hasattr(time, "CLOCK_BOOTTIME") else None
    except OSError:
        return None


class Clock:
    """Stamps in milliseconds since 1970. They only rise; the wall clock is held against them.

    `boot` names what readings of `steady` may be compared within; None: nothing but this process.
    """

    def __init__(
        self,
        wall: Callable[[], int] = _wall,
        steady: Callable[[], int] = _steady,
        boot: Callable[[], str | None] = _boot,
    ) -> None:
        self._wall = wall
        self._steady = steady
        self.boot = boot()
        self._start = wall() - steady()
        self._look_at = 0
        self._alarmed = False

    def now(self) -> Instant:
        """The stamp of this moment."""
        return self._start + self._steady()

    def behind(self, log_at: Instant) -> Milliseconds:
        """By how much the wall clock is behind a log's time, 0 where it is not."""
        return max(0, log_at - self._wall())

    def ahead(self, log_at: Instant) -> Milliseconds:
        """By how much the wall clock is ahead of it, 0 where it is not."""
        return max(0, self._wall() - log_at)

    def steady(self) -> Milliseconds:
        """The reading of the clock that never steps, from some moment on."""
        return self._steady()

    def go_on_from(self, log_at: Instant) -> None:
        """Let stamps go on where a log ended, if that is later: its time must not stand still."""
        self._start = max(self._start, log_at - self._steady())

    def look(self) -> None:
        """Compare the wall clock with the stamps, now and then; alarm once per departure."""
        stamp = self.now()
        if stamp < self._look_at:
            return
        self._look_at = stamp + LOOK_EVERY
        behind = stamp - self._wall()
        away = not -WALL_TOLERANCE <= behind <= WALL_TOLERANCE
        if away and not self._alarmed:
            _logger.error("the wall clock is %d ms behind the log's time, which goes on", behind)
        self._alarmed = away
