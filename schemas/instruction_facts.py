"""Facts of instructions: given, acknowledged or not, and lifted."""

from __future__ import annotations

from schemas.instruction_values import InstructionKind, Zone
from schemas.values import (
    AccountId,
    AssignmentId,
    DivisionCode,
    IncidentId,
    Instant,
    InstructionId,
    Stored,
)
from schemas.villages import VillageName


class CrewInstructed(Stored, tag="CrewInstructed.1"):
    """One crew is told by the desk of a division; to be acknowledged by `acknowledge_by`.

    `place`: because of the place. `beside`: what another crew was told before, because of it.
    """

    instruction: InstructionId
    assignment: AssignmentId
    account: AccountId
    by: DivisionCode
    what: InstructionKind
    to: str
    text: str
    acknowledge_by: Instant
    place: bool
    beside: InstructionId | None
    at: Instant


class IncidentInstructed(Stored, tag="IncidentInstructed.1"):
    """Everybody at work in an incident is told, and whoever comes to be, until it is lifted.

    `zone`: instead, everybody whose demand lies inside, of whatever incident. In a zone, or told
    to leave, nobody more is asked for meanwhile.
    """

    instruction: InstructionId
    incident: IncidentId
    account: AccountId
    by: DivisionCode
    what: InstructionKind
    to: str
    text: str
    zone: Zone | None
    at: Instant


class InstructionAcknowledged(Stored, tag="InstructionAcknowledged.1"):
    """The crew has read it. `unable`: and cannot do so: its desk has to call it, at once, and
    without that the county's by `escalates_at`. `spoken`: it had said so, and its desk has called.
    """

    instruction: InstructionId
    assignment: AssignmentId
    account: AccountId
    by_desk: bool
    by_committee: VillageName | None
    at: Instant
    unable: bool = False
    spoken: bool = False
    escalates_at: Instant | None = None


class AcknowledgmentMissed(Stored, tag="AcknowledgmentMissed.1"):
    """The crew has not acknowledged it in time: its desk has to call it.

    Without a word by `escalates_at` the county's desk has to as well.
    """

    instruction: InstructionId
    assignment: AssignmentId
    escalates_at: Instant
    at: Instant


class AcknowledgmentEscalated(Stored, tag="AcknowledgmentEscalated.1"):
    """Still not acknowledged: from now on it is the county's desk's own matter, too.

    `unable`: or its crew has said that it cannot, and nobody has called it.
    """

    instruction: InstructionId
    assignment: AssignmentId
    at: Instant
    unable: bool = False


class InstructionLifted(Stored, tag="InstructionLifted.1"):
    """It holds no longer, for one crew or for everybody in an incident.

    `mistaken`: it should never have been given.
    """

    instruction: InstructionId
    assignment: AssignmentId | None
    incident: IncidentId | None
    account: AccountId
    mistaken: bool
    at: Instant


InstructionFact = (
    CrewInstructed
    | IncidentInstructed
    | InstructionAcknowledged
    | AcknowledgmentMissed
    | AcknowledgmentEscalated
    | InstructionLifted
)
