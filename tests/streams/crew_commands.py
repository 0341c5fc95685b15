"""Commands about a crew on the scene, one of each: for the table of who may send them."""

from __future__ import annotations

from collections.abc import Iterator

from schemas import commands as c
from schemas.instruction_values import InstructionKind
from schemas.values import (
    AssignmentId,
    DeclineReason,
    InstructionId,
    OfferId,
    ReportAnswer,
    ReportId,
    SceneReport,
    Step,
)


def answers(offer: OfferId) -> Iterator[c.Command]:
    """What it says to being asked."""
    yield c.AcceptOffer(offer=offer, quantity=1)
    yield c.DeclineOffer(offer=offer, reason=DeclineReason.OTHER)
    yield c.CounterOffer(offer=offer, quantity=1, minutes=90)
    yield from (word(offer=offer) for word in (c.ShowPersons, c.TakeStandby, c.EndStandby))


def on_the_scene(crew: AssignmentId) -> Iterator[c.Command]:
    """What it says from there, and what it is told."""
    yield from (c.CheckIn(assignment=crew), c.KeepCrewOn(assignment=crew))
    yield c.CountHeads(assignment=crew, inside=1)
    yield c.SeeWords(assignment=crew, revision=1)
    yield c.ReportFromScene(assignment=crew, what=SceneReport.ROAD_CUT, text="桥断")
    yield c.AnswerReport(assignment=crew, report=ReportId("none"), answer=ReportAnswer.NOTED)
    yield c.InstructCrew(assignment=crew, what=InstructionKind.STOP)
    yield c.LetStay(assignment=crew, reason="在堤外侧")
    for word in (c.AcknowledgeInstruction, c.LiftFromCrew, c.TellBeside):
        yield word(assignment=crew, instruction=InstructionId("none"))
    yield from (c.StandDownCrew(assignment=crew), c.GiveNewTime(assignment=crew, minutes=5))
    yield c.CorrectStep(assignment=crew, step=Step.COMMITTED)
