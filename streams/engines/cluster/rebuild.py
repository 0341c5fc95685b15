"""Making boards again from the log, beside the present ones, and switching by one key."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Final

from schemas.values import AreaId
from streams.engines.cluster.board import BLOCK_MS, Board, Entry, Switched
from streams.engines.cluster.follower import Follower
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.partition import NO_AREA, Trees
from streams.engines.cluster.records import turn_record
from streams.engines.cluster.tail import Tail

DROP_AFTER_S: Final = 2 * BLOCK_MS / 1_000  # until every reader has noticed which is the board now

Lay = Callable[[AreaId, int, list[Entry]], Awaitable[None]]
Progress = Callable[[AreaId, int], None]
"""Told the name of a board and the turn that the new one has reached."""


class Overtaken(Exception):
    """Another rebuild of the same board has begun meanwhile."""


async def rebuild(
    layout: Layout, trees: Trees, areas: Collection[AreaId], progress: Progress
) -> None:
    """Make the boards of these areas again, and those of the dead letters of their partitions.

    The present boards are served until the new ones have reached the end of the log, and stay if
    this is broken off. Raises Overtaken, LookupError for an area that is not in the table, what
    makes a log unfit (Hole, NotReadable, NotInTable), and the errors of both connections.
    """
    partitions = {layout.partition(area) for area in areas}
    board = Board(layout)
    try:
        sites = [
            _Site(layout, partition, layout.areas_on(partition).intersection(areas), trees, board)
            for partition in sorted(partitions)
        ]
        async with Tail(layout) as tail:
            for site in sites:
                await site.build(tail, progress)
        await asyncio.sleep(DROP_AFTER_S)
        for site in sites:
            await site.clear()
    except Switched:
        raise Overtaken("another rebuild of the same board has begun") from None
    finally:
        await board.close()


class _Site:
    """The new boards of one partition, under construction."""

    def __init__(
        self, layout: Layout, partition: int, areas: frozenset[AreaId], trees: Trees, board: Board
    ) -> None:
        self._topic = layout.turns
        self._partition = partition
        self._areas = {*areas, NO_AREA}
        self._board = board
        self._follower = Follower(partition, areas, trees)
        self._generations: dict[AreaId, int] = {}

    async def build(self, tail: Tail, progress: Progress) -> None:
        """Twice to the end of the log before they become the boards, so that little is missing.

        What comes until the projector has noticed is laid a third time, in its place.
        """
        for name in self._follower.names:
            self._generations[name] = await self._board.begin(name)
        await self._lay(tail, self._board.build, progress)
        await self._lay(tail, self._board.build, progress)
        for name, generation in self._generations.items():
            await self._board.switch(name, generation)
        await self._lay(tail, self._board.apply, progress)

    async def clear(self) -> None:
        """Remove what was the board before."""
        for name in self._generations:
            await self._board.drop(name)

    async def _lay(self, tail: Tail, lay: Lay, progress: Progress) -> None:
        start = self._follower.next_turn
        async for received in tail.read(self._topic, self._partition, start):
            records = [
                record for record in map(turn_record, received) if record.area in self._areas
            ]
            lacking = await asyncio.to_thread(self._follower.lacking, records)
            for name, entries in lacking.items():
                await lay(name, self._generations[name], entries)
                progress(name, entries[-1].sequence)
