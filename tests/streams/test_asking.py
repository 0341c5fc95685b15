"""Asking again: nobody is burnt for ever. When each is asked again for the same line, and why."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.turns import DELIVERY
from schemas.values import (
    AgainOn,
    Capability,
    CloseReason,
    DeclineReason,
    DemandId,
    Gate,
    Instant,
    OrganizationId,
)
from streams.asking import AGAIN
from streams.matching.why import why
from streams.parameters import DAY, HOUR, MINUTE, URGENCY
from tests.streams.world import START, STEWARD, World, asked, divisions, only, townships

ANSWER = {priority: URGENCY[priority].answer for priority in URGENCY}


class Asked:
    """A world in which one organization has just been asked for one line."""

    def __init__(self, *, priority: int = 1, units: int = 1, target: int = 1) -> None:
        self.world = World()
        self.near = self.world.organization("near", units=units)
        incident = self.world.incident()
        facts = list(self.world.demand(incident, priority=priority, target=target))
        facts += self.world.wait(minutes=0 if priority < 3 else 1)
        self.demand: DemandId = only(facts, f.DemandPublished).demand
        [self.offer] = asked(facts)

    def silent(self) -> None:
        """Until a moment after the time to answer."""
        facts = self.world.until(self.offer.answer_by + 1)
        assert only(facts, f.OfferExpired).offer == self.offer.offer

    def next(self, *, within: int = 3 * DAY) -> Instant | None:
        """When the organization is asked again, if it is at all."""
        found = asked(self.world.until(self.world.at + within, f.OfferSent))
        if not found:
            return None
        [self.offer] = found
        return self.offer.at


def silence(scene: Asked) -> None:
    scene.silent()


def declining(reason: DeclineReason) -> Callable[[Asked], None]:
    def decline(scene: Asked) -> None:
        scene.world.no(scene.offer, reason=reason)

    return decline


def giving_up(scene: Asked) -> None:
    assignment = scene.world.at_work(scene.offer)
    scene.world.send("near", c.CannotComplete(assignment=assignment))


def not_reached(scene: Asked) -> None:
    scene.world.send(DELIVERY, c.RecordReach(unreachable=(scene.offer.offer,)))


OUTCOMES: dict[str, Callable[[Asked], None]] = {
    "no_answer": silence,
    "unreachable": not_reached,
    "gave_up": giving_up,
    **{reason.value: declining(reason) for reason in DeclineReason},
}

# Minutes from the outcome to the next asking, by priority. Silence counts from the deadline.
NO_CREW = (30, 120, 120, 120)
SCENE = (240, 240, 240, 240)
PAUSES = {
    "no_answer": (5, 10, 30, 120),
    "unreachable": (10, 30, 30, 30),  # test_unreachable has the next ones
    "gave_up": NO_CREW,
    "no_crew": NO_CREW,
    "equipment": NO_CREW,
    "too_far": SCENE,
    "road_blocked": SCENE,
    "unsafe": SCENE,
    "other": SCENE,
}


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
@pytest.mark.parametrize("outcome", list(PAUSES))
def test_after_its_pause_an_organization_is_asked_again(outcome: str, priority: int) -> None:
    """Given an outcome, when its pause is over, then the organization is asked at that moment."""
    scene = Asked(priority=priority)
    OUTCOMES[outcome](scene)
    since = scene.offer.answer_by if outcome == "no_answer" else scene.world.at
    assert scene.next() == since + PAUSES[outcome][priority - 1] * MINUTE


@pytest.mark.parametrize("priority", [1, 3])
def test_who_gave_part_of_what_was_asked_is_asked_for_the_rest_later(priority: int) -> None:
    scene = Asked(priority=priority, units=2, target=2)
    accepted = only(scene.world.yes(scene.offer, quantity=1), f.OfferAccepted)
    assert accepted.again_on is AgainOn.FORCE
    assert scene.next() == accepted.at + NO_CREW[priority - 1] * MINUTE
    assert scene.offer.quantity == 1


def test_who_gave_all_it_had_is_asked_as_soon_as_it_has_more() -> None:
    scene = Asked(units=1, target=2)
    scene.world.yes(scene.offer)
    scene.world.send("near", capacity(scene.near, 2))
    again = only(asked(scene.world.wait(minutes=0)))
    assert (again.organization, again.quantity) == (scene.near, 1)


def test_the_table_has_a_row_for_every_outcome() -> None:
    at_once = {"accepted", "standby", "stood_down"}  # see the tests of answers
    unasked = {"sent_home", "parked"}  # see test_unasked
    assert set(AGAIN) == {*PAUSES, "fewer", *unasked, *at_once}
    for outcome, pauses in PAUSES.items():
        if outcome != "no_answer":  # its first pause on P1 is one of a list
            assert AGAIN[outcome].pause == tuple(minutes * MINUTE for minutes in pauses)
    assert {AGAIN[outcome].pause for outcome in at_once} == {(0, 0, 0, 0)}


# Silence


@pytest.mark.parametrize(
    ("priority", "minutes"),
    [
        (1, (5, 10, 20, 30, 30, 30)),
        (2, (10, 20, 40, 80, 160)),
        (3, (30, 60, 120, 240)),
        (4, (120, 240, 480, 960, 1_440, 1_440)),  # a day at the most
    ],
)
def test_each_silence_makes_the_next_pause_longer(priority: int, minutes: tuple[int, ...]) -> None:
    scene = Asked(priority=priority)
    for pause in minutes:
        deadline = scene.offer.answer_by
        scene.silent()
        assert scene.next() == deadline + pause * MINUTE


def test_who_answers_once_starts_again_with_the_shortest_pause() -> None:
    """Given two silences and then a no, when it is silent again, then it is the first in a row."""
    scene = Asked()
    for _ in range(2):
        scene.silent()
        scene.next()
    scene.world.no(scene.offer, reason=DeclineReason.NO_CREW)
    scene.next()
    deadline = scene.offer.answer_by
    scene.silent()
    assert scene.next() == deadline + 5 * MINUTE


def test_a_team_that_slept_is_asked_the_moment_it_reports_for_duty() -> None:
    """A1: silent at night; a later word that it is on duty ends the pause, before its time."""
    scene = Asked(priority=4)
    scene.silent()
    scene.world.send("near", c.SetDuty(organization=scene.near, on_duty=True))
    assert only(asked(scene.world.wait(minutes=0))).organization == scene.near


def test_for_hours_a_silent_team_is_asked_again_and_again() -> None:
    """A1: in four hours on P1 it is asked at least eight times, and never while it may not be."""
    scene = Asked()
    offers = [scene.offer]
    while scene.world.at < START + 4 * HOUR:
        before = offers[-1]
        scene.silent()
        at = scene.next()
        assert at is not None
        assert at >= before.answer_by + 5 * MINUTE
        offers.append(scene.offer)
    assert len(offers) >= 8


# Changes that end a pause at once


def capacity(organization: OrganizationId, units: int) -> c.SetCapacity:
    has = (Capability(skill="PUMP_DRAIN", units=units),)
    return c.SetCapacity(organization=organization, capabilities=has)


def force(scene: Asked) -> None:
    scene.world.send(STEWARD, capacity(scene.near, 2))


def duty(scene: Asked) -> None:
    for on_duty in (False, True):
        scene.world.send("near", c.SetDuty(organization=scene.near, on_duty=on_duty))


def rally_point(scene: Asked) -> None:
    scene.world.amend(scene.demand, rally_point="村委会")


def risk(scene: Asked) -> None:
    scene.world.amend(scene.demand, risk_statement="水已退")


def place(scene: Asked) -> None:
    seat = divisions().seat(townships()[0])
    scene.world.amend(scene.demand, place=replace(seat, approximate=not seat.approximate))


OF_FORCE = {"no_answer", "unreachable", "gave_up", "no_crew", "equipment"}


@pytest.mark.parametrize("change", [force, duty, rally_point, risk, place])
@pytest.mark.parametrize("outcome", list(PAUSES))
def test_only_the_change_that_it_waits_for_ends_a_pause(
    outcome: str, change: Callable[[Asked], None]
) -> None:
    """Given a no for the way, when the scene changes, then it is asked at once; a new crew is
    no reason; and the other way round."""
    scene = Asked(priority=2)
    OUTCOMES[outcome](scene)
    scene.world.at += MINUTE
    before = len(scene.world.turns)
    change(scene)
    scene.world.wait(minutes=0)
    offers = asked(fact for taken in scene.world.turns[before:] for fact in taken.turn.facts)
    assert bool(offers) is ((outcome in OF_FORCE) is (change in (force, duty)))


def test_an_edit_that_leaves_the_scene_as_it_is_ends_no_pause() -> None:
    scene = Asked(priority=2)
    scene.world.no(scene.offer, reason=DeclineReason.UNSAFE)
    scene.world.at += MINUTE
    assert asked(scene.world.amend(scene.demand, targets=(2,))) == []


def test_who_was_silent_on_a_routine_request_is_asked_once_it_is_urgent() -> None:
    """Given two silences on a P4, with hours of pause, when lives are at stake, then it is asked at
    once; a no to it was an answer, and its pause goes on."""
    for outcome, again in ((silence, True), (declining(DeclineReason.NO_CREW), False)):
        scene = Asked(priority=4)
        silence(scene)
        scene.next()
        outcome(scene)
        scene.world.at += MINUTE
        assert bool(asked(scene.world.amend(scene.demand, priority=1))) is again


def test_another_round_asks_whoever_had_declined_at_once() -> None:
    """A8: the water is back; what was said about the first flood says nothing about this one."""
    scene = Asked()
    for _ in range(2):
        scene.world.no(scene.offer, reason=DeclineReason.OTHER)
        scene.next()
    scene.world.close(scene.demand, CloseReason.DONE_BY_OTHERS)
    scene.world.at += MINUTE
    assert only(asked(scene.world.reopen(scene.demand))).organization == scene.near


# Declining


def test_after_two_noes_only_a_change_asks_again() -> None:
    scene = Asked()
    scene.world.no(scene.offer, reason=DeclineReason.NO_CREW)
    scene.next()
    second = only(scene.world.no(scene.offer, reason=DeclineReason.NO_CREW), f.OfferDeclined)
    assert (second.again_at, second.again_on) == (None, AgainOn.FORCE)
    assert scene.next(within=2 * DAY) is None
    duty(scene)
    assert only(asked(scene.world.wait(minutes=0))).organization == scene.near


def test_a_no_said_twice_to_the_same_request_is_one() -> None:
    scene = Asked()
    scene.world.no(scene.offer, reason=DeclineReason.NO_CREW)
    second = only(scene.world.no(scene.offer, reason=DeclineReason.EQUIPMENT), f.OfferDeclined)
    assert second.again_at == second.at + 30 * MINUTE


def test_a_no_with_a_time_is_asked_again_at_that_time() -> None:
    """A3: "no, but from two o'clock on"; the desk can read it until then."""
    scene = Asked()
    free_from = scene.world.at + 2 * HOUR
    scene.world.no(scene.offer, free_from=free_from)
    row = scene.world.operation.offers[scene.offer.offer]
    assert (row.free_from, row.again_at) == (free_from, free_from)
    assert scene.next() == free_from


def test_a_named_time_counts_after_two_noes_as_well() -> None:
    scene = Asked()
    scene.world.no(scene.offer)
    scene.next()
    free_from = scene.world.at + 3 * HOUR
    scene.world.no(scene.offer, free_from=free_from)
    assert scene.next() == free_from


@pytest.mark.parametrize("minutes", [-60, 0, 9])
def test_who_is_free_very_soon_has_ten_minutes(minutes: int) -> None:
    scene = Asked()
    at = scene.world.at
    scene.world.no(scene.offer, free_from=at + minutes * MINUTE)
    assert scene.next() == at + 10 * MINUTE


def test_free_from_lies_within_two_days() -> None:
    scene = Asked()
    late = scene.world.at + 48 * HOUR
    beyond = c.DeclineOffer(offer=scene.offer.offer, reason=DeclineReason.OTHER, free_from=late + 1)
    assert scene.world.refused("near", beyond) is Refusal.FREE_FROM_UNFIT
    scene.world.no(scene.offer, free_from=late)


def test_declining_is_free() -> None:
    """Given two equal teams of which one declines forty demands, both are asked for the next."""
    world = World()
    for name in ("willing", "declining"):
        world.organization(name)
    incident = world.incident()
    counts = {"willing": 0, "declining": 0}
    for _ in range(40):
        facts = world.demand(incident, priority=2)
        for offer in asked(facts):
            counts[world.name(offer.organization)] += 1
            if world.name(offer.organization) == "declining":
                world.no(offer, reason=DeclineReason.OTHER)
        world.close(only(facts, f.DemandPublished).demand, CloseReason.DUPLICATE)
    assert counts == {"willing": 40, "declining": 40}


# What is said of it


def test_why_says_until_when() -> None:
    scene = Asked(priority=2)
    scene.silent()
    world = scene.world
    found = why(world.area, world.operation, scene.offer.line, scene.near, world.at)
    assert found is not None
    assert (found.asked, found.gate) == (True, Gate.ASKED_BEFORE)
    assert found.until == scene.offer.answer_by + 10 * MINUTE
    assert "no answer by 07:31. May be asked again from 07:41" in found.words.en


def test_a_line_looks_again_when_the_first_pause_ends() -> None:
    """The next try on the page is a promise: somebody can be asked then."""
    scene = Asked(priority=2)
    scene.silent()
    line = scene.world.operation.lines[scene.offer.line]
    assert line.unmet
    at = scene.next()
    assert at == scene.offer.at == scene.offer.answer_by - ANSWER[2]
