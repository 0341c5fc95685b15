"""Time: rule time, ticks, and what a standstill takes from nobody."""

from __future__ import annotations

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.turns import DELIVERY, OWNER
from schemas.values import Instant, Reach, Reception, Role, TimeSource
from schemas.views import OperationRow
from streams import rows, standstill
from streams.area import Area
from streams.checkpoint import state_hash
from streams.clock import due
from streams.entities import OfferState
from streams.parameters import (
    DAY,
    GIVEN_BACK_AT_ONCE,
    HOUR,
    MINUTE,
    SECOND,
    STANDSTILL,
    URGENCY,
)
from streams.turning import Repeat, Taken
from streams.verify import verify
from streams.wakes import Wait
from tests.streams.world import (
    DESK,
    EXERCISE,
    SEALED,
    START,
    WENZHOU,
    World,
    asked,
    divisions,
    kinds,
    only,
)


def answered(taken: Taken | Repeat) -> int:
    """The sequence of the earlier turn that answers; an AssertionError for a new turn."""
    assert isinstance(taken, Repeat)
    return taken.sequence


# Rule time


def test_rule_time_never_goes_back() -> None:
    world = World()
    world.at += MINUTE
    world.incident()
    world.at -= MINUTE
    world.grant("somebody", Role.REVIEWER, division=world.township)
    assert world.turns[-1].turn.at == START + MINUTE


# Ticks


def offered(
    time_source: TimeSource = TimeSource.GIVEN, priority: int = 1
) -> tuple[World, f.OfferSent]:
    """A world in which one organization has to answer, on P1 within three minutes."""
    world = World(time_source=time_source)
    world.organization("near")
    facts = list(world.demand(world.incident(), priority=priority))
    return world, only(asked(facts + world.wait(minutes=0 if priority < 3 else 1)))


def test_a_stale_or_early_tick_writes_nothing() -> None:
    world, _ = offered()
    world.wait(minutes=5)
    number = world.operation.count("tick")
    before = world.area.sequence, state_hash(world.area)
    for wrong in (number, number - 1, number + 2, 1_000):
        for command in (c.Tick(number=wrong), c.Resume(number=wrong, since=START)):
            assert answered(world.take(world.envelope(OWNER, command))) == 0
    assert (world.area.sequence, state_hash(world.area)) == before


def test_a_tick_of_an_operation_that_is_not_there_writes_nothing() -> None:
    world = World()
    before = world.area.sequence
    for command in (c.Tick(number=1), c.Resume(number=1, since=START)):
        assert answered(world.take(world.envelope(OWNER, command))) == 0
    assert world.area.sequence == before


def test_a_tick_with_nothing_due_is_an_empty_turn() -> None:
    world, sent = offered()
    assert world.tick() == ()
    world.at = sent.answer_by
    assert "OfferExpired" not in kinds(world.tick())
    world.at = sent.answer_by + 1
    assert "OfferExpired" in kinds(world.tick())


def test_a_tick_is_due_when_the_earliest_deadline_has_passed() -> None:
    world = World()
    assert due(world.area) is None
    world.organization("near")
    incident = world.incident()
    assert due(world.area) is None
    sent = only(world.demand(incident, target=2), f.OfferSent)
    retry = only(world.turns[-1].turn.facts, f.LineUnmet).retry_at
    assert due(world.area) == (min(sent.answer_by + 1, retry), EXERCISE, 1)


def test_only_ticks_end_what_is_waited_for() -> None:
    """Given a deadline that has passed, when somebody else acts first, then nobody is silent yet:
    a yes in the same breath as the tick is still a yes."""
    world = World()
    world.organization("near")
    incident = world.incident()
    sent = only(asked(world.demand(incident)))
    world.at = sent.answer_by + 1
    facts = world.demand(incident, skill="DRONE")
    assert "OfferExpired" not in kinds(facts)
    assert world.operation.offers[sent.offer].state is OfferState.SENT
    assert "AssignmentCommitted" in kinds(world.yes(sent))


def test_a_conductor_never_stands_still() -> None:
    """Given a log on given time, then a day between two ticks is a day."""
    world, sent = offered(TimeSource.GIVEN)
    world.at = sent.answer_by + DAY
    facts = kinds(world.tick())
    assert "Resumed" not in facts
    assert "OfferExpired" in facts


# Standstill


def resume(world: World, since: Instant) -> list[object]:
    number = world.operation.count("tick") + 1
    return list(world.send(OWNER, c.Resume(number=number, since=since)))


