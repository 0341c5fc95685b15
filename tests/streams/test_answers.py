"""Answers: what a yes says and carries, and how it is checked again at every gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import (
    Capability,
    DeclineReason,
    DivisionCode,
    OpeningReason,
    OrganizationId,
    RegistrationClass,
)
from streams.parameters import HOUR, MINUTE
from tests.streams.world import (
    DESK,
    SEALED,
    STEWARD,
    World,
    asked,
    certificate,
    divisions,
    kinds,
    only,
)


def offered(**wishes: Any) -> tuple[World, f.OfferSent]:
    """A world in which one organization is asked for one line; P1 unless wished otherwise."""
    world = World()
    world.organization("near", units=2)
    return world, only(asked(world.demand(world.incident(), **wishes)))


# In time


def test_a_yes_says_how_many_come_and_when() -> None:
    world, offer = offered()
    accepted, committed = world.yes(offer, minutes=20, people=7)
    assert (accepted.minutes, accepted.people, accepted.late) == (20, 7, False)
    assert committed.promised_at == world.at + 20 * MINUTE
    assert world.operation.assignments[committed.assignment].people == 7


def test_without_minutes_a_crew_is_expected_by_its_way() -> None:
    """25 km an hour, and a quarter of an hour until it is on its way."""
    world = World()
    world.organization("far", township=5)
    offer = only(asked(world.demand(world.incident())))
    committed = only(world.yes(offer), f.AssignmentCommitted)
    hours = (committed.promised_at - world.at - 15 * MINUTE) / HOUR
    assert offer.meters > 5_000
    assert hours == pytest.approx(offer.meters / 25_000, rel=0.01)


def test_nobody_gives_more_than_was_asked_for() -> None:
    world, offer = offered()
    over = c.AcceptOffer(offer=offer.offer, quantity=2)
    assert world.refused("near", over) is Refusal.QUANTITY_OVER_OFFER


def test_the_first_yes_stands() -> None:
    world, offer = offered(target=2)
    world.yes(offer, quantity=1)
    again = c.AcceptOffer(offer=offer.offer, quantity=2)
    assert world.refused("near", again) is Refusal.ALREADY_ANSWERED
    no = c.DeclineOffer(offer=offer.offer, reason=DeclineReason.OTHER)
    assert world.refused("near", no) is Refusal.ALREADY_ANSWERED


def test_of_two_who_say_yes_at_once_one_comes_and_the_other_is_thanked() -> None:
    """A10: one unit wanted, five asked, two say yes in the same millisecond."""
    world = World()
    for number in range(5):
        world.organization(f"o{number}")
    first, second, *_ = asked(world.demand(world.incident()))
    assert kinds(world.yes(first)) == ["OfferAccepted", "AssignmentCommitted"] + (
        ["OfferStoodDown"] * 4
    )
    late = c.AcceptOffer(offer=second.offer, quantity=1)
    assert world.refused(world.name(second.organization), late) is Refusal.OFFER_STOOD_DOWN
    assert len(world.operation.assignments) == 1


def test_a_yes_carries_what_is_sealed_and_a_telephone_does_not() -> None:
    """The organization's own yes opens the sealed text, on record; the desk's word opens none."""
    world = World()
    for name in ("near", "other"):
        world.organization(name)
    sealed = replace(world.demand_command(world.incident(), target=2), contact=SEALED)
    one, other = asked(world.send(DESK, sealed))
    opened = only(world.yes(one), f.SealedTextOpened)
    assert (opened.account, opened.reason) == (
        world.name(one.organization),
        OpeningReason.ACCEPTED,
    )
    assert "SealedTextOpened" not in kinds(world.yes(other, actor=DESK))


def test_where_nothing_is_sealed_nothing_is_opened() -> None:
    world, offer = offered()
    assert "SealedTextOpened" not in kinds(world.yes(offer))


# A yes is checked again


def certified_scene() -> tuple[World, OrganizationId, f.OfferSent]:
    world = World()
    near = world.organization("near", skill="WATER", units=2, certificate=certificate())
    facts = world.demand(world.incident(), skill="WATER", grade=2, target=2)
    return world, near, only(asked(facts))


def lapse(world: World, near: OrganizationId) -> None:
    recorded = c.RecordCertificate(organization=near, certificate=certificate(through="2025-07-30"))
    world.send(STEWARD, recorded)


def lower(world: World, near: OrganizationId) -> None:
    world.send(STEWARD, c.RecordCertificate(organization=near, certificate=certificate(grade=3)))


def not_yet(world: World, near: OrganizationId) -> None:
    later = certificate(since="2025-08-01")
    world.send(STEWARD, c.RecordCertificate(organization=near, certificate=later))


def withdraw(world: World, near: OrganizationId) -> None:
    issuer = certificate().issuer
    withdrawn = c.WithdrawCertificate(organization=near, issuer=issuer, number="1")
    world.send(STEWARD, withdrawn)


def withdraw_issuer(world: World, near: OrganizationId) -> None:
    world.send(STEWARD, c.WithdrawIssuer(issuer=certificate().issuer))


def retire(world: World, near: OrganizationId) -> None:
    world.send(STEWARD, c.RetireOrganization(organization=near))


def refile(world: World, near: OrganizationId) -> None:
    filed = world.entry(near, registration_class=RegistrationClass.FILED)
    world.send(STEWARD, filed)


def units(number: int, skill: str = "WATER") -> Callable[[World, OrganizationId], None]:
    def state(world: World, near: OrganizationId) -> None:
        has = (Capability(skill=skill, units=number),)
        world.send("near", c.SetCapacity(organization=near, capabilities=has))

    return state


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lapse, Refusal.CERTIFICATE_EXPIRED),
        (lower, Refusal.CERTIFICATE_GRADE),
        (not_yet, Refusal.CERTIFICATE_NOT_YET),
        (withdraw, Refusal.CERTIFICATE_WITHDRAWN),
        (withdraw_issuer, Refusal.CERTIFICATE_WITHDRAWN),
        (retire, Refusal.ORGANIZATION_RETIRED),
        (refile, Refusal.CLASS_UNFIT),
        (units(0), Refusal.CAPACITY_TAKEN),
        (units(1), Refusal.CAPACITY_TAKEN),
        (units(2, "PUMP_DRAIN"), Refusal.SKILL_MISSING),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_a_yes_is_refused_for_what_has_changed_since(
    change: Callable[[World, OrganizationId], None], refusal: Refusal, late: bool
) -> None:
    """A5: given an open or overdue request, when a gate has shut, then the yes names that gate."""
    world, near, offer = certified_scene()
    if late:
        world.until(offer.answer_by + 1)
    change(world, near)
    assert world.refused("near", c.AcceptOffer(offer=offer.offer, quantity=2)) is refusal


def test_who_has_moved_beyond_the_reach_is_not_sent_out() -> None:
    world, offer = offered()
    far = DivisionCode("330327")  # some 60 km away; general lines reach 30
    moved = world.entry(offer.organization, home=far, place=divisions().seat(far))
    world.send(STEWARD, moved)
    yes = c.AcceptOffer(offer=offer.offer, quantity=1)
    assert world.refused("near", yes) is Refusal.BEYOND_REACH


def test_with_fewer_units_than_asked_for_part_of_it_can_still_be_given() -> None:
    world, near, offer = certified_scene()
    units(1)(world, near)
    assert only(world.yes(offer, quantity=1), f.AssignmentCommitted).quantity == 1


def test_whoever_says_yes_is_on_duty() -> None:
    world, near, offer = certified_scene()
    world.send("near", c.SetDuty(organization=near, on_duty=False))
    assert "AssignmentCommitted" in kinds(world.yes(offer))
