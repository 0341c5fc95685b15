"""Live logs of the embedded engine: whose time it is, and ticks that nobody has to send."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from schemas import commands as c
from schemas.facts import OfferSent
from schemas.values import OperationId, Purpose, TimeSource
from streams import clock, rules
from streams.engines.clock import Clock
from tests.engines.given import (
    DESK,
    MINUTE,
    STEWARD,
    WENZHOU,
    EmbeddedBench,
    Scene,
    opened,
    stored,
    turns,
    verdict,
)
from tests.engines.living import hears, until, within
from tests.engines.sundial import Sundial

HALVINGS = 8  # of the usual budget, until it is one piece of work


async def test_the_time_is_the_logs_own_whatever_a_command_says(live: Scene) -> None:
    live.at = 5
    first = await live.sent(STEWARD, live.registration("one"))
    second = await live.sent(STEWARD, live.registration("two"))
    assert abs(first.turn.at - Sundial().clock.now()) < 5_000
    assert second.turn.at >= first.turn.at


async def test_a_tick_comes_when_it_is_due(live: Scene, sundial: Sundial) -> None:
    ticked = hears(live, OfferSent)
    await live.send(DESK, live.demand(await live.incident(), priority=4))
    sundial.sleep(seconds=58)
    await asyncio.sleep(1.2)
    assert not ticked.is_set()
    sundial.sleep(seconds=2)
    await within(10, ticked)
    last = turns(live.engine)[-1]
    assert last.command == c.Tick(number=1)
    assert verdict(stored(live.engine)).sound


async def test_time_goes_on_where_the_log_ended(folder: EmbeddedBench) -> None:
    folder.make(WENZHOU, Purpose.OPERATIONS, TimeSource.LIVE)
    async with opened(folder) as engine:
        first = await Scene(engine).sent(STEWARD, Scene(engine).registration("one"))
    sundial = Sundial(wrong=-2 * MINUTE)
    engine = folder.open(sundial.clock)
    second = await Scene(engine).sent(STEWARD, Scene(engine).registration("two"))
    sundial.sleep(minutes=1)
    third = await Scene(engine).sent(STEWARD, Scene(engine).registration("three"))
    await engine.close()
    assert 0 <= second.turn.at - first.turn.at < 10_000
    assert MINUTE <= third.turn.at - second.turn.at < MINUTE + 10_000


# Ticks that fail


async def test_a_tick_that_fails_is_an_alarm_and_keeps_no_other_from_its_own(
    live: Scene,
    sundial: Sundial,
    folder: EmbeddedBench,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    decide = clock.tick

    def broken(area: Any, command: Any, cause: Any) -> Any:
        if cause.operation == live.operation:
            raise ArithmeticError("a secret from the command")
        return decide(area, command, cause)

    monkeypatch.setitem(rules.DECIDE, c.Tick, broken)
    other = Scene(live.engine, operation=OperationId("exercise-two"))
    for scene in (live, other):
        await scene.send(DESK, scene.demand(await scene.incident(), priority=4))
    ticked = hears(live, OfferSent)
    sundial.sleep(minutes=1)
    await within(10, ticked)
    assert {turn.operation for turn in ticks(live)} == {other.operation}
    await until(lambda: "failed 3 times" in caplog.text)
    await until(lambda: len(defects(folder)) == HALVINGS)
    await asyncio.sleep(0.5)
    records = defects(folder)
    assert len(records) == HALVINGS  # from now on once a minute
    assert {record["command"] for record in records} == {"Tick"}
    assert "secret" not in str(records)

    monkeypatch.setitem(rules.DECIDE, c.Tick, decide)
    ticked.clear()
    sundial.sleep(minutes=1)
    await within(10, ticked)
    assert {turn.operation for turn in ticks(live)} == {live.operation, other.operation}


async def test_ticks_keep_their_pace(live: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where rules never come to an end, the owner sends ten ticks a second at most."""
    monkeypatch.setattr("streams.engines.ticks.next_due", lambda *_: 0)
    await live.incident()
    before = len(ticks(live))
    await asyncio.sleep(1.0)
    assert 5 <= len(ticks(live)) - before <= 11


# The wall clock


def test_a_wall_clock_that_leaves_the_stamps_is_an_alarm_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sundial = Sundial()
    sundial.clock.look()
    sundial.wrong = -11_000
    for _ in range(3):
        sundial.sleep(seconds=11)
        before = sundial.clock.now()
        sundial.clock.look()
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert sundial.clock.now() >= before


def test_a_wall_clock_near_the_stamps_is_no_alarm(caplog: pytest.LogCaptureFixture) -> None:
    sundial = Sundial()
    sundial.wrong = -9_000
    sundial.clock.look()
    assert not caplog.records


def test_the_real_clock_tells_the_time() -> None:
    now = Clock().now()
    assert abs(now - Clock().now()) < 1_000


# Helpers


def ticks(scene: Scene) -> list[Any]:
    return [turn for turn in turns(scene.engine) if isinstance(turn.command, c.Tick)]


def defects(folder: EmbeddedBench) -> list[dict[str, Any]]:
    lines = (folder.path / "defects.ndjson").read_bytes().splitlines()
    return [msgspec.json.decode(line) for line in lines]
