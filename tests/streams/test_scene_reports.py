"""Reports from the scene: what a crew finds is answered with one act, or climbs."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import CloseReason, ReportAnswer, SceneReport
from streams.parameters import DAY, MINUTE
from tests.streams.test_checking import OnScene
from tests.streams.world import DESK, kinds, only

WITHIN = {1: 5, 2: 15, 4: 15}  # minutes


def said(scene: OnScene, what: SceneReport, actor: str = "near", **more: Any) -> f.SceneReported:
    reported: f.SceneReported = only(
        scene.step(c.ReportFromScene, actor, what=what, **more), f.SceneReported
    )
    return reported


def answer(scene: OnScene, report: f.SceneReported, answer: ReportAnswer) -> Any:
    return scene.step(c.AnswerReport, DESK, report=report.report, answer=answer)


@pytest.mark.parametrize("priority", WITHIN)
def test_what_nobody_answers_climbs_to_the_county(priority: int) -> None:
    """Given a report, when its time passes without an answer, then the county's desk has it."""
    scene = OnScene(priority)
    report = said(scene, SceneReport.NOT_AS_DESCRIBED, text="水深两米")
    assert report.answer_by == scene.world.at + WITHIN[priority] * MINUTE
    [view] = scene.row().reports
    assert (view.what, view.text, view.escalated) == ("not_as_described", "水深两米", False)
    told = only(scene.world.until(scene.world.at + DAY, f.ReportEscalated), f.ReportEscalated)
    assert told.at == report.answer_by
    assert scene.row().reports[0].escalated
    answer(scene, report, ReportAnswer.AMENDED)
    assert scene.row().reports == ()
    assert scene.row().answered is not None


def test_an_answer_in_time_keeps_it_where_it_is() -> None:
    scene = OnScene()
    report = said(scene, SceneReport.ROAD_CUT, text="桥断")
    assert kinds(answer(scene, report, ReportAnswer.NOTED)) == ["ReportAnswered"]
    assert "ReportEscalated" not in kinds(scene.world.wait(minutes=50))
    last = scene.row().answered
    assert last is not None
    assert (last.id, last.answer) == (report.report, "noted")


def test_more_is_asked_for_with_one_act() -> None:
    """Of the crew's own skill on its own line; of another one on a line that is added."""
    scene = OnScene()
    line = scene.world.operation.lines[scene.line]
    own = said(scene, SceneReport.NEED_MORE, quantity=2)
    assert (own.skill, own.quantity) == (line.skill, 2)
    facts = answer(scene, own, ReportAnswer.RAISED)
    assert kinds(facts)[:2] == ["DemandAmended", "ReportAnswered"]
    assert scene.world.operation.lines[scene.line].target == line.target + 2
    graded = said(scene, SceneReport.NEED_MORE, skill="WATER")
    amended = only(answer(scene, graded, ReportAnswer.RAISED), f.DemandAmended)
    [added] = amended.lines
    wanted = (added.request.skill, added.request.target, added.request.grade)
    assert wanted == ("WATER", 1, 3)


def test_an_answer_that_does_not_fit_is_refused() -> None:
    scene = OnScene()
    report = said(scene, SceneReport.ROAD_CUT, text="桥断")
    said_so = {"report": report.report, "answer": ReportAnswer.RAISED}
    assert scene.refused(c.AnswerReport, DESK, **said_so) is Refusal.ANSWER_UNFIT
    many = said(scene, SceneReport.NEED_MORE, quantity=500)
    too_many = {"report": many.report, "answer": ReportAnswer.RAISED}
    assert scene.refused(c.AnswerReport, DESK, **too_many) is Refusal.ANSWER_UNFIT


def test_two_desks_that_answer_at_once_do_it_once() -> None:
    scene = OnScene()
    report = said(scene, SceneReport.NEED_MORE)
    answer(scene, report, ReportAnswer.NOTED)
    assert answer(scene, report, ReportAnswer.NOTED) == ()
    other = {"report": report.report, "answer": ReportAnswer.RAISED}
    assert scene.refused(c.AnswerReport, DESK, **other) is Refusal.REPORT_ANSWERED


@pytest.mark.parametrize(
    "wrong",
    [
        {"what": SceneReport.PEOPLE_HELPED},
        {"what": SceneReport.PEOPLE_HELPED, "quantity": 3, "skill": "WATER"},
        {"what": SceneReport.ROAD_CUT},
        {"what": SceneReport.NOT_AS_DESCRIBED, "text": "x", "quantity": 1},
        {"what": SceneReport.NEED_MORE, "quantity": 501},
        {"what": SceneReport.NEED_MORE, "skill": "JUGGLING"},
    ],
)
def test_a_report_is_whole_or_refused(wrong: dict[str, Any]) -> None:
    assert OnScene().refused(c.ReportFromScene, **wrong) is Refusal.REPORT_UNFIT


def test_a_desk_is_not_drowned_in_one_crews_reports() -> None:
    scene = OnScene()
    for number in range(5):
        said(scene, SceneReport.NOT_AS_DESCRIBED, text=f"{number}")
    assert scene.step(c.ReportFromScene, what=SceneReport.NOT_AS_DESCRIBED, text="3") == ()
    more = {"what": SceneReport.NOT_AS_DESCRIBED, "text": "5"}
    assert scene.refused(c.ReportFromScene, **more) is Refusal.REPORTS_WAITING
    helped = said(scene, SceneReport.PEOPLE_HELPED, quantity=4)  # that waits for nobody
    assert (helped.answer_by, scene.row().helped) == (None, 4)


def test_people_helped_are_said_in_all_also_with_the_end_of_the_work() -> None:
    scene = OnScene()
    said(scene, SceneReport.PEOPLE_HELPED, quantity=4)
    assert scene.step(c.ReportFromScene, what=SceneReport.PEOPLE_HELPED, quantity=4) == ()
    assert kinds(scene.step(c.ReportDone, helped=9)) == ["SceneReported", "AssignmentReportedDone"]
    assert scene.row().helped == 9


def test_a_report_is_a_word_of_the_crew_and_implies_that_it_is_there() -> None:
    scene = OnScene()
    scene.world.wait(minutes=50)
    said(scene, SceneReport.ROAD_CUT, text="桥断")
    assert scene.row().check_in_by == scene.world.at + 60 * MINUTE


def test_what_is_closed_needs_no_answer() -> None:
    scene = OnScene()
    report = said(scene, SceneReport.NEED_MORE)
    scene.world.close(scene.demand, CloseReason.CANCELED)
    assert scene.row().reports == ()
    assert "ReportEscalated" not in kinds(scene.world.wait(minutes=50))
    late = {"report": report.report, "answer": ReportAnswer.NOTED}
    assert scene.refused(c.AnswerReport, DESK, **late) is Refusal.REPORT_ANSWERED


def test_a_crew_that_has_left_is_answered_all_the_same() -> None:
    scene = OnScene()
    report = said(scene, SceneReport.NEED_MORE)
    scene.step(c.ReportDone)
    scene.step(c.ConfirmAssignment, DESK)
    answer(scene, report, ReportAnswer.RAISED)
    assert scene.row().reports == ()
