"""Endings: who did the work is on record, everybody else learns why it is over, and what comes
back begins again from nothing."""

from __future__ import annotations

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import AssignmentId, CloseReason, DemandId, Domain, StandDownReason
from streams.entities import AssignmentState, Line
from streams.line import cover
from tests.streams.world import DESK, World, asked, kinds, only


class Two:
    """Two crews at work on one line: the first has reported done, the second is on its way."""

    def __init__(self, lines: int = 1) -> None:
        self.world = World()
        for name in ("one", "two"):
            self.world.organization(name)
        facts = self.world.demand(self.world.incident(), target=2, lines=lines)
        self.demand: DemandId = only(facts, f.DemandPublished).demand
        first, second = asked(facts)[:2]
        self.line = first.line
        self.done = self.world.at_work(first)
        self.other = self.world.at_work(second)
        self.world.send(self.world.name(first.organization), c.ReportDone(assignment=self.done))

    def state(self, assignment: AssignmentId) -> tuple[AssignmentState, StandDownReason | None]:
        row = self.world.operation.assignments[assignment]
        return row.state, row.stand_down_reason

    def covered(self) -> Line:
        return self.world.operation.lines[self.line]


CONFIRMING = {CloseReason.MET, CloseReason.PARTLY_MET_ACCEPTED, CloseReason.INCIDENT_CLOSED}
NOTHING_DONE = {
    CloseReason.POSTED_BY_MISTAKE,
    CloseReason.DUPLICATE,
    CloseReason.UNFOUNDED,
    CloseReason.CANCELED,
}


# Closing


@pytest.mark.parametrize("reason", sorted(CONFIRMING))
def test_closing_as_met_confirms_who_has_reported_done(reason: CloseReason) -> None:
    """A9: given a crew that has reported done, when the desk closes without pressing confirm, then
    the record says done; who was still on the way learns that it is over."""
    scene = Two()
    scene.world.close(scene.demand, reason)
    assert scene.state(scene.done) == (AssignmentState.RELEASED, None)
    assert scene.state(scene.other) == (AssignmentState.STOOD_DOWN, StandDownReason(reason.value))
    assert scene.covered().delivered == 1


@pytest.mark.parametrize("reason", sorted(set(CloseReason) - CONFIRMING))
def test_closing_for_another_reason_ends_each_crew_with_that_reason(reason: CloseReason) -> None:
    scene = Two()
    scene.world.close(scene.demand, reason)
    for assignment in (scene.done, scene.other):
        expected = (AssignmentState.STOOD_DOWN, StandDownReason(reason.value))
        assert scene.state(assignment) == expected


@pytest.mark.parametrize("reason", sorted(CloseReason))
def test_only_what_was_done_or_was_there_is_restored(reason: CloseReason) -> None:
    scene = Two()
    tasks = [f for f in scene.world.close(scene.demand, reason) if hasattr(f, "domain")]
    assert len(tasks) == (reason not in NOTHING_DONE)


def test_a_proposal_says_what_is_to_be_restored() -> None:
    scene = Two()
    task = only(scene.world.close(scene.demand), f.TaskProposed)
    assert (task.kind, task.domain, task.skill) == ("drainage", Domain.PRODUCTION, "PUMP_DRAIN")
    assert task.units == 1  # as many as were delivered
    assert task.place == scene.world.operation.demands[scene.demand].place


def test_where_nobody_came_all_that_was_wanted_is_to_be_restored() -> None:
    world = World()
    demand = only(world.demand(world.incident(), target=3), f.DemandPublished).demand
    assert only(world.close(demand, CloseReason.EXPIRED_UNMET), f.TaskProposed).units == 3


def test_posted_by_mistake_stands_everybody_down_and_proposes_nothing() -> None:
    world = World()
    world.organization("near")
    demand = only(world.demand(world.incident()), f.DemandPublished).demand
    facts = world.close(demand, CloseReason.POSTED_BY_MISTAKE)
    assert kinds(facts) == ["DemandClosed", "OfferStoodDown"]
    assert facts[1].reason is StandDownReason.POSTED_BY_MISTAKE


