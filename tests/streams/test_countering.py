"""Counter-offers: a team could come later than was asked; its desk says yes or no."""

from __future__ import annotations

from typing import Any

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import DeclineReason, StandDownReason
from streams.entities import OfferState
from streams.parameters import STANDBY
from tests.streams.world import DESK, SEALED, World, asked, kinds, only

MINUTE = 60_000


def scene(**wishes: Any) -> tuple[World, f.OfferSent]:
    """Two who can be asked; the nearer one's request."""
    world = World()
    world.organization("near", units=2)
    posted = world.demand(world.incident(), **{"target": 2, "priority": 2, **wishes})
    return world, asked(posted)[0]


def counter(offer: f.OfferSent, **more: Any) -> c.CounterOffer:
    said: dict[str, Any] = {"quantity": 1, "minutes": 90, **more}
    return c.CounterOffer(offer=offer.offer, **said)


def test_it_waits_for_the_desk_as_long_as_units_are_missing() -> None:
    """Given a line that nobody else comes to, then no clock thanks it away."""
    world, offer = scene()
    offered = only(world.send("near", counter(offer)), f.StandbyOffered)
    assert (offered.counter, offered.minutes, offered.until) == (True, 90, None)
    facts = world.until(world.at + 89 * MINUTE)
    assert not [one for one in facts if isinstance(one, f.OfferStoodDown)]
    assert world.operation.offers[offer.offer].state is OfferState.STANDBY


def test_what_is_missing_after_a_part_waits_for_it_still() -> None:
    """Given one of two units on its way, then who could bring the other one later still waits."""
    world, offer = scene()
    world.send("near", counter(offer))
    second = world.organization("second")
    [other] = [one for one in asked(world.wait(minutes=0)) if one.organization == second]
    world.yes(other, quantity=1)
    world.wait(minutes=30)
    assert "AssignmentCommitted" in kinds(world.send(DESK, c.TakeStandby(offer=offer.offer)))


def test_once_others_cover_the_line_it_is_thanked_for() -> None:
    world, offer = scene(target=1)
    facts = [*world.send("near", counter(offer))]
    second = world.organization("second")
    facts += world.wait(minutes=0)
    [other] = [one for one in asked(facts) if one.organization == second]
    over = only([*world.yes(other, quantity=1), *world.wait(minutes=0)], f.OfferStoodDown)
    assert (over.offer, over.reason) == (offer.offer, StandDownReason.COVERED)


def test_who_was_asked_beyond_what_is_missing_waits_as_long_as_others_do() -> None:
    """Given a desk that asks one more by hand, then its word is waited for two hours."""
    world, offer = scene(target=1)
    world.yes(offer, quantity=1)
    second = world.organization("second")
    line = world.operation.offers[offer.offer].line
    asking = c.AskByHand(line=line, organization=second, reason=SEALED)
    [more] = asked(world.send(DESK, asking))
    offered = only(world.send("second", counter(more)), f.StandbyOffered)
    assert offered.until == world.at + STANDBY


def test_the_line_asks_others_meanwhile() -> None:
    """Given a line that asks one team, which could only come later, then the next one is asked
    at once."""
    world, offer = scene(target=1)
    facts = [*world.send("near", counter(offer))]
    second = world.organization("second")
    facts += world.wait(minutes=0)
    assert second in [one.organization for one in asked(facts)]
    assert world.operation.offers[offer.offer].state is OfferState.STANDBY


def test_the_desk_takes_it_on_with_one_act_and_expects_it_then() -> None:
    world, offer = scene()
    world.send("near", counter(offer, quantity=2))
    world.wait(minutes=1)
    taken = world.send(DESK, c.TakeStandby(offer=offer.offer))
    committed = only(taken, f.AssignmentCommitted)
    assert (committed.quantity, committed.promised_at) == (2, world.at + 90 * MINUTE)
    assert not only(taken, f.OfferAccepted).late


def test_whom_the_desk_thanks_is_not_asked_again_at_once() -> None:
    """It has said that it cannot come now."""
    world, offer = scene()
    world.send("near", counter(offer))
    world.send(DESK, c.EndStandby(offer=offer.offer))
    assert asked(world.wait(minutes=110)) == []
    assert [one.organization for one in asked(world.wait(minutes=12))] == [offer.organization]


def test_when_its_own_time_has_come_it_is_asked_anew() -> None:
    """Given nobody's word until then, and a line that is still short: could it come now?"""
    world, offer = scene()
    world.send("near", counter(offer))
    assert asked(world.wait(minutes=89)) == []
    assert [one.organization for one in asked(world.wait(minutes=2))] == [offer.organization]
    over = world.operation.offers[offer.offer]
    assert over.stand_down_reason is StandDownReason.ASKED_ANEW


def test_it_can_still_say_no() -> None:
    world, offer = scene()
    world.send("near", counter(offer))
    no = c.DeclineOffer(offer=offer.offer, reason=DeclineReason.NO_CREW)
    assert "OfferDeclined" in kinds(world.send("near", no))


def test_it_passes_every_gate_of_a_yes() -> None:
    world, offer = scene()
    assert world.refused("near", counter(offer, quantity=3)) is Refusal.QUANTITY_OVER_OFFER
    world.send("near", counter(offer))
    assert world.refused("near", counter(offer)) is Refusal.ALREADY_ANSWERED
    late, other = scene()
    late.until(other.answer_by + 1, f.OfferExpired)
    assert late.refused("near", counter(other)) is Refusal.COUNTER_LATE


def test_what_is_needed_no_longer_is_not_countered() -> None:
    world, offer = scene()
    world.close(offer.demand)
    assert world.refused("near", counter(offer)) is Refusal.NO_LONGER_NEEDED
    world, offer = scene()
    world.yes(offer, quantity=2)
    assert world.refused("near", counter(offer)) is Refusal.ALREADY_ANSWERED


def test_it_answers_the_words_that_were_read() -> None:
    world, offer = scene()
    world.amend(offer.demand, risk_statement="电线断了")
    assert kinds(world.send("near", counter(offer, revision=1)))[:1] == ["YesOutdated"]
    offered = only(world.send("near", counter(offer, revision=2)), f.StandbyOffered)
    assert offered.revision == 2
