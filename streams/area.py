"""A command area: one registry and one operation per mode or exercise, folded from its turns."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from operator import attrgetter

from geo.divisions import DivisionTree
from schemas.batches import BatchId
from schemas.hand_ups import HandUp
from schemas.helpers import Helpers, HelpersId
from schemas.shifts import Shift
from schemas.turns import GENESIS, REGISTRY
from schemas.values import (
    AccountId,
    AreaId,
    AssignmentId,
    CommandId,
    DemandId,
    DivisionCode,
    IncidentId,
    Instant,
    InstructionId,
    LineId,
    Medium,
    Mode,
    OfferId,
    OperationId,
    OrganizationId,
    PieceKind,
    Purpose,
    ReportId,
    TaskId,
    TimeSource,
)
from streams import orderings, waited
from streams.availability import Availability, Holding
from streams.entities import (
    Assignment,
    Demand,
    Incident,
    Line,
    Offer,
    Organization,
    Task,
    TaskState,
)
from streams.grants import Grant, LetIn
from streams.instructed import Instruction, Told
from streams.nearby import Nearby
from streams.parameters import URGENCY
from streams.remembered import (
    HEADER,
    Able,
    Asked,
    Asks,
    Batch,
    Beside,
    Header,
    Key,
    Listed,
    Load,
    Relief,
    Report,
    Standstill,
    Tally,
)
from streams.table import Distinct, Groups, Journal, Lanes, Named, Ordering, Table, Tables
from streams.versions import Rules, present, rules_of
from streams.wakes import Wait, Wakes

CLOSED = "closed"  # the one group of zones
Pair = tuple[LineId, OrganizationId]


class Registry(Tables):
    """Organizations and grants: shared by every operation of the area."""

    grants: Table[AccountId, tuple[Grant, ...]]
    organizations: Table[OrganizationId, Organization]
    withdrawn: Table[str, Instant]  # issuers, since when
    # Who was ever a steward, or a desk above a township's, by a grant that stood: and where.
    keepers: Table[AccountId, tuple[DivisionCode, ...]]
    let_in: Table[AccountId, tuple[LetIn, ...]]

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal)
        self.named = Ordering(self.organizations, orderings.name)
        self.coded = Ordering(self.organizations, orderings.code)
        self.certified = Named(self.organizations, orderings.certificates)


class Operation(Tables):
    """The demands, offers, assignments and tasks of one mode or exercise, with its own load.

    Its worklist is kept in the entities themselves (`Line.wake_at`, `Offer.unneeded`, …); the
    orderings and `wakes` are how settling finds what is on it.
    """

    incidents: Table[IncidentId, Incident]
    demands: Table[DemandId, Demand]
    lines: Table[LineId, Line]
    offers: Table[OfferId, Offer]
    assignments: Table[AssignmentId, Assignment]
    tasks: Table[TaskId, Task]
    helpers: Table[HelpersId, Helpers]  # who wait
    hand_ups: Table[DemandId, HandUp]
    reliefs: Table[AssignmentId, Relief]
    batches: Table[BatchId, Batch]
    listed: Table[tuple[BatchId, str], Listed]
    scene_reports: Table[ReportId, Report]  # that nobody has answered yet
    instructions: Table[InstructionId, Instruction]  # to everybody in an incident
    told: Table[AssignmentId, Told]
    beside: Table[AssignmentId, Beside]
    shifts: Table[DivisionCode, Shift]
    asked: Table[Pair, Asked]
    asks: Table[OrganizationId, Asks]
    able: Table[Holding, Able]
    load: Table[Holding, Load]
    tallies: Table[str, Tally]
    # Pieces of work that the rules have failed on, and until when nobody tries them again.
    aside: Table[tuple[PieceKind, str], Instant]
    acts: Table[DemandId, Instant]  # when somebody last did something about a demand
    standstill: Table[str, Standstill]
    counters: Table[str, int]

    def __init__(
        self,
        operation: OperationId,
        mode: Mode,
        journal: Journal,
        registry: Registry,
        divisions: DivisionTree,
        actual: Callable[[], bool],
        rules: Callable[[], Rules],
    ) -> None:
        """What the log's header says: `actual`, whether it is for actual work, and `rules`."""
        super().__init__(journal, operation)
        self.id = operation
        self.mode = mode
        self.actual = actual
        self.rules = rules
        self.registry = registry
        self.divisions = divisions
        self.sequence = 0  # of its present turn, for what says where in the log it is
        self._group()
        self._order()
        self._wait()
        self.availability = Availability(
            registry.organizations, self.load, self.asks, lambda: self.enrolled_only, self.unheard
        )
        self.assignments.watch(self.availability.crew_changed)

    @property
    def enrolled_only(self) -> bool:
        """Beside actual work, an exercise asks only whoever takes part in exercises."""
        return self.mode is not Mode.ACTUAL and self.actual()

    def _group(self) -> None:
        """What the rules look for together: all of a demand, what is open, what is live."""
        self.incidents_of = Groups(self.incidents, orderings.event)
        self.posted_in = Groups(self.demands, orderings.posted_in)
        self.offers_of = Groups(self.offers, attrgetter("demand"))
        # Neither of an offer ever changes: whom a demand has asked, each once.
        self.asked_for = Distinct(self.offers, attrgetter("demand"), attrgetter("organization"))
        self.offers_to = Groups(self.offers, orderings.open_to)
        self.offers_on = Groups(
            self.offers, lambda row: row.line if orderings.is_open(row) else None
        )
        self.assignments_of = Groups(self.assignments, attrgetter("demand"))
        self.assignments_between = Groups(
            self.assignments, lambda row: (row.demand, row.organization)
        )
        self.assignments_on = Groups(self.assignments, lambda row: row.line if row.live else None)
        self.assignments_in = Groups(
            self.assignments, lambda row: row.incident if row.live else None
        )
        self.unheard = Groups(
            self.assignments, lambda row: row.organization if row.unheard else None
        )
        # By demand: those who have people in a danger zone.
        self.danger_for = Groups(self.assignments, orderings.in_danger)
        self.reliefs_by = Groups(self.reliefs, attrgetter("offer"))
        self.beside_for = Groups(self.beside, attrgetter("demand"))
        self.batches_in = Groups(self.batches, attrgetter("incident"))
        self.helpers_for = Groups(self.helpers, attrgetter("demand"))
        self.scene_reports_of = Groups(self.scene_reports, attrgetter("assignment"))
        self.scene_reports_for = Groups(self.scene_reports, attrgetter("demand"))
        self.instructions_in = Groups(self.instructions, attrgetter("incident"))
        self.zones = Groups(self.instructions, lambda row: None if row.zone is None else CLOSED)
        self.assignments_by = Groups(
            self.assignments, lambda row: row.organization if row.live else None
        )

    def _order(self) -> None:
        """Every ordering that the rules walk along."""
        self.waking = Lanes(self.lines, orderings.waking, URGENCY)
        self.unmet = Ordering(self.lines, orderings.unmet)
        self.short = Nearby(self.lines, orderings.short)
        self.pausing = Ordering(self.asked, orderings.pausing)
        self.trying = Ordering(self.able, lambda row: (row.at, row.organization, row.skill))
        self.posted = Ordering(self.demands, orderings.posted)
        self.lying = Ordering(self.demands, orderings.lying)
        self.reports = Ordering(self.demands, orderings.report)
        self.demands_in = Ordering(self.demands, orderings.open_demand)
        self.all_in = Ordering(self.demands, lambda row: (row.incident, row.id))
        self.tasks_in = Ordering(self.tasks, lambda row: (row.incident, row.id))
        self.of_batches = Ordering(self.listed, lambda row: (row.batch, row.state, row.id))
        self.leaving = Ordering(self.incidents, orderings.leaving)
        self.proposed_in = Ordering(
            self.tasks,
            lambda row: (row.incident, row.id) if row.state is TaskState.PROPOSED else None,
        )

    def _wait(self) -> None:
        """Everything that is waited for, each from its own row."""
        self.wakes = Wakes()
        self.wakes.hold(self.offers, waited.offer)
        self.wakes.hold(self.assignments, waited.assignment)
        self.wakes.hold(self.helpers, lambda row: (row.until, Wait.HELPERS))
        self.wakes.hold(self.hand_ups, waited.hand_up)
        self.wakes.hold(self.reliefs, waited.relief)
        self.wakes.hold(self.batches, waited.batch)
        self.wakes.hold(self.scene_reports, waited.report)
        self.wakes.hold(self.told, waited.told)
        self.wakes.hold(self.beside, waited.beside)
        self.wakes.hold(self.tasks, waited.task)
        self.wakes.hold(self.shifts, waited.shift)
        self.wakes.hold(self.lines, waited.line)
        self.wakes.hold(self.demands, waited.demand)
        self.wakes.hold(self.incidents, waited.incident)

    def count(self, name: str) -> int:
        """A counter's present value; counters only rise."""
        return self.counters.get(name) or 0

    def raise_count(self, name: str, value: int) -> None:
        self.counters.put(name, value)


