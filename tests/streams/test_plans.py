"""A planner proposes, and the rules dispose: what of a plan is taken, and what is left, and why."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.plans import PAIRS_MOST, LeftWhy
from schemas.refusals import Refusal
from schemas.turns import DELIVERY, PLANNER
from schemas.values import (
    Gate,
    LineId,
    OfferId,
    OrganizationId,
    Reach,
    RegistrationClass,
    StandDownReason,
)
from streams.entities import OfferState
from streams.matching.why import why
from streams.parameters import MINUTE
from tests.streams.plans import move, pair, plan_of
from tests.streams.world import DESK, World, asked, kinds, only

NEAR, FAR = 0, 5


class Short:
    """Two crews that live together: both are asked for a first demand, and a second finds nobody.

    A third lives far away, off duty until it is wanted.
    """

    def __init__(self, priority: int = 2, second: int | None = None, **request: Any) -> None:
        world = self.world = World()
        self.one = world.organization("one", township=NEAR)
        self.other = world.organization("other", township=NEAR)
        self.incident = world.incident()
        facts = list(world.demand(self.incident, priority=priority, **request))
        self.first, self.spare = asked(facts + world.wait(minutes=1))
        facts = list(world.demand(self.incident, priority=second or priority, **request))
        facts += world.wait(minutes=1)
        self.unmet: LineId = only([x for x in facts if self.is_new(x)]).line

    def is_new(self, fact: Any) -> bool:
        return isinstance(fact, f.LineUnmet) and fact.line != self.first.line

    def propose(self, *pairs: c.PlannedPair) -> Any:
        return self.world.send(PLANNER, plan_of(*pairs, based_on=self.world.area.sequence))

    def left(self, *pairs: c.PlannedPair) -> list[tuple[LeftWhy, Gate | None]]:
        """Why nothing of a plan is taken."""
        facts = self.propose(*pairs)
        taken = only(facts, f.PlanTaken)
        assert taken.taken == taken.saved == 0
        assert asked(facts) == []
        return [(one.why, one.gate) for one in taken.left]


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_whoever_is_asked_beyond_need_is_asked_where_nobody_is(priority: int) -> None:
    """Given two asked for one unit and nobody for another, when a plan moves one of them, then its
    request is taken back, it is asked for the other, and both demands have somebody asked."""
    short = Short(priority)
    facts = short.propose(move(short.spare, short.unmet))
    assert kinds(facts)[:3] == ["PlanTaken", "OfferStoodDown", "OfferSent"]
    gone, sent = only(facts, f.OfferStoodDown), only(asked(facts))
    assert (gone.offer, gone.reason) == (short.spare.offer, StandDownReason.PLANNED_ELSEWHERE)
    assert (sent.line, sent.organization, sent.reason) == (
        short.unmet,
        short.spare.organization,
        None,
    )
    assert short.world.operation.lines[short.first.line].live_offers == 1
    weight = {1: 16, 2: 8, 3: 4, 4: 2}[priority]
    # Where one in two says yes, the first of a line counts half, and a second one a fourth.
    likely = weight * (240 - 15) * MINUTE // 4
    assert only(facts, f.PlanTaken).saved == sent.by_plan.saved == likely


def test_what_is_taken_and_what_is_left_is_said() -> None:
    short = Short()
    nobody = pair(short.unmet, OrganizationId("nobody"))
    taken = only(short.propose(nobody, move(short.spare, short.unmet)), f.PlanTaken)
    assert (taken.number, taken.taken, len(taken.left)) == (1, 1, 1)
    assert taken.left[0].why is LeftWhy.UNKNOWN
    again = only(short.propose(nobody), f.PlanTaken)
    assert (again.number, again.taken) == (2, 0)


def test_nobody_is_moved_twice_by_plans() -> None:
    short = Short()
    [sent] = asked(short.propose(move(short.spare, short.unmet)))
    third = short.world.demand(short.incident, priority=2)
    assert short.left(move(sent, only(third, f.LineUnmet).line)) == [(LeftWhy.NOT_MOVED, None)]


def test_nobody_is_moved_to_what_is_less_urgent() -> None:
    short = Short(2, second=4)
    assert short.left(move(short.spare, short.unmet)) == [(LeftWhy.NOT_MOVED, None)]


def test_a_request_of_somebody_else_is_not_given_up() -> None:
    short = Short()
    wrong = pair(short.unmet, short.one, short.first.offer)
    if short.first.organization == short.one:
        wrong = pair(short.unmet, short.other, short.first.offer)
    assert short.left(wrong) == [(LeftWhy.NOT_MOVED, None)]
    nothing = pair(short.unmet, short.one, OfferId("nothing"))
    assert short.left(nothing) == [(LeftWhy.NOT_MOVED, None)]


def test_an_answer_is_before_a_plan() -> None:
    """Given a plan that was made before somebody said yes, then that one stays where it is."""
    short = Short()
    short.world.yes(short.spare)
    assert short.left(move(short.spare, short.unmet)) == [(LeftWhy.NOT_MOVED, None)]
    assert short.world.operation.offers[short.spare.offer].state is OfferState.ACCEPTED


def test_units_held_elsewhere_pass_no_gate() -> None:
    short = Short()
    assert short.left(pair(short.unmet, short.one)) == [(LeftWhy.GATE, Gate.CAPACITY)]


def test_whoever_was_asked_too_lately_passes_no_gate() -> None:
    short = Short()
    short.world.no(short.first)
    declined = pair(short.first.line, short.first.organization)
    assert short.left(declined) == [(LeftWhy.GATE, Gate.ASKED_BEFORE)]


@pytest.mark.parametrize("priority", [2, 4])
def test_an_organization_is_asked_for_a_line_once_by_a_plan(priority: int) -> None:
    short = Short(priority)
    both = move(short.spare, short.unmet)
    assert only(short.propose(both, both), f.PlanTaken).left[0].why is LeftWhy.TWICE


def test_what_is_on_hold_asks_nobody() -> None:
    short = Short()
    demand = short.world.operation.lines[short.unmet].demand
    short.world.send(DESK, c.HoldDemand(demand=demand, question="桥？"))
    assert short.left(move(short.spare, short.unmet)) == [(LeftWhy.NOT_ASKED_FOR, None)]


def test_the_first_requests_of_a_line_never_wait_for_a_plan_nor_come_by_one() -> None:
    """Given a routine demand that is held back for a minute, then no plan asks for it."""
    short = Short(4)
    posted = only(short.world.demand(short.incident, priority=4), f.DemandPublished)
    held_back = posted.lines[0].line
    assert short.left(move(short.spare, held_back)) == [(LeftWhy.NOT_ASKED_FOR, None)]


def test_a_line_that_has_enough_asks_nobody_more() -> None:
    short = Short()
    short.propose(move(short.spare, short.unmet))
    more = [short.world.organization(f"{number}") for number in range(9)]
    short.world.wait(minutes=0)
    free = [key for key in more if not list(short.world.operation.offers_to.of(key))]
    assert short.left(pair(short.unmet, free[0])) == [(LeftWhy.IN_HAND, None)]


def test_nobody_is_moved_for_little() -> None:
    """Given two who are each asked for their own demand, then changing places saves nothing."""
    world = World()
    for name in ("one", "other"):
        world.organization(name, registration_class=RegistrationClass.FILED)
    incident = world.incident()
    one, other = asked(world.demand(incident, priority=2))
    second = only(world.demand(incident, priority=2), f.LineUnmet).line
    plan = plan_of(move(one, second), based_on=world.area.sequence)
    [sent] = asked(world.send(PLANNER, plan))
    back = plan_of(move(other, second), based_on=world.area.sequence)
    facts = world.send(PLANNER, back)
    assert only(facts, f.PlanTaken).left[0].why is LeftWhy.SAVES_TOO_LITTLE
    assert world.operation.offers[sent.offer].state is OfferState.SENT


def test_a_plan_older_than_the_last_one_is_refused_and_so_is_one_from_the_future() -> None:
    short = Short()
    before = short.world.area.sequence
    ahead = plan_of(move(short.spare, short.unmet), based_on=before + 2)
    assert short.world.refused(PLANNER, ahead) is Refusal.PLAN_AHEAD
    short.propose(move(short.spare, short.unmet))
    late = plan_of(move(short.first, short.unmet), based_on=before)
    assert short.world.refused(PLANNER, late) is Refusal.PLAN_OUTDATED


def test_a_plan_for_what_is_not_there_is_refused() -> None:
    world = World()
    plan = plan_of(pair(LineId("x"), OrganizationId("y")))
    assert world.refused(PLANNER, plan) is Refusal.NOT_FOUND


def test_nobody_else_proposes() -> None:
    short = Short()
    plan = plan_of(move(short.spare, short.unmet), based_on=short.world.area.sequence)
    for actor in (DESK, DELIVERY, "one"):
        assert short.world.refused(actor, plan) is Refusal.ROLE_MISSING


def test_whom_a_plan_has_asked_answers_like_anybody_else() -> None:
    short = Short()
    [sent] = asked(short.propose(move(short.spare, short.unmet)))
    short.world.send(DELIVERY, c.RecordReach(reached=(c.Reached(offer=sent.offer, by=Reach.SMS),)))
    short.world.yes(sent)
    assert short.world.operation.lines[short.unmet].covered == 1


def test_a_late_yes_to_what_was_taken_back_counts_while_the_line_is_short() -> None:
    short = Short()
    short.propose(move(short.spare, short.unmet))
    facts = short.world.yes(short.spare)
    assert "AssignmentCommitted" in kinds(facts)


def test_why_says_that_a_plan_has_chosen_it_and_what_that_saves() -> None:
    short = Short()
    short.propose(move(short.spare, short.unmet))
    world = short.world
    said = why(world.area, world.operation, short.unmet, short.spare.organization, world.at)
    assert said is not None
    assert "由统筹方案 1 选定" in said.words.zh
    assert "chosen by plan 1, which saves 450 min" in said.words.en
    gone = why(world.area, world.operation, short.first.line, short.spare.organization, world.at)
    assert gone is not None
    assert "asked for another demand instead" in gone.words.en


def test_a_plan_of_two_hundred_pairs_is_weighed_in_one_turn() -> None:
    short = Short()
    pairs = [pair(LineId(f"line {n}"), OrganizationId(f"{n}")) for n in range(PAIRS_MOST - 1)]
    taken = only(short.propose(*pairs, move(short.spare, short.unmet)), f.PlanTaken)
    assert (taken.taken, len(taken.left)) == (1, PAIRS_MOST - 1)
