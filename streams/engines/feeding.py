"""Playing a command file into a data folder, through whichever engine the folder is for."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from schemas.commands import OpenLog
from schemas.turns import Envelope, Turn
from schemas.values import AreaId
from schemas.wire import decode_turn
from streams.checkpoint import state_hash
from streams.engines import Defect, Engine, KeyReused, LogReader, Moved, TickStale, Unavailable
from streams.engines.clock import Clock
from streams.engines.cluster.layout import Layout, is_cluster
from streams.engines.command_file import read
from streams.engines.embedded import Embedded
from streams.engines.folder import Divisions, Folder, FolderUnfit, first_turn, opening
from streams.engines.folding import fold_log
from streams.engines.log_file import LogFile, Row
from streams.engines.logs import open_reader
from streams.turning import same_request

NO_TURN: Final = (KeyReused, TickStale, Moved)  # answers like any other: they are in the file

Tell = Callable[[int], None]
"""Told how many lines are done."""


class Foreign(Exception):
    """The folder's log of an area holds turns that the file does not lead to."""

    def __init__(self, area: AreaId) -> None:
        super().__init__(f"the log of area {area} is not of this file")
        self.area = area


class Broken(Exception):
    """A command was not carried out; what comes behind it in the file has not been sent."""

    def __init__(self, number: int, problem: Exception) -> None:
        super().__init__(f"line {number} was not carried out: {problem}")
        self.number = number
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Played:
    """What an area's commands have come to. Equal on every engine that was given the file."""

    area: AreaId
    commands: int
    turns: int
    refusals: int
    state_hash: str
    last: str  # SHA-256 of the last turn's bytes

    @property
    def repeats(self) -> int:
        """Commands without a turn of their own: used keys, ticks out of their order."""
        return self.commands - self.turns


@dataclass(frozen=True, slots=True)
class Outcome:
    """A file played to its end; `defects` of them are commands on which a rule failed."""

    played: tuple[Played, ...]
    defects: int


def play(folder: Path, file: Path, divisions: Path, in_flight: int, tell: Tell) -> Outcome:
    """Play a file to its end, going on where an earlier run of it was broken off.

    The folder gets the logs that the file opens, and the divisions that they name. Raises
    BadLine before anything is sent; Broken; Foreign; FolderHeld, FolderUnfit. Of a cluster also
    what `open_reader` raises. Not for the thread of an event loop.
    """
    _prepare(folder, file, divisions)
    commands, defects = asyncio.run(_fed(folder, file, in_flight, tell))
    with closing(open_reader(folder)) as log:
        trees = Divisions(folder)
        played = tuple(_played(trees, log, area, commands[area]) for area in sorted(commands))
    return Outcome(played, defects)


# Before the first command


def _prepare(folder: Path, file: Path, divisions: Path) -> None:
    """Look at every line, keep what divisions they need, and open the logs of a log file."""
    table = Layout.read(folder).areas if is_cluster(folder) else None
    openings: dict[AreaId, Envelope] = {}
    for _, envelope in read(file, table):
        openings.setdefault(envelope.area, envelope)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for envelope in openings.values():
        _keep(folder, envelope, divisions)
    if table is None:
        _open_logs(folder, openings)


def _keep(folder: Path, envelope: Envelope, divisions: Path) -> None:
    """Have the divisions in the folder that a log is opened with. FolderUnfit names others."""
    assert isinstance(envelope.command, OpenLog)
    kept = Divisions(folder)
    try:
        kept.tree(envelope.command.divisions)
    except FolderUnfit:
        kept.keep(divisions)
        kept.tree(envelope.command.divisions)


def _open_logs(path: Path, openings: dict[AreaId, Envelope]) -> None:
    folder = Folder(path)
    try:
        with closing(LogFile(folder.log, create=True)) as log:
            there = log.areas()
            for area in there:
                _refuse_mixture(log, area, next(iter(openings.values())))
            log.append(
                [
                    Row(area, 1, first_turn(envelope, folder.divisions, Clock().now()).stored)
                    for area, envelope in openings.items()
                    if area not in there
                ]
            )
    finally:
        folder.release()


def _refuse_mixture(log: LogFile, area: AreaId, envelope: Envelope) -> None:
    assert isinstance(envelope.command, OpenLog)
    found = opening(decode_turn(log.stored(area, 1)))
    if found.purpose is not envelope.command.purpose:
        raise FolderUnfit(f"this folder's purpose is {found.purpose}")


