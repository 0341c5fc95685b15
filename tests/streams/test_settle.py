"""Settling: one order of waits, and a budget of which neither the urgent nor the many take all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.values import Capability, CloseReason, DemandId, IncidentId, Stored
from streams.clock import due
from streams.parameters import (
    CHORE_WORK,
    FACTS_MOST,
    LOOKED_AT_MOST,
    LOOKS_SHARED,
    MINUTE,
    SETTLE_FACTS,
    URGENCY,
)
from streams.settle import CHORES
from streams.table import Journal, Table
from streams.versions import present
from streams.wakes import Wait, Wake, Wakes
from streams.worklist import KINDS
from tests.streams.world import COUNTY, STEWARD, World, asked, divisions, kinds, only

# The one order of waits


class Thing(Stored):
    """Something that waits until a time, or not."""

    until: int | None


class Waiting:
    """Two tables whose rows wait, each in its own kind."""

    def __init__(self) -> None:
        self.journal = Journal()
        self.offers: Table[str, Thing] = Table("offers", self.journal)
        self.crews: Table[str, Thing] = Table("crews", self.journal)
        self.wakes = Wakes()
        self.wakes.hold(self.offers, lambda row: _until(row, Wait.ANSWER))
        self.wakes.hold(self.crews, lambda row: _until(row, Wait.CREW))


def _until(row: Thing, wait: Wait) -> tuple[int, Wait] | None:
    return None if row.until is None else (row.until, wait)


def test_whoever_has_waited_longest_is_first_whatever_it_is() -> None:
    waiting = Waiting()
    waiting.offers.put("a", Thing(until=20))
    waiting.crews.put("b", Thing(until=10))
    assert waiting.wakes.first() == Wake(10, Wait.CREW, "b")
    assert list(waiting.wakes.all()) == [Wake(10, Wait.CREW, "b"), Wake(20, Wait.ANSWER, "a")]


def test_at_the_same_time_the_kinds_have_their_order() -> None:
    waiting = Waiting()
    waiting.crews.put("b", Thing(until=10))
    waiting.offers.put("a", Thing(until=10))
    assert waiting.wakes.first() == Wake(10, Wait.ANSWER, "a")
    assert [wait.name for wait in Wait][:2] == ["STAND_DOWN", "END"]  # nobody waits on in vain


def test_a_wait_moves_and_ends_with_its_row() -> None:
    waiting = Waiting()
    waiting.offers.put("a", Thing(until=10))
    waiting.offers.put("a", Thing(until=30))
    assert waiting.wakes.first() == Wake(30, Wait.ANSWER, "a")
    waiting.offers.put("a", Thing(until=None))
    assert waiting.wakes.first() is None
    waiting.offers.put("a", Thing(until=5))
    waiting.offers.remove("a")
    assert waiting.wakes.first() is None


def test_what_is_undone_waits_as_before() -> None:
    waiting = Waiting()
    waiting.offers.put("a", Thing(until=10))
    waiting.journal.forget()
    waiting.offers.put("a", Thing(until=None))
    waiting.crews.put("b", Thing(until=5))
    waiting.journal.undo()
    assert waiting.wakes.first() == Wake(10, Wait.ANSWER, "a")
    assert list(waiting.wakes.all()) == [Wake(10, Wait.ANSWER, "a")]


def test_every_kind_of_wait_has_something_done_when_it_is_over() -> None:
    assert set(CHORES) == set(Wait) == set(KINDS)


# A budget for both


@contextmanager
def unsettled(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Turns that leave all their work for the ticks that follow."""
    with monkeypatch.context() as busy:
        busy.setattr("streams.clock.SETTLE_FACTS", 0)
        yield


def crowd(demands: int) -> tuple[World, IncidentId, list[DemandId]]:
    """So many P2 demands of twenty lines, four teams asked for each line."""
    world = World()
    for number in range(4):
        world.organization(f"o{number}", units=2_000)
    incident = world.incident()
    made = []
    for _ in range(demands):
        facts = world.demand(incident, priority=2, lines=20)
        made.append(only(facts, f.DemandPublished).demand)
    return world, incident, made


def let_go(world: World, demands: list[DemandId], monkeypatch: pytest.MonkeyPatch) -> int:
    """All those demands are closed at once; how many are to be told so."""
    with unsettled(monkeypatch):
        for demand in demands:
            world.close(demand, CloseReason.CANCELED)
    return sum(row.unneeded is not None for row in world.operation.offers.rows.values())


def test_a_p1_is_asked_for_although_thousands_are_to_be_told_that_it_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given two thousand requests to take back, when a P1 is posted, then its own turn asks for it
    and takes some back as well."""
    world, incident, demands = crowd(25)
    waiting = let_go(world, demands, monkeypatch)
    assert waiting == 2_000
    facts = world.demand(incident, priority=1)
    assert len(asked(facts)) == 4
    assert kinds(facts).count("OfferStoodDown") > 100


def test_a_team_that_comes_free_is_tried_although_thousands_are_to_be_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given a P1 that nobody could be asked for, when a team becomes able, then the next tick asks
    it, whatever else there is to do."""
    world, incident, demands = crowd(25)
    line = only(world.demand(incident, priority=1, skill="DRONE"), f.LineUnmet).line
    let_go(world, demands, monkeypatch)
    world.at += 1_000
    world.organization("drones", skill="DRONE")
    world.at += 100
    facts = world.tick()
    assert only(asked(facts)).line == line
    assert kinds(facts).count("OfferStoodDown") > 100


