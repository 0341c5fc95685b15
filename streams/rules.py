"""The table of contents: which room decides each command, and which folds each fact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from schemas import commands as c
from schemas import facts as f
from schemas.facts import Fact
from schemas.refusals import Refusal
from schemas.turns import REGISTRY
from schemas.values import Mode, Purpose
from streams import (
    access,
    amending,
    appeal,
    assignment,
    batch,
    beside,
    certificate,
    checking,
    clock,
    correction,
    countering,
    demand,
    drafting,
    ending,
    grouping,
    handing_up,
    heeding,
    helpers,
    holding,
    incident,
    instruction,
    lateness,
    line,
    noting,
    offer,
    organization,
    policy,
    quiet,
    raising,
    reach,
    recovery,
    refiling,
    registry,
    relief,
    resuming,
    scene_reports,
    several,
    shifts,
    showing,
    standby,
    standstill,
    terms,
    unasked,
    volunteering,
    wording,
)
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.matching import planned
from streams.present import Present

DECIDE: dict[type, Callable[[Area, Any, Cause], Decision]] = {
    c.Tick: clock.tick,
    c.Resume: clock.resume,
    c.AcceptOffer: offer.accept,
    c.DeclineOffer: offer.decline,
    c.AskByHand: offer.ask,
    c.ReceiveCrew: unasked.receive,
    c.CounterOffer: countering.counter,
    c.TakeStandby: standby.take_standby,
    c.EndStandby: standby.end_standby,
    c.OfferHelp: volunteering.offer_help,
    c.ReceiveHelpers: helpers.receive,
    c.EndHelpers: helpers.end,
    c.MakeAppeal: appeal.make,
    c.EndAppeal: appeal.end,
    c.HandUpDemand: handing_up.hand_up,
    c.TakeOnDemand: handing_up.take_on,
    c.GiveBackDemand: handing_up.give_back,
    c.RelieveCrew: relief.relieve,
    c.TakeShift: shifts.take,
    c.HandOverShift: shifts.hand_over,
    c.OpenShiftNote: shifts.open_note,
    c.KeepCrewOn: relief.keep_on,
    c.VoidDemands: batch.void,
    c.OpenTasks: batch.open_tasks,
    c.UndoBatch: batch.undo,
    c.SetOff: assignment.set_off,
    c.Arrive: assignment.arrive,
    c.ReportDone: assignment.report_done,
    c.CannotComplete: assignment.cannot_complete,
    c.ConfirmAssignment: assignment.confirm,
    c.CheckIn: checking.check_in,
    c.CountHeads: checking.count_heads,
    c.SeeWords: wording.see,
    c.ReportFromScene: scene_reports.report,
    c.AnswerReport: scene_reports.answer,
    c.InstructCrew: instruction.instruct_crew,
    c.InstructIncident: instruction.instruct_incident,
    c.CloseZone: instruction.close_zone,
    c.AcknowledgeInstruction: heeding.acknowledge,
    c.TellBeside: instruction.tell_beside,
    c.LetStay: beside.let_stay,
    c.LiftFromCrew: instruction.lift_from_crew,
    c.LiftFromIncident: instruction.lift_from_incident,
    c.StandDownCrew: ending.stand_down,
    c.GiveNewTime: lateness.give_new_time,
    c.UndoStep: correction.undo,
    c.CorrectStep: correction.correct,
    c.RecordReach: reach.record,
    c.RestoreReach: reach.restore,
    c.PublishDemand: raising.publish,
    c.DraftDemand: drafting.draft,
    c.PublishDraft: drafting.publish,
    c.ReportNeed: drafting.report,
    c.AmendDemand: raising.amend,
    c.CloseDemands: several.close,
    c.ReopenDemands: several.reopen,
    c.GroupDemands: raising.group,
    c.UngroupDemands: grouping.ungroup,
    c.TakeBackDemand: amending.take_back,
    c.RefileDemand: refiling.refile,
    c.KeepDemand: quiet.keep,
    c.HoldDemand: holding.hold,
    c.ResumeDemand: resuming.resume,
    c.NoteDemand: noting.note,
    c.OpenSealedText: showing.open_sealed_text,
    c.ShowPersons: showing.show_persons,
    c.CloseDemand: ending.close,
    c.ReopenDemand: ending.reopen,
    c.SetOwnCrew: ending.own_crew,
    c.DropLine: ending.drop_line,
    c.OpenIncident: incident.open_incident,
    c.JoinIncident: incident.join,
    c.CloseIncident: incident.close,
    c.ReopenIncident: incident.reopen,
    c.OpenTask: recovery.open_task,
    c.DropTask: recovery.drop,
    c.ClaimTask: recovery.claim,
    c.GiveBackTask: recovery.give_back,
    c.ProposePlan: planned.propose,
    c.TakeBackTask: recovery.take_back,
    c.ReportTask: recovery.report_done,
    c.VerifyTask: recovery.verify,
    c.OpenLog: registry.open_log,
    c.MoveLog: registry.move_log,
    c.ReceiveLog: registry.receive_log,
    c.ChangeRules: registry.change_rules,
    c.GrantRole: registry.grant,
    c.EndGrant: registry.end_grant,
    c.MakeLink: access.make_link,
    c.UseLink: access.use_link,
    c.EndSessions: access.end_sessions,
    c.ConfirmAccess: access.confirm,
    c.RegisterOrganization: organization.register,
    c.CorrectOrganization: organization.correct,
    c.RetireOrganization: organization.retire,
    c.ReinstateOrganization: organization.reinstate,
    c.MergeOrganizations: organization.merge,
    c.SeparateOrganizations: organization.separate,
    c.RecordCertificate: certificate.record,
    c.WithdrawCertificate: certificate.withdraw,
    c.WithdrawIssuer: certificate.withdraw_issuer,
    c.SetCapacity: organization.set_capacity,
    c.SetDuty: organization.set_duty,
    c.SetHours: terms.set_hours,
    c.RecordSafeguards: terms.record_safeguards,
    c.SetEnrollment: terms.set_enrollment,
}

REGISTRY_COMMANDS = get_args(c.RegistryCommand)

MODES = {
    Purpose.OPERATIONS: (Mode.ACTUAL, Mode.EXERCISE, Mode.TEST),
    Purpose.EXERCISE: (Mode.EXERCISE, Mode.TEST),
    Purpose.HISTORY: (Mode.ACTUAL, Mode.EXERCISE, Mode.TEST),  # as they were, apart
    Purpose.COMPARISON: (Mode.ACTUAL, Mode.EXERCISE, Mode.TEST),
}


def decide(area: Area, command: c.Command, cause: Cause) -> Decision:
    """Facts, or why not: the log's mode first, then who may, then the room's own rule."""
    unfit = _mode(area, command, cause)
    if unfit is not None:
        return Refused(unfit)
    known = Present(area, area.operation(cause.operation))
    refusal = policy.permit(known, cause.actor, command, cause.at)
    if refusal is not None:
        return Refused(refusal)
    return DECIDE[type(command)](area, command, cause)


def _mode(area: Area, command: c.Command, cause: Cause) -> Refusal | None:
    """An exercise's log takes no actual work; a command stays in its own operation's mode."""
    if isinstance(command, c.OpenLog):
        return None
    if area.purpose is None:
        return Refusal.LOG_NOT_OPEN
    if type(command) in REGISTRY_COMMANDS:
        fits = cause.operation == REGISTRY and cause.mode is None
        return None if fits else Refusal.MODE_MISMATCH
    operation = area.operation(cause.operation)
    if cause.mode not in MODES[area.purpose] or cause.operation == REGISTRY:
        return Refusal.MODE_MISMATCH
    if operation is not None and operation.mode is not cause.mode:
        return Refusal.MODE_MISMATCH
    return None


EVOLVE: dict[type, Callable[[Operation, Any], None]] = {
    **dict.fromkeys(get_args(f.OfferFact), relief.offered),
    **dict.fromkeys(get_args(f.AssignmentFact), relief.moved_on),
    **dict.fromkeys(get_args(f.HelpersFact), helpers.evolve),
    **dict.fromkeys(get_args(f.AppealFact), appeal.evolve),
    **dict.fromkeys(get_args(f.HandUpFact), handing_up.evolve),
    **dict.fromkeys(get_args(f.ReliefFact), relief.evolve),
    **dict.fromkeys(get_args(f.ShiftFact), shifts.evolve),
    **dict.fromkeys(get_args(f.BatchFact), batch.evolve),
    **dict.fromkeys(get_args(f.ReportFact), scene_reports.evolve),
    **dict.fromkeys(get_args(f.InstructionFact), instruction.evolve),
    **dict.fromkeys(get_args(f.BesideFact), beside.evolve),
    **dict.fromkeys(get_args(f.LineFact), line.evolve),
    **dict.fromkeys(get_args(f.DemandFact), demand.evolve),
    **dict.fromkeys(get_args(f.AmendingFact), amending.evolve),
    **dict.fromkeys(get_args(f.EndingFact), ending.evolve),
    **dict.fromkeys(get_args(f.GroupingFact), grouping.evolve),
    **dict.fromkeys(get_args(f.DraftingFact), drafting.evolve),
    **dict.fromkeys(get_args(f.HoldingFact), holding.evolve),
    **dict.fromkeys(get_args(f.TaskFact), recovery.evolve),
    **dict.fromkeys(get_args(f.IncidentFact), incident.evolve),
    f.YesOutdated: wording.evolve,
    f.PlanTaken: planned.evolve,
    f.Resumed: standstill.resumed,
    f.TimeGivenBack: standstill.given_back,
    f.WorkSetAside: clock.set_aside,
}

EVOLVE_REGISTRY: dict[type, Callable[[Area, Any], None]] = {
    **dict.fromkeys(get_args(registry.RegistryRoomFact), registry.evolve),
    **dict.fromkeys(get_args(access.AccessFact), access.evolve),
    **dict.fromkeys(get_args(organization.OrganizationFact), organization.evolve),
    **dict.fromkeys(get_args(certificate.CertificateFact), certificate.evolve),
}


def evolve(area: Area, operation: Operation | None, fact: Fact) -> None:
    """Fold one fact into the state."""
    if operation is None:
        EVOLVE_REGISTRY[type(fact)](area, fact)
    else:
        EVOLVE[type(fact)](operation, fact)