# Command by command


async def _fed(folder: Path, file: Path, in_flight: int, tell: Tell) -> tuple[Counter[AreaId], int]:
    """How many commands of each area are in the file, and on how many of them a rule failed."""
    engine, width = await _opened(folder, in_flight)
    try:
        sender = _Sender(engine, in_flight, width)
        tracks: dict[AreaId, _Track] = {}
        commands: Counter[AreaId] = Counter()
        try:
            for number, envelope in read(file):
                area = envelope.area
                commands[area] += 1
                if area not in tracks:
                    tracks[area] = _Track(area, engine.read(area))
                if not tracks[area].has(envelope):
                    await sender.send(number, envelope)
                tell(number)
        finally:
            await sender.finish()
        for track in tracks.values():
            track.refuse_more()
        return commands, sender.defects
    finally:
        await engine.close()


async def _opened(folder: Path, in_flight: int) -> tuple[Engine, int]:
    """The folder's engine, and how many commands of one area it may be given at once.

    Embedded takes them in the order in which they are handed over. Before a cluster's engine
    posts a command it looks for its key, and of two commands either may be the first to be done.
    """
    if not is_cluster(folder):
        return Embedded.open(folder), in_flight
    # Who has no cluster has no package of Kafka's either.
    from streams.engines.cluster.engine import Cluster

    return await Cluster.open(folder), 1


class _Track:
    """How far an area's log holds what is in the file already, from a run that was broken off."""

    def __init__(self, area: AreaId, stored: Iterator[bytes]) -> None:
        self._area = area
        self._turns = map(decode_turn, stored)
        self._next: Turn | None = next(self._turns, None)

    def has(self, envelope: Envelope) -> bool:
        """Whether the next command in the file was decided in an earlier run. Raises Foreign.

        One that is not the next turn's led to none then, as long as further turns follow.
        """
        turn = self._next
        if turn is None:
            return False
        if (turn.actor, turn.command_id) == (envelope.actor, envelope.command_id):
            if turn.command != envelope.command or not same_request(turn, envelope):
                raise Foreign(self._area)
            self._next = next(self._turns, None)
        return True

    def refuse_more(self) -> None:
        """Foreign where the log holds turns beyond those of the file."""
        if self._next is not None:
            raise Foreign(self._area)


class _Sender:
    """Hands commands to an engine in their order, so many at once as there is room for."""

    def __init__(self, engine: Engine, in_flight: int, width: int) -> None:
        self.defects = 0
        self._engine = engine
        self._room = asyncio.Semaphore(in_flight)
        self._width = width
        self._lanes: dict[AreaId, asyncio.Semaphore] = {}
        self._under_way: set[asyncio.Task[None]] = set()
        self._broken: Broken | None = None

    async def send(self, number: int, envelope: Envelope) -> None:
        """Hand over the next command once there is room. Broken where an earlier one failed."""
        lane = self._lanes.setdefault(envelope.area, asyncio.Semaphore(self._width))
        await self._room.acquire()
        await lane.acquire()
        if self._broken is not None:
            raise self._broken
        sending = asyncio.create_task(self._answered(number, envelope, lane))
        self._under_way.add(sending)
        sending.add_done_callback(self._under_way.discard)

    async def finish(self) -> None:
        """Wait for the answers to all that was sent. Broken where one of them is none."""
        await asyncio.gather(*self._under_way)
        if self._broken is not None:
            raise self._broken

    async def _answered(self, number: int, envelope: Envelope, lane: asyncio.Semaphore) -> None:
        try:
            await self._engine.submit(envelope)
        except NO_TURN:
            pass
        except Defect:
            self.defects += 1
        except (Unavailable, LookupError, ValueError) as problem:
            self._broken = self._broken or Broken(number, problem)
        finally:
            lane.release()
            self._room.release()


# Behind the last command


def _played(divisions: Divisions, log: LogReader, name: AreaId, commands: int) -> Played:
    area = fold_log(divisions, log, name)
    refusals = sum(decode_turn(stored).refusal is not None for stored in log.read(name))
    return Played(name, commands, area.sequence, refusals, state_hash(area), area.previous)
