"""Commands: what somebody asks to happen, in the imperative.

A command carries what its author chose and nothing else: who, when and which operation are in
its envelope (`schemas.turns`). A tag's number rises when the shape changes; see `schemas.wire`.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from schemas.values import (
    AccountId,
    AreaId,
    AssignmentId,
    Capability,
    Certificate,
    CloseReason,
    Count,
    DeclineReason,
    DemandId,
    DivisionCode,
    Domain,
    IncidentId,
    Instant,
    LineRequest,
    Medium,
    OfferId,
    OrganizationId,
    Place,
    Priority,
    Purpose,
    RegistrationClass,
    Role,
    Sealed,
    Stored,
    TaskId,
    TimeSource,
    Units,
)

ShortText = Annotated[str, Meta(min_length=1, max_length=120)]
PublicText = Annotated[str, Meta(min_length=1, max_length=500)]
Lines = Annotated[tuple[LineRequest, ...], Meta(min_length=1, max_length=20)]
Label = Annotated[str, Meta(pattern="^[a-z0-9-]{0,40}$")]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class OpenLog(Stored, tag="OpenLog.1"):
    """Give a log its purpose, its time source, its divisions and its first steward."""

    purpose: Purpose
    time_source: TimeSource
    area: AreaId
    divisions: Digest
    steward: AccountId


class MoveLog(Stored, tag="MoveLog.1"):
    """End the log where it is: all its turns go on to another medium."""

    medium: Medium


class ReceiveLog(Stored, tag="ReceiveLog.1"):
    """Let a log that has been moved go on, behind its turns, where it has arrived."""


class Tick(Stored, tag="Tick.1"):
    """Time has come for something in this operation; `number` is checked in place of a key."""

    number: Annotated[int, Meta(ge=1)]


class GrantRole(Stored, tag="GrantRole.1"):
    """Let an account act in a role, inside a division or for an organization."""

    account: AccountId
    role: Role
    division: DivisionCode | None = None
    organization: OrganizationId | None = None
    until: Instant | None = None


class EndGrant(Stored, tag="EndGrant.1"):
    """Take back what an account may do in a role."""

    account: AccountId
    role: Role


class RegisterOrganization(Stored, tag="RegisterOrganization.1"):
    """Enter an organization in the registry, with its home and what it can do."""

    name: ShortText
    registration_class: RegistrationClass
    home: DivisionCode
    place: Place
    capabilities: Annotated[tuple[Capability, ...], Meta(max_length=40)]
    people: Count


class RecordCertificate(Stored, tag="RecordCertificate.1"):
    """Record a verified certificate of an organization."""

    organization: OrganizationId
    certificate: Certificate


class SetCapacity(Stored, tag="SetCapacity.1"):
    """State anew how many units of which skills an organization can deploy."""

    organization: OrganizationId
    capabilities: Annotated[tuple[Capability, ...], Meta(max_length=40)]


class SetDuty(Stored, tag="SetDuty.1"):
    """Say whether an organization can be asked at present."""

    organization: OrganizationId
    on_duty: bool


class OpenIncident(Stored, tag="OpenIncident.1"):
    """Open the one incident of an event; a label links the areas that it touches."""

    hazard: str
    division: DivisionCode
    label: Label = ""


class JoinIncident(Stored, tag="JoinIncident.1"):
    """Let a township take part in an incident that the county opened."""

    incident: IncidentId
    division: DivisionCode


class CloseIncident(Stored, tag="CloseIncident.1"):
    """Close an incident; every live assignment must be named, to be stood down."""

    incident: IncidentId
    stand_down: Annotated[tuple[AssignmentId, ...], Meta(max_length=900)] = ()


class PublishDemand(Stored, tag="PublishDemand.1"):
    """Publish what a township asks for, line by line, with its risks (Article 7)."""

    incident: IncidentId
    kind: str
    priority: Priority
    place: Place
    lines: Lines
    risk_statement: PublicText
    rally_point: PublicText
    contact: Sealed | None = None
    address: Sealed | None = None
    note: Sealed | None = None


class AmendDemand(Stored, tag="AmendDemand.1"):
    """Change a published demand; `revision` is the one that the desk was looking at.

    `targets` gives each line's new target in order; further `lines` are added behind them.
    Without a place the demand stays where it is.
    """

    demand: DemandId
    revision: Annotated[int, Meta(ge=1)]
    priority: Priority
    targets: Annotated[tuple[Units, ...], Meta(min_length=1, max_length=20)]
    lines: Annotated[tuple[LineRequest, ...], Meta(max_length=20)]
    risk_statement: PublicText
    rally_point: PublicText
    place: Place | None = None


class CloseDemand(Stored, tag="CloseDemand.1"):
    """Close a demand; whoever is still asked or on the way is stood down."""

    demand: DemandId
    reason: CloseReason
    revision: Annotated[int, Meta(ge=1)]


class ReopenDemand(Stored, tag="ReopenDemand.1"):
    """Take a closed demand up again, with its history."""

    demand: DemandId
    revision: Annotated[int, Meta(ge=1)]


class OpenSealedText(Stored, tag="OpenSealedText.1"):
    """Ask to read the sealed contact, address and note of a demand; being asked is a fact."""

    demand: DemandId


class AcceptOffer(Stored, tag="AcceptOffer.1"):
    """Say yes, for so many units, arriving in about so many minutes."""

    offer: OfferId
    quantity: Units
    minutes: Annotated[int, Meta(ge=0, le=2_880)] | None = None


class DeclineOffer(Stored, tag="DeclineOffer.1"):
    """Say no; it is never held against anybody."""

    offer: OfferId
    reason: DeclineReason


class SetOff(Stored, tag="SetOff.1"):
    """The crew is on its way."""

    assignment: AssignmentId


class Arrive(Stored, tag="Arrive.1"):
    """The crew is on the scene; having set off is implied."""

    assignment: AssignmentId


class ReportDone(Stored, tag="ReportDone.1"):
    """The crew says that its work is done; having arrived is implied."""

    assignment: AssignmentId


class CannotComplete(Stored, tag="CannotComplete.1"):
    """The crew cannot go on; the line is short again by its units."""

    assignment: AssignmentId


class ConfirmAssignment(Stored, tag="ConfirmAssignment.1"):
    """The desk confirms the work, or sends it back as not done."""

    assignment: AssignmentId
    done: bool = True


class OpenTask(Stored, tag="OpenTask.1"):
    """Open a proposed recovery task, in the domain that the desk decides."""

    task: TaskId
    domain: Domain


class DropTask(Stored, tag="DropTask.1"):
    """Drop a proposed or open recovery task that nobody has claimed."""

    task: TaskId


class ClaimTask(Stored, tag="ClaimTask.1"):
    """An organization takes a recovery task on."""

    task: TaskId
    organization: OrganizationId


class ReportTask(Stored, tag="ReportTask.1"):
    """The claimant says that the recovery task is done."""

    task: TaskId


class VerifyTask(Stored, tag="VerifyTask.1"):
    """Another party than the doer verifies a recovery task, or sends it back."""

    task: TaskId
    done: bool = True


Command = (
    OpenLog
    | MoveLog
    | ReceiveLog
    | Tick
    | GrantRole
    | EndGrant
    | RegisterOrganization
    | RecordCertificate
    | SetCapacity
    | SetDuty
    | OpenIncident
    | JoinIncident
    | CloseIncident
    | PublishDemand
    | AmendDemand
    | CloseDemand
    | ReopenDemand
    | OpenSealedText
    | AcceptOffer
    | DeclineOffer
    | SetOff
    | Arrive
    | ReportDone
    | CannotComplete
    | ConfirmAssignment
    | OpenTask
    | DropTask
    | ClaimTask
    | ReportTask
    | VerifyTask
)

RegistryCommand = (
    OpenLog
    | MoveLog
    | ReceiveLog
    | GrantRole
    | EndGrant
    | RegisterOrganization
    | RecordCertificate
    | SetCapacity
    | SetDuty
)
