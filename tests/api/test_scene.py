"""A crew on the scene, through the doors: well, silent, and counted."""

from __future__ import annotations

from schemas.facts import (
    CheckInEscalated,
    CheckInMissed,
    CrewCheckedIn,
    HeadsCounted,
    ReportEscalated,
)
from tests.api.house import JSON_HEADERS, House
from tests.api.test_doors import done, the_row
from tests.api.test_steps import MINUTE, at_work, facts, refused, row, step


async def test_a_crew_that_falls_silent_is_red_until_there_is_a_word(stage: House) -> None:
    desk, crew, assignment = await at_work(stage)
    done(await step(crew, assignment, "arrive"))
    assert (await row(crew))["check_in_by"] == stage.context.now() + 60 * MINUTE
    await stage.wait(minutes=66)
    seen = await row(desk)
    assert (seen["missed_at"] is not None, seen["escalated"]) == (True, False)
    await stage.wait(minutes=6)
    assert (await row(desk))["escalated"]
    assert len(facts(stage, CheckInMissed)) == len(facts(stage, CheckInEscalated)) == 1
    done(await step(desk, assignment, "check-in", people=4), assignment)  # heard by phone
    seen = await row(crew)
    assert (seen["missed_at"], seen["escalated"], seen["people"]) == (None, False, 4)
    [fact] = facts(stage, CrewCheckedIn)
    assert fact.by_desk


async def test_a_check_in_tapped_hours_ago_by_a_wrong_clock_counts_when_it_comes(
    stage: House,
) -> None:
    """A phone three hours off breaks nothing: what it claims is kept and decides nothing."""
    _, crew, assignment = await at_work(stage)
    done(await step(crew, assignment, "arrive"))
    await stage.wait(minutes=30)
    for off in (-180, 180):
        tapped = str(stage.context.now() + off * MINUTE)
        headers = {**JSON_HEADERS, "idempotency-key": tapped, "shouwang-tapped-at": tapped}
        path = f"/assignments/{assignment}/check-in"
        done(await crew.send(path, b"{}", headers.items()), assignment)
        assert (await row(crew))["check_in_by"] == stage.context.now() + 60 * MINUTE
        await stage.wait(minutes=2)


async def test_nobody_leaves_uncounted(stage: House) -> None:
    desk, crew, assignment = await at_work(stage, people=5)
    done(await step(crew, assignment, "arrive"))
    done(await step(crew, assignment, "heads", inside=3), assignment)
    assert (await row(desk))["inside"] == 3
    refused(await step(crew, assignment, "report-done"), 409, "heads_inside")
    refused(await step(crew, assignment, "cannot-complete"), 409, "heads_inside")
    done(await step(crew, assignment, "report-done", everybody_out=True), assignment)
    assert (await row(desk))["inside"] == 0
    assert [fact.inside for fact in facts(stage, HeadsCounted)] == [3, 0]


async def test_what_is_reported_from_the_scene_is_answered_with_one_act(stage: House) -> None:
    desk, crew, assignment = await at_work(stage)
    done(await step(crew, assignment, "arrive"))
    refused(await step(crew, assignment, "report", what="people_helped"), 422, "report_unfit")
    done(await step(crew, assignment, "report", what="need_more", quantity=2), assignment)
    [report] = (await row(desk))["reports"]
    assert (report["what"], report["quantity"], report["skill"]) == ("need_more", 2, "PUMP_DRAIN")
    path = f"reports/{report['id']}/answer"
    refused(await step(crew, assignment, path, answer="noted"), 403, "role_missing")
    done(await step(desk, assignment, path, answer="raised"), assignment)
    refused(await step(desk, assignment, path, answer="noted"), 409, "report_answered")
    [line] = (await the_row(desk, "demand"))["lines"]
    seen = await row(crew)
    assert (line["target"], seen["reports"], seen["answered"]["answer"]) == (3, [], "raised")
    done(await step(crew, assignment, "report-done", helped=12))
    assert (await row(desk))["helped"] == 12


async def test_a_report_that_nobody_answers_climbs(stage: House) -> None:
    desk, crew, assignment = await at_work(stage)
    done(await step(crew, assignment, "arrive"))
    done(await step(crew, assignment, "report", what="road_cut", text="桥面被冲断"))
    await stage.wait(minutes=16)
    [report] = (await row(desk))["reports"]
    assert report["escalated"]
    assert len(facts(stage, ReportEscalated)) == 1
