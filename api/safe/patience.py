"""How long the doors wait for a body to arrive."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from api.problems import Problem

ARRIVAL_S = 20.0
LOOK_S = 1.0


class Patience:
    """Ends the reading of bodies that take too long to arrive.

    One look a second at all readers. A timer for each costs more than parsing a body does, and
    almost every body is there when it is asked for.
    """

    def __init__(self) -> None:
        self._until: dict[asyncio.Task[Any], float] = {}
        self._watching: asyncio.TimerHandle | None = None

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Wait for the body of the present task's request. Raises Problem `body_slow`."""
        task = asyncio.current_task()
        assert task is not None
        self._until[task] = monotonic() + ARRIVAL_S
        if self._watching is None:
            self._watching = asyncio.get_running_loop().call_later(LOOK_S, self._look)
        try:
            yield
        except asyncio.CancelledError:
            if task not in self._until and task.uncancel() == 0:
                raise Problem("body_slow", headers={"Connection": "close"}) from None
            raise
        finally:
            self._until.pop(task, None)

    def _look(self) -> None:
        now = monotonic()
        for task in [task for task, until in self._until.items() if until < now]:
            del self._until[task]
            task.cancel()
        again = asyncio.get_running_loop().call_later(LOOK_S, self._look) if self._until else None
        self._watching = again
