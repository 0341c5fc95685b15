"""`python -m api.reach FOLDER AREA TREE URL PARENT`: the messenger, started beside the server."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from api.reach.messenger import Messenger, run
from api.reach.outbound import Guarded
from geo.divisions import DivisionTree
from schemas.values import AreaId
from streams.engines.clock import Clock
from streams.engines.folder import DIVISIONS

LOCK = "notices.lock"
ORPHAN_S = 0.5  # how soon it is missed that the server is gone


async def main(folder: Path, area: AreaId, divisions: str, url: str, parent: int) -> None:
    """Until the server, process `parent`, ends or says so."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    watching = asyncio.ensure_future(_orphaned(parent, stop))
    tree = DivisionTree.load(folder / DIVISIONS / f"{divisions}.json")
    async with Guarded() as outbound:
        messenger = Messenger(folder, area, tree, url, outbound, Clock().now)
        try:
            await run(messenger, stop)
        finally:
            await messenger.close()
    watching.cancel()


async def _orphaned(parent: int, stop: asyncio.Event) -> None:
    """A parent that is killed tells its children nothing; it may be gone before this begins."""
    while os.getppid() == parent and not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), ORPHAN_S)
    stop.set()


def held(lock: IO[str], parent: int) -> bool:
    """Wait for the folder's lock: one messenger a folder. False where the server ended first."""
    while os.getppid() == parent:
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(ORPHAN_S)
    return False


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    where, server = Path(sys.argv[1]), int(sys.argv[5])
    with (where / LOCK).open("w") as lock:
        if held(lock, server):
            asyncio.run(main(where, AreaId(sys.argv[2]), sys.argv[3], sys.argv[4], server))
