"""Organizations: entered once, corrected on record, retired, merged, and separated again."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import (
    Capability,
    DivisionCode,
    Gate,
    OrganizationId,
    RegistrationClass,
    Role,
    StandDownReason,
)
from streams.matching.why import why
from tests.streams.world import (
    COUNTY,
    STEWARD,
    YONGJIA,
    World,
    asked,
    divisions,
    kinds,
    only,
    townships,
)

CODE = "51330324MJ8000001X"
OUHAI = DivisionCode("330304")


def entry(name: str = "near", township: int = 0, **differs: Any) -> c.RegisterOrganization:
    home = DivisionCode(townships()[township])
    command = c.RegisterOrganization(
        name=name,
        registration_class=RegistrationClass.FILED,
        home=home,
        place=divisions().seat(home),
        capabilities=(Capability(skill="PUMP_DRAIN", units=1),),
        people=6,
    )
    return replace(command, **differs)


def entered(world: World, command: c.RegisterOrganization) -> OrganizationId:
    made: OrganizationId = only(world.send(STEWARD, command)).organization
    return made


# Twice


def test_the_same_name_at_the_same_home_is_refused_with_the_first_one() -> None:
    """C4: entered twice by two stewards, it would be asked twice."""
    world = World()
    first = entered(world, entry())
    assert world.refused(STEWARD, entry()) is Refusal.ORGANIZATION_EXISTS
    assert world.turns[-1].turn.subjects == (first,)


def test_the_same_credit_code_is_the_same_organization_wherever_it_is() -> None:
    world = World()
    first = entered(world, entry(credit_code=CODE))
    again = entry("of another name", township=5, credit_code=CODE)
    assert world.refused(STEWARD, again) is Refusal.ORGANIZATION_EXISTS
    assert world.turns[-1].turn.subjects == (first,)


@pytest.mark.parametrize("spelled", ["红十字 救援队（永嘉）", " 红十字救援队(永嘉) "])
def test_spaces_and_the_width_of_brackets_make_no_other_organization(spelled: str) -> None:
    world = World()
    first = entered(world, entry("红十字救援队(永嘉)"))
    assert world.refused(STEWARD, entry(spelled)) is Refusal.ORGANIZATION_EXISTS
    assert world.turns[-1].turn.subjects == (first,)


def test_who_knows_that_it_is_another_one_insists() -> None:
    world = World()
    first = entered(world, entry())
    assert entered(world, entry(insist=True)) != first


def test_the_same_name_elsewhere_is_another_organization() -> None:
    world = World()
    entered(world, entry("红十字救援队"))
    entered(world, entry("红十字救援队", township=5))


def test_a_retired_one_still_is_the_first_and_can_be_reinstated() -> None:
    world = World()
    first = entered(world, entry())
    world.send(STEWARD, c.RetireOrganization(organization=first))
    assert world.refused(STEWARD, entry()) is Refusal.ORGANIZATION_EXISTS
    assert kinds(world.send(STEWARD, c.ReinstateOrganization(organization=first)))


def test_a_corrected_name_is_the_one_that_counts() -> None:
    world = World()
    first = entered(world, entry("naer"))
    world.send(STEWARD, world.entry(first, name="near"))
    assert world.refused(STEWARD, entry("near")) is Refusal.ORGANIZATION_EXISTS
    entered(world, entry("naer"))


# Correcting


def test_what_was_entered_wrongly_is_put_right_on_record() -> None:
    """C5: name, place, people, class and code; what it can deploy and its certificates stay."""
    world = World()
    first = entered(world, entry())
    before = world.area.registry.organizations[first]
    place = divisions().seat(townships()[5])
    home = DivisionCode(townships()[5])
    corrected = world.entry(
        first, name="nearer", home=home, place=place, people=9, credit_code=CODE
    )
    assert kinds(world.send(STEWARD, corrected)) == ["OrganizationCorrected"]
    after = world.area.registry.organizations[first]
    assert (after.name, after.home, after.people, after.credit_code) == ("nearer", home, 9, CODE)
    assert (after.capabilities, after.on_duty) == (before.capabilities, before.on_duty)


def test_a_corrected_place_is_where_it_is_asked_from() -> None:
    """Given a team entered beyond the reach, when its place is put right, then it is asked."""
    world = World()
    near = entered(world, entry())
    far = world.entry(near, place=divisions().seat("330327"))
    world.send(STEWARD, far)
    world.demand(world.incident())
    world.at += 1_000
    world.send(STEWARD, world.entry(near, place=divisions().seat(townships()[0])))
    assert only(asked(world.wait(minutes=0))).meters == 0


def test_a_steward_moves_nobody_out_of_its_own_county() -> None:
    world = World()
    first = entered(world, entry())
    world.grant("of Yongjia", Role.STEWARD, division=YONGJIA)
    away = world.entry(first, home=OUHAI, place=divisions().seat(OUHAI))
    assert world.refused("of Yongjia", away) is Refusal.NOT_FOUND
    assert kinds(world.send(STEWARD, away)) == ["OrganizationCorrected"]
    back = world.entry(first, home=DivisionCode(townships()[0]))
    assert world.refused("of Yongjia", back) is Refusal.NOT_FOUND


def test_nobody_is_at_home_where_there_is_nothing() -> None:
    world = World()
    first = entered(world, entry())
    nowhere = world.entry(first, home=DivisionCode("999999"))
    assert world.refused(STEWARD, nowhere) is Refusal.DIVISION_UNKNOWN


# Retiring


def test_a_retired_team_is_asked_no_more_and_its_open_requests_are_over() -> None:
    """C5: its crew goes on, and in every record it stays."""
    world = World()
    near = world.organization("near", units=2)
    incident = world.incident()
    crew = world.at_work(only(asked(world.demand(incident))))
    offer = only(asked(world.demand(incident)))
    world.send(STEWARD, c.RetireOrganization(organization=near))
    over = only(world.wait(minutes=0), f.OfferStoodDown)
    assert (over.offer, over.reason) == (offer.offer, StandDownReason.ORGANIZATION_RETIRED)
    assert asked(world.demand(incident)) == []
    assert kinds(world.send("near", c.Arrive(assignment=crew)))
    found = why(world.area, world.operation, offer.line, near, world.at)
    assert found is not None
    assert found.gate is Gate.RETIRED


def test_whoever_comes_back_is_asked_at_once() -> None:
    world = World()
    near = world.organization("near")
    world.send(STEWARD, c.RetireOrganization(organization=near))
    assert world.send(STEWARD, c.RetireOrganization(organization=near)) == ()
    world.demand(world.incident())
    world.at += 1_000
    world.send(STEWARD, c.ReinstateOrganization(organization=near))
    assert only(asked(world.wait(minutes=0))).organization == near
    assert world.send(STEWARD, c.ReinstateOrganization(organization=near)) == ()


# Merging


class Twice:
    """One organization that was entered twice, with an account for each entry."""

    def __init__(self) -> None:
        self.world = World()
        self.kept = self.world.organization("kept", units=2)
        self.merged = self.world.organization("merged", units=2)
        self.incident = self.world.incident()

    def merge(self, actor: str = STEWARD) -> Any:
        command = c.MergeOrganizations(organization=self.kept, merged=self.merged)
        return self.world.send(actor, command)

    def refused(self, actor: str = STEWARD, **differs: Any) -> Refusal:
        command = c.MergeOrganizations(
            **{"organization": self.kept, "merged": self.merged, **differs}
        )
        return self.world.refused(actor, command)

    def separate(self) -> c.SeparateOrganizations:
        return c.SeparateOrganizations(merged=self.merged)


def test_of_two_entries_one_is_asked_and_both_accounts_answer() -> None:
    """C4: merged with history; whoever spoke for the one speaks for the other."""
    scene = Twice()
    assert kinds(scene.merge()) == ["OrganizationsMerged"]
    offer = only(asked(scene.world.demand(scene.incident)))
    assert offer.organization == scene.kept
    accepted = only(scene.world.yes(offer, actor="merged"), f.OfferAccepted)
    assert not accepted.by_desk
    row = scene.world.area.registry.organizations[scene.merged]
    assert (row.retired, row.merged_into) == (True, scene.kept)


def test_a_merger_is_undone_as_long_as_nobody_was_asked_since() -> None:
    scene = Twice()
    scene.merge()
    assert kinds(scene.world.send(STEWARD, scene.separate())) == ["OrganizationsSeparated"]
    offers = asked(scene.world.demand(scene.incident))
    assert {offer.organization for offer in offers} == {scene.kept, scene.merged}
    kept = next(offer for offer in offers if offer.organization == scene.kept)
    yes = c.AcceptOffer(offer=kept.offer, quantity=1)
    assert scene.world.refused("merged", yes) is Refusal.NOT_FOUND
    assert scene.world.refused(STEWARD, scene.separate()) is Refusal.ORGANIZATION_NOT_MERGED


def test_once_it_was_asked_as_one_it_stays_one() -> None:
    scene = Twice()
    scene.merge()
    scene.world.demand(scene.incident)
    assert scene.world.refused(STEWARD, scene.separate()) is Refusal.ORGANIZATION_ASKED_SINCE
    reinstate = c.ReinstateOrganization(organization=scene.merged)
    assert scene.world.refused(STEWARD, reinstate) is Refusal.ORGANIZATION_MERGED
    assert scene.world.turns[-1].turn.subjects == (scene.kept,)


def test_what_it_was_asked_before_the_merger_does_not_bind_it() -> None:
    scene = Twice()
    for offer in asked(scene.world.demand(scene.incident)):
        scene.world.no(offer)
    scene.merge()
    assert kinds(scene.world.send(STEWARD, scene.separate())) == ["OrganizationsSeparated"]


@pytest.mark.parametrize("at_work", [False, True])
def test_whoever_is_asked_or_at_work_is_merged_when_that_is_over(at_work: bool) -> None:
    scene = Twice()
    offers = asked(scene.world.demand(scene.incident, target=2))
    merged = next(offer for offer in offers if offer.organization == scene.merged)
    if at_work:
        scene.world.yes(merged)
    assert scene.refused() is Refusal.ORGANIZATION_BUSY


def test_nothing_is_merged_into_itself_or_into_nothing_or_twice() -> None:
    scene = Twice()
    assert scene.refused(merged=scene.kept) is Refusal.NOT_FOUND
    assert scene.refused(merged=OrganizationId("nobody")) is Refusal.NOT_FOUND
    scene.merge()
    assert scene.refused() is Refusal.ORGANIZATION_MERGED


def test_no_steward_retires_another_county_s_team_by_merging_it_into_its_own() -> None:
    scene = Twice()
    scene.world.grant("of Yongjia", Role.STEWARD, division=YONGJIA)
    away = scene.world.entry(scene.merged, home=OUHAI, place=divisions().seat(OUHAI))
    scene.world.send(STEWARD, away)
    assert scene.refused("of Yongjia") is Refusal.NOT_FOUND
    assert scene.refused("of Yongjia", organization=scene.merged, merged=scene.kept) is (
        Refusal.NOT_FOUND
    )
    assert scene.refused(COUNTY) is Refusal.ROLE_MISSING
    assert scene.merge()


def test_who_enters_a_merged_one_again_is_led_to_the_one_that_stayed() -> None:
    scene = Twice()
    scene.merge()
    assert scene.world.refused(STEWARD, entry("merged")) is Refusal.ORGANIZATION_EXISTS
    assert scene.world.turns[-1].turn.subjects == (scene.kept,)


def test_a_correction_makes_no_double_unless_somebody_insists() -> None:
    world = World()
    first = entered(world, entry("near", credit_code="51330324MJ8000001X"))
    other = entered(world, entry("far"))
    for differs in ({"name": "near"}, {"credit_code": "51330324MJ8000001X"}):
        command = correction(other, **{"name": "far", **differs})
        assert world.refused(STEWARD, command) is Refusal.ORGANIZATION_EXISTS
        assert world.turns[-1].turn.subjects == (first,)
    insisted = correction(other, name="near", insist=True)
    assert kinds(world.send(STEWARD, insisted)) == ["OrganizationCorrected"]


def correction(organization: OrganizationId, **differs: Any) -> c.CorrectOrganization:
    given = entry(**{key: value for key, value in differs.items() if key == "name"})
    fields = {"organization": organization, "insist": False, "credit_code": None, **differs}
    same = ("registration_class", "home", "place", "people")
    return c.CorrectOrganization(
        **{"name": given.name, **{name: getattr(given, name) for name in same}, **fields}
    )
