"""Corrections: a tap that was not meant is undone by who tapped, or put right by the desk.

Both stay on record, and whatever hung on the step is as it was before it.
"""

from __future__ import annotations

from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import AgainOn, AssignmentId, CloseReason, Step
from streams.entities import Assignment, AssignmentState
from streams.load import held
from streams.parameters import DAY, HOUR, MINUTE
from tests.streams.world import COUNTY, DESK, World, asked, kinds, only

LAST_MOMENT = 30_000


class Crew:
    """One crew promised in twenty minutes."""

    def __init__(self, *, priority: int = 1, units: int = 1, target: int = 1) -> None:
        self.world = World()
        self.near = self.world.organization("near", units=units)
        facts = self.world.demand(self.world.incident(), priority=priority, target=target)
        self.offer = only(asked(facts))
        self.id: AssignmentId = self.world.at_work(self.offer, minutes=20)

    @property
    def row(self) -> Assignment:
        return self.world.operation.assignments[self.id]

    def step(self, command: type, actor: str = "near", **said: Any) -> Any:
        return self.world.send(actor, command(assignment=self.id, **said))

    def refused(self, command: type, actor: str = "near", **said: Any) -> Refusal:
        return self.world.refused(actor, command(assignment=self.id, **said))

    def times(self) -> tuple[Any, ...]:
        row = self.row
        return row.set_off_at, row.arrived_at, row.reported_at, row.people, row.late_at


# Undo


STEPS: list[tuple[list[type], type]] = [
    ([], c.SetOff),
    ([], c.Arrive),
    ([], c.ReportDone),
    ([], c.CannotComplete),
    ([c.SetOff], c.Arrive),
    ([c.SetOff], c.ReportDone),
    ([c.Arrive], c.ReportDone),
    ([c.Arrive], c.CannotComplete),
]


@pytest.mark.parametrize(("before", "step"), STEPS)
def test_undoing_a_step_leaves_everything_as_it_was(before: list[type], step: type) -> None:
    """A14: given any step, with what it implied, when it is undone, then state, times, cover and
    units are those of before, and both taps are on record."""
    scene = Crew()
    for earlier in before:
        scene.step(earlier)
        scene.world.at += MINUTE
    state, times = scene.row.state, scene.times()
    line = scene.world.operation.lines[scene.offer.line]
    load = held(scene.world.operation, scene.near, "PUMP_DRAIN")
    scene.step(step)
    scene.world.at += LAST_MOMENT
    undone = only(scene.step(c.UndoStep), f.StepUndone)
    assert (undone.step.value, undone.by_desk) == (state.value, False)
    assert (scene.row.state, scene.times()) == (state, times)
    after = scene.world.operation.lines[scene.offer.line]
    assert (after.working, after.delivered) == (line.working, line.delivered)
    assert held(scene.world.operation, scene.near, "PUMP_DRAIN") == load
    assert scene.row.ended_at is None


def test_after_half_a_minute_the_desk_is_to_be_called() -> None:
    scene = Crew()
    scene.step(c.Arrive)
    scene.world.at += LAST_MOMENT + 1
    assert scene.refused(c.UndoStep) is Refusal.UNDO_TOO_LATE
    assert scene.row.state is AssignmentState.ON_SCENE


def test_whoever_gave_up_and_sees_it_too_late_is_asked_again_by_hand() -> None:
    """Not even the desk corrects what has ended, so nobody is sent there."""
    scene = Crew()
    scene.step(c.CannotComplete)
    assert scene.refused(c.UndoStep, DESK) is Refusal.ASSIGNMENT_ENDED
    scene.world.at += LAST_MOMENT + 1
    assert scene.refused(c.UndoStep) is Refusal.ASSIGNMENT_ENDED


def test_who_did_not_take_the_step_does_not_undo_it() -> None:
    scene = Crew()
    scene.step(c.SetOff)
    assert scene.refused(c.UndoStep, DESK) is Refusal.STEP_OF_OTHERS
    scene.step(c.Arrive, DESK)
    assert scene.refused(c.UndoStep) is Refusal.STEP_OF_OTHERS
    assert only(scene.step(c.UndoStep, DESK)).by_desk


def test_only_the_last_step_is_undone_and_only_once() -> None:
    scene = Crew()
    assert scene.refused(c.UndoStep) is Refusal.NOTHING_TO_UNDO
    scene.step(c.SetOff)
    scene.step(c.Arrive)
    assert only(scene.step(c.UndoStep)).step is Step.EN_ROUTE
    assert scene.refused(c.UndoStep) is Refusal.NOTHING_TO_UNDO
    assert scene.row.set_off_at is not None


