"""Urgent first: what is only asked for is free for what is more urgent; what is promised is not.

And the daily cap, which protects people from being asked too often, never where it is urgent.
"""

from __future__ import annotations

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import CloseReason, Gate, IncidentId, StandDownReason
from streams.entities import OfferState
from streams.matching.why import why
from streams.parameters import DAY, HOUR, URGENCY
from tests.streams.world import DESK, World, asked, kinds, only


def drones(units: int = 1) -> tuple[World, IncidentId]:
    """A world in which one team has so many drones."""
    world = World()
    world.organization("drones", skill="DRONE", units=units)
    return world, world.incident()


def asked_for(world: World, incident: IncidentId, priority: int) -> f.OfferSent:
    """The team's request for one drone of a priority, once that is released."""
    facts = list(world.demand(incident, skill="DRONE", priority=priority))
    [offer] = asked(facts + world.wait(minutes=0 if priority < 3 else 1))
    return offer


PAIRS = [(less, more) for less in (2, 3, 4) for more in range(1, less)]


@pytest.mark.parametrize(("less", "more"), PAIRS)
def test_an_unanswered_request_holds_nothing_from_a_more_urgent_one(less: int, more: int) -> None:
    """A6: given an open P4 request for a team's only drone, when a P1 needs it, then the team is
    asked at once and has both requests before it."""
    world, incident = drones()
    first = asked_for(world, incident, less)
    second = asked_for(world, incident, more)
    states = [world.operation.offers[offer.offer].state for offer in (first, second)]
    assert states == [OfferState.SENT, OfferState.SENT]


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_a_request_as_urgent_holds_its_units(priority: int) -> None:
    world, incident = drones()
    asked_for(world, incident, priority)
    facts = list(world.demand(incident, skill="DRONE", priority=priority))
    facts += world.wait(minutes=1)
    gates = {count.gate: count.count for count in only(facts, f.LineUnmet).gates}
    assert gates == {Gate.CAPACITY: 1}


def test_a_less_urgent_demand_takes_nothing_from_a_more_urgent_request() -> None:
    world, incident = drones()
    asked_for(world, incident, 1)
    world.demand(incident, skill="DRONE", priority=2)
    assert asked(world.wait(minutes=1)) == []


def test_with_the_yes_to_the_urgent_one_the_other_is_needed_elsewhere() -> None:
    world, incident = drones()
    less, more = asked_for(world, incident, 4), asked_for(world, incident, 1)
    facts = world.yes(more)
    stood_down = only(facts, f.OfferStoodDown)
    assert (stood_down.offer, stood_down.reason) == (less.offer, StandDownReason.NEEDED_ELSEWHERE)
    yes = c.AcceptOffer(offer=less.offer, quantity=1)
    assert world.refused("drones", yes) is Refusal.CAPACITY_TAKEN


def test_the_organization_chooses_and_whom_it_passes_over_asks_others() -> None:
    """Given both requests, when it says yes to the less urgent one, then the urgent line looks on
    at once."""
    world, incident = drones()
    less, more = asked_for(world, incident, 4), asked_for(world, incident, 1)
    world.organization("farther drones", skill="DRONE", township=5)
    world.wait(minutes=0)
    facts = world.yes(less)
    assert [fact.offer for fact in facts if isinstance(fact, f.OfferStoodDown)] == [more.offer]
    line = world.operation.lines[more.line]
    assert line.live_offers == 1 or asked(facts)


def test_what_the_rest_of_the_units_can_serve_stays_asked() -> None:
    """Given three drones and three requests, when one is promised, then two are left as they are;
    with one more promised, the most urgent of the others keeps the last."""
    world, incident = drones(units=3)
    offers = {priority: asked_for(world, incident, priority) for priority in (4, 3, 1)}
    assert "OfferStoodDown" not in kinds(world.yes(offers[1]))
    again = asked_for(world, incident, 2)
    facts = world.yes(again)
    stood_down = only(facts, f.OfferStoodDown)
    assert stood_down.offer == offers[4].offer
    assert world.operation.offers[offers[3].offer].state is OfferState.SENT


def test_a_promise_is_never_moved() -> None:
    """Given a drone promised to a P4, when a P1 needs one, then nobody is asked to break it."""
    world, incident = drones()
    world.yes(asked_for(world, incident, 4))
    facts = world.demand(incident, skill="DRONE", priority=1)
    assert asked(facts) == []
    assert world.operation.lines[only(facts, f.LineUnmet).line].covered == 0


def test_nobody_is_promised_twice() -> None:
    world, incident = drones(units=2)
    offers = [asked_for(world, incident, priority) for priority in (4, 3, 2, 1)]
    for offer in offers[:2]:
        world.yes(offer)
    for offer in offers[2:]:
        yes = c.AcceptOffer(offer=offer.offer, quantity=1)
        assert world.refused("drones", yes) is Refusal.CAPACITY_TAKEN


