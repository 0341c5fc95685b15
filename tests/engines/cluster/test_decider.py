"""A decider on a real broker, in this process: what it writes, and when it stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kafka import KafkaAdminClient, TopicPartition

from schemas import commands as c
from schemas.turns import DeadReason
from schemas.wire import decode_dead_letter, decode_turn
from streams import rules
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.partition import NO_AREA, Hole
from streams.engines.cluster.records import Outgoing
from streams.engines.cluster.tail import Tail
from streams.matching import assign
from tests.engines.cluster.command_files import randomly
from tests.engines.cluster.conftest import ELSEWHERE, ON_ONE_PARTITION
from tests.engines.cluster.deciding import Stage, batches, expected, halves, outs, until
from tests.engines.cluster.putting import put
from tests.streams.world import WENZHOU, World


@pytest.fixture
async def stage(
    layout: Layout, home: Path, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Stage]:
    async with Stage(layout, home, caplog) as stage:
        yield stage


# What it writes


async def test_what_stood_in_the_log_before_is_decided_to_the_byte(stage: Stage) -> None:
    commands = await stage.send(randomly(1, ON_ONE_PARTITION, 100))
    decider = await stage.ready()
    assert outs(await stage.turns()) == expected(commands)
    counts = decider.counts[0]
    assert counts.taken == len(commands) > 700
    assert counts.taken == counts.applied + counts.repeated + counts.set_aside
    assert counts.applied == len(await stage.turns())


async def test_what_is_delivered_is_decided_to_the_byte(stage: Stage) -> None:
    decider = await stage.ready()
    commands = await stage.send(randomly(2, ON_ONE_PARTITION, 30))
    for batch in batches(commands, 70):
        await decider.handle(batch)
        last = expected(commands[: batch[-1].offset + 1])
        assert outs(await stage.turns()) == last, "it came back before its turns were durable"
    await decider.handle(commands[-100:])
    assert outs(await stage.turns()) == expected(commands), "the last hundred came again"


async def test_both_partitions_at_once(stage: Stage) -> None:
    decider = await stage.ready(0)
    await stage.assign(decider, 1)
    here = await stage.send(randomly(3, ON_ONE_PARTITION[:2], 20))
    there = await stage.send(randomly(4, (ELSEWHERE,), 30), partition=1)
    await decider.handle([*there, *here])
    assert outs(await stage.turns(0)) == expected(here)
    assert len(await stage.log(1)) == decider.counts[1].applied > 50


async def test_dead_letters_go_on_and_are_counted(
    stage: Stage, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide = rules.DECIDE[c.GrantRole]

    def broken(area: Any, command: Any, cause: Any) -> Any:
        if command.account == "poison":
            raise LookupError("a secret from the command")
        return decide(area, command, cause)

    monkeypatch.setitem(rules.DECIDE, c.GrantRole, broken)
    decider = await stage.ready()
    world = World()
    last = world.sent[-1]
    grant = msgspec.structs.replace(last.command, account="poison")
    poison = msgspec.structs.replace(last, command=grant, command_id="0" * 32)
    await stage.send(world.sent)
    strange = [Outgoing(None, b"", []), Outgoing(b"3303", b"{}", []), Outgoing(b"\xff", b"no", [])]
    await asyncio.to_thread(put, stage.layout, stage.layout.commands, 0, strange)
    await stage.send([poison, last])
    await decider.handle(await stage.commands())

    letters = [decode_dead_letter(one.stored) for one in await stage.log() if one.area == NO_AREA]
    reasons = [DeadReason.EMPTY, DeadReason.NOT_OURS, DeadReason.NOT_OURS, DeadReason.DEFECT]
    assert [letter.reason for letter in letters] == reasons
    counts = decider.counts[0]
    assert (counts.applied, counts.repeated, counts.set_aside) == (len(world.log), 1, 4)
    assert counts.taken == len(world.log) + 5
    (line,) = (home / "defects.ndjson").read_bytes().splitlines()
    record = msgspec.json.decode(line)
    assert (record["area"], record["position"]) == (WENZHOU, len(world.log) + 1)
    assert record["command_id"] == poison.command_id
    assert b"secret" not in line


async def test_what_settling_fails_on_is_recorded_though_the_command_has_its_turn(
    stage: Stage, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World()
    world.organization("a", units=2)
    world.demand(world.incident(), priority=1)
    await stage.send(world.sent[:-1])
    decider = await stage.ready()
    monkeypatch.setattr(assign, "offers", failing)
    await stage.send(world.sent[-1:])
    await decider.handle((await stage.commands())[-1:])
    [last] = (await stage.turns())[-1:]
    posted = decode_turn(last.stored)
    assert not posted.settled
    (line,) = (home / "defects.ndjson").read_bytes().splitlines()
    record = msgspec.json.decode(line)
    assert (record["command_id"], record["position"]) == (posted.command_id, posted.sequence)
    assert record["reason"].startswith("ZeroDivisionError at test_decider.py")


def failing(*_: object) -> None:
    raise ZeroDivisionError


# Coming and going


async def test_another_one_goes_on_where_the_log_ends(stage: Stage) -> None:
    first_half, second_half = halves(randomly(5, ON_ONE_PARTITION, 20))
    await stage.send(first_half)
    first = await stage.ready()
    await first.revoked({0})
    more = await stage.send(second_half)
    before = await stage.turns()
    await first.handle(more)
    assert await stage.turns() == before, "it decided what it no longer has"
    await stage.ready()
    assert outs(await stage.turns()) == expected(await stage.commands())


async def test_who_comes_back_folds_only_what_others_have_written(stage: Stage) -> None:
    line = randomly(8, ON_ONE_PARTITION, 20)  # its last command is no repeat, which has no turn
    first_half, second_half = halves(line)
    await stage.send(first_half)
    first = await stage.ready()
    await first.revoked({0})
    before = len(await stage.turns())
    await stage.send(second_half)
    second = await stage.ready()
    await second.revoked({0})
    between = len(await stage.turns()) - before
    assert between > 50
    await stage.assign(first)
    assert stage.said(f"is ready: {between} turns folded, 0 commands caught up") == 1
    await first.handle(await stage.send(World(area=WENZHOU).sent))
    assert outs(await stage.turns()) == expected(await stage.commands())


async def test_a_partition_that_comes_and_goes_meanwhile_is_decided_once(stage: Stage) -> None:
    await stage.send(randomly(8, ON_ONE_PARTITION, 60))
    decider = await stage.decider()
    for _ in range(5):
        await decider.assigned({0})
        await asyncio.sleep(0.1)
        await decider.revoked({0})
    await stage.assign(decider)
    assert outs(await stage.turns()) == expected(await stage.commands())


async def test_what_is_delivered_while_catching_up_is_neither_lost_nor_doubled(
    stage: Stage,
) -> None:
    early, late = halves(randomly(9, ON_ONE_PARTITION, 60))
    await stage.send(early)
    decider = await stage.decider()
    await decider.assigned({0})
    for part in batches(late, 100):
        await decider.handle(await stage.send(part))
    await until(lambda: stage.said("is ready") == 1)
    await decider.handle(await stage.commands())
    assert outs(await stage.turns()) == expected(await stage.commands())


async def test_one_partition_does_not_wait_for_another_that_is_being_taken_over(
    stage: Stage,
) -> None:
    decider = await stage.ready(1)
    here = await stage.send(randomly(12, ON_ONE_PARTITION, 100))
    there = await stage.send(World(area=ELSEWHERE).sent, partition=1)
    await decider.assigned({0})
    await until(lambda: decider.counts[0].taken > 0)
    await decider.handle([*here[-10:], *there])
    assert len(await stage.turns(1)) == len(there)
    assert stage.said("partition 0 is ready") == 0, "it was not the other one that was first"
    await until(lambda: stage.said("partition 0 is ready") == 1)
    assert outs(await stage.turns()) == expected(here)


# What is missing


async def test_a_command_that_is_missing_stops_us(stage: Stage) -> None:
    decider = await stage.ready()
    commands = await stage.send(World().sent)
    with pytest.raises(Hole, match="commands 0 to 1 of partition 0"):
        await decider.handle(commands[2:])
    assert not await stage.turns()


async def test_a_topic_that_has_lost_its_beginning_or_its_end_is_a_hole(stage: Stage) -> None:
    await stage.send(World().sent)
    topic = stage.layout.commands
    admin: Any = KafkaAdminClient(bootstrap_servers=stage.layout.brokers)
    admin.delete_records({TopicPartition(topic, 0): 2})
    admin.close()
    async with Tail(stage.layout) as tail:
        for start in (1, 4):
            with pytest.raises(Hole, match=f"holds 2 to 3, and {start} is needed"):
                await anext(tail.read(topic, 0, start))
        assert [len(chunk) async for chunk in tail.read(topic, 0, 2)] == [1]


async def test_a_part_of_a_topic_ends_where_it_shall(stage: Stage) -> None:
    await stage.send(World().sent)
    async with Tail(stage.layout) as tail:
        chunks = [chunk async for chunk in tail.read(stage.layout.commands, 0, 0, stop=2)]
    assert [record.offset for chunk in chunks for record in chunk] == [0, 1]
