"""Checkpoints of a partition: a worker that begins with one goes on as one that folds all turns."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis

from streams.engines.cluster import checkpoints, keeping
from streams.engines.cluster.checkpoints import Head
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.partition import Partition
from streams.engines.cluster.tail import Tail
from streams.engines.folder import Divisions
from streams.engines.keeping import started_beside
from tests.engines.cluster.command_files import randomly
from tests.engines.cluster.conftest import ON_ONE_PARTITION
from tests.engines.cluster.deciding import Stage, expected, halves, outs
from tests.engines.cluster.pair import state

SAYS = "shouwang.checkpoints"


@pytest.fixture
async def stage(
    layout: Layout, home: Path, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Stage]:
    caplog.set_level("INFO", SAYS)
    async with Stage(layout, home, caplog) as stage:
        yield stage


@pytest.fixture
async def redis(layout: Layout) -> AsyncIterator[Any]:
    client = Redis.from_url(layout.redis)
    yield client
    await client.aclose()


async def kept(layout: Layout, home: Path) -> Partition:
    return await keeping.make(layout, 0, Divisions(home).tree)


async def loaded(layout: Layout, home: Path) -> Partition | None:
    async with Tail(layout) as tail:
        return await checkpoints.load(layout, 0, Divisions(home).tree, tail)


async def test_a_decider_begins_with_it_and_decides_to_the_byte(
    stage: Stage, layout: Layout, home: Path
) -> None:
    """Given turns before it and behind it, and commands that nobody has decided yet."""
    first, second = halves(randomly(5, ON_ONE_PARTITION, 60))
    commands = await stage.send(first)
    decider = await stage.ready()
    made = await kept(layout, home)
    found = await loaded(layout, home)
    assert found is not None
    assert state(found) == state(made)
    assert found.next_turn == made.next_turn
    await decider.close()
    commands += await stage.send(second)
    await stage.ready()
    assert stage.said(f"folded from its checkpoint of {made.next_turn} on") >= 1
    assert outs(await stage.turns()) == expected(commands)
    again = await kept(layout, home)
    assert again.next_turn > made.next_turn
    whole = await loaded(layout, home)
    assert whole is not None
    assert state(whole) == state(again)


Harm = Callable[[Any, str, Head], Awaitable[Any]]


def head(**changed: Any) -> Harm:
    async def harm(redis: Any, key: str, found: Head) -> None:
        await redis.set(key, msgspec.json.encode(msgspec.structs.replace(found, **changed)))

    return harm


async def flipped(redis: Any, key: str, found: Head) -> None:
    chunk = bytearray(await redis.get(f"{key}:{found.content}:0"))
    chunk[len(chunk) // 2] ^= 1
    await redis.set(f"{key}:{found.content}:0", bytes(chunk))


async def chunk_gone(redis: Any, key: str, found: Head) -> None:
    await redis.delete(f"{key}:{found.content}:0")


async def nonsense(redis: Any, key: str, _: Head) -> None:
    await redis.set(key, b"\xff no head")


HARMS = {
    "flipped": (flipped, "damaged"),
    "a chunk is gone": (chunk_gone, "damaged"),
    "nonsense": (nonsense, "damaged"),
    "of a newer format": (head(format=2), "another format"),
    "of another program": (head(program="0" * 64), "another release"),
    "of another partition": (head(partition=3), "another partition"),
    "of another log": (head(last="0" * 64), "other turns"),
    "ahead of the log": (head(next_turn=100_000), "ahead of the turns"),
}


async def test_whatever_does_not_fit_costs_time_and_never_truth(
    stage: Stage, layout: Layout, home: Path, redis: Any
) -> None:
    commands = await stage.send(randomly(6, ON_ONE_PARTITION, 20))
    await (await stage.ready()).close()
    key = f"{layout.prefix}checkpoint:0"
    for harm, says in HARMS.values():
        await kept(layout, home)
        found = msgspec.json.decode(await redis.get(key), type=Head)
        await harm(redis, key, found)
        assert await loaded(layout, home) is None
        assert stage.said(says)
        await redis.delete(key)
    await kept(layout, home)
    await head(last="0" * 64)(redis, key, msgspec.json.decode(await redis.get(key), type=Head))
    await (await stage.ready()).close()
    assert outs(await stage.turns()) == expected(commands)


async def test_a_process_beside_the_decider_makes_it(
    stage: Stage, layout: Layout, home: Path
) -> None:
    await stage.send(randomly(7, ON_ONE_PARTITION, 15))
    await stage.ready()
    process = started_beside(keeping.__name__, str(home), "0")
    assert await asyncio.to_thread(process.wait, 60) == 0
    assert process.stdin is not None
    process.stdin.close()
    found = await loaded(layout, home)
    assert found is not None
    assert found.next_turn == len(await stage.turns())


async def test_one_is_asked_for_after_so_many_turns(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[str, ...]] = []

    class Over:
        def poll(self) -> int:
            return 0

    def start(*words: str) -> Any:
        started.append(words)
        return Over()

    monkeypatch.setattr(keeping, "started_beside", start)
    keeper = keeping.Keeper(home)
    for begun, reached in ((0, 19_999), (0, 20_000), (0, 39_999), (0, 40_000), (30_000, 45_000)):
        keeper.look({0: begun}, {0: reached})
    assert [words[-1] for words in started] == ["0", "0"]
