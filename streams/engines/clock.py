"""The time of live logs: the wall clock at the start, advanced by a clock that never steps."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

from schemas.values import Instant, Milliseconds

WALL_TOLERANCE: Final = 10_000  # milliseconds that wall clock and stamps may differ, unalarmed
LOOK_EVERY: Final = 10_000  # milliseconds between two looks at the wall clock

_logger = logging.getLogger("shouwang.clock")


def _wall() -> int:
    return time.time_ns() // 1_000_000


def _steady() -> int:
    """Milliseconds that also pass while the machine sleeps, where it can tell."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    return time.monotonic_ns() // 1_000_000


class Clock:
    """Stamps in milliseconds since 1970. They only rise; the wall clock is held against them."""

    def __init__(
        self, wall: Callable[[], int] = _wall, steady: Callable[[], int] = _steady
    ) -> None:
        self._wall = wall
        self._steady = steady
        self._start = wall() - steady()
        self._look_at = 0
        self._alarmed = False

    def now(self) -> Instant:
        """The stamp of this moment."""
        return self._start + self._steady()

    def behind(self, log_at: Instant) -> Milliseconds:
        """By how much the wall clock is behind a log's time, 0 where it is not."""
        return max(0, log_at - self._wall())

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
