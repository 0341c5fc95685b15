"""Told to stop or to leave: nobody else is sent there, and who is not heard of is called."""

from __future__ import annotations

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.ids import digest_of
from schemas.refusals import Refusal
from schemas.turns import OWNER
from schemas.values import Capability, CloseReason, Gate, InstructionId, LineRequest
from streams.entities import OfferState
from streams.incident import live_in
from streams.parameters import HOUR, MINUTE, QUIET
from tests.streams.test_checking import OnScene
from tests.streams.test_instructions import STOP, WITHDRAW, instruct, on_the_way, working
from tests.streams.world import COUNTY, DESK, asked, kinds, only

# The place, or the crew


class Leaving(OnScene):
    """A crew at a P1 is told to leave, with another team in reach."""

    def __init__(self, *, hold: bool) -> None:
        super().__init__(priority=1)
        self.world.organization("far", township=1)
        words = {"what": WITHDRAW, "text": "堤坝险情", "hold": hold}
        self.told = [*self.step(c.InstructCrew, DESK, **words), *self.world.wait(minutes=0)]


def test_where_it_leaves_because_of_the_place_nobody_else_is_sent_there() -> None:
    """In the same turn its demand is on hold: nobody is asked until a desk says that it goes on."""
    scene = Leaving(hold=True)
    assert kinds(scene.told)[:2] == ["CrewInstructed", "DemandHeld"]
    assert only(scene.told, f.DemandHeld).question == "堤坝险情"
    assert asked(scene.world.wait(minutes=5)) == []
    facts = scene.world.send(
        DESK, c.ResumeDemand(demand=scene.demand, answer="险情解除", safe=True)
    )
    assert len(asked([*facts, *scene.world.wait(minutes=0)])) == 1


def test_that_it_is_because_of_the_place_may_be_said_afterwards() -> None:
    """Given a crew that was told to leave, when its desk says the same because of the place; then
    nobody else is sent there, and the crew has one order; said a third time, nothing is new."""
    scene = Leaving(hold=False)
    words = {"what": WITHDRAW, "text": "堤坝险情", "hold": True}
    assert kinds(scene.step(c.InstructCrew, DESK, **words))[0] == "DemandHeld"
    assert len(scene.row().instructions) == 1
    assert scene.step(c.InstructCrew, DESK, **words) == ()
    assert asked(scene.world.wait(minutes=5)) == []


def test_what_is_on_hold_for_a_question_says_the_danger_as_well() -> None:
    scene = OnScene(priority=1)
    scene.world.send(DESK, c.HoldDemand(demand=scene.demand, question="还需几队？"))
    words = {"what": WITHDRAW, "text": "堤坝险情", "hold": True}
    held = only(scene.step(c.InstructCrew, DESK, **words), f.DemandHeld)
    assert (held.question, held.crew) == ("堤坝险情", scene.crew)


def test_where_it_came_for_a_further_report_the_one_that_is_asked_for_is_held() -> None:
    """Of two demands that tell of one need the first asks for both, and lies in the same place."""
    scene = OnScene()
    world = scene.world
    leader = only(world.demand(scene.incident), f.DemandPublished).demand
    report = (scene.demand,)
    world.send(DESK, c.GroupDemands(division=world.township, leader=leader, demands=report))
    world.organization("far", township=1)
    facts = scene.step(c.InstructCrew, DESK, what=WITHDRAW, text="堤坝险情", hold=True)
    assert only(facts, f.DemandHeld).demand == leader
    assert asked([*facts, *world.wait(minutes=5)]) == []


def lift(scene: OnScene, *, mistaken: bool) -> list[str]:
    [given] = [one.id for one in scene.row().instructions if one.lifted_at is None]
    lifted = scene.step(c.LiftFromCrew, DESK, instruction=given, mistaken=mistaken)
    return kinds([*lifted, *scene.world.wait(minutes=1)])


def test_what_was_on_hold_for_an_order_that_never_was_valid_goes_on_with_it() -> None:
    """In the same turn; lifted because it has done its work, the place waits for a desk's word."""
    scene = Leaving(hold=True)
    assert "DemandResumed" not in lift(scene, mistaken=False)
    scene = Leaving(hold=True)
    assert lift(scene, mistaken=True)[:2] == ["InstructionLifted", "DemandResumed"]
    assert scene.row().question is None


def test_over_a_crew_there_with_people_in_danger_nothing_goes_on_by_itself() -> None:
    """The order was a mistake; whether the place is safe its desk has to say all the same."""
    scene = Leaving(hold=True)
    scene.step(c.CountHeads, inside=2)
    assert "DemandResumed" not in lift(scene, mistaken=True)
    assert scene.row().question == "堤坝险情"


