"""Correction: a step that was not meant, undone by whoever took it or put right by the desk."""

from __future__ import annotations

from schemas.commands import CorrectStep, UndoStep
from schemas.facts import StepCorrected, StepUndone
from schemas.refusals import Refusal
from schemas.values import Instant, Step
from streams.area import Area, Operation
from streams.assignment import live
from streams.cause import Cause, Decision, Refused
from streams.entities import Assignment, AssignmentState, Before
from streams.line import together
from streams.offer import REFUSALS, lacking
from streams.parameters import UNDO, URGENCY
from streams.policy import voice_of

STEPS = tuple(Step)


def undo(area: Area, command: UndoStep, cause: Cause) -> Decision:
    """Within half a minute the last step counts as not taken; both stay on record."""
    operation = area.operation(cause.operation)
    found = None if operation is None else operation.assignments.get(command.assignment)
    if operation is None or found is None:
        return Refused(Refusal.NOT_FOUND)
    before = found.before
    if before is None or found.unneeded is not None:
        return Refused(Refusal.NOTHING_TO_UNDO, (found.id,))
    refusal = _not_now(area, operation, found, before, cause)
    if refusal is not None:
        return Refused(refusal, (found.id,))
    voice = voice_of(area, cause.actor, found.organization, cause.at)
    return [
        StepUndone(
            assignment=found.id,
            step=Step(before.state.value),
            by_desk=voice.by_desk,
            by_committee=voice.by_committee,
            at=cause.at,
        )
    ]


def _not_now(
    area: Area, operation: Operation, found: Assignment, before: Before, cause: Cause
) -> Refusal | None:
    """Whose step it is, and how long ago; what the desk cannot correct either has ended."""
    if before.account != cause.actor:
        return Refusal.STEP_OF_OTHERS if found.live else Refusal.ASSIGNMENT_ENDED
    if cause.at - before.at > UNDO:
        return Refusal.UNDO_TOO_LATE if found.live else Refusal.ASSIGNMENT_ENDED
    return None if found.live else _gone(area, operation, found)


def _gone(area: Area, operation: Operation, found: Assignment) -> Refusal | None:
    """What keeps a crew that gave up by mistake from going on."""
    line = operation.lines[found.line]
    if not line.open or line.round != found.round:
        return Refusal.ASSIGNMENT_ENDED
    if found.quantity < together(line):  # it has grown meanwhile
        return Refusal.WHOLE_PART
    organization = area.registry.organizations[found.organization]
    bar = lacking(operation, organization, found.skill, found.quantity)
    return None if bar is None else REFUSALS[bar.gate]


def correct(area: Area, command: CorrectStep, cause: Cause) -> Decision:
    """Backward only: forward, the desk records the step itself."""
    found = live(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    if STEPS.index(command.step) >= _position(found.state):
        return Refused(Refusal.STEP_NOT_TAKEN, (found.id,))
    if found.inside and command.step is not Step.ON_SCENE:
        return Refused(Refusal.HEADS_INSIDE, (found.id,))
    promised_at, overdue_at = _expected(
        area.operations[cause.operation], found, command.step, cause
    )
    return [
        StepCorrected(
            assignment=found.id,
            account=cause.actor,
            step=command.step,
            promised_at=promised_at,
            overdue_at=overdue_at,
            at=cause.at,
        )
    ]


def _expected(
    operation: Operation, found: Assignment, step: Step, cause: Cause
) -> tuple[Instant, Instant] | tuple[None, None]:
    """When a crew arrives that was thought to be there: as promised, or now that this is over.

    It may be needed later than when it had been there.
    """
    if found.arrived_at is None or step is Step.ON_SCENE:
        return None, None
    needed_by = operation.demands[found.demand].needed_by
    promised_at = max(found.promised_at, cause.at, needed_by or cause.at)
    return promised_at, promised_at + URGENCY[operation.lines[found.line].priority].grace


def _position(state: AssignmentState) -> int:
    return STEPS.index(Step(state.value))
