"""Needed by: nobody is hurried tonight for tomorrow, and whoever says yes is reserved."""

from __future__ import annotations

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import StandDownReason
from schemas.views import AssignmentRow, OfferRow, Put
from streams import rows
from streams.entities import Assignment
from streams.parameters import DAY, HOUR, MINUTE, SECOND, URGENCY
from tests.streams.play import Play
from tests.streams.world import DESK, World, asked, only

TONIGHT = 10 * HOUR  # from now to tomorrow at six


def later(ahead: int = TONIGHT, priority: int = 1) -> tuple[World, f.OfferSent]:
    """A team that is asked for something that is needed so much later."""
    world = World()
    world.organization("team", units=2)
    facts = world.demand(world.incident(), priority=priority, needed_by=world.at + ahead)
    [offer] = asked(facts) or asked(world.wait(minutes=1))
    return world, offer


def crew(world: World) -> Assignment:
    [found] = world.operation.assignments.rows.values()
    return found


@pytest.mark.parametrize(
    ("priority", "ahead", "answer"),
    [
        (1, TONIGHT, TONIGHT // 4),
        (2, 3 * DAY, 12 * HOUR),
        (1, 4 * MINUTE, URGENCY[1].answer),
        (2, HOUR, 15 * MINUTE),
    ],
)
def test_a_fourth_of_what_is_left_is_there_to_answer(
    priority: int, ahead: int, answer: int
) -> None:
    """Never less than the priority's time, and never over half a day (field A15)."""
    _, offer = later(ahead, priority)
    assert offer.answer_by - offer.at == answer


def test_it_stays_out_through_the_night_and_is_asked_again_after() -> None:
    """Given a P1 for tomorrow, then the offer is open after two hours, and over after a fourth."""
    world, offer = later()
    assert not [fact for fact in world.wait(minutes=149) if isinstance(fact, f.OfferExpired)]
    assert world.operation.offers[offer.offer].state.value == "sent"
    assert [fact for fact in world.wait(minutes=2) if isinstance(fact, f.OfferExpired)]


def test_whoever_says_yes_is_reserved_and_late_only_by_the_time_it_is_needed() -> None:
    """Given a yes tonight, twenty minutes away, for tomorrow at six: on its way from 05:40,
    a look is due when it has not set off by 05:50, and it is overdue at 06:10."""
    world, offer = later()
    needed_by = world.at + TONIGHT
    world.yes(offer, minutes=20)
    assert crew(world).promised_at == needed_by
    assert crew(world).starts_at == needed_by - 20 * MINUTE
    row = rows.assignment(world.area, world.operation, crew(world)).row
    assert isinstance(row, AssignmentRow)
    assert row.slow_at == needed_by - 10 * MINUTE
    world.until(needed_by + 10 * MINUTE - SECOND)
    assert not crew(world).overdue
    world.until(needed_by + 10 * MINUTE + SECOND)
    assert crew(world).overdue


def test_a_crew_that_is_farther_away_than_there_is_time_comes_when_it_can() -> None:
    world, offer = later(ahead=30 * MINUTE)
    world.yes(offer, minutes=45)
    assert crew(world).promised_at == world.at + 45 * MINUTE
    assert crew(world).starts_at == world.at


def test_needed_sooner_asks_anew_and_moves_the_reserved() -> None:
    """Given one reserved and one asked, when the desk needs it at once, then whoever was asked is
    asked again with the new time, and the reserved crew is expected by its own way."""
    world = World()
    for name in ("one", "other"):
        world.organization(name)
    world.demand(world.incident(), target=2, minimum=2, needed_by=world.at + TONIGHT)
    first, second = asked(world.turns[-1].turn.facts)
    world.yes(first, minutes=20)
    facts = [*world.amend(first.demand, needed_by=None), *world.wait(minutes=0)]
    gone = only([fact for fact in facts if isinstance(fact, f.OfferStoodDown)])
    assert (gone.offer, gone.reason) == (second.offer, StandDownReason.DEMAND_AMENDED)
    [again] = asked(facts)
    assert again.organization == second.organization
    assert again.answer_by - again.at == URGENCY[1].answer
    assert crew(world).promised_at == world.at + 20 * MINUTE


def test_needed_later_moves_the_reserved_and_gives_time_to_answer() -> None:
    world, offer = later()
    another = world.operation.demands[offer.demand].needed_by or 0
    world.amend(offer.demand, needed_by=another + 4 * HOUR)
    assert world.operation.offers[offer.offer].answer_by == offer.at + (TONIGHT + 4 * HOUR) // 4
    world.yes(offer, minutes=20)
    world.amend(offer.demand, needed_by=another + 8 * HOUR)
    assert crew(world).promised_at == another + 8 * HOUR
    world.until(another + 8 * HOUR)
    assert not crew(world).overdue


@pytest.mark.parametrize(
    "times",
    [
        (None, TONIGHT),  # as soon as possible, and back
        (10 * MINUTE, TONIGHT),  # sooner than the way is long, and back
        (20 * HOUR, TONIGHT),
        (None, 10 * MINUTE, 20 * HOUR, TONIGHT),
    ],
)
def test_whatever_was_said_between_a_crew_comes_by_the_last_word(
    times: tuple[int | None, ...],
) -> None:
    """Amended to and fro, it is where it would be without: nobody is late or replaced at night."""
    world, offer = later()
    start = world.at
    world.yes(offer, minutes=20)
    for ahead in times:
        world.at += SECOND
        world.amend(offer.demand, needed_by=None if ahead is None else start + ahead)
    assert (crew(world).starts_at, crew(world).promised_at) == (
        start + TONIGHT - 20 * MINUTE,
        start + TONIGHT,
    )
    facts = world.until(start + TONIGHT)
    assert not [fact for fact in facts if isinstance(fact, f.CrewOverdue | f.CrewDoubted)]


def test_needed_later_than_was_said_is_hurry_for_nobody() -> None:
    """Given one at work and one asked for a P1, when it turns out to be for tomorrow, then the
    one has until then, and the other the time to answer as if asked so."""
    world = World()
    for name in ("one", "other"):
        world.organization(name)
    start = world.at
    world.demand(world.incident(), target=2, minimum=2)
    first, second = asked(world.turns[-1].turn.facts)
    world.yes(first, minutes=20)
    world.amend(first.demand, needed_by=start + TONIGHT)
    assert crew(world).promised_at == start + TONIGHT
    assert world.operation.offers[second.offer].answer_by == start + TONIGHT // 4
    facts = world.until(start + TONIGHT // 4 - SECOND)
    assert not [fact for fact in facts if isinstance(fact, f.OfferExpired | f.CrewOverdue)]


def test_a_slip_about_the_time_does_not_hide_a_crew_that_is_on_the_road() -> None:
    """Given a crew that has set off half an hour away, when the desk types a day and takes that
    back, then it is expected by its own way again, and late when it does not come."""
    world, offer = later()
    world.yes(offer, minutes=30)
    world.send("team", c.SetOff(assignment=crew(world).id))
    started = world.at
    world.amend(offer.demand, needed_by=started + 25 * HOUR)
    assert crew(world).promised_at == started + 25 * HOUR
    world.wait(minutes=5)
    world.amend(offer.demand, needed_by=started + 20 * MINUTE)
    assert crew(world).promised_at == started + 30 * MINUTE
    late = world.wait(minutes=60)
    assert only(late, f.CrewOverdue).assignment == crew(world).id


def test_a_crew_that_was_late_is_late_no_longer_when_there_is_time() -> None:
    world, offer = later(ahead=HOUR)
    world.yes(offer, minutes=20)
    world.until(world.at + 2 * HOUR)
    assert crew(world).overdue
    world.amend(offer.demand, needed_by=world.at + TONIGHT)
    assert not crew(world).overdue
    [line] = world.operation.lines.rows.values()
    assert (line.working, line.doubtful, line.replacing) == (crew(world).quantity, 0, 0)


def test_a_time_of_its_own_is_its_own_and_no_start_lies_behind_an_arrival() -> None:
    """Reserved for tomorrow, it says that it comes in half an hour: a look is due by then."""
    world, offer = later()
    world.yes(offer, minutes=20)
    world.send("team", c.GiveNewTime(assignment=crew(world).id, minutes=30))
    assert crew(world).starts_at == world.at + 10 * MINUTE
    world.amend(offer.demand, needed_by=world.at + 2 * TONIGHT)
    assert crew(world).promised_at == world.at + 30 * MINUTE


def test_a_minute_sooner_asks_nobody_anew() -> None:
    world, offer = later()
    for minutes in range(1, 6):
        world.amend(offer.demand, needed_by=world.at + TONIGHT - minutes * MINUTE)
    assert world.operation.offers[offer.offer].state.value == "sent"
    assert len(world.operation.offers) == 1


@pytest.mark.parametrize("seed", range(6))
def test_on_random_play_nobody_is_late_before_it_is_needed(seed: int) -> None:
    """But by a time that the crew has named itself; and no start lies behind an arrival."""
    play = Play(seed)

    def look() -> None:
        operation = play.operation
        for row in operation.assignments.rows.values():
            assert row.starts_at <= row.promised_at
            needed_by = operation.demands[row.demand].needed_by
            if row.live and row.overdue and not row.new_times and needed_by is not None:
                assert play.world.at >= needed_by

    play.watch = look
    play.run(250)


@pytest.mark.parametrize("ahead", [0, -MINUTE, 30 * DAY + 1])
def test_a_time_that_has_passed_or_is_too_far_is_refused(ahead: int) -> None:
    world = World()
    command = world.demand_command(world.incident(), needed_by=world.at + ahead)
    assert world.refused(DESK, command) is Refusal.NEEDED_BY_UNFIT


def test_other_amendments_go_on_after_its_time_has_passed() -> None:
    world, offer = later(ahead=HOUR)
    world.wait(minutes=90)
    assert only(world.amend(offer.demand, priority=2), f.DemandAmended).priority == 2


def test_who_is_asked_reads_by_when_it_is_needed() -> None:
    world, offer = later()
    row = rows.offer(world.area, world.operation, world.operation.offers[offer.offer]).row
    assert isinstance(row, OfferRow)
    assert row.needed_by == world.at + TONIGHT
    world.amend(offer.demand, needed_by=world.at + 2 * TONIGHT)
    puts = [change for change in world.turns[-1].changes if isinstance(change, Put)]
    changed = [put.row for put in puts if isinstance(put.row, OfferRow)]
    assert [row.needed_by for row in changed] == [world.at + 2 * TONIGHT]
