"""The embedded engine: the log in one SQLite file, decided by a writer thread of this process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final, assert_never

from schemas.turns import Envelope
from schemas.values import AreaId
from streams.area import Area
from streams.engines import (
    Listener,
    Published,
    Receipt,
    Stopping,
    StorageFull,
    Unavailable,
)
from streams.engines.alive import ALIVE, Alive, refuse_doubtful
from streams.engines.clock import Clock
from streams.engines.folder import Folder, FolderUnfit
from streams.engines.handover import (
    Asked,
    Batch,
    Delivery,
    Due,
    Ended,
    Failed,
    Rows,
    Stop,
    Waiter,
    WantRows,
)
from streams.engines.log_file import LogFile, Reader
from streams.engines.pressure import Pressure
from streams.engines.writer import EXIT_FAILED, Writer, is_live
from streams.turning import due

LAST_ANSWERS_S: Final = 0.5  # time for the answers to leave before the process ends

_logger = logging.getLogger("shouwang.engine")


class Embedded:
    """An Engine over a data folder. All its methods are for the thread of its event loop."""

    def __init__(
        self, folder: Folder, log: LogFile, clock: Clock, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._loop = loop
        self._folder = folder
        self._deliveries: SimpleQueue[Delivery] = SimpleQueue()
        self._alive = Alive(folder.path / ALIVE, clock)
        self._writer = Writer(folder, log, clock, self._alive, self._deliver)
        self._listeners: list[Listener] = []
        self._due: dict[AreaId, Due | None] = {}
        self._given: list[AreaId] = []
        self._full = False
        self._pressure = Pressure()
        self._refusing: Unavailable | None = None  # why nothing is taken any more, for good
        self._ended = asyncio.Event()

    @classmethod
    def open(
        cls,
        path: Path,
        loop: asyncio.AbstractEventLoop | None = None,
        *,
        accept_clock: bool = False,
        clock: Clock | None = None,
    ) -> Embedded:
        """Take hold of a data folder, fold its logs and start writing; blocks until it is ready.

        `loop` is the running one if none is named. Raises FolderHeld, FolderUnfit, NotOurLog,
        and ClockDoubtful unless a person accepts the clock.
        """
        loop = asyncio.get_running_loop() if loop is None else loop
        clock = Clock() if clock is None else clock
        folder = Folder(path)
        try:
            if not folder.log.is_file():
                raise FolderUnfit(f"{folder.log} is missing; no log has been made here")
            log = LogFile(folder.log)
            try:
                engine = cls(folder, log, clock, loop)
                engine._start(clock, accept_clock)
            except BaseException:
                log.close()
                raise
        except BaseException:
            folder.release()
            raise
        return engine

    def _start(self, clock: Clock, accept_clock: bool) -> None:
        areas = self._writer.fold()
        for area in areas.values():
            _refuse_moved(area)
            self._due[area.id] = due(area)
            if not is_live(area):
                self._given.append(area.id)
                continue
            if not accept_clock:
                refuse_doubtful(area.id, area.at, clock, self._alive)
            clock.go_on_from(area.at)
        self._writer.start()

    async def submit(self, envelope: Envelope) -> Receipt:
        """Decide a command and make its turn durable. Raises Unavailable or KeyReused.

        Overloaded, which is one, where it would wait too long: nothing of it is taken then.
        LookupError for an area that is not in the folder, ValueError where a log on given time
        is not told the time.
        """
        if self._refusing is not None:
            raise type(self._refusing)(*self._refusing.args)
        if self._full:
            raise StorageFull("the disk is full")
        if envelope.area not in self._due:
            raise LookupError(f"area {envelope.area} is not in this folder")
        if envelope.at is None and envelope.area in self._given:
            raise ValueError("a log on given time is told the time with each command")
        self._pressure.admit(envelope.command)
        waiter: Waiter = self._loop.create_future()
        self._writer.inbox.put(Asked(waiter, envelope))
        return await waiter

    def listen(self, listener: Listener) -> None:
        """Have every further durable turn's changes handed over, once per batch, in order."""
        self._listeners.append(listener)

    def changes(self) -> list[Published]:
        """Every row of the present state as puts, one Published per area.

        The writer makes them between two batches. Whatever was handed over before reaches the
        listeners first, so what they have then heard and these rows are the same moment.
        """
        self._writer.inbox.put(WantRows())
        while self._refusing is None:
            delivery = self._deliveries.get()
            if isinstance(delivery, Rows):
                return delivery.published
            self._accept(delivery)
        raise type(self._refusing)(*self._refusing.args)

    def read(self, area: AreaId, after: int = 0) -> Iterator[bytes]:
        """The stored bytes of the turns behind a sequence, from a connection of its own."""
        reader = Reader(self._folder.log)
        try:
            yield from reader.read(area, after)
        finally:
            reader.close()

    def next_due(self, area: AreaId) -> Due | None:
        """What was due in an area after the last batch that was handed over."""
        return self._due[area]

    async def close(self) -> None:
        """Stop taking commands, answer those taken, let go of the log and the folder."""
        if self._refusing is None:
            self._refusing = Stopping("the engine is stopping")
            self._writer.inbox.put(Stop())
        await self._ended.wait()

    # From the writer

    def _deliver(self, delivery: Delivery) -> None:
        """Called by the writer thread. A loop that has been closed leaves nobody to be told."""
        self._deliveries.put(delivery)
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._accept_all)

    def _accept_all(self) -> None:
        with contextlib.suppress(Empty):
            while True:
                self._accept(self._deliveries.get_nowait())

    def _accept(self, delivery: Delivery) -> None:
        match delivery:
            case Batch():
                self._publish(delivery)
            case Failed():
                self._fail(delivery.waiters)
            case Ended():
                self._end()
            case Rows():  # only `changes` asks for rows, and it takes them itself
                raise AssertionError("nobody waits for these rows")
            case _:
                assert_never(delivery)

    def _publish(self, batch: Batch) -> None:
        self._due.update(batch.due)
        if batch.full is not None:
            self._full = batch.full
        try:
            if batch.published:
                for listener in self._listeners:
                    listener(batch.published)
        except Exception:  # a board that missed a turn would be wrong from here on
            _logger.critical("a listener has failed; this process ends", exc_info=True)
            self._give_up()
        self._pressure.served(len(batch.answers))
        for waiter, answer in batch.answers:
            _answer(waiter, answer)

    def _fail(self, waiters: list[Waiter]) -> None:
        """Whether their commands are in the log is open: the same keys will tell, later."""
        with contextlib.suppress(Empty):
            while True:
                item = self._writer.inbox.get_nowait()
                if isinstance(item, Asked):
                    waiters.append(item.waiter)
        for waiter in waiters:
            _answer(waiter, Unavailable("the log cannot be written"))
        self._give_up()
        self._ended.set()

    def _give_up(self) -> None:
        """Take nothing more, and end the process once the answers are out."""
        self._refusing = Unavailable("this process is ending")
        self._loop.call_later(LAST_ANSWERS_S, os._exit, EXIT_FAILED)

    def _end(self) -> None:
        self._writer.join()
        self._folder.release()
        self._ended.set()


def _refuse_moved(area: Area) -> None:
    if area.moved is not None:
        day = datetime.fromtimestamp(area.at / 1000, UTC).date()
        raise FolderUnfit(
            f"the log of area {area.id} was moved to {area.moved} on {day}; it goes on there"
        )


def _answer(waiter: Waiter, answer: Receipt | Exception) -> None:
    if waiter.done():
        return  # whoever asked has gone away meanwhile; the turn stands
    if isinstance(answer, Exception):
        waiter.set_exception(answer)
    else:
        waiter.set_result(answer)
