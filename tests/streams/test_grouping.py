"""The same need told of twice: grouped, it is asked for once; apart, nobody forgets it (B4)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import (
    CloseReason,
    DemandId,
    DivisionCode,
    IncidentId,
    Reception,
    ReportAnswer,
    Role,
    SceneReport,
)
from streams import amending
from streams.entities import Demand, DemandState, Line
from tests.streams.test_similar import point
from tests.streams.world import COUNTY, DESK, SEALED, World, asked, divisions, only, townships

HERE, THERE = (DivisionCode(code) for code in townships()[:2])
OF_ONE_REPORT = [CloseReason.UNFOUNDED, CloseReason.DUPLICATE, CloseReason.POSTED_BY_MISTAKE]


class Reports:
    """Three reports of one need, and enough pumps for one of them."""

    def __init__(self, *, organizations: int = 2, **wishes: Any) -> None:
        self.world = World()
        for number in range(organizations):
            self.world.organization(f"pump {number}")
        self.incident: IncidentId = self.world.incident()
        self.leader, self.second, self.third = (self.post(**wishes) for _ in range(3))

    def post(self, **wishes: Any) -> DemandId:
        facts = self.world.demand(self.incident, **wishes)
        posted: DemandId = only(facts, f.DemandPublished).demand
        return posted

    def post_at(self, north: float) -> DemandId:
        """At a point, so many meters north of another."""
        command = self.world.demand_command(self.incident)
        facts = self.world.send(DESK, replace(command, place=point(self.world, north)))
        posted: DemandId = only(facts, f.DemandPublished).demand
        return posted

    def post_as_report(self, **wishes: Any) -> DemandId:
        """Posted as a further report of the first."""
        command = self.world.demand_command(self.incident, **wishes)
        facts = self.world.send(DESK, replace(command, same_as=self.leader))
        posted: DemandId = only(facts, f.DemandPublished).demand
        return posted

    def group(self, *members: DemandId) -> Any:
        named = members or (self.second, self.third)
        command = c.GroupDemands(division=HERE, leader=self.leader, demands=named)
        return self.world.send(DESK, command)

    def ungroup(self, *members: DemandId) -> Any:
        return self.world.send(DESK, c.UngroupDemands(division=HERE, demands=members))

    def row(self, demand: DemandId) -> Demand:
        return self.world.operation.demands[demand]

    def line(self, demand: DemandId) -> Line:
        return self.world.operation.lines[self.row(demand).lines[0]]

    def asked_for(self, demand: DemandId) -> list[str]:
        rows = self.world.operation.offers.rows.values()
        return [row.organization for row in rows if row.demand == demand and not row.ended_at]


def kinds(facts: Any) -> list[str]:
    return [type(fact).__name__ for fact in facts]


def test_a_group_is_asked_for_once_by_its_leader() -> None:
    reports = Reports()
    reports.group()
    reports.world.wait(minutes=1)
    assert len(reports.asked_for(reports.leader)) == 2
    assert reports.asked_for(reports.second) == reports.asked_for(reports.third) == []
    for demand in (reports.second, reports.third):
        line = reports.line(demand)
        assert (line.asleep, line.open, line.unmet, line.wake_at) == (True, True, False, None)
    assert reports.row(reports.leader).members == 2


def test_whoever_is_asked_for_a_further_report_is_let_go_with_a_reason_of_its_own() -> None:
    reports = Reports(organizations=0, priority=1)
    reports.world.organization("late", units=3)
    reports.world.wait(minutes=1)
    assert reports.asked_for(reports.second)
    facts = reports.group(reports.second)
    [over] = [fact for fact in facts if isinstance(fact, f.OfferStoodDown)]
    assert over.reason == "demand_grouped"
    reports.world.wait(minutes=30)
    assert not reports.asked_for(reports.second)


def test_a_crew_that_is_committed_to_a_further_report_stays_and_counts_there() -> None:
    reports = Reports(organizations=0)
    reports.world.organization("one", units=3)
    facts = reports.world.wait(minutes=1)
    offer = next(offer for offer in asked(facts) if offer.demand == reports.second)
    crew = reports.world.at_work(offer)
    reports.group()
    assert reports.world.operation.assignments[crew].live
    assert reports.line(reports.second).covered == 1
    assert reports.line(reports.leader).covered == 0
    reports.ungroup(reports.second)
    assert reports.line(reports.second).wake_at is None  # it has all that it needs


def test_apart_again_it_is_asked_for_at_once() -> None:
    reports = Reports(organizations=12)
    reports.group()
    facts = reports.ungroup(reports.second)
    assert kinds(facts)[0] == "DemandUngrouped"
    assert {offer.demand for offer in asked(facts)} == {reports.second}
    assert reports.row(reports.leader).members == 1
    assert reports.line(reports.third).asleep


def test_said_twice_there_is_nothing_new() -> None:
    reports = Reports()
    reports.group()
    assert reports.group(reports.second) == ()
    reports.ungroup(reports.second)
    assert reports.ungroup(reports.second, reports.leader) == ()


@pytest.mark.parametrize("reason", [CloseReason.MET, CloseReason.CANCELED])
def test_closing_the_leader_closes_the_others_and_reopening_it_reopens_them(
    reason: CloseReason,
) -> None:
    reports = Reports()
    reports.group()
    facts = reports.world.close(reports.leader, reason)
    closed = {fact.demand: fact for fact in facts if isinstance(fact, f.DemandClosed)}
    assert set(closed) == {reports.leader, reports.second, reports.third}
    assert {fact.reason for fact in closed.values()} == {reason}
    assert closed[reports.second].leader == reports.leader
    facts = reports.world.reopen(reports.leader)
    assert {fact.demand for fact in facts if isinstance(fact, f.DemandReopened)} == set(closed)
    assert {offer.demand for offer in asked(facts)} == {reports.leader}


def test_recovery_is_proposed_once_for_a_group() -> None:
    reports = Reports()
    reports.group()
    facts = reports.world.close(reports.leader, CloseReason.MET)
    assert only(facts, f.TaskProposed).demand == reports.leader


@pytest.mark.parametrize("reason", OF_ONE_REPORT)
def test_what_is_said_of_the_leader_alone_wakes_the_others_at_once(reason: CloseReason) -> None:
    """Given a leader that was nothing, then the others are still to be looked at."""
    reports = Reports(organizations=6)
    reports.group()
    facts = reports.world.close(reports.leader, reason)
    apart = [fact for fact in facts if isinstance(fact, f.DemandUngrouped)]
    assert {fact.demand for fact in apart} == {reports.second, reports.third}
    assert not any(fact.said for fact in apart)
    later = reports.world.wait(minutes=1)
    assert {offer.demand for offer in asked([*facts, *later])} == {reports.second, reports.third}
    assert reports.row(reports.leader).members == 0


def test_canceled_where_somebody_has_come_for_another_report_that_one_stays_open() -> None:
    reports = Reports(organizations=0)
    reports.world.organization("one", units=3)
    offers = asked(reports.world.wait(minutes=1))
    crew = reports.world.at_work(next(one for one in offers if one.demand == reports.second))
    reports.world.send("one", c.Arrive(assignment=crew))
    reports.group()
    facts = reports.world.close(reports.leader, CloseReason.CANCELED)
    assert only(facts, f.DemandUngrouped).demand == reports.second
    assert reports.row(reports.second).state is DemandState.PUBLISHED
    assert reports.row(reports.third).state is DemandState.CLOSED


def test_one_that_was_closed_by_itself_is_not_reopened_with_the_leader() -> None:
    reports = Reports()
    reports.group()
    reports.world.close(reports.second, CloseReason.UNFOUNDED)
    reports.world.close(reports.leader, CloseReason.MET)
    reports.world.reopen(reports.leader)
    assert reports.row(reports.second).state is DemandState.CLOSED
    assert reports.row(reports.third).state is DemandState.PUBLISHED
    reports.world.reopen(reports.second)  # which returns to its group
    assert reports.line(reports.second).asleep


def test_reopened_without_its_leader_it_stands_for_itself() -> None:
    reports = Reports()
    reports.group()
    reports.world.close(reports.leader, CloseReason.MET)
    facts = reports.world.reopen(reports.second)
    assert kinds(facts)[:2] == ["DemandUngrouped", "DemandReopened"]
    assert {offer.demand for offer in asked(facts)} == {reports.second}


def test_a_flood_that_is_cleared_away_with_its_group_comes_back_as_a_group() -> None:
    reports = Reports()
    reports.group()
    every = (reports.third, reports.leader, reports.second)
    reason = CloseReason.UNFOUNDED
    reports.world.send(DESK, c.CloseDemands(division=HERE, demands=every, reason=reason))
    facts = reports.world.send(DESK, c.ReopenDemands(division=HERE, demands=every))
    assert kinds(facts).count("DemandReopened") == 3
    assert reports.line(reports.second).asleep
    assert reports.line(reports.third).asleep
    assert not reports.row(reports.leader).following


def test_with_the_incident_the_whole_group_is_closed() -> None:
    reports = Reports()
    reports.group()
    reports.world.close_incident(reports.incident)
    reports.world.wait(minutes=1)
    rows = reports.world.operation.demands.rows.values()
    assert {row.state for row in rows} == {DemandState.CLOSED}
    assert {row.reason for row in rows} == {CloseReason.INCIDENT_CLOSED}


def test_only_the_leader_s_desk_is_asked_whether_it_is_still_needed() -> None:
    reports = Reports(priority=3)
    reports.group()
    facts = reports.world.wait(minutes=13 * 60)
    asked_about = {fact.demand for fact in facts if isinstance(fact, f.StillNeededAsked)}
    assert asked_about == {reports.leader}
    keeping = c.KeepDemand(demand=reports.second)
    assert reports.world.refused(DESK, keeping) is Refusal.DEMAND_GROUPED


def test_nobody_is_asked_or_taken_on_for_a_report_that_sleeps() -> None:
    reports = Reports()
    more = reports.world.organization("more")
    reports.group()
    [line] = reports.row(reports.second).lines
    for command in (
        c.AskByHand(line=line, organization=more, reason=SEALED),
        c.ReceiveCrew(line=line, organization=more, word=Reception.TAKEN_ON, quantity=1),
        c.SetOwnCrew(line=line, units=1),
        c.DropLine(line=line),
    ):
        assert reports.world.refused(DESK, command) is Refusal.DEMAND_GROUPED


def test_more_is_asked_for_by_the_leader_and_by_no_further_report() -> None:
    """A desk that asks for more on a further report would wait for what nobody is asked for."""
    reports = Reports()
    reports.group()
    more = {"lines": reports.world.demand_command(reports.incident).lines, "targets": (1,)}
    for wish in (more, {"lines": (), "targets": (2,)}):
        command = c.AmendDemand(
            demand=reports.second, revision=1, priority=1, risk_statement="深水",
            rally_point="村委会", **wish,
        )  # fmt: skip
        assert reports.world.refused(DESK, command) is Refusal.DEMAND_GROUPED
    reports.world.amend(reports.second, targets=(1,), risk_statement="深水")
    reports.world.amend(reports.leader, targets=(2,))


def test_what_a_crew_of_a_further_report_needs_more_is_asked_for_by_the_leader() -> None:
    reports = Reports(organizations=0)
    world = reports.world
    world.organization("one", units=3)
    offer = next(one for one in asked(world.wait(minutes=1)) if one.demand == reports.second)
    crew = world.at_work(offer)
    reports.group()
    name = world.name(offer.organization)
    need = c.ReportFromScene(assignment=crew, what=SceneReport.NEED_MORE, quantity=3)
    said = only(world.send(name, need), f.SceneReported)
    before = reports.line(reports.leader).target
    answer = c.AnswerReport(assignment=crew, report=said.report, answer=ReportAnswer.RAISED)
    world.send(DESK, answer)
    assert reports.line(reports.leader).target == before + 3
    assert reports.line(reports.second).asleep
    said = only(world.send(name, replace(need, skill="CATERING")), f.SceneReported)
    world.send(DESK, replace(answer, report=said.report))
    lines = world.operation.demands[reports.leader].lines
    assert world.operation.lines[lines[-1]].skill == "CATERING", "where it has none of that skill"


def test_a_group_stays_in_its_township() -> None:
    reports = Reports()
    reports.group()
    for demand in (reports.leader, reports.second):
        command = c.AmendDemand(
            demand=demand, revision=1, priority=1, targets=(1,), lines=(), risk_statement="深水",
            rally_point="村委会", place=divisions().seat(THERE),
        )  # fmt: skip
        assert reports.world.refused(DESK, command) is Refusal.DEMAND_GROUPED


def test_what_cannot_be_one_need_is_refused() -> None:
    reports = Reports()
    world = reports.world
    other = world.incident(hazard="rainstorm_flood")
    elsewhere = only(world.demand(other), f.DemandPublished).demand

    def refusal(leader: DemandId, *demands: DemandId, by: str = DESK) -> Refusal:
        return world.refused(by, c.GroupDemands(division=HERE, leader=leader, demands=demands))

    assert refusal(reports.leader, reports.leader) is Refusal.GROUP_OF_ITSELF
    assert refusal(reports.leader, elsewhere) is Refusal.GROUP_OTHER_INCIDENT
    reports.group(reports.second)
    assert refusal(reports.second, reports.third) is Refusal.DEMAND_GROUPED
    assert refusal(reports.third, reports.second) is Refusal.DEMAND_GROUPED
    assert refusal(reports.third, reports.leader) is Refusal.GROUP_LEADER
    world.close(reports.third, CloseReason.CANCELED)
    assert refusal(reports.leader, reports.third) is Refusal.DEMAND_CLOSED
    assert refusal(reports.third, reports.leader) is Refusal.DEMAND_CLOSED
    assert refusal(reports.leader, DemandId("none")) is Refusal.NOT_FOUND


def test_what_lies_too_far_away_is_another_need() -> None:
    """Five kilometers between points; a place that is only a township's may be anywhere in it."""
    reports = Reports()
    world = reports.world

    one, near, far = map(reports.post_at, (0, 4_900, 5_100))
    world.send(DESK, c.GroupDemands(division=HERE, leader=one, demands=(near,)))
    apart = c.GroupDemands(division=HERE, leader=one, demands=(far,))
    assert world.refused(DESK, apart) is Refusal.GROUP_TOO_FAR
    world.send(DESK, c.GroupDemands(division=HERE, leader=reports.leader, demands=(far,)))


