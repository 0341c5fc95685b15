"""Quiet: an open demand about which nothing has happened for half a day is asked about.

What nobody needs any longer fills the list and holds crews back; what is still needed and has
been forgotten is worse. Only what people do counts: a look that finds nobody does not.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from schemas.commands import (
    AcceptOffer,
    AcknowledgeInstruction,
    AmendDemand,
    AnswerReport,
    Arrive,
    AskByHand,
    CannotComplete,
    CheckIn,
    CloseDemand,
    Command,
    ConfirmAssignment,
    CorrectStep,
    CounterOffer,
    CountHeads,
    DeclineOffer,
    DropLine,
    EndAppeal,
    EndHelpers,
    EndStandby,
    GiveNewTime,
    GroupDemands,
    HandUpDemand,
    HoldDemand,
    InstructCrew,
    KeepCrewOn,
    KeepDemand,
    LetStay,
    LiftFromCrew,
    MakeAppeal,
    NoteDemand,
    OfferHelp,
    OpenSealedText,
    PublishDraft,
    ReceiveCrew,
    ReceiveHelpers,
    RefileDemand,
    RelieveCrew,
    ReopenDemand,
    ReportDone,
    ReportFromScene,
    ResumeDemand,
    SeeWords,
    SetOff,
    SetOwnCrew,
    ShowPersons,
    StandDownCrew,
    TakeBackDemand,
    TakeOnDemand,
    TakeStandby,
    TellBeside,
    UndoStep,
)
from schemas.facts import DemandKept, Fact, HoldAsked, StillNeededAsked
from schemas.refusals import Refusal
from schemas.values import AccountId, DemandId, Instant
from streams import needed, nobody
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.demand import find
from streams.entities import AssignmentState, Demand, DemandState, Line
from streams.line import missing
from streams.parameters import MINUTE, URGENCY
from streams.waiting import Owing, calm, may_answer, owed


def keep(area: Area, command: KeepDemand, cause: Cause) -> Decision:
    """The desk says that it is still needed."""
    demand = find(area, cause, command.demand)
    if demand is None:
        return Refused(Refusal.NOT_FOUND)
    if demand.state is DemandState.CLOSED:
        return Refused(Refusal.DEMAND_CLOSED, (demand.id,))
    if demand.state is DemandState.DRAFT:
        return Refused(Refusal.DEMAND_DRAFT, (demand.id,))
    if demand.leader is not None:
        return Refused(Refusal.DEMAND_GROUPED, (demand.id,))
    if demand.state is DemandState.ON_HOLD:
        return Refused(Refusal.DEMAND_ON_HOLD, (demand.id,))
    until = needed.quiet_from(demand.needed_by, cause.at)
    if demand.quiet_at is not None and until - demand.quiet_at < MINUTE:
        return []  # said twice
    return [DemandKept(demand=demand.id, said=True, until=until, at=cause.at)]


def over(operation: Operation, demand: Demand, cause: Cause) -> list[Fact]:
    """Its half day is over: its desk is asked, unless somebody has done something meanwhile.

    On hold it is asked when the time of that is over, whatever was done: its question is open.
    Where somebody is missing, should have come, or waits to be confirmed, or a question is open, an
    answer that does not come climbs.
    """
    climbs_at = cause.at + URGENCY[demand.priority].climb
    if demand.state is DemandState.ON_HOLD:
        return [HoldAsked(demand=demand.id, climbs_at=climbs_at, at=cause.at)]
    until = needed.quiet_from(demand.needed_by, operation.acts.get(demand.id) or 0)
    if until > cause.at:
        return [DemandKept(demand=demand.id, said=False, until=until, at=cause.at)]
    asked_above = climbs_at if _owed(operation, demand) else None
    return [StillNeededAsked(demand=demand.id, climbs_at=asked_above, at=cause.at)]


def _owed(operation: Operation, demand: Demand) -> bool:
    """Whether somebody is missing, is overdue, or has done the work and is told nothing."""
    if any(line.open and (missing(line) or line.doubtful) for line in _lines(operation, demand)):
        return True
    crews = operation.assignments_of.of(demand.id)
    return any(crew.state is AssignmentState.REPORTED_DONE for crew in crews)


def _lines(operation: Operation, demand: Demand) -> Iterator[Line]:
    return (operation.lines[key] for key in demand.lines)


def touched(
    area: Area, operation: Operation, command: Command, actor: AccountId, at: Instant
) -> Owing | None:
    """Whatever somebody does about a demand, be it to look up whom to call, puts the question off.

    Where it has been asked already, that answers it; but what a desk owes an answer to only that
    desk does, and who is to be asked where nobody is left only a word about the demand. The demand
    as it is before the turn, where that is somebody else's act.
    """
    asking = _itself(operation, command)
    key = _somebodys(operation, command) if asking is None else asking
    if key is None:
        return None
    operation.acts.put(key, at)
    demand = operation.demands[key]
    if owed(demand) and not may_answer(area, operation, demand, actor, at):
        return Owing(demand, operation.hand_ups.get(key))
    if demand.asked_at is None or demand.state is not DemandState.PUBLISHED:
        return None
    again_at = demand.nobody_again_at
    if asking is not None:
        again_at = nobody.answered(operation, demand, at)
    elif demand.nobody_at is not None or nobody.stands(operation, demand):
        return None  # also of what was given back, which nobody would have to answer for then
    quiet_at = needed.quiet_from(demand.needed_by, at)
    operation.demands.put(key, replace(calm(demand), quiet_at=quiet_at, nobody_again_at=again_at))
    return None


def _itself(operation: Operation, command: Command) -> DemandId | None:
    """The demand that a command is about, or about a line of it: also a word on whom it asks."""
    match command:
        case (
            AmendDemand(demand=key)
            | CloseDemand(demand=key)
            | ReopenDemand(demand=key)
            | TakeBackDemand(demand=key)
            | RefileDemand(demand=key)
            | KeepDemand(demand=key)
            | GroupDemands(leader=key)
            | HoldDemand(demand=key)
            | ResumeDemand(demand=key)
            | OpenSealedText(demand=key)
            | NoteDemand(demand=key)
            | MakeAppeal(demand=key)
            | EndAppeal(demand=key)
            | ReceiveHelpers(demand=key)
            | EndHelpers(demand=key)
            | PublishDraft(demand=key)
            | HandUpDemand(demand=key)
            | TakeOnDemand(demand=key)
        ):
            return key
        case (
            AskByHand(line=line)
            | ReceiveCrew(line=line)
            | OfferHelp(line=line)
            | DropLine(line=line)
            | SetOwnCrew(line=line)
        ):
            return operation.lines[line].demand
    return None


def _somebodys(operation: Operation, command: Command) -> DemandId | None:
    """The demand for which somebody is asked, or at work, of whom a command is."""
    match command:
        case (
            AcceptOffer(offer=offer)
            | DeclineOffer(offer=offer)
            | CounterOffer(offer=offer)
            | TakeStandby(offer=offer)
            | EndStandby(offer=offer)
            | ShowPersons(offer=offer)
        ):
            return operation.offers[offer].demand
        case (
            SetOff(assignment=crew)
            | Arrive(assignment=crew)
            | ReportDone(assignment=crew)
            | CannotComplete(assignment=crew)
            | CheckIn(assignment=crew)
            | CountHeads(assignment=crew)
            | SeeWords(assignment=crew)
            | RelieveCrew(assignment=crew)
            | KeepCrewOn(assignment=crew)
            | ReportFromScene(assignment=crew)
            | AnswerReport(assignment=crew)
            | InstructCrew(assignment=crew)
            | AcknowledgeInstruction(assignment=crew)
            | TellBeside(assignment=crew)
            | LetStay(assignment=crew)
            | LiftFromCrew(assignment=crew)
            | StandDownCrew(assignment=crew)
            | GiveNewTime(assignment=crew)
            | UndoStep(assignment=crew)
            | CorrectStep(assignment=crew)
            | ConfirmAssignment(assignment=crew)
        ):
            return operation.assignments[crew].demand
    return None
