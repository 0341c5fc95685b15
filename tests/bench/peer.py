"""The peer: a bare typed FastAPI handler over APSW with group commit, and nothing else.

It validates the same body into a typed model, commits it durably with whatever else is waiting,
and answers a typed model. `python -m tests.bench.peer FILE PORT` serves it.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Semaphore, Thread
from typing import Annotated, Any

import apsw
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, Field

BATCH = 256
Units = Annotated[int, Field(ge=1, le=500)]


class Place(BaseModel):
    crs: str
    lon: float
    lat: float
    division: str


class Line(BaseModel):
    skill: str
    minimum: Units
    target: Units


class Posted(BaseModel):
    incident: str
    kind: str
    priority: Annotated[int, Field(ge=1, le=4)]
    place: Place
    lines: list[Line]
    risk_statement: str
    rally_point: str
    contact: str | None = None


class Stored(BaseModel):
    id: int


class Log:
    """One writer thread over one file: the least that a durable answer asks for."""

    def __init__(self, path: str, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[tuple[asyncio.Future[int], bytes]] = deque()
        self._wake = Semaphore(0)
        self._file = apsw.Connection(path)
        self._file.pragma("journal_mode", "wal")
        self._file.pragma("synchronous", "full")
        self._file.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, body BLOB)")
        Thread(target=self._run, daemon=True).start()

    async def append(self, body: bytes) -> int:
        stored: asyncio.Future[int] = self._loop.create_future()
        self._waiting.append((stored, body))
        self._wake.release()
        return await stored

    def _run(self) -> None:
        while True:
            self._wake.acquire()
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), BATCH))]
            for _ in batch[1:]:
                self._wake.acquire(blocking=False)
            if batch:
                self._loop.call_soon_threadsafe(self._answer, self._commit(batch))

    def _commit(self, batch: list[Any]) -> list[Any]:
        self._file.execute("BEGIN IMMEDIATE")
        done = []
        for stored, body in batch:
            self._file.execute("INSERT INTO rows (body) VALUES (?)", (body,))
            done.append((stored, self._file.last_insert_rowid()))
        self._file.execute("COMMIT")
        return done

    def _answer(self, done: list[Any]) -> None:
        for stored, number in done:
            if not stored.done():
                stored.set_result(number)


def application(path: str) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.log = Log(path, asyncio.get_running_loop())
        yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/demands", status_code=201)
    async def post(body: Posted) -> Stored:
        return Stored(id=await app.state.log.append(body.model_dump_json().encode()))

    return app


if __name__ == "__main__":
    uvicorn.run(
        application(sys.argv[1]),
        port=int(sys.argv[2]),
        log_level="warning",
        access_log=False,
        loop="uvloop",
        http="httptools",
    )
