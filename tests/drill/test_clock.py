"""The clock: what is planned happens in order, never before its time, and at a person's pace."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast

import msgspec
import pytest

from api.client import Session
from api.drill.clock import MINUTE, SECOND, Clock, Moment
from schemas.values import OperationId


class Conductor:
    """Stands where the steward's session does: takes advances, and can say what is due."""

    def __init__(self) -> None:
        self.at = 1_000
        self.due: list[int] = []
        self.person: int | None = None
        self.paces: list[float | None] = []
        self.on_the_way: Callable[[], None] = lambda: None

    async def get(self, path: str) -> Any:
        assert path == "/conductor"
        return {"at": self.at}

    async def send(self, path: str, body: dict[str, Any], key: str) -> bytes:
        assert path == "/conductor/advance"
        assert key
        self.at = max(self.at, body["to"])
        self.paces.append(body["pace"])
        self.on_the_way()
        self.due = [due for due in self.due if due > self.at]
        following = self.due[0] if self.due else None
        return msgspec.json.encode(Moment(self.at, following, self.person))


class Wall:
    """A wall clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    made = Wall()
    monkeypatch.setattr("api.drill.clock.monotonic", made.monotonic)
    monkeypatch.setattr("api.drill.clock.asyncio.sleep", made.sleep)
    return made


async def started(conductor: Conductor, pace: float | None, window: int = 0) -> Clock:
    clock = Clock(cast("Session", conductor), OperationId("x"), pace, window)
    await clock.start()
    return clock


def noting(
    clock: Clock, seen: list[tuple[str, int]]
) -> Callable[[str], Callable[[], Awaitable[None]]]:
    async def note(name: str) -> None:
        seen.append((name, clock.now))

    return lambda name: partial(note, name)


async def test_plans_happen_in_order_at_their_times(wall: Wall) -> None:
    clock, seen = await started(Conductor(), None), list[tuple[str, int]]()
    note = noting(clock, seen)
    clock.plan(9_000, note("late"))
    clock.plan(5_000, note("early"))
    clock.plan(1, note("past"))
    clock.plan(7_000, note("dropped")).drop()
    while not clock.idle:
        await clock.step()
    assert seen == [("past", 1_000), ("early", 5_000), ("late", 9_000)]


async def test_what_is_close_together_goes_out_together_but_not_before_its_time(
    wall: Wall,
) -> None:
    clock, seen = await started(Conductor(), None, window=1_000), list[tuple[str, int]]()
    note = noting(clock, seen)
    for at in (5_000, 5_900, 6_100):
        clock.plan(at, note(str(at)))
    await clock.step()
    assert seen == [("5000", 5_900), ("5900", 5_900)]


async def test_what_time_brings_on_the_way_can_still_take_a_plan_back(wall: Wall) -> None:
    conductor = Conductor()
    clock, seen = await started(conductor, None, window=1_000), list[tuple[str, int]]()
    note = noting(clock, seen)
    clock.plan(5_000, note("early"))
    late = clock.plan(5_900, note("late"))
    conductor.on_the_way = late.drop
    await clock.step()
    assert seen == [("early", 5_900)]


async def test_time_stops_at_what_the_rules_have_due(wall: Wall) -> None:
    conductor = Conductor()
    clock, waited = await started(conductor, None), list[int]()

    async def settled(_sequence: int) -> None:
        waited.append(clock.now)

    clock.settled = settled
    conductor.due = [3_000, 4_000]
    await clock.advance(2_000)
    clock.plan(9_000, noting(clock, [])("late"))
    while not clock.idle:
        await clock.step()
    assert waited == [3_000, 4_000, 9_000]


async def test_the_pace_holds_against_the_wall(wall: Wall) -> None:
    clock, begin = await started(Conductor(), 60.0), wall.seconds
    clock.plan(clock.now + 10 * MINUTE, noting(clock, [])("ten minutes"))
    while not clock.idle:
        await clock.step()
    assert wall.seconds - begin == pytest.approx(10, abs=0.2)


async def test_a_person_slows_it_down_to_their_own_time(wall: Wall) -> None:
    conductor = Conductor()
    clock = await started(conductor, 1_000.0)
    conductor.person = 0
    await clock.advance(clock.now)
    begin, at = wall.seconds, clock.now
    while wall.seconds < begin + 5:
        await clock.step()
    assert clock.now - at == pytest.approx(5 * SECOND, abs=300)
    assert conductor.paces[-1] == 1.0
    conductor.person = 3 * MINUTE
    await clock.step()
    await clock.step()
    assert conductor.paces[-1] == 1_000.0