@pytest.mark.parametrize("away", [4 * MINUTE, 14 * MINUTE, 10 * HOUR])
def test_after_an_outage_everybody_has_the_time_that_was_left(away: int) -> None:
    """A12: given half a minute gone when the laptop fell asleep, then two and a half minutes are
    left, however long it slept; and a yes counts as in time."""
    world, sent = offered(TimeSource.LIVE)
    since = world.at + 30 * SECOND
    world.at = since + away
    resumed = only(resume(world, since), f.Resumed)
    assert (resumed.lost, resumed.at) == (away, world.at)
    assert (
        world.operation.offers[sent.offer].answer_by == world.at + URGENCY[1].answer - 30 * SECOND
    )
    assert "OfferExpired" not in kinds(world.until(world.at + URGENCY[1].answer - 30 * SECOND))
    assert not only(world.yes(sent), f.OfferAccepted).late


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_at_least_a_fourth_of_the_time_to_answer_is_left(priority: int) -> None:
    """Given one second left, then a fourth of what the priority gives: P1 45 seconds."""
    world, sent = offered(TimeSource.LIVE, priority)
    since = sent.answer_by - SECOND
    world.at = since + HOUR
    resume(world, since)
    rest = world.operation.offers[sent.offer].answer_by - world.at
    assert rest == URGENCY[priority].answer // 4


def test_a_yes_that_comes_first_after_an_outage_counts() -> None:
    """A12: on a cluster it may have lain in the topic; it is decided before any tick."""
    world, sent = offered(TimeSource.LIVE)
    world.at += 14 * MINUTE
    assert "AssignmentCommitted" in kinds(world.yes(sent))


def test_outages_in_a_row_take_nothing_from_anybody() -> None:
    world, sent = offered(TimeSource.LIVE)
    for _ in range(5):
        since = world.at + 5 * SECOND
        world.at = since + 20 * MINUTE
        resume(world, since)
    rest = world.operation.offers[sent.offer].answer_by - world.at
    assert rest == URGENCY[1].answer - 25 * SECOND


def test_who_has_answered_is_left_alone() -> None:
    world = World(time_source=TimeSource.LIVE)
    for name in ("one", "two"):
        world.organization(name)
    first, second = asked(world.demand(world.incident(), priority=2))
    world.no(first)
    since, world.at = world.at, world.at + HOUR
    resume(world, since)
    offers = world.operation.offers
    assert offers[first.offer].answer_by == first.answer_by
    assert offers[second.offer].answer_by == second.answer_by + HOUR


def test_what_was_held_back_is_released_after_what_was_left() -> None:
    """Given a P4 posted half a minute before the outage, then nothing goes out before the desk has
    had its other half."""
    world = World(time_source=TimeSource.LIVE)
    world.organization("near")
    demand = only(world.demand(world.incident(), priority=4), f.DemandPublished).demand
    since = world.at + 30 * SECOND
    world.at = since + HOUR
    assert asked(resume(world, since)) == []
    assert world.operation.demands[demand].release_at == world.at + 30 * SECOND
    assert only(asked(world.until(world.at + MINUTE, f.OfferSent))).at == world.at


def test_nobody_is_overdue_for_two_minutes() -> None:
    """Given a crew whose time passed while nobody could hear it, then it has two minutes to say
    so; one that has more time keeps it."""
    world = World(time_source=TimeSource.LIVE)
    world.organization("near", units=2)
    incident = world.incident()
    soon = world.at_work(only(asked(world.demand(incident, priority=2))), minutes=10)
    later = world.at_work(only(asked(world.demand(incident, priority=2))), minutes=300)
    expected = world.operation.assignments[later].late_at
    since, world.at = world.at + MINUTE, world.at + HOUR
    resumed = only(resume(world, since), f.Resumed)
    assert resumed.quiet_until == world.at + 2 * MINUTE
    overdue = only(world.until(world.at + HOUR, f.CrewOverdue), f.CrewOverdue)
    assert (overdue.assignment, overdue.at) == (soon, resumed.quiet_until)
    assert world.operation.assignments[later].late_at == expected


def test_who_arrived_meanwhile_says_so_first() -> None:
    world = World(time_source=TimeSource.LIVE)
    world.organization("near")
    crew = world.at_work(only(asked(world.demand(world.incident()))), minutes=10)
    since, world.at = world.at + MINUTE, world.at + HOUR
    resume(world, since)
    world.send("near", c.Arrive(assignment=crew))
    assert "CrewOverdue" not in kinds(world.wait(minutes=10))


def test_every_wait_has_its_time_back_or_says_why_not() -> None:
    """Each kind of wait stands in exactly one list, so that none is forgotten in an outage."""
    listed = [*standstill.SPARED, *standstill.SHIFTED, *standstill.BY_THE_CLOCK]
    assert sorted(listed) == sorted(Wait)
    given = {*standstill.SPARED, *standstill.SHIFTED}
    assert set(standstill.GIVING) == given


def test_what_waits_for_a_desk_has_as_long_as_it_had() -> None:
    """Given a late yes that may be taken for two hours, a draft that climbs after three minutes,
    and helpers who wait, then ten hours of outage take nothing from any of them."""
    world = World(time_source=TimeSource.LIVE)
    for name in ("near", "late"):
        world.organization(name)
    incident = world.incident()
    first = asked(world.demand(incident, priority=2))[0]
    world.until(first.answer_by + 1, f.OfferExpired)
    world.send(DESK, c.SetOwnCrew(line=first.line, units=1))
    standby = only(world.yes(first), f.StandbyOffered)
    parked = Reception.PARKED
    waiting = c.ReceiveHelpers(demand=first.demand, people=3, word=parked, contact=SEALED)
    helpers = only(world.send(DESK, waiting), f.HelpersReceived)
    draft = only(world.send(DESK, world.draft_command(incident, priority=1)), f.DemandDrafted)
    since = world.at + MINUTE
    world.at = since + 10 * HOUR
    resume(world, since)
    operation = world.operation
    assert operation.offers[first.offer].standby_until == standby.until + 10 * HOUR
    assert operation.helpers[helpers.helpers].until == helpers.until + 10 * HOUR
    assert operation.demands[draft.demand].climbs_at == draft.climbs_at + 10 * HOUR


