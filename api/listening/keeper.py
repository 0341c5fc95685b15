"""How long a connection may wait, and who is dropped when all are taken.

One look a second at whoever has waited longest. A timer for each connection would cost more than
answering does, and almost nobody is ever late.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from typing import Protocol

HEAD_S = 10.0  # from when it was accepted, or from a head's first byte
BODY_S = 30.0  # `Patience` answers after 20; this one also counts once that is said
IDLE_S = 75.0  # above the 60 s after which proxies give up
STALL_S = 30.0
STALL_TAKEN = 16 * 1024  # bytes within STALL_S, or it does not read: 8 MB pass in 89 s
FRESH_S = 2.0  # a newcomer has so long to say what it wants, even when all are taken
LOOK_S = 1.0

ABORT_NOW = struct.pack("ii", 1, 0)  # linger 0: what it did not read leaves the kernel, too


class Held(Protocol):
    """A connection, as far as waiting is concerned."""

    transport: asyncio.Transport


class Waits:
    """Connections that wait for the same, longest first; each has the same time for it."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: dict[Held, float] = {}

    def __len__(self) -> int:
        return len(self._since)

    def begin(self, held: Held, now: float) -> None:
        """It waits from now on, wherever it stood before."""
        self._since.pop(held, None)
        self._since[held] = now

    def go_on(self, held: Held, now: float) -> None:
        """It waits from now on, unless it waits already."""
        self._since.setdefault(held, now)

    def end(self, held: Held) -> None:
        """It waits no longer, if it did."""
        self._since.pop(held, None)

    def oldest(self, now: float, least: float = 0.0) -> Held | None:
        """Who has waited longest, if at least so long."""
        for held, since in self._since.items():
            return held if now - since >= least else None
        return None

    def late(self, now: float) -> list[Held]:
        """Those whose time is over, taken out."""
        found: list[Held] = []
        for held, since in self._since.items():
            if now - since < self._seconds:
                break
            found.append(held)
        for held in found:
            del self._since[held]
        return found


class Keeper:
    """Every connection of one server: `most` of them, and how long each may wait for what.

    None is counted against an address: a whole town shares one of its carrier, and behind a proxy
    all have the same.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, most: int) -> None:
        self._loop = loop
        self.most = most
        self.heads, self.bodies = Waits(HEAD_S), Waits(BODY_S)
        self.idle, self.stalled = Waits(IDLE_S), Waits(STALL_S)
        self._unread: dict[Held, int] = {}
        self._looking: asyncio.TimerHandle | None = None

    def now(self) -> float:
        return self._loop.time()

    def look_on(self) -> None:
        """Look from now on, once a second, until `close`."""
        if self._looking is None:
            self._looking = self._loop.call_later(LOOK_S, self._look)

    def close(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    def forget(self, held: Held) -> None:
        """A connection is gone."""
        for waits in (self.heads, self.bodies, self.idle, self.stalled):
            waits.end(held)
        self._unread.pop(held, None)

    def stalls(self, held: Held) -> None:
        """Whoever it is does not read as fast as it is written to."""
        self.stalled.begin(held, self.now())
        self._unread[held] = held.transport.get_write_buffer_size()

    def reads(self, held: Held) -> None:
        """It has read what was written."""
        self.stalled.end(held)
        self._unread.pop(held, None)

    def make_room(self) -> bool:
        """One place for a newcomer: whoever has not said what it wants, else the longest idle.

        A stream or work under way never makes room; False where there is nothing else.
        """
        now = self.now()
        found = self.heads.oldest(now, FRESH_S) or self.idle.oldest(now)
        if found is None:
            return False
        drop(found)
        self.forget(found)
        return True

    def _look(self) -> None:
        self._looking = self._loop.call_later(LOOK_S, self._look)
        now = self.now()
        for held in self.heads.late(now) + self.bodies.late(now):
            drop(held)
        for held in self.idle.late(now):
            self._end_idle(held)
        for held in self.stalled.late(now):
            self._look_at_stalled(held)

    def _end_idle(self, held: Held) -> None:
        """An orderly end; whoever still reads an answer keeps reading."""
        if held.transport.get_write_buffer_size():
            self.stalls(held)
        else:
            held.transport.close()

    def _look_at_stalled(self, held: Held) -> None:
        before, left = self._unread.pop(held, 0), held.transport.get_write_buffer_size()
        if left == 0:
            held.transport.close()
        elif before - left < STALL_TAKEN:
            drop(held)
        else:
            self.stalls(held)


def drop(held: Held) -> None:
    """End a connection at once, with all that it was sent and did not take."""
    connected = held.transport.get_extra_info("socket")
    if connected is not None:
        with contextlib.suppress(OSError):  # it is gone already
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT_NOW)
    held.transport.abort()
