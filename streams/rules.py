"""The table of contents: which room decides each command, and which folds each fact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schemas import commands as c
from schemas import facts as f
from schemas import registry_facts as r
from schemas.facts import Fact
from schemas.refusals import Refusal
from schemas.turns import REGISTRY
from schemas.values import Mode, Purpose
from streams import (
    assignment,
    clock,
    demand,
    incident,
    offer,
    organization,
    policy,
    recovery,
    registry,
)
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused

DECIDE: dict[type, Callable[[Area, Any, Cause], Decision]] = {
    c.Tick: clock.tick,
    c.AcceptOffer: offer.accept,
    c.DeclineOffer: offer.decline,
    c.SetOff: assignment.set_off,
    c.Arrive: assignment.arrive,
    c.ReportDone: assignment.report_done,
    c.CannotComplete: assignment.cannot_complete,
    c.ConfirmAssignment: assignment.confirm,
    c.PublishDemand: demand.publish,
    c.AmendDemand: demand.amend,
    c.CloseDemand: demand.close,
    c.ReopenDemand: demand.reopen,
    c.OpenSealedText: demand.open_sealed_text,
    c.OpenIncident: incident.open_incident,
    c.JoinIncident: incident.join,
    c.CloseIncident: incident.close,
    c.OpenTask: recovery.open_task,
    c.DropTask: recovery.drop,
    c.ClaimTask: recovery.claim,
    c.ReportTask: recovery.report_done,
    c.VerifyTask: recovery.verify,
    c.OpenLog: registry.open_log,
    c.GrantRole: registry.grant,
    c.EndGrant: registry.end_grant,
    c.RegisterOrganization: organization.register,
    c.RecordCertificate: organization.record_certificate,
    c.SetCapacity: organization.set_capacity,
    c.SetDuty: organization.set_duty,
}

MODES = {
    Purpose.OPERATIONS: (Mode.ACTUAL, Mode.EXERCISE, Mode.TEST),
    Purpose.EXERCISE: (Mode.EXERCISE, Mode.TEST),
    Purpose.HISTORY: (Mode.ACTUAL,),
    Purpose.COMPARISON: (Mode.ACTUAL, Mode.EXERCISE, Mode.TEST),
}


def decide(area: Area, command: c.Command, cause: Cause) -> Decision:
    """Facts, or why not: the log's mode first, then who may, then the room's own rule."""
    unfit = _mode(area, command, cause)
    if unfit is not None:
        return Refused(unfit)
    operation = area.operation(cause.operation)
    refusal = policy.permit(area, operation, cause.actor, command, cause.at)
    if refusal is not None:
        return Refused(refusal)
    return DECIDE[type(command)](area, command, cause)


def _mode(area: Area, command: c.Command, cause: Cause) -> Refusal | None:
    """An exercise's log takes no actual work; a command stays in its own operation's mode."""
    if isinstance(command, c.OpenLog):
        return None
    if area.purpose is None:
        return Refusal.LOG_NOT_OPEN
    if isinstance(command, c.RegistryCommand):
        fits = cause.operation == REGISTRY and cause.mode is None
        return None if fits else Refusal.MODE_MISMATCH
    operation = area.operation(cause.operation)
    if cause.mode not in MODES[area.purpose] or cause.operation == REGISTRY:
        return Refusal.MODE_MISMATCH
    if operation is not None and operation.mode is not cause.mode:
        return Refusal.MODE_MISMATCH
    return None


def evolve(area: Area, operation: Operation | None, fact: Fact) -> None:
    """Fold one fact into the state."""
    if isinstance(fact, r.LogOpened | r.RoleGranted | r.GrantEnded):
        registry.evolve(area, fact)
    elif isinstance(fact, r.RegistryFact):
        organization.evolve(area, fact)
    else:
        assert operation is not None
        evolve_operation(area, operation, fact)


def evolve_operation(area: Area, operation: Operation, fact: Fact) -> None:
    """Fold one fact of an operation; the frequent ones first."""
    if isinstance(fact, f.OfferFact):
        offer.evolve(operation, fact)
    elif isinstance(fact, f.AssignmentFact):
        assignment.evolve(operation, fact)
    elif isinstance(fact, f.DemandFact):
        demand.evolve(area, operation, fact)
    elif isinstance(fact, f.TaskFact):
        recovery.evolve(operation, fact)
    elif isinstance(fact, f.IncidentFact):
        incident.evolve(operation, fact)
    else:
        raise AssertionError(f"a registry fact in an operation: {type(fact).__name__}")
