"""The worker in a process of its own, on a real broker: nothing is lost, however it ends."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.servers.processes import Process
from schemas.turns import Envelope
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.records import Outgoing, turn_out
from streams.engines.cluster.tail import Tail
from tests.engines.cluster.command_files import randomly
from tests.engines.cluster.conftest import ON_ONE_PARTITION
from tests.engines.cluster.deciding import (
    PATIENCE_S,
    Stage,
    batches,
    changed,
    eventually,
    expected,
    outs,
)
from tests.engines.cluster.handlers import KINDS, Seen, seen
from tests.engines.cluster.putting import put
from tests.streams.world import WENZHOU, World

ROOT = Path(__file__).parents[3]
STRIKES = 4


@pytest.fixture
async def stage(
    layout: Layout, home: Path, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Stage]:
    async with Stage(layout, home, caplog) as stage:
        yield stage


@contextmanager
def program(folder: Path, *arguments: str) -> Iterator[Process]:
    """A Python program in the background until it is no longer wanted."""
    process = Process(folder, "program")
    process.start([sys.executable, "-m", *arguments], {"PYTHONPATH": str(ROOT)})
    try:
        yield process
    finally:
        process.kill()


def decider(home: Path, folder: Path, worker: str) -> AbstractContextManager[Process]:
    return program(folder, "api.cli", "decide", "--data", str(home), "--worker", worker)


async def until(true: Callable[[], bool], process: Process) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not true():
            await asyncio.sleep(0.05)
            assert process.running() or true(), process.tail()


async def ended(process: Process) -> int | None:
    async with asyncio.timeout(PATIENCE_S):
        while process.running():  # noqa: ASYNC110  # it has no event of ours
            await asyncio.sleep(0.05)
    return process.code()


# Deciders


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_a_decider_struck_under_load_loses_nothing(
    stage: Stage, home: Path, tmp_path: Path, number: signal.Signals
) -> None:
    line = randomly(20, ON_ONE_PARTITION, 100)
    writing = asyncio.create_task(write_slowly(stage, line))
    for strike in range(STRIKES):
        before = len(await stage.turns())
        with decider(home, tmp_path / str(strike), "the one") as process:
            await eventually(partial(has_decided, stage, before + 20))
            process.signal(number)
            assert await ended(process) == (-number if number is signal.SIGKILL else 0)
        assert not writing.done(), "there was no load any more"
    writing.cancel()
    with decider(home, tmp_path / "last", "the one"):
        await all_is_decided(stage)


async def has_decided(stage: Stage, count: int) -> bool:
    return len(await stage.turns()) >= count


async def write_slowly(stage: Stage, line: Sequence[Envelope]) -> None:
    for batch in batches(line, 5):
        await stage.outbox.commands(0, batch)
        await asyncio.sleep(0.05)


async def all_is_decided(stage: Stage) -> None:
    wanted = expected(await stage.commands())
    await eventually(partial(has_decided, stage, len(wanted)))
    assert outs(await stage.log()) == wanted


async def test_members_that_come_and_go_decide_everything_once(
    stage: Stage, home: Path, tmp_path: Path
) -> None:
    """Two at a time: one comes, both decide, the older one goes under load."""
    staying: list[Process] = []
    try:
        for count, part in enumerate(batches(randomly(21, ON_ONE_PARTITION, 90), 200)):
            process = Process(tmp_path / str(count), "decider")
            command = ["api.cli", "decide", "--data", str(home), "--worker", ""]
            process.start([sys.executable, "-m", *command], {"PYTHONPATH": str(ROOT)})
            staying.append(process)
            await until(partial(speaks, process), process)
            writing = asyncio.create_task(write_slowly(stage, part))
            if len(staying) > 1:
                await asyncio.sleep(1.0)
                staying.pop(0).stop()
            await writing
        assert count > 3
        assert all(process.running() for process in staying)
        await all_is_decided(stage)
    finally:
        for process in staying:
            process.kill()


def speaks(process: Process) -> bool:
    return "is ready" in process.tail()


async def test_an_offset_of_the_group_that_is_ahead_skips_nothing(
    stage: Stage, home: Path, tmp_path: Path
) -> None:
    commands = await stage.send(World().sent)
    place = TopicPartition(stage.layout.commands, 0)
    group = f"{stage.layout.prefix}decider"
    async with AIOKafkaConsumer(
        bootstrap_servers=stage.layout.brokers, group_id=group, enable_auto_commit=False
    ) as consumer:
        consumer.assign([place])
        await consumer.commit({place: len(commands)})
    with decider(home, tmp_path / "worker", "the one"):
        await all_is_decided(stage)


async def test_a_turn_unlike_ours_ends_the_process(
    stage: Stage, home: Path, tmp_path: Path
) -> None:
    world = World()
    first, *others = world.sent
    await stage.send([first])
    with decider(home, tmp_path / "worker", "the one") as process:
        await until(lambda: "partition 0 is ready" in process.tail(), process)
        unlike = turn_out(WENZHOU, changed(world.log[1]), 1)
        await asyncio.to_thread(put, stage.layout, stage.layout.turns, 0, [unlike])
        await stage.send(others)
        assert await ended(process) == 70
        assert f"turn 2 of {WENZHOU} is there, unlike ours" in process.tail(1)


async def test_a_hole_ends_the_process(stage: Stage, home: Path, tmp_path: Path) -> None:
    await stage.send(World().sent)
    turns = [turn_out(WENZHOU, World().log[1], 1)]
    await asyncio.to_thread(put, stage.layout, stage.layout.turns, 0, turns)
    with decider(home, tmp_path / "worker", "the one") as process:
        assert await ended(process) == 70
        assert "does not follow turn 0" in process.tail()


# Any handler


ODD = [
    Outgoing(None, b"", []),
    Outgoing(b"", b"no key to speak of", []),
    Outgoing(b"no value", None, []),  # type: ignore[arg-type]  # which a turn would never be
    Outgoing(b"\xff\xfe", b"\x00" * 1_000, [("one", b"1"), ("two", b"")]),
    Outgoing(b"3303", b'{"an": "object"}', [("command", b"7")]),
]


async def test_a_handler_gets_records_as_they_are(
    layout: Layout, home: Path, tmp_path: Path
) -> None:
    for partition in range(2):
        await asyncio.to_thread(put, layout, layout.commands, partition, ODD)
    with tried("Recording", home, tmp_path) as process:
        await until(lambda: len(records_in(process)) == 2 * len(ODD), process)
        found = sorted(records_in(process), key=lambda one: (one.partition, one.offset))
        first, second = process.log.read_bytes().splitlines()[:2]
    assert (first, second) == (b'"start"', b"[0,1]")
    async with Tail(layout) as tail:
        there = [
            seen(record)
            for partition in range(2)
            async for chunk in tail.read(layout.commands, partition, 0)
            for record in chunk
        ]
    assert found == there


@pytest.mark.parametrize("kind", ["Failing", "Canceled", "FailingToTakeOver"])
async def test_what_fails_ends_the_process_and_is_not_acknowledged(
    layout: Layout, home: Path, tmp_path: Path, kind: str
) -> None:
    await asyncio.to_thread(put, layout, layout.commands, 0, ODD)
    with tried(kind, home, tmp_path) as process:
        assert await ended(process) == 70
        assert "this process ends" in process.tail(50)
    assert await acknowledged(layout) is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_what_is_under_way_is_not_acknowledged_when_it_is_stopped(
    layout: Layout, home: Path, tmp_path: Path, number: signal.Signals
) -> None:
    await asyncio.to_thread(put, layout, layout.commands, 0, ODD)
    with tried("Endless", home, tmp_path) as process:
        await until(lambda: bool(records_in(process)), process)
        process.signal(number)
        assert await ended(process) == 0
    assert await acknowledged(layout) is None


async def test_what_is_done_is_acknowledged(layout: Layout, home: Path, tmp_path: Path) -> None:
    await asyncio.to_thread(put, layout, layout.commands, 0, ODD)

    async def done() -> bool:
        return await acknowledged(layout) == len(ODD)

    with tried("Recording", home, tmp_path):
        await eventually(done)


async def test_two_workers_of_one_name_are_an_alarm(home: Path, tmp_path: Path) -> None:
    with tried("Recording", home, tmp_path / "one", "same") as one:
        await until(lambda: "[0,1]" in one.tail(), one)
        with tried("Recording", home, tmp_path / "two", "same") as two:
            await until(lambda: "another worker of this name" in one.tail() + two.tail(), two)


async def test_without_a_broker_it_says_so(home: Path, layout: Layout, tmp_path: Path) -> None:
    replace(layout, brokers="127.0.0.1:1").write(home)
    with decider(home, tmp_path / "worker", "") as process:
        assert await ended(process) == 70
        assert "this process ends: no Kafka broker answers at 127.0.0.1:1" in process.tail(1)


def tried(kind: str, home: Path, folder: Path, name: str = "") -> AbstractContextManager[Process]:
    assert kind in KINDS
    return program(folder / "tried", "tests.engines.cluster.handlers", kind, str(home), name)


def records_in(process: Process) -> list[Seen]:
    lines = process.log.read_bytes().split(b"\n")[:-1]
    return [msgspec.json.decode(line, type=Seen) for line in lines if line.startswith(b"{")]


async def acknowledged(layout: Layout) -> int | None:
    """What the group of the tried handlers has told the broker about the first partition."""
    async with AIOKafkaConsumer(
        bootstrap_servers=layout.brokers,
        group_id=f"{layout.prefix}tried",
        enable_auto_commit=False,
    ) as consumer:
        offset: int | None = await consumer.committed(TopicPartition(layout.commands, 0))
        return offset
