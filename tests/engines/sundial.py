"""A clock for tests that can be moved: the machine sleeps, or somebody sets the wall clock."""

from __future__ import annotations

import time

from streams.engines.clock import Clock


class Sundial:
    """Real time, plus what was slept, plus by how much the wall clock is wrong. Milliseconds."""

    def __init__(self, wrong: int = 0, boot: str | None = "the first") -> None:
        self.slept = 0
        self.wrong = wrong
        self.clock = Clock(wall=self._wall, steady=self._steady, boot=lambda: boot)

    def sleep(self, *, seconds: int = 0, minutes: int = 0) -> None:
        """Let time pass at once, for every clock of the machine."""
        self.slept += (minutes * 60 + seconds) * 1_000

    def _wall(self) -> int:
        return time.time_ns() // 1_000_000 + self.slept + self.wrong

    def _steady(self) -> int:
        return time.monotonic_ns() // 1_000_000 + self.slept
