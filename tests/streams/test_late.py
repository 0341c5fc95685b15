"""Late answers: they count as long as somebody is needed; who is not needed just now stands by."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import Capability, CloseReason, DeclineReason, StandDownReason
from streams.entities import OfferState
from streams.parameters import HOUR, MINUTE
from tests.streams.world import DESK, STEWARD, World, asked, kinds, only


def offered(**wishes: Any) -> tuple[World, f.OfferSent]:
    """A world in which one organization is asked for one line; P1 unless wished otherwise."""
    world = World()
    world.organization("near", units=2)
    return world, only(asked(world.demand(world.incident(), **wishes)))


def expired(world: World, offer: f.OfferSent) -> None:
    """The time to answer passes, and a tick says so."""
    world.until(offer.answer_by + 1)
    assert world.operation.offers[offer.offer].state is OfferState.NO_ANSWER


def test_a_yes_after_the_deadline_counts_even_before_a_tick_has_noticed() -> None:
    world, offer = offered()
    world.at = offer.answer_by + 1
    assert only(world.yes(offer), f.OfferAccepted).late


@pytest.mark.parametrize("actor", ["near", DESK])
def test_a_late_yes_counts_as_long_as_the_line_is_short(actor: str) -> None:
    """A4: said by the leader, or by the desk on the telephone for the leader."""
    world, offer = offered()
    expired(world, offer)
    world.wait(minutes=60)
    accepted = only(world.yes(offer, actor=actor), f.OfferAccepted)
    assert (accepted.late, accepted.by_desk) == (True, actor == DESK)
    assert world.operation.lines[offer.line].covered == 1


def test_a_yes_after_a_no_counts() -> None:
    world, offer = offered()
    world.no(offer, reason=DeclineReason.ROAD_BLOCKED)
    world.wait(minutes=30)
    assert only(world.yes(offer), f.OfferAccepted).late


def test_a_yes_to_an_old_request_answers_the_newest() -> None:
    """Given a phone that shows the first request, when its yes comes, then the second is over."""
    world, first = offered()
    second = only(asked(world.until(world.at + HOUR, f.OfferSent)))
    accepted = only(world.yes(first), f.OfferAccepted)
    assert (accepted.offer, accepted.late) == (second.offer, False)
    assert world.operation.offers[first.offer].state is OfferState.NO_ANSWER
    again = c.AcceptOffer(offer=second.offer, quantity=1)
    assert world.refused("near", again) is Refusal.ALREADY_ANSWERED


def test_a_yes_said_twice_answers_nothing_else() -> None:
    """Given part of what was asked and a second request for the rest, when the first yes is sent
    again from a phone without signal, then it is no yes to the second."""
    world, first = offered(target=2)
    world.yes(first, quantity=1)
    world.send(STEWARD, c.SetDuty(organization=first.organization, on_duty=True))
    assert only(asked(world.wait(minutes=0))).quantity == 1
    again = c.AcceptOffer(offer=first.offer, quantity=1)
    assert world.refused("near", again) is Refusal.ALREADY_ANSWERED


def test_who_gave_all_that_was_still_missing_is_asked_at_once_when_another_gives_up() -> None:
    """Given three wanted of which one gives two and another the third, when the first gives up,
    then the other, which has two left, is asked for them at once."""
    world = World()
    for name in ("near", "other"):
        world.organization(name, units=3)
    first, second = asked(world.demand(world.incident(), target=3))
    crew = world.at_work(first, quantity=2)
    world.yes(second, quantity=1)
    facts = world.send(world.name(first.organization), c.CannotComplete(assignment=crew))
    again = only(asked(facts))
    assert (again.organization, again.quantity) == (second.organization, 2)


def test_a_late_no_says_from_when_on() -> None:
    world, offer = offered()
    expired(world, offer)
    free_from = world.at + 3 * HOUR
    world.no(offer, free_from=free_from)
    assert only(asked(world.until(world.at + 4 * HOUR, f.OfferSent))).at == free_from


@pytest.mark.parametrize("command", [c.AcceptOffer, c.DeclineOffer])
def test_what_is_no_longer_needed_is_answered_with_thanks(command: Any) -> None:
    said: Any = {"quantity": 1} if command is c.AcceptOffer else {"reason": DeclineReason.OTHER}
    world = World()
    world.organization("near", units=2)
    offer, _ = asked(world.demand(world.incident(), lines=2))
    expired(world, offer)
    answer = command(offer=offer.offer, **said)
    world.send(DESK, c.DropLine(line=offer.line))
    assert world.refused("near", answer) is Refusal.NO_LONGER_NEEDED
    world.close(offer.demand, CloseReason.CANCELED)
    assert world.refused("near", answer) is Refusal.NO_LONGER_NEEDED


def test_a_yes_of_an_earlier_round_is_none_for_this_one() -> None:
    world, offer = offered()
    expired(world, offer)
    world.close(offer.demand, CloseReason.DONE_BY_OTHERS)
    world.send(STEWARD, c.SetDuty(organization=offer.organization, on_duty=False))
    world.reopen(offer.demand)
    yes = c.AcceptOffer(offer=offer.offer, quantity=1)
    assert world.refused("near", yes) is Refusal.NO_LONGER_NEEDED


def test_who_was_thanked_is_askable_and_its_yes_welcome_once_the_line_is_short_again() -> None:
    """A2: A and B asked, A says yes, B is thanked; A cannot go on, and B is asked at once."""
    world = World()
    for name in ("near", "other"):
        world.organization(name)
    one, other = asked(world.demand(world.incident()))
    assignment = world.at_work(one)
    assert world.operation.offers[other.offer].state is OfferState.STOOD_DOWN
    given_up = world.send(world.name(one.organization), c.CannotComplete(assignment=assignment))
    assert only(asked(given_up)).organization == other.organization
    assert "AssignmentCommitted" in kinds(world.yes(other))


def test_a_thanked_team_that_comes_late_counts_once_in_the_pool() -> None:
    """Given a yes that was not counted when its request was taken back, then it counts as one."""
    world = World()
    for name in ("one", "two"):
        world.organization(name)
    first, second = asked(world.demand(world.incident()))
    assignment = world.at_work(first)
    with_duty = c.SetDuty(organization=second.organization, on_duty=False)
    world.send(STEWARD, with_duty)  # so that nobody is asked anew
    world.send(world.name(first.organization), c.CannotComplete(assignment=assignment))
    world.yes(second)
    tally = world.operation.tallies["PUMP_DRAIN"]
    assert (tally.answered, tally.accepted) == (2, 2)


# Standby


def standing_by(**wishes: Any) -> tuple[World, f.OfferSent, f.StandbyOffered]:
    """Two asked, one silent, the other has covered the line; the silent one would still come."""
    world = World()
    for name in ("near", "other"):
        world.organization(name)
    first, second = asked(world.demand(world.incident(), priority=2, **wishes))
    expired(world, second)
    world.yes(first)
    standby = only(world.yes(second, minutes=40, people=5), f.StandbyOffered)
    return world, second, standby


def test_a_late_yes_to_what_is_covered_stands_by_for_two_hours() -> None:
    world, offer, standby = standing_by()
    assert standby.until == world.at + 2 * HOUR
    assert (standby.quantity, standby.minutes, standby.people) == (1, 40, 5)
    assert world.operation.offers[offer.offer].state is OfferState.STANDBY
    assert len(world.operation.assignments) == 1
    over = world.until(standby.until)
    assert only(over, f.OfferStoodDown).reason is StandDownReason.STANDBY_OVER


def test_the_desk_takes_a_standby_on_with_one_act() -> None:
    world, offer, _ = standing_by()
    accepted, committed = world.send(DESK, c.TakeStandby(offer=offer.offer))
    assert (accepted.offer, accepted.quantity, accepted.by_desk) == (offer.offer, 1, True)
    assert committed.promised_at == world.at + 40 * MINUTE
    assert world.operation.lines[offer.line].covered == 2
    again = c.TakeStandby(offer=offer.offer)
    assert world.refused(DESK, again) is Refusal.ALREADY_ANSWERED


def test_a_standby_that_is_over_is_not_taken() -> None:
    world, offer, standby = standing_by()
    assert standby.until is not None
    world.until(standby.until)
    assert world.refused(DESK, c.TakeStandby(offer=offer.offer)) is Refusal.STANDBY_OVER


def test_only_a_desk_takes_a_standby_on() -> None:
    world, offer, _ = standing_by()
    name = world.name(offer.organization)
    assert world.refused(name, c.TakeStandby(offer=offer.offer)) is Refusal.ROLE_MISSING


def test_a_standby_holds_no_units_and_is_over_when_they_go_elsewhere() -> None:
    """Given a team that stands by, when it goes elsewhere, then it is not double-booked."""
    world, offer, _ = standing_by()
    facts = world.demand(world.incident("earthquake"), priority=2)
    elsewhere = next(o for o in asked(facts) if o.organization == offer.organization)
    world.yes(elsewhere)
    assert world.refused(DESK, c.TakeStandby(offer=offer.offer)) is Refusal.STANDBY_OVER


def test_who_stands_by_may_say_no_after_all() -> None:
    world, offer, _ = standing_by()
    world.no(offer)
    assert world.refused(DESK, c.TakeStandby(offer=offer.offer)) is Refusal.STANDBY_OVER


def test_who_stands_by_may_say_it_again_and_has_two_hours_more() -> None:
    world, offer, _ = standing_by()
    world.wait(minutes=60)
    assert only(world.yes(offer), f.StandbyOffered).until == world.at + 2 * HOUR


def test_once_the_line_is_short_the_yes_of_whoever_stands_by_counts() -> None:
    """Given a late yes to a covered line, when the crew that covers it gives up, then it counts
    from now on, in the same turn: nobody is asked once more what was answered already."""
    world, offer, _ = standing_by()
    [assignment] = world.operation.assignments
    facts = world.send(DESK, c.CannotComplete(assignment=assignment))
    taken = only(facts, f.OfferAccepted)
    assert (taken.offer, taken.kept, taken.late) == (offer.offer, True, True)
    crew = only(facts, f.AssignmentCommitted)
    assert crew.organization == offer.organization
    assert crew.promised_at > world.at, "its way begins now"
    assert "SealedTextOpened" not in kinds(facts), "nobody has read anything yet"


def test_who_stands_by_and_lacks_it_by_now_is_neither_taken_up_nor_lost() -> None:
    world, offer, _ = standing_by()
    none = (Capability(skill="PUMP_DRAIN", units=0),)
    world.send(STEWARD, c.SetCapacity(organization=offer.organization, capabilities=none))
    [assignment] = world.operation.assignments
    facts = world.send(DESK, c.CannotComplete(assignment=assignment))
    assert "OfferAccepted" not in kinds(facts)
    one = (Capability(skill="PUMP_DRAIN", units=1),)
    back = world.send(STEWARD, c.SetCapacity(organization=offer.organization, capabilities=one))
    back += tuple(world.wait(minutes=0))
    assert only(back, f.OfferAccepted).offer == offer.offer


def test_with_the_demand_a_standby_is_over() -> None:
    world, offer, _ = standing_by()
    facts = world.close(offer.demand, CloseReason.CANCELED)
    stood_down = next(fact for fact in facts if isinstance(fact, f.OfferStoodDown))
    assert (stood_down.offer, stood_down.reason) == (offer.offer, StandDownReason.CANCELED)


def test_a_standby_is_refused_for_what_it_could_not_do() -> None:
    world = World()
    for name in ("near", "other"):
        world.organization(name)
    first, second = asked(world.demand(world.incident(), priority=2))
    expired(world, second)
    world.yes(first)
    none = (Capability(skill="PUMP_DRAIN", units=0),)
    world.send(STEWARD, c.SetCapacity(organization=second.organization, capabilities=none))
    yes = c.AcceptOffer(offer=second.offer, quantity=1)
    assert world.refused(world.name(second.organization), yes) is Refusal.CAPACITY_TAKEN
