"""Checking in: who is on the scene and falls silent is called; nobody leaves danger uncounted."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.ids import digest_of
from schemas.instruction_values import InstructionKind
from schemas.line_views import LineView
from schemas.refusals import Refusal
from schemas.turns import OWNER
from schemas.values import AssignmentId, CloseReason, Gate, SceneReport, Sealed, Step
from schemas.views import AssignmentRow, DemandRow
from streams import rows
from streams.entities import AssignmentState
from streams.incident import live_in
from streams.parameters import DAY, MINUTE, SECOND
from tests.streams.world import COUNTY, DESK, World, asked, kinds, only

INTERVALS = {(1, False): 60, (1, True): 15, (2, False): 60, (2, True): 20, (4, True): 20}
GRACE, ESCALATED = 5, 5  # minutes


class OnScene:
    """One crew that has just arrived."""

    def __init__(self, priority: int = 2, *, hazardous: bool = False, units: int = 1) -> None:
        self.world = World()
        self.world.safeguard(self.world.organization("near", units=units))
        self.incident = self.world.incident()
        command = self.world.demand_command(self.incident, priority=priority)
        lines = tuple(replace(line, hazardous=hazardous) for line in command.lines)
        facts = list(self.world.send(DESK, replace(command, lines=lines)))
        facts += self.world.wait(minutes=0 if priority < 3 else 1)
        offer = only(asked(facts))
        self.demand, self.line = offer.demand, offer.line
        self.crew: AssignmentId = self.world.at_work(offer, minutes=20)
        self.step(c.Arrive)

    def step(self, command: type, actor: str = "near", **said: Any) -> Any:
        return self.world.send(actor, command(assignment=self.crew, **said))

    def refused(self, command: type, actor: str = "near", **said: Any) -> Refusal:
        return self.world.refused(actor, command(assignment=self.crew, **said))

    def row(self) -> AssignmentRow:
        world = self.world
        crew = world.operation.assignments[self.crew]
        row = rows.assignment(world.area, world.operation, crew).row
        assert isinstance(row, AssignmentRow)
        return row

    def view(self) -> LineView:
        known = self.world.operation
        row = rows.demand(known, known.demands[self.demand]).row
        assert isinstance(row, DemandRow)
        return row.lines[0]

    def close(self) -> c.CloseDemand:
        revision = self.world.operation.demands[self.demand].revision
        return c.CloseDemand(demand=self.demand, reason=CloseReason.MET, revision=revision)


# Checking in


@pytest.mark.parametrize(("priority", "hazardous"), INTERVALS)
def test_a_silent_crew_is_its_desks_to_call_and_then_the_countys(
    priority: int, hazardous: bool
) -> None:
    """Given a crew on the scene, when it says nothing for its interval and the grace, then red."""
    scene = OnScene(priority, hazardous=hazardous)
    since, interval = scene.world.at, INTERVALS[priority, hazardous]
    assert scene.row().check_in_by == since + interval * MINUTE
    missed = only(scene.world.until(scene.world.at + DAY, f.CheckInMissed), f.CheckInMissed)
    assert missed.at == since + (interval + GRACE) * MINUTE
    assert missed.due_at == since + interval * MINUTE
    assert (scene.row().missed_at, scene.row().escalated) == (missed.at, False)
    told = only(scene.world.until(scene.world.at + DAY, f.CheckInEscalated), f.CheckInEscalated)
    assert told.at == missed.escalates_at == missed.at + ESCALATED * MINUTE
    assert scene.row().escalated
    assert "CheckInMissed" not in kinds(scene.world.wait(minutes=600))  # it stays red, said once


@pytest.mark.parametrize("actor", ["near", DESK])
def test_a_check_in_begins_the_time_anew_also_when_it_was_missed(actor: str) -> None:
    scene = OnScene()
    scene.world.wait(minutes=50)
    well = only(scene.step(c.CheckIn, actor, people=3))
    assert (well.people, well.by_desk) == (3, actor == DESK)
    assert "CheckInMissed" not in kinds(scene.world.wait(minutes=64))
    assert "CheckInMissed" in kinds(scene.world.wait(minutes=2))
    scene.world.wait(minutes=10)
    scene.step(c.CheckIn, actor)
    row = scene.row()
    assert (row.missed_at, row.escalated, row.people) == (None, False, 3)
    assert row.check_in_by == scene.world.at + 60 * MINUTE


def test_any_word_of_the_crew_counts() -> None:
    scene = OnScene()
    scene.world.wait(minutes=40)
    scene.step(c.CountHeads, inside=2)
    assert scene.row().check_in_by == scene.world.at + 60 * MINUTE
    scene.world.wait(minutes=40)
    scene.step(c.ReportDone, everybody_out=True)
    scene.step(c.UndoStep)
    assert scene.row().check_in_by == scene.world.at + 60 * MINUTE
    scene.step(c.ReportDone, everybody_out=True)
    scene.step(c.ConfirmAssignment, DESK, done=False)
    assert scene.row().check_in_by == scene.world.at + 60 * MINUTE


def test_whoever_is_not_on_the_scene_is_not_waited_for() -> None:
    scene = OnScene()
    scene.step(c.CorrectStep, DESK, step=Step.EN_ROUTE)
    assert scene.row().check_in_by is None
    scene.step(c.Arrive)
    scene.step(c.ReportDone)
    assert scene.row().check_in_by is None
    assert "CheckInMissed" not in kinds(scene.world.wait(minutes=200))
    assert scene.step(c.CheckIn) == ()  # sent late by a phone without signal: nothing new


def test_a_check_in_implies_that_the_crew_is_there() -> None:
    world = World()
    world.organization("near")
    crew = world.at_work(only(asked(world.demand(world.incident()))))
    facts = world.send("near", c.CheckIn(assignment=crew))
    assert kinds(facts) == ["AssignmentSetOff", "AssignmentArrived", "CrewCheckedIn"]
    assert all(fact.implied for fact in facts[:2])


def test_said_twice_within_a_minute_it_is_nothing_new_unless_the_people_changed() -> None:
    scene = OnScene()
    scene.world.wait(minutes=10)
    scene.step(c.CheckIn)
    scene.world.at += 20 * SECOND
    assert scene.step(c.CheckIn) == ()
    assert kinds(scene.step(c.CheckIn, people=5)) == ["CrewCheckedIn"]


def test_an_urgent_turn_of_a_hazardous_demand_shortens_the_time() -> None:
    scene = OnScene(2, hazardous=True)
    arrived = scene.world.at
    scene.world.amend(scene.demand, priority=1)
    assert scene.row().check_in_by == arrived + 15 * MINUTE
    scene.world.wait(minutes=10)
    scene.step(c.CheckIn)
    assert scene.row().check_in_by == scene.world.at + 15 * MINUTE


def test_after_a_standstill_nobody_is_missed_at_once() -> None:
    scene = OnScene()
    since, scene.world.at = scene.world.at, scene.world.at + 90 * MINUTE
    number = scene.world.operation.count("tick") + 1
    resumed = only(scene.world.send(OWNER, c.Resume(number=number, since=since)), f.Resumed)
    quiet_until = resumed.quiet_until
    missed = only(scene.world.until(scene.world.at + DAY, f.CheckInMissed), f.CheckInMissed)
    assert missed.at == quiet_until


def test_a_crew_that_is_stood_down_is_not_waited_for() -> None:
    scene = OnScene()
    scene.world.close(scene.demand, CloseReason.CANCELED)
    assert "CheckInMissed" not in kinds(scene.world.wait(minutes=200))
    assert scene.refused(c.CheckIn) is Refusal.ASSIGNMENT_ENDED


# Counting heads


@pytest.mark.parametrize("leaving", [c.ReportDone, c.CannotComplete])
def test_nobody_leaves_while_people_are_counted_inside(leaving: type) -> None:
    scene = OnScene(1, hazardous=True)
    assert only(scene.step(c.CountHeads, inside=3)).inside == 3
    assert scene.row().inside == 3
    assert scene.refused(leaving) is Refusal.HEADS_INSIDE
    out, left = scene.step(leaving, everybody_out=True)[:2]
    assert (out.inside, scene.row().inside) == (0, 0)
    assert left.assignment == scene.crew


def test_more_inside_than_the_crew_has_people_is_asked_back_unless_others_went_in_with_it() -> None:
    """Given a crew of six, then 50 inside is a slip; seven are taken once it says that somebody
    else went in with it; and of a crew whose number nobody knows any count is taken."""
    scene = OnScene(1, hazardous=True)
    scene.step(c.CheckIn, people=6)
    assert scene.refused(c.CountHeads, inside=50) is Refusal.HEADS_MORE
    assert scene.row().inside is None
    taken = only(scene.step(c.CountHeads, inside=7, others=True), f.HeadsCounted)
    assert (taken.inside, taken.others) == (7, True)
    inside = only(scene.step(c.CountHeads, inside=6, others=True), f.HeadsCounted)
    assert not inside.others, "these are its own"
    unknown = OnScene(1, hazardous=True)
    assert only(unknown.step(c.CountHeads, inside=50), f.HeadsCounted).inside == 50


def test_everybody_out_is_undone_with_the_step() -> None:
    scene = OnScene(1, hazardous=True)
    scene.step(c.CountHeads, inside=3)
    scene.world.at += 40 * SECOND
    scene.step(c.ReportDone, everybody_out=True)
    scene.step(c.UndoStep)
    crew = scene.world.operation.assignments[scene.crew]
    assert (crew.state, crew.inside) == (AssignmentState.ON_SCENE, 3)


def test_a_crew_that_is_lost_makes_nothing_urgent_adequate() -> None:
    """Its unit is there still, and nobody else is sent after it; heard of, it counts again."""
    scene = OnScene(priority=1)
    scene.world.until(scene.world.at + DAY, f.CheckInEscalated)
    assert (scene.view().covered, scene.view().lost, scene.view().cover) == (1, 1, "inadequate")
    assert asked(scene.world.wait(minutes=30)) == []
    scene.step(c.CheckIn, DESK)
    assert (scene.view().lost, scene.view().cover) == (0, "satisfied")


def test_a_count_by_mistake_is_undone_and_the_arrival_stays() -> None:
    scene = OnScene()
    scene.world.at += 5 * SECOND
    scene.step(c.CountHeads, inside=3)
    scene.step(c.UndoStep)
    assert (scene.row().state, scene.row().inside) == ("on_scene", None)


def test_the_desk_ends_nothing_while_people_are_inside() -> None:
    """Neither the demand, nor its line, nor the incident, nor by putting the crew back."""
    scene = OnScene()
    scene.step(c.CountHeads, DESK, inside=2)
    world = scene.world
    assert world.refused(DESK, scene.close()) is Refusal.HEADS_INSIDE
    several = c.CloseDemands(
        division=world.township, demands=(scene.demand,), reason=CloseReason.MET
    )
    assert world.refused(DESK, several) is Refusal.HEADS_INSIDE
    assert scene.refused(c.CorrectStep, DESK, step=Step.EN_ROUTE) is Refusal.HEADS_INSIDE
    live = digest_of(live_in(world.operation, scene.incident))
    ending = c.CloseIncident(incident=scene.incident, live=live)
    assert world.refused(COUNTY, ending) is Refusal.HEADS_INSIDE
    scene.step(c.CountHeads, DESK, inside=0)
    assert "DemandClosed" in kinds(world.send(DESK, scene.close()))


def test_whoever_has_reported_done_has_nobody_inside() -> None:
    scene = OnScene()
    scene.step(c.ReportDone)
    assert scene.refused(c.CountHeads, inside=1) is Refusal.ALREADY_REPORTED
    assert scene.step(c.CountHeads, inside=0) == ()


# Found not done


def test_a_crew_that_is_sent_back_is_told_why_until_it_reports_again() -> None:
    scene = OnScene()
    scene.step(c.ReportDone)
    back = only(scene.step(c.ConfirmAssignment, DESK, done=False, reason="地下室仍有积水"))
    assert back.reason == scene.row().sent_back == "地下室仍有积水"
    assert scene.row().check_in_by == scene.world.at + 60 * MINUTE
    scene.step(c.ReportDone)
    assert scene.row().sent_back is None


# Nothing is closed over a crew that is silent


def test_nothing_is_closed_over_a_crew_of_which_nobody_has_heard() -> None:
    """Given a crew on the scene that has missed its check-in, then neither its demand nor its
    incident is closed until somebody has heard of it: the alarm does not go out by itself."""
    scene = OnScene()
    scene.world.wait(minutes=70)
    live = digest_of(live_in(scene.world.operation, scene.incident))
    assert scene.world.refused(DESK, scene.close()) is Refusal.CREW_SILENT
    closing = c.CloseIncident(incident=scene.incident, live=live)
    assert scene.world.refused(COUNTY, closing) is Refusal.CREW_SILENT
    scene.step(c.CheckIn, DESK)
    assert "DemandClosed" in kinds(scene.world.send(DESK, scene.close()))


def test_a_silent_crew_is_stood_down_only_once_its_desk_has_heard_that_all_are_out() -> None:
    scene = OnScene()
    scene.step(c.InstructCrew, DESK, what=InstructionKind.WITHDRAW)
    scene.world.wait(minutes=70)
    assert scene.refused(c.StandDownCrew, DESK) is Refusal.CREW_SILENT
    assert "AssignmentStoodDown" in kinds(scene.step(c.StandDownCrew, DESK, everybody_out=True))


# Nor is its organization sent anywhere else


class Unheard(OnScene):
    """A crew of two units' team, with three people inside, has missed its check-in, and something
    else is needed that the other unit could do."""

    def __init__(self, *, inside: int = 3) -> None:
        super().__init__(units=2)
        self.team = self.world.operation.assignments[self.crew].organization
        self.step(c.CountHeads, inside=inside)
        self.world.until(self.world.at + DAY, f.CheckInMissed)
        facts = self.world.demand(self.incident, priority=1)
        self.facts = [*facts, *self.world.wait(minutes=0)]
        self.other = only(self.facts, f.DemandPublished).lines[0].line


def test_who_has_people_in_danger_and_is_silent_is_asked_for_nothing_else() -> None:
    """Nor is its free unit counted: the desk reads why. Heard of again, it is asked at once."""
    scene = Unheard()
    assert asked(scene.facts) == []
    gates = [(one.gate, one.count) for one in scene.world.operation.lines[scene.other].gates]
    assert gates == [(Gate.CREW_SILENT, 1)]
    heard = [*scene.step(c.CheckIn, DESK), *scene.world.wait(minutes=0)]
    assert only(asked(heard)).line == scene.other


def test_whose_people_are_all_out_is_asked_on() -> None:
    assert len(asked(Unheard(inside=0).facts)) == 1


def test_no_word_of_it_counts_before_it_has_been_heard_of() -> None:
    """Neither as volunteers nor by a desk's own asking; once all are counted out, it is asked."""
    scene = Unheard()
    help = c.OfferHelp(line=scene.other, organization=scene.team, quantity=1)
    assert scene.world.refused("near", help) is Refusal.CREW_SILENT
    by_hand = c.AskByHand(
        line=scene.other, organization=scene.team, reason=Sealed(key="k", nonce="n", ciphertext="c")
    )
    assert scene.world.refused(DESK, by_hand) is Refusal.CREW_SILENT
    out = [*scene.step(c.CountHeads, inside=0), *scene.world.wait(minutes=0)]
    assert only(asked(out)).line == scene.other


def test_any_word_of_it_is_one_also_what_it_reports_or_has_read() -> None:
    """At once, and not only when the line is looked at again."""
    scene = Unheard()
    report = {"what": SceneReport.ROAD_CUT, "text": "桥断"}
    heard = [*scene.step(c.ReportFromScene, **report), *scene.world.wait(minutes=0)]
    assert only(asked(heard)).line == scene.other