def test_a_township_takes_its_own_report_out_of_a_group_that_the_county_has_made() -> None:
    reports = Reports()
    world = reports.world
    place = replace(point(world), division=THERE)  # just across the border
    command = replace(world.demand_command(reports.incident), place=place)
    beyond = only(world.send(COUNTY, command), f.DemandPublished).demand
    grouping = c.GroupDemands(division=world.county, leader=reports.leader, demands=(beyond,))
    world.send(COUNTY, replace(grouping, leader=reports.post_at(0)))
    its_own = c.UngroupDemands(division=THERE, demands=(beyond,))
    assert world.refused(DESK, replace(its_own, division=HERE)) is Refusal.NOT_FOUND
    world.grant("beyond", Role.DESK, division=THERE)
    assert kinds(world.send("beyond", its_own))[0] == "DemandUngrouped"


# A need is as urgent as the most urgent report of it


def test_a_more_urgent_report_makes_its_leader_as_urgent() -> None:
    """Given a P3 need for which one is asked, when a P1 report of it is grouped with it, then the
    need is P1: whoever is asked has the time of a P1, and nobody sleeps over it."""
    reports = Reports(priority=3)
    urgent = reports.post(priority=1)
    reports.group(reports.second, urgent)
    assert (reports.row(reports.leader).priority, reports.line(reports.leader).priority) == (1, 1)
    sent = asked(reports.world.wait(minutes=2))
    assert {offer.demand for offer in sent} <= {reports.leader}
    reports.world.wait(minutes=1)
    open_offers = reports.world.operation.offers_on.of(reports.line(reports.leader).id)
    assert all(offer.priority == 1 for offer in open_offers)


def test_what_is_posted_as_a_further_report_makes_its_leader_as_urgent_too() -> None:
    reports = Reports(priority=4)
    reports.post_as_report(priority=2)
    assert reports.row(reports.leader).priority == 2


def test_a_less_urgent_report_changes_nothing_of_its_leader() -> None:
    reports = Reports(priority=2)
    revision = reports.row(reports.leader).revision
    reports.post_as_report(priority=4)
    assert (reports.row(reports.leader).priority, reports.row(reports.leader).revision) == (
        2,
        revision,
    )


def test_a_further_report_that_becomes_more_urgent_makes_its_leader_as_urgent() -> None:
    reports = Reports(priority=3)
    reports.group()
    row = reports.row(reports.second)
    same = amending.unchanged(reports.world.operation, row)
    reports.world.send(DESK, replace(same, priority=1))
    assert reports.row(reports.leader).priority == 1
