"""One partition of the commands in a decider's hands, from its assignment to its revocation."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Final, TypeVar

from schemas.commands import Resume, Tick
from schemas.values import AreaId, Instant, OperationId, TimeSource
from streams.area import Area
from streams.engines.cluster import checkpoints
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.outbox import Outbox
from streams.engines.cluster.partition import (
    Applied,
    Decided,
    Hole,
    Partition,
    Repeated,
    SetAside,
    Trees,
)
from streams.engines.cluster.records import CommandRecord, Received, command_record, turn_record
from streams.engines.cluster.rivals import Name, Rivals, named
from streams.engines.cluster.tail import CHUNK, Tail
from streams.engines.defects import Defects
from streams.engines.ticks import Ticker, silent_since

PROGRESS_EVERY_S: Final = 5.0
MOMENT_S: Final = 0.1  # what has been decided by then is written before the next is decided
AHEAD, AHEAD_S = 1_000, 1.0  # organizations looked at in one go, seconds until it is asked anew
UNDECIDED: Final = 10_000  # ms: a command that is older when it is decided is a rare one
FINISH_S: Final = 5.0  # a rebalance waits for us; whoever is next copes with what comes later

_logger = logging.getLogger("shouwang.decider")

Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(slots=True)
class Counts:
    """What became of the commands taken in since this process began."""

    taken: int = 0
    applied: int = 0
    repeated: int = 0
    set_aside: int = 0

    def __str__(self) -> str:
        return (
            f"{self.taken} commands taken in = {self.applied} applied"
            f" + {self.repeated} repeated + {self.set_aside} set aside"
        )

    def add(self, decided: Decided) -> None:
        self.applied += isinstance(decided, Applied)
        self.repeated += isinstance(decided, Repeated)
        self.set_aside += isinstance(decided, SetAside)


@dataclass(frozen=True, slots=True)
class Tools:
    """What the owners of one process share."""

    layout: Layout
    trees: Trees
    outbox: Outbox
    defects: Defects
    thread: Executor  # of one thread: folding and deciding would keep heartbeats waiting


class Owner:
    """Folds a partition's state, decides what nobody has decided, then decides what comes.

    The state is kept while the partition is somewhere else, and only what has been written
    meanwhile is folded afterwards. Any exception leaves the state unknown: the process has to end.
    """

    def __init__(self, partition: int, tools: Tools) -> None:
        self.partition = partition
        self.counts = Counts()
        self.begun = 0  # the offset that it was folded from
        areas = tools.layout.areas_on(partition)
        self._place = Partition(partition, areas, tools.trees)
        self._rivals = Rivals(self._place)
        self._ticker = Ticker()
        self._tools = tools
        self._deciding = asyncio.Lock()
        self._term = 0  # rises with each assignment and each revocation
        self._admits = False
        self._ahead_at = 0.0

    # Coming and going

    def assign(self) -> int:
        """The partition is ours from now on; gives the term, for `take_over`."""
        self._term += 1
        return self._term

    async def let_go(self) -> None:
        """The partition is no longer ours. What is being decided may be carried to its end."""
        self._term += 1
        self._admits = False
        with suppress(TimeoutError):
            async with asyncio.timeout(FINISH_S), self._deciding:
                pass

    async def take_over(self, term: int, tail: Tail) -> None:
        """Fold the turns, then decide every command after the last decided one from the log.

        The group's offset is never asked. Ends early where the term does. Raises Hole,
        NotReadable, NotInTable, FolderUnfit, Unlike, KafkaError.
        """
        begun = monotonic()
        async with self._deciding:
            if term != self._term:
                return
            self._ticker.forget()  # what others have done meanwhile is folded
            await self._begin(tail)
            try:
                folded = await self._fold(tail, term)
            except Hole:
                if self.begun:  # what it began with may be at fault: not the next time
                    await checkpoints.remove(self._tools.layout, self.partition)
                raise
            caught_up = await self._catch_up(tail, term)
            if term != self._term:
                return
            self._expect(self._place.areas)
            await self._send_ticks()
        took = monotonic() - begun
        line = "partition %d is ready: %d turns folded, %d commands caught up, %.2f s"
        _logger.info(line, self.partition, folded, caught_up, took)

    async def _begin(self, tail: Tail) -> None:
        """Who has nothing yet begins with the checkpoint, where it fits."""
        if self._place.next_turn:
            return
        kept = await checkpoints.load(self._tools.layout, self.partition, self._tools.trees, tail)
        if kept is not None:
            self._place, self._rivals = kept, Rivals(kept)
            self.begun = kept.next_turn

    @property
    def reached(self) -> int:
        """The offset behind everything that is folded or written."""
        return self._place.next_turn

    async def _fold(self, tail: Tail, term: int) -> int:
        """Lay what the turns hold and the state does not over it; gives the number of records."""
        start = self._place.next_turn
        progress = _Progress(self.partition, "turns folded")
        with _uncollected():
            async for records in tail.read(self._tools.layout.turns, self.partition, start):
                if term != self._term:
                    break
                await self._in_thread(self._lay, records)
                progress.tell(self._place.next_turn - start)
        self._rivals.forget()
        return self._place.next_turn - start

    async def _catch_up(self, tail: Tail, term: int) -> int:
        """Decide what stands in the log; gives the number of commands.

        Records that are delivered meanwhile are passed over, for they stand in the log too. Once
        a round is short they wait, and the round after it leaves none between.
        """
        start = self._place.decided
        while await self._round(tail, term) >= CHUNK:
            pass
        if term == self._term:
            self._admits = True
            await self._round(tail, term)
        return self._place.decided - start

    async def _round(self, tail: Tail, term: int) -> int:
        start = self._place.decided
        progress = _Progress(self.partition, "commands caught up")
        async for records in tail.read(self._tools.layout.commands, self.partition, start + 1):
            if term != self._term:
                break
            await self._take([command_record(record) for record in records])
            progress.tell(self._place.decided - start)
        return self._place.decided - start

    # Deciding

    async def handle(self, records: Sequence[CommandRecord]) -> None:
        """Decide records as they are delivered; comes back once their turns are durable."""
        if not self._admits:
            return
        async with self._deciding:
            if self._admits:
                await self._take(records)
                await self._send_ticks()

    async def _take(self, records: Sequence[CommandRecord]) -> None:
        before, silent = self._place.decided, self._silent(records)
        left = records
        while left:
            decided, left = await self._in_thread(self._decide, left)
            await self._write([one for one in decided if not isinstance(one, Repeated)])
            self._stood_still(silent)
            silent = {}
            for one in decided:
                self.counts.add(one)
                self._ticked(one)
            self._expect({one.envelope.area for one in decided if one.envelope is not None})
        self.counts.taken += self._place.decided - before

    async def _write(self, decided: Sequence[Applied | SetAside]) -> None:
        """Make turns durable, each in its place or after one that says the same."""
        ours = {named(one): one.out.value for one in decided}
        self._rivals.check(ours)
        offsets = await self._tools.outbox.turns(self.partition, [one.out for one in decided])
        if offsets:
            await self._meet_rivals(offsets, ours)
            self._place.next_turn = offsets[-1] + 1

    async def _meet_rivals(self, offsets: Sequence[int], ours: Mapping[Name, bytes]) -> None:
        start, stop = self._place.next_turn, offsets[-1] + 1
        if offsets[0] < start:
            raise Hole(f"turn {offsets[0]} of partition {self.partition} was written before")
        if stop - start == len(offsets):
            return
        own = set(offsets)
        async with Tail(self._tools.layout) as tail:
            async for records in tail.read(self._tools.layout.turns, self.partition, start, stop):
                theirs = [turn_record(one) for one in records if one.offset not in own]
                self._rivals.meet(theirs, ours)
        count = stop - start - len(own)
        _logger.warning("partition %d: somebody else has written %d turns", self.partition, count)

    # While nobody waits

    async def look_ahead(self) -> None:
        """Look at some whom a search would have to; once nobody is left, again after a while."""
        if self._admits and not self._deciding.locked() and monotonic() >= self._ahead_at:
            async with self._deciding:
                at = self._tools.outbox.now() - UNDECIDED
                if not await self._in_thread(self._looked_ahead, at):
                    self._ahead_at = monotonic() + AHEAD_S

    def _looked_ahead(self, at: Instant) -> bool:
        live = [one for one in self._place.areas.values() if one.time_source is TimeSource.LIVE]
        return any(area.look_ahead(at, AHEAD) for area in live)

    # Ticks of live logs

    async def tick(self) -> None:
        """Send the ticks that are due; whoever is deciding now does that by himself."""
        if self._admits and not self._deciding.locked() and self._due():
            async with self._deciding:
                await self._send_ticks()

    async def _send_ticks(self) -> None:
        """After a standstill, what gives lost time back goes in their place."""
        self._stood_still(self._silent(()))
        due, now = self._due(), self._tools.outbox.now()
        envelopes = [
            self._ticker.next(self._place.areas[area], operation) for area, operation in due
        ]
        for place in due:
            self._ticker.sent(place, now)
        await self._tools.outbox.commands(self.partition, envelopes)

    def _silent(self, records: Sequence[CommandRecord]) -> dict[AreaId, Instant]:
        """From when on logs stood still, before these records are decided."""
        now = self._tools.outbox.now()
        to_decide = (record.at for record in records if record.offset > self._place.decided)
        first = min(to_decide, default=now)
        found = {area.id: silent_since(area, first, now) for area in self._live()}
        return {name: since for name, since in found.items() if since is not None}

    def _stood_still(self, silent: Mapping[AreaId, Instant]) -> None:
        for area, since in silent.items():
            self._ticker.stood_still(self._place.areas[area], since)

    def _due(self) -> list[tuple[AreaId, OperationId]]:
        return self._ticker.ready(self._tools.outbox.now())

    def _live(self) -> list[Area]:
        areas = self._place.areas.values()
        return [area for area in areas if area.time_source is TimeSource.LIVE]

    def _expect(self, areas: Collection[AreaId]) -> None:
        for area in self._live():
            if area.id in areas:
                self._ticker.expect(area)

    def _ticked(self, decided: Decided) -> None:
        envelope = decided.envelope
        if envelope is None or not isinstance(envelope.command, Tick | Resume):
            return
        now, place = self._tools.outbox.now(), (envelope.area, envelope.operation)
        if isinstance(decided, SetAside):
            piece = None if decided.failure is None else decided.failure.piece
            self._ticker.failed(place, piece, now)
            return
        self._ticker.came_back(place, now)
        if isinstance(decided, Applied) and isinstance(envelope.command, Resume):
            self._ticker.gave_back(place, decided.taken.turn.at, now)

    # In the thread

    async def _in_thread(self, work: Callable[[Given], Made], given: Given) -> Made:
        return await asyncio.get_running_loop().run_in_executor(self._tools.thread, work, given)

    def _lay(self, records: Sequence[Received]) -> None:
        for record in records:
            self._place.fold(turn_record(record))

    def _decide(
        self, records: Sequence[CommandRecord]
    ) -> tuple[list[Decided], Sequence[CommandRecord]]:
        """As many as are decided in a moment, and the others: nobody waits for a whole crowd."""
        decided: list[Decided] = []
        until = monotonic() + MOMENT_S
        for number, record in enumerate(records, 1):
            one = self._decided(record)
            if one is not None:
                decided.append(one)
            if monotonic() >= until:
                return decided, records[number:]
        return decided, ()

    def _decided(self, record: CommandRecord) -> Decided | None:
        decided = self._place.decide(record)
        if isinstance(decided, SetAside):
            reason = decided.letter.reason
            _logger.warning("command %d of partition %d: %s", record.offset, self.partition, reason)
            self._record(decided)
        if isinstance(decided, Applied) and decided.taken.left is not None:
            turn = decided.taken.turn
            self._tools.defects.record(decided.envelope, turn.at, turn.sequence, decided.taken.left)
        return decided

    def _record(self, aside: SetAside) -> None:
        """Note beside the log where a rule failed, and on which kind of command."""
        if aside.envelope is None or aside.failure is None:
            return
        area = self._place.areas.get(aside.envelope.area)
        position = 1 if area is None else area.sequence + 1
        self._tools.defects.record(aside.envelope, aside.letter.at, position, aside.failure)


class _Progress:
    """A line now and then for whoever waits."""

    def __init__(self, partition: int, what: str) -> None:
        self._partition = partition
        self._what = what
        self._next = monotonic() + PROGRESS_EVERY_S

    def tell(self, count: int) -> None:
        if monotonic() >= self._next:
            _logger.info("partition %d: %d %s so far", self._partition, count, self._what)
            self._next = monotonic() + PROGRESS_EVERY_S


@contextmanager
def _uncollected() -> Iterator[None]:
    """Nothing in a state becomes garbage, so collecting would only cost time, now and later."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.collect()
        gc.freeze()
    finally:
        if collecting:
            gc.enable()
