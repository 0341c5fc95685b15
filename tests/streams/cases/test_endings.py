"""Cases A8, A9, D1, D2, E2: reopened demands, who did the work, recovery, incidents and keys."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import CloseReason, Domain, StandDownReason
from streams.ending import CONFIRMING
from streams.grouping import NO_RECOVERY
from streams.parameters import DAY, HOUR
from tests.streams.cases.scene import Posted, Scene
from tests.streams.world import COUNTY, DESK, kinds, only

HOURS = 60

# A8: served, reopened


def served(priority: int = 1, units: int = 1) -> tuple[Scene, Posted]:
    """Done, confirmed, closed as met."""
    scene = Scene()
    scene.team("near", units=units)
    posted = scene.post(priority=priority, target=units)
    scene.wait(minutes=1)
    scene.says_yes("near")
    scene.wait(minutes=40)
    scene.done("near")
    assert scene.view(posted.line).delivered == units
    scene.close(posted.demand)
    return scene, posted


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
@pytest.mark.parametrize("units", [1, 3])
@pytest.mark.parametrize("minutes", [0, 7 * HOURS])
def test_a8_served_reopened_is_asked_again_from_zero(
    priority: int, units: int, minutes: int
) -> None:
    scene, posted = served(priority, units)
    scene.wait(minutes=minutes)
    scene.reopen(posted.demand)
    view, row = scene.view(posted.line), scene.demand_row(posted.demand)
    assert (row.state, row.round, view.round) == ("published", 2, 2)
    assert (view.covered, view.cover, view.asked) == (0, "empty", units)
    assert scene.asked(posted.line) == ["near"]
    scene.says_yes("near")
    assert scene.view(posted.line).cover == "satisfied"


def test_a8_its_second_closing_proposes_recovery_again() -> None:
    scene, posted = served()
    assert len(scene.tasks()) == 1
    scene.reopen(posted.demand)
    scene.says_yes("near")
    scene.done("near")
    assert only(scene.close(posted.demand), f.TaskProposed).number == 2
    assert [task.state for task in scene.tasks()] == ["proposed", "proposed"]


@pytest.mark.parametrize("reason", list(CloseReason))
def test_a8_whatever_it_was_closed_for_everybody_may_be_asked(reason: CloseReason) -> None:
    scene = Scene()
    scene.team("silent")
    scene.team("declining")
    posted = scene.post()
    scene.says_no("declining")
    scene.wait(minutes=3)
    scene.close(posted.demand, reason)
    scene.reopen(posted.demand)
    assert scene.asked(posted.line) == ["declining", "silent"]


def test_a8_reopened_thrice_each_round_counts_its_own() -> None:
    scene, posted = served()
    for round in (2, 3, 4):
        scene.reopen(posted.demand)
        assert (scene.view(posted.line).round, scene.view(posted.line).covered) == (round, 0)
        scene.says_yes("near")
        scene.done("near")
        assert scene.view(posted.line).delivered == 1
        scene.close(posted.demand)
    assert [crew.round for crew in scene.crews("near")] == [1, 2, 3, 4]
    assert len(scene.tasks()) == 4


def test_a8_a_line_that_was_dropped_stays_dropped() -> None:
    scene = Scene()
    scene.team("near", units=4)
    posted = scene.post(lines=2)
    first, second = posted.lines
    scene.send(DESK, c.DropLine(line=first))
    scene.close(posted.demand)
    scene.reopen(posted.demand)
    assert (scene.view(first).dropped, scene.view(first).open) == (True, False)
    assert (scene.asked(first), scene.asked(second)) == ([], ["near"])
    assert scene.refused(DESK, c.DropLine(line=second)) is Refusal.LAST_LINE


# A9: who did the work


def reported(*names: str, done: str = "") -> tuple[Scene, Posted]:
    """All are at work on one line; those named in `done` have reported it."""
    scene = Scene()
    for name in names:
        scene.team(name)
    posted = scene.post(target=len(names))
    for name in names:
        scene.says_yes(name)
        scene.step(c.Arrive, name)
    scene.wait(minutes=30)
    for name in done:
        scene.step(c.ReportDone, name)
    return scene, posted


@pytest.mark.parametrize("reason", [CloseReason.MET, CloseReason.PARTLY_MET_ACCEPTED])
def test_a9_who_did_the_work_is_on_record_without_a_further_press(reason: CloseReason) -> None:
    scene, posted = reported("a", "b", done="a")
    facts = scene.close(posted.demand, reason)
    assert only(facts, f.AssignmentConfirmed).assignment == scene.crew("a").id
    assert only(facts, f.TaskProposed).units == 1
    assert (scene.crew("a").state, scene.crew("b").state) == ("released", "stood_down")
    assert scene.crew("b").stand_down_reason == reason.value
    assert (scene.view(posted.line).delivered, scene.view(posted.line).working) == (1, 0)


@pytest.mark.parametrize("reason", list(CloseReason))
def test_a9_closed_for_another_reason_each_crew_ends_with_that(reason: CloseReason) -> None:
    scene, posted = reported("a")
    scene.close(posted.demand, reason)
    assert (scene.crew("a").state, scene.crew("a").stand_down_reason) == (
        "stood_down",
        StandDownReason(reason.value),
    )


def test_a9_closing_the_incident_confirms_what_was_reported() -> None:
    scene, _ = reported("a", "b", done="b")
    scene.close_incident(scene.typhoon)
    scene.wait(minutes=0)
    assert (scene.crew("a").state, scene.crew("b").state) == ("stood_down", "released")
    assert scene.crew("a").stand_down_reason == "incident_closed"


def test_a9_every_reason_is_known_to_confirm_or_not() -> None:
    reasons = {reason.value for reason in CloseReason} | {"line_dropped"}
    assert {reason.value for reason in CONFIRMING} <= reasons
    for reason in NO_RECOVERY:
        scene, posted = reported("a", done="a")
        assert "TaskProposed" not in kinds(scene.close(posted.demand, reason))


def test_a9_sent_back_is_not_done() -> None:
    scene, posted = reported("a", done="a")
    scene.step(c.ConfirmAssignment, "a", by=DESK, done=False)
    scene.close(posted.demand)
    assert scene.crew("a").state == "stood_down"


# D1: unlocked, still closed to others


def task_of(scene: Scene) -> Any:
    return scene.tasks()[-1]


def claimed() -> Scene:
    """A recovery task that near has claimed; far is there too."""
    scene, _ = served()
    scene.team("far", township=2)
    scene.send(DESK, c.OpenTask(task=task_of(scene).id, domain=Domain.LIFE))
    claim(scene, "near")
    return scene


def claim(scene: Scene, name: str) -> None:
    scene.send(name, c.ClaimTask(task=task_of(scene).id, organization=scene.teams[name]))


def give_back(scene: Scene) -> None:
    scene.send("near", c.GiveBackTask(task=task_of(scene).id))


def give_back_by_phone(scene: Scene) -> None:
    scene.send(DESK, c.GiveBackTask(task=task_of(scene).id))


def take_back(scene: Scene) -> None:
    scene.send(DESK, c.TakeBackTask(task=task_of(scene).id))


def run_out(scene: Scene) -> None:
    scene.at = task_of(scene).until
    scene.wait(minutes=0)


@pytest.mark.parametrize("end", [give_back, give_back_by_phone, take_back, run_out])
def test_d1_unlocked_and_another_may_claim_it(end: Any) -> None:
    scene = claimed()
    assert task_of(scene).until == scene.at + 7 * DAY
    taken = c.ClaimTask(task=task_of(scene).id, organization=scene.teams["far"])
    assert scene.refused("far", taken) is Refusal.TASK_NOT_CLAIMABLE
    end(scene)
    row = task_of(scene)
    assert (row.state, row.organization) == ("open", None)
    assert row.until == scene.at + 30 * DAY
    claim(scene, "far")
    assert (task_of(scene).state, task_of(scene).organization_name) == ("claimed", "far")


@pytest.mark.parametrize("end", [give_back, take_back, run_out])
def test_d1_the_one_who_gave_it_back_may_claim_it_again(end: Any) -> None:
    scene = claimed()
    end(scene)
    claim(scene, "near")
    assert task_of(scene).until == scene.at + 7 * DAY


@pytest.mark.parametrize("end", [give_back, take_back, run_out])
def test_d1_the_key_of_the_incident_can_be_destroyed_one_day(end: Any) -> None:
    scene = claimed()
    scene.close_incident(scene.typhoon)
    end(scene)
    scene.wait(minutes=24 * HOURS)
    assert (scene.incident_row().state, scene.incident_row().destroy_at) == ("closed", None)
    scene.send(DESK, c.DropTask(task=task_of(scene).id))
    assert scene.incident_row().destroy_at == scene.at + HOUR
    scene.wait(minutes=59)
    assert scene.incident_row().readable
    assert "KeyDestroyed" in kinds(scene.wait(minutes=1))
    assert not scene.incident_row().readable


def test_d1_sent_back_its_claim_begins_anew_and_runs_out_too() -> None:
    scene = claimed()
    scene.wait(minutes=5 * 24 * HOURS)
    scene.send("near", c.ReportTask(task=task_of(scene).id))
    assert task_of(scene).until == scene.at + 30 * DAY
    scene.send(DESK, c.VerifyTask(task=task_of(scene).id, done=False))
    assert task_of(scene).until == scene.at + 7 * DAY
    run_out(scene)
    assert task_of(scene).state == "open"


def test_d1_only_what_is_claimed_is_given_back() -> None:
    scene = claimed()
    give_back(scene)
    again = c.GiveBackTask(task=task_of(scene).id)
    assert scene.refused(DESK, again) is Refusal.TASK_NOT_CLAIMED
    assert scene.refused("near", again) is Refusal.TASK_NOT_CLAIMED
    assert scene.refused("near", c.TakeBackTask(task=task_of(scene).id)) is Refusal.NOT_FOUND


# D2: tasks in the middle of the storm


def test_d2_a_proposal_says_what_is_to_be_restored_and_lapses() -> None:
    scene, _ = served(units=3)
    row = task_of(scene)
    assert (row.state, row.kind, row.skill, row.units) == ("proposed", "drainage", "PUMP_DRAIN", 3)
    assert (row.domain, row.division) == (Domain.PRODUCTION, scene.township)
    assert row.until == scene.at + 30 * DAY
    assert not scene.audience("task", row.id).organizations
    scene.wait(minutes=30 * 24 * HOURS)
    assert (task_of(scene).state, task_of(scene).ended_at) == ("lapsed", scene.at)
    scene.close_incident(scene.typhoon)
    assert scene.incident_row().destroy_at == scene.at + HOUR


# E2: the doer verifies


@pytest.mark.parametrize("reporter", ["near", DESK])
def test_e2_the_doer_does_not_verify(reporter: str) -> None:
    scene = claimed()
    task = task_of(scene).id
    scene.send(reporter, c.ReportTask(task=task))
    verify = c.VerifyTask(task=task)
    refusal = Refusal.ROLE_MISSING if reporter == "near" else Refusal.VERIFIER_IS_DOER
    assert scene.refused(reporter, verify) is refusal
    scene.send(COUNTY, verify)
    assert task_of(scene).state == "verified"


# An incident is closed with everybody named, and reopens until its key is destroyed


def test_an_incident_closes_by_the_digest_of_what_is_live() -> None:
    scene, _ = reported("a", "b")
    assert scene.refused(COUNTY, c.CloseIncident(incident=scene.typhoon)) is (
        Refusal.INCIDENT_HAS_ASSIGNMENTS
    )
    assert len(scene.turns[-1].turn.subjects) == 2
    scene.close_incident(scene.typhoon)
    assert scene.incident_row().state == "closed"


def test_a_closed_incident_is_taken_up_again_with_its_demands() -> None:
    scene, posted = reported("a")
    scene.close_incident(scene.typhoon)
    scene.send(DESK, c.DropTask(task=task_of(scene).id))
    assert scene.incident_row().destroy_at == scene.at + HOUR
    reopen = c.ReopenDemand(demand=posted.demand, revision=2)
    assert scene.refused(DESK, reopen) is Refusal.INCIDENT_NOT_OPEN
    scene.send(COUNTY, c.ReopenIncident(incident=scene.typhoon))
    assert scene.incident_row().destroy_at is None
    scene.wait(minutes=3 * HOURS)
    assert scene.incident_row().readable
    scene.send(DESK, reopen)
    assert scene.asked(posted.line) == ["a"]
    scene.close_incident(scene.typhoon)
    assert scene.incident_row().state == "closed"


def test_after_the_key_is_destroyed_nothing_in_it_reopens() -> None:
    scene = Scene()
    posted = scene.post()
    scene.close(posted.demand, CloseReason.CANCELED)
    scene.close_incident(scene.typhoon)
    scene.wait(minutes=60)
    assert not scene.incident_row().readable
    reopen = c.ReopenIncident(incident=scene.typhoon)
    assert scene.refused(COUNTY, reopen) is Refusal.KEY_DESTROYED
    again = c.ReopenDemand(demand=posted.demand, revision=2)
    assert scene.refused(DESK, again) is Refusal.INCIDENT_NOT_OPEN


def test_a_new_incident_of_the_same_event_keeps_the_old_one_closed() -> None:
    scene = Scene()
    scene.close_incident(scene.typhoon)
    second = scene.incident()
    refused = scene.refused(COUNTY, c.ReopenIncident(incident=scene.typhoon))
    assert refused is Refusal.INCIDENT_EXISTS
    assert scene.turns[-1].turn.subjects == (second,)
