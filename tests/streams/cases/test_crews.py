"""Cases A12–A14: time lost in an outage, crews that never came, taps that were not meant."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.turns import OWNER
from schemas.values import CloseReason
from streams.clock import TICK
from streams.parameters import MINUTE, SECOND, URGENCY
from tests.streams.cases.scene import Posted, Scene
from tests.streams.world import DESK, kinds, only

GRACE = {1: 10, 2: 20, 3: 60, 4: 120}


# A12: time lost in an outage


def resume(scene: Scene, since: int) -> Any:
    number = scene.operation.count(TICK) + 1
    return scene.send(OWNER, c.Resume(number=number, since=since))


def waiting(priority: int) -> tuple[Scene, Posted]:
    scene = Scene(live=True)
    scene.team("near")
    posted = scene.post(priority=priority)
    scene.wait(minutes=1)
    assert scene.asked(posted.line) == ["near"]
    return scene, posted


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
@pytest.mark.parametrize("away", [2, 4, 14, 600])
def test_a12_after_an_outage_everybody_has_the_time_that_was_left(priority: int, away: int) -> None:
    scene, posted = waiting(priority)
    before, since = scene.offer("near"), scene.at
    scene.at += away * MINUTE
    resumed = only(resume(scene, since), f.Resumed)
    assert resumed.lost == away * MINUTE
    assert scene.offer("near").answer_by == before.answer_by + away * MINUTE
    scene.at = scene.offer("near").answer_by
    scene.wait(minutes=0)
    assert scene.asked(posted.line) == ["near"]
    scene.at += 1
    scene.wait(minutes=0)
    assert scene.offer("near").state == "no_answer"


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_a12_with_a_second_left_it_is_a_fourth_of_the_time(priority: int) -> None:
    scene, _ = waiting(priority)
    offer = scene.offer("near")
    scene.at = offer.answer_by - SECOND
    since = scene.at
    scene.at += 14 * MINUTE
    resume(scene, since)
    assert scene.offer("near").answer_by == scene.at + (offer.answer_by - offer.sent_at) // 4
    assert not only(scene.says_yes("near"), f.OfferAccepted).late


def test_a12_a_yes_that_comes_first_after_the_outage_counts() -> None:
    """Given nobody to resume before it, the yes is late, and counts as any late yes."""
    scene, posted = waiting(1)
    scene.at += 14 * MINUTE
    assert only(scene.says_yes("near"), f.OfferAccepted).late
    assert scene.view(posted.line).covered == 1


def test_a12_a_posting_held_back_is_released_after_what_was_left() -> None:
    scene = Scene(live=True)
    scene.team("near")
    posted = scene.post(priority=3)
    scene.at += 20 * SECOND
    since = scene.at
    scene.at += 30 * MINUTE
    resume(scene, since)
    assert scene.demand_row(posted.demand).release_at == scene.at + 40 * SECOND
    assert scene.asked(posted.line) == []
    scene.wait(minutes=1)
    assert scene.asked(posted.line) == ["near"]


def test_a12_nobody_is_overdue_for_two_minutes_after_it() -> None:
    scene, _ = waiting(2)
    scene.says_yes("near", minutes=10)
    since = scene.at
    scene.at += 60 * MINUTE
    resume(scene, since)
    scene.at += 2 * MINUTE - 1
    scene.wait(minutes=0)
    assert not scene.crew("near").overdue
    scene.at += 1
    scene.wait(minutes=0)
    assert scene.crew("near").overdue


def test_a12_a_minute_is_no_outage_and_the_desk_sees_what_was_lost() -> None:
    scene, _ = waiting(2)
    answer_by = scene.offer("near").answer_by
    since = scene.at
    scene.at += MINUTE
    assert resume(scene, since) == ()
    assert scene.offer("near").answer_by == answer_by
    scene.at += MINUTE
    resume(scene, since)
    row: Any = scene.page["operation", scene.operation.id].row
    assert row.lost == 2 * MINUTE


def test_a12_twice_in_a_row_each_is_given_back_once() -> None:
    scene, _ = waiting(4)
    answer_by = scene.offer("near").answer_by
    for _ in range(2):
        since = scene.at
        scene.at += 5 * MINUTE
        resume(scene, since)
    assert scene.offer("near").answer_by == answer_by + 10 * MINUTE


def test_a12_time_given_back_is_no_reason_to_give_more_the_next_time() -> None:
    scene, _ = waiting(1)
    for _ in range(2):
        since = scene.at
        scene.at += 600 * MINUTE
        resume(scene, since)
        scene.at = scene.offer("near").answer_by - SECOND
    assert scene.offer("near").answer_by - scene.at == SECOND
    since, scene.at = scene.at, scene.at + 2 * MINUTE
    resume(scene, since)
    assert scene.offer("near").answer_by == scene.at + URGENCY[1].answer // 4


# A13: promised 20 minutes, never came


def promised(priority: int, minutes: int | None = 20) -> tuple[Scene, Posted]:
    """Near has said yes; far is in reach."""
    scene = Scene()
    scene.team("near")
    posted = scene.post(priority=priority)
    scene.wait(minutes=1)
    scene.says_yes("near", minutes=minutes)
    scene.team("far", township=4)
    return scene, posted


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_a13_promised_twenty_minutes_never_came_is_red(priority: int) -> None:
    scene, posted = promised(priority)
    crew = scene.crew("near")
    assert crew.promised_at == scene.at + 20 * MINUTE
    assert crew.slow_at == scene.at + 10 * MINUTE
    scene.wait(minutes=20 + GRACE[priority] - 1)
    assert not scene.crew("near").overdue
    facts = scene.wait(minutes=1)
    assert only(facts, f.CrewOverdue).assignment == crew.id
    view = scene.view(posted.line)
    assert (scene.crew("near").overdue, view.doubtful, view.covered) == (True, 1, 1)
    assert scene.crew("near").state == "committed"


def test_a13_for_the_most_urgent_the_next_one_is_asked_after_five_minutes() -> None:
    scene, posted = promised(1)
    scene.wait(minutes=34)
    assert scene.asked(posted.line) == []
    assert "CrewDoubted" in kinds(scene.wait(minutes=1))
    assert (scene.asked(posted.line), scene.crew("near").replaced) == (["far"], True)
    scene.says_yes("far")
    view = scene.view(posted.line)
    assert (view.covered, view.replaced, scene.crew("near").state) == (1, 1, "committed")


@pytest.mark.parametrize("priority", [2, 3, 4])
def test_a13_for_others_a_person_decides(priority: int) -> None:
    scene, posted = promised(priority)
    scene.wait(minutes=24 * 60)
    assert scene.crew("near").overdue
    assert scene.asked(posted.line) == []
    scene.by_hand("far", posted.line)
    scene.says_yes("far")
    assert scene.view(posted.line).covered == 2


@pytest.mark.parametrize("priority", [2, 3, 4])
def test_a13_whom_the_desk_asks_meanwhile_is_not_sent_home_by_the_red_light(priority: int) -> None:
    scene, posted = promised(priority)
    scene.wait(minutes=20 + GRACE[priority] - 1)
    scene.by_hand("far", posted.line)
    scene.wait(minutes=1)
    assert scene.crew("near").overdue
    assert scene.asked(posted.line) == ["far"]
    scene.step(c.GiveNewTime, "near", minutes=30)
    assert scene.asked(posted.line) == ["far"]


@pytest.mark.parametrize("by", ["near", DESK])
def test_a13_a_new_time_is_waited_for(by: str) -> None:
    scene, posted = promised(2)
    scene.wait(minutes=45)
    given = only(scene.step(c.GiveNewTime, "near", by=by, minutes=30), f.NewTimeGiven)
    assert given.by_desk == (by == DESK)
    crew = scene.crew("near")
    assert (crew.overdue, crew.promised_at) == (False, scene.at + 30 * MINUTE)
    assert scene.view(posted.line).doubtful == 0
    scene.wait(minutes=49)
    assert not scene.crew("near").overdue
    scene.wait(minutes=1)
    assert scene.crew("near").overdue


def test_a13_a_second_delay_of_the_most_urgent_asks_one_more() -> None:
    scene, posted = promised(1)
    scene.step(c.GiveNewTime, "near", minutes=40)
    assert scene.asked(posted.line) == []
    scene.wait(minutes=5)
    scene.step(c.GiveNewTime, "near", minutes=60)
    assert (scene.crew("near").new_times, scene.crew("near").replaced) == (2, True)
    assert scene.asked(posted.line) == ["far"]


@pytest.mark.parametrize("milliseconds", [0, 300, 20_000])
def test_a13_a_new_time_tapped_twice_is_one_delay(milliseconds: int) -> None:
    scene, posted = promised(1)
    scene.step(c.GiveNewTime, "near", minutes=40)
    crew = scene.crew("near")
    scene.at += milliseconds
    assert scene.step(c.GiveNewTime, "near", minutes=40) == ()
    assert (scene.crew("near"), scene.asked(posted.line)) == (crew, [])


def test_a13_coming_sooner_than_said_calls_nobody_out() -> None:
    scene, posted = promised(1)
    for minutes in (18, 15, 12, 9):
        scene.step(c.GiveNewTime, "near", minutes=minutes)
    assert (scene.asked(posted.line), scene.crew("near").replaced) == ([], False)


def test_a13_the_late_crew_arrives_after_all_and_the_next_is_thanked() -> None:
    scene, posted = promised(1)
    scene.wait(minutes=36)
    assert scene.asked(posted.line) == ["far"]
    scene.step(c.Arrive, "near")
    assert scene.offer("far").stand_down_reason == "covered"
    crew, view = scene.crew("near"), scene.view(posted.line)
    assert (crew.overdue, crew.replaced, view.doubtful) == (False, False, 0)
    scene.wait(minutes=12 * 60)
    assert not scene.crew("near").overdue


def test_a13_it_says_that_it_cannot() -> None:
    scene, posted = promised(2)
    scene.wait(minutes=45)
    scene.step(c.CannotComplete, "near")
    view = scene.view(posted.line)
    assert (view.covered, view.doubtful, scene.asked(posted.line)) == (0, 0, ["far"])


def test_a13_without_minutes_the_road_says_how_long_it_may_take() -> None:
    scene = Scene()
    scene.team("far", township=5)
    scene.post(priority=2)
    meters = scene.offer("far").meters
    assert meters > 15_000
    scene.says_yes("far")
    way = meters * MINUTE // 416 + 15 * MINUTE  # at 25 km/h, after gathering
    assert scene.crew("far").promised_at == scene.at + way


def test_a13_who_has_set_off_is_not_amber_and_is_red_all_the_same() -> None:
    scene, _ = promised(2)
    scene.step(c.SetOff, "near")
    assert scene.crew("near").slow_at is None
    scene.wait(minutes=40)
    assert scene.crew("near").overdue


@pytest.mark.parametrize("late", [False, True])
def test_a13_a_demand_that_becomes_most_urgent_waits_as_briefly_as_one(late: bool) -> None:
    scene, posted = promised(4)
    scene.wait(minutes=140 if late else 5)
    assert scene.crew("near").overdue is late
    scene.amend(posted.demand, priority=1)
    scene.wait(minutes=5 if late else 15 + 10 + 5)
    assert scene.crew("near").overdue
    assert scene.asked(posted.line) == ["far"]


def test_a13_closed_nobody_waits_any_more() -> None:
    scene, posted = promised(1)
    scene.close(posted.demand, CloseReason.CANCELED)
    assert not [fact for fact in scene.wait(minutes=600) if isinstance(fact, f.CrewOverdue)]
