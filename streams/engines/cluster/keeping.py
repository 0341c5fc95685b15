"""Keeping checkpoints beside a decider: made by a process of its own, from the turns.

`python -m streams.engines.cluster.keeping FOLDER PARTITION` folds the turns on from the last
checkpoint and writes the next one, so no command waits for it, and what is kept is what folds.
"""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from redis.exceptions import RedisError

from schemas.wire import NotReadable
from streams.engines.checkpoints import Unfit
from streams.engines.cluster import checkpoints
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.partition import Hole, Partition, Trees
from streams.engines.cluster.records import turn_record
from streams.engines.cluster.tail import Tail
from streams.engines.folder import Divisions
from streams.engines.folding import uncollected
from streams.engines.keeping import EXIT_FAILED, beside, started_beside

EVERY_TURNS: Final = 20_000

_logger = logging.getLogger("shouwang.checkpoints")


class Keeper:
    """Has a checkpoint made of each partition that has gone on for so many turns."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[int, int] = {}  # partition → offset, as last asked for
        self._process: subprocess.Popen[bytes] | None = None

    def look(self, begun: Mapping[int, int], reached: Mapping[int, int]) -> None:
        """Start what is due. `begun`: from which offset each partition was folded here."""
        if self._process is not None:
            ended = self._process.poll()
            if ended is None:
                return
            if ended:
                _logger.error("a checkpoint could not be made: ended with %d", ended)
            self._process = None
        for partition, offset in reached.items():
            kept = max(self._kept.get(partition, 0), begun.get(partition, 0))
            if offset - kept >= EVERY_TURNS:
                self._kept[partition] = offset
                self._process = started_beside(__name__, str(self._folder), str(partition))
                return


async def make(layout: Layout, partition: int, trees: Trees) -> Partition:
    """Write a checkpoint as of the turns' end. Raises what nobody can go on from."""
    async with Tail(layout) as tail:
        place = await checkpoints.load(layout, partition, trees, tail)
        if place is None:
            place = Partition(partition, layout.areas_on(partition), trees)
        last: bytes | None = None
        with uncollected():
            async for records in tail.read(layout.turns, partition, place.next_turn):
                for record in records:
                    place.fold(turn_record(record))
                last = records[-1].value
    if last is not None:
        await checkpoints.write(layout, place, last)
    return place


def main(folder: Path, partition: int) -> int:
    """A quiet neighbor of the decider's, which ends with it."""
    beside()
    try:
        asyncio.run(make(Layout.read(folder), partition, Divisions(folder).tree))
    except (Hole, NotReadable, RedisError, Unfit, OSError) as problem:
        _logger.critical("no checkpoint of partition %d: %s", partition, problem)
        return EXIT_FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
