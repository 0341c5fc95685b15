"""Commands on assignments and recovery tasks: what crews and claimants say of their work."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from schemas.values import (
    AssignmentId,
    Domain,
    OrganizationId,
    People,
    Step,
    Stored,
    TaskId,
)

Minutes = Annotated[int, Meta(ge=0, le=2_880)]


class SetOff(Stored, tag="SetOff.1"):
    """The crew is on its way."""

    assignment: AssignmentId


class Arrive(Stored, tag="Arrive.1"):
    """The crew is on the scene, with so many people; having set off is implied."""

    assignment: AssignmentId
    people: People | None = None


class ReportDone(Stored, tag="ReportDone.1"):
    """The crew says that its work is done; having arrived is implied.

    While people are counted inside a danger zone it is refused, unless everybody is out by now.
    """

    assignment: AssignmentId
    everybody_out: bool = False
    helped: People | None = None  # people, in all


class CannotComplete(Stored, tag="CannotComplete.1"):
    """The crew cannot go on; the line is short again by its units.

    While people are counted inside a danger zone it is refused, unless everybody is out by now.
    """

    assignment: AssignmentId
    everybody_out: bool = False


class GiveNewTime(Stored, tag="GiveNewTime.1"):
    """The crew will arrive in about so many minutes from now, other than it said before."""

    assignment: AssignmentId
    minutes: Minutes


class UndoStep(Stored, tag="UndoStep.1"):
    """Whoever took the last step did not mean it; within half a minute."""

    assignment: AssignmentId


class CorrectStep(Stored, tag="CorrectStep.1"):
    """The desk puts right how far a crew has come."""

    assignment: AssignmentId
    step: Step


class ConfirmAssignment(Stored, tag="ConfirmAssignment.1"):
    """The desk confirms the work, or sends it back as not done, with its reason."""

    assignment: AssignmentId
    done: bool = True
    reason: Annotated[str, Meta(max_length=200)] = ""


class OpenTask(Stored, tag="OpenTask.1"):
    """Open a proposed recovery task, in the domain that the desk decides.

    Of one whose need was asked about, it says that it is still needed.
    """

    task: TaskId
    domain: Domain


class DropTask(Stored, tag="DropTask.1"):
    """Drop a proposed or open recovery task that nobody has claimed."""

    task: TaskId


class ClaimTask(Stored, tag="ClaimTask.1"):
    """An organization takes a recovery task on."""

    task: TaskId
    organization: OrganizationId


class GiveBackTask(Stored, tag="GiveBackTask.1"):
    """The claimant gives a recovery task back; others may claim it."""

    task: TaskId


class TakeBackTask(Stored, tag="TakeBackTask.1"):
    """The desk takes a claimed recovery task back; others may claim it."""

    task: TaskId


class ReportTask(Stored, tag="ReportTask.1"):
    """The claimant says that the recovery task is done."""

    task: TaskId


class VerifyTask(Stored, tag="VerifyTask.1"):
    """Another party than the doer verifies a recovery task, or sends it back."""

    task: TaskId
    done: bool = True


WorkCommand = (
    SetOff
    | Arrive
    | ReportDone
    | CannotComplete
    | GiveNewTime
    | UndoStep
    | CorrectStep
    | ConfirmAssignment
    | OpenTask
    | DropTask
    | ClaimTask
    | GiveBackTask
    | TakeBackTask
    | ReportTask
    | VerifyTask
)
