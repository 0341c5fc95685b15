"""The messenger as the process that a server starts, with what a test does to it."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sys
from pathlib import Path
from typing import Final

from api.reach.__main__ import LOCK
from tests.api.house import AREA, divisions
from tests.reach.stage import until

ROOT: Final = Path(__file__).parent.parent.parent
URL: Final = "https://sw.example"


async def started(folder: Path, parent: int | None = None) -> asyncio.subprocess.Process:
    """`python -m api.reach` over a folder, as beside a server that is this process."""
    told = (str(folder), AREA, divisions().sha256, URL, str(parent or os.getpid()))
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "api.reach", *told, cwd=ROOT, stderr=asyncio.subprocess.DEVNULL
    )


async def killed(process: asyncio.subprocess.Process) -> None:
    """kill -9, and its end."""
    process.kill()
    await process.wait()


async def ended(process: asyncio.subprocess.Process, seconds: float = 5) -> int:
    """Told to stop; the code with which it has."""
    process.terminate()
    return await asyncio.wait_for(process.wait(), seconds)


def running(folder: Path) -> bool:
    """Whether a messenger works on the folder."""
    with (folder / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


async def begun(folder: Path, seconds: float = 15) -> None:
    await until(lambda: running(folder), seconds)


async def serving(data: Path, **environment: str) -> asyncio.subprocess.Process:
    """`shouwang serve` over a folder, on any port; it has said where it is."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "api.cli", "serve", "--data", str(data), "--port", "0"),
        cwd=ROOT,
        env=os.environ | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    while b"http" not in await asyncio.wait_for(process.stdout.readline(), 20):
        assert process.returncode is None
    return process