def test_once_the_urgent_request_is_over_the_other_still_stands() -> None:
    world, incident = drones()
    less, more = asked_for(world, incident, 4), asked_for(world, incident, 1)
    world.no(more)
    assert "AssignmentCommitted" in kinds(world.yes(less))


# A demand becomes more urgent


def test_what_becomes_urgent_is_no_longer_held_back() -> None:
    """Given a P4 posted ten seconds ago, when it is amended to P1, then it goes out at once."""
    world, incident = drones()
    demand = only(world.demand(incident, skill="DRONE", priority=4), f.DemandPublished).demand
    world.at += 10_000
    [offer] = asked(world.amend(demand, priority=1))
    assert offer.answer_by == world.at + URGENCY[1].answer


def test_what_becomes_less_urgent_is_not_held_back_again() -> None:
    world, incident = drones()
    demand = only(world.demand(incident, skill="DRONE", priority=1), f.DemandPublished).demand
    released = world.operation.demands[demand].release_at
    world.at += 10_000
    world.amend(demand, priority=4)
    assert world.operation.demands[demand].release_at == world.at > released


def test_the_nearest_are_asked_anew_and_stay_the_nearest() -> None:
    """Given two asked at P4, when the demand becomes P1, then the five nearest are asked, those two
    first among them, with the shorter time to answer."""
    world = World()
    for number, township in enumerate((0, 9, 5, 14, 3, 7, 11)):
        world.organization(f"o{number}", township=township)
    demand = only(world.demand(world.incident(), priority=4), f.DemandPublished).demand
    before = [offer.organization for offer in asked(world.wait(minutes=1))]
    facts = world.amend(demand, priority=1)
    reasons = [fact.reason for fact in facts if isinstance(fact, f.OfferStoodDown)]
    assert reasons == [StandDownReason.DEMAND_AMENDED] * 2
    again = asked(facts)
    assert [offer.organization for offer in again[:2]] == before
    assert [offer.rank for offer in again] == [1, 2, 3, 4, 5]


# The daily cap


def team(priority: int, demands: int) -> tuple[World, IncidentId, list[f.OfferSent]]:
    """A large team, and what it was asked for so many demands in a row."""
    world, incident = drones(units=99)
    for _ in range(demands):
        world.demand(incident, skill="DRONE", priority=priority)
    return world, incident, asked([*facts_of(world), *world.wait(minutes=1)])


def facts_of(world: World) -> list[object]:
    return [fact for taken in world.turns for fact in taken.turn.facts]


@pytest.mark.parametrize(("priority", "most"), [(1, 9), (2, 9), (3, 4), (4, 4)])
def test_four_demands_a_day_unless_it_is_urgent(priority: int, most: int) -> None:
    assert len(team(priority, 9)[2]) == most


def test_who_was_asked_four_times_is_asked_for_what_is_urgent() -> None:
    world, incident, _ = team(4, 5)
    for priority in (1, 2):
        assert asked(world.demand(incident, skill="DRONE", priority=priority))


def test_what_is_urgent_does_not_count() -> None:
    world, incident, _ = team(1, 9)
    world.demand(incident, skill="DRONE", priority=4)
    assert asked(world.wait(minutes=1))


def test_the_cap_ends_a_day_after_the_first_of_the_four_and_the_fifth_is_asked_then() -> None:
    world, _, offers = team(4, 5)
    [left] = [row for row in world.operation.lines.rows.values() if not row.live_offers]
    found = why(world.area, world.operation, left.id, offers[0].organization, world.at)
    assert found is not None
    assert (found.gate, found.until) == (Gate.DAILY_CAP, offers[0].at + DAY)
    for offer in offers:
        world.send(DESK, c.AcceptOffer(offer=offer.offer, quantity=1))
    facts = world.until(world.at + 2 * DAY, f.OfferSent)
    assert only(asked(facts)).at == offers[0].at + DAY


def test_repeats_for_a_demand_do_not_count() -> None:
    """Given one P4 demand asked for again and again, then three others are asked for the same day,
    and the repeats go on although four were counted."""
    world, incident, [first] = team(4, 1)
    world.no(first, free_from=world.at + HOUR)
    assert only(asked(world.until(world.at + 2 * HOUR, f.OfferSent))).demand == first.demand
    for _ in range(3):
        world.demand(incident, skill="DRONE", priority=4)
    others = asked(world.wait(minutes=1))
    assert len(others) == 3
    again = next(row for row in world.operation.offers.rows.values() if row.line == first.line)
    assert again.demand == first.demand
    for offer in others:
        world.close(offer.demand, CloseReason.CANCELED)
    repeats = asked(world.until(world.at + 6 * HOUR, f.OfferSent))
    assert [offer.demand for offer in repeats] == [first.demand]