def crowded() -> World:
    """A live log with a thousand open requests, for which the time ends within minutes."""
    world = World(time_source=TimeSource.LIVE)
    for number in range(8):
        world.organization(f"o{number}", units=400)
    incident = world.incident()
    while sum(row.state is OfferState.SENT for row in world.operation.offers.rows.values()) < 1_000:
        world.demand(incident, lines=20)
    return world


def test_no_turn_gives_time_back_to_more_than_a_few_hundred() -> None:
    """Given a thousand who have to answer when the log stood still, then no turn shifts more than
    a few hundred deadlines, nobody's time is over before all have theirs, and all have what was
    left."""
    world = crowded()
    open_offers = list(world.operation.offers.rows.values())
    since, world.at = world.at + 30 * SECOND, world.at + HOUR
    resume(world, since)
    turns = [world.turns[-1]]
    while world.operation.standstill:
        assert due(world.area) == (0, EXERCISE, world.operation.count("tick") + 1)
        world.at += 100
        world.tick()
        turns.append(world.turns[-1])
    assert max(len(taken.changes) for taken in turns) <= 2 * GIVEN_BACK_AT_ONCE + 20
    assert "OfferExpired" not in {kind for taken in turns for kind in kinds(taken.turn.facts)}
    resumed = only(turns[0].turn.facts, f.Resumed)
    for before in open_offers:
        after = world.operation.offers[before.id]
        assert after.answer_by == resumed.at + before.answer_by - since
    assert "OfferExpired" in kinds(world.until(world.at + 10 * MINUTE, f.OfferExpired))
    assert verify(Area(WENZHOU, divisions()), world.log).sound


def test_a_yes_before_its_time_was_given_back_is_in_time() -> None:
    world = crowded()
    since, world.at = world.at + 30 * SECOND, world.at + HOUR
    resume(world, since)
    owed = world.operation.standstill["standstill"].offers[-1]
    facts = world.send(DESK, c.AcceptOffer(offer=owed, quantity=1))
    assert not only(facts, f.OfferAccepted).late
    while world.operation.standstill:
        world.tick()
    assert world.operation.offers[owed].state is OfferState.ACCEPTED


def test_being_reached_before_its_time_was_given_back_takes_nothing() -> None:
    """Given a message that goes out while others get their time back first, then it has as much as
    it would have without, and no less than that."""
    world = crowded()
    since, world.at = world.at + 30 * SECOND, world.at + HOUR
    resumed = only(resume(world, since), f.Resumed)
    owed = world.operation.offers[world.operation.standstill["standstill"].offers[-1]]
    told = (c.Reached(offer=owed.id, by=Reach.SMS),)
    world.send(DELIVERY, c.RecordReach(reached=told))
    while world.operation.standstill:
        world.tick()
    after = world.operation.offers[owed.id]
    assert after.answer_by >= resumed.at + owed.answer_by - since
    assert after.state is OfferState.SENT


def test_a_second_outage_before_all_have_their_time_takes_nothing() -> None:
    world = crowded()
    asked_before = list(world.operation.offers.rows.values())
    since, world.at = world.at + 30 * SECOND, world.at + HOUR
    resume(world, since)
    again, world.at = world.at, world.at + HOUR
    resume(world, again)
    while world.operation.standstill:
        world.tick()
    for before in asked_before:
        after = world.operation.offers[before.id]
        assert after.answer_by - world.at >= before.answer_by - since


@pytest.mark.parametrize(("lost", "shifts"), [(STANDSTILL, False), (STANDSTILL + 1, True)])
def test_a_minute_is_no_standstill(lost: int, shifts: bool) -> None:
    world, sent = offered(TimeSource.LIVE)
    since, world.at = world.at, world.at + lost
    number = world.operation.count("tick") + 1
    assert ("Resumed" in kinds(resume(world, since))) is shifts
    assert world.operation.count("tick") == number
    moved = world.operation.offers[sent.offer].answer_by - sent.answer_by
    assert moved == (lost if shifts else 0)


def test_how_much_time_was_lost_is_shown() -> None:
    """Given two standstills, then the last is told apart from the sum, and when it was over."""
    world, _ = offered(TimeSource.LIVE)
    for minutes in (4, 14):
        since, world.at = world.at, world.at + minutes * MINUTE
        resume(world, since)
    row = rows.operation(world.operation).row
    assert isinstance(row, OperationRow)
    assert (row.lost, row.lost_last, row.lost_at) == (18 * MINUTE, 14 * MINUTE, world.at)
