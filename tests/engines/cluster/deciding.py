"""Deciders in a test's own process, on a real broker, and what there is to see of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest

from schemas.turns import Envelope
from schemas.wire import decode_turn, encode
from streams.engines.clock import Clock
from streams.engines.cluster.decider import Decider
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.outbox import Outbox
from streams.engines.cluster.partition import Partition, Repeated
from streams.engines.cluster.records import (
    CommandRecord,
    Outgoing,
    TurnRecord,
    command_record,
    turn_record,
)
from streams.engines.cluster.tail import Tail
from streams.engines.defects import Defects
from streams.engines.folder import Divisions
from tests.engines.cluster.pair import empty, trees

PATIENCE_S = 60.0

Item = TypeVar("Item")


class Stage:
    """A cluster's topics, and as many deciders on them as a test wants."""

    def __init__(self, layout: Layout, home: Path, caplog: pytest.LogCaptureFixture) -> None:
        self.layout = layout
        self.outbox = Outbox(layout, Clock())
        self._home = home
        self._caplog = caplog
        self._stack = AsyncExitStack()
        caplog.set_level("INFO", "shouwang.decider")

    async def __aenter__(self) -> Stage:
        await self.outbox.start()
        self._stack.push_async_callback(self.outbox.stop)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def decider(self, clock: Clock | None = None) -> Decider:
        """A decider without a partition."""
        defects = Defects(self._home / "defects.ndjson")
        decider = Decider(self.layout, Divisions(self._home).tree, clock or Clock(), defects)
        await decider.start()
        self._stack.push_async_callback(decider.close)
        return decider

    async def ready(self, partition: int = 0) -> Decider:
        """A decider that has a partition and all that is in the log of it."""
        decider = await self.decider()
        await self.assign(decider, partition)
        return decider

    async def assign(self, decider: Decider, partition: int = 0) -> None:
        before = self.said("is ready")
        await decider.assigned({partition})
        await until(lambda: self.said("is ready") > before)

    def said(self, words: str) -> int:
        """How often something was said."""
        return sum(words in record.getMessage() for record in self._caplog.records)

    async def send(self, envelopes: Sequence[Envelope], partition: int = 0) -> list[CommandRecord]:
        """Write commands; gives their records as they are delivered to a decider."""
        await self.outbox.commands(partition, envelopes)
        return (await self.commands(partition))[-len(envelopes) :]

    async def commands(self, partition: int = 0) -> list[CommandRecord]:
        return [command_record(one) for one in await self._read(self.layout.commands, partition)]

    async def turns(self, partition: int = 0) -> list[TurnRecord]:
        """Every record among the turns, also what others have repeated."""
        return [turn_record(one) for one in await self._read(self.layout.turns, partition)]

    async def log(self, partition: int = 0) -> list[TurnRecord]:
        """The turns as a reader takes them: the first of each sequence, none missing."""
        place = Partition(partition, self.layout.areas_on(partition), trees)
        return [one for one in await self.turns(partition) if place.fold(one) is not None]

    async def _read(self, topic: str, partition: int) -> list[Any]:
        async with Tail(self.layout) as tail:
            return [one async for chunk in tail.read(topic, partition, 0) for one in chunk]


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not true():  # noqa: ASYNC110  # logs have no event to wait for
            await asyncio.sleep(0.01)


async def eventually(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await true():  # noqa: ASYNC110  # a broker has no event to wait for
            await asyncio.sleep(0.1)


def in_memory(commands: Sequence[CommandRecord]) -> list[Outgoing]:
    """What a partition's commands lead to, without a broker."""
    place = empty()
    decided = [place.decide(record) for record in commands]
    return [one.out for one in decided if one is not None and not isinstance(one, Repeated)]


def outs(turns: Sequence[TurnRecord]) -> list[tuple[str, bytes, int | None]]:
    return [(one.area, one.stored, one.command) for one in turns]


def expected(commands: Sequence[CommandRecord]) -> list[tuple[str, bytes, int | None]]:
    made = in_memory(commands)
    return [
        ((one.key or b"").decode(), one.value, int(dict(one.headers)["command"])) for one in made
    ]


def batches(records: Sequence[Item], size: int) -> list[Sequence[Item]]:
    return [records[start : start + size] for start in range(0, len(records), size)]


def halves(line: Sequence[Envelope]) -> tuple[Sequence[Envelope], Sequence[Envelope]]:
    return line[: len(line) // 2], line[len(line) // 2 :]


def changed(stored: bytes) -> bytes:
    turn = decode_turn(stored)
    return encode(msgspec.structs.replace(turn, at=turn.at + 1))
