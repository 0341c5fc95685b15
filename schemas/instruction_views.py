"""What screens show of instructions."""

from __future__ import annotations

from schemas.instruction_values import InstructionKind, Zone
from schemas.values import DivisionCode, Instant, InstructionId, Stored
from schemas.villages import VillageName


class InstructionView(Stored):
    """An instruction as one crew has it: whether it has acknowledged it, and whether it holds."""

    id: InstructionId
    what: InstructionKind
    to: str  # to whom it hands over, or where it comes to
    text: str
    by: DivisionCode  # the desk that gave it
    everybody: bool  # in the incident; else this crew alone
    at: Instant
    acknowledge_by: Instant
    acknowledged_at: Instant | None
    by_desk: bool  # acknowledged on the telephone
    by_committee: VillageName | None  # or by the committee of its village
    missed_at: Instant | None  # since when its desk has to call the crew
    unable_at: Instant | None  # since when the crew says that it cannot: its desk has to call it
    spoken_at: Instant | None  # and when that has
    escalated: bool  # the county's desk has to as well
    lifted_at: Instant | None
    mistaken: bool  # it should never have been given


class StandingView(Stored):
    """An instruction that holds for everybody in an incident."""

    id: InstructionId
    what: InstructionKind
    to: str
    text: str
    by: DivisionCode
    at: Instant
    zone: Zone | None  # instead: for everybody inside, and nobody is asked for what lies there
