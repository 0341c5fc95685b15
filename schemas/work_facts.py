"""Facts about assignments and recovery tasks, and of the clock: who comes, what is restored."""

from __future__ import annotations

from schemas.batches import BatchId, TaskProposedAgain
from schemas.scene_facts import (
    CheckInEscalated,
    CheckInMissed,
    CrewCheckedIn,
    HeadsCounted,
    WordsSeen,
)
from schemas.values import (
    AccountId,
    AgainOn,
    AssignmentId,
    ClaimEnd,
    DemandId,
    Domain,
    IncidentId,
    Instant,
    LineId,
    Milliseconds,
    OfferId,
    OrganizationId,
    PieceKind,
    Place,
    StandDownReason,
    Step,
    Stored,
    TaskId,
    Units,
)

# Assignments; `implied` marks a step that a later step proves and nobody reported
from schemas.villages import VillageName


class AssignmentCommitted(Stored, tag="AssignmentCommitted.1"):
    """Expected by `promised_at`; overdue from `overdue_at` on, unless it has arrived.

    Reserved until `starts_at`, from when it should be on its way.
    """

    assignment: AssignmentId
    offer: OfferId
    line: LineId
    demand: DemandId
    organization: OrganizationId
    quantity: Units
    starts_at: Instant
    promised_at: Instant
    overdue_at: Instant
    at: Instant


class AssignmentSetOff(Stored, tag="AssignmentSetOff.1"):
    assignment: AssignmentId
    account: AccountId
    implied: bool
    by_desk: bool
    by_committee: VillageName | None
    at: Instant


class AssignmentArrived(Stored, tag="AssignmentArrived.1"):
    assignment: AssignmentId
    account: AccountId
    people: int | None
    implied: bool
    by_desk: bool
    by_committee: VillageName | None
    at: Instant


class AssignmentReportedDone(Stored, tag="AssignmentReportedDone.1"):
    assignment: AssignmentId
    account: AccountId
    by_desk: bool
    by_committee: VillageName | None
    at: Instant


class AssignmentSentBack(Stored, tag="AssignmentSentBack.1"):
    """The desk did not find it done, for this reason; the crew is on the scene again."""

    assignment: AssignmentId
    reason: str
    at: Instant


class AssignmentConfirmed(Stored, tag="AssignmentConfirmed.1"):
    assignment: AssignmentId
    at: Instant


class AssignmentReleased(Stored, tag="AssignmentReleased.1"):
    """Its units are free for others again."""

    assignment: AssignmentId
    at: Instant


class AssignmentGivenUp(Stored, tag="AssignmentGivenUp.1"):
    assignment: AssignmentId
    account: AccountId
    by_desk: bool
    by_committee: VillageName | None
    again_at: Instant
    again_on: AgainOn
    at: Instant


class AssignmentStoodDown(Stored, tag="AssignmentStoodDown.1"):
    """Its work is over; asked for the same line again from `again_at` on, where that is said."""

    assignment: AssignmentId
    reason: StandDownReason
    again_at: Instant | None
    again_on: AgainOn | None
    at: Instant


class CrewOverdue(Stored, tag="CrewOverdue.1"):
    """It has not arrived, nor said a new time: its units are doubtful.

    `replace_at`: when somebody more is asked, if there is still no answer; None: never by itself.
    """

    assignment: AssignmentId
    replace_at: Instant | None
    at: Instant


class CrewDoubted(Stored, tag="CrewDoubted.1"):
    """Somebody more is asked, as if the crew did not come; it stays committed."""

    assignment: AssignmentId
    at: Instant


class NewTimeGiven(Stored, tag="NewTimeGiven.1"):
    assignment: AssignmentId
    promised_at: Instant
    overdue_at: Instant
    by_desk: bool
    by_committee: VillageName | None
    at: Instant


class StepUndone(Stored, tag="StepUndone.1"):
    """The last step was not meant; the crew is where it was before, at `step`."""

    assignment: AssignmentId
    step: Step
    by_desk: bool
    by_committee: VillageName | None
    at: Instant