def test_what_is_on_hold_for_something_else_as_well_stays_so() -> None:
    """Given a demand on hold for a question, and then for an order; when the order was a mistake,
    then it is on hold for the question, and its row says that one."""
    scene = OnScene(priority=1)
    scene.world.send(DESK, c.HoldDemand(demand=scene.demand, question="还需几队？"))
    scene.step(c.InstructCrew, DESK, what=WITHDRAW, text="堤坝险情", hold=True)
    assert "DemandResumed" not in lift(scene, mistaken=True)
    assert scene.row().question == "还需几队？"


def test_where_it_alone_leaves_another_is_asked() -> None:
    scene = Leaving(hold=False)
    assert "DemandHeld" not in kinds(scene.told)
    assert len(asked(scene.told)) == 1


def test_its_team_is_taken_at_no_word_for_the_place_that_it_is_told_to_leave() -> None:
    """Neither as volunteers nor for a request of before."""
    scene = Leaving(hold=False)
    world = scene.world
    organization = world.operation.assignments[scene.crew].organization
    help = c.OfferHelp(line=scene.line, organization=organization, quantity=1)
    assert world.refused("near", help) is Refusal.INSTRUCTION_HOLDS


class OtherLine(Leaving):
    """The crew's team could do what another line of the same demand asks for, too."""

    def __init__(self) -> None:
        super().__init__(hold=False)
        self.team = self.world.operation.assignments[self.crew].organization
        skills = (Capability(skill="PUMP_DRAIN", units=1), Capability(skill="CATERING", units=1))
        self.world.send("near", c.SetCapacity(organization=self.team, capabilities=skills))
        more = LineRequest(skill="CATERING", minimum=1, target=1)
        self.facts = [*self.world.amend(self.demand, lines=(more,)), *self.world.wait(minutes=0)]
        self.other = self.world.operation.demands[self.demand].lines[-1]


def test_its_team_is_not_asked_back_through_another_line_of_the_demand() -> None:
    """Nobody is left for that line, and the desk reads why; lifted, its team is asked at once."""
    scene = OtherLine()
    assert asked(scene.facts) == []
    line = scene.world.operation.lines[scene.other]
    assert [(one.gate, one.count) for one in line.gates] == [(Gate.LEAVING, 1)]
    told = only(scene.told, f.CrewInstructed).instruction
    lifted = [*scene.step(c.LiftFromCrew, DESK, instruction=told), *scene.world.wait(minutes=0)]
    assert [offer.line for offer in asked(lifted)] == [scene.other]


def test_once_its_work_there_has_ended_its_team_is_asked_for_the_other_line() -> None:
    scene = OtherLine()
    ended = [*scene.step(c.StandDownCrew, DESK, everybody_out=True), *scene.world.wait(minutes=0)]
    assert scene.other in [offer.line for offer in asked(ended)]


def test_what_it_is_asked_for_there_is_taken_back_with_the_order() -> None:
    """Given a request for the other line, when its crew is told to leave, then it ends, for no yes
    would count."""
    scene = OtherLine()
    told = only(scene.told, f.CrewInstructed).instruction
    lifted = [*scene.step(c.LiftFromCrew, DESK, instruction=told), *scene.world.wait(minutes=0)]
    offer = only(asked(lifted)).offer
    scene.step(c.InstructCrew, DESK, what=WITHDRAW, text="堤坝险情", hold=False)
    assert scene.world.operation.offers[offer].state is OfferState.STOOD_DOWN


# Out


def told_to_leave(scene: OnScene) -> InstructionId:
    """It has read that it is to leave."""
    given = instruct(scene, WITHDRAW)
    scene.step(c.AcknowledgeInstruction, instruction=given)
    return given


def test_who_is_told_to_leave_and_is_not_heard_of_is_called_and_then_by_the_county() -> None:
    """On a line whose crews need not say a word for an hour."""
    scene = OnScene()
    told_to_leave(scene)
    since, until = scene.world.at, scene.world.at + HOUR
    missed = only(scene.world.until(until, f.CheckInMissed), f.CheckInMissed)
    assert (missed.at, missed.due_at, missed.out) == (since + 10 * MINUTE, missed.at, True)
    told = only(scene.world.until(until, f.CheckInEscalated), f.CheckInEscalated)
    assert (told.at, scene.row().escalated) == (since + 15 * MINUTE, True)
    scene.step(c.CheckIn, people=None, out=True)
    row = scene.row()
    assert (row.missed_at, row.out_by, row.out_at) == (None, None, scene.world.at)


def test_also_on_its_way_it_is_called() -> None:
    scene = OnScene()
    scene.step(c.UndoStep)
    assert scene.row().state != "on_scene"
    told_to_leave(scene)
    since = scene.world.at
    missed = only(scene.world.until(since + HOUR, f.CheckInMissed), f.CheckInMissed)
    assert (missed.at, missed.out) == (since + 10 * MINUTE, True)


