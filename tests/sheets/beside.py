"""A server of its own process beside what is typed, and a steward's command at its doors."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from api.client import Doors
from api.people import holders, new_link
from api.settings import Settings
from schemas.values import Role

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """`shouwang serve` on a free port, until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "api.cli", "serve", "--data", str(folder)]
    process = subprocess.Popen([*command, "--port", str(port)], cwd=ROOT)
    try:
        until = time.monotonic() + 60
        while not ready(port):
            assert time.monotonic() < until, "the server does not come up"
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def post(folder: Path, port: int, path: str, body: dict[str, Any]) -> None:
    """One command of the steward at the doors of a server that holds the folder."""
    settings = Settings(data=folder)
    holder = next(one for one in holders(settings) if one.role is Role.STEWARD)
    link = new_link(settings, holder.account, Role.STEWARD, "Steward").rpartition("link=")[2]

    async def sent() -> None:
        async with Doors(f"http://127.0.0.1:{port}") as doors:
            session = await doors.sign_in(link, Role.STEWARD, "sign-in")
            await session.send(path, body, "the-command")

    asyncio.run(sent())
