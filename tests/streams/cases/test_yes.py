"""Cases A4 and A5: a late yes counts, a standby waits for the desk, every yes is checked again."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import CloseReason, DeclineReason, LineId, RegistrationClass
from streams.days import end_of
from streams.parameters import HOUR, MINUTE, URGENCY
from tests.streams.cases.scene import Posted, Scene, correct
from tests.streams.world import COUNTY, DESK, STEWARD, certificate, kinds, only

ANSWER = {priority: URGENCY[priority].answer // MINUTE for priority in URGENCY}


def overdue(priority: int = 1, **team: Any) -> tuple[Scene, Posted]:
    """Near was asked, and its time to answer is over."""
    scene = Scene()
    scene.team("near", **team)
    posted = scene.post(priority=priority)
    scene.wait(minutes=(priority > 2) + ANSWER[priority] + 1)
    assert scene.offer("near").state == "no_answer"
    return scene, posted


# A4: answering late


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
@pytest.mark.parametrize("by", ["near", DESK, COUNTY])
def test_a4_answering_late_counts_while_the_line_is_short(priority: int, by: str) -> None:
    scene, posted = overdue(priority)
    assert scene.offer("near").answerable
    accepted = only(scene.says_yes("near", by=by, minutes=20, people=6), f.OfferAccepted)
    assert (accepted.late, accepted.by_desk) == (True, by != "near")
    row, crew = scene.offer("near"), scene.crew("near")
    assert (row.state, row.late, row.people) == ("accepted", True, 6)
    assert (crew.state, crew.promised_at) == ("committed", scene.at + 20 * MINUTE)
    view = scene.view(posted.line)
    assert (view.covered, view.cover, view.unmet) == (1, "satisfied", False)


@pytest.mark.parametrize("minutes", [1, 90, 12 * 60])
def test_a4_however_late_and_to_whichever_request(minutes: int) -> None:
    """The yes to an older request is the yes to the newest; one yes counts."""
    scene, posted = overdue()
    first = scene.offer("near").id
    scene.wait(minutes=minutes)
    scene.send("near", c.AcceptOffer(offer=first, quantity=1))
    again = c.AcceptOffer(offer=first, quantity=1)
    assert scene.refused("near", again) is Refusal.ALREADY_ANSWERED
    assert [crew.state for crew in scene.crews("near")] == ["committed"]
    assert scene.view(posted.line).covered == 1


@pytest.mark.parametrize("reason", [DeclineReason.NO_CREW, DeclineReason.UNSAFE])
def test_a4_a_yes_after_a_no_is_a_late_yes(reason: DeclineReason) -> None:
    scene = Scene()
    scene.team("near")
    scene.post()
    scene.says_no("near", reason)
    assert scene.offer("near").answerable
    accepted = only(scene.says_yes("near", by=DESK), f.OfferAccepted)
    assert (accepted.late, accepted.by_desk) == (True, True)


def test_a4_meanwhile_its_units_are_free_for_others() -> None:
    scene, posted = overdue(2)
    other = scene.post(priority=2)
    assert scene.asked(other.line) == ["near"]
    scene.send("near", c.AcceptOffer(offer=scene.offer("near", posted.line).id, quantity=1))
    assert scene.offer("near", other.line).stand_down_reason == "needed_elsewhere"
    assert (scene.view(posted.line).covered, scene.view(other.line).covered) == (1, 0)
    assert scene.view(other.line).unmet


def test_a4_a_late_yes_stands_the_others_down() -> None:
    scene, posted = overdue(2)
    scene.team("far", township=5)
    scene.wait(minutes=0)
    assert scene.asked(posted.line) == ["far"]
    scene.says_yes("near")
    assert scene.offer("far").stand_down_reason == "covered"


def test_a4_part_of_it_late_leaves_the_rest_asked_for() -> None:
    scene = Scene()
    scene.team("near", units=3)
    scene.team("far", units=3, township=5)
    line = scene.post(target=3).line
    scene.wait(minutes=3)
    scene.says_yes("near", 1)
    assert scene.view(line).cover == "adequate"
    scene.says_yes("far", 2)
    assert (scene.view(line).covered, scene.view(line).cover) == (3, "satisfied")


def test_a4_fewer_than_asked_for_what_is_left_of_it_may_be_asked_later() -> None:
    scene = Scene()
    scene.team("near", units=3)
    line = scene.post(target=3).line
    scene.says_yes("near", 1)
    assert scene.asked(line) == []
    assert scene.offer("near").again_at == scene.at + 30 * MINUTE
    scene.wait(minutes=30)
    assert (scene.asked(line), scene.offer("near").quantity) == (["near"], 2)


# A4: the line is covered by now


def would_come(priority: int = 2) -> tuple[Scene, Posted]:
    """Far covers the line, then near says yes after its time."""
    scene, posted = overdue(priority)
    scene.team("far", township=5)
    scene.wait(minutes=1)
    scene.says_yes("far")
    standby = only(scene.says_yes("near", minutes=30), f.StandbyOffered)
    assert standby.until == scene.at + 2 * HOUR
    return scene, posted


def test_a4_covered_by_now_it_becomes_a_standby() -> None:
    scene, posted = would_come()
    row = scene.offer("near")
    assert (row.state, row.standby_until) == ("standby", scene.at + 2 * HOUR)
    assert (scene.crews("near"), scene.view(posted.line).covered) == ([], 1)
    assert "would still come" in scene.why("near", posted.line).en
    assert "仍可出动" in scene.why("near", posted.line).zh


def test_a4_the_desk_takes_a_standby_on_with_one_act() -> None:
    scene, posted = would_come()
    scene.wait(minutes=119)
    taken = scene.send(DESK, c.TakeStandby(offer=scene.offer("near").id))
    assert kinds(taken) == ["OfferAccepted", "AssignmentCommitted"]
    assert scene.crew("near").minutes == 30
    assert scene.view(posted.line).covered == 2
    again = c.TakeStandby(offer=scene.offer("near").id)
    assert scene.refused(DESK, again) is Refusal.ALREADY_ANSWERED


def test_a4_a_standby_ends_after_two_hours_with_thanks() -> None:
    scene, _ = would_come()
    scene.wait(minutes=120)
    row = scene.offer("near")
    assert (row.state, row.stand_down_reason) == ("stood_down", "standby_over")
    assert scene.refused(DESK, c.TakeStandby(offer=row.id)) is Refusal.STANDBY_OVER


def test_a4_a_standby_is_taken_back_by_saying_no() -> None:
    scene, _ = would_come()
    scene.says_no("near")
    assert scene.offer("near").state == "declined"
    refused = scene.refused(DESK, c.TakeStandby(offer=scene.offer("near").id))
    assert refused is Refusal.STANDBY_OVER


def test_a4_short_again_the_yes_of_the_standby_counts_at_once() -> None:
    """Given somebody who said yes too late, when another gives up, then nobody asks once more."""
    scene, posted = would_come()
    scene.step(c.CannotComplete, "far")
    row = scene.offers("near")[-1]
    assert (row.state, row.kept) == ("accepted", True)
    assert scene.view(posted.line).covered == 1
    assert only(scene.crews("near")).offer == row.id


def test_a4_a_standby_whose_pump_went_elsewhere_is_over_and_both_see_it() -> None:
    scene, _ = would_come()
    standby = scene.offer("near")
    scene.post(priority=1)
    scene.says_yes("near")
    over = scene.operation.offers[standby.id]
    assert (over.state, over.stand_down_reason) == ("stood_down", "needed_elsewhere")
    assert scene.refused(DESK, c.TakeStandby(offer=standby.id)) is Refusal.STANDBY_OVER


@pytest.mark.parametrize("reason", list(CloseReason))
def test_a4_closed_by_now_it_is_thanked(reason: CloseReason) -> None:
    scene, posted = overdue()
    scene.close(posted.demand, reason)
    assert not scene.offer("near").answerable
    assert scene.refused_yes("near") is Refusal.NO_LONGER_NEEDED
    assert scene.refused_yes("near", by=DESK) is Refusal.NO_LONGER_NEEDED


def test_a4_dropped_by_now_it_is_thanked() -> None:
    scene = Scene()
    scene.team("near", units=2)
    posted = scene.post(lines=2)
    scene.wait(minutes=3)
    first, second = posted.lines
    scene.send(DESK, c.DropLine(line=first))
    late = c.AcceptOffer(offer=scene.offer("near", first).id, quantity=1)
    assert scene.refused("near", late) is Refusal.NO_LONGER_NEEDED
    scene.send("near", c.AcceptOffer(offer=scene.offer("near", second).id, quantity=1))


def test_a4_standbys_end_with_what_they_stood_by_for() -> None:
    scene, posted = would_come()
    scene.close(posted.demand, CloseReason.MET)
    assert scene.offer("near").stand_down_reason == "met"


def test_a4_reopened_an_old_yes_counts_for_the_new_request() -> None:
    scene, posted = overdue()
    old = scene.offer("near").id
    scene.close(posted.demand)
    scene.reopen(posted.demand)
    scene.send("near", c.AcceptOffer(offer=old, quantity=1))
    assert scene.view(posted.line).covered == 1
    assert scene.offer("near").state == "accepted"


# A5: unavailable shown, not enforced


def boat(through: str = "2025-12-31") -> tuple[Scene, LineId]:
    """A registered water rescue team is asked for a graded line."""
    scene = Scene()
    scene.team("boat", skill="WATER", certificate=certificate(through=through), units=2)
    line = scene.post(skill="WATER", grade=2, priority=2).line
    assert scene.asked(line) == ["boat"]
    return scene, line


def lapse(scene: Scene) -> None:
    scene.at = end_of("2025-07-31")


def lower(scene: Scene) -> None:
    record(scene, certificate(grade=3))


def record(scene: Scene, held: Any) -> None:
    boats = scene.teams["boat"]
    scene.send(STEWARD, c.RecordCertificate(organization=boats, certificate=held))


def withdraw(scene: Scene) -> None:
    held = certificate()
    command = c.WithdrawCertificate(
        organization=scene.teams["boat"], issuer=held.issuer, number=held.number
    )
    scene.send(STEWARD, command)


def postpone(scene: Scene) -> None:
    record(scene, certificate(since="2025-08-02"))


def no_units(scene: Scene) -> None:
    scene.capacity("boat", 0, skill="WATER")


def no_skill(scene: Scene) -> None:
    scene.capacity("boat", 2, skill="CATERING")


def refile(scene: Scene) -> None:
    correct(scene, "boat", registration_class=RegistrationClass.FILED)


GATES = [
    (lapse, Refusal.CERTIFICATE_EXPIRED),
    (lower, Refusal.CERTIFICATE_GRADE),
    (withdraw, Refusal.CERTIFICATE_WITHDRAWN),
    (postpone, Refusal.CERTIFICATE_NOT_YET),
    (no_units, Refusal.CAPACITY_TAKEN),
    (no_skill, Refusal.SKILL_MISSING),
    (refile, Refusal.CLASS_UNFIT),
]


@pytest.mark.parametrize(("change", "refusal"), GATES)
@pytest.mark.parametrize("by", ["boat", DESK])
@pytest.mark.parametrize("late", [False, True])
def test_a5_unavailable_by_now_is_refused_with_that_reason(
    change: Any, refusal: Refusal, by: str, late: bool
) -> None:
    scene, line = boat("2025-07-31" if change is lapse else "2025-12-31")
    if late:
        scene.wait(minutes=6)
    change(scene)
    assert scene.refused_yes("boat", by=by) is refusal
    assert (scene.crews("boat"), scene.view(line).covered) == ([], 0)


def test_a5_only_some_units_are_left() -> None:
    scene = Scene()
    scene.team("boat", units=3)
    line = scene.post(target=3).line
    scene.capacity("boat", 2)
    assert scene.refused_yes("boat", 3) is Refusal.CAPACITY_TAKEN
    scene.says_yes("boat", 2)
    assert scene.view(line).covered == 2


def test_a5_by_hand_it_is_checked_as_well() -> None:
    scene, line = boat()
    scene.says_no("boat")
    scene.by_hand("boat", line)
    withdraw(scene)
    assert scene.refused_yes("boat") is Refusal.CERTIFICATE_WITHDRAWN


def test_a5_a_standby_is_checked_when_the_desk_takes_it_on() -> None:
    scene, line = boat()
    scene.wait(minutes=6)
    scene.team("other", skill="WATER", certificate=certificate(number="2"))
    scene.wait(minutes=0)
    scene.says_yes("other")
    scene.says_yes("boat", 1)
    assert scene.offer("boat").state == "standby"
    withdraw(scene)
    taken = c.TakeStandby(offer=scene.offer("boat").id)
    assert scene.refused(DESK, taken) is Refusal.CERTIFICATE_WITHDRAWN
    assert scene.view(line).covered == 1


def test_a5_retired_by_now_is_stood_down() -> None:
    scene, line = boat()
    scene.send(STEWARD, c.RetireOrganization(organization=scene.teams["boat"]))
    assert scene.refused_yes("boat") is Refusal.ORGANIZATION_RETIRED
    scene.wait(minutes=0)
    assert scene.offer("boat").stand_down_reason == "organization_retired"
    assert scene.refused_yes("boat") is Refusal.ORGANIZATION_RETIRED
    assert scene.view(line).unmet


def test_a5_duty_is_not_asked_whoever_says_yes_is_on_duty() -> None:
    scene, line = boat()
    scene.duty("boat", False)
    scene.says_yes("boat", 1)
    assert scene.view(line).covered == 1


def test_a5_put_right_the_same_yes_is_taken() -> None:
    scene, _ = boat()
    withdraw(scene)
    assert scene.refused_yes("boat") is Refusal.CERTIFICATE_WITHDRAWN
    record(scene, certificate())
    scene.says_yes("boat", 1)
    assert scene.crew("boat").state == "committed"
