"""An organization offers itself for what it sees and was not asked for."""

from __future__ import annotations

from typing import Any

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import DeclineReason, LineId, OrganizationId, RegistrationClass
from streams.entities import AssignmentState, OfferState
from streams.parameters import STANDBY
from tests.streams.world import DESK, STEWARD, World, asked, kinds, only


def offering(line: LineId, organization: OrganizationId, **more: Any) -> c.OfferHelp:
    said: dict[str, Any] = {"quantity": 1, **more}
    return c.OfferHelp(line=line, organization=organization, **said)


def scene(**wishes: Any) -> tuple[World, LineId, OrganizationId]:
    """A line of two, and a team that is off duty, so that nobody has asked it."""
    world = World()
    team = world.organization("a", units=3)
    world.send(STEWARD, c.SetDuty(organization=team, on_duty=False))
    posted = world.demand(world.incident(), **{"target": 2, **wishes})
    return world, only(posted, f.DemandPublished).lines[0].line, team


def enough() -> tuple[World, LineId, OrganizationId, list[f.OfferSent]]:
    """A line for which enough others are asked."""
    world, line, team = scene(target=1)
    for name in "bcdefghij":
        world.organization(name)
    offers = asked(world.wait(minutes=0))
    return world, line, team, offers


def test_where_the_line_looks_for_somebody_it_is_simply_a_yes() -> None:
    """Given a line for which too few are asked, then whoever offers itself is committed, expected
    in the time that it said, and reads what is sealed."""
    world, line, team = scene()
    facts = world.send("a", offering(line, team, quantity=2, minutes=20, people=6))
    assert kinds(facts)[:3] == ["CrewReceived", "OfferAccepted", "AssignmentCommitted"]
    [crew] = world.operation.assignments.rows.values()
    assert (crew.state, crew.quantity) == (AssignmentState.COMMITTED, 2)
    assert crew.promised_at == world.at + 20 * 60_000
    offer = world.operation.offers[crew.offer]
    assert (offer.unasked, offer.by_desk) == (True, False)


def test_of_more_than_is_missing_only_that_is_taken() -> None:
    world, line, team = scene()
    world.send("a", offering(line, team, quantity=3))
    [crew] = world.operation.assignments.rows.values()
    assert crew.quantity == 2


def test_where_enough_are_asked_it_waits_for_the_desk_while_units_are_missing() -> None:
    """And once others cover the line, no longer than a yes is fresh."""
    world, line, team, [other, *_] = enough()
    facts = world.send("a", offering(line, team, minutes=10))
    assert only(facts, f.StandbyOffered).until is None
    [offer] = [row for row in world.operation.offers.rows.values() if row.unasked]
    world.yes(other, quantity=1)
    offer = world.operation.offers[offer.id]
    assert (offer.state, offer.standby_until) == (OfferState.STANDBY, world.at + STANDBY)
    taken = world.send(DESK, c.TakeStandby(offer=offer.id))
    assert only(taken, f.AssignmentCommitted).organization == team


def test_it_is_asked_before_all_others_when_the_line_looks_for_more() -> None:
    world, line, team, offers = enough()
    world.send("a", offering(line, team))
    news: list[Any] = []
    for offer in offers:
        news += world.no(offer, reason=DeclineReason.NO_CREW)
        news += world.wait(minutes=0)
    again = [one for one in asked(news) if one.organization == team]
    assert [one.rank for one in again] == [0]


def test_beyond_its_reach_it_waits_for_the_desk_alone() -> None:
    """Given a line that is short, and a team too far to be asked, then only the desk says yes."""
    world = World()
    village = RegistrationClass.VILLAGE_GUIDED
    team = world.organization("a", units=2, township=9, registration_class=village)
    posted = world.demand(world.incident(), target=2)
    line = only(posted, f.DemandPublished).lines[0].line
    assert asked([*posted, *world.wait(minutes=0)]) == [], "it is out of reach"
    facts = world.send("a", offering(line, team))
    assert "StandbyOffered" in kinds(facts)
    assert all(one.organization != team for one in asked(world.wait(minutes=119)))


def test_while_a_question_is_open_it_waits_for_the_desk() -> None:
    world, line, team = scene()
    demand = world.operation.lines[line].demand
    world.send(DESK, c.HoldDemand(demand=demand, question="桥能不能过车？"))
    assert "StandbyOffered" in kinds(world.send("a", offering(line, team)))


def test_what_is_not_released_yet_is_not_there() -> None:
    """Its desk may still take it back."""
    world, line, team = scene(priority=3)
    assert world.refused("a", offering(line, team)) is Refusal.NOT_FOUND
    world.wait(minutes=1)
    assert world.send("a", offering(line, team))


def test_it_passes_every_gate_of_a_yes() -> None:
    world, line, team = scene()
    assert world.refused("a", offering(line, team, quantity=4)) is Refusal.CAPACITY_TAKEN
    other = world.organization("b", skill="CATERING")
    assert world.refused("b", offering(line, other)) is Refusal.SKILL_MISSING
    posted = world.demand(world.operation.lines[line].incident, hazardous=True)
    risky = only(posted, f.DemandPublished).lines[0].line
    assert world.refused("a", offering(risky, team)) is Refusal.ADULTS_UNCONFIRMED
    world.send(STEWARD, c.RetireOrganization(organization=team))
    assert world.refused("a", offering(line, team)) is Refusal.ORGANIZATION_RETIRED


def test_who_was_asked_answers_that_and_who_has_offered_itself_waits_once() -> None:
    world, line, team, offers = enough()
    name = world.name(offers[0].organization)
    own = offering(line, offers[0].organization)
    assert world.refused(name, own) is Refusal.ALREADY_ASKED
    world.no(offers[0], reason=DeclineReason.NO_CREW)
    assert world.refused(name, own) is Refusal.ALREADY_ASKED, "its yes would still count"
    world.send("a", offering(line, team))
    assert world.refused("a", offering(line, team)) is Refusal.ALREADY_ANSWERED
    [offer] = [row for row in world.operation.offers.rows.values() if row.unasked]
    world.send(DESK, c.EndStandby(offer=offer.id))
    again = world.refused("a", offering(line, team))
    assert again is Refusal.OFFER_STOOD_DOWN, "its desk has thanked it, and the line is short"


def test_whose_crew_is_on_its_way_does_not_come_twice() -> None:
    world, line, team = scene()
    world.send("a", offering(line, team))
    assert world.refused("a", offering(line, team)) is Refusal.ALREADY_ANSWERED


def test_nobody_offers_somebody_else() -> None:
    world, line, team = scene()
    world.organization("b")
    assert world.refused("b", offering(line, team)) in (Refusal.NOT_FOUND, Refusal.ROLE_MISSING)
    assert world.refused(DESK, offering(line, team)) is Refusal.ROLE_MISSING


def test_it_says_yes_to_the_words_that_it_has_read() -> None:
    """Given words that have changed since the line was listed, it reads the new ones first."""
    world, line, team = scene()
    demand = world.operation.lines[line].demand
    world.amend(demand, risk_statement="电线断了")
    assert world.refused("a", offering(line, team, revision=1)) is Refusal.WORDS_CHANGED
    assert world.refused("a", offering(line, team, revision=3)) is Refusal.WORDS_CHANGED
    assert world.send("a", offering(line, team, revision=2))
