"""Serving a data folder: what is opened, in which order, and how everything ends."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from api.app import create_app
from api.conductor import Conductor
from api.context import Context
from api.history import HISTORY, Apart, History
from api.keeping import sign_daily
from api.listening import BACKLOG, Manner, Papers, Server, most_connections
from api.live import Feed
from api.people import open_addresses, open_passwords, open_people, open_persons
from api.planner import carry
from api.processes import keep_running
from api.reach import attend, open_answers, open_notices, open_setups
from api.safe import SECURITY, SecurityRecord, Vault, master_key, streams_most
from api.settings import THIS_MACHINE, Settings, listed
from geo.divisions import DivisionTree
from geo.regions import Regions
from schemas.registry_facts import LogOpened
from schemas.values import AreaId, TimeSource
from schemas.wire import decode_turn
from streams.engines import Engine
from streams.engines.cluster.layout import is_cluster
from streams.engines.embedded import Embedded
from streams.engines.folder import DIVISIONS, LOG, POLYGONS, FolderUnfit, opening
from streams.engines.logs import open_reader

PORTS_TRIED = 50
SWITCH_S = 0.005  # shorter costs a tenth of the turns; nothing here computes for long
COLLECT = (50_000, 20, 1_000)  # what lives long makes no cycles, so it is hardly looked at
T = TypeVar("T")

_logger = logging.getLogger("shouwang.server")


def opened_as(folder: Path, area: AreaId) -> LogOpened:
    """What an area's log says of itself. FolderUnfit where there is none; else as `open_reader`."""
    reader = open_reader(folder)
    try:
        return opening(decode_turn(reader.stored(area, 1)))
    except LookupError:
        there = ", ".join(reader.areas()) or "none"
        raise FolderUnfit(f"area {area} is not in this folder; there is {there}") from None
    finally:
        reader.close()


def areas_of(folder: Path) -> list[AreaId]:
    """The areas in a folder's log, none where there is no log; else raises as `open_reader`."""
    if not is_cluster(folder) and not (folder / LOG).is_file():
        return []
    reader = open_reader(folder)
    try:
        return reader.areas()
    finally:
        reader.close()


def tree_of(folder: Path, opened: LogOpened) -> DivisionTree:
    """The divisions that a log was written with."""
    return DivisionTree.load(folder / DIVISIONS / f"{opened.divisions}.json")


def regions_of(folder: Path, opened: LogOpened) -> Regions | None:
    """The polygons of a log's divisions, where the folder has them."""
    return Regions.kept(folder / DIVISIONS / f"{opened.divisions}{POLYGONS}")


@asynccontextmanager
async def opened(settings: Settings, accept_clock: bool = False) -> AsyncIterator[Context]:
    """Everything that the doors stand on, on a folder that this process holds.

    Raises FolderHeld, FolderUnfit, NotOurLog, ClockDoubtful, and of a cluster what keeps a
    program from it.
    """
    told = opened_as(settings.data, settings.area)
    settings = replace(settings, purpose=told.purpose)
    async with contextlib.AsyncExitStack() as closing:
        engine = await engine_of(settings.data, accept_clock)
        closing.push_async_callback(engine.close)
        tree = tree_of(settings.data, told)
        feed = Feed(tree, settings.area)
        feed.apply(engine.changes())
        if not feed.sequence:
            raise FolderUnfit(f"the board has nothing of area {settings.area} yet: no projector?")
        engine.listen(feed.apply)
        history = history_of(settings, engine, feed)
        closing.callback(history.close)
        closing.push_async_callback(engine.close)  # first: history takes its last turns
        people, persons = open_people(settings), open_persons(settings)
        vault = Vault(settings.data / "keys.db", master_key(settings))
        addresses = open_addresses(settings, vault)
        passwords = open_passwords(settings, vault)
        answers, notices = open_answers(settings, vault), open_notices(settings)
        setups = open_setups(settings, vault)
        record = SecurityRecord(settings.data / SECURITY)
        kept = (people, persons, addresses, passwords, vault, answers, notices, setups, record)
        for store in kept:
            closing.callback(store.close)
        regions = regions_of(settings.data, told)
        context = Context(engine, feed, *kept, history, settings, tree, regions=regions)
        closing.callback(context.telling.close)
        closing.callback(context.hashing.close)
        if told.time_source is TimeSource.GIVEN:
            context.conductor = Conductor(engine, settings.area, settings, feed.at)
        yield context


