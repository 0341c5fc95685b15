"""Handlers that a worker can be tried with, in a process of its own.

python -m tests.engines.cluster.handlers KIND FOLDER [NAME]
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from streams.engines.cluster import worker
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.records import Received


class Seen(msgspec.Struct, frozen=True):
    """A record as a handler gets it."""

    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


def seen(record: Received) -> Seen:
    parts = (record.partition, record.offset, record.timestamp, record.key, record.value)
    return Seen(*parts, list(record.headers))


class Recording:
    """Writes down what it is told, a line each."""

    async def start(self) -> None:
        self._say("start")

    async def assigned(self, partitions: set[int]) -> None:
        self._say(sorted(partitions))

    async def revoked(self, partitions: set[int]) -> None:
        """Nothing to let go of."""

    async def handle(self, records: Sequence[Seen]) -> None:
        for record in records:
            self._say(record)

    def _say(self, what: object) -> None:
        sys.stdout.buffer.write(msgspec.json.encode(what) + b"\n")
        sys.stdout.buffer.flush()


class Failing(Recording):
    """Fails on the first records."""

    async def handle(self, records: Sequence[Seen]) -> None:
        raise ArithmeticError(f"{len(records)} records are too many")


class Canceled(Recording):
    """Is canceled from outside over its first records, as by a library that shuts down."""

    async def handle(self, records: Sequence[Seen]) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await super().handle(records)
        await asyncio.sleep(3600)


class Endless(Recording):
    """Never comes to an end with its first records."""

    async def handle(self, records: Sequence[Seen]) -> None:
        await super().handle(records)
        await asyncio.sleep(3600)


class FailingToTakeOver(Recording):
    async def assigned(self, partitions: set[int]) -> None:
        raise ArithmeticError(f"{len(partitions)} partitions are too many")


KINDS = {kind.__name__: kind for kind in (Recording, Failing, Canceled, Endless, FailingToTakeOver)}


if __name__ == "__main__":
    kind, folder, *names = sys.argv[1:]
    layout = Layout.read(Path(folder))
    name = names[0] if names else ""
    worker.run(KINDS[kind](), layout.commands, f"{layout.prefix}tried", layout, name, seen)
