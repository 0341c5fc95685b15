"""Live logs on a real broker: ticks that nobody has to send, and whose time it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from schemas import commands as c
from schemas.turns import Envelope
from schemas.values import TimeSource
from schemas.wire import decode_envelope, decode_turn
from streams.area import Area
from streams.engines.clock import Clock
from streams.engines.cluster.decider import Decider
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.outbox import Outbox
from streams.engines.cluster.records import TurnRecord
from streams.engines.ticks import LOST_AFTER, PACE, Ticker
from streams.parameters import DAY
from streams.turning import due, fold
from tests.engines.cluster.deciding import Stage, eventually, in_memory
from tests.engines.cluster.putting import put
from tests.engines.given import verdict
from tests.engines.sundial import Sundial
from tests.streams.world import COUNTY, START, WENZHOU, World, divisions


@pytest.fixture
async def stage(
    layout: Layout, home: Path, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Stage]:
    async with Stage(layout, home, caplog) as stage:
        yield stage


async def test_ticks_are_sent_when_due_until_all_is_worked_off(stage: Stage) -> None:
    decider = await stage.ready()
    await decider.handle(await stage.send(too_much_for_a_turn()))
    await work_off(stage, decider)
    stamps = [one.at for one in await stage.commands() if is_tick(one.value)]
    assert min(later - earlier for earlier, later in pairwise(stamps)) > PACE / 2


async def test_a_tick_is_sent_when_it_is_due_though_nothing_else_comes(stage: Stage) -> None:
    world, sundial = World(time_source=TimeSource.LIVE), Sundial()
    world.organization("one")
    world.demand(world.incident())
    decider = await stage.decider(sundial.clock)
    await stage.assign(decider)
    await decider.handle(await stage.send(world.sent))
    await asyncio.sleep(3 * PACE / 1000)
    assert len(await stage.commands()) == len(world.sent), "nothing was due"
    sundial.sleep(minutes=10)

    async def sent() -> bool:
        return is_tick((await stage.commands())[-1].value)

    await eventually(sent)


async def test_who_takes_over_sends_what_is_due(stage: Stage) -> None:
    commands = await stage.send(too_much_for_a_turn())
    await asyncio.to_thread(put, stage.layout, stage.layout.turns, 0, in_memory(commands))
    decider = await stage.ready()
    assert stage.said(f"{len(commands)} turns folded, 0 commands caught up") == 1
    await work_off(stage, decider)


async def test_who_takes_over_goes_on_with_the_ticks(stage: Stage) -> None:
    first = await stage.ready()
    await first.handle(await stage.send(too_much_for_a_turn()))
    await first.revoked({0})
    sent = len(await stage.commands())
    await asyncio.sleep(3 * PACE / 1000)
    assert len(await stage.commands()) == sent, "it sends ticks for what it no longer has"
    await work_off(stage, await stage.ready())


async def work_off(stage: Stage, decider: Decider) -> None:
    """Deliver what is sent until nothing is due; every tick was sent once, in order."""

    async def worked_off() -> bool:
        await decider.handle(await stage.commands())
        area = area_of(await stage.log())
        found = due(area)
        return found is None or found[0] > area.at + DAY  # a recovery task waits for a month

    await eventually(worked_off)
    log = await stage.log()
    commands = [decode_turn(one.stored).command for one in log]
    numbers = [command.number for command in commands if isinstance(command, c.Tick)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 2
    assert len(await stage.commands()) == len(log), "a tick was sent twice"
    assert verdict([one.stored for one in log]).sound


def too_much_for_a_turn() -> list[Envelope]:
    """A live log in which one command ends more offers than a turn can: the rest is for ticks."""
    world = World(time_source=TimeSource.LIVE)
    for number in range(9):
        world.organization(f"team-{number}", units=500, township=number)
    incident = world.incident()
    for _ in range(15):
        world.demand(incident, lines=20)
    world.send(COUNTY, c.CloseIncident(incident=incident))
    assert due(world.area) is not None
    return world.sent


def area_of(log: Sequence[TurnRecord]) -> Area:
    area = Area(WENZHOU, divisions())
    for record in log:
        fold(area, record.stored)
    return area


def is_tick(value: bytes | None) -> bool:
    return isinstance(decode_envelope(value or b"").command, c.Tick | c.Resume)


def test_a_tick_that_does_not_come_back_goes_again() -> None:
    world = World(time_source=TimeSource.LIVE)
    world.demand(world.incident())
    ticker, later = Ticker(), START + 3_600_000
    ticker.expect(world.area)
    (place,) = ticker.ready(later)
    ticker.sent(place, later)
    assert not ticker.ready(later + LOST_AFTER - 1)
    assert ticker.ready(later + LOST_AFTER) == [place]
    ticker.came_back(place, later + 10)
    assert ticker.ready(later + 10 + PACE) == [place]


# The broker's time


async def test_the_brokers_time_counts_and_an_odd_one_is_an_alarm_once(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Outbox(stage.layout, Sundial(wrong=-60_000).clock)
    await outbox.start()
    for envelope in World().sent:
        await outbox.commands(0, [envelope])
    await outbox.stop()
    assert abs(outbox.now() - Clock().now()) < 1_000
    assert stage.said("the broker's clock is") == 1
    assert abs(stage.outbox.now() - Clock().now()) < 1_000