def test_stand_downs_go_on_although_thousands_of_lines_are_due(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given as much of one as of the other, then each has its share of every tick."""
    world, incident, demands = crowd(5)
    let_go(world, demands, monkeypatch)
    with unsettled(monkeypatch):
        for _ in range(25):
            world.demand(incident, priority=2, lines=20)
    facts = world.tick()
    told, matched = kinds(facts).count("OfferStoodDown"), len(asked(facts))
    assert told * CHORE_WORK >= SETTLE_FACTS // 4
    assert matched >= SETTLE_FACTS // 4
    found = due(world.area)
    assert found is not None
    assert found[0] <= world.at


def test_what_is_left_makes_the_next_tick_due_until_nothing_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, _, demands = crowd(10)
    waiting = let_go(world, demands, monkeypatch)
    ticks = []
    while (found := due(world.area)) is not None and found[0] <= world.at:
        ticks.append(world.tick())
    assert sum(kinds(facts).count("OfferStoodDown") for facts in ticks) == waiting
    assert max(map(len, ticks)) <= SETTLE_FACTS + present().wave_most + 1 <= FACTS_MOST
    assert len(ticks) <= waiting * CHORE_WORK // SETTLE_FACTS + 2


def test_the_most_urgent_are_matched_first_and_of_these_the_longest_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    world.organization("near", units=500)
    incident = world.incident()
    posted: dict[DemandId, tuple[int, int]] = {}
    with unsettled(monkeypatch):
        for priority in (2, 1, 2, 1):
            world.at += 1_000
            facts = world.demand(incident, priority=priority)
            posted[only(facts, f.DemandPublished).demand] = (priority, world.at)
    offers = asked(world.tick())
    assert [posted[offer.demand] for offer in offers] == sorted(posted.values())


# Saying that there is nobody


def test_nobody_is_said_once_in_full_and_then_in_one_fact_for_all() -> None:
    """Given three hundred lines that nobody can be asked for, when they are looked at again, then
    two facts say so; in full it is said again only when a reason changes."""
    world = World()
    incident = world.incident()
    for _ in range(15):
        world.demand(incident, priority=2, lines=20, skill="DRONE")
    facts = world.wait(minutes=6)
    looked = [fact for fact in facts if isinstance(fact, f.LinesLookedAt)]
    assert sum(len(fact.lines) for fact in looked) == 300
    assert max(len(fact.lines) for fact in looked) <= LOOKED_AT_MOST
    assert len(looked) <= 300 * 6 // SETTLE_FACTS + 2
    assert "LineUnmet" not in kinds(facts)


def test_another_reason_is_news() -> None:
    world = World()
    unmet = only(world.demand(world.incident(), priority=2, skill="DRONE"), f.LineUnmet)
    assert unmet.gates == ()
    made = world.organization("drones", skill="DRONE")
    world.send(STEWARD, c.SetDuty(organization=made, on_duty=False))
    again = only(world.wait(minutes=6), f.LineUnmet)
    assert [count.gate.value for count in again.gates] == ["duty"]


@pytest.mark.parametrize(
    ("priority", "minutes"),
    [(1, (2, 4, 5, 5, 5)), (2, (5, 10, 20, 30, 30)), (3, (15, 30, 30)), (4, (30, 30, 30))],
)
def test_looks_are_rarer_while_nothing_changes(priority: int, minutes: tuple[int, ...]) -> None:
    world = World()
    facts: Any = world.demand(world.incident(), priority=priority)
    facts = [*facts, *world.wait(minutes=0 if priority < 3 else 1)]
    at, looks = only(facts, f.LineUnmet).at, []
    for _ in minutes:
        until = world.until(world.at + 60 * MINUTE, f.LinesLookedAt)
        [looked] = [fact for fact in until if isinstance(fact, f.LinesLookedAt)]
        looks.append(looked.at - at)
        at = looked.at
    early = URGENCY[priority].retry // LOOKS_SHARED
    assert all(0 <= m * MINUTE - gap < early for m, gap in zip(minutes, looks, strict=True))


def test_hopeless_lines_share_their_looks() -> None:
    """Given a line a second for two minutes that nobody can serve, then within the hour after no
    more ticks are written than there are moments, however many lines look at each."""
    world = World()
    incident = world.incident()
    for _ in range(120):
        world.at += 1_000
        world.demand(incident, priority=2, skill="DRONE")
    before = len(world.log)
    facts = world.wait(minutes=60)
    looks = [key for fact in facts if isinstance(fact, f.LinesLookedAt) for key in fact.lines]
    assert len(looks) >= 3 * 120
    assert len(world.log) - before <= 30


def test_whoever_becomes_able_serves_the_most_urgent_and_then_the_nearest() -> None:
    """A7: given two P1 lines and a P2 without a team, when one with two units comes, then it is
    asked for both P1 at once, the nearer first."""
    world = World()
    incident = world.incident()
    far = world.demand_command(incident, township=5)
    lines = [
        only(world.demand(incident, priority=2), f.LineUnmet).line,
        only(world.send(COUNTY, far), f.LineUnmet).line,
        only(world.demand(incident), f.LineUnmet).line,
    ]
    world.at += 1_000
    world.organization("two", units=2)
    offers = asked(world.wait(minutes=0))
    assert [offer.line for offer in offers] == [lines[2], lines[1]]


def test_who_becomes_able_for_nothing_is_looked_at_once() -> None:
    """Given a line beyond its reach, when a team says what it has, then one fact says that no line
    may use it, and nothing is due on its account."""
    world = World()
    made = world.organization("far")
    world.send(STEWARD, world.entry(made, place=divisions().seat("330327")))
    world.demand(world.incident())
    world.at += 1_000
    has = (Capability(skill="PUMP_DRAIN", units=5),)
    world.send(STEWARD, c.SetCapacity(organization=made, capabilities=has))
    assert only(world.tick(), f.LineWoken).line is None
    found = due(world.area)
    assert found is not None
    assert found[0] > world.at
