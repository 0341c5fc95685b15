"""Scopes: townships, their county, who stands in for whom, and grants with their ends."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import AccountId, DivisionCode, OpeningReason, Role
from streams.parameters import MINUTE
from tests.streams.world import (
    COUNTY,
    DESK,
    SEALED,
    STEWARD,
    WENZHOU,
    YONGJIA,
    World,
    asked,
    divisions,
    kinds,
    only,
    townships,
)

TOWNSHIP, SIBLING = (DivisionCode(code) for code in townships()[:2])


def test_a_refusal_is_on_record_and_names_nothing() -> None:
    world = World()
    world.grant("sibling", Role.DESK, division=SIBLING)
    command = world.demand_command(world.incident())
    assert world.refused("sibling", command) is Refusal.NOT_FOUND
    assert world.turns[-1].turn.subjects == ()


# The township's own desk, and who stands in for it (Article 7)


def substitute(world: World, actor: str, command: c.PublishDemand) -> DivisionCode | None:
    found: DivisionCode | None = only(world.send(actor, command), f.DemandPublished).substitute
    return found


def test_the_county_s_desk_stands_in_for_a_township_that_is_cut_off() -> None:
    """B8: it publishes on its behalf, and the record says so."""
    world = World()
    assert substitute(world, COUNTY, world.demand_command(world.incident())) == YONGJIA


def test_a_recorded_delegate_of_the_township_is_no_substitute() -> None:
    world = World()
    command = world.demand_command(world.incident())
    world.grant(COUNTY, Role.DESK, division=TOWNSHIP)
    assert substitute(world, COUNTY, command) is None
    sibling = world.demand_command(world.incident("earthquake"), township=1)
    assert substitute(world, COUNTY, sibling) == YONGJIA


def test_once_its_delegation_has_ended_it_is_one() -> None:
    world = World()
    command = world.demand_command(world.incident())
    world.grant(COUNTY, Role.DESK, division=TOWNSHIP, until=world.at + 10 * MINUTE)
    world.wait(minutes=10)
    assert substitute(world, COUNTY, command) == YONGJIA


def test_a_county_desk_publishes_its_own_demand() -> None:
    """B7: "three boats, anywhere in this county"; no township's desk can do that for it."""
    world = World()
    command = world.demand_command(world.incident())
    own = replace(command, place=divisions().seat(YONGJIA))
    assert substitute(world, COUNTY, own) is None
    assert world.refused(DESK, own) is Refusal.NOT_FOUND


def test_no_township_stands_in_for_another() -> None:
    world = World()
    sibling = world.demand_command(world.incident(), township=1)
    assert world.refused(DESK, sibling) is Refusal.NOT_FOUND


# Who reads what is sealed


def test_who_is_at_work_on_a_demand_reads_what_is_sealed_and_nobody_else_does() -> None:
    """Given two asked, when one says yes, then that one may read it again, the other never may."""
    world = World()
    for name in ("one", "two"):
        world.organization(name)
    sealed = replace(world.demand_command(world.incident()), contact=SEALED)
    first, second = asked(world.send(DESK, sealed))
    opening = c.OpenSealedText(demand=first.demand, reason=OpeningReason.ON_THE_WAY)
    doer, other = world.name(first.organization), world.name(second.organization)
    assert world.refused(doer, opening) is Refusal.NOT_FOUND
    assignment = world.at_work(first)
    opened = only(world.send(doer, opening))
    assert (opened.account, opened.reason) == (doer, OpeningReason.ON_THE_WAY)
    assert world.refused(other, opening) is Refusal.NOT_FOUND
    world.send(doer, c.ReportDone(assignment=assignment))
    world.send(DESK, c.ConfirmAssignment(assignment=assignment))
    assert world.refused(doer, opening) is Refusal.NOT_FOUND


def test_every_reading_is_a_fact_of_its_own() -> None:
    """E3: the desk reads it as often as it has to, each time with its reason on record."""
    world = World()
    sealed = replace(world.demand_command(world.incident()), contact=SEALED)
    demand = only(world.send(DESK, sealed), f.DemandPublished).demand
    for reason in (OpeningReason.CALLING, OpeningReason.CALLING, OpeningReason.CHECKING):
        opening = c.OpenSealedText(demand=demand, reason=reason)
        assert only(world.send(DESK, opening)).reason is reason


# Grants and their ends


