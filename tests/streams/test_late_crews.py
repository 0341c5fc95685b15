"""Late crews: who was promised and does not come is asked, shown, and replaced where life is."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import AssignmentId, LineId
from schemas.views import AssignmentRow, DemandRow
from streams import rows
from streams.entities import AssignmentState, OfferState
from streams.line import missing
from streams.parameters import DAY, HOUR, MINUTE
from tests.streams.world import DESK, SEALED, World, asked, kinds, only

GRACE = {1: 10, 2: 20, 3: 60, 4: 120}  # minutes


class Promised:
    """One crew promised in twenty minutes, and another team that could be asked."""

    def __init__(self, priority: int = 1, *, others: int = 1) -> None:
        self.world = World()
        self.world.organization("near")
        facts = list(self.world.demand(self.world.incident(), priority=priority))
        facts += self.world.wait(minutes=0 if priority < 3 else 1)
        offer = only(asked(facts))
        self.line: LineId = offer.line
        self.demand = offer.demand
        self.crew: AssignmentId = self.world.at_work(offer, minutes=20)
        self.since = self.world.at
        for number in range(others):
            self.world.organization(f"other {number}", township=5)

    def step(self, command: type, actor: str = "near", **said: Any) -> Any:
        return self.world.send(actor, command(assignment=self.crew, **said))

    @property
    def short(self) -> int:
        return missing(self.world.operation.lines[self.line])

    def row(self) -> AssignmentRow:
        world = self.world
        crew = world.operation.assignments[self.crew]
        row = rows.assignment(world.area, world.operation, crew).row
        assert isinstance(row, AssignmentRow)
        return row


# Overdue


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_a_crew_that_does_not_come_is_overdue_after_its_grace(priority: int) -> None:
    """A13: given twenty minutes promised, then at that time plus the grace the desk sees it red."""
    scene = Promised(priority)
    overdue = only(scene.world.until(scene.world.at + DAY, f.CrewOverdue), f.CrewOverdue)
    assert overdue.at == scene.since + (20 + GRACE[priority]) * MINUTE
    line = scene.world.operation.lines[scene.line]
    assert (line.covered, line.doubtful) == (1, 1)
    assert scene.row().overdue


def test_a_crew_that_has_not_set_off_by_half_its_time_is_shown_as_slow() -> None:
    scene = Promised()
    assert scene.row().slow_at == scene.since + 10 * MINUTE
    scene.step(c.GiveNewTime, minutes=90)
    assert scene.row().slow_at == scene.since + 45 * MINUTE
    scene.step(c.SetOff)
    assert scene.row().slow_at is None


@pytest.mark.parametrize("step", [c.Arrive, c.ReportDone])
def test_who_has_arrived_is_not_overdue(step: type) -> None:
    scene = Promised()
    scene.step(step)
    assert "CrewOverdue" not in kinds(scene.world.until(scene.world.at + DAY))


def test_who_has_only_set_off_is_still_waited_for() -> None:
    scene = Promised()
    scene.step(c.SetOff)
    assert "CrewOverdue" in kinds(scene.world.wait(minutes=31))


def test_a_late_crew_that_is_not_needed_any_more_lets_nobody_be_looked_for() -> None:
    """Given the one unit delivered and a second crew overdue, then the row says that none is
    short: a screen that promised a search would wait for it for ever."""
    scene = Promised()
    helper = scene.world.organization("helper", township=3)
    ask = c.AskByHand(line=scene.line, organization=helper, reason=SEALED)
    scene.world.at_work(only(asked(scene.world.send(DESK, ask))), minutes=20)
    scene.step(c.ReportDone)
    scene.world.send(DESK, c.ConfirmAssignment(assignment=scene.crew, done=True))
    facts = scene.world.wait(minutes=60)
    assert {"CrewOverdue", "CrewDoubted"} <= set(kinds(facts))
    assert asked(facts) == []
    world = scene.world
    row = rows.demand(world.operation, world.operation.demands[scene.demand]).row
    assert isinstance(row, DemandRow)
    line = row.lines[0]
    assert (line.covered, line.doubtful, line.replaced, line.short) == (1, 0, 1, 0)


def test_a_late_crew_stays_committed_until_somebody_says_otherwise() -> None:
    scene = Promised()
    scene.world.until(scene.world.at + DAY)
    crew = scene.world.operation.assignments[scene.crew]
    assert (crew.live, crew.overdue, crew.doubted) == (True, True, True)
    scene.step(c.ReportDone)
    assert scene.world.operation.lines[scene.line].doubtful == 0


# Replaced on P1


def test_on_p1_one_more_team_is_asked_five_minutes_later() -> None:
    scene = Promised()
    facts = scene.world.wait(minutes=30)
    overdue = only(facts, f.CrewOverdue)
    assert (asked(facts), overdue.replace_at) == ([], overdue.at + 5 * MINUTE)
    facts = scene.world.wait(minutes=5)
    assert only(facts, f.CrewDoubted).assignment == scene.crew
    assert scene.world.name(only(asked(facts)).organization) == "other 0"
    line = scene.world.operation.lines[scene.line]
    assert (line.covered, line.replacing) == (1, 1)


@pytest.mark.parametrize("priority", [2, 3, 4])
def test_below_p1_replacing_is_the_desk_s_decision(priority: int) -> None:
    scene = Promised(priority)
    facts = scene.world.until(scene.world.at + DAY)
    assert only(facts, f.CrewOverdue).replace_at is None
    assert asked(facts) == []
    assert "CrewDoubted" not in kinds(facts)


def test_who_arrives_after_all_is_welcome_and_the_other_is_thanked() -> None:
    scene = Promised()
    other = only(asked(scene.world.wait(minutes=35)))
    arrived = scene.step(c.Arrive)
    assert only(arrived, f.OfferStoodDown).offer == other.offer
    line = scene.world.operation.lines[scene.line]
    assert (line.covered, line.doubtful, line.replacing) == (1, 0, 0)


def test_who_was_asked_in_its_place_and_said_yes_comes_too() -> None:
    scene = Promised()
    other = only(asked(scene.world.wait(minutes=35)))
    scene.world.yes(other)
    assert scene.short == 0
    scene.step(c.Arrive)
    assert scene.world.operation.lines[scene.line].covered == 2


def test_who_gives_up_after_it_was_doubted_is_missed_once() -> None:
    scene = Promised()
    scene.world.wait(minutes=35)
    assert scene.short == 1
    scene.step(c.CannotComplete)
    assert scene.short == 1
    line = scene.world.operation.lines[scene.line]
    assert (line.covered, line.doubtful, line.replacing) == (0, 0, 0)


def test_without_another_team_the_line_says_what_it_lacks() -> None:
    scene = Promised(others=0)
    scene.world.wait(minutes=35)
    line = scene.world.operation.lines[scene.line]
    assert (line.unmet, line.missing) == (True, 1)


# A new time


def test_a_new_time_takes_the_red_away() -> None:
    scene = Promised()
    scene.world.wait(minutes=31)
    given = only(scene.step(c.GiveNewTime, minutes=15))
    assert (given.promised_at, given.by_desk) == (scene.world.at + 15 * MINUTE, False)
    assert given.overdue_at == given.promised_at + 10 * MINUTE
    assert not scene.row().overdue
    assert scene.world.operation.lines[scene.line].doubtful == 0
    again = scene.world.until(given.overdue_at)
    assert kinds(again) == ["CrewOverdue"]


def test_at_the_second_new_time_on_p1_one_more_team_is_asked_at_once() -> None:
    scene = Promised()
    assert kinds(scene.step(c.GiveNewTime, minutes=30)) == ["NewTimeGiven"]
    facts = scene.step(c.GiveNewTime, minutes=40)
    assert kinds(facts)[:2] == ["NewTimeGiven", "CrewDoubted"]
    assert asked(facts)
    assert kinds(scene.step(c.GiveNewTime, minutes=50)) == ["NewTimeGiven"]
    assert scene.row().new_times == 3


def test_who_comes_sooner_than_it_said_is_not_doubted_for_it() -> None:
    scene = Promised()
    scene.step(c.GiveNewTime, minutes=30)
    assert kinds(scene.step(c.GiveNewTime, minutes=10)) == ["NewTimeGiven"]


def test_below_p1_new_times_are_borne() -> None:
    scene = Promised(2)
    for minutes in (30, 40, 50):
        assert kinds(scene.step(c.GiveNewTime, minutes=minutes)) == ["NewTimeGiven"]


def test_a_crew_doubted_for_its_new_times_is_overdue_as_well_when_it_does_not_come() -> None:
    scene = Promised()
    scene.step(c.GiveNewTime, minutes=30)
    scene.step(c.GiveNewTime, minutes=40)
    facts = scene.world.wait(minutes=50)
    assert only(facts, f.CrewOverdue).replace_at is None
    assert "CrewDoubted" not in kinds(facts)


def test_a_new_time_is_given_on_the_telephone_too() -> None:
    scene = Promised()
    assert only(scene.step(c.GiveNewTime, DESK, minutes=15)).by_desk


def test_who_is_there_gives_no_time_and_who_has_left_neither() -> None:
    scene = Promised()
    scene.step(c.Arrive)
    command = c.GiveNewTime(assignment=scene.crew, minutes=15)
    assert scene.world.refused("near", command) is Refusal.CREW_ARRIVED
    scene.step(c.CannotComplete)
    assert scene.world.refused("near", command) is Refusal.ASSIGNMENT_ENDED


# A demand becomes more urgent while its crew is on the way


def test_the_crew_of_what_has_become_urgent_is_waited_for_no_longer_than_any() -> None:
    """Given a P4 whose crew has two hours of grace, when it becomes P1, then it has ten minutes."""
    scene = Promised(4)
    scene.world.amend(scene.demand, priority=1)
    overdue = only(scene.world.wait(minutes=30), f.CrewOverdue)
    assert overdue.at == scene.since + 30 * MINUTE
    assert asked(scene.world.wait(minutes=5))


def test_a_crew_overdue_already_is_replaced_once_it_is_urgent() -> None:
    scene = Promised(2)
    scene.world.wait(minutes=60)
    scene.world.amend(scene.demand, priority=1)
    assert asked(scene.world.wait(minutes=4)) == []
    assert asked(scene.world.wait(minutes=1))


def test_an_overdue_crew_is_replaced_no_more_once_it_is_less_urgent() -> None:
    scene = Promised(1)
    assert "CrewOverdue" in kinds(scene.world.wait(minutes=31))
    scene.world.amend(scene.demand, priority=3)
    assert "CrewDoubted" not in kinds(scene.world.wait(minutes=30))
    assert scene.row().overdue


def test_what_is_less_urgent_now_makes_nobody_s_time_longer() -> None:
    scene = Promised(1)
    scene.world.amend(scene.demand, priority=4)
    overdue = only(scene.world.wait(minutes=30), f.CrewOverdue)
    assert overdue.replace_at is None


# Steps


def test_a_second_task_leaves_the_first_as_it_is() -> None:
    """A11: one of two crews on scene; "set off" on the other one says nothing about the first."""
    world = World()
    world.organization("near", units=2)
    incident = world.incident()
    one = world.at_work(only(asked(world.demand(incident))))
    world.send("near", c.Arrive(assignment=one))
    arrived = world.operation.assignments[one]
    world.wait(minutes=10)
    other = world.at_work(only(asked(world.demand(incident))))
    world.send("near", c.SetOff(assignment=other))
    assert world.operation.assignments[one] == arrived


def test_a_step_said_twice_is_one() -> None:
    """F2: a double tap on the way leads nowhere else."""
    scene = Promised()
    assert len(scene.step(c.SetOff)) == 1
    assert scene.step(c.SetOff) == ()
    assert len(scene.step(c.Arrive, people=5)) == 1
    assert scene.step(c.Arrive) == ()
    crew = scene.world.operation.assignments[scene.crew]
    assert (crew.state, crew.people) == (AssignmentState.ON_SCENE, 5)


def test_arriving_corrects_how_many_have_come() -> None:
    world = World()
    world.organization("near")
    crew = world.at_work(only(asked(world.demand(world.incident()))), people=8)
    world.send("near", c.Arrive(assignment=crew, people=5))
    assert world.operation.assignments[crew].people == 5


def test_the_desk_waits_a_stated_time_and_no_promise_is_kept_in_secret() -> None:
    """What the page shows as expected is what the crew said, or its last word on it."""
    scene = Promised()
    assert scene.row().promised_at == scene.since + 20 * MINUTE
    scene.step(c.GiveNewTime, minutes=60)
    assert scene.row().promised_at == scene.world.at + HOUR
    assert scene.world.operation.offers[scene.row().offer].state is OfferState.ACCEPTED