@pytest.mark.parametrize("done", [True, False])
def test_behind_the_desk_s_word_nothing_is_undone(done: bool) -> None:
    scene = Crew()
    scene.step(c.ReportDone)
    scene.step(c.ConfirmAssignment, DESK, done=done)
    assert scene.refused(c.UndoStep) is Refusal.NOTHING_TO_UNDO


def test_the_step_counts_from_when_it_is_taken_again() -> None:
    """Given "arrived" undone and said later, then the crew arrived later."""
    scene = Crew()
    scene.step(c.Arrive)
    scene.step(c.UndoStep)
    scene.world.at += 5 * MINUTE
    scene.step(c.Arrive)
    assert scene.row.arrived_at == scene.world.at


def test_people_said_with_a_mistaken_arrival_go_with_it() -> None:
    scene = Crew()
    scene.step(c.Arrive, people=4)
    scene.step(c.UndoStep)
    assert scene.row.people is None


# Undoing that nobody can go on


def test_giving_up_by_mistake_takes_the_others_back() -> None:
    """Given a team asked in its place, when the crew goes on after all, then it is thanked."""
    scene = Crew()
    scene.world.organization("other", township=5)
    replaced = only(asked(scene.step(c.CannotComplete)))
    undone = scene.step(c.UndoStep)
    assert only(undone, f.OfferStoodDown).offer == replaced.offer
    assert scene.world.operation.lines[scene.offer.line].covered == 1


def test_who_gave_up_by_mistake_is_not_passed_over_afterwards() -> None:
    """Given a team that gave two of three, when it has more, then it is asked for the rest."""
    scene = Crew(units=1, target=2)
    given_up = only(scene.step(c.CannotComplete), f.AssignmentGivenUp)
    assert given_up.again_on is AgainOn.FORCE
    scene.step(c.UndoStep)
    asking = scene.world.operation.asked[scene.offer.line, scene.near]
    assert (asking.again_at, asking.again_on) == (scene.row.committed_at, None)


def test_units_that_went_elsewhere_meanwhile_stay_there() -> None:
    scene = Crew()
    incident = scene.world.operation.lines[scene.offer.line].incident
    scene.step(c.CannotComplete)
    elsewhere = only(asked(scene.world.demand(incident, priority=2)))
    scene.world.yes(elsewhere)
    assert scene.refused(c.UndoStep) is Refusal.CAPACITY_TAKEN


@pytest.mark.parametrize("again", [False, True])
def test_for_what_is_over_nobody_goes_on(again: bool) -> None:
    scene = Crew()
    scene.step(c.CannotComplete)
    scene.world.close(scene.offer.demand, CloseReason.CANCELED)
    if again:
        scene.world.reopen(scene.offer.demand)
    assert scene.refused(c.UndoStep) is Refusal.ASSIGNMENT_ENDED


# Undo and being waited for


@pytest.mark.parametrize("priority", [1, 2])
def test_a_late_crew_whose_arrival_was_none_is_as_late_as_before(priority: int) -> None:
    """Given a crew overdue, when "arrived" is undone, then it is overdue, and for a P2 nobody more
    is asked for it."""
    scene = Crew(priority=priority)
    scene.world.organization("other", township=5)
    scene.world.until(scene.world.at + DAY, f.CrewOverdue)
    before = scene.times()
    scene.step(c.Arrive)
    scene.step(c.UndoStep)
    assert (scene.row.overdue, scene.times()) == (True, before)
    assert scene.world.operation.lines[scene.offer.line].doubtful == 1
    later = scene.world.wait(minutes=10)
    assert ("CrewDoubted" in kinds(later)) is (priority == 1)


def test_a_doubted_crew_whose_arrival_was_none_is_doubted_again() -> None:
    scene = Crew()
    scene.world.organization("other", township=5)
    scene.world.wait(minutes=35)
    assert scene.row.doubted
    scene.step(c.Arrive)
    undone = scene.step(c.UndoStep)
    assert asked(undone)
    assert scene.world.operation.lines[scene.offer.line].replacing == 1


