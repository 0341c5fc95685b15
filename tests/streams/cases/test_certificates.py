"""Cases C1–C3 and C6: certificates by day, number and issuer, and who can have a grade."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import commands as c
from schemas.codes import SKILLS
from schemas.refusals import Refusal
from schemas.values import Certificate, RegistrationClass
from streams.days import end_of, start_of
from tests.streams.cases.scene import Scene, correct, gates
from tests.streams.world import STEWARD, certificate, kinds

GRADED = [code for code, skill in SKILLS.items() if skill.graded]


def boat(**held: Any) -> Scene:
    scene = Scene()
    scene.team("boat", skill="WATER", certificate=certificate(**held))
    return scene


def wanted(scene: Scene, grade: int = 2, priority: int = 1) -> Any:
    return scene.post(skill="WATER", grade=grade, priority=priority).line


def record(scene: Scene, **held: Any) -> None:
    made = certificate(**held)
    scene.send(STEWARD, c.RecordCertificate(organization=scene.teams["boat"], certificate=made))


# C1: expired still counts


def test_c1_expired_yesterday_fails_at_its_gate() -> None:
    scene = boat(through="2025-07-30")
    line = wanted(scene)
    assert (scene.asked(line), gates(scene, line)) == ([], ["certificate_expired"])
    assert scene.why("boat", line).en == "Its certificate expired at the end of 2025-07-30."
    assert "2025-07-30 到期" in scene.why("boat", line).zh


@pytest.mark.parametrize(("seconds", "asked"), [(-1, True), (0, False)])
def test_c1_the_last_day_is_good_to_its_end_at_home(seconds: int, asked: bool) -> None:
    scene = boat(through="2025-07-31")
    scene.at = end_of("2025-07-31") + seconds * 1_000
    assert (scene.asked(wanted(scene)) == ["boat"]) is asked


def test_c1_across_midnight_the_yes_before_counts_and_the_one_after_does_not() -> None:
    scene = boat(through="2025-07-31")
    scene.at = end_of("2025-07-31") - 30_000
    line = wanted(scene)
    scene.at += 29_999
    scene.says_yes("boat")
    assert scene.view(line).covered == 1
    scene = boat(through="2025-07-31")
    scene.at = end_of("2025-07-31") - 30_000
    line = wanted(scene)
    scene.at += 30_000
    assert scene.refused_yes("boat") is Refusal.CERTIFICATE_EXPIRED


def test_c1_not_valid_yet_is_asked_when_its_day_begins() -> None:
    scene = boat(since="2025-08-01")
    line = wanted(scene, priority=3)
    scene.wait(minutes=1)
    assert gates(scene, line) == ["certificate_not_yet"]
    assert "Open again from 08-01 00:00" in scene.why("boat", line).en
    scene.pass_to("23:59")
    assert scene.asked(line) == []
    scene.at = start_of("2025-08-01")
    scene.wait(minutes=0)
    assert scene.asked(line) == ["boat"]


def test_c1_renewed_it_is_asked_at_once() -> None:
    scene = boat(through="2025-07-30")
    line = wanted(scene)
    record(scene, through="2027-07-30")
    scene.wait(minutes=0)
    assert scene.asked(line) == ["boat"]


@pytest.mark.parametrize("grade", [1, 2, 3])
@pytest.mark.parametrize("asked_for", [1, 2, 3])
def test_c1_the_latest_word_on_a_number_counts_not_the_best(grade: int, asked_for: int) -> None:
    scene = boat(grade=1)
    record(scene, grade=grade)
    line = wanted(scene, asked_for)
    assert (scene.asked(line) == ["boat"]) is (grade <= asked_for)
    assert len(scene.organization_row("boat").certificates) == 1


def test_c1_another_number_is_another_certificate() -> None:
    scene = boat(grade=3)
    record(scene, grade=1, number="2", through="2025-07-30")
    assert gates(scene, wanted(scene, 2)) == ["certificate_expired"]
    assert scene.asked(wanted(scene, 3)) == ["boat"]


@pytest.mark.parametrize("day", ["2025-02-29", "2025-13-01", "2025-00-10"])
def test_c1_a_day_that_is_none_is_refused(day: str) -> None:
    scene = boat()
    for held in (certificate(through=day), certificate(since=day)):
        command = c.RecordCertificate(organization=scene.teams["boat"], certificate=held)
        assert scene.refused(STEWARD, command) is Refusal.VALIDITY_UNFIT


# C2: fraudulent issuer


def test_c2_fraudulent_issuer_its_teams_leave_and_live_work_is_flagged() -> None:
    scene = Scene()
    for name, issuer in (("false", "某协会"), ("at work", "某协会"), ("true", "省厅")):
        scene.team(name, skill="WATER", certificate=certificate(issuer=issuer, number=name))
    first = wanted(scene)
    scene.says_yes("at work")
    assert scene.crew("at work").unfit is None
    scene.send(STEWARD, c.WithdrawIssuer(issuer="某协会"))
    assert scene.crew("at work").unfit == "certificate_withdrawn"
    assert scene.view(first).covered == 1
    second = wanted(scene)
    assert scene.asked(second) == ["true"]
    assert gates(scene, second) == ["certificate_withdrawn"]
    assert "was withdrawn" in scene.why("false", second).en
    assert "撤销" in scene.why("false", second).zh
    views = scene.organization_row("false").certificates
    assert [view.withdrawn for view in views] == [True]
    assert scene.refused(STEWARD, c.WithdrawIssuer(issuer="某协会")) is Refusal.CERTIFICATE_UNKNOWN


@pytest.mark.parametrize("grade", [2, 3])
def test_c2_another_certificate_keeps_it_in(grade: int) -> None:
    scene = boat(issuer="某协会")
    record(scene, issuer="省厅", grade=grade)
    line = wanted(scene)
    scene.says_yes("boat")
    scene.send(STEWARD, c.WithdrawIssuer(issuer="某协会"))
    expected = None if grade == 2 else "certificate_withdrawn"
    assert scene.crew("boat").unfit == expected
    assert scene.view(line).covered == 1


def test_c2_lowered_while_at_work_is_flagged_too() -> None:
    scene = boat(grade=1)
    wanted(scene, 1)
    scene.says_yes("boat")
    record(scene, grade=2)
    assert scene.crew("boat").unfit == "certificate_grade"
    record(scene, grade=1)
    assert scene.crew("boat").unfit is None


def test_c2_withdrawn_by_its_number_and_recorded_anew() -> None:
    scene = boat(number="7")
    line = wanted(scene)
    scene.says_no("boat")
    one = c.WithdrawCertificate(
        organization=scene.teams["boat"], issuer=certificate().issuer, number="7"
    )
    assert kinds(scene.send(STEWARD, one)) == ["CertificateWithdrawn"]
    assert scene.send(STEWARD, one) == ()
    scene.wait(minutes=30)
    assert (scene.asked(line), gates(scene, line)) == ([], ["certificate_withdrawn"])
    record(scene, number="7")
    scene.wait(minutes=0)
    assert scene.asked(line) == ["boat"]
    other = c.WithdrawCertificate(organization=scene.teams["boat"], issuer="x", number="7")
    assert scene.refused(STEWARD, other) is Refusal.CERTIFICATE_UNKNOWN


# C3: a grade for a club of three


@pytest.mark.parametrize("unfit", [RegistrationClass.FILED, RegistrationClass.VILLAGE_GUIDED])
@pytest.mark.parametrize("skill", GRADED)
def test_c3_a_grade_for_a_club_of_three_is_refused(unfit: RegistrationClass, skill: str) -> None:
    scene = Scene()
    scene.team("club", skill=skill, registration_class=unfit)
    command = c.RecordCertificate(
        organization=scene.teams["club"], certificate=certificate(skill, 1)
    )
    assert scene.refused(STEWARD, command) is Refusal.CLASS_UNFIT
    line = scene.post(skill=skill, grade=3).line
    assert (scene.asked(line), gates(scene, line)) == ([], ["registration_class"])
    assert "registered with civil affairs" in scene.why("club", line).en


def test_c3_its_boats_are_asked_as_boats() -> None:
    scene = Scene()
    village = RegistrationClass.VILLAGE_GUIDED
    scene.team("boatmen", skill="BOAT_OPERATE", units=3, registration_class=village)
    assert scene.asked(scene.post(skill="BOAT_OPERATE", target=3).line) == ["boatmen"]


def test_c3_registered_since_it_is_recorded_and_asked() -> None:
    scene = Scene()
    scene.team("club", skill="WATER", registration_class=RegistrationClass.FILED)
    line = wanted(scene)
    correct(scene, "club", registration_class=RegistrationClass.REGISTERED)
    held = c.RecordCertificate(organization=scene.teams["club"], certificate=certificate())
    scene.send(STEWARD, held)
    scene.wait(minutes=0)
    assert scene.asked(line) == ["club"]


# C6: a team's own grades are not persons' grades


def test_c6_a_persons_grade_is_not_a_teams() -> None:
    scene = boat()
    good = certificate()
    for standard in ("应急救援员 三级", "中型", "YJ/T 1.2-2022", "yj/t 1.4-2022"):
        person = Certificate(
            skill="WATER",
            grade=3,
            standard=standard,
            issuer=good.issuer,
            number="9",
            valid_through=good.valid_through,
        )
        command = c.RecordCertificate(organization=scene.teams["boat"], certificate=person)
        assert scene.refused(STEWARD, command) is Refusal.STANDARD_UNFIT
    assert len(scene.organization_row("boat").certificates) == 1
