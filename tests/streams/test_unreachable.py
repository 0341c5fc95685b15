"""Unreachable: whom no channel reaches was not silent, and the next is asked at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.turns import DELIVERY
from schemas.values import (
    AgainOn,
    Capability,
    DeclineReason,
    Gate,
    OrganizationId,
)
from streams.entities import OfferState
from streams.matching.why import why
from streams.parameters import HOUR, MINUTE, UNREACHED_MOST, URGENCY
from streams.remembered import Tally
from tests.streams.reach_world import (
    PRIORITIES,
    Told,
    ask,
    one,
    replayed,
    world_of,
)
from tests.streams.world import (
    DESK,
    SEALED,
    STEWARD,
    asked,
    kinds,
    only,
)


@pytest.fixture(autouse=True)
def replays_alike() -> Iterator[None]:
    with replayed():
        yield


# Unreachable


@pytest.mark.parametrize("priority", PRIORITIES)
def test_somebody_who_cannot_be_reached_is_replaced_in_the_same_turn(priority: int) -> None:
    """Given as many asked as a wave has, then the next is asked at once, not after the deadline."""
    names = [f"o{number}" for number in range(6)]
    world = world_of(*names)
    first, *others = ask(world, priority)
    facts = world.unreachable(first)
    assert kinds(facts)[0] == "OfferUnreachable"
    again = asked(facts)
    assert [world.name(offer.organization) for offer in again] == [names[1 + len(others)]]
    assert world.row(first).state is OfferState.UNREACHABLE


def test_its_units_are_free_for_another_line() -> None:
    world, offer = one()
    world.unreachable(offer)
    assert ask(world)[0].organization == offer.organization


def test_nobody_was_silent() -> None:
    """It is not among the answers, nor the first silence of a row."""
    world, offer = one()
    world.unreachable(offer)
    assert (world.pool(), world.silences(offer)) == (Tally(), 0)
    [again] = asked(world.until(world.at + HOUR, f.OfferSent))
    expired = only(world.until(again.answer_by + 1), f.OfferExpired)
    assert expired.again_at == again.answer_by + 5 * MINUTE
    assert (world.pool().answered, world.silences(again)) == (1, 1)


@pytest.mark.parametrize("priority", PRIORITIES)
def test_each_time_in_a_row_the_pause_is_twice_as_long_up_to_two_hours(priority: int) -> None:
    world, offer = one(priority)
    pause = URGENCY[priority].unreached
    for _ in range(6):
        since = only(world.unreachable(offer), f.OfferUnreachable).at
        [offer] = asked(world.until(since + 3 * HOUR, f.OfferSent))
        assert offer.at == since + pause
        pause = min(2 * pause, UNREACHED_MOST)
    assert pause == UNREACHED_MOST


def test_any_answer_begins_the_row_anew() -> None:
    world, offer = one()
    for _ in range(2):
        world.unreachable(offer)
        [offer] = asked(world.until(world.at + 3 * HOUR, f.OfferSent))
    world.no(offer)
    [offer] = asked(world.until(world.at + 3 * HOUR, f.OfferSent))
    fact = only(world.unreachable(offer), f.OfferUnreachable)
    assert fact.again_at == fact.at + URGENCY[1].unreached


def test_a_silence_in_between_begins_the_row_anew_and_silences_are_counted_on() -> None:
    world, offer = one()
    world.until(offer.answer_by + 1)
    for silences in (1, 2):
        [offer] = asked(world.until(world.at + HOUR, f.OfferSent))
        fact = only(world.unreachable(offer), f.OfferUnreachable)
        assert (fact.again_at, world.silences(offer)) == (fact.at + 10 * MINUTE, silences)
        [offer] = asked(world.until(world.at + HOUR, f.OfferSent))
        world.until(offer.answer_by + 1)
        assert world.silences(offer) == silences + 1


def test_nobody_is_asked_before_the_time_that_it_has_named_itself() -> None:
    """Given "free from two o'clock", and a desk that asks by hand all the same and is not heard,
    then it is two o'clock still."""
    world, offer = one()
    free_from = world.at + 5 * HOUR
    world.no(offer, free_from=free_from)
    by_hand = c.AskByHand(line=offer.line, organization=offer.organization, reason=SEALED)
    fact = only(world.unreachable(*asked(world.send(DESK, by_hand))), f.OfferUnreachable)
    assert fact.again_at == free_from
    assert only(asked(world.until(free_from + HOUR, f.OfferSent))).at == free_from


# What ends the pause


def units(world: Told, offer: f.OfferSent) -> None:
    has = (Capability(skill="PUMP_DRAIN", units=2),)
    world.send(STEWARD, c.SetCapacity(organization=offer.organization, capabilities=has))


