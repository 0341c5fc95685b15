"""Live logs of the embedded engine: whose time it is, and ticks that nobody has to send."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import pytest

from schemas import commands as c
from schemas.facts import DeadlinesShifted, OfferExpired, OfferSent
from schemas.values import OperationId, Purpose, TimeSource
from streams import clock, rules
from streams.engines import Published
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
from tests.engines.sundial import Sundial


@pytest.fixture
def sundial() -> Sundial:
    return Sundial()


@pytest.fixture
async def live(folder: EmbeddedBench, sundial: Sundial) -> AsyncIterator[Scene]:
    """A live log with a desk and five teams, under a clock that can be moved."""
    folder.make(WENZHOU, Purpose.OPERATIONS, TimeSource.LIVE)
    engine = folder.open(sundial.clock)
    scene = Scene(engine)
    await scene.staffed()
    for number in range(5):
        await scene.organization(f"team-{number}", units=9)
    yield scene
    await engine.close()


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


async def test_after_a_standstill_deadlines_move_before_any_expires(
    live: Scene, sundial: Sundial
) -> None:
    shifted = hears(live, DeadlinesShifted)
    await live.send(DESK, live.demand(await live.incident(), priority=1))
    sundial.sleep(minutes=30)
    await within(10, shifted)
    facts = [fact for turn in turns(live.engine) for fact in turn.facts]
    (shift,) = [fact for fact in facts if isinstance(fact, DeadlinesShifted)]
    assert 27 * MINUTE < shift.by < 31 * MINUTE
    assert not any(isinstance(fact, OfferExpired) for fact in facts)


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
    await asyncio.sleep(0.5)
    records = defects(folder)
    assert len(records) == 3  # from now on once a minute
    assert {record["command"] for record in records} == {"Tick"}
    assert "secret" not in str(records)

    monkeypatch.setitem(rules.DECIDE, c.Tick, decide)
    ticked.clear()
    sundial.sleep(minutes=1)
    await within(10, ticked)
    assert {turn.operation for turn in ticks(live)} == {live.operation, other.operation}


async def test_ticks_keep_their_pace(live: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where rules never come to an end, the owner sends ten ticks a second at most."""
    monkeypatch.setattr("streams.engines.ticks.next_due", lambda _operation: 0)
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


def hears(scene: Scene, kind: type) -> asyncio.Event:
    """An event that is set once a turn from now on holds a fact of a kind."""
    heard = asyncio.Event()

    def listen(batch: list[Published]) -> None:
        for one in batch:
            (record,) = list(scene.engine.read(one.area, one.sequence - 1))[:1]
            if f'"{kind.__name__}.'.encode() in record:
                heard.set()

    scene.engine.listen(listen)
    return heard


async def within(seconds: float, event: asyncio.Event) -> None:
    async with asyncio.timeout(seconds):
        await event.wait()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110  # logs have no event to wait for
            await asyncio.sleep(0.02)


def ticks(scene: Scene) -> list[Any]:
    return [turn for turn in turns(scene.engine) if isinstance(turn.command, c.Tick)]


def defects(folder: EmbeddedBench) -> list[dict[str, Any]]:
    lines = (folder.path / "defects.ndjson").read_bytes().splitlines()
    return [msgspec.json.decode(line) for line in lines]
