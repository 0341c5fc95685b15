"""Instructions: binding, only acknowledged; what nobody reads climbs; the desk lifts or ends."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.instruction_values import InstructionKind
from schemas.instruction_views import InstructionView
from schemas.refusals import Refusal
from schemas.turns import OWNER
from schemas.values import Capability, CloseReason, InstructionId, Step
from schemas.views import IncidentRow
from streams import rows
from streams.parameters import DAY, HOUR, INSTRUCTIONS_MOST, MINUTE, OUT_WITHIN
from tests.streams.test_checking import OnScene
from tests.streams.world import COUNTY, DESK, asked, kinds, only

STOP, WITHDRAW = InstructionKind.STOP, InstructionKind.WITHDRAW
HAND_OVER, COME_TO = InstructionKind.HAND_OVER, InstructionKind.COME_TO


def instruct(scene: OnScene, what: InstructionKind = WITHDRAW, **said: Any) -> InstructionId:
    facts = scene.step(c.InstructCrew, DESK, what=what, **said)
    given: InstructionId = only(facts, f.CrewInstructed).instruction
    return given


def everybody(scene: OnScene, what: InstructionKind = STOP, **said: Any) -> InstructionId:
    command = c.InstructIncident(incident=scene.incident, what=what, **said)
    given: InstructionId = only(scene.world.send(COUNTY, command), f.IncidentInstructed).instruction
    return given


def order(scene: OnScene) -> InstructionView:
    [view] = scene.row().instructions
    return view


def working(scene: OnScene) -> int:
    return scene.world.operation.lines[scene.line].working


# Read, or not


def test_it_waits_for_one_tap() -> None:
    """Given an instruction, when its crew reads it, then nobody has to call."""
    scene = OnScene()
    given = instruct(scene, text="大坝渗漏")
    assert (order(scene).what, order(scene).text) == ("withdraw", "大坝渗漏")
    assert order(scene).acknowledge_by == scene.world.at + 2 * MINUTE
    said = scene.step(c.AcknowledgeInstruction, instruction=given)
    assert kinds(said) == ["InstructionAcknowledged"]
    assert order(scene).acknowledged_at == scene.world.at
    assert "AcknowledgmentMissed" not in kinds(scene.world.wait(minutes=10))
    assert scene.step(c.AcknowledgeInstruction, instruction=given) == ()


def test_what_is_not_read_is_its_desks_to_call_and_then_the_countys() -> None:
    scene = OnScene()
    given = instruct(scene)
    since, until = scene.world.at, scene.world.at + HOUR
    missed = only(scene.world.until(until, f.AcknowledgmentMissed), f.AcknowledgmentMissed)
    assert missed.at == since + 2 * MINUTE
    assert (order(scene).missed_at, order(scene).escalated) == (missed.at, False)
    told = only(scene.world.until(until, f.AcknowledgmentEscalated), f.AcknowledgmentEscalated)
    assert told.at == since + 4 * MINUTE
    assert order(scene).escalated
    scene.step(c.AcknowledgeInstruction, COUNTY, instruction=given)
    assert (order(scene).by_desk, order(scene).acknowledged_at) == (True, scene.world.at)


def test_who_cannot_is_called_at_once_and_is_not_taken_for_silent() -> None:
    """Given a crew that has read its instruction and cannot, then its desk has to call it, two
    minutes later the county's too, until one has spoken with it; that all are out is owed still."""
    scene = OnScene()
    given = instruct(scene)
    said = only(scene.step(c.AcknowledgeInstruction, instruction=given, unable=True))
    assert said.unable
    assert (order(scene).unable_at, order(scene).spoken_at) == (scene.world.at, None)
    assert scene.row().out_by == scene.world.at + OUT_WITHIN
    facts = scene.world.wait(minutes=3)
    assert "AcknowledgmentMissed" not in kinds(facts)
    assert only(facts, f.AcknowledgmentEscalated).unable
    assert order(scene).escalated
    spoken = only(scene.step(c.AcknowledgeInstruction, COUNTY, instruction=given))
    assert (spoken.spoken, spoken.unable) == (True, False)
    assert (order(scene).spoken_at, order(scene).by_desk) == (scene.world.at, False)


def test_who_could_not_may_do_it_after_all_or_find_later_that_it_cannot() -> None:
    scene = OnScene()
    given = instruct(scene)
    for unable in (True, False, True):
        scene.step(c.AcknowledgeInstruction, instruction=given, unable=unable)
        assert (order(scene).unable_at is not None) is unable
        assert scene.step(c.AcknowledgeInstruction, instruction=given, unable=unable) == ()
    assert only(scene.world.wait(minutes=2), f.AcknowledgmentEscalated).at == scene.world.at


