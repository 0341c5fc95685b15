"""Beside: work that waits for others, done beside the rounds, so that no round waits with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

_logger = logging.getLogger("shouwang.reach")


class Beside:
    """Each piece of work runs once at a time; one that fails is told of, and begun again later."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[None]] = {}

    def begin(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> bool:
        """Begin it, unless it is under way; whether it was begun."""
        if name in self._running:
            return False
        task = asyncio.ensure_future(self._carried(name, work()))
        self._running[name] = task
        task.add_done_callback(lambda _: self._running.pop(name, None))
        return True

    async def _carried(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:  # whoever answers nonsense stops nobody else's messages
            _logger.error("%s has failed: %s", name, type(error).__name__)

    async def rest(self) -> None:
        """Until nothing is under way."""
        while self._running:
            await asyncio.wait(self._running.values())

    async def close(self) -> None:
        """What is under way is given up."""
        for task in self._running.values():
            task.cancel()
        await self.rest()