def test_a_new_time_said_meanwhile_stands() -> None:
    """Given "set off", then a new time, when "set off" is undone, then the new time counts."""
    scene = Crew()
    scene.step(c.SetOff)
    given = only(scene.step(c.GiveNewTime, minutes=60))
    scene.step(c.UndoStep)
    assert (scene.row.promised_at, scene.row.late_at) == (given.promised_at, given.overdue_at)


# The desk puts right


BACKWARD = [
    (c.SetOff, Step.COMMITTED),
    (c.Arrive, Step.EN_ROUTE),
    (c.Arrive, Step.COMMITTED),
    (c.ReportDone, Step.ON_SCENE),
    (c.ReportDone, Step.EN_ROUTE),
    (c.ReportDone, Step.COMMITTED),
]


@pytest.mark.parametrize(("taken", "step"), BACKWARD)
def test_the_desk_corrects_how_far_a_crew_has_come(taken: type, step: Step) -> None:
    """A14: hours later, with the times of the steps that did not happen gone."""
    scene = Crew()
    scene.step(taken)
    scene.world.at += 3 * 60 * MINUTE
    corrected = scene.step(c.CorrectStep, DESK, step=step)[0]
    assert (corrected.account, corrected.step) == (DESK, step)
    assert scene.row.state.value == step.value
    reached = list(Step).index(step)
    assert (scene.row.set_off_at is not None) is (reached >= 1)
    assert (scene.row.arrived_at is not None) is (reached >= 2)
    assert scene.row.reported_at is None
    assert scene.world.operation.lines[scene.offer.line].covered == 1


@pytest.mark.parametrize("step", [Step.COMMITTED, Step.EN_ROUTE])
def test_who_is_on_the_way_again_is_waited_for_as_promised_and_with_its_grace(step: Step) -> None:
    scene = Crew()
    since = scene.world.at
    scene.step(c.Arrive)
    scene.world.wait(minutes=5)
    scene.step(c.CorrectStep, DESK, step=step)
    assert only(scene.world.wait(minutes=40), f.CrewOverdue).at == since + 30 * MINUTE


def test_who_is_on_the_way_long_after_its_time_has_the_grace_from_now() -> None:
    scene = Crew(priority=2)
    scene.step(c.Arrive)
    scene.world.wait(minutes=90)
    at = scene.world.at
    assert kinds(scene.step(c.CorrectStep, DESK, step=Step.EN_ROUTE)) == ["StepCorrected"]
    facts = scene.world.wait(minutes=60)
    assert kinds(facts) == ["CrewOverdue"]  # and, on P2, nobody more is asked
    assert facts[0].at == at + 20 * MINUTE


def test_an_overdue_crew_that_has_not_even_set_off_stays_overdue() -> None:
    scene = Crew(priority=2)
    scene.step(c.SetOff)
    scene.world.wait(minutes=60)
    corrected = only(scene.step(c.CorrectStep, DESK, step=Step.COMMITTED))
    assert (corrected.promised_at, corrected.overdue_at) == (None, None)
    assert scene.row.overdue
    assert kinds(scene.world.wait(minutes=60)) == []


@pytest.mark.parametrize("step", list(Step))
def test_forward_the_desk_records_the_step_itself(step: Step) -> None:
    scene = Crew()
    assert scene.refused(c.CorrectStep, DESK, step=step) is Refusal.STEP_NOT_TAKEN


def test_what_has_ended_is_not_corrected() -> None:
    scene = Crew()
    scene.step(c.ReportDone)
    scene.step(c.ConfirmAssignment, DESK)
    command = {"step": Step.ON_SCENE}
    assert scene.refused(c.CorrectStep, DESK, **command) is Refusal.ASSIGNMENT_ENDED


def test_a_crew_does_not_correct_itself_but_its_county_may() -> None:
    scene = Crew()
    scene.step(c.Arrive)
    command = {"step": Step.EN_ROUTE}
    assert scene.refused(c.CorrectStep, **command) is Refusal.ROLE_MISSING
    assert kinds(scene.step(c.CorrectStep, COUNTY, **command)) == ["StepCorrected"]


def test_who_is_on_the_way_again_to_what_is_needed_later_is_not_late_before() -> None:
    scene = Crew(priority=2)
    scene.step(c.Arrive)
    scene.world.amend(scene.row.demand, needed_by=scene.world.at + 3 * HOUR)
    needed_by = scene.world.at + 3 * HOUR
    corrected = only(scene.step(c.CorrectStep, DESK, step=Step.EN_ROUTE))
    assert corrected.promised_at == needed_by
    assert not kinds(scene.world.wait(minutes=180))