def test_what_a_leader_says_on_the_telephone_needs_no_call() -> None:
    scene = OnScene()
    given = instruct(scene)
    scene.step(c.AcknowledgeInstruction, DESK, instruction=given, unable=True)
    assert (order(scene).unable_at, order(scene).spoken_at) == (scene.world.at, scene.world.at)
    assert "AcknowledgmentEscalated" not in kinds(scene.world.wait(minutes=9))


def test_after_a_standstill_nobody_is_called_at_once() -> None:
    scene = OnScene()
    instruct(scene)
    world, since = scene.world, scene.world.at + MINUTE
    world.at += 30 * MINUTE
    world.send(OWNER, c.Resume(number=world.operation.count("tick") + 1, since=since))
    missed = only(world.until(world.at + HOUR, f.AcknowledgmentMissed), f.AcknowledgmentMissed)
    assert missed.at == since + 29 * MINUTE + 2 * MINUTE


def test_what_was_read_on_the_way_out_of_the_hole_is_no_error() -> None:
    """Given one that is lifted already, when a phone says that it was read, then all is well;
    one that was never given is refused."""
    scene = OnScene()
    given = instruct(scene)
    scene.step(c.LiftFromCrew, DESK, instruction=given)
    assert scene.step(c.AcknowledgeInstruction, instruction=given) == ()
    never = {"instruction": InstructionId("none")}
    assert scene.refused(c.AcknowledgeInstruction, **never) is Refusal.INSTRUCTION_OVER


# Cover


@pytest.mark.parametrize("what", [STOP, WITHDRAW])
def test_whoever_is_told_to_leave_is_no_cover_until_it_is_lifted(what: InstructionKind) -> None:
    """Given a crew that covers its line, when it is told to leave, then somebody else is asked;
    when that is lifted, then it covers as before, and the others are thanked."""
    scene = OnScene()
    scene.world.organization("far", township=1)
    given = instruct(scene, what)
    facts = scene.world.wait(minutes=0)
    assert (working(scene), scene.row().withdrawing) == (0, True)
    assert scene.world.operation.lines[scene.line].covered == 0
    facts += scene.world.wait(minutes=1)
    scene.step(c.LiftFromCrew, DESK, instruction=given)
    assert (working(scene), scene.row().withdrawing) == (1, False)
    assert order(scene).lifted_at == scene.world.at
    states = {offer.state for offer in scene.world.operation.offers.rows.values()}
    assert "sent" not in states


@pytest.mark.parametrize("what", [HAND_OVER, COME_TO])
def test_whoever_goes_elsewhere_is_cover_still(what: InstructionKind) -> None:
    scene = OnScene()
    instruct(scene, what, to="村委会")
    assert (working(scene), scene.row().withdrawing) == (1, False)


def test_two_reasons_to_leave_are_two_to_be_lifted() -> None:
    scene = OnScene()
    one, other = instruct(scene, STOP), instruct(scene, WITHDRAW)
    scene.step(c.LiftFromCrew, DESK, instruction=one)
    assert working(scene) == 0
    scene.step(c.LiftFromCrew, DESK, instruction=other)
    assert working(scene) == 1


def test_whoever_is_told_to_leave_is_not_expected_meanwhile() -> None:
    """Given a crew on its way, when it is told to withdraw, then nobody calls it overdue; when it
    goes on, then it is late only after its grace."""
    scene = OnScene()
    late = scene.world.demand(scene.incident)
    scene.world.organization("other", township=1)
    crew = scene.world.at_work(asked([*late, *scene.world.wait(minutes=1)])[-1], minutes=5)
    tell = c.InstructCrew(assignment=crew, what=WITHDRAW)
    given = only(scene.world.send(DESK, tell), f.CrewInstructed).instruction
    assert "CrewOverdue" not in kinds(scene.world.wait(minutes=60))
    scene.world.send(DESK, c.LiftFromCrew(assignment=crew, instruction=given))
    back = scene.world.at
    overdue = only(scene.world.until(back + DAY, f.CrewOverdue), f.CrewOverdue)
    assert overdue.at > back


def test_whoever_is_told_to_leave_is_not_asked_for_more_of_the_same() -> None:
    """Given a team with a second crew free, when its first is told to leave, then nobody asks the
    team to send the other one there."""
    scene = OnScene()
    pumps = (Capability(skill="PUMP_DRAIN", units=3),)
    team = scene.world.operation.assignments[scene.crew].organization
    scene.world.send("near", c.SetCapacity(organization=team, capabilities=pumps))
    facts = [*scene.step(c.InstructCrew, DESK, what=STOP), *scene.world.wait(minutes=20)]
    assert not asked(facts)


# The end of it