class StepCorrected(Stored, tag="StepCorrected.1"):
    """The desk has put right how far the crew has come: to `step`.

    One that was thought to have arrived is expected by `promised_at` again, and overdue from
    `overdue_at` on; otherwise nothing changes in when it is expected.
    """

    assignment: AssignmentId
    account: AccountId
    step: Step
    promised_at: Instant | None
    overdue_at: Instant | None
    at: Instant


# Recovery tasks


class TaskProposed(Stored, tag="TaskProposed.1"):
    """What is to be restored, where and how much; it lapses at `until`, unless it is opened."""

    task: TaskId
    number: int
    incident: IncidentId
    demand: DemandId
    line: LineId
    kind: str
    domain: Domain
    skill: str
    units: Units
    place: Place
    until: Instant
    at: Instant


class TaskOpened(Stored, tag="TaskOpened.1"):
    """Others may claim it, for the first time or still; its desk is asked about it at `until`."""

    task: TaskId
    domain: Domain
    until: Instant
    at: Instant
    batch: BatchId | None = None


class TaskDropped(Stored, tag="TaskDropped.1"):
    task: TaskId
    at: Instant


class TaskNeedAsked(Stored, tag="TaskNeedAsked.1"):
    """Nobody claimed it, or verified it, for long: its desk is asked whether it is still needed.

    Unless something is done about it, it lapses at `until`.
    """

    task: TaskId
    until: Instant
    at: Instant


class TaskLapsed(Stored, tag="TaskLapsed.1"):
    """Nobody opened the proposal, or carried the task on, in time."""

    task: TaskId
    at: Instant


class TaskClaimed(Stored, tag="TaskClaimed.1"):
    """The claim runs out at `until`."""

    task: TaskId
    organization: OrganizationId
    by_desk: bool
    until: Instant
    at: Instant


class TaskClaimEnded(Stored, tag="TaskClaimEnded.1"):
    """The task is open to others again; its desk is asked about it at `until`."""

    task: TaskId
    reason: ClaimEnd
    by_desk: bool
    until: Instant
    at: Instant


class TaskReportedDone(Stored, tag="TaskReportedDone.1"):
    """Somebody else has to verify it; its desk is asked about it at `until`."""

    task: TaskId
    account: AccountId
    by_desk: bool
    until: Instant
    at: Instant


class TaskSentBack(Stored, tag="TaskSentBack.1"):
    """Not done yet; the claim goes on until `until`."""

    task: TaskId
    until: Instant
    at: Instant


class TaskVerified(Stored, tag="TaskVerified.1"):
    task: TaskId
    account: AccountId
    at: Instant


# Time


class Resumed(Stored, tag="Resumed.1"):
    """The log stood still for so long. Whoever has to answer has what was left, or a fourth of it.

    Postings that were held back are released after what was left; nobody is overdue before
    `quiet_until`.
    """

    lost: Milliseconds
    quiet_until: Instant
    at: Instant


class TimeGivenBack(Stored, tag="TimeGivenBack.1"):
    """So many more have what was left when the log stood still: those who were too many at once."""

    count: int
    at: Instant


class WorkSetAside(Stored, tag="WorkSetAside.1"):
    """The program failed on a piece of work again and again. The rest goes on; it is tried again.

    Until then a person has to see to it.
    """

    kind: PieceKind
    id: str
    until: Instant
    at: Instant


ClockFact = Resumed | TimeGivenBack | WorkSetAside
AssignmentFact = (
    AssignmentCommitted
    | AssignmentSetOff
    | AssignmentArrived
    | AssignmentReportedDone
    | AssignmentSentBack
    | AssignmentConfirmed
    | AssignmentReleased
    | AssignmentGivenUp
    | AssignmentStoodDown
    | CrewOverdue
    | CrewDoubted
    | NewTimeGiven
    | StepUndone
    | StepCorrected
    | CrewCheckedIn
    | CheckInMissed
    | CheckInEscalated
    | HeadsCounted
    | WordsSeen
)
TaskFact = (
    TaskProposed
    | TaskOpened
    | TaskProposedAgain
    | TaskDropped
    | TaskNeedAsked
    | TaskLapsed
    | TaskClaimed
    | TaskClaimEnded
    | TaskReportedDone
    | TaskSentBack
    | TaskVerified
)
