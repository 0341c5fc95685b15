"""How long the doors wait for a body to arrive, and who has to wait after guessing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address, ip_network
from time import monotonic
from typing import Any

from api.problems import Problem

ARRIVAL_S = 20.0
LOOK_S = 1.0

TRIES_MAX = 20  # wrong ones of one client; whole towns share one address of their carrier

# Within one block, of everybody. With 40 bits and a thousand codes open at once, that many tries
# find one of them in less than one of 5,000 blocks, and a code is good for a day or two.
TRIES_OF_ALL = 200_000
BLOCK_MS = 15 * 60_000


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


class Tries:
    """Wrong tries at something short: a client that has made twenty waits a quarter of an hour.

    So do all, once there are too many from many clients; what is kept is bounded by that. It is
    forgotten when the process ends.
    """

    def __init__(self) -> None:
        self._wrong: dict[str, tuple[int, int]] = {}  # how many, and when the last one was
        self._all, self._since = 0, 0

    def wait(self, client: str, now: int) -> int:
        """Milliseconds until this client may try again; 0: now."""
        if self._all >= TRIES_OF_ALL and now < self._since + BLOCK_MS:
            return self._since + BLOCK_MS - now
        count, last = self._wrong.get(client, (0, 0))
        return max(0, last + BLOCK_MS - now) if count >= TRIES_MAX else 0

    def note(self, client: str, now: int) -> None:
        """Count one more wrong try; those over a block's time ago are forgotten."""
        if now >= self._since + BLOCK_MS:
            self._all, self._since = 0, now
            before = now - BLOCK_MS
            self._wrong = {who: it for who, it in self._wrong.items() if it[1] > before}
        count, last = self._wrong.get(client, (0, 0))
        self._all += 1
        self._wrong[client] = (count + 1 if now < last + BLOCK_MS else 1, now)


def client_of(address: str) -> str:
    """Whom an address counts for: of IPv6 the network, of which one household has all."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(ip_network((int(found) >> 64 << 64, 64)))
    return address
