"""Commands: what somebody asks to happen, in the imperative.

A command carries what its author chose and nothing else: who, when and which operation are in
its envelope (`schemas.turns`). A tag's number rises when the shape changes; see `schemas.wire`.
"""

from __future__ import annotations

from schemas.appeals import AppealCommand, EndAppeal, MakeAppeal
from schemas.batches import BatchCommand, OpenTasks, UndoBatch, VoidDemands
from schemas.beside import BesideCommand, LetStay, TellBeside
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
    RefileDemand,
    ReopenDemand,
    ReopenDemands,
    ReportNeed,
    ResumeDemand,
    SetOwnCrew,
    TakeBackDemand,
    UngroupDemands,
)
from schemas.hand_ups import GiveBackDemand, HandUpCommand, HandUpDemand, TakeOnDemand
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
    CounterOffer,
    DeclineOffer,
    EndStandby,
    OfferCommand,
    OfferHelp,
    ReceiveCrew,
    ShowPersons,
    TakeStandby,
)
from schemas.plans import PlannedPair, ProposePlan
from schemas.reach_commands import Reached, RecordReach, RestoreReach
from schemas.registry_commands import (
    ChangeRules,
    ConfirmAccess,
    CorrectOrganization,
    EndGrant,
    EndSessions,
    GrantRole,
    MakeLink,
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
    UseLink,
    WithdrawCertificate,
    WithdrawIssuer,
)
from schemas.relief import KeepCrewOn, ReliefCommand, RelieveCrew
from schemas.scene_commands import (
    AnswerReport,
    CheckIn,
    CountHeads,
    ReportFromScene,
    SceneCommand,
    SeeWords,
)
from schemas.shifts import HandOverShift, OpenShiftNote, ShiftCommand, TakeShift
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
    | AppealCommand
    | HandUpCommand
    | ReliefCommand
    | BatchCommand
    | RecordReach
    | ProposePlan
    | WorkCommand
    | SceneCommand
    | InstructionCommand
    | BesideCommand
    | ShiftCommand
)

__all__ = [
    "AcceptOffer",
    "AcknowledgeInstruction",
    "AmendDemand",
    "AnswerReport",
    "AppealCommand",
    "Arrive",
    "AskByHand",
    "BatchCommand",
    "BesideCommand",
    "CannotComplete",
    "ChangeRules",
    "CheckIn",
    "ClaimTask",
    "CloseDemand",
    "CloseDemands",
    "CloseIncident",
    "CloseZone",
    "Command",
    "ConfirmAccess",
    "ConfirmAssignment",
    "CorrectOrganization",
    "CorrectStep",
    "CountHeads",
    "CounterOffer",
    "DeclineOffer",
    "DemandCommand",
    "DraftDemand",
    "DropLine",
    "DropTask",
    "EndAppeal",
    "EndGrant",
    "EndHelpers",
    "EndSessions",
    "EndStandby",
    "GiveBackDemand",
    "GiveBackTask",
    "GiveNewTime",
    "GrantRole",
    "GroupDemands",
    "HandOverShift",
    "HandUpCommand",
    "HandUpDemand",
    "HelpersCommand",
    "HoldDemand",
    "IncidentCommand",
    "InstructCrew",
    "InstructIncident",
    "InstructionCommand",
    "JoinIncident",
    "KeepCrewOn",
    "KeepDemand",
    "LetStay",
    "LiftFromCrew",
    "LiftFromIncident",
    "MakeAppeal",
    "MakeLink",
    "MergeOrganizations",
    "MoveLog",
    "NoteDemand",
    "OfferCommand",
    "OfferHelp",
    "OpenIncident",
    "OpenLog",
    "OpenSealedText",
    "OpenShiftNote",
    "OpenTask",
    "OpenTasks",
    "PlannedPair",
    "ProposePlan",
    "PublishDemand",
    "PublishDraft",
    "Reached",
    "ReceiveCrew",
    "ReceiveHelpers",
    "ReceiveLog",
    "RecordCertificate",
    "RecordReach",
    "RecordSafeguards",
    "RefileDemand",
    "RegisterOrganization",
    "RegistryCommand",
    "ReinstateOrganization",
    "ReliefCommand",
    "RelieveCrew",
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
    "SeeWords",
    "SeparateOrganizations",
    "SetCapacity",
    "SetDuty",
    "SetEnrollment",
    "SetHours",
    "SetOff",
    "SetOwnCrew",
    "ShiftCommand",
    "ShowPersons",
    "StandDownCrew",
    "TakeBackDemand",
    "TakeBackTask",
    "TakeOnDemand",
    "TakeShift",
    "TakeStandby",
    "TellBeside",
    "Tick",
    "UndoBatch",
    "UndoStep",
    "UngroupDemands",
    "UseLink",
    "VerifyTask",
    "VoidDemands",
    "WithdrawCertificate",
    "WithdrawIssuer",
    "WorkCommand",
]
