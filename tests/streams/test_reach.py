"""Reach: the clock begins when somebody was reached; what is over is passed over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec import ValidationError

from schemas import commands as c
from schemas import facts as f
from schemas import wire
from schemas.reach_commands import MOST
from schemas.refusals import Refusal
from schemas.turns import DELIVERY, OWNER
from schemas.values import (
    CloseReason,
    Instant,
    OfferId,
    Reach,
    TimeSource,
)
from streams.days import start_of
from streams.entities import OfferState
from streams.parameters import HOUR, MINUTE, SECOND, STANDSTILL, URGENCY
from tests.streams.reach_world import (
    PRIORITIES,
    Told,
    ask,
    lost,
    one,
    replayed,
    world_of,
)
from tests.streams.world import (
    World,
    kinds,
    only,
)


@pytest.fixture(autouse=True)
def replays_alike() -> Iterator[None]:
    with replayed():
        yield


# The clock


@pytest.mark.parametrize("priority", PRIORITIES)
def test_the_clock_begins_when_somebody_was_reached(priority: int) -> None:
    world, offer = one(priority)
    world.at += 10 * SECOND
    fact = only(world.reached(offer, by=Reach.CHAT))
    assert fact.answer_by == world.at + URGENCY[priority].answer
    row = world.row(offer)
    assert (row.answer_by, row.reached_at, row.reached_by) == (fact.answer_by, world.at, Reach.CHAT)


@pytest.mark.parametrize("priority", PRIORITIES)
@pytest.mark.parametrize("late", [0, 1, 20 * SECOND])
def test_and_no_later_than_its_bound_after_the_sending(priority: int, late: int) -> None:
    """A slow channel costs the line at most half a minute on P1."""
    world, offer = one(priority)
    bound = URGENCY[priority].reaching
    world.at = offer.at + bound + late
    assert only(world.reached(offer)).answer_by == offer.at + bound + URGENCY[priority].answer


def test_it_is_over_at_the_raised_deadline_and_not_before() -> None:
    world, offer = one()
    world.at += 20 * SECOND
    raised = only(world.reached(offer)).answer_by
    assert "OfferExpired" not in kinds(world.until(raised))
    assert "OfferExpired" in kinds(world.until(raised + 1))


def test_a_yes_between_both_deadlines_is_in_time() -> None:
    world, offer = one()
    world.at += 20 * SECOND
    world.reached(offer)
    world.until(offer.answer_by + 10 * SECOND)
    assert not only(world.yes(offer), f.OfferAccepted).late


def test_being_reached_never_lowers_a_deadline() -> None:
    """Given a demand for tomorrow, which was put off while somebody was asked for it, then being
    reached leaves the longer time."""
    world = world_of("near")
    [offer] = ask(world, needed_by=world.at + 8 * HOUR)
    world.amend(offer.demand, needed_by=world.at + 40 * HOUR)
    longer = world.row(offer).answer_by
    world.amend(offer.demand, needed_by=world.at + 24 * HOUR)
    assert world.row(offer).answer_by == longer
    assert only(world.reached(offer)).answer_by == longer


def test_after_a_standstill_the_time_given_back_is_not_taken_again() -> None:
    """Given twenty minutes in which the log stood still, when a message goes out behind them, then
    whoever was asked before keeps what was given back."""
    world, offer = one(time_source=TimeSource.LIVE)
    resume(world, since=world.at + 5 * SECOND, away=20 * MINUTE)
    given = world.row(offer).answer_by
    assert given > world.at + 2 * MINUTE
    world.at += 10 * SECOND
    assert only(world.reached(offer)).answer_by == given
    assert world.row(offer).answer_by == given


def test_in_a_standstill_a_raised_deadline_keeps_what_was_left_of_it() -> None:
    world, offer = one(time_source=TimeSource.LIVE)
    world.at += 20 * SECOND
    raised = only(world.reached(offer)).answer_by
    since = world.at + 10 * SECOND
    resume(world, since=since, away=20 * MINUTE)
    assert world.row(offer).answer_by == world.at + raised - since


def resume(world: World, *, since: Instant, away: int) -> None:
    assert away > STANDSTILL
    world.at = since + away
    world.send(OWNER, c.Resume(number=world.operation.count("tick") + 1, since=since))


# The night


@pytest.mark.parametrize(
    ("sent", "day", "due"),
    [
        ("06:59", "2025-07-31", "08:00"),
        ("07:00", "2025-07-31", "08:00"),
        ("21:59", "2025-07-31", "22:59"),
        ("22:00", "2025-08-01", "08:00"),
        ("23:30", "2025-08-01", "08:00"),
    ],
)
def test_a_routine_request_of_the_night_has_its_time_from_the_morning(
    sent: str, day: str, due: str
) -> None:
    world = world_of("near")
    first = "2025-08-01" if sent < "07:26" else "2025-07-31"
    world.until(clock(first, sent) - MINUTE)
    [offer] = ask(world, 4)
    assert offer.at == clock(first, sent)
    assert offer.answer_by == clock("2025-08-01" if first > day else day, due)


@pytest.mark.parametrize("priority", [1, 2, 3])
def test_whatever_is_more_urgent_is_answered_at_night(priority: int) -> None:
    world = world_of("near")
    world.until(clock("2025-08-01", "02:00"))
    [offer] = ask(world, priority)
    assert offer.answer_by == offer.at + URGENCY[priority].answer


def test_being_reached_at_night_hurries_nobody() -> None:
    world = world_of("near")
    world.until(clock("2025-08-01", "02:00"))
    [offer] = ask(world, 4)
    world.at += 10 * SECOND
    assert only(world.reached(offer)).answer_by == offer.answer_by == clock("2025-08-01", "08:00")


def clock(day: str, time: str) -> Instant:
    hours, minutes = time.split(":")
    return start_of(day) + int(hours) * HOUR + int(minutes) * MINUTE


# Told twice, or too late


def over(world: Told, how: str) -> f.OfferSent:
    """An offer about which the messenger has nothing to say any more."""
    offer = ask(world)[0]
    match how:
        case "accepted":
            world.yes(offer)
        case "declined":
            world.no(offer)
        case "silent":
            world.until(offer.answer_by + 1)
        case "withdrawn":
            world.close(offer.demand, CloseReason.CANCELED)
        case "unreachable":
            world.unreachable(offer)
    return offer


@pytest.mark.parametrize("how", ["accepted", "declined", "silent", "withdrawn", "unreachable"])
def test_what_is_over_is_passed_over(how: str) -> None:
    world = world_of("near", "far", units=3)
    offer = over(world, how)
    told = (c.Reached(offer=offer.offer, by=Reach.SMS),)
    for command in (c.RecordReach(reached=told), lost(offer)):
        assert world.refused(DELIVERY, command) is Refusal.NO_LONGER_NEEDED
    fresh = ask(world)[0]
    both = c.RecordReach(reached=told, unreachable=(offer.offer, fresh.offer))
    assert only(world.send(DELIVERY, both), f.OfferUnreachable).offer == fresh.offer


def test_whoever_was_reached_is_reached_once_and_no_longer_unreachable() -> None:
    world, offer = one()
    world.at += 5 * SECOND
    raised = only(world.reached(offer, by=Reach.PAGE)).answer_by
    world.at += 5 * SECOND
    again = c.RecordReach(reached=(c.Reached(offer=offer.offer, by=Reach.SMS),))
    for command in (again, lost(offer)):
        assert world.refused(DELIVERY, command) is Refusal.NO_LONGER_NEEDED
    row = world.row(offer)
    assert (row.answer_by, row.reached_by, row.state) == (raised, Reach.PAGE, OfferState.SENT)


def test_within_one_command_the_first_word_counts() -> None:
    world, offer = one()
    told = tuple(c.Reached(offer=offer.offer, by=by) for by in (Reach.CHAT, Reach.SMS))
    command = c.RecordReach(reached=told, unreachable=(offer.offer, offer.offer))
    assert only(world.send(DELIVERY, command)).by is Reach.CHAT


def test_offers_that_nobody_knows_are_passed_over() -> None:
    world, offer = one()
    nobody = OfferId("nobody")
    command = c.RecordReach(reached=(c.Reached(offer=nobody, by=Reach.SMS),), unreachable=(nobody,))
    assert world.refused(DELIVERY, command) is Refusal.NO_LONGER_NEEDED
    assert world.refused(DELIVERY, c.RecordReach()) is Refusal.NO_LONGER_NEEDED
    known = c.RecordReach(unreachable=(nobody, offer.offer))
    assert only(world.send(DELIVERY, known), f.OfferUnreachable).offer == offer.offer


@pytest.mark.parametrize("kind", ["reached", "unreachable"])
def test_two_hundred_at_once_are_one_turn(kind: str) -> None:
    """Given twenty teams and ten demands of twenty lines, then all that can be told fits, and the
    next tick goes on with what it means for the lines."""
    world = world_of()
    for number in range(20):
        world.organization(f"o{number}", units=20)
    incident = world.incident()
    while len(sent := open_offers(world)) < MOST:
        world.demand(incident, lines=20)
    told = tuple(c.Reached(offer=key, by=Reach.SMS) for key in sent[:MOST])
    keys = tuple(sent[:MOST])
    command = c.RecordReach(reached=told) if kind == "reached" else c.RecordReach(unreachable=keys)
    facts = world.send(DELIVERY, command)
    own = f.OfferReached if kind == "reached" else f.OfferUnreachable
    assert sum(isinstance(fact, own) for fact in facts) == MOST
    world.wait(minutes=0)


def open_offers(world: World) -> list[OfferId]:
    rows = world.operation.offers.rows.values()
    return [row.id for row in rows if row.state is OfferState.SENT]


def test_more_than_two_hundred_are_no_command() -> None:
    world, offer = one()
    envelope = world.envelope(DELIVERY, c.RecordReach(unreachable=(offer.offer,) * (MOST + 1)))
    with pytest.raises((ValidationError, wire.NotReadable)):
        wire.decode_envelope(wire.encode(envelope))
