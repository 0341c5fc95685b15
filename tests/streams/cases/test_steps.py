"""Cases A14 and F2: taps that were not meant are undone or corrected; a double tap is harmless."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import CloseReason, DeclineReason, Step
from streams.parameters import MINUTE, SECOND
from tests.streams.cases.scene import Posted, Scene
from tests.streams.world import COUNTY, DESK, kinds, only

STEPS = (c.SetOff, c.Arrive, c.ReportDone, c.CannotComplete)


def at_work(priority: int = 2, **said: Any) -> tuple[Scene, Posted]:
    scene = Scene()
    scene.team("near")
    posted = scene.post(priority=priority)
    scene.says_yes("near", **said)
    scene.wait(minutes=4)
    return scene, posted


# A14: tap that was not meant


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("by", ["near", DESK])
@pytest.mark.parametrize("seconds", [0, 1, 30])
def test_a14_tap_that_was_not_meant_is_undone(step: type, by: str, seconds: int) -> None:
    scene, posted = at_work()
    before, view = scene.crew("near"), scene.view(posted.line)
    taken = scene.step(step, "near", by=by)
    assert scene.crew("near").undo_until == scene.at + 30 * SECOND
    scene.at += seconds * SECOND
    undone = only(scene.step(c.UndoStep, "near", by=by), f.StepUndone)
    assert (undone.step, undone.by_desk) == (Step.COMMITTED, by == DESK)
    after = scene.crew("near")
    assert (after.state, after.set_off_at, after.arrived_at, after.reported_at, after.ended_at) == (
        (before.state, None, None, None, None)
    )
    assert (after.people, after.promised_at) == (before.people, before.promised_at)
    assert scene.view(posted.line) == view
    assert taken[-1] in scene.turns[-2].turn.facts  # both are on record


@pytest.mark.parametrize("step", STEPS)
def test_a14_after_half_a_minute_only_the_desk_corrects(step: type) -> None:
    """Or asks by hand again, where the crew has given up: then nobody is sent to correct it."""
    scene, _ = at_work()
    scene.step(step, "near")
    scene.at += 30 * SECOND + 1
    undo = c.UndoStep(assignment=scene.crew("near").id)
    over = step is c.CannotComplete
    late = Refusal.ASSIGNMENT_ENDED if over else Refusal.UNDO_TOO_LATE
    assert scene.refused("near", undo) is late


@pytest.mark.parametrize(("tapped", "by"), [("near", DESK), (DESK, "near"), (DESK, COUNTY)])
def test_a14_only_who_took_it_undoes_it(tapped: str, by: str) -> None:
    scene, _ = at_work()
    scene.step(c.Arrive, "near", by=tapped)
    undo = c.UndoStep(assignment=scene.crew("near").id)
    assert scene.refused(by, undo) is Refusal.STEP_OF_OTHERS


def test_a14_undone_once_and_nothing_more() -> None:
    scene, _ = at_work()
    scene.step(c.SetOff, "near")
    scene.at += 5 * SECOND
    scene.step(c.Arrive, "near")
    scene.step(c.UndoStep, "near")
    assert scene.crew("near").state == "en_route"
    undo = c.UndoStep(assignment=scene.crew("near").id)
    assert scene.refused("near", undo) is Refusal.NOTHING_TO_UNDO


def test_a14_undone_and_taken_again_the_times_are_the_true_ones() -> None:
    scene, _ = at_work()
    scene.step(c.Arrive, "near")
    scene.at += 10 * SECOND
    scene.step(c.UndoStep, "near")
    scene.wait(minutes=12)
    scene.step(c.SetOff, "near")
    scene.wait(minutes=9)
    scene.step(c.Arrive, "near", people=4)
    row = scene.crew("near")
    assert (row.set_off_at, row.arrived_at, row.people) == (scene.at - 9 * MINUTE, scene.at, 4)


def test_a14_what_the_desk_has_judged_is_not_undone() -> None:
    scene, _ = at_work()
    scene.done("near")
    undo = c.UndoStep(assignment=scene.crew("near").id)
    assert scene.refused("near", undo) is Refusal.NOTHING_TO_UNDO


@pytest.mark.parametrize("seconds", [5, 29])
def test_a14_giving_up_undone_the_next_one_is_thanked(seconds: int) -> None:
    scene, posted = at_work()
    scene.team("far", township=3)
    scene.step(c.CannotComplete, "near")
    assert (scene.asked(posted.line), scene.view(posted.line).covered) == (["far"], 0)
    scene.at += seconds * SECOND
    scene.step(c.UndoStep, "near")
    assert (scene.asked(posted.line), scene.view(posted.line).covered) == ([], 1)
    assert scene.offer("far").stand_down_reason == "covered"


def test_a14_giving_up_undone_holds_nothing_against_it() -> None:
    scene = Scene()
    scene.team("near", units=2)
    posted = scene.post(priority=2)
    scene.says_yes("near")
    scene.step(c.CannotComplete, "near")
    scene.step(c.UndoStep, "near")
    scene.amend(posted.demand, targets=(2,))
    assert scene.asked(posted.line) == ["near"]


def test_a14_giving_up_is_not_undone_where_its_unit_is_promised_already() -> None:
    scene, posted = at_work()
    other = scene.post(priority=1)
    scene.step(c.CannotComplete, "near")
    first = scene.crew("near").id
    scene.says_yes("near")
    assert scene.crew("near").demand == other.demand
    assert scene.refused("near", c.UndoStep(assignment=first)) is Refusal.CAPACITY_TAKEN
    assert scene.view(posted.line).covered == 0


def test_a14_giving_up_is_not_undone_where_the_demand_is_closed() -> None:
    scene, posted = at_work()
    scene.step(c.CannotComplete, "near")
    scene.close(posted.demand, CloseReason.CANCELED)
    undo = c.UndoStep(assignment=scene.crew("near").id)
    assert scene.refused("near", undo) is Refusal.ASSIGNMENT_ENDED


def test_a14_an_arrival_undone_is_waited_for_again() -> None:
    scene, posted = at_work(minutes=20)
    scene.wait(minutes=60)
    assert scene.crew("near").overdue
    scene.step(c.Arrive, "near")
    assert not scene.crew("near").overdue
    scene.step(c.UndoStep, "near")
    scene.wait(minutes=0)
    assert scene.crew("near").overdue
    assert not scene.crew("near").replaced
    assert scene.view(posted.line).doubtful == 1


@pytest.mark.parametrize("step", [c.SetOff, c.CannotComplete])
@pytest.mark.parametrize("priority", [1, 2])
def test_a14_undone_while_overdue_nobody_more_is_called_for_it(step: type, priority: int) -> None:
    scene, _ = at_work(priority, minutes=20)
    scene.wait(minutes=26 if priority == 1 else 60)
    assert scene.crew("near").overdue
    scene.step(step, "near")
    scene.at += 3 * SECOND
    scene.step(c.UndoStep, "near")
    scene.wait(minutes=0)
    assert (scene.crew("near").overdue, scene.crew("near").replaced) == (True, False)


def test_a14_a_new_time_stands_when_the_tap_before_is_undone() -> None:
    scene, _ = at_work(minutes=20)
    scene.step(c.SetOff, "near")
    scene.step(c.GiveNewTime, "near", minutes=90)
    scene.step(c.UndoStep, "near")
    assert scene.crew("near").promised_at == scene.at + 90 * MINUTE
    scene.wait(minutes=109)
    assert not scene.crew("near").overdue


# A14: corrected by the desk later

BACK = [
    (c.SetOff, Step.COMMITTED),
    (c.Arrive, Step.COMMITTED),
    (c.Arrive, Step.EN_ROUTE),
    (c.ReportDone, Step.COMMITTED),
    (c.ReportDone, Step.EN_ROUTE),
    (c.ReportDone, Step.ON_SCENE),
]


@pytest.mark.parametrize(("tapped", "back"), BACK)
@pytest.mark.parametrize("by", [DESK, COUNTY])
def test_a14_the_desk_corrects_it_hours_later(tapped: type, back: Step, by: str) -> None:
    scene, posted = at_work(minutes=20)
    scene.step(tapped, "near")
    tapped_at = scene.at
    scene.wait(minutes=180)
    scene.step(c.CorrectStep, "near", by=by, step=back)
    row = scene.crew("near")
    assert row.state == back.value
    assert row.set_off_at == (None if back is Step.COMMITTED else tapped_at)
    assert row.arrived_at == (tapped_at if back is Step.ON_SCENE else None)
    assert (row.reported_at, scene.view(posted.line).covered) == (None, 1)
    assert not row.replaced


@pytest.mark.parametrize("step", list(Step))
def test_a14_forward_is_a_step_of_its_own(step: Step) -> None:
    scene, _ = at_work()
    forward = c.CorrectStep(assignment=scene.crew("near").id, step=step)
    assert scene.refused(DESK, forward) is Refusal.STEP_NOT_TAKEN
    assert scene.refused("near", forward) is Refusal.ROLE_MISSING


def test_a14_corrected_it_goes_on_to_the_end() -> None:
    scene, posted = at_work()
    scene.step(c.ReportDone, "near")
    scene.wait(minutes=5)
    scene.step(c.CorrectStep, "near", by=DESK, step=Step.EN_ROUTE)
    scene.wait(minutes=5)
    scene.step(c.Arrive, "near")
    scene.done("near")
    assert scene.view(posted.line).delivered == 1


def test_a14_corrected_to_on_the_way_it_is_waited_for_with_grace() -> None:
    scene, _ = at_work(minutes=60)
    scene.step(c.Arrive, "near")
    scene.wait(minutes=10)
    scene.step(c.CorrectStep, "near", by=DESK, step=Step.EN_ROUTE)
    promised = scene.crew("near").promised_at
    scene.at = promised + 20 * MINUTE - 1
    scene.wait(minutes=0)
    assert not scene.crew("near").overdue
    scene.at += 1
    scene.wait(minutes=0)
    assert scene.crew("near").overdue


# F2: double tap


@pytest.mark.parametrize("milliseconds", [0, 300, 5_000])
@pytest.mark.parametrize("first", ["near", DESK])
def test_f2_double_tap_is_one_assignment(milliseconds: int, first: str) -> None:
    scene = Scene()
    scene.team("near", units=3)
    posted = scene.post()
    offer = scene.offer("near").id
    yes = c.AcceptOffer(offer=offer, quantity=1)
    scene.send(first, yes)
    scene.at += milliseconds
    assert scene.refused("near", yes) is Refusal.ALREADY_ANSWERED
    assert (len(scene.crews("near")), scene.crew("near").state) == (1, "committed")
    assert scene.view(posted.line).covered == 1


def test_f2_an_old_yes_is_never_a_yes_to_what_was_asked_since() -> None:
    """Given its yes and, later, a further request, when the phone sends the old yes again."""
    scene = Scene()
    scene.team("near", units=2)
    posted = scene.post(target=5)
    old = c.AcceptOffer(offer=scene.offer("near").id, quantity=2)
    scene.send("near", old)
    scene.capacity("near", 5)
    scene.wait(minutes=0)
    assert scene.offer("near").quantity == 3
    assert scene.refused("near", old) is Refusal.ALREADY_ANSWERED
    assert (len(scene.crews("near")), scene.asked(posted.line)) == (1, ["near"])


def test_f2_double_tap_on_no_changes_nothing() -> None:
    scene, _ = at_work()
    posted = scene.post(priority=1)
    scene.capacity("near", 2)
    scene.wait(minutes=0)
    scene.says_no("near", DeclineReason.NO_CREW)
    first = scene.offer("near")
    scene.at += 300
    scene.says_no("near", DeclineReason.NO_CREW)
    assert scene.offer("near").again_at == scene.at + 30 * MINUTE
    assert (first.state, scene.asked(posted.line)) == ("declined", [])


@pytest.mark.parametrize("step", STEPS)
def test_f2_double_tap_on_a_step_is_harmless(step: type) -> None:
    scene, posted = at_work()
    scene.step(step, "near")
    before, view = scene.crew("near"), scene.view(posted.line)
    scene.at += 300
    taken: Any = scene.take(scene.envelope("near", step(assignment=before.id)))
    assert kinds(taken.turn.facts) == []
    assert (scene.crew("near"), scene.view(posted.line)) == (before, view)
    scene.step(c.UndoStep, "near")
    assert scene.crew("near").state == "committed"
