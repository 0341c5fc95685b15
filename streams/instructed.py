"""What is remembered of instructions: those to everybody, and each crew's own list of them."""

from __future__ import annotations

from schemas.instruction_values import LEAVING, InstructionKind, Zone
from schemas.values import AssignmentId, DivisionCode, IncidentId, Instant, InstructionId, Stored
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
    missed_at: Instant | None = None
    escalates_at: Instant | None = None  # None: it has, or is not waited for
    escalated: bool = False
    lifted_at: Instant | None = None
    mistaken: bool = False

    @property
    def next_at(self) -> Instant | None:
        """When somebody more has to call the crew; None where nobody has to any more."""
        if self.acknowledged_at is not None or self.escalated:
            return None
        return self.acknowledge_by if self.missed_at is None else self.escalates_at


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
