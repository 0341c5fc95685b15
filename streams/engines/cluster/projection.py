"""From the turns to the boards of some partitions: each turn once, whatever happens meanwhile.

Where a board ends is asked of the board, never of the group: it may have been lost, restored, or
made again meanwhile. Whatever it lacks is folded from the log.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Final, TypeVar

from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import TimeoutError as TimedOut

from schemas.values import AreaId
from streams.engines.cluster import checkpoints
from streams.engines.cluster.board import Board, Gap, Position, Switched
from streams.engines.cluster.follower import Follower
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.partition import Trees
from streams.engines.cluster.records import TurnRecord, turn_record
from streams.engines.cluster.tail import Tail

PAUSE_LEAST_S: Final = 0.05  # between two tries of a board that is away
PAUSE_MOST_S: Final = 1.0

_logger = logging.getLogger("shouwang.projector")

Answer = TypeVar("Answer")


class Projection:
    """The boards of the partitions that this process has. Whatever it raises cannot be mended.

    A board that is away is waited for. One that ends earlier than expected has lost something,
    and gets it from the log again.
    """

    def __init__(self, layout: Layout, trees: Trees) -> None:
        self._layout = layout
        self._trees = trees
        self._board = Board(layout)
        self._followers: dict[int, Follower] = {}  # kept over a time without the partition
        self._current: set[int] = set()  # partitions whose boards hold all that was folded
        self._late: set[int] = set()  # those whose records come from long ago: a group begins anew
        self._lock = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, "fold")  # folding would keep heartbeats waiting

    async def close(self) -> None:
        self._thread.shutdown()
        await self._board.close()

    def forget(self, partitions: Iterable[int]) -> None:
        """Somebody else may write these boards now; before going on, they are asked again."""
        self._current.difference_update(partitions)

    async def ready(self, partitions: Iterable[int]) -> None:
        """Bring the partitions' boards up to the end that the log has now."""
        for partition in sorted(partitions):
            async with self._lock:
                await self._ready(partition)

    async def lay(self, records: Sequence[TurnRecord]) -> None:
        """Bring the boards up to these records, at least."""
        async with self._lock:
            ordered = sorted(records, key=attrgetter("partition"))
            for partition, portion in groupby(ordered, attrgetter("partition")):
                await self._ready(partition)
                await self._go_on(partition, list(portion))

    async def inspect(self) -> None:
        """Bring up to date what no record would: a board that has lost something, a late one."""
        for partition in sorted(self._current):
            async with self._lock:
                await self._inspect(partition)

    # One partition, under the lock

    async def _ready(self, partition: int) -> None:
        while partition not in self._current:
            try:
                await self._catch_up(partition)
                self._current.add(partition)
            except (Gap, Switched) as change:
                _logger.warning("partition %d from the log again: %s", partition, change)

    async def _inspect(self, partition: int) -> None:
        follower = self._followers[partition]
        held = await self._positions(follower)
        if partition in self._late or follower.is_past(held):
            self._current.discard(partition)
            await self._ready(partition)
        else:
            follower.hold(held)

    async def _go_on(self, partition: int, records: list[TurnRecord]) -> None:
        follower = self._followers[partition]
        if records[-1].offset + 1 < follower.next_turn:
            self._late.add(partition)
        else:
            self._late.discard(partition)
        try:
            if records[0].offset <= follower.next_turn:
                await self._follow(follower, records)
                return
        except (Gap, Switched) as change:
            _logger.warning("partition %d from the log again: %s", partition, change)
        self._current.discard(partition)  # it lacks something, or these records lack something
        await self._ready(partition)

    async def _catch_up(self, partition: int) -> None:
        """From where the boards say that they end to the end of the log."""
        areas = self._layout.areas_on(partition)
        follower = self._followers.get(partition) or await self._begun(partition, areas)
        held = await self._positions(follower)
        if follower.is_past(held):
            follower = Follower(partition, areas, self._trees)
        self._followers[partition] = follower
        follower.hold(held)
        async with Tail(self._layout) as tail:
            async for received in tail.read(self._layout.turns, partition, follower.next_turn):
                await self._follow(follower, map(turn_record, received))
        follower.refuse_beyond()

    async def _begun(self, partition: int, areas: frozenset[AreaId]) -> Follower:
        """From the checkpoint, unless a board ends before it: then that is given up again."""
        async with Tail(self._layout) as tail:
            kept = await checkpoints.load(self._layout, partition, self._trees, tail)
        return Follower(partition, areas, self._trees, kept)

    async def _follow(self, follower: Follower, records: Iterable[TurnRecord]) -> None:
        fold = asyncio.get_running_loop().run_in_executor
        for name, entries in (await fold(self._thread, follower.lacking, records)).items():
            generation = follower.held[name].generation
            await self._patiently(partial(self._board.apply, name, generation, entries))

    async def _positions(self, follower: Follower) -> dict[AreaId, Position]:
        return {
            name: await self._patiently(partial(self._board.position, name))
            for name in follower.names
        }

    async def _patiently(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """What the board answers, however long it is away. To ask it twice does no harm."""
        pause = 0.0
        while True:
            try:
                return await ask()
            except (Disconnected, TimedOut) as failure:
                if not pause:
                    _logger.warning("the board is away: %s", failure)
            pause = min(max(2 * pause, PAUSE_LEAST_S), PAUSE_MOST_S)
            await asyncio.sleep(pause)
