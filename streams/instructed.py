"""What is remembered of instructions: those to everybody, and each crew's own list of them."""

from __future__ import annotations

from schemas.instruction_values import LEAVING, InstructionKind, Zone
from schemas.values import (
    AssignmentId,
    DemandId,
    DivisionCode,
    IncidentId,
    Instant,
    InstructionId,
    Stored,
)
from schemas.villages import VillageName


class Instruction(Stored):
    """One that holds for everybody in an incident, or inside a zone."""

    id: InstructionId
    incident: IncidentId
    what: InstructionKind
    to: str
    text: str
    by: DivisionCode
    at: Instant
    zone: Zone | None = None


class Order(Stored):
    """An instruction as one crew has it."""

    id: InstructionId
    what: InstructionKind
    to: str
    text: str
    by: DivisionCode
    everybody: bool
    at: Instant
    acknowledge_by: Instant
    acknowledged_at: Instant | None = None
    by_desk: bool = False
    by_committee: VillageName | None = None
    unable_at: Instant | None = None  # its last word was that it cannot
    spoken_at: Instant | None = None  # when its desk has called it since
    missed_at: Instant | None = None
    escalates_at: Instant | None = None  # None: it has, or is not waited for
    escalated: bool = False
    holds: DemandId | None = None  # what is on hold for it
    lifted_at: Instant | None = None
    mistaken: bool = False

    @property
    def unable(self) -> bool:
        """Whether the crew has said that it cannot, and nobody has called it yet."""
        return self.unable_at is not None and self.spoken_at is None

    @property
    def to_call(self) -> bool:
        """Whether its desk has to call the crew: for that, or since it has not read it in time."""
        return self.unable if self.acknowledged_at is not None else self.missed_at is not None

    @property
    def next_at(self) -> Instant | None:
        """When somebody more has to call the crew; None where nobody has to any more."""
        if self.escalated or (self.acknowledged_at is not None and not self.unable):
            return None
        return self.escalates_at if self.to_call else self.acknowledge_by


class Told(Stored):
    """What a crew has been told: what holds, in order, and what was lifted last."""

    assignment: AssignmentId
    live: bool = True  # while the crew is at work: what it has not acknowledged is waited for
    standing: tuple[Order, ...] = ()
    lifted: Order | None = None

    @property
    def next_at(self) -> Instant | None:
        """When the first of what is waited for is over."""
        if not self.live:
            return None
        times = (order.next_at for order in self.standing)
        return min((at for at in times if at is not None), default=None)

    @property
    def leaving(self) -> tuple[InstructionId, ...]:
        """By which it is told to stop or to leave."""
        return tuple(order.id for order in self.standing if order.what in LEAVING)

    @property
    def withdrawing(self) -> bool:
        """Whether it does no work meanwhile."""
        return bool(self.leaving)
