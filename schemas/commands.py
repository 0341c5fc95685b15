"""Commands: what somebody asks to happen, in the imperative.

A command carries what its author chose and nothing else: who, when and which operation are in
its envelope (`schemas.turns`). A tag's number rises when the shape changes; see `schemas.wire`.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from schemas.clock_commands import Resume, Tick
from schemas.reach_commands import Reached, RecordReach, RestoreReach
from schemas.registry_commands import (
    CorrectOrganization,
    Digest,
    EndGrant,
    GrantRole,
    MergeOrganizations,
    MoveLog,
    OpenLog,
    ReceiveLog,
    RecordCertificate,
    RegisterOrganization,
    RegistryCommand,
    ReinstateOrganization,
    RetireOrganization,
    SeparateOrganizations,
    SetCapacity,
    SetDuty,
    WithdrawCertificate,
    WithdrawIssuer,
)
from schemas.values import (
    CloseReason,
    DeclineReason,
    DemandId,
    DivisionCode,
    IncidentId,
    Instant,
    LineId,
    LineRequest,
    OfferId,
    OpeningReason,
    OrganizationId,
    People,
    PersonId,
    Place,
    Priority,
    Reception,
    Sealed,
    Stored,
    Units,
)
from schemas.work_commands import (
    Arrive,
    CannotComplete,
    ClaimTask,
    ConfirmAssignment,
    CorrectStep,
    DropTask,
    GiveBackTask,
    GiveNewTime,
    Minutes,
    OpenTask,
    ReportDone,
    ReportTask,
    SetOff,
    TakeBackTask,
    UndoStep,
    VerifyTask,
    WorkCommand,
)

PublicText = Annotated[str, Meta(min_length=1, max_length=500)]
Lines = Annotated[tuple[LineRequest, ...], Meta(min_length=1, max_length=20)]
Several = Annotated[tuple[DemandId, ...], Meta(min_length=1, max_length=100)]
Label = Annotated[str, Meta(pattern="^[a-z0-9-]{0,40}$")]
Revision = Annotated[int, Meta(ge=1)]


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
    """Close an incident; `live` is the digest of the assignments that this ends, if any are live.

    The digest is SHA-256 over their ids in order, each with a newline, in hexadecimal.
    """

    incident: IncidentId
    live: Digest | None = None


class ReopenIncident(Stored, tag="ReopenIncident.1"):
    """Take a closed incident up again, as long as its key is not destroyed."""

    incident: IncidentId


class PublishDemand(Stored, tag="PublishDemand.1"):
    """Publish what a township asks for, line by line, with its risks (Article 7).

    Without `needed_by` it is needed as soon as possible.
    """

    incident: IncidentId
    kind: str
    priority: Priority
    place: Place
    lines: Lines
    risk_statement: PublicText
    rally_point: PublicText
    needed_by: Instant | None = None
    contact: Sealed | None = None
    address: Sealed | None = None
    note: Sealed | None = None


class AmendDemand(Stored, tag="AmendDemand.1"):
    """Change a published demand; `revision` is the one that the desk was looking at.

    `targets` gives each line's new target in order; further `lines` are added behind them.
    Without a place the demand stays where it is; without `needed_by` it is needed as soon as
    possible from now on.
    """

    demand: DemandId
    revision: Revision
    priority: Priority
    targets: Annotated[tuple[Units, ...], Meta(min_length=1, max_length=20)]
    lines: Annotated[tuple[LineRequest, ...], Meta(max_length=20)]
    risk_statement: PublicText
    rally_point: PublicText
    place: Place | None = None
    needed_by: Instant | None = None


class CloseDemand(Stored, tag="CloseDemand.1"):
    """Close a demand; whoever is still asked or on the way is stood down."""

    demand: DemandId
    reason: CloseReason
    revision: Revision


class ReopenDemand(Stored, tag="ReopenDemand.1"):
    """Take a closed demand up again, with its history."""

    demand: DemandId
    revision: Revision


class CloseDemands(Stored, tag="CloseDemands.1"):
    """Close several demands inside a division with one reason; those closed already stay so.

    For a reason by which nothing was done, whatever somebody has arrived for stays open too.
    """

    division: DivisionCode
    demands: Several
    reason: CloseReason


class ReopenDemands(Stored, tag="ReopenDemands.1"):
    """Take several closed demands inside a division up again; those that are open stay so."""

    division: DivisionCode
    demands: Several


class TakeBackDemand(Stored, tag="TakeBackDemand.1"):
    """The sender takes a demand back that it moved to another township, until that one acts."""

    demand: DemandId
    revision: Revision


class KeepDemand(Stored, tag="KeepDemand.1"):
    """It is still needed, as it is."""

    demand: DemandId


class DropLine(Stored, tag="DropLine.1"):
    """One line of a demand is no longer wanted; the others go on."""

    line: LineId


class SetOwnCrew(Stored, tag="SetOwnCrew.1"):
    """So many units of a line are taken on by the township's own crew; 0: none any more."""

    line: LineId
    units: Annotated[int, Meta(ge=0, le=500)]


