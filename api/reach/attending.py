"""Attending: the messenger's process is started beside the server, and again where it ends."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from contextlib import suppress
from typing import Final

from api.settings import PREFIX, Settings

AGAIN_S: Final = (1, 2, 5, 15, 30)  # after it has ended by itself; then always the last
STEADY_S: Final = 60  # what has run for so long begins anew with the shortest
STOP_S: Final = 5  # in which what is under way comes to its end

_logger = logging.getLogger("shouwang.reach")


async def attend(settings: Settings, divisions: str) -> None:
    """Keep a messenger running until this is canceled; `divisions` is the SHA-256 of the tree."""
    loop, failures = asyncio.get_running_loop(), 0
    told = (str(settings.data), settings.area, divisions, settings.url, str(os.getpid()))
    while True:
        begun = loop.time()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "api.reach", *told, env=environment(settings)
        )
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            await _end(process)
            raise
        failures = 0 if loop.time() - begun > STEADY_S else failures + 1
        _logger.error("the messenger has ended (%d); started again", code)
        await asyncio.sleep(AGAIN_S[min(failures, len(AGAIN_S)) - 1])


def environment(settings: Settings) -> dict[str, str]:
    """Ours, and where the master key is, which may have been typed."""
    named = {"KEY_FILE": settings.key_file, "KEY_COMMAND": settings.key_command}
    return os.environ | {f"{PREFIX}{name}": text for name, text in named.items() if text}


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_S)
    except TimeoutError:
        process.kill()
        await process.wait()