def history_of(settings: Settings, engine: Engine, feed: Feed) -> History:
    """The history of the area's log, following from now on; for the thread of the event loop."""
    history = History(
        settings.data / HISTORY,
        settings.area,
        asyncio.get_running_loop(),
        stored=lambda sequence: next(iter(engine.read(settings.area, sequence - 1)), None),
        whole=feed.whole,
        apart=Apart(settings.data),
    )
    engine.listen(history.follow)
    history.start()
    return history


async def engine_of(folder: Path, accept_clock: bool = False) -> Engine:
    """The engine that the folder is for."""
    if not is_cluster(folder):
        return Embedded.open(folder, accept_clock=accept_clock)
    # Who has no cluster has no package of Kafka's either.
    from streams.engines.cluster.engine import Cluster

    return await Cluster.open(folder)


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens on the port, or on the next free one. OSError where none is."""
    for offset in range(PORTS_TRIED if port else 1):
        try:
            return _bound(host, port + offset)
        except OSError:
            if offset == PORTS_TRIED - 1 or not port:
                raise
    raise OSError(f"no port is free from {port} to {port + PORTS_TRIED - 1}")


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


async def serve(
    context: Context,
    listener: socket.socket,
    work: Awaitable[T],
    papers: Papers | None = None,
) -> T | None:
    """Serve until the work is done or the server ends by itself; gives the work's outcome.

    `papers`: what is shown to whoever comes by https, which is then the only way to come.
    """
    manner = manner_of(context.settings, papers)
    context.streams_most = streams_most(manner.most)
    server = Server(create_app(context), manner, context.feed.close)
    sys.setswitchinterval(SWITCH_S)
    gc.set_threshold(*COLLECT)
    gc.collect()
    gc.freeze()  # what is there at the start stays; no collection looks at it again
    serving = asyncio.ensure_future(server.serve(sockets=[listener]))
    working = asyncio.ensure_future(work)
    beside = [
        asyncio.ensure_future(each)
        for each in (*reaching(context), *planning(context), signing(context))
    ]
    try:
        await asyncio.wait((serving, working), return_when=asyncio.FIRST_COMPLETED)
    finally:
        server.should_exit = True
        if not working.done():
            working.cancel()
        context.reviews.close()
        for each in beside:
            each.cancel()
        await asyncio.gather(serving, *beside, return_exceptions=True)
    with contextlib.suppress(asyncio.CancelledError):
        return await working
    return None


def manner_of(settings: Settings, papers: Papers | None = None) -> Manner:
    """Whom a server lets in and believes. Behind a named proxy elsewhere, that one alone."""
    named = listed(settings.proxy)
    only = frozenset({*named, *THIS_MACHINE}) if named and not settings.plain else frozenset()
    return Manner(most_connections(), papers, settings.proxies, only)


def reaching(context: Context) -> Iterator[Coroutine[Any, Any, None]]:
    """What reaches people in a live log; an exercise's conductor says who was reached."""
    if context.conductor is None:
        yield context.telling.run()
        if context.settings.messages:
            yield attend(context.settings, context.divisions.sha256)


def planning(context: Context) -> Iterator[Coroutine[Any, Any, None]]:
    """What puts a planner's proposals to the rules, whoever has made them; and a planner, where
    one is wanted. A cluster's log is read by none yet."""
    conductor, settings = context.conductor, context.settings
    now = (lambda: None) if conductor is None else conductor.now
    yield carry(settings, context.engine, now)
    if settings.planner and not is_cluster(settings.data):
        told = (str(settings.data), settings.area, settings.operation, str(os.getpid()))
        yield keep_running("api.planner", *told, name="planner")


def signing(context: Context) -> Coroutine[Any, Any, None]:
    """What signs the day's head, for another body to keep."""
    area = context.settings.area

    def end() -> tuple[int, bytes]:
        sequence = context.feed.sequence
        return sequence, next(iter(context.engine.read(area, sequence - 1)))

    return sign_daily(context.settings, end)


class Stop:
    """Ctrl-C or SIGTERM: the first asks for an orderly end, the second ends at once."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()

    def __enter__(self) -> Stop:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    def _ask(self) -> None:
        if self._asked.is_set():
            raise KeyboardInterrupt
        self._asked.set()

    async def wait(self) -> None:
        await self._asked.wait()


def run(main: Callable[[], Awaitable[T]]) -> T:
    """Run a coroutine on the quickest event loop that there is here."""

    async def whole() -> T:
        return await main()

    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(whole())


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # there is none for Windows
        return None
    return uvloop.new_event_loop
