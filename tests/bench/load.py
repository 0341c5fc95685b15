"""Load: HTTP clients as thin as can be, so that the two cores are the server's.

Each client is one keep-alive connection that speaks just enough HTTP/1.1.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import msgspec
import uvloop

Script = Callable[["Client", int], Awaitable[int]]


class Client:
    """One connection, one request at a time; every post has a key of its own."""

    def __init__(self, number: int, cookie: str = "", prefix: str = "/api/v1") -> None:
        self._number, self._prefix = number, prefix
        self._cookie = f"Cookie: {cookie}\r\n" if cookie else ""
        self._count = 0

    async def open(self, port: int) -> Client:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", port)
        return self

    async def post(
        self, path: str, body: Any, revision: int | None = None, key: str = ""
    ) -> tuple[int, Any]:
        """Status and decoded body of one POST; without a key, under one of its own."""
        self._count += 1
        key = key or f"{self._number}-{self._count}-{time.time_ns()}"
        content = msgspec.json.encode(body)
        edit = "" if revision is None else f'If-Match: "{revision}"\r\n'
        head = (
            f"POST {self._prefix}{path} HTTP/1.1\r\nHost: localhost\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
            f"Idempotency-Key: {key}\r\n"
            f"{self._cookie}{edit}\r\n"
        )
        self._writer.write(head.encode() + content)
        return await self._answer()

    async def _answer(self) -> tuple[int, Any]:
        head = await self._reader.readuntil(b"\r\n\r\n")
        at = head.lower().index(b"content-length:") + 15
        length = int(head[at : head.index(b"\r\n", at)])
        content = await self._reader.readexactly(length)
        return int(head[9:12]), msgspec.json.decode(content)

    async def close(self) -> None:
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()


def closed_loop(
    port: int, clients: int, seconds: float, script: Script, **settings: Any
) -> tuple[float, list[float]]:
    """Turns per second and each script's seconds, with so many clients that never pause."""

    async def run() -> tuple[float, list[float]]:
        opened = [await Client(n, **settings).open(port) for n in range(clients)]
        until = time.perf_counter() + seconds
        spent: list[float] = []
        done = sum(await asyncio.gather(*(_repeat(one, script, until, spent) for one in opened)))
        for one in opened:
            await one.close()
        return done / seconds, spent

    return uvloop.run(run())


async def _repeat(client: Client, script: Script, until: float, spent: list[float]) -> int:
    done = number = 0
    while (started := time.perf_counter()) < until:
        done += await script(client, number)
        number += 1
        spent.append(time.perf_counter() - started)
    return done


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of all lies; nan for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")