def test_a_demand_is_closed_once_and_by_who_has_seen_it_as_it_is() -> None:
    scene = Two()
    scene.world.amend(scene.demand, targets=(3,))
    stale = c.CloseDemand(demand=scene.demand, reason=CloseReason.MET, revision=1)
    assert scene.world.refused(DESK, stale) is Refusal.REVISION_STALE
    scene.world.close(scene.demand)
    again = c.CloseDemand(demand=scene.demand, reason=CloseReason.MET, revision=3)
    assert scene.world.refused(DESK, again) is Refusal.DEMAND_CLOSED


# Reopening


def test_what_comes_back_begins_from_nothing() -> None:
    """A8: given a demand that was served and closed, when the water is back, then both crews are
    asked at once for all of it, and its second closing proposes recovery again."""
    scene = Two()
    scene.world.send(DESK, c.ConfirmAssignment(assignment=scene.done))
    first = only(scene.world.close(scene.demand), f.TaskProposed)
    facts = scene.world.reopen(scene.demand)
    assert [offer.quantity for offer in asked(facts)] == [1, 1]
    line = scene.covered()
    assert (cover(line), line.round, line.wave) == ("empty", 2, 1)
    for offer in asked(facts):
        scene.world.yes(offer)
    assert cover(scene.covered()) == "satisfied"
    second = only(scene.world.close(scene.demand, CloseReason.DONE_BY_OTHERS), f.TaskProposed)
    assert (second.number, second.task) != (first.number, first.task)


def test_only_what_is_closed_is_reopened_and_as_it_was_seen() -> None:
    scene = Two()
    still_open = c.ReopenDemand(demand=scene.demand, revision=1)
    assert scene.world.refused(DESK, still_open) is Refusal.DEMAND_OPEN
    scene.world.close(scene.demand)
    assert scene.world.refused(DESK, still_open) is Refusal.REVISION_STALE


