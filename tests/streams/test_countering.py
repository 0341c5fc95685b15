"""Counter-offers: a team could come later than was asked; its desk says yes or no in time."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import DeclineReason, StandDownReason
from streams.entities import OfferState
from tests.streams.world import DESK, World, asked, kinds, only

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


def test_it_waits_for_the_desk_as_long_as_there_was_time_to_answer() -> None:
    world, offer = scene()
    offered = only(world.send("near", counter(offer)), f.StandbyOffered)
    assert (offered.counter, offered.minutes, offered.until) == (True, 90, offer.answer_by)
    over = only(world.until(offer.answer_by, f.OfferStoodDown), f.OfferStoodDown)
    assert (over.reason, over.at) == (StandDownReason.STANDBY_OVER, offer.answer_by)


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


@pytest.mark.parametrize("said", [True, False])
def test_whom_the_desk_does_not_take_is_not_asked_again_at_once(said: bool) -> None:
    """It has said that it cannot come now."""
    world, offer = scene()
    world.send("near", counter(offer))
    if said:
        world.send(DESK, c.EndStandby(offer=offer.offer))
    else:
        world.until(offer.answer_by, f.OfferStoodDown)
    assert asked(world.wait(minutes=110)) == []
    assert [one.organization for one in asked(world.wait(minutes=12))] == [offer.organization]


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
