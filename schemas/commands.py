"""Commands: what somebody asks to happen, in the imperative.

A command carries what its author chose and nothing else: who, when and which operation are in
its envelope (`schemas.turns`). A tag's number rises when the shape changes; see `schemas.wire`.
"""

from __future__ import annotations

from schemas.clock_commands import Resume, Tick
from schemas.demand_commands import (
    AmendDemand,
    CloseDemand,
    CloseDemands,
    DemandCommand,
    DraftDemand,
    DropLine,
    GroupDemands,
    HoldDemand,
    KeepDemand,
    NoteDemand,
    OpenSealedText,
    PublishDemand,
    PublishDraft,
    ReopenDemand,
    ReopenDemands,
    ReportNeed,
    ResumeDemand,
    SetOwnCrew,
    TakeBackDemand,
    UngroupDemands,
)
from schemas.helpers import EndHelpers, HelpersCommand, ReceiveHelpers
from schemas.incident_commands import (
    CloseIncident,
    IncidentCommand,
    JoinIncident,
    OpenIncident,
    ReopenIncident,
)
from schemas.instruction_commands import (
    AcknowledgeInstruction,
    CloseZone,
    InstructCrew,
    InstructIncident,
    InstructionCommand,
    LiftFromCrew,
    LiftFromIncident,
    StandDownCrew,
)
from schemas.offer_commands import (
    AcceptOffer,
    AskByHand,
    DeclineOffer,
    EndStandby,
    OfferCommand,
    ReceiveCrew,
    ShowPersons,
    TakeStandby,
)
from schemas.reach_commands import Reached, RecordReach, RestoreReach
from schemas.registry_commands import (
    CorrectOrganization,
    EndGrant,
    GrantRole,
    MergeOrganizations,
    MoveLog,
    OpenLog,
    ReceiveLog,
    RecordCertificate,
    RecordSafeguards,
    RegisterOrganization,
    RegistryCommand,
    ReinstateOrganization,
    RetireOrganization,
    SeparateOrganizations,
    SetCapacity,
    SetDuty,
    SetEnrollment,
    SetHours,
    WithdrawCertificate,
    WithdrawIssuer,
)
from schemas.scene_commands import AnswerReport, CheckIn, CountHeads, ReportFromScene, SceneCommand
from schemas.work_commands import (
    Arrive,
    CannotComplete,
    ClaimTask,
    ConfirmAssignment,
    CorrectStep,
    DropTask,
    GiveBackTask,
    GiveNewTime,
    OpenTask,
    ReportDone,
    ReportTask,
    SetOff,
    TakeBackTask,
    UndoStep,
    VerifyTask,
    WorkCommand,
)

Command = (
    RegistryCommand
    | Tick
    | Resume
    | IncidentCommand
    | DemandCommand
    | OfferCommand
    | HelpersCommand
    | RecordReach
    | WorkCommand
    | SceneCommand
    | InstructionCommand
)

__all__ = [
    "AcceptOffer",
    "AcknowledgeInstruction",
    "AmendDemand",
    "AnswerReport",
    "Arrive",
    "AskByHand",
    "CannotComplete",
    "CheckIn",
    "ClaimTask",
    "CloseDemand",
    "CloseDemands",
    "CloseIncident",
    "CloseZone",
    "Command",
    "ConfirmAssignment",
    "CorrectOrganization",
    "CorrectStep",
    "CountHeads",
    "DeclineOffer",
    "DemandCommand",
    "DraftDemand",
    "DropLine",
    "DropTask",
    "EndGrant",
    "EndHelpers",
    "EndStandby",
    "GiveBackTask",
    "GiveNewTime",
    "GrantRole",
    "GroupDemands",
    "HelpersCommand",
    "HoldDemand",
    "IncidentCommand",
    "InstructCrew",
    "InstructIncident",
    "InstructionCommand",
    "JoinIncident",
    "KeepDemand",
    "LiftFromCrew",
    "LiftFromIncident",
    "MergeOrganizations",
    "MoveLog",
    "NoteDemand",
    "OfferCommand",
    "OpenIncident",
    "OpenLog",
    "OpenSealedText",
    "OpenTask",
    "PublishDemand",
    "PublishDraft",
    "Reached",
    "ReceiveCrew",
    "ReceiveHelpers",
    "ReceiveLog",
    "RecordCertificate",
    "RecordReach",
    "RecordSafeguards",
    "RegisterOrganization",
    "RegistryCommand",
    "ReinstateOrganization",
    "ReopenDemand",
    "ReopenDemands",
    "ReopenIncident",
    "ReportDone",
    "ReportFromScene",
    "ReportNeed",
    "ReportTask",
    "RestoreReach",
    "Resume",
    "ResumeDemand",
    "RetireOrganization",
    "SceneCommand",
    "SeparateOrganizations",
    "SetCapacity",
    "SetDuty",
    "SetEnrollment",
    "SetHours",
    "SetOff",
    "SetOwnCrew",
    "ShowPersons",
    "StandDownCrew",
    "TakeBackDemand",
    "TakeBackTask",
    "TakeStandby",
    "Tick",
    "UndoStep",
    "UngroupDemands",
    "VerifyTask",
    "WithdrawCertificate",
    "WithdrawIssuer",
    "WorkCommand",
]
