"""Facts: what has happened, in the past tense, whole in themselves, never renamed."""

from __future__ import annotations

from schemas.registry_facts import RegistryFact
from schemas.values import (
    AccountId,
    AssignmentId,
    CloseReason,
    DeclineReason,
    DemandId,
    DivisionCode,
    Domain,
    GateCount,
    IncidentId,
    Instant,
    LineId,
    LineRequest,
    Milliseconds,
    OfferId,
    OrganizationId,
    Place,
    Priority,
    Sealed,
    StandDownReason,
    Stored,
    TaskId,
    Units,
)


class NumberedLine(Stored):
    """A line as published: its id and what it asks for."""

    line: LineId
    request: LineRequest


# Incidents


class IncidentOpened(Stored, tag="IncidentOpened.1"):
    incident: IncidentId
    number: int
    hazard: str
    division: DivisionCode
    label: str
    at: Instant


class IncidentJoined(Stored, tag="IncidentJoined.1"):
    incident: IncidentId
    division: DivisionCode
    at: Instant


class IncidentClosing(Stored, tag="IncidentClosing.1"):
    """The desk has closed it; what follows for many is written by this and following turns."""

    incident: IncidentId
    at: Instant


class IncidentClosed(Stored, tag="IncidentClosed.1"):
    incident: IncidentId
    at: Instant


class KeyDestroyed(Stored, tag="KeyDestroyed.1"):
    """Nothing sealed in this incident can be read any more, nor anything in it reopened."""

    incident: IncidentId
    at: Instant


# Demands


class DemandPublished(Stored, tag="DemandPublished.1"):
    demand: DemandId
    number: int
    incident: IncidentId
    kind: str
    priority: Priority
    place: Place
    lines: tuple[NumberedLine, ...]
    risk_statement: str
    rally_point: str
    contact: Sealed | None
    address: Sealed | None
    note: Sealed | None
    release_at: Instant
    at: Instant


class DemandAmended(Stored, tag="DemandAmended.1"):
    demand: DemandId
    revision: int
    priority: Priority
    place: Place
    targets: tuple[Units, ...]
    lines: tuple[NumberedLine, ...]
    risk_statement: str
    rally_point: str
    at: Instant


class DemandClosed(Stored, tag="DemandClosed.1"):
    demand: DemandId
    revision: int
    reason: CloseReason
    at: Instant


class DemandReopened(Stored, tag="DemandReopened.1"):
    demand: DemandId
    revision: int
    at: Instant


class SealedTextOpened(Stored, tag="SealedTextOpened.1"):
    demand: DemandId
    account: AccountId
    at: Instant


class LineUnmet(Stored, tag="LineUnmet.1"):
    """Nobody (more) can be asked now; tried again at `retry_at`, or when somebody is free."""

    line: LineId
    demand: DemandId
    missing: int
    considered: int
    gates: tuple[GateCount, ...]
    retry_at: Instant
    at: Instant


class LineInHand(Stored, tag="LineInHand.1"):
    """Those asked already are enough for now; answers are awaited."""

    line: LineId
    at: Instant


# Offers


class OfferSent(Stored, tag="OfferSent.1"):
    """One organization is asked, with the reason: its rank by distance and who failed where."""

    offer: OfferId
    line: LineId
    demand: DemandId
    organization: OrganizationId
    quantity: Units
    answer_by: Instant
    rank: int
    meters: int
    considered: int
    gates: tuple[GateCount, ...]
    at: Instant


class OfferAccepted(Stored, tag="OfferAccepted.1"):
    offer: OfferId
    quantity: Units
    minutes: int | None
    by_desk: bool
    at: Instant


class OfferDeclined(Stored, tag="OfferDeclined.1"):
    offer: OfferId
    reason: DeclineReason
    by_desk: bool
    at: Instant


class OfferExpired(Stored, tag="OfferExpired.1"):
    offer: OfferId
    at: Instant


class OfferStoodDown(Stored, tag="OfferStoodDown.1"):
    offer: OfferId
    reason: StandDownReason
    at: Instant


# Assignments; `implied` marks a step that a later step proves and nobody reported


class AssignmentCommitted(Stored, tag="AssignmentCommitted.1"):
    assignment: AssignmentId
    offer: OfferId
    line: LineId
    demand: DemandId
    organization: OrganizationId
    quantity: Units
    at: Instant


class AssignmentSetOff(Stored, tag="AssignmentSetOff.1"):
    assignment: AssignmentId
    implied: bool
    by_desk: bool
    at: Instant


class AssignmentArrived(Stored, tag="AssignmentArrived.1"):
    assignment: AssignmentId
    implied: bool
    by_desk: bool
    at: Instant


class AssignmentReportedDone(Stored, tag="AssignmentReportedDone.1"):
    assignment: AssignmentId
    by_desk: bool
    at: Instant


class AssignmentSentBack(Stored, tag="AssignmentSentBack.1"):
    """The desk did not find it done; the crew is on the scene again."""

    assignment: AssignmentId
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
    by_desk: bool
    at: Instant


class AssignmentStoodDown(Stored, tag="AssignmentStoodDown.1"):
    assignment: AssignmentId
    reason: StandDownReason
    at: Instant


# Recovery tasks


class TaskProposed(Stored, tag="TaskProposed.1"):
    task: TaskId
    number: int
    incident: IncidentId
    demand: DemandId
    line: LineId
    kind: str
    domain: Domain
    division: DivisionCode
    at: Instant


class TaskOpened(Stored, tag="TaskOpened.1"):
    task: TaskId
    domain: Domain
    at: Instant


class TaskDropped(Stored, tag="TaskDropped.1"):
    task: TaskId
    at: Instant


class TaskClaimed(Stored, tag="TaskClaimed.1"):
    task: TaskId
    organization: OrganizationId
    by_desk: bool
    at: Instant


class TaskReportedDone(Stored, tag="TaskReportedDone.1"):
    task: TaskId
    account: AccountId
    by_desk: bool
    at: Instant


class TaskSentBack(Stored, tag="TaskSentBack.1"):
    task: TaskId
    at: Instant


class TaskVerified(Stored, tag="TaskVerified.1"):
    task: TaskId
    account: AccountId
    at: Instant


# Time


class DeadlinesShifted(Stored, tag="DeadlinesShifted.1"):
    """The log stood still; every open answer deadline moves by so much, once."""

    by: Milliseconds
    at: Instant


IncidentFact = IncidentOpened | IncidentJoined | IncidentClosing | IncidentClosed | KeyDestroyed
DemandFact = (
    DemandPublished
    | DemandAmended
    | DemandClosed
    | DemandReopened
    | SealedTextOpened
    | LineUnmet
    | LineInHand
)
OfferFact = (
    OfferSent | OfferAccepted | OfferDeclined | OfferExpired | OfferStoodDown | DeadlinesShifted
)
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
)
TaskFact = (
    TaskProposed
    | TaskOpened
    | TaskDropped
    | TaskClaimed
    | TaskReportedDone
    | TaskSentBack
    | TaskVerified
)
Fact = RegistryFact | IncidentFact | DemandFact | OfferFact | AssignmentFact | TaskFact
