"""The process that keeps the boards: a Handler of the turns."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, Final

from streams.engines.cluster import worker
from streams.engines.cluster.ending import or_end
from streams.engines.cluster.layout import Layout, default_worker
from streams.engines.cluster.partition import Trees
from streams.engines.cluster.projection import Projection
from streams.engines.cluster.records import TurnRecord, turn_record
from streams.engines.folder import Divisions

INSPECT_S: Final = 1.0  # how often a board is looked at that nobody has news for


class Projector:
    """The Handler of the turns. What cannot be mended ends the process, with the reason."""

    def __init__(self, layout: Layout, trees: Trees) -> None:
        self._projection = Projection(layout, trees)
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._begin(self._inspecting())

    async def assigned(self, partitions: set[int]) -> None:
        """Catching up goes on behind the rebalance, which must not wait for it."""
        self._projection.forget(partitions)
        self._begin(self._projection.ready(partitions))

    async def revoked(self, partitions: set[int]) -> None:
        self._projection.forget(partitions)

    async def handle(self, records: Sequence[TurnRecord]) -> None:
        await or_end(self._projection.lay(records))

    async def _inspecting(self) -> None:
        while True:
            await asyncio.sleep(INSPECT_S)
            await self._projection.inspect()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(or_end(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def main(folder: Path, name: str | None) -> None:
    """Run the projector of a cluster's data folder; comes back only if it was stopped."""
    layout = Layout.read(folder)
    projector = Projector(layout, Divisions(folder).tree)
    name = default_worker("projector") if name is None else name
    worker.run(projector, layout.turns, f"{layout.prefix}projector", layout, name, turn_record)
