"""How much one account may ask for in a while: by what it does, never by its address.

Carriers and county proxies share addresses, so signed-in work counts by account. What a desk
posts and what somebody answers have measures of their own: nothing else that an account does, by
hand or by a script gone wrong, uses them up.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from math import ceil
from time import monotonic
from typing import Final, NamedTuple

from api.problems import Problem, later

STREAMS_MAX = 8  # of one account
STREAMS_APART = 512  # connections that streams leave to others
REVIEWS_MAX = 2  # of one account at once
REVIEWS_QUEUED = 6  # of one account, those at work among them
REVIEW_S = 5  # one takes about so long
REMEMBERED_MAX = 50_000


class Work(StrEnum):
    """What is counted apart."""

    ANSWER = "answer"
    POSTING = "posting"
    DESK = "desk"
    STEWARD = "steward"
    OTHER = "other"
    BOARD = "board"


class Measure(NamedTuple):
    """So many a second for as long as one likes, and so many at once."""

    a_second: float
    at_once: int


MEASURES: Final = {
    Work.ANSWER: Measure(10, 600),
    Work.POSTING: Measure(10, 600),
    Work.DESK: Measure(10, 600),
    Work.STEWARD: Measure(10, 600),
    Work.OTHER: Measure(2, 120),
    Work.BOARD: Measure(1, 60),
}


class Quotas:
    """What every account has left. One number each; forgotten when the process ends."""

    def __init__(self) -> None:
        self._full_at: dict[tuple[str, Work], float] = {}
        self._reviewing: dict[str, tuple[asyncio.Semaphore, int]] = {}

    def take(self, account: str, work: Work, now: float | None = None) -> None:
        """Count one more. Raises Problem `quota_used_up`, with the seconds to wait."""
        now = monotonic() if now is None else now
        measure, key = MEASURES[work], (account, work)
        each = 1 / measure.a_second
        full_at = max(self._full_at.get(key, now), now) + each
        over = full_at - now - measure.at_once * each
        if over > each / 1_000:
            raise later("quota_used_up", seconds=max(1, ceil(over)))
        if len(self._full_at) >= REMEMBERED_MAX:
            self._full_at = {one: at for one, at in self._full_at.items() if at > now}
        self._full_at[key] = full_at

    @asynccontextmanager
    async def reviewing(self, account: str) -> AsyncIterator[None]:
        """Wait for one's turn among one's own reviews. Raises Problem where too many wait."""
        turns, asked = self._reviewing.get(account, (asyncio.Semaphore(REVIEWS_MAX), 0))
        if asked >= REVIEWS_QUEUED:
            raise later("quota_used_up", seconds=REVIEW_S)
        self._reviewing[account] = turns, asked + 1
        try:
            async with turns:
                yield
        finally:
            turns, asked = self._reviewing[account]
            if asked == 1:
                del self._reviewing[account]
            else:
                self._reviewing[account] = turns, asked - 1


def streams_most(connections: int) -> int:
    """How many of a server's connections may be streams."""
    return max(connections // 2, connections - STREAMS_APART)


def check_streams(own: int, all_together: int, most: int) -> None:
    """Raises Problem where an account, or all together, have as many streams as there may be."""
    if own >= STREAMS_MAX:
        raise Problem("streams_too_many", headers={"Retry-After": "15"})
    if all_together >= most:
        raise later("unavailable", seconds=15)
