"""Crews that nobody asked: taken on, parked or sent home by a desk, past nothing that counts."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import (
    AgainOn,
    DeclineReason,
    LineId,
    OrganizationId,
    Reception,
    RegistrationClass,
    StandDownReason,
)
from streams.entities import AssignmentState, OfferState
from streams.parameters import STANDBY
from tests.streams.world import DESK, STEWARD, World, asked, kinds, only


def came(line: LineId, organization: OrganizationId, word: Reception, **more: Any) -> c.Command:
    said: dict[str, Any] = {"quantity": 1, **more}
    return c.ReceiveCrew(line=line, organization=organization, word=word, **said)


def scene(*, off_duty: bool = True) -> tuple[World, LineId, OrganizationId]:
    """A P1 line of two, and a team that is off duty, so that nobody has asked it."""
    world = World()
    team = world.organization("a", units=2)
    if off_duty:
        world.send(STEWARD, c.SetDuty(organization=team, on_duty=False))
    posted = world.demand(world.incident(), target=2)
    return world, only(posted, f.DemandPublished).lines[0].line, team


def test_a_crew_that_stands_there_is_taken_on_with_one_act() -> None:
    """Given a line that is short, and a crew at the rally point that nobody asked: with one act of
    the desk it is on the scene, covers the line, and has its part in everything."""
    world, line, team = scene()
    facts = world.send(DESK, came(line, team, Reception.TAKEN_ON, quantity=2, people=5))
    assert kinds(facts)[:5] == [
        "CrewReceived",
        "OfferAccepted",
        "AssignmentCommitted",
        "AssignmentSetOff",
        "AssignmentArrived",
    ]
    [crew] = world.operation.assignments.rows.values()
    assert (crew.state, crew.quantity, crew.people) == (AssignmentState.ON_SCENE, 2, 5)
    assert crew.late_at is None
    assert world.operation.lines[line].covered == 2
    assert world.operation.offers[crew.offer].unasked


def test_whoever_was_asked_for_it_is_let_go() -> None:
    """Given somebody else who was asked, when the crew covers the line, nobody waits for it."""
    world, line, team = scene()
    world.organization("b")
    world.wait(minutes=1)
    [offer] = world.operation.offers.rows.values()
    world.send(DESK, came(line, team, Reception.TAKEN_ON, quantity=2))
    world.wait(minutes=0)
    assert world.operation.offers[offer.id].state is OfferState.STOOD_DOWN


def test_one_that_offers_to_come_is_expected_like_any_other() -> None:
    """Given a crew that calls from the road, then it is late when it does not come."""
    world, line, team = scene()
    world.send(DESK, came(line, team, Reception.TAKEN_ON, here=False, minutes=20))
    [crew] = world.operation.assignments.rows.values()
    assert crew.state is AssignmentState.COMMITTED
    assert crew.promised_at == world.at + 20 * 60_000
    late = world.wait(minutes=31)
    assert only(late, f.CrewOverdue).assignment == crew.id


def test_one_that_is_parked_where_units_are_missing_is_the_desk_s_to_take_on() -> None:
    """For as long as they are: no clock thanks it away."""
    world, line, team = scene()
    facts = world.send(DESK, came(line, team, Reception.PARKED, people=3))
    assert only(facts, f.StandbyOffered).until is None
    [offer] = world.operation.offers.rows.values()
    assert world.operation.lines[line].covered == 0
    world.wait(minutes=30)
    taken = world.send(DESK, c.TakeStandby(offer=offer.id))
    assert only(taken, f.AssignmentCommitted).quantity == 1
    [crew] = world.operation.assignments.rows.values()
    assert (crew.state, crew.people) == (AssignmentState.ON_SCENE, 3), "it stands there"


def test_one_that_is_parked_is_thanked_with_one_act_or_when_its_time_is_over() -> None:
    """Given a crew that waits where enough are, then its desk ends that, or its time does."""
    for act in (True, False):
        world, line, team = scene()
        world.send(DESK, c.SetOwnCrew(line=line, units=2))
        world.send(DESK, came(line, team, Reception.PARKED))
        [offer] = world.operation.offers.rows.values()
        home, over = StandDownReason.SENT_HOME, StandDownReason.STANDBY_OVER
        end = c.EndStandby(offer=offer.id)
        facts = world.send(DESK, end) if act else world.wait(minutes=121)
        assert only(facts, f.OfferStoodDown).reason is (home if act else over)
        assert world.refused(DESK, end) is Refusal.STANDBY_OVER
        assert world.refused(DESK, c.TakeStandby(offer=offer.id)) is Refusal.STANDBY_OVER


def test_one_that_is_parked_is_asked_before_all_others_once_the_line_is_short() -> None:
    """Given a crew parked where enough are, and one nearer that is on duty, when the line is
    short again, then who stands there is asked, though it is off duty."""
    world, line, team = scene()
    world.send(DESK, c.SetOwnCrew(line=line, units=2))
    world.send(DESK, came(line, team, Reception.PARKED))
    world.organization("nearer", units=2)
    short = world.send(DESK, c.SetOwnCrew(line=line, units=1))
    [first, *_] = asked([*short, *world.wait(minutes=0)])
    assert (first.organization, first.rank, first.reason) == (team, 0, None)
    yes = world.send("a", c.AcceptOffer(offer=first.offer, quantity=1))
    assert only(yes, f.AssignmentCommitted).organization == team


def test_one_that_is_parked_at_a_demand_is_asked_first_for_its_other_lines() -> None:
    world = World()
    team = world.organization("a", units=2)
    world.send(STEWARD, c.SetDuty(organization=team, on_duty=False))
    posted = only(world.demand(world.incident(), lines=2), f.DemandPublished)
    one, other = (numbered.line for numbered in posted.lines)
    for line in (one, other):
        world.send(DESK, c.SetOwnCrew(line=line, units=1))
    world.send(DESK, came(one, team, Reception.PARKED))
    short = world.send(DESK, c.SetOwnCrew(line=other, units=0))
    first = asked([*short, *world.wait(minutes=0)])[0]
    assert (first.line, first.organization) == (other, team)


def test_one_that_is_parked_at_a_line_that_is_short_waits_for_the_desk_alone() -> None:
    """Given a desk that sees that its line is short and parks the crew all the same, then nothing
    asks that crew behind its back."""
    world, line, team = scene(off_duty=False)
    [offer] = world.operation.offers.rows.values()
    world.send("a", c.DeclineOffer(offer=offer.id, reason=DeclineReason.NO_CREW))
    facts = world.send(DESK, came(line, team, Reception.PARKED))
    assert only(facts, f.StandbyOffered).again_at == world.at + STANDBY
    assert asked(world.wait(minutes=119)) == []


def test_one_that_is_parked_is_asked_when_whoever_covered_the_line_gives_up() -> None:
    """Given a crew parked at a line that was short, and another that covers it and gives up, then
    whoever stands there is asked at once: nobody waits for two hours beside a need."""
    world, line, team = scene()
    other = world.organization("other", units=2)
    world.send(DESK, came(line, team, Reception.PARKED))
    offer = next(row for row in asked(world.wait(minutes=15)) if row.organization == other)
    crew = only(world.yes(offer), f.AssignmentCommitted).assignment
    facts = world.send("other", c.CannotComplete(assignment=crew))
    [again, *_] = asked([*facts, *world.wait(minutes=0)])
    assert again.organization == team


def test_what_was_parked_while_a_question_was_open_is_asked_first_when_it_goes_on() -> None:
    world, line, team = scene()
    demand = world.operation.lines[line].demand
    world.send(DESK, c.HoldDemand(demand=demand, question="桥能不能过车？"))
    world.send(DESK, came(line, team, Reception.PARKED))
    facts = world.send(DESK, c.ResumeDemand(demand=demand))
    assert [offer.organization for offer in asked([*facts, *world.wait(minutes=0)])] == [team]


def test_one_that_is_sent_home_from_a_line_that_is_short_is_not_called_back_at_once() -> None:
    """Given a line that stays short, then the system does not call back whom a desk has just sent
    home; after a pause, or once its steward says that it is another crew now, it may be asked."""
    world, line, team = scene()
    facts = world.send(DESK, came(line, team, Reception.SENT_HOME))
    assert kinds(facts)[:2] == ["CrewReceived", "OfferStoodDown"]
    known = world.operation.asked[line, team]
    assert (known.again_at, known.again_on) == (world.at + 30 * 60_000, AgainOn.FORCE)
    assert asked(world.wait(minutes=20)) == []
    changed = world.send(STEWARD, c.SetDuty(organization=team, on_duty=True))
    assert [offer.organization for offer in asked([*changed, *world.wait(minutes=1)])] == [team]


def test_one_that_is_sent_home_because_enough_are_there_is_asked_when_they_are_not() -> None:
    world, line, team = scene()
    world.send(DESK, c.SetOwnCrew(line=line, units=2))
    world.send(DESK, came(line, team, Reception.SENT_HOME))
    world.send(STEWARD, c.SetDuty(organization=team, on_duty=True))
    short = world.send(DESK, c.SetOwnCrew(line=line, units=0))
    assert [offer.organization for offer in asked([*short, *world.wait(minutes=1)])] == [team]


def test_one_that_is_not_fit_for_it_is_sent_home_for_that_and_not_called_back_soon() -> None:
    """Given a crew that its desk found unfit, then it is not called back when the line is short:
    only once its steward says that it is another crew now, or after a pause."""
    world, line, team = scene()
    world.send(DESK, c.SetOwnCrew(line=line, units=2))
    facts = world.send(DESK, came(line, team, Reception.SENT_HOME, unsuited=True))
    assert only(facts, f.OfferStoodDown).reason is StandDownReason.UNSUITED
    world.send(DESK, c.SetOwnCrew(line=line, units=0))
    assert asked(world.wait(minutes=20)) == []
    changed = world.send(STEWARD, c.SetDuty(organization=team, on_duty=True))
    assert [offer.organization for offer in asked([*changed, *world.wait(minutes=1)])] == [team]


def test_whoever_was_sent_home_does_not_commit_itself() -> None:
    world, line, team = scene()
    world.send(DESK, came(line, team, Reception.SENT_HOME))
    [offer] = world.operation.offers.rows.values()
    refused = world.refused("a", c.AcceptOffer(offer=offer.id, quantity=1))
    assert refused is Refusal.OFFER_STOOD_DOWN


@pytest.mark.parametrize("word", [Reception.TAKEN_ON, Reception.PARKED])
def test_it_passes_the_gates_that_nobody_passes_over(word: Reception) -> None:
    world, line, team = scene()
    assert world.refused(DESK, came(line, team, word, quantity=3)) is Refusal.CAPACITY_TAKEN
    other = world.organization("b", skill="CATERING")
    assert world.refused(DESK, came(line, other, word)) is Refusal.SKILL_MISSING
    world.send(STEWARD, c.RetireOrganization(organization=team))
    assert world.refused(DESK, came(line, team, word)) is Refusal.ORGANIZATION_RETIRED


def test_who_is_asked_already_answers_that() -> None:
    """Given a team whose request is open, then the desk records its answer instead."""
    world, line, team = scene(off_duty=False)
    assert world.refused(DESK, came(line, team, Reception.TAKEN_ON)) is Refusal.ALREADY_ASKED


def test_who_is_on_its_way_already_has_arrived_and_is_not_counted_twice() -> None:
    """Given a team that said yes to the line, then the crew that stands there is that one."""
    world, line, team = scene(off_duty=False)
    offer = asked([fact for taken in world.turns for fact in taken.turn.facts])[0]
    crew = world.at_work(offer, quantity=1)
    for word in Reception:
        assert world.refused(DESK, came(line, team, word)) is Refusal.ALREADY_ANSWERED
    world.send(DESK, c.Arrive(assignment=crew))
    assert world.send(DESK, came(line, team, Reception.TAKEN_ON)), "a second crew of it"
    assert world.operation.lines[line].covered == 2


def test_a_graded_line_needs_its_certificate_whoever_stands_there() -> None:
    world = World()
    team = world.organization(
        "boats", skill="WATER", registration_class=RegistrationClass.VILLAGE_GUIDED
    )
    incident = world.incident()
    posted = world.demand(incident, skill="WATER", grade=2)
    line = only(posted, f.DemandPublished).lines[0].line
    refused = world.refused(DESK, came(line, team, Reception.TAKEN_ON))
    assert refused is Refusal.CLASS_UNFIT
    assert world.send(DESK, came(line, team, Reception.SENT_HOME))


def test_it_counts_among_nobody_s_answers() -> None:
    """How many are asked at once follows from those who were asked, not from who came."""
    world, line, team = scene()
    world.send(DESK, came(line, team, Reception.TAKEN_ON))
    assert world.operation.tallies.rows == {}