class OpenSealedText(Stored, tag="OpenSealedText.1"):
    """Ask to read the sealed contact, address and note of a demand; being asked is a fact."""

    demand: DemandId
    reason: OpeningReason


class ShowPersons(Stored, tag="ShowPersons.1"):
    """Ask for the telephone numbers of who was asked or is at work; being asked is a fact."""

    offer: OfferId


class AskByHand(Stored, tag="AskByHand.1"):
    """A desk asks one organization for a line, past the order, with a reason (sealed)."""

    line: LineId
    organization: OrganizationId
    reason: Sealed


class AcceptOffer(Stored, tag="AcceptOffer.1"):
    """Say yes, for so many units, arriving in about so many minutes with so many people."""

    offer: OfferId
    quantity: Units
    minutes: Minutes | None = None
    people: People | None = None
    person: PersonId | None = None  # who has answered a message; only the messenger says it


class DeclineOffer(Stored, tag="DeclineOffer.1"):
    """Say no, perhaps only until some time; it is never held against anybody."""

    offer: OfferId
    reason: DeclineReason
    free_from: Instant | None = None
    person: PersonId | None = None


class TakeStandby(Stored, tag="TakeStandby.1"):
    """The desk takes on somebody who would still come."""

    offer: OfferId


class ReceiveCrew(Stored, tag="ReceiveCrew.1"):
    """A desk records a crew that nobody has asked: it came, or offers to come, with so many units.

    `here`: it has arrived already; else it comes in about so many minutes.
    """

    line: LineId
    organization: OrganizationId
    word: Reception
    quantity: Units
    here: bool = True
    minutes: Minutes | None = None
    people: People | None = None


Command = (
    RegistryCommand
    | Tick
    | Resume
    | OpenIncident
    | JoinIncident
    | CloseIncident
    | ReopenIncident
    | PublishDemand
    | AmendDemand
    | CloseDemand
    | ReopenDemand
    | CloseDemands
    | ReopenDemands
    | TakeBackDemand
    | KeepDemand
    | DropLine
    | SetOwnCrew
    | OpenSealedText
    | ShowPersons
    | AskByHand
    | AcceptOffer
    | DeclineOffer
    | TakeStandby
    | ReceiveCrew
    | RecordReach
    | WorkCommand
)

__all__ = [
    "AcceptOffer",
    "AmendDemand",
    "Arrive",
    "AskByHand",
    "CannotComplete",
    "ClaimTask",
    "CloseDemand",
    "CloseDemands",
    "CloseIncident",
    "Command",
    "ConfirmAssignment",
    "CorrectOrganization",
    "CorrectStep",
    "DeclineOffer",
    "DropLine",
    "DropTask",
    "EndGrant",
    "GiveBackTask",
    "GiveNewTime",
    "GrantRole",
    "JoinIncident",
    "KeepDemand",
    "MergeOrganizations",
    "MoveLog",
    "OpenIncident",
    "OpenLog",
    "OpenSealedText",
    "OpenTask",
    "PublishDemand",
    "Reached",
    "ReceiveCrew",
    "ReceiveLog",
    "RecordCertificate",
    "RecordReach",
    "RegisterOrganization",
    "RegistryCommand",
    "ReinstateOrganization",
    "ReopenDemand",
    "ReopenDemands",
    "ReopenIncident",
    "ReportDone",
    "ReportTask",
    "RestoreReach",
    "Resume",
    "RetireOrganization",
    "SeparateOrganizations",
    "SetCapacity",
    "SetDuty",
    "SetOff",
    "SetOwnCrew",
    "ShowPersons",
    "TakeBackDemand",
    "TakeBackTask",
    "TakeStandby",
    "Tick",
    "UndoStep",
    "VerifyTask",
    "WithdrawCertificate",
    "WithdrawIssuer",
    "WorkCommand",
]
