"""Pressure: who is taken while much is under way, and what those who are not are told."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import Any

import pytest

from schemas import commands as c
from schemas.commands import Command
from schemas.values import AssignmentId, OrganizationId
from streams.engines import Receipt
from streams.engines.pressure import (
    ALONE,
    BORNE_S,
    BORNE_URGENT_S,
    FEW,
    OWNERS,
    URGENT,
    Overloaded,
    Pressure,
)
from streams.engines.writer import Writer
from streams.policy import BY_OWNER
from tests.engines.given import DESK, STEWARD, Scene

DUTY = c.SetDuty(organization=OrganizationId("o"), on_duty=True)
ANSWER: Command = c.SetOff(assignment=AssignmentId("a"))
TICK = c.Tick(number=1)


class Hour:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def flooded(clock: Hour, count: int, each: float) -> Pressure:
    """So many under way, of whom each is known to take so long."""
    pressure = Pressure(clock)
    for _ in range(ALONE + 1):
        pressure.admit(TICK)
    for _ in range(300):
        pressure.admit(TICK)
        clock.at += each
        pressure.served()
    for _ in range(count - ALONE - 1):
        pressure.admit(TICK)
    return pressure


def taken(pressure: Pressure, command: Command) -> bool:
    try:
        pressure.admit(command)
    except Overloaded:
        return False
    return True


@pytest.mark.parametrize(
    ("waiting", "duty", "answer"),
    [
        (FEW - 1, True, True),
        (90, True, True),
        (110, False, True),
        (790, False, True),
        (830, False, False),
    ],
)
def test_posting_and_answering_are_the_last_to_be_turned_away(
    waiting: int, duty: bool, answer: bool
) -> None:
    """Given commands that take 10 ms each, then a second's worth of them is taken of everything,
    eight seconds' of what is urgent, and the owner's always."""
    for command, expected in ((DUTY, duty), (ANSWER, answer), (TICK, True)):
        assert taken(flooded(Hour(), waiting, 0.01), command) is expected


def test_who_is_turned_away_is_told_how_long() -> None:
    with pytest.raises(Overloaded) as told:
        flooded(Hour(), 1_200, 0.01).admit(ANSWER)
    assert told.value.retry_after == pytest.approx(12, abs=1)


def test_a_standing_writer_is_noticed_though_nothing_comes_out() -> None:
    clock = Hour()
    pressure = flooded(clock, FEW, 0.0001)
    assert taken(pressure, DUTY)
    clock.at += BORNE_S + 0.1
    assert not taken(pressure, DUTY)
    assert taken(pressure, ANSWER)
    clock.at += BORNE_URGENT_S
    assert not taken(pressure, ANSWER)


def test_once_it_is_served_everybody_is_taken_again() -> None:
    clock = Hour()
    pressure = flooded(clock, 2_000, 0.01)
    assert not taken(pressure, ANSWER)
    clock.at += 1
    pressure.served(2_000)
    assert pressure.wait() == 0
    assert taken(pressure, DUTY)


def test_an_idle_hour_is_nobodys_waiting_time() -> None:
    clock = Hour()
    pressure = flooded(clock, ALONE + 1, 0.001)
    pressure.served(ALONE + 1)
    clock.at += 3_600
    for _ in range(FEW + 10):
        assert taken(pressure, DUTY)
    clock.at += 0.01
    pressure.served(FEW + 10)
    assert taken(pressure, DUTY)


def test_whatever_the_owner_sends_is_always_taken() -> None:
    assert set(OWNERS) == set(BY_OWNER.__args__)
    assert not set(OWNERS) & set(URGENT)


async def test_a_flood_is_turned_away_and_a_desk_is_not(
    live: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a flood of changes to the registry that a slow writer cannot follow, then what is
    beyond a second's work is refused at once, a posting is taken, and no more turns are written
    than were acknowledged."""
    incident, name = await live.incident(), await live.organization("crew")
    answer = Writer._answer

    def slow(*given: Any) -> Any:
        time.sleep(0.004)
        return answer(*given)

    monkeypatch.setattr(Writer, "_answer", slow)
    duty = c.SetDuty(organization=name, on_duty=True)
    await asyncio.gather(*(live.sent(STEWARD, duty) for _ in range(150)))
    flood = [asyncio.create_task(live.sent(STEWARD, duty)) for _ in range(1_500)]
    await asyncio.sleep(0)
    posted = await live.sent(DESK, live.demand(incident))
    assert posted.turn.refusal is None
    ends = await asyncio.gather(*flood, return_exceptions=True)
    kinds = Counter(type(end) for end in ends)
    assert set(kinds) == {Receipt, Overloaded}
    assert 150 < kinds[Receipt] < 600
    assert (await live.sent(STEWARD, duty)).turn.refusal is None
