"""Commands about instructions: given, acknowledged, lifted, and a crew stood down behind one."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from schemas.instruction_values import InstructionKind, Zone
from schemas.values import AssignmentId, IncidentId, InstructionId, Stored

To = Annotated[str, Meta(max_length=120)]
Words = Annotated[str, Meta(max_length=500)]


class InstructCrew(Stored, tag="InstructCrew.1"):
    """A desk tells one crew to do something, which it acknowledges and cannot decline.

    `to`: to whom it hands over, or where it comes to. `hold`: it is told to stop or to leave
    because of the place: its demand is put on hold, so that nobody else is sent there.
    """

    assignment: AssignmentId
    what: InstructionKind
    to: To = ""
    text: Words = ""
    hold: bool = False


class InstructIncident(Stored, tag="InstructIncident.1"):
    """The same, to everybody who is at work in an incident, and to whoever is later."""

    incident: IncidentId
    what: InstructionKind
    to: To = ""
    text: Words = ""


class CloseZone(Stored, tag="CloseZone.1"):
    """Nobody goes into a zone until that is lifted, and nobody is asked for what lies inside.

    Whoever is at work there is told so, or what else to do, and so is whoever comes to be.
    """

    incident: IncidentId
    zone: Zone
    what: InstructionKind = InstructionKind.ZONE_CLOSED
    to: To = ""
    text: Words = ""


class AcknowledgeInstruction(Stored, tag="AcknowledgeInstruction.1"):
    """The crew has read it; or has said so to its desk on the telephone.

    `unable`: it cannot do so, and has to be called.
    """

    assignment: AssignmentId
    instruction: InstructionId
    unable: bool = False


class LiftFromCrew(Stored, tag="LiftFromCrew.1"):
    """The desk takes an instruction back; `mistaken`: it should never have been given."""

    assignment: AssignmentId
    instruction: InstructionId
    mistaken: bool = False


class LiftFromIncident(Stored, tag="LiftFromIncident.1"):
    """The same, of one that was given to a whole incident."""

    incident: IncidentId
    instruction: InstructionId
    mistaken: bool = False


class StandDownCrew(Stored, tag="StandDownCrew.1"):
    """The desk ends the work of a crew that it has told to stop, to withdraw or to hand over.

    While people are counted inside a danger zone, or nobody has said that they have left, it is
    refused, unless everybody is out by now.
    """

    assignment: AssignmentId
    everybody_out: bool = False


InstructionCommand = (
    InstructCrew
    | InstructIncident
    | CloseZone
    | AcknowledgeInstruction
    | LiftFromCrew
    | LiftFromIncident
    | StandDownCrew
)
