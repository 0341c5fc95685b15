"""Answers by message: as good as any, marked, and nothing sealed is revealed for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.turns import DELIVERY
from schemas.values import (
    CloseReason,
    DeclineReason,
    OfferId,
    Reach,
)
from streams.needed import quiet_from
from streams.parameters import HOUR, SECOND
from streams.remembered import Tally
from tests.streams.reach_world import (
    PERSON,
    ask,
    one,
    replayed,
    world_of,
)
from tests.streams.world import (
    COUNTY,
    DESK,
    SEALED,
    World,
    asked,
    kinds,
    only,
)


@pytest.fixture(autouse=True)
def replays_alike() -> Iterator[None]:
    with replayed():
        yield


# The pool


def test_where_channels_are_in_use_silence_of_whom_none_has_reached_says_nothing() -> None:
    world = world_of("near", "far", "farther")
    near, *_ = ask(world)
    world.reached(near)
    world.until(world.row(near).answer_by + 1)
    assert world.pool() == Tally(answered=1)


def test_an_open_page_is_no_channel() -> None:
    """Given only pages, then everybody's silence counts, as without a messenger."""
    world = world_of("near", "far", "farther")
    near, *_ = ask(world)
    world.reached(near, by=Reach.PAGE)
    world.until(world.row(near).answer_by + 1)
    assert world.pool() == Tally(answered=3)


def test_an_unheard_silence_becomes_an_answer_when_there_is_one() -> None:
    for say, accepted in ((World.yes, 1), (World.no, 0)):
        world = world_of("near", "far")
        near, far = ask(world)
        world.reached(near)
        world.until(world.row(near).answer_by + 1)
        say(world, far)
        assert world.pool() == Tally(answered=2, accepted=accepted)


# Answers by message


def test_a_yes_by_message_is_marked_and_reveals_nothing_sealed() -> None:
    """Whoever has a telephone is not signed in: what is sealed waits for a sign-in."""
    world = world_of("near")
    command = world.demand_command(world.incident())
    sealed = c.PublishDemand(**{**fields(command), "contact": SEALED, "address": SEALED})
    [offer] = asked(world.send(DESK, sealed))
    said = c.AcceptOffer(offer=offer.offer, quantity=1, person=PERSON)
    facts = world.send(DELIVERY, said)
    assert kinds(facts) == ["OfferAccepted", "AssignmentCommitted"]
    accepted = only(facts, f.OfferAccepted)
    assert (accepted.by_message, accepted.by_desk, accepted.person) == (True, False, PERSON)
    assert (world.row(offer).by_message, world.row(offer).person) == (True, PERSON)


def fields(command: c.PublishDemand) -> dict[str, Any]:
    return {name: getattr(command, name) for name in command.__struct_fields__}


def test_a_no_by_message_is_a_no_and_marked() -> None:
    world, offer = one()
    said = c.DeclineOffer(offer=offer.offer, reason=DeclineReason.TOO_FAR, person=PERSON)
    declined = only(world.send(DELIVERY, said), f.OfferDeclined)
    assert (declined.by_message, declined.by_desk, declined.person) == (True, False, PERSON)
    assert declined.again_at == declined.at + 4 * HOUR


def test_a_standby_by_message_is_marked_and_is_the_desks_when_it_takes_it() -> None:
    world = world_of("near", "far")
    near, far = ask(world, 2)
    world.until(near.answer_by + 1)
    world.yes(far)
    said = c.AcceptOffer(offer=near.offer, quantity=1, person=PERSON)
    offered = only(world.send(DELIVERY, said), f.StandbyOffered)
    assert (offered.by_message, offered.person) == (True, PERSON)
    taken = only(world.send(DESK, c.TakeStandby(offer=near.offer)), f.OfferAccepted)
    assert (taken.by_desk, taken.by_message) == (True, False)


def test_an_answer_at_the_page_is_not_marked() -> None:
    world, offer = one()
    accepted = only(world.yes(offer), f.OfferAccepted)
    assert (accepted.by_message, accepted.person) == (False, None)


@pytest.mark.parametrize("actor", ["near", DESK, COUNTY])
def test_nobody_but_the_messenger_answers_in_a_persons_name(actor: str) -> None:
    world, offer = one()
    for command in (
        c.AcceptOffer(offer=offer.offer, quantity=1, person=PERSON),
        c.DeclineOffer(offer=offer.offer, reason=DeclineReason.OTHER, person=PERSON),
    ):
        assert world.refused(actor, command) is Refusal.ROLE_MISSING


def test_the_messenger_is_told_of_offers_that_nobody_knows() -> None:
    world, _ = one()
    unknown = c.AcceptOffer(offer=OfferId("nobody"), quantity=1, person=PERSON)
    assert world.refused(DELIVERY, unknown) is Refusal.NOT_FOUND


def test_a_message_is_checked_like_any_yes() -> None:
    world, offer = one()
    more = c.AcceptOffer(offer=offer.offer, quantity=2, person=PERSON)
    assert world.refused(DELIVERY, more) is Refusal.QUANTITY_OVER_OFFER
    world.close(offer.demand, CloseReason.CANCELED)
    late = c.AcceptOffer(offer=offer.offer, quantity=1, person=PERSON)
    assert world.refused(DELIVERY, late) is Refusal.NO_LONGER_NEEDED


def test_an_answer_by_message_is_an_act_and_being_reached_is_none() -> None:
    """A demand of which nobody has done anything is asked about; channels do nothing about it."""
    world, offer = one(2)
    world.at += 20 * SECOND
    acts = world.operation.acts
    before = acts.get(offer.demand)
    world.reached(offer)
    assert acts.get(offer.demand) == before
    reason = DeclineReason.NO_CREW
    world.send(DELIVERY, c.DeclineOffer(offer=offer.offer, reason=reason, person=PERSON))
    assert acts.get(offer.demand) == world.at
    assert quiet_from(None, world.at) > world.at