def test_the_desk_ends_the_work_of_a_crew_that_it_has_withdrawn() -> None:
    """It is thanked, and not asked again for the same line at once."""
    scene = OnScene()
    assert scene.refused(c.StandDownCrew, DESK) is Refusal.INSTRUCTION_MISSING
    instruct(scene)
    assert scene.refused(c.StandDownCrew, DESK) is Refusal.CREW_CALLED_OUT
    scene.step(c.CountHeads, inside=2)
    assert scene.refused(c.StandDownCrew, DESK) is Refusal.HEADS_INSIDE
    facts = scene.step(c.StandDownCrew, DESK, everybody_out=True)
    assert kinds(facts)[:2] == ["HeadsCounted", "AssignmentStoodDown"]
    assert (scene.row().state, scene.row().stand_down_reason) == ("stood_down", "withdrawn")
    assert not asked([*facts, *scene.world.wait(minutes=20)])
    assert scene.refused(c.InstructCrew, DESK, what=STOP) is Refusal.ASSIGNMENT_ENDED


def test_with_the_work_what_was_not_read_is_over() -> None:
    scene = OnScene()
    instruct(scene)
    scene.step(c.CheckIn, DESK, out=True)
    scene.world.send(DESK, scene.close())
    assert "AcknowledgmentMissed" not in kinds(scene.world.wait(minutes=10))


def test_who_did_not_mean_to_give_up_is_told_still() -> None:
    scene = OnScene()
    mine = instruct(scene)
    over = everybody(scene)
    scene.step(c.CannotComplete)
    lift = c.LiftFromIncident(incident=scene.incident, instruction=over)
    scene.world.send(COUNTY, lift)
    scene.step(c.UndoStep)
    standing = [view.id for view in scene.row().instructions if view.lifted_at is None]
    assert standing == [mine]
    assert "AcknowledgmentMissed" in kinds(scene.world.wait(minutes=3))


# Everybody


def test_everybody_at_work_is_told_and_whoever_comes_later() -> None:
    """Given an instruction to an incident, then each crew reads it for itself, later ones from
    their yes on; lifted once, it is over for all."""
    scene = OnScene()
    given = everybody(scene, COME_TO, to="镇政府")
    assert (order(scene).everybody, order(scene).to) == (True, "镇政府")
    scene.world.organization("later", township=1)
    facts = [*scene.world.demand(scene.incident), *scene.world.wait(minutes=1)]
    crew = scene.world.at_work(asked(facts)[-1])
    known = scene.world.operation.told[crew]
    assert [one.id for one in known.standing] == [given]
    assert known.standing[0].acknowledge_by == scene.world.at + 2 * MINUTE
    missed = scene.world.wait(minutes=3)
    assert kinds(missed).count("AcknowledgmentMissed") == 2
    mine = {"instruction": given}
    assert scene.refused(c.LiftFromCrew, DESK, **mine) is Refusal.INSTRUCTION_EVERYBODY
    lift = c.LiftFromIncident(incident=scene.incident, instruction=given, mistaken=True)
    scene.world.send(COUNTY, lift)
    assert (order(scene).lifted_at, order(scene).mistaken) == (scene.world.at, True)
    assert not scene.world.operation.told[crew].standing
    assert scene.world.refused(COUNTY, lift) is Refusal.INSTRUCTION_OVER


def test_the_incident_says_what_holds_for_everybody() -> None:
    scene = OnScene()
    given = everybody(scene)
    operation = scene.world.operation
    row = rows.incident(operation, operation.incidents[scene.incident]).row
    assert isinstance(row, IncidentRow)
    assert [(one.id, one.what) for one in row.instructions] == [(given, "stop")]


def test_an_incident_that_is_closed_lifts_them() -> None:
    scene = OnScene()
    everybody(scene)
    scene.step(c.CheckIn, out=True)
    facts = scene.world.close_incident(scene.incident)
    assert kinds(facts)[:2] == ["InstructionLifted", "IncidentClosing"]
    assert not scene.world.operation.instructions


# What is refused


@pytest.mark.parametrize(
    ("what", "to"), [(HAND_OVER, ""), (COME_TO, ""), (STOP, "镇政府"), (WITHDRAW, "镇政府")]
)
def test_to_whom_or_where_is_said_exactly_where_it_belongs(what: InstructionKind, to: str) -> None:
    scene = OnScene()
    assert scene.refused(c.InstructCrew, DESK, what=what, to=to) is Refusal.INSTRUCTION_UNFIT


def test_said_twice_it_holds_once() -> None:
    scene = OnScene()
    instruct(scene, text="余震")
    assert scene.step(c.InstructCrew, DESK, what=WITHDRAW, text="余震") == ()
    everybody(scene)
    again = c.InstructIncident(incident=scene.incident, what=STOP)
    assert scene.world.send(COUNTY, again) == ()


