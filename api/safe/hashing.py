"""Slow hashes of passwords: one at a time, off the loop, and never more waiting than is bearable.

A flood of sign-ins costs this one thread, which gives way to everything else: whoever is signed in
notices nothing. Who comes too late is told when to come again.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.problems import later

TIMES: Final = 3
MEMORY_KIB: Final = 32 * 1024  # of one hash; there is one at a time
WAITING_MAX: Final = 24  # about three seconds of work
FAMILIAR_MAX: Final = 48  # for devices that have signed in before: a flood keeps none of them out
OF_ONE_MAX: Final = 4  # waiting from one address
OF_ACCOUNT_MAX: Final = 1  # of one account whose owner, or device, is known
WAIT_S: Final = 5
NICENESS: Final = 10

T = TypeVar("T")


class Hashing:
    """The one thread that hashes. Used on the event loop only."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(TIMES, MEMORY_KIB, parallelism=1)
        self._thread = ThreadPoolExecutor(1, "hashing", initializer=_give_way)
        self._waiting = 0
        self._of: Counter[str] = Counter()
        self._nobodys = ""

    def close(self) -> None:
        """What waits is dropped."""
        self._thread.shutdown(cancel_futures=True)

    async def hash(self, text: str, account: str) -> str:
        """What to keep of a text, which is no sign-in and gives way. Raises `sign_in_busy`."""
        most = WAITING_MAX, OF_ACCOUNT_MAX
        return await self._turn(lambda: self._hasher.hash(text), f"account {account}", most)

    async def right(self, kept: str | None, text: str, client: str, familiar: str = "") -> bool:
        """Whether this was the text. Without anything kept it takes as long, and is wrong.

        `familiar`: as which account the client's device has signed in before. Raises Problem
        `sign_in_busy`.
        """
        most = (FAMILIAR_MAX, OF_ACCOUNT_MAX) if familiar else (WAITING_MAX, OF_ONE_MAX)
        client = f"account {familiar}" if familiar else client
        return await self._turn(lambda: self._right(kept, text), client, most)

    def _right(self, kept: str | None, text: str) -> bool:
        try:
            self._hasher.verify(kept or self._nothing(), text)
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None

    def _nothing(self) -> str:
        """A hash that no text has, made once."""
        self._nobodys = self._nobodys or self._hasher.hash(os.urandom(32))
        return self._nobodys

    async def _turn(self, work: Callable[[], T], client: str, most: tuple[int, int]) -> T:
        """`most`: how many may wait, of all and of this client."""
        of_all, of_one = most
        if self._waiting >= of_all or self._of[client] >= of_one:
            raise later("sign_in_busy", seconds=WAIT_S)
        self._waiting += 1
        self._of[client] += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        finally:
            self._waiting -= 1
            self._of[client] -= 1
            if not self._of[client]:
                del self._of[client]


def _give_way() -> None:
    """This thread alone; where the system counts by process it stays as it is."""
    if os.name == "posix" and hasattr(threading, "get_native_id"):
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
