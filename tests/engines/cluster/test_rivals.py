"""Others who write among a decider's turns: the same as it, or one of them is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from streams.engines.cluster.decider import Decider
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.records import turn_out
from streams.engines.cluster.rivals import Unlike
from tests.engines.cluster.command_files import randomly
from tests.engines.cluster.conftest import ON_ONE_PARTITION
from tests.engines.cluster.deciding import Stage, batches, changed, expected, outs
from tests.engines.cluster.putting import put
from tests.streams.world import WENZHOU, World


@pytest.fixture
async def stage(
    layout: Layout, home: Path, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Stage]:
    async with Stage(layout, home, caplog) as stage:
        yield stage


async def test_two_at_once_do_no_harm(stage: Stage) -> None:
    """As when one is thought dead and is not: both decide everything, in other portions."""
    one, two = await stage.ready(), await stage.ready()
    commands = await stage.send(randomly(10, ON_ONE_PARTITION, 20))

    async def decide(decider: Decider, size: int) -> None:
        for batch in batches(commands, size):
            await decider.handle(batch)

    await asyncio.gather(decide(one, 40), decide(two, 25))
    assert len(await stage.turns()) == 2 * len(expected(commands))
    assert outs(await stage.log()) == expected(commands)
    assert stage.said("somebody else has written") > 1


async def test_one_who_is_ahead_does_no_harm(stage: Stage) -> None:
    one, two = await stage.ready(), await stage.ready()
    commands = await stage.send(randomly(11, ON_ONE_PARTITION, 20))
    await one.handle(commands)
    for batch in batches(commands, 60):
        await two.handle(batch)
    assert outs(await stage.log()) == expected(commands)


@pytest.mark.parametrize("ahead", [1, 2])
async def test_a_turn_unlike_ours_at_its_place_stops_us(stage: Stage, ahead: int) -> None:
    world = World()
    decider = await stage.ready()
    commands = await stage.send(world.sent)
    await decider.handle(commands[:1])
    put_turn(stage, changed(world.log[ahead]), ahead)
    if ahead == 2:
        await decider.handle(commands[1:2])
    with pytest.raises(Unlike, match=f"turn {ahead + 1} of {WENZHOU}"):
        await decider.handle(commands[ahead:])


async def test_a_repeat_of_what_we_wrote_before_does_no_harm(stage: Stage) -> None:
    world = World()
    decider = await stage.ready()
    commands = await stage.send(world.sent)
    await decider.handle(commands[:2])
    put_turn(stage, world.log[0], 0)
    await decider.handle(commands[2:])
    assert outs(await stage.log()) == expected(commands)


async def test_what_nobody_can_read_among_the_turns_stops_us(stage: Stage) -> None:
    world = World()
    decider = await stage.ready()
    put_turn(stage, b"no turn at all", 0)
    with pytest.raises(ValueError, match=r"no turn|JSON|malformed"):
        await decider.handle(await stage.send(world.sent))


def put_turn(stage: Stage, stored: bytes, command: int) -> None:
    put(stage.layout, stage.layout.turns, 0, [turn_out(WENZHOU, stored, command)])
