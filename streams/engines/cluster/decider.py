"""From commands to turns: a Handler of the commands, one owner for each of its partitions.

The group only says whose turn it is to decide. What has been decided is asked of the turns, and
what is to be decided of the commands; whoever decides twice writes the same bytes twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from time import monotonic
from typing import Any, Final

from streams.engines.clock import Clock
from streams.engines.cluster import worker
from streams.engines.cluster.ending import or_end
from streams.engines.cluster.keeping import Keeper
from streams.engines.cluster.layout import Layout, default_worker
from streams.engines.cluster.outbox import Outbox
from streams.engines.cluster.owner import Counts, Owner, Tools
from streams.engines.cluster.partition import Trees
from streams.engines.cluster.records import CommandRecord, command_record
from streams.engines.cluster.tail import Tail
from streams.engines.defects import Defects
from streams.engines.folder import DEFECTS, Divisions

LOOK_S: Final = 0.02  # how often to look whether a tick is due
COUNTED_EVERY_S: Final = 60.0  # one line at most, and only if there was something

_logger = logging.getLogger("shouwang.decider")


class Decider:
    """Owns the partitions that it is assigned. What fails in it ends the process."""

    def __init__(
        self,
        layout: Layout,
        trees: Trees,
        clock: Clock,
        defects: Defects,
        keeper: Keeper | None = None,
    ) -> None:
        self._outbox = Outbox(layout, clock)
        self._keeper = keeper
        self._thread = ThreadPoolExecutor(1, "decide")
        self._tools = Tools(layout, trees, self._outbox, defects, self._thread)
        self._owners: dict[int, Owner] = {}  # kept over a time without the partition
        self._taking_over = asyncio.Lock()  # one after the other: the first is ready the sooner
        self._counted: dict[int, int] = {}  # commands taken in, as last told
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    async def start(self) -> None:
        await self._outbox.start()
        self._begin(self._looking())

    async def assigned(self, partitions: set[int]) -> None:
        """Taking over goes on behind the rebalance, which must not wait for it."""
        for partition in partitions - self._owners.keys():
            self._owners[partition] = Owner(partition, self._tools)
        owners = [self._owners[partition] for partition in sorted(partitions)]
        if owners:
            self._begin(self._take_over([(owner, owner.assign()) for owner in owners]))

    async def revoked(self, partitions: set[int]) -> None:
        known = partitions & self._owners.keys()
        await asyncio.gather(*(self._owners[partition].let_go() for partition in known))

    async def handle(self, records: Sequence[CommandRecord]) -> None:
        """Decide what this process owns; comes back once every turn of it is durable.

        Any exception means that nobody knows what has been written: the process has to end.
        """
        portions = groupby(sorted(records, key=attrgetter("partition")), attrgetter("partition"))
        await asyncio.gather(
            *(
                self._owners[partition].handle(list(portion))
                for partition, portion in portions
                if partition in self._owners
            )
        )

    @property
    def counts(self) -> dict[int, Counts]:
        """What became of each partition's commands since this process began."""
        return {partition: owner.counts for partition, owner in self._owners.items()}

    async def close(self) -> None:
        """Let go of everything in a process that goes on; a worker just ends."""
        self._closing = True
        await self.revoked(set(self._owners))
        await asyncio.gather(*self._tasks)
        await self._outbox.stop()
        self._thread.shutdown()

    async def _take_over(self, owners: Sequence[tuple[Owner, int]]) -> None:
        async with self._taking_over, Tail(self._tools.layout) as tail:
            for owner, term in owners:
                await owner.take_over(term, tail)

    async def _looking(self) -> None:
        count_at = monotonic() + COUNTED_EVERY_S
        while not self._closing:
            await asyncio.sleep(LOOK_S)
            for owner in list(self._owners.values()):
                await owner.tick()
                await owner.look_ahead()
            self._keep()
            if monotonic() >= count_at:
                count_at += COUNTED_EVERY_S
                self._tell_counts()

    def _keep(self) -> None:
        if self._keeper is not None:
            begun = {partition: owner.begun for partition, owner in self._owners.items()}
            reached = {partition: owner.reached for partition, owner in self._owners.items()}
            self._keeper.look(begun, reached)

    def _tell_counts(self) -> None:
        for partition, counts in self.counts.items():
            if counts.taken != self._counted.get(partition, 0):
                self._counted[partition] = counts.taken
                _logger.info("partition %d: %s", partition, counts)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(or_end(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def main(folder: Path, name: str | None) -> None:
    """Run the decider of a cluster's data folder until the process is ended.

    An empty name makes a member that the group forgets as soon as it is gone. Raises LayoutUnfit.
    """
    layout = Layout.read(folder)
    defects = Defects(folder / DEFECTS)
    decider = Decider(layout, Divisions(folder).tree, Clock(), defects, Keeper(folder))
    name = default_worker("decider") if name is None else name
    worker.run(decider, layout.commands, f"{layout.prefix}decider", layout, name, command_record)