class Area(Tables):
    """The state of one log. Held by its single writer, never shown to readers."""

    header: Table[str, Header]

    def __init__(self, area: AreaId, divisions: DivisionTree) -> None:
        self.id = area
        self.divisions = divisions
        self.journal = Journal()
        super().__init__(self.journal)
        self.registry = Registry(self.journal)
        self.operations: Table[OperationId, Operation] = Table("operations", self.journal)
        # In the order of use, 30 days of rule time. A dict would walk over all that it has lost.
        self.keys: OrderedDict[CommandId, Key] = OrderedDict()
        self.sequence = 0
        self.at: Instant = 0
        self.previous = GENESIS

    @property
    def told(self) -> Header | None:
        """What the log says of itself; None until it is open."""
        return self.header.get(HEADER)

    @property
    def purpose(self) -> Purpose | None:
        return None if self.told is None else self.told.purpose

    @property
    def time_source(self) -> TimeSource | None:
        return None if self.told is None else self.told.time_source

    @property
    def moved(self) -> Medium | None:
        """Where the log goes on, if that is no longer here; it takes nothing more."""
        return None if self.told is None else self.told.moved

    def rules(self) -> Rules:
        """By which the next command is decided. RulesMissing where they are not here."""
        return present() if self.told is None else rules_of(self.told.rules)

    def operation(self, operation: OperationId) -> Operation | None:
        return None if operation == REGISTRY else self.operations.get(operation)

    def open_operation(self, operation: OperationId, mode: Mode) -> Operation:
        """The operation, made when its first incident opens."""
        if operation not in self.operations:
            beside = (self.journal, self.registry, self.divisions, self._for_work, self.rules)
            opened = Operation(operation, mode, *beside)
            self.operations.put(operation, opened)
        return self.operations[operation]

    def look_ahead(self, at: Instant, most: int) -> bool:
        """Look at some whom a search would have to, while nobody waits; whether any may be left.

        Between turns, and with an instant that no later turn is before. It changes no answer.
        """
        operations = self.operations.rows.values()
        return any(operation.availability.look_ahead(at, most) for operation in operations)

    def _for_work(self) -> bool:
        return self.purpose is Purpose.OPERATIONS
