"""The process of its own in which reviews are made, as the server sees it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context
from typing import TypeVar

from api.problems import later
from api.review import reading
from streams.engines.cluster.obstacles import BrokerAway

WAITING_MAX = 16  # reviews that may wait for the one that is made

T = TypeVar("T")


class Reviews:
    """One process for reviews, started with the first of them; it works on one at a time."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._process: int | None = None
        self._waiting = 0

    async def ask(self, question: Callable[..., T], *values: object) -> T:
        """A question's answer from that process. Raises Problem when too many wait."""
        if self._waiting >= WAITING_MAX:
            raise later("unavailable")
        self._waiting += 1
        try:
            return await self._ask(question, *values)
        except BrokerAway:
            raise later("unavailable") from None
        except BrokenProcessPool:  # it was killed; the next question starts another
            self.close()
            raise later("unavailable") from None
        finally:
            self._waiting -= 1

    async def _ask(self, question: Callable[..., T], *values: object) -> T:
        loop = asyncio.get_running_loop()
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                max_workers=1, mp_context=get_context("spawn"), initializer=reading.begin
            )
            self._process = await loop.run_in_executor(self._pool, os.getpid)
        return await loop.run_in_executor(self._pool, question, *values)

    def close(self) -> None:
        """End the process, whatever it is at: it holds nothing but what it has read."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.kill(self._process, signal.SIGTERM)
        self._pool = self._process = None