@pytest.mark.parametrize("by", ["near", DESK])
def test_a_word_on_the_way_out_does_not_put_off_that_all_of_them_have_to_be_out(
    by: str,
) -> None:
    """Given a crew that was told to leave, when it says a word before it is out, or its desk does,
    then it is called at its time all the same; a word to that call gives it its time once more."""
    scene = OnScene()
    told_to_leave(scene)
    told = scene.world.at
    scene.world.wait(minutes=6)
    scene.step(c.CheckIn, by, people=None)
    missed = only(scene.world.until(told + HOUR, f.CheckInMissed), f.CheckInMissed)
    assert (missed.at, missed.out) == (told + 10 * MINUTE, True)
    scene.step(c.CheckIn, by, people=None)
    called = scene.world.at
    again = only(scene.world.until(called + HOUR, f.CheckInMissed), f.CheckInMissed)
    assert again.at == called + 10 * MINUTE


@pytest.mark.parametrize("read", [False, True])
@pytest.mark.parametrize("there", [False, True])
def test_nothing_is_closed_over_who_is_told_to_leave_before_all_of_them_are_out(
    read: bool, there: bool
) -> None:
    """Neither its demand, alone or among several, nor the incident, nor its own work: the order
    stays on its phone, and is looked after. With its word, or its desk's for it, all that goes."""
    scene = OnScene()
    if not there:
        scene.step(c.UndoStep)
    given = instruct(scene, WITHDRAW)
    if read:
        scene.step(c.AcknowledgeInstruction, instruction=given)
    world = scene.world
    several = c.CloseDemands(
        division=world.township, demands=(scene.demand,), reason=CloseReason.MET
    )
    live = digest_of(live_in(world.operation, scene.incident))
    ending = c.CloseIncident(incident=scene.incident, live=live)
    for actor, command in ((DESK, scene.close()), (DESK, several), (COUNTY, ending)):
        assert world.refused(actor, command) is Refusal.CREW_CALLED_OUT
    assert scene.refused(c.StandDownCrew, DESK) is Refusal.CREW_CALLED_OUT
    scene.step(c.CheckIn, DESK, out=True)
    assert "DemandClosed" in kinds(world.send(DESK, scene.close()))


@pytest.mark.parametrize("actor", ["near", DESK])
def test_that_it_is_there_already_is_taken_at_its_word_whatever_it_is_told(actor: str) -> None:
    """Given a crew without signal that is told to leave, when its arrival comes in behind that;
    then its card says that it is there and is to leave, and it is no cover and waited for."""
    scene = on_the_way(WITHDRAW)
    facts = scene.step(c.Arrive, actor)
    assert kinds(facts) == ["AssignmentSetOff", "AssignmentArrived"]
    assert [fact.implied for fact in facts] == [True, False]
    row = scene.row()
    assert (row.state, row.withdrawing, row.out_at) == ("on_scene", True, None)
    assert row.check_in_by is not None
    assert working(scene) == 0


def test_who_may_go_on_owes_no_such_word() -> None:
    scene = OnScene()
    given = told_to_leave(scene)
    since = scene.world.at
    scene.world.until(since + HOUR, f.CheckInMissed)
    scene.step(c.LiftFromCrew, DESK, instruction=given)
    assert (scene.row().missed_at, scene.row().out_by) == (None, None)
    missed = only(scene.world.until(since + 2 * HOUR, f.CheckInMissed), f.CheckInMissed)
    assert (missed.at, missed.out) == (since + 65 * MINUTE, False)


def test_behind_a_standstill_who_may_go_on_has_a_while_to_say_so() -> None:
    """Given a crew under an order when nothing can be heard, and the order is lifted right behind
    that, then nobody calls it for a word that it could not give."""
    scene = OnScene()
    given, world = told_to_leave(scene), scene.world
    since = world.at
    world.at += 2 * HOUR
    world.send(OWNER, c.Resume(number=world.operation.count("tick") + 1, since=since))
    resumed = world.at
    scene.step(c.LiftFromCrew, DESK, instruction=given)
    missed = only(world.until(resumed + HOUR, f.CheckInMissed), f.CheckInMissed)
    assert (missed.at, missed.out) == (resumed + QUIET, False)


def test_of_two_reasons_one_unread_and_lifted_the_other_is_waited_for() -> None:
    scene = OnScene()
    told_to_leave(scene)
    other = instruct(scene, STOP)
    scene.world.wait(minutes=1)
    scene.step(c.CheckIn, people=None)
    assert scene.row().out_by is None
    scene.step(c.LiftFromCrew, DESK, instruction=other)
    assert scene.row().out_by == scene.world.at + 10 * MINUTE
