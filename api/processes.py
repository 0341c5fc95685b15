"""Processes beside the server: each is started with it, and again where it ends by itself."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

AGAIN_S: Final = (1, 2, 5, 15, 30)  # after it has ended by itself; then always the last
STEADY_S: Final = 60  # what has run for so long begins anew with the shortest
STOP_S: Final = 5  # in which what is under way comes to its end

_logger = logging.getLogger("shouwang.server")


async def keep_running(
    module: str, *told: str, name: str, environment: Mapping[str, str] | None = None
) -> None:
    """Keep a Python module running as a process, called `name`, until this is canceled."""
    loop, failures = asyncio.get_running_loop(), 0
    while True:
        begun = loop.time()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, *told, env=environment
        )
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            await _end(process)
            raise
        failures = 0 if loop.time() - begun > STEADY_S else failures + 1
        _logger.error("the %s has ended (%d); started again", name, code)
        await asyncio.sleep(AGAIN_S[min(failures, len(AGAIN_S)) - 1])


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_S)
    except TimeoutError:
        process.kill()
        await process.wait()