def test_more_than_a_crew_can_keep_in_mind_is_refused() -> None:
    scene = OnScene()
    for number in range(INSTRUCTIONS_MOST):
        instruct(scene, COME_TO, to=f"{number} 号点")
    refused = scene.refused(c.InstructCrew, DESK, what=STOP)
    assert refused is Refusal.INSTRUCTIONS_STANDING


def test_nobody_cannot_be_told() -> None:
    """Of an incident in which nobody is at work, or that is closed."""
    scene = OnScene()
    scene.world.close(scene.demand, CloseReason.CANCELED)
    command = c.InstructIncident(incident=scene.incident, what=STOP)
    assert scene.world.refused(COUNTY, command) is Refusal.INSTRUCTION_TO_NOBODY
    scene.world.close_incident(scene.incident)
    assert scene.world.refused(COUNTY, command) is Refusal.INCIDENT_NOT_OPEN


def test_whom_a_word_to_everybody_sent_home_is_asked_once_it_is_lifted() -> None:
    """Given everybody told to leave, and a crew stood down for it, then it was not judged: once
    the word is lifted it is asked at once, for its line is short."""
    scene = OnScene(priority=1)
    given = everybody(scene, WITHDRAW)
    ended = scene.step(c.StandDownCrew, DESK, everybody_out=True)
    stood_down = only(ended, f.AssignmentStoodDown)
    assert stood_down.again_at == stood_down.at
    command = c.LiftFromIncident(incident=scene.incident, instruction=given)
    lifted = scene.world.send(COUNTY, command)
    assert asked([*lifted, *scene.world.wait(minutes=0)])


# Out, and no farther in


def on_the_way(what: InstructionKind = WITHDRAW) -> OnScene:
    """A crew that has set off, and is told to turn round."""
    scene = OnScene()
    scene.step(c.CorrectStep, DESK, step=Step.COMMITTED)
    instruct(scene, what)
    return scene


@pytest.mark.parametrize("actor", ["near", DESK])
@pytest.mark.parametrize("what", [STOP, WITHDRAW])
def test_who_is_told_to_stop_or_to_leave_is_led_no_farther_in(
    what: InstructionKind, actor: str
) -> None:
    """Also by its desk for it: until that is lifted nobody sets off or names a time."""
    scene = on_the_way(what)
    for command, said in ((c.SetOff, {}), (c.GiveNewTime, {"minutes": 50})):
        assert scene.refused(command, actor, **said) is Refusal.INSTRUCTION_HOLDS
    scene.step(c.LiftFromCrew, DESK, instruction=order(scene).id)
    assert kinds(scene.step(c.SetOff, actor)) == ["AssignmentSetOff"]


def test_who_is_told_to_come_elsewhere_or_to_hand_over_goes_on() -> None:
    scene = OnScene()
    scene.step(c.CorrectStep, DESK, step=Step.COMMITTED)
    instruct(scene, COME_TO, to="镇政府")
    assert kinds(scene.step(c.SetOff)) == ["AssignmentSetOff"]


@pytest.mark.parametrize("actor", ["near", DESK])
def test_that_all_are_out_is_a_word_of_its_own_with_its_time(actor: str) -> None:
    """Said twice it is said once; nobody is inside any more, and who was on the way stays there."""
    scene = OnScene()
    scene.step(c.CountHeads, inside=2)
    instruct(scene)
    assert scene.row().out_at is None
    facts = scene.step(c.CheckIn, actor, out=True)
    assert kinds(facts) == ["HeadsCounted", "CrewCheckedIn"]
    assert (scene.row().inside, scene.row().out_at) == (0, scene.world.at)
    scene.world.wait(minutes=5)
    assert scene.step(c.CheckIn, actor, out=True) == ()
    scene = on_the_way()
    assert kinds(scene.step(c.CheckIn, actor, out=True)) == ["CrewCheckedIn"]
    assert (scene.row().state, scene.row().arrived_at) == ("committed", None)


def test_out_of_one_is_not_out_of_the_next_and_nobody_is_out_who_may_go_on() -> None:
    scene = OnScene()
    given = instruct(scene, STOP)
    scene.step(c.CheckIn, out=True)
    further = instruct(scene, WITHDRAW)
    assert scene.row().out_at is None
    scene.step(c.CheckIn, out=True)
    scene.step(c.LiftFromCrew, DESK, instruction=given)
    assert scene.row().out_at == scene.world.at
    scene.step(c.LiftFromCrew, DESK, instruction=further)
    assert scene.row().out_at is None
    scene.step(c.CheckIn, out=True)  # it was lifted while the word was on its way
    assert scene.row().out_at is None
