"""A command area: one registry and one operation per mode or exercise, folded from its turns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from geo.divisions import DivisionTree
from geo.nearest import SkillIndex
from schemas.turns import GENESIS, REGISTRY
from schemas.values import (
    AccountId,
    AreaId,
    AssignmentId,
    CommandId,
    DemandId,
    IncidentId,
    Instant,
    LineId,
    Medium,
    Mode,
    OfferId,
    OperationId,
    OrganizationId,
    Purpose,
    TaskId,
    TimeSource,
)
from streams.entities import (
    Assignment,
    Demand,
    DemandState,
    Grant,
    Incident,
    IncidentState,
    Key,
    Line,
    Offer,
    OfferState,
    Organization,
    Tally,
    Task,
    TaskState,
)
from streams.parameters import URGENCY
from streams.table import Journal, Lanes, Ordering, Table


class Registry:
    """Organizations and grants: shared by every operation of the area."""

    def __init__(self, journal: Journal) -> None:
        self.grants: Table[AccountId, tuple[Grant, ...]] = Table("grants", journal)
        self.organizations: Table[OrganizationId, Organization] = Table("organizations", journal)
        self.by_skill: dict[str, SkillIndex] = {}
        self.organizations.watch(self._index)

    def _index(self, key: str, before: Organization | None, after: Organization | None) -> None:
        """Keep each skill's places; who is off duty or busy stays in and fails at its gate."""
        old = {} if before is None else {item.skill: item for item in before.capabilities}
        new = {} if after is None else {item.skill: item for item in after.capabilities}
        for skill in old:
            if skill not in new:
                self.by_skill[skill].remove(key)
        if after is None:
            return
        for skill in new:
            if skill not in old or before is None or before.place != after.place:
                self._holders(skill).put(key, after.place)

    def _holders(self, skill: str) -> SkillIndex:
        if skill not in self.by_skill:
            self.by_skill[skill] = SkillIndex()
        return self.by_skill[skill]


class Operation:
    """The demands, offers, assignments and tasks of one mode or exercise, with its own load.

    Its worklist is kept in the entities themselves (`Line.wake_at`, `Offer.unneeded`, …); the
    orderings are how settling finds what is on it.
    """

    def __init__(self, operation: OperationId, mode: Mode, journal: Journal) -> None:
        self.id = operation
        self.mode = mode
        self.sequence = 0  # of its present turn, for what says where in the log it is
        self.incidents: Table[IncidentId, Incident] = Table("incidents", journal, operation)
        self.demands: Table[DemandId, Demand] = Table("demands", journal, operation)
        self.lines: Table[LineId, Line] = Table("lines", journal, operation)
        self.offers: Table[OfferId, Offer] = Table("offers", journal, operation)
        self.assignments: Table[AssignmentId, Assignment] = Table("assignments", journal, operation)
        self.tasks: Table[TaskId, Task] = Table("tasks", journal, operation)
        self.load: Table[tuple[OrganizationId, str], int] = Table("load", journal, operation)
        self.tallies: Table[str, Tally] = Table("tallies", journal, operation)
        self.counters: Table[str, int] = Table("counters", journal, operation)
        self._order()

    def _order(self) -> None:
        """Every ordering that the rules walk along."""
        self.waking = Lanes(self.lines, _waking, URGENCY)
        self.unmet = Ordering(self.lines, _unmet)
        self.proposing = Ordering(self.lines, lambda row: (row.id,) if row.proposing else None)
        self.deadlines = Ordering(self.offers, _deadline)
        self.offers_of = Ordering(self.offers, lambda row: (row.demand, row.id))
        self.unneeded_offers = Ordering(
            self.offers, lambda row: (row.id,) if row.unneeded else None
        )
        self.assignments_of = Ordering(self.assignments, lambda row: (row.demand, row.id))
        self.assignments_in = Ordering(
            self.assignments, lambda row: (row.incident, row.id) if row.live else None
        )
        self.unneeded_assignments = Ordering(
            self.assignments, lambda row: (row.id,) if row.unneeded else None
        )
        self.demands_in = Ordering(self.demands, _open_demand)
        self.proposed_in = Ordering(
            self.tasks,
            lambda row: (row.incident, row.id) if row.state is TaskState.PROPOSED else None,
        )
        self.tasks_in = Ordering(
            self.tasks, lambda row: (row.incident, row.id) if row.live else None
        )
        self.closing = Ordering(self.incidents, _closing)
        self.readable = Ordering(self.incidents, _closed_but_readable)

    def count(self, name: str) -> int:
        """A counter's present value; counters only rise."""
        return self.counters.get(name) or 0

    def raise_count(self, name: str, value: int) -> None:
        self.counters.put(name, value)

    def tables(self) -> Iterator[Table[Any, Any]]:
        """Everything that is state, in a fixed order."""
        yield from (self.incidents, self.demands, self.lines, self.offers, self.assignments)
        yield from (self.tasks, self.load, self.tallies, self.counters)


class Area:
    """The state of one log. Held by its single writer, never shown to readers."""

    def __init__(self, area: AreaId, divisions: DivisionTree) -> None:
        self.id = area
        self.divisions = divisions
        self.journal = Journal()
        self.registry = Registry(self.journal)
        self.operations: Table[OperationId, Operation] = Table("operations", self.journal)
        self.keys: dict[CommandId, Key] = {}  # in the order of use, 30 days of rule time
        self.header: Table[str, Any] = Table("header", self.journal)
        self.sequence = 0
        self.at: Instant = 0
        self.previous = GENESIS

    @property
    def purpose(self) -> Purpose | None:
        return self.header.get("purpose")

    @property
    def time_source(self) -> TimeSource | None:
        return self.header.get("time_source")

    @property
    def moved(self) -> Medium | None:
        """Where the log goes on, if that is no longer here; it takes nothing more."""
        return self.header.get("moved")

    @property
    def rules(self) -> int | None:
        return self.header.get("rules")

    def operation(self, operation: OperationId) -> Operation | None:
        return None if operation == REGISTRY else self.operations.get(operation)

    def open_operation(self, operation: OperationId, mode: Mode) -> Operation:
        """The operation, made when its first incident opens."""
        if operation not in self.operations:
            self.operations.put(operation, Operation(operation, mode, self.journal))
        return self.operations[operation]


def _waking(line: Line) -> tuple[Any, ...] | None:
    return None if line.wake_at is None else (line.priority, line.wake_at, line.id)


def _unmet(line: Line) -> tuple[Any, ...] | None:
    return (line.skill, line.priority, line.wake_at, line.id) if line.unmet else None


def _deadline(offer: Offer) -> tuple[Any, ...] | None:
    if offer.state is not OfferState.SENT or offer.unneeded:
        return None
    return (offer.answer_by, offer.id)


def _open_demand(demand: Demand) -> tuple[Any, ...] | None:
    if demand.state is DemandState.CLOSED:
        return None
    return (demand.incident, demand.number, demand.id)


def _closing(incident: Incident) -> tuple[Any, ...] | None:
    return (incident.number, incident.id) if incident.state is IncidentState.CLOSING else None


def _closed_but_readable(incident: Incident) -> tuple[Any, ...] | None:
    if incident.state is not IncidentState.CLOSED or not incident.readable:
        return None
    return (incident.number, incident.id)
