"""Cases A6, A7, A10, A11, A15–A17: urgent first, freed units, several crews, crews nobody asked."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import CloseReason, DeclineReason
from streams.parameters import MINUTE
from tests.streams.cases.scene import Posted, Scene
from tests.streams.world import COUNTY, DESK, kinds, only

# A6: routine blocks urgent


def held(routine: int, urgent: int) -> tuple[Scene, Posted, Posted]:
    """The only drone is asked for something routine, then for something more urgent."""
    scene = Scene()
    scene.team("drone", skill="DRONE")
    first = scene.post(skill="DRONE", priority=routine)
    scene.wait(minutes=2)
    assert scene.asked(first.line) == ["drone"]
    second = scene.post(skill="DRONE", priority=urgent)
    scene.wait(minutes=1 if urgent > 2 else 0)
    return scene, first, second


@pytest.mark.parametrize(("routine", "urgent"), [(4, 1), (4, 2), (4, 3), (3, 1), (3, 2), (2, 1)])
def test_a6_routine_blocks_urgent_no_more_it_sees_both(routine: int, urgent: int) -> None:
    scene, first, second = held(routine, urgent)
    assert scene.asked(first.line) == scene.asked(second.line) == ["drone"]
    assert "its answer is awaited" in scene.why("drone", second.line).en
    assert [row.answerable for row in scene.offers("drone")] == [True, True]


@pytest.mark.parametrize("routine", [2, 3, 4])
def test_a6_a_yes_to_the_urgent_one_stands_the_routine_one_down(routine: int) -> None:
    scene, first, second = held(routine, 1)
    facts = scene.says_yes("drone")
    assert only(facts, f.OfferStoodDown).reason == "needed_elsewhere"
    assert (scene.view(first.line).covered, scene.view(second.line).covered) == (0, 1)
    assert scene.view(first.line).unmet
    assert "At present: All its units are committed" in scene.why("drone", first.line).en
    assert scene.why("drone", second.line).en.endswith("; said yes at 08:12.")


def test_a6_the_team_chooses_and_the_urgent_line_goes_on() -> None:
    """Given both, when it says yes to the routine one, then the urgent one asks the next."""
    scene, first, second = held(4, 1)
    scene.team("second drone", skill="DRONE", township=3)
    scene.send("drone", c.AcceptOffer(offer=scene.offer("drone", first.line).id, quantity=1))
    assert scene.offer("drone", second.line).stand_down_reason == "needed_elsewhere"
    scene.wait(minutes=0)
    assert scene.asked(second.line) == ["second drone"]


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_a6_as_urgent_is_not_asked_twice_for_the_same_units(priority: int) -> None:
    scene, first, second = held(priority, priority)
    assert scene.asked(first.line) == ["drone"]
    assert scene.asked(second.line) == []
    assert [count.gate for count in scene.view(second.line).gates] == ["capacity"]
    scene.says_no("drone")
    scene.wait(minutes=0)
    assert scene.asked(second.line) == ["drone"]


def test_a6_units_left_over_serve_both() -> None:
    scene = Scene()
    scene.team("pumps", units=3)
    routine = scene.post(priority=4, target=2)
    scene.wait(minutes=1)
    urgent = scene.post(priority=1, target=2)
    assert (scene.offer("pumps", routine.line).quantity, scene.offer("pumps").quantity) == (2, 2)
    scene.says_yes("pumps", 1)
    assert scene.offer("pumps", routine.line).state == "sent"
    scene.send("pumps", c.AcceptOffer(offer=scene.offer("pumps", routine.line).id, quantity=2))
    assert (scene.view(routine.line).covered, scene.view(urgent.line).covered) == (2, 1)


def test_a6_raised_to_urgent_it_is_asked_at_once() -> None:
    scene, first, second = held(4, 4)
    assert scene.asked(second.line) == []
    scene.amend(second.demand, priority=1)
    assert (scene.asked(first.line), scene.asked(second.line)) == (["drone"], ["drone"])


def test_a6_what_is_promised_is_never_moved() -> None:
    scene, first, second = held(4, 4)
    scene.says_yes("drone")
    urgent = scene.post(skill="DRONE", priority=1)
    assert scene.asked(urgent.line) == []
    assert (scene.view(first.line).covered, scene.view(second.line).covered) == (1, 0)


# A7: freed, but the wrong one wakes


def two_lines() -> tuple[Scene, Posted, Posted]:
    """A line of each of two priorities, and the only pump is at work on a third."""
    scene = Scene()
    scene.team("pumps")
    scene.post()
    scene.says_yes("pumps")
    return scene, scene.post(priority=2), scene.post(priority=1)


def finish(scene: Scene) -> None:
    scene.done("pumps")


def give_up(scene: Scene) -> None:
    scene.step(c.CannotComplete, "pumps")


def close(scene: Scene) -> None:
    scene.close(scene.crew("pumps").demand, CloseReason.DONE_BY_OTHERS)


def buy(scene: Scene) -> None:
    scene.capacity("pumps", 2)


@pytest.mark.parametrize("free", [finish, give_up, close, buy])
@pytest.mark.parametrize("minutes", [0, 1, 7, 24])
def test_a7_freed_the_line_that_needs_it_most_is_looked_at_at_once(free: Any, minutes: int) -> None:
    scene, routine, urgent = two_lines()
    scene.wait(minutes=minutes)
    free(scene)
    scene.wait(minutes=0)
    assert (scene.asked(urgent.line), scene.asked(routine.line)) == (["pumps"], [])
    scene.says_no("pumps")
    scene.wait(minutes=0)
    assert (scene.asked(urgent.line), scene.asked(routine.line)) == ([], ["pumps"])


@pytest.mark.parametrize("units", [1, 2, 3])
def test_a7_several_units_wake_several_lines(units: int) -> None:
    scene = Scene()
    scene.team("pumps", units=units)
    scene.post(target=units)
    scene.says_yes("pumps")
    lines = [scene.post().line for _ in range(3)]
    scene.wait(minutes=30)
    finish(scene)
    asked = [line for line in lines if scene.asked(line)]
    assert len(asked) == units


def test_a7_the_line_in_reach_is_woken_not_the_first() -> None:
    """Given two short lines, when a team becomes able that may serve only the later one."""
    scene = Scene()
    scene.team("pumps")
    first = scene.post(priority=1)
    scene.says_no("pumps", DeclineReason.UNSAFE)
    second = scene.post(priority=1)
    scene.says_no("pumps", DeclineReason.NO_CREW)
    third = scene.post(priority=1)
    scene.says_yes("pumps")
    scene.wait(minutes=1)
    finish(scene)
    assert (scene.asked(first.line), scene.asked(second.line)) == ([], [])
    scene.capacity("pumps", 1)
    scene.wait(minutes=0)
    assert (scene.asked(first.line), scene.asked(second.line)) == ([], ["pumps"])
    assert scene.view(third.line).cover == "satisfied"


def test_a7_three_teams_come_free_one_by_one() -> None:
    scene = Scene()
    names = ("one", "two", "three")
    for number, name in enumerate(names):
        scene.team(name, township=number)
    busy = scene.post(target=3)
    for name in names:
        scene.says_yes(name)
    lines = [scene.post().line for _ in range(2)]
    scene.wait(minutes=10)
    for count, name in enumerate(names, 1):
        scene.done(name)
        assert sum(bool(scene.asked(line)) for line in lines) == min(count, 2)
    assert scene.view(busy.line).covered == 3


# A10: over-subscribed by five


@pytest.mark.parametrize("by", [None, DESK])
def test_a10_over_subscribed_one_is_taken_and_the_other_is_thanked(by: str | None) -> None:
    scene = Scene()
    for number in range(5):
        scene.team(f"t{number}", township=number)
    line = scene.post().line
    assert len(scene.asked(line)) == 5
    scene.says_yes("t1", by=by)
    assert scene.refused_yes("t2", by=by) is Refusal.OFFER_STOOD_DOWN
    assert (scene.view(line).covered, scene.asked(line)) == (1, [])
    assert [len(scene.crews(f"t{number}")) for number in range(5)] == [0, 1, 0, 0, 0]
    assert {scene.offer(f"t{number}").state for number in (0, 2, 3, 4)} == {"stood_down"}


def test_a10_two_units_three_say_yes() -> None:
    scene = Scene()
    for number in range(3):
        scene.team(f"t{number}", units=2)
    line = scene.post(target=2).line
    scene.says_yes("t0", 1)
    scene.says_yes("t2", 1)
    assert scene.refused_yes("t1") is Refusal.OFFER_STOOD_DOWN
    assert scene.view(line).covered == 2


# A11: a second assignment resets the first


def test_a11_second_assignment_leaves_the_first_where_it_is() -> None:
    scene = Scene()
    scene.team("pumps", units=2)
    scene.post()
    scene.says_yes("pumps")
    scene.wait(minutes=5)
    scene.step(c.Arrive, "pumps")
    first = scene.crew("pumps")
    scene.wait(minutes=5)
    scene.post(township=0)
    scene.says_yes("pumps")
    scene.step(c.SetOff, "pumps")
    assert scene.crews("pumps")[0] == first
    assert (first.state, scene.crew("pumps").state) == ("on_scene", "en_route")
    scene.done("pumps")
    assert scene.crews("pumps")[0] == first


# A15: tomorrow reads as now. A need for later comes with an issue of its own; the team is shown.


def test_a15_who_has_given_its_word_is_shown_as_taken() -> None:
    scene = Scene()
    scene.team("pumps")
    scene.post(priority=4)
    scene.wait(minutes=1)
    scene.says_yes("pumps", minutes=24 * 60)
    other = scene.post(priority=1)
    assert [count.gate for count in scene.view(other.line).gates] == ["capacity"]
    assert scene.crew("pumps").promised_at == scene.at + 24 * 60 * MINUTE


# A16: a crew simply arrives


def test_a16_a_crew_that_nobody_asked_is_taken_on_and_its_gates_are_checked() -> None:
    scene = Scene()
    scene.team("pumps", township=1)
    scene.team("cooks", skill="CATERING")
    scene.duty("pumps", False)
    line = scene.post().line
    assert scene.asked(line) == []
    assert scene.refused(DESK, scene.asking("cooks", line)) is Refusal.SKILL_MISSING
    scene.by_hand("pumps", line)
    scene.says_yes("pumps", by=DESK, people=5)
    facts = scene.step(c.Arrive, "pumps", by=DESK)
    assert kinds(facts) == ["AssignmentSetOff", "AssignmentArrived"]
    assert (scene.view(line).covered, scene.crew("pumps").state) == (1, "on_scene")


# A17: several units, one line


def five_pumps() -> tuple[Scene, Posted]:
    scene = Scene()
    for name, units, township in (("a", 2, 0), ("b", 2, 1), ("c", 1, 2)):
        scene.team(name, units=units, township=township)
    return scene, scene.post(target=5, minimum=3)


def test_a17_several_units_on_one_line_cover_at_every_moment() -> None:
    scene, posted = five_pumps()
    seen = [cover(scene, posted)]
    for name in ("a", "b", "c"):
        scene.says_yes(name)
        seen.append(cover(scene, posted))
    scene.step(c.CannotComplete, "c")
    seen.append(cover(scene, posted))
    assert seen == [
        (0, "empty"),
        (2, "inadequate"),
        (4, "adequate"),
        (5, "satisfied"),
        (4, "adequate"),
    ]


def cover(scene: Scene, posted: Posted) -> tuple[int, str]:
    """As the card says it; the desk's crews and the state must say the same."""
    view, line = scene.view(posted.line), scene.operation.lines[posted.line]
    crews = [crew for name in scene.teams for crew in scene.crews(name)]
    at_work = sum(crew.quantity for crew in crews if crew.state not in ("given_up", "stood_down"))
    assert view.covered == view.working + view.delivered == line.covered == at_work
    return view.covered, view.cover


@pytest.mark.parametrize("order", ["abc", "cba", "bca"])
def test_a17_whoever_finishes_first_stays_counted(order: str) -> None:
    scene, posted = five_pumps()
    for name in "abc":
        scene.says_yes(name)
    for name in order:
        scene.done(name)
        assert cover(scene, posted) == (5, "satisfied")
    assert scene.view(posted.line).delivered == 5


def test_a17_one_gives_up_and_only_its_units_are_asked_for() -> None:
    scene, posted = five_pumps()
    for name in "abc":
        scene.says_yes(name)
    scene.team("d", units=5, township=4)
    facts = scene.step(c.CannotComplete, "b", by=COUNTY)
    assert only(facts, f.OfferSent).quantity == 2
    scene.says_yes("d")
    assert cover(scene, posted) == (5, "satisfied")