def test_a_grant_holds_until_its_last_millisecond() -> None:
    world = World()
    world.grant("guest", Role.DESK, division=TOWNSHIP, until=world.at + MINUTE)
    command = world.demand_command(world.incident())
    world.at += MINUTE - 1
    world.send("guest", command)
    world.at += 1
    assert world.refused("guest", command) is Refusal.NOT_FOUND


def test_an_ended_grant_permits_nothing_and_others_stay() -> None:
    world = World()
    world.grant("both", Role.DESK, division=TOWNSHIP)
    world.grant("both", Role.STEWARD, division=TOWNSHIP)
    incident = world.incident()
    world.send(STEWARD, c.EndGrant(account=AccountId("both"), role=Role.DESK))
    assert world.refused("both", world.demand_command(incident)) is Refusal.ROLE_MISSING
    world.send(STEWARD, c.EndGrant(account=AccountId("both"), role=Role.STEWARD))
    assert world.refused("both", world.demand_command(incident)) is Refusal.NOT_FOUND


def test_what_was_ended_can_be_granted_again() -> None:
    world = World()
    command = world.demand_command(world.incident())
    world.send(STEWARD, c.EndGrant(account=DESK, role=Role.DESK))
    assert world.refused(DESK, command) is Refusal.NOT_FOUND
    world.grant(DESK, Role.DESK, division=TOWNSHIP)
    assert "DemandPublished" in kinds(world.send(DESK, command))


def test_a_countys_steward_reaches_its_county_alone() -> None:
    world = World()
    world.grant("steward of Yongjia", Role.STEWARD, division=YONGJIA)
    inside = c.GrantRole(account=AccountId("new"), role=Role.DESK, division=SIBLING)
    beyond = c.GrantRole(account=AccountId("new"), role=Role.DESK, division=DivisionCode("330302"))
    above = c.GrantRole(account=AccountId("new"), role=Role.DESK, division=DivisionCode(WENZHOU))
    world.send("steward of Yongjia", inside)
    for command in (beyond, above):
        assert world.refused("steward of Yongjia", command) is Refusal.NOT_FOUND


def test_a_countys_steward_withdraws_no_issuer_of_the_whole_area() -> None:
    world = World()
    world.grant("steward of Yongjia", Role.STEWARD, division=YONGJIA)
    command = c.WithdrawIssuer(issuer="anybody")
    assert world.refused("steward of Yongjia", command) is Refusal.NOT_FOUND


def test_a_countys_steward_ends_no_grant_beyond_its_county() -> None:
    world = World()
    elsewhere = DivisionCode("330302")
    world.grant("steward of Yongjia", Role.STEWARD, division=YONGJIA)
    world.grant("of both", Role.DESK, division=TOWNSHIP)
    world.grant("of both", Role.DESK, division=elsewhere)
    end = c.EndGrant(account=AccountId("of both"), role=Role.DESK)
    world.take(world.envelope("steward of Yongjia", end))
    held = world.area.registry.grants[AccountId("of both")]
    assert elsewhere in {grant.division for grant in held}


@pytest.mark.parametrize(
    "scope",
    [
        {"role": Role.DESK},
        {"role": Role.ORGANIZATION, "division": TOWNSHIP},
        {"role": Role.ORGANIZATION},
        {"role": Role.DESK, "division": TOWNSHIP, "until": 1},
    ],
)
def test_a_grant_without_a_fitting_scope_is_refused(scope: dict[str, Any]) -> None:
    world = World()
    command = c.GrantRole(account=AccountId("new"), **scope)
    assert world.refused(STEWARD, command) is Refusal.GRANT_UNFIT


def test_who_speaks_for_whom_is_marked() -> None:
    """Given the organization's own word and the desk's, then only the latter is by phone."""
    world = World()
    for name in ("near", "far"):
        world.organization(name)
    one, other = asked(world.demand(world.incident(), target=2))
    assert not only(world.yes(one), f.OfferAccepted).by_desk
    assert only(world.yes(other, actor=DESK), f.OfferAccepted).by_desk


def test_the_last_steward_of_the_whole_area_stays() -> None:
    """Given nobody else who keeps the whole registry, then that role is not ended by anybody."""
    world = World()
    ending = c.EndGrant(account=STEWARD, role=Role.STEWARD)
    world.grant("county's", Role.STEWARD, division=world.county)
    assert world.refused(STEWARD, ending) is Refusal.LAST_STEWARD
    world.grant("second", Role.STEWARD, division=DivisionCode(WENZHOU))
    assert kinds(world.send(STEWARD, ending)) == ["GrantEnded"]