def test_a_crew_of_an_earlier_round_covers_nothing_in_this_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given so much to end that a crew is still told so when the demand is open again."""
    scene = Two()
    with monkeypatch.context() as busy:
        busy.setattr("streams.clock.SETTLE_FACTS", 0)
        scene.world.close(scene.demand, CloseReason.DONE_BY_OTHERS)
        scene.world.reopen(scene.demand)
    assert scene.covered().covered == 0
    facts = scene.world.wait(minutes=0)
    assert kinds(facts).count("AssignmentStoodDown") == 2
    assert scene.covered().working == 0
    assert len(asked(facts)) == 2


# Cover


def test_cover_is_right_at_every_moment() -> None:
    """A17: five pumps wanted from three teams: 2 + 2 + 1 come, one gives up."""
    world = World()
    for name, units in (("a", 2), ("b", 2), ("c", 1)):
        world.organization(name, units=units)
    offers = asked(world.demand(world.incident(), target=5, minimum=2))
    line = offers[0].line
    seen, crews = [cover(world.operation.lines[line])], []
    for offer in sorted(offers, key=lambda offer: world.name(offer.organization)):
        crews.append(world.at_work(offer))
        seen.append(f"{world.operation.lines[line].covered} {cover(world.operation.lines[line])}")
    assert seen == ["empty", "2 adequate", "4 adequate", "5 satisfied"]
    world.send("c", c.CannotComplete(assignment=crews[2]))
    assert world.operation.lines[line].covered == 4
    world.send("a", c.ReportDone(assignment=crews[0]))
    world.send(DESK, c.ConfirmAssignment(assignment=crews[0]))
    row = world.operation.lines[line]
    assert (row.working, row.delivered, row.covered) == (2, 2, 4)


def test_fewer_than_the_minimum_are_inadequate() -> None:
    world = World()
    world.organization("a")
    offer = only(asked(world.demand(world.incident(), target=3, minimum=2)))
    world.yes(offer)
    assert cover(world.operation.lines[offer.line]) == "inadequate"


def test_a_raised_target_asks_more_and_a_lowered_one_thanks_them() -> None:
    world = World()
    world.organization("near", units=3)
    offer = only(asked(world.demand(world.incident())))
    world.yes(offer)
    world.organization("second", units=2)
    more = world.amend(offer.demand, targets=(3,))
    assert {ask.quantity for ask in asked(more)} == {2}
    fewer = world.amend(offer.demand, targets=(1,))
    assert kinds(fewer) == ["DemandAmended", "OfferStoodDown", "OfferStoodDown"]


def test_a_minimum_above_its_target_is_refused() -> None:
    world = World()
    published = only(world.demand(world.incident(), target=3, minimum=2), f.DemandPublished)
    known = world.operation.demands[published.demand]
    amended = c.AmendDemand(
        demand=known.id,
        revision=1,
        priority=1,
        targets=(1,),
        lines=(),
        risk_statement=known.risk_statement,
        rally_point=known.rally_point,
    )
    assert world.refused(DESK, amended) is Refusal.MINIMUM_OVER_TARGET


# Dropping a line


def test_a_dropped_line_lets_everybody_go_and_the_others_go_on() -> None:
    """Who has reported done has done it, and it is to be restored; who is on the way turns back."""
    scene = Two(lines=2)
    facts = scene.world.send(DESK, c.DropLine(line=scene.line))
    assert scene.state(scene.done) == (AssignmentState.RELEASED, None)
    assert scene.state(scene.other) == (
        AssignmentState.STOOD_DOWN,
        StandDownReason.LINE_DROPPED,
    )
    assert only(facts, f.TaskProposed).units == 1
    rows = scene.world.operation.lines.rows.values()
    assert [(row.open, row.dropped) for row in rows] == [(False, True), (True, False)]
    again = c.DropLine(line=scene.line)
    assert scene.world.refused(DESK, again) is Refusal.LINE_DROPPED


def test_a_line_that_nobody_has_served_is_dropped_without_a_trace() -> None:
    world = World()
    world.organization("near", units=2)
    first, second = asked(world.demand(world.incident(), lines=2))
    world.yes(first)
    facts = world.send(DESK, c.DropLine(line=first.line))
    assert kinds(facts)[:2] == ["LineDropped", "AssignmentStoodDown"]
    assert "TaskProposed" not in kinds(facts)
    assert world.operation.lines[second.line].live_offers == 1


def test_what_was_delivered_for_a_dropped_line_is_restored_all_the_same() -> None:
    scene = Two(lines=2)
    scene.world.send(DESK, c.ConfirmAssignment(assignment=scene.done))
    facts = scene.world.send(DESK, c.DropLine(line=scene.line))
    assert only(facts, f.TaskProposed).units == 1


def test_the_last_line_goes_only_with_its_demand() -> None:
    scene = Two(lines=2)
    first, second = scene.world.operation.demands[scene.demand].lines
    scene.world.send(DESK, c.DropLine(line=second))
    assert scene.world.refused(DESK, c.DropLine(line=first)) is Refusal.LAST_LINE
    scene.world.close(scene.demand)
    assert scene.world.refused(DESK, c.DropLine(line=first)) is Refusal.DEMAND_CLOSED


def test_a_dropped_line_stays_dropped() -> None:
    """Neither an amendment nor reopening brings it back; who wants more of it is told so."""
    scene = Two(lines=2)
    scene.world.send(DESK, c.DropLine(line=scene.line))
    known = scene.world.operation.demands[scene.demand]
    more = c.AmendDemand(
        demand=known.id,
        revision=known.revision,
        priority=known.priority,
        targets=(3, 1),
        lines=(),
        risk_statement=known.risk_statement,
        rally_point=known.rally_point,
    )
    assert scene.world.refused(DESK, more) is Refusal.LINE_DROPPED
    scene.world.amend(scene.demand, targets=(2, 1))
    scene.world.close(scene.demand)
    scene.world.reopen(scene.demand)
    assert not scene.covered().open
    assert asked(scene.world.wait(minutes=10)) == [] or not scene.covered().live_offers
