"""The conductor of a log on given time: the only source of its time and of its ticks."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from time import monotonic_ns

from api.settings import Settings
from schemas.ids import tick_id
from schemas.turns import OWNER, Envelope
from schemas.values import AreaId, Instant, Milliseconds, OperationId
from streams.engines import Defect, Engine
from streams.engines.ticks import FAILURES_BORNE, Retry

TICKS_MAX = 1_000  # in one call; a caller that is told `behind` calls again with the same time
PACE_WINDOW_NS = 5_000_000_000  # the wall time over which the pace is measured
PERSON_MS = 120_000  # for so long after a person's act, time goes as it does for them


class Conductor:
    """Holds the present time of one area. It begins where the log ended and only moves forward."""

    def __init__(
        self,
        engine: Engine,
        area: AreaId,
        settings: Settings,
        at: Instant,
        monotonic: Callable[[], int] = monotonic_ns,
    ) -> None:
        self._engine = engine
        self._area = area
        self._settings = settings
        self._monotonic = monotonic
        self._moving = asyncio.Lock()
        self._acted_ns: int | None = None
        self._told_pace: float | None = None
        self._retry = Retry()
        self._at = at
        self._seen = deque(
            [(monotonic(), self._at)]
        )  # wall nanoseconds and rule time, oldest first

    def now(self) -> Instant:
        """The present rule time."""
        return self._at

    def note_person(self) -> None:
        """A person, not a player, has just acted."""
        self._acted_ns = self._monotonic()

    @property
    def person_acted_at(self) -> Milliseconds | None:
        """So many wall milliseconds ago a person last acted; None before anybody has."""
        if self._acted_ns is None:
            return None
        return (self._monotonic() - self._acted_ns) // 1_000_000

    @property
    def pace(self) -> float:
        """Rule time per wall time: what the player has told, else as measured of late."""
        if self._told_pace is not None:
            return self._told_pace
        then, at = self._seen[0]
        wall_ns = self._monotonic() - then
        return _rounded((self._at - at) * 1_000_000 / wall_ns) if wall_ns > 0 else 0.0

    @property
    def paused_by_person(self) -> bool:
        """Whether a person has acted so lately that the exercise keeps to their pace."""
        acted = self.person_acted_at
        return acted is not None and acted < PERSON_MS

    async def advance(self, to: Instant, pace: float | None = None, *, late: bool = False) -> bool:
        """Move the present time to `to`, and send every tick that falls due on the way.

        Ticks carry the time that they are due at, in order; `late`: all of them `to`, so that one
        works off what many would have. A time that has passed moves nothing. False where ticks
        are left. Raises what `Engine.submit` raises; the time then stands at that tick.
        """
        async with self._moving:
            self._told_pace = pace
            for _ in range(TICKS_MAX):
                if (due := self._due(to)) is None:
                    break
                when, operation, number = due
                await self._tick(to if late else when, operation, number)
            whole = self._due(to) is None
            if whole:
                self._at = max(self._at, to)
            self._look()
        return whole

    def next_due(self) -> Instant | None:
        """When the next tick is due."""
        due = self._engine.next_due(self._area)
        return None if due is None else due[0]

    def _due(self, to: Instant) -> tuple[Instant, OperationId, int] | None:
        """The next tick, if it falls due by then."""
        due = self._engine.next_due(self._area)
        return due if due is not None and due[0] <= to else None

    async def _tick(self, when: Instant, operation: OperationId, number: int) -> None:
        self._at = max(self._at, when)
        envelope = Envelope(
            area=self._area,
            operation=operation,
            mode=self._settings.mode_of(operation),
            actor=OWNER,
            command_id=tick_id(self._area, operation, number),
            command=self._retry.tick(number),
            at=self._at,
        )
        try:
            await self._engine.submit(envelope)
        except Defect as defect:
            self._retry = self._retry.failed(defect.piece)
            if self._retry.failures > FAILURES_BORNE or self._retry.hopeless:
                raise
        else:
            self._retry = Retry()

    def _look(self) -> None:
        """Remember where time is, so that the pace can be told."""
        wall = self._monotonic()
        self._seen.append((wall, self._at))
        while len(self._seen) > 2 and self._seen[1][0] < wall - PACE_WINDOW_NS:
            self._seen.popleft()


def _rounded(pace: float) -> float:
    """What a person wants to read: 1, 60, 0.4."""
    return float(round(pace)) if pace >= 0.9 else round(pace, 1)
