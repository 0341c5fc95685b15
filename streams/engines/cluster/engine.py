"""The cluster's engine for an API process: commands to Kafka, turns and rows from Redis."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec
from aiokafka.errors import KafkaError
from redis.exceptions import RedisError

from schemas.commands import OpenLog, Resume, Tick
from schemas.turns import DeadReason, Envelope
from schemas.values import AreaId, Instant, OperationId
from schemas.views import Change
from schemas.wire import decode_dead_letter, decode_turn
from streams.engines import (
    Defect,
    KeyReused,
    Listener,
    Moved,
    NewerSchema,
    NotYet,
    Published,
    Receipt,
    Stopping,
    TickStale,
    Unavailable,
)
from streams.engines.cluster.board import Arrival, Board, Lost, dead_letters
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.mirror import Mirror
from streams.engines.cluster.obstacles import BoardAway
from streams.engines.cluster.posting import Posting
from streams.engines.cluster.replay import Replay
from streams.engines.cluster.single import Misplaced, Single
from streams.engines.cluster.waiting import PATIENCE_S, Flight, Flights, Head, Landed
from streams.engines.folder import Folder
from streams.engines.pressure import Pressure
from streams.engines.writer import EXIT_FAILED
from streams.turning import same_request

ASK_EVERY_S: Final = 1.0  # how often a waiting command is looked up among the used keys
LOOK_UPS_MOST: Final = 32  # at a time; each takes a connection to the board
PAUSE_FIRST_S: Final = 0.1  # between two tries to read a board that cannot be reached
PAUSE_MOST_S: Final = 2.0
LAST_ANSWERS_S: Final = 0.5  # time for the answers to leave before the process ends

_heads: Final = msgspec.json.Decoder(Head)
_changes: Final = msgspec.json.Decoder(tuple[Change, ...])
_logger = logging.getLogger("shouwang.engine")


class Cluster:
    """An Engine over the areas of a cluster. All its methods are for its event loop's thread."""

    def __init__(self, folder: Folder, layout: Layout) -> None:
        self._loop = asyncio.get_running_loop()
        self._folder = folder
        self._layout = layout
        self._board = Board(layout)
        self._posting = Posting(layout)
        self._single = Single(layout)
        self._mirror = Mirror()
        self._flights = Flights()
        self._pressure = Pressure()
        self._looking_up = asyncio.Semaphore(LOOK_UPS_MOST)
        self._listeners: list[Listener] = []
        self._letters = {dead_letters(place) for place in layout.areas.values()}
        self._after: dict[AreaId, int] = {}  # how far each stream has been heard
        self._following: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._left = False
        self._refusing: Unavailable | None = None  # why nothing is taken any more, for good

    @classmethod
    async def open(cls, path: Path) -> Cluster:
        """Take hold of a data folder, read the board and follow it.

        Areas without a log join when they get one. Raises FolderHeld, FolderUnfit, LayoutUnfit
        and BoardAway.
        """
        # It would repeat itself ten times a second while a broker is away; we say it once.
        logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
        layout = Layout.read(path)
        engine = cls(Folder(path), layout)
        try:
            await engine._start()
        except (RedisError, OSError) as problem:
            await engine._let_go()
            raise BoardAway(layout.redis) from problem
        except BaseException:
            await engine._let_go()
            raise
        return engine

    async def _start(self) -> None:
        for area in self._layout.areas:
            position, rows = await self._board.rows(area)
            self._mirror.renew(area, position, rows)
            self._after[area] = position.sequence
        for letters in self._letters:
            self._after[letters] = (await self._board.position(letters)).sequence
        self._following = self._loop.create_task(self._follow())
        self._following.add_done_callback(self._followed)

    # The engine

    async def submit(self, envelope: Envelope) -> Receipt:
        """Have a command decided and its turn made durable. Raises Unavailable or KeyReused.

        Whoever is cancelled leaves a command that is carried to its end. LookupError for an area
        that has no log here, ValueError where a log on given time is not told the time.
        """
        if self._refusing is not None:
            raise type(self._refusing)(*self._refusing.args)
        flight = self._flights.find(envelope)
        if flight is None:
            return await asyncio.shield(self._take_off(envelope).carrying)
        if not same_request(flight.envelope, envelope):
            raise KeyReused
        return replace(await asyncio.shield(flight.carrying), repeated=True)

    def listen(self, listener: Listener) -> None:
        """Have every further durable turn's changes handed over, once per batch, in order."""
        self._listeners.append(listener)

    def changes(self) -> list[Published]:
        """Every row as of what the listeners have heard, as puts, one Published per area."""
        if self._refusing is not None:
            raise type(self._refusing)(*self._refusing.args)
        return self._mirror.everything()

    def read(self, area: AreaId, after: int = 0) -> Iterator[bytes]:
        """The stored bytes of the turns behind a sequence, from a connection of its own."""
        reader = Replay(self._layout)
        try:
            yield from reader.read(area, after)
        finally:
            reader.close()

    def next_due(self, area: AreaId) -> tuple[Instant, OperationId, int] | None:
        """What was due in an area after the last batch that was handed over."""
        return self._mirror.next_due(area)

    async def close(self) -> None:
        """Stop taking commands, answer those taken, let go of everything."""
        if self._closing is None:
            self._refusing = self._refusing or Stopping("the engine is stopping")
            self._closing = self._loop.create_task(self._end())
        await asyncio.shield(self._closing)

    async def _end(self) -> None:
        under_way = [flight.carrying for flight in self._flights]
        await asyncio.gather(*under_way, return_exceptions=True)
        await self._let_go()

    async def _let_go(self) -> None:
        self._left = True  # a cancellation alone may get lost on the way through a client library
        if self._following is not None:
            self._following.cancel()
            await asyncio.wait((self._following,))
        await self._posting.close()
        await self._single.close()
        await self._board.close()
        self._folder.release()

    # One command

    def _take_off(self, envelope: Envelope) -> Flight:
        partition = self._layout.partition(envelope.area)
        if envelope.area not in self._mirror and not isinstance(envelope.command, OpenLog):
            if envelope.area in self._layout.areas:
                raise NotYet(f"the log of area {envelope.area} has not been opened yet")
            raise LookupError(f"area {envelope.area} has no log on this cluster")
        if self._mirror.is_stale(envelope):
            raise TickStale("this tick is not the next one of its operation")
        self._pressure.admit(envelope.command)
        flight = Flight(envelope, partition, self._carried)
        self._flights.take_off(flight)
        return flight

    async def _carried(self, flight: Flight) -> Receipt:
        """A command's answer, from an earlier turn under its key or from one of its own."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                earlier = await self._earlier(flight)
                if earlier is not None:
                    return _receipt(flight.envelope, earlier, repeated=True)
                return await self._asked(flight)
        except TimeoutError:
            raise Unavailable("the answer is not back in time; the key stays valid") from None
        except (KafkaError, RedisError, OSError, Misplaced) as problem:
            raise Unavailable(f"the cluster is not whole: {type(problem).__name__}") from problem
        finally:
            self._pressure.served()
            self._flights.land(flight)

    async def _earlier(self, flight: Flight) -> Landed | None:
        """The turn that a key has led to, once the listeners have heard of it too."""
        envelope = flight.envelope
        if isinstance(envelope.command, Tick | Resume):
            return None  # its number takes the place of a key
        async with self._looking_up:
            found = await self._board.first(envelope.area, envelope.command_id)
        if found is None:
            return None
        sequence, offset = found
        while flight.landed is None and self._mirror.sequence(envelope.area) < sequence:
            await flight.stirred(ASK_EVERY_S)
        return flight.landed or await self._single.turn(flight.partition, offset)

    async def _asked(self, flight: Flight) -> Receipt:
        """Put a command on its way and wait for its turn.

        Its turn is known by the command's id, and is another's if it names another record of
        that id than our own. Where our acknowledgment fails after the turn is back, the turn is
        the answer.
        """
        posting = self._loop.create_task(self._posting.post(flight.envelope))
        posting.add_done_callback(lambda done: self._posted(flight, done))
        try:
            landed = flight.landed
            while landed is None:
                landed = await self._waited(flight, posting)
            await asyncio.wait((posting,), timeout=ASK_EVERY_S)
        finally:
            posting.cancel()
        repeated = flight.ack is not None and landed.command != flight.ack
        return _receipt(flight.envelope, landed, repeated)

    def _posted(self, flight: Flight, posting: asyncio.Task[int]) -> None:
        if posting.cancelled():
            return
        if posting.exception() is None:
            self._flights.acknowledged(flight, posting.result())
        else:
            flight.stir()

    async def _waited(self, flight: Flight, posting: asyncio.Task[int]) -> Landed | None:
        """What has come of waiting for a moment; raises where no turn will come any more."""
        was_overtaken = flight.overtaken
        await flight.stirred(ASK_EVERY_S)
        if flight.landed is not None:
            return flight.landed
        if flight.letter is not None:
            raise _set_aside(flight.letter)
        if posting.done():
            posting.result()
        with suppress(RedisError, OSError):  # it may be back before our patience ends
            if (earlier := await self._earlier(flight)) is not None:
                return earlier
        if was_overtaken:  # one round ago, which is long enough for a dead letter to arrive
            is_tick = isinstance(flight.envelope.command, Tick | Resume)
            raise (TickStale if is_tick else Unavailable)("this command has led to no turn")
        return None

    # What is heard

    async def _follow(self) -> None:
        """Hear of every turn until this engine is let go, whatever happens to the connection."""
        pause = PAUSE_FIRST_S
        while not self._left:
            try:
                await self._hear()
            except (RedisError, OSError) as away:
                if pause == PAUSE_FIRST_S:
                    _logger.error("the board cannot be reached: %s", type(away).__name__)
                await asyncio.sleep(pause)
                pause = min(2 * pause, PAUSE_MOST_S)
            else:
                pause = PAUSE_FIRST_S

    async def _hear(self) -> None:
        try:
            arrived = await self._board.arrivals(self._after)
        except Lost as lost:
            await self._renew(lost.area)
        else:
            self._take(arrived)

    async def _renew(self, area: AreaId) -> None:
        """Read a page instead of turns that are no longer in the stream."""
        position, rows = await self._board.rows(area)
        self._after[area] = max(self._after[area], position.sequence)
        if area in self._letters:
            return
        if (published := self._mirror.renew(area, position, rows)) is not None:
            self._publish([published])
        for flight in self._flights:
            flight.stir()  # its turn may be among those that were not heard one by one

    def _take(self, arrived: Mapping[AreaId, list[Arrival]]) -> None:
        """Note everything, tell the listeners, and only then wake those who wait for answers."""
        published: list[Published] = []
        for area, arrivals in arrived.items():
            self._after[area] = arrivals[-1].sequence
            for arrival in arrivals:
                if area in self._letters:
                    self._flights.hear_letter(decode_dead_letter(arrival.stored))
                else:
                    published.append(self._heard(area, arrival))
        if published:
            self._publish(published)
        self._flights.wake()

    def _heard(self, area: AreaId, arrival: Arrival) -> Published:
        head = _heads.decode(arrival.stored)
        changes = _changes.decode(arrival.changes)
        published = Published(area, arrival.sequence, head.at, changes)
        self._mirror.lay(published)
        self._flights.hear_turn(area, head, arrival)
        return published

    def _publish(self, published: list[Published]) -> None:
        try:
            for listener in self._listeners:
                listener(published)
        except Exception:  # a board that missed a turn would be wrong from here on
            _logger.critical("a listener has failed; this process ends", exc_info=True)
            self._give_up()

    def _followed(self, following: asyncio.Task[None]) -> None:
        if following.cancelled() or self._left:
            return
        _logger.critical(
            "the board cannot be read; this process ends", exc_info=following.exception()
        )
        self._give_up()

    def _give_up(self) -> None:
        """Take nothing more, and end the process once the answers are out."""
        self._refusing = Unavailable("this process is ending")
        self._loop.call_later(LAST_ANSWERS_S, os._exit, EXIT_FAILED)


def _receipt(envelope: Envelope, landed: Landed, repeated: bool) -> Receipt:
    turn = decode_turn(landed.stored)
    if turn.command_id != envelope.command_id:
        raise Misplaced("the board names another command's turn")
    if not same_request(turn, envelope):
        raise KeyReused
    return Receipt(turn, repeated)


def _set_aside(reason: DeadReason) -> Exception:
    """What a dead letter says to whoever sent the command; its key is not bound."""
    match reason:
        case DeadReason.DEFECT:
            return Defect("a rule failed on this command")
        case DeadReason.NEWER_SCHEMA:
            return NewerSchema("the deciders are older than this program")
        case DeadReason.MOVED:
            return Moved("the log has been moved away")
        case DeadReason.TIME_MISSING:
            return ValueError("a log on given time is told the time with each command")
        case _:
            return Unavailable(f"this command was set aside: {reason}")