def duty(world: Told, offer: f.OfferSent) -> None:
    world.send("near", c.SetDuty(organization=offer.organization, on_duty=True))


def more_urgent(world: Told, offer: f.OfferSent) -> None:
    world.amend(offer.demand, priority=1)


def in_reach(world: Told, offer: f.OfferSent) -> None:
    world.restored(offer.organization)


def another_scene(world: Told, offer: f.OfferSent) -> None:
    world.amend(offer.demand, rally_point="村委会")


@pytest.mark.parametrize(
    ("change", "ends"),
    [(units, True), (duty, True), (more_urgent, True), (in_reach, True), (another_scene, False)],
)
def test_what_gives_hope_of_reaching_it_asks_at_once(change: Any, ends: bool) -> None:
    """A team that states its units or its duty can be reached; one at another place not more."""
    world, offer = one(2)
    world.unreachable(offer)
    world.at += MINUTE
    before = len(world.turns)
    change(world, offer)
    world.wait(minutes=0)
    facts = [fact for taken in world.turns[before:] for fact in taken.turn.facts]
    assert [sent.organization for sent in asked(facts)] == [offer.organization] * ends


def test_reach_restored_wakes_the_line_that_lacks_it() -> None:
    world, offer = one(2)
    assert only(world.unreachable(offer), f.OfferUnreachable).again_on is AgainOn.REACH
    facts = world.restored(offer.organization)
    assert kinds(facts)[:3] == ["ReachRestored", "LineWoken", "OfferSent"]
    assert only(asked(facts)).line == offer.line


def test_reach_restored_asks_nobody_who_was_silent_or_said_no() -> None:
    for over in ("silence", "no"):
        world, offer = one(2)
        if over == "no":
            world.no(offer)
        else:
            world.until(offer.answer_by + 1)
        assert asked(world.restored(offer.organization)) == []


def test_reach_restored_of_whom_nobody_knows_is_refused_and_of_some_is_theirs() -> None:
    world, offer = one(2)
    unknown = OrganizationId("nobody")
    nobody = c.RestoreReach(organizations=(unknown,))
    assert world.refused(DELIVERY, nobody) is Refusal.NOT_FOUND
    twice = (offer.organization, unknown, offer.organization)
    assert kinds(world.send(DELIVERY, c.RestoreReach(organizations=twice))) == ["ReachRestored"]


# Its answer


@pytest.mark.parametrize("minutes", [0, 2])
def test_a_yes_after_all_counts_and_is_not_late_before_the_deadline(minutes: int) -> None:
    """The page may have reached whom no channel did."""
    world, offer = one()
    world.unreachable(offer)
    world.at += minutes * MINUTE
    facts = world.yes(offer)
    assert not only(facts, f.OfferAccepted).late
    assert "AssignmentCommitted" in kinds(facts)
    assert world.pool() == Tally(answered=1, accepted=1)


def test_behind_the_deadline_it_is_late_and_counts() -> None:
    world, offer = one()
    world.unreachable(offer)
    world.at = offer.answer_by + 1
    facts = world.yes(offer)
    assert only(facts, f.OfferAccepted).late
    assert "AssignmentCommitted" in kinds(facts)


def test_covered_by_then_it_stands_by_and_is_one_answer() -> None:
    world = world_of("near", "far")
    near, far = ask(world)
    world.unreachable(near)
    world.yes(far)
    assert "StandbyOffered" in kinds(world.yes(near))
    assert world.pool() == Tally(answered=2, accepted=1)


def test_a_no_after_all_is_a_no() -> None:
    world, offer = one()
    world.unreachable(offer)
    world.no(offer, reason=DeclineReason.UNSAFE)
    assert (world.row(offer).state, world.pool().answered) == (OfferState.DECLINED, 1)
    assert asked(world.restored(offer.organization)) == []


# What is said of it


def test_a_line_whose_only_teams_cannot_be_reached_says_so() -> None:
    world = world_of("near", "far")
    offers = ask(world)
    unmet = only(world.unreachable(*offers), f.LineUnmet)
    assert {count.gate: count.count for count in unmet.gates} == {Gate.ASKED_BEFORE: 2}
    assert unmet.retry_at <= world.at + URGENCY[1].unreached


def test_why_says_that_no_channel_reached_it_and_when_it_is_asked_again() -> None:
    world, offer = one(2)
    world.unreachable(offer)
    found = why(world.area, world.operation, offer.line, offer.organization, world.at)
    assert found is not None
    assert (found.gate, found.until) == (Gate.ASKED_BEFORE, world.at + 30 * MINUTE)
    assert "no channel could reach it by 07:26. May be asked again from 07:56" in found.words.en
    assert "once a channel reaches it again" in found.words.en
    assert "各渠道均未送达" in found.words.zh
