"""Cases A1–A3: nobody is burnt. Whoever was asked once is asked again, and told when."""

from __future__ import annotations

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.values import AgainOn, CloseReason, DeclineReason, LineId
from streams.parameters import DAY, HOUR, MINUTE, URGENCY
from tests.streams.cases.scene import Scene, seat
from tests.streams.world import COUNTY, DESK, kinds, only

PAUSES = {  # minutes from the end of each silence to the next request
    1: (5, 10, 20, 30, 30, 30),
    2: (10, 20, 40, 80),
    3: (30, 60, 120, 240),
    4: (120, 240, 480),
}
ANSWER = {priority: URGENCY[priority].answer // MINUTE for priority in URGENCY}


def alone(priority: int = 1, **wishes: int) -> tuple[Scene, LineId]:
    """The only pump team in reach is asked."""
    scene = Scene()
    scene.team("pumps", **wishes)
    line = scene.post(priority=priority).line
    if priority > 2:
        scene.wait(minutes=1)
    return scene, line


# A1: burnt for ever


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_a1_burnt_for_ever_whoever_is_silent_is_asked_again_after_each_pause(priority: int) -> None:
    scene, line = alone(priority)
    for pause in PAUSES[priority]:
        offer = scene.offer("pumps")
        assert offer.answer_by - offer.sent_at == ANSWER[priority] * MINUTE
        scene.wait(minutes=ANSWER[priority])
        scene.at += 1
        scene.tick()
        promised = scene.offer("pumps")
        assert (promised.state, scene.asked(line)) == ("no_answer", [])
        assert promised.again_at == offer.answer_by + pause * MINUTE
        scene.at = promised.again_at - 1
        scene.wait(minutes=0)
        assert scene.asked(line) == []
        scene.at = promised.again_at
        scene.wait(minutes=0)
        assert scene.asked(line) == ["pumps"]


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_a1_four_hours_of_silence_are_no_flood_of_facts(priority: int) -> None:
    scene, _ = alone(priority)
    facts = kinds(scene.wait(minutes=240))
    assert facts.count("LineUnmet") <= 4 * (facts.count("OfferSent") + 1)


def test_a1_a_silence_of_days_is_asked_again_every_day() -> None:
    scene, line = alone(4)
    scene.wait(minutes=10 * 24 * 60)
    offers = scene.offers("pumps", line)
    assert offers[-1].sent_at - offers[-2].sent_at == DAY + HOUR
    assert offers[-1].sent_at > scene.at - DAY - HOUR


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_a1_a_team_that_comes_on_duty_again_is_asked_at_once(priority: int) -> None:
    scene, line = alone(priority)
    scene.duty("pumps", False)
    scene.wait(minutes=ANSWER[priority] + 1)
    scene.pass_to("10:00")
    assert scene.asked(line) == []
    scene.duty("pumps", True)
    assert "OfferSent" in kinds(scene.wait(minutes=0))
    assert scene.asked(line) == ["pumps"]


@pytest.mark.parametrize("priority", [1, 2])
def test_a1_a_team_that_states_its_units_anew_is_asked_at_once(priority: int) -> None:
    scene, line = alone(priority)
    scene.wait(minutes=ANSWER[priority] + 1)
    assert scene.asked(line) == []
    scene.capacity("pumps", 2)
    scene.wait(minutes=0)
    assert scene.asked(line) == ["pumps"]


def test_a1_silence_on_one_line_burns_nobody_for_another() -> None:
    scene, line = alone(2)
    scene.wait(minutes=6)
    other = scene.post(priority=2).line
    assert (scene.asked(line), scene.asked(other)) == ([], ["pumps"])


def test_a1_who_was_not_asked_yet_comes_first_then_whoever_was_silent() -> None:
    scene, line = alone(2)
    scene.wait(minutes=6)
    scene.team("farther", township=5)
    scene.wait(minutes=0)
    assert scene.asked(line) == ["farther"]
    scene.wait(minutes=9)
    assert scene.asked(line) == ["pumps"]
    assert scene.offer("pumps").rank == 1


def test_a1_reopened_everybody_is_asked_from_zero() -> None:
    scene, line = alone(4)
    demand = scene.operation.lines[line].demand
    scene.wait(minutes=61)
    scene.close(demand, CloseReason.EXPIRED_UNMET)
    scene.reopen(demand)
    assert scene.asked(line) == ["pumps"]


def test_a1_why_says_it_in_words() -> None:
    scene, line = alone(2)
    scene.wait(minutes=6)
    zh, en = scene.why("pumps", line)
    assert en.startswith("Asked at 08:10: number 1 by distance")
    assert en.endswith(
        "no answer by 08:15. May be asked again from 08:25, or once its units or its duty change."
    )
    for said in ("08:10 已请求", "至 08:15 未答复", "08:25 起可再次请求"):
        assert said in zh
    scene.pass_to("08:25")
    assert "its answer is awaited until 08:30" in scene.why("pumps", line).en


def test_a1_what_the_page_promises_comes_true() -> None:
    """Each "next try" of the card is a time at which somebody looks, or is asked before."""
    scene, line = alone(1)
    for _ in range(40):
        promised = scene.view(line).retry_at
        if promised is None:
            break
        scene.at = max(scene.at, promised)
        assert scene.wait(minutes=0)
        later = scene.view(line).retry_at
        assert later is None or later > promised


@pytest.mark.parametrize("urgent", [1, 2])
def test_a1_a_demand_that_becomes_urgent_asks_the_silent_again_at_once(urgent: int) -> None:
    """Nobody answered the routine request; the water rises."""
    scene, line = alone(4)
    scene.wait(minutes=61)
    assert scene.offer("pumps").again_at == scene.time("11:11")
    scene.amend(scene.offer("pumps").demand, priority=urgent)
    assert scene.asked(line) == ["pumps"]
    scene.wait(minutes=ANSWER[urgent] + 1)
    assert scene.asked(line) == []


def test_a1_a_demand_that_becomes_urgent_presses_nobody_who_said_no() -> None:
    scene, line = alone(4)
    scene.says_no("pumps")
    scene.amend(scene.offer("pumps").demand, priority=1)
    assert scene.asked(line) == []


# A2: thanked, then needed


def covered_by_near(priority: int = 1, **near: int) -> tuple[Scene, LineId]:
    """Near and far are asked for one line; near says yes, so far is thanked."""
    scene = Scene()
    scene.team("near", **near)
    scene.team("far", township=5)
    line = scene.post(priority=priority).line
    if priority > 2:
        scene.wait(minutes=1)
    assert scene.asked(line) == ["far", "near"]
    scene.says_yes("near", 1)
    assert scene.offer("far").stand_down_reason == "covered"
    assert scene.view(line).covered == 1
    return scene, line


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
@pytest.mark.parametrize("by", ["near", DESK])
def test_a2_thanked_then_needed_is_asked_in_the_same_turn(priority: int, by: str) -> None:
    scene, line = covered_by_near(priority)
    scene.wait(minutes=3)
    facts = scene.step(c.CannotComplete, "near", by=by)
    assert only(facts, f.OfferSent).organization == scene.teams["far"]
    assert (scene.asked(line), scene.view(line).covered) == (["far"], 0)


def test_a2_even_hours_later_and_from_the_scene() -> None:
    scene, line = covered_by_near()
    scene.step(c.Arrive, "near")
    scene.wait(minutes=5 * 60)
    scene.step(c.CannotComplete, "near")
    assert scene.asked(line) == ["far"]
    scene.says_no("far")
    assert "said no at 13:10: no crew" in scene.why("far", line).en


def test_a2_the_one_who_gave_up_is_asked_again_after_its_pause() -> None:
    scene, line = covered_by_near()
    scene.step(c.CannotComplete, "near")
    scene.says_no("far", DeclineReason.TOO_FAR)
    assert scene.asked(line) == []
    en = scene.why("near", line).en
    assert "said yes at 08:10, gave up at 08:10. May be asked again from 08:40" in en
    assert scene.offer("near").again_at == scene.time("08:40")
    scene.pass_to("08:40")
    assert scene.asked(line) == ["near"]


def test_a2_thanked_because_it_went_elsewhere_and_free_again() -> None:
    """Given one pump and two lines, when it is released from the one, then the other has it."""
    scene = Scene()
    scene.team("pumps")
    routine = scene.post(priority=2).line
    urgent = scene.post(priority=1).line
    scene.says_yes("pumps")
    assert scene.offer("pumps", routine).stand_down_reason == "needed_elsewhere"
    assert (scene.asked(routine), scene.asked(urgent)) == ([], [])
    scene.wait(minutes=90)
    scene.done("pumps")
    assert scene.asked(routine) == ["pumps"]


def test_a2_a_standing_down_crew_may_be_asked_for_the_next_line() -> None:
    scene, _ = covered_by_near()
    crew = scene.crew("near")
    scene.close(crew.demand, CloseReason.CANCELED)
    other = scene.post(priority=3).line
    scene.wait(minutes=1)
    assert scene.asked(other) == ["far", "near"]


def test_a2_raised_target_asks_the_thanked_one_again() -> None:
    scene, line = covered_by_near()
    demand = scene.crew("near").demand
    scene.amend(demand, targets=(2,))
    assert scene.asked(line) == ["far"]


# A3: no, but in two hours


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
@pytest.mark.parametrize("by", ["pumps", DESK])
@pytest.mark.parametrize("reason", list(DeclineReason))
def test_a3_free_from_is_asked_again_then(priority: int, by: str, reason: DeclineReason) -> None:
    scene, line = alone(priority)
    said = scene.says_no("pumps", reason, free_from=scene.time("14:00"), by=by)
    assert (said.by_desk, said.again_at) == (by == DESK, scene.time("14:00"))
    scene.pass_to("13:59")
    assert scene.asked(line) == []
    scene.pass_to("14:00")
    assert scene.asked(line) == ["pumps"]


def test_a3_what_was_said_stays_readable() -> None:
    scene, line = alone(2)
    scene.says_no("pumps", DeclineReason.EQUIPMENT, free_from=scene.time("14:00"))
    row = scene.offer("pumps")
    assert (row.state, row.free_from) == ("declined", scene.time("14:00"))
    assert (row.again_at, row.again_on) == (scene.time("14:00"), AgainOn.FORCE)
    en = scene.why("pumps", line).en
    assert "said no at 08:10: equipment" in en
    assert "May be asked again from 14:00" in en
    assert "14:00 起可再次请求" in scene.why("pumps", line).zh


def test_a3_across_midnight_the_day_is_said() -> None:
    scene, line = alone(2)
    scene.says_no("pumps", free_from=scene.time("00:30", "2025-08-01"))
    assert "from 08-01 00:30" in scene.why("pumps", line).en
    scene.pass_to("00:29", "2025-08-01")
    assert scene.asked(line) == []
    scene.pass_to("00:30", "2025-08-01")
    assert scene.asked(line) == ["pumps"]


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_a3_said_after_the_deadline_it_is_heard_as_well(priority: int) -> None:
    scene, line = alone(priority)
    scene.wait(minutes=ANSWER[priority] + 1)
    assert scene.offer("pumps").state == "no_answer"
    scene.says_no("pumps", free_from=scene.time("11:00"))
    scene.pass_to("10:59")
    assert scene.asked(line) == []
    scene.pass_to("11:00")
    assert scene.asked(line) == ["pumps"]


def test_a3_in_the_past_means_in_ten_minutes_and_days_ahead_is_refused() -> None:
    scene, line = alone(1)
    far = c.DeclineOffer(
        offer=scene.offer("pumps").id,
        reason=DeclineReason.NO_CREW,
        free_from=scene.at + 48 * HOUR + 1,
    )
    assert scene.refused("pumps", far) == "free_from_unfit"
    scene.says_no("pumps", free_from=scene.at - HOUR)
    scene.wait(minutes=9)
    assert scene.asked(line) == []
    scene.wait(minutes=1)
    assert scene.asked(line) == ["pumps"]


@pytest.mark.parametrize(
    ("reason", "minutes"),
    [
        (DeclineReason.NO_CREW, 30),
        (DeclineReason.EQUIPMENT, 30),
        (DeclineReason.TOO_FAR, 240),
        (DeclineReason.ROAD_BLOCKED, 240),
        (DeclineReason.UNSAFE, 240),
        (DeclineReason.OTHER, 240),
    ],
)
def test_a3_without_a_time_each_reason_has_its_pause(reason: DeclineReason, minutes: int) -> None:
    scene, line = alone(1)
    scene.says_no("pumps", reason)
    scene.wait(minutes=minutes - 1)
    assert scene.asked(line) == []
    scene.wait(minutes=1)
    assert scene.asked(line) == ["pumps"]


def test_a3_after_two_declines_only_a_change_asks_again_or_the_desk() -> None:
    scene, line = alone(1)
    scene.says_no("pumps")
    scene.wait(minutes=30)
    assert scene.says_no("pumps").again_at is None
    assert scene.offer("pumps").again_at is None
    assert "once its units or its duty change, or by hand" in scene.why("pumps", line).en
    scene.wait(minutes=48 * 60)
    assert scene.asked(line) == []
    scene.capacity("pumps", 3)
    scene.wait(minutes=0)
    assert scene.asked(line) == ["pumps"]


@pytest.mark.parametrize("reason", [DeclineReason.ROAD_BLOCKED, DeclineReason.UNSAFE])
def test_a3_an_amended_scene_asks_again_at_once(reason: DeclineReason) -> None:
    scene, line = alone(2)
    demand = scene.offer("pumps").demand
    scene.says_no("pumps", reason)
    scene.amend(demand, rally_point="桥头小学")
    assert scene.asked(line) == ["pumps"]
    assert scene.offer("pumps").rally_point == "桥头小学"
    scene.says_no("pumps", reason)
    scene.amend(demand, targets=(2,))
    assert scene.asked(line) == []
    scene.amend(demand, place=seat(1), by=COUNTY)
    assert scene.asked(line) == ["pumps"]


def test_a3_declining_a_hundred_demands_costs_nobody_anything() -> None:
    scene = Scene()
    scene.team("willing")
    scene.team("busy")
    for _ in range(20):
        line = scene.post(priority=1).line
        assert scene.asked(line) == ["busy", "willing"]
        scene.says_no("busy")
        scene.close(scene.offer("busy").demand, CloseReason.CANCELED)
