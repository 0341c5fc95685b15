"""The rows of the table of states: each command as somebody who may would send it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.ids import digest_of
from schemas.turns import DELIVERY
from schemas.values import (
    CloseReason,
    DeclineReason,
    Domain,
    OpeningReason,
    OrganizationId,
    PersonId,
    Reach,
    Reception,
    ReportAnswer,
    ReportId,
    SceneReport,
    Step,
)
from streams.entities import IncidentState
from streams.incident import live_in
from streams.parameters import SECOND
from tests.streams.state_worlds import NEAR, NEIGHBOR, Scene, neighbor
from tests.streams.world import COUNTY, DESK, SEALED, divisions, only, townships

Sent = tuple[str, c.Command]


class Row(NamedTuple):
    """A command, what is particular about this way to send it, and who sends what."""

    kind: type[c.Command]
    words: str
    send: Callable[[Scene], Sent]

    @property
    def title(self) -> str:
        return f"`{self.kind.__name__}` {self.words}".strip()


OWNERS: dict[type[c.Command], str] = {
    c.OpenLog: "once for each log, before all that is here.",
    c.MoveLog: "the log ends where it is; every later command is answered 503 until it goes on.",
    c.ReceiveLog: "the log goes on where it has arrived.",
    c.ChangeRules: "the next version of the rules decides from here on.",
    c.Tick: "the last row of each table.",
    c.Resume: "after a standstill: who has to answer, or to arrive, gets the lost time back.",
}
"""Commands without a row, and why."""


def live_digest(scene: Scene) -> str | None:
    """What the desk has looked at before it closes: the live assignments."""
    live = live_in(scene.world.operation, scene.incident)
    return digest_of(live) if live else None


def amend(scene: Scene, actor: str, **differs: object) -> Sent:
    """One more unit on the first line, with everything else as it is, unless it differs."""
    world = scene.world
    known = world.operation.demands[scene.demand]
    first, *rest = (world.operation.lines[key].target for key in known.lines)
    same: dict[str, Any] = {
        "demand": known.id,
        "revision": known.revision,
        "priority": known.priority,
        "targets": (first + 1, *rest),
        "lines": (),
        "risk_statement": known.risk_statement,
        "rally_point": known.rally_point,
    }
    return actor, c.AmendDemand(**{**same, **differs})


def opening(actor: str, scene: Scene) -> Sent:
    return actor, c.OpenSealedText(demand=scene.demand, reason=OpeningReason.CALLING)


def note(scene: Scene) -> c.NoteDemand:
    return c.NoteDemand(demand=scene.demand, text=SEALED)


def several(scene: Scene) -> dict[str, Any]:
    """One demand, named as one of several."""
    division = scene.world.operation.demands[scene.demand].place.division
    return {"division": division, "demands": (scene.demand,)}


def grouping(scene: Scene) -> c.GroupDemands:
    """Under one that is posted just now at the same place; where nothing can be, under itself."""
    world, demand = scene.world, scene.world.operation.demands[scene.demand]
    leader = demand.id
    if world.operation.incidents[demand.incident].state is IncidentState.OPEN:
        posting = replace(world.demand_command(demand.incident), place=demand.place)
        leader = only(world.send(scene.desk, posting), f.DemandPublished).demand
    return c.GroupDemands(leader=leader, **several(scene))


def again(scene: Scene) -> c.PublishDemand:
    demand = scene.world.operation.demands[scene.demand]
    posting = scene.world.demand_command(demand.incident)
    return replace(posting, place=demand.place, same_as=demand.id)


INCIDENT = (
    Row(
        c.OpenIncident,
        "the same event again",
        lambda s: (COUNTY, c.OpenIncident(hazard="typhoon", division=s.world.county)),
    ),
    Row(
        c.JoinIncident,
        "by another county's desk",
        lambda s: (NEIGHBOR, c.JoinIncident(incident=s.incident, division=neighbor())),
    ),
    Row(
        c.CloseIncident,
        "without a digest",
        lambda s: (COUNTY, c.CloseIncident(incident=s.incident)),
    ),
    Row(
        c.CloseIncident,
        "with the digest of who is at work",
        lambda s: (COUNTY, c.CloseIncident(incident=s.incident, live=live_digest(s))),
    ),
    Row(c.ReopenIncident, "", lambda s: (COUNTY, c.ReopenIncident(incident=s.incident))),
    Row(c.PublishDemand, "in it", lambda s: (DESK, s.world.demand_command(s.incident))),
    Row(c.OpenSealedText, "of its demand", lambda s: opening(DESK, s)),
)


def hold(scene: Scene) -> c.HoldDemand:
    return c.HoldDemand(demand=scene.demand, question="桥能不能过车？")


DEMAND = (
    Row(c.AmendDemand, "one more unit", lambda s: amend(s, s.desk)),
    Row(c.AmendDemand, "less urgent (4)", lambda s: amend(s, s.desk, priority=4)),
    Row(
        c.AmendDemand,
        "to another township",
        lambda s: amend(s, s.desk, place=divisions().seat(townships()[2])),
    ),
    Row(
        c.AmendDemand,
        "from an old revision",
        lambda s: amend(s, s.desk, revision=s.revision + 1),
    ),
    Row(c.AmendDemand, "by whoever posted it", lambda s: amend(s, DESK)),
    Row(
        c.CloseDemand,
        "as met",
        lambda s: (
            s.desk,
            c.CloseDemand(demand=s.demand, reason=CloseReason.MET, revision=s.revision),
        ),
    ),
    Row(
        c.CloseDemand,
        "as canceled",
        lambda s: (
            s.desk,
            c.CloseDemand(demand=s.demand, reason=CloseReason.CANCELED, revision=s.revision),
        ),
    ),
    Row(
        c.ReopenDemand,
        "",
        lambda s: (s.desk, c.ReopenDemand(demand=s.demand, revision=s.revision)),
    ),
    Row(
        c.CloseDemands,
        "as unfounded",
        lambda s: (s.desk, c.CloseDemands(**several(s), reason=CloseReason.UNFOUNDED)),
    ),
    Row(c.ReopenDemands, "", lambda s: (s.desk, c.ReopenDemands(**several(s)))),
    Row(c.GroupDemands, "with one of now, which leads", lambda s: (s.desk, grouping(s))),
    Row(c.UngroupDemands, "", lambda s: (s.desk, c.UngroupDemands(**several(s)))),
    Row(c.PublishDemand, "the same need again", lambda s: (s.desk, again(s))),
    Row(c.KeepDemand, "still needed", lambda s: (s.desk, c.KeepDemand(demand=s.demand))),
    Row(c.HoldDemand, "with a question", lambda s: (s.desk, hold(s))),
    Row(c.HoldDemand, "by the county", lambda s: (COUNTY, hold(s))),
    Row(c.ResumeDemand, "", lambda s: (s.desk, c.ResumeDemand(demand=s.demand))),
    Row(c.NoteDemand, "by its desk", lambda s: (s.desk, note(s))),
    Row(c.NoteDemand, "by whoever posted it", lambda s: (DESK, note(s))),
    Row(
        c.TakeBackDemand,
        "by whoever posted it",
        lambda s: (DESK, c.TakeBackDemand(demand=s.demand, revision=s.revision)),
    ),
    Row(c.OpenSealedText, "by its desk", lambda s: opening(s.desk, s)),
    Row(c.OpenSealedText, "by whoever posted it", lambda s: opening(DESK, s)),
    Row(c.OpenSealedText, "by an organization that was asked", lambda s: opening(NEAR, s)),
)


def received(scene: Scene, organization: OrganizationId, word: Reception) -> c.ReceiveCrew:
    return c.ReceiveCrew(line=scene.line, organization=organization, word=word, quantity=1)


LINE = (
    Row(
        c.AskByHand,
        "somebody off duty",
        lambda s: (DESK, c.AskByHand(line=s.line, organization=s.resting, reason=SEALED)),
    ),
    Row(
        c.AskByHand,
        "the first team",
        lambda s: (DESK, c.AskByHand(line=s.line, organization=s.organization, reason=SEALED)),
    ),
    Row(
        c.ReceiveCrew,
        "somebody off duty, taken on",
        lambda s: (DESK, received(s, s.resting, Reception.TAKEN_ON)),
    ),
    Row(
        c.ReceiveCrew,
        "the first team, parked",
        lambda s: (DESK, received(s, s.organization, Reception.PARKED)),
    ),
    Row(c.SetOwnCrew, "all of it", lambda s: (DESK, c.SetOwnCrew(line=s.line, units=2))),
    Row(c.DropLine, "", lambda s: (DESK, c.DropLine(line=s.line))),
    Row(c.AmendDemand, "one more unit of it", lambda s: amend(s, DESK)),
)

OFFER = (
    Row(
        c.AcceptOffer,
        "by the organization",
        lambda s: (NEAR, c.AcceptOffer(offer=s.offer, quantity=1)),
    ),
    Row(
        c.AcceptOffer,
        "recorded by the desk",
        lambda s: (DESK, c.AcceptOffer(offer=s.offer, quantity=1)),
    ),
    Row(
        c.AcceptOffer,
        "more than asked for",
        lambda s: (NEAR, c.AcceptOffer(offer=s.offer, quantity=2)),
    ),
    Row(
        c.DeclineOffer,
        "",
        lambda s: (NEAR, c.DeclineOffer(offer=s.offer, reason=DeclineReason.ROAD_BLOCKED)),
    ),
    Row(
        c.RecordReach,
        "reached",
        lambda s: (DELIVERY, c.RecordReach(reached=(c.Reached(offer=s.offer, by=Reach.SMS),))),
    ),
    Row(
        c.RecordReach,
        "unreachable",
        lambda s: (DELIVERY, c.RecordReach(unreachable=(s.offer,))),
    ),
    Row(
        c.AcceptOffer,
        "brought by the messenger",
        lambda s: (DELIVERY, c.AcceptOffer(offer=s.offer, quantity=1, person=PersonId("p"))),
    ),
    Row(
        c.DeclineOffer,
        "brought by the messenger",
        lambda s: (DELIVERY, c.DeclineOffer(offer=s.offer, reason=DeclineReason.NO_CREW)),
    ),
    Row(c.TakeStandby, "", lambda s: (DESK, c.TakeStandby(offer=s.offer))),
    Row(c.EndStandby, "", lambda s: (DESK, c.EndStandby(offer=s.offer))),
    Row(c.ShowPersons, "", lambda s: (DESK, c.ShowPersons(offer=s.offer))),
    Row(
        c.AskByHand,
        "the same team again",
        lambda s: (DESK, c.AskByHand(line=s.line, organization=s.organization, reason=SEALED)),
    ),
    Row(
        c.ReceiveCrew,
        "the same team comes, and is taken on",
        lambda s: (DESK, received(s, s.organization, Reception.TAKEN_ON)),
    ),
    Row(
        c.ReceiveCrew,
        "the same team comes, and is sent home",
        lambda s: (DESK, received(s, s.organization, Reception.SENT_HOME)),
    ),
)


def undo_later(scene: Scene) -> Sent:
    scene.world.until(scene.world.at + 31 * SECOND)
    return NEAR, c.UndoStep(assignment=scene.assignment)


def answering(scene: Scene) -> Sent:
    """Of a report that the desk has recorded for the crew before, where that was possible."""
    said = c.ReportFromScene(assignment=scene.assignment, what=SceneReport.NEED_MORE, quantity=2)
    scene.world.take(scene.world.envelope(DESK, said))
    waiting = scene.world.operation.scene_reports_of.of(scene.assignment)
    report = waiting[0].id if waiting else ReportId("none")
    answer = ReportAnswer.RAISED
    return DESK, c.AnswerReport(assignment=scene.assignment, report=report, answer=answer)


ASSIGNMENT = (
    Row(c.SetOff, "", lambda s: (NEAR, c.SetOff(assignment=s.assignment))),
    Row(c.Arrive, "", lambda s: (NEAR, c.Arrive(assignment=s.assignment))),
    Row(c.ReportDone, "", lambda s: (NEAR, c.ReportDone(assignment=s.assignment))),
    Row(c.CheckIn, "", lambda s: (NEAR, c.CheckIn(assignment=s.assignment))),
    Row(
        c.CountHeads,
        "two inside",
        lambda s: (NEAR, c.CountHeads(assignment=s.assignment, inside=2)),
    ),
    Row(
        c.CountHeads,
        "everybody out",
        lambda s: (NEAR, c.CountHeads(assignment=s.assignment, inside=0)),
    ),
    Row(c.SeeWords, "", lambda s: (NEAR, c.SeeWords(assignment=s.assignment, revision=1))),
    Row(
        c.ReportFromScene,
        "two more are needed",
        lambda s: (
            NEAR,
            c.ReportFromScene(assignment=s.assignment, what=SceneReport.NEED_MORE, quantity=2),
        ),
    ),
    Row(c.AnswerReport, "raised", answering),
    Row(c.CannotComplete, "", lambda s: (NEAR, c.CannotComplete(assignment=s.assignment))),
    Row(
        c.GiveNewTime,
        "in 40 minutes",
        lambda s: (NEAR, c.GiveNewTime(assignment=s.assignment, minutes=40)),
    ),
    Row(c.UndoStep, "within 30 s", lambda s: (NEAR, c.UndoStep(assignment=s.assignment))),
    Row(c.UndoStep, "later", undo_later),
    Row(c.UndoStep, "by the desk", lambda s: (DESK, c.UndoStep(assignment=s.assignment))),
    Row(
        c.CorrectStep,
        "to committed",
        lambda s: (DESK, c.CorrectStep(assignment=s.assignment, step=Step.COMMITTED)),
    ),
    Row(
        c.CorrectStep,
        "to on scene",
        lambda s: (DESK, c.CorrectStep(assignment=s.assignment, step=Step.ON_SCENE)),
    ),
    Row(
        c.ConfirmAssignment,
        "done",
        lambda s: (DESK, c.ConfirmAssignment(assignment=s.assignment)),
    ),
    Row(
        c.ConfirmAssignment,
        "not done",
        lambda s: (DESK, c.ConfirmAssignment(assignment=s.assignment, done=False)),
    ),
    Row(c.OpenSealedText, "by the crew", lambda s: opening(NEAR, s)),
    Row(c.ShowPersons, "of the crew", lambda s: (DESK, c.ShowPersons(offer=s.offer))),
    Row(
        c.CloseDemand,
        "as met",
        lambda s: (
            DESK,
            c.CloseDemand(demand=s.demand, reason=CloseReason.MET, revision=s.revision),
        ),
    ),
)

TASK = (
    Row(c.OpenTask, "", lambda s: (DESK, c.OpenTask(task=s.task, domain=Domain.WORK))),
    Row(c.DropTask, "", lambda s: (DESK, c.DropTask(task=s.task))),
    Row(
        c.ClaimTask,
        "by the first team",
        lambda s: (NEAR, c.ClaimTask(task=s.task, organization=s.organization)),
    ),
    Row(
        c.ClaimTask,
        "for another one, by phone",
        lambda s: (DESK, c.ClaimTask(task=s.task, organization=s.other)),
    ),
    Row(c.GiveBackTask, "by the first team", lambda s: (NEAR, c.GiveBackTask(task=s.task))),
    Row(c.GiveBackTask, "recorded by the desk", lambda s: (DESK, c.GiveBackTask(task=s.task))),
    Row(c.TakeBackTask, "", lambda s: (DESK, c.TakeBackTask(task=s.task))),
    Row(c.ReportTask, "by the first team", lambda s: (NEAR, c.ReportTask(task=s.task))),
    Row(c.ReportTask, "recorded by the desk", lambda s: (DESK, c.ReportTask(task=s.task))),
    Row(c.VerifyTask, "done", lambda s: (DESK, c.VerifyTask(task=s.task))),
    Row(c.VerifyTask, "not done", lambda s: (DESK, c.VerifyTask(task=s.task, done=False))),
    Row(c.VerifyTask, "by the first team", lambda s: (NEAR, c.VerifyTask(task=s.task))),
)
