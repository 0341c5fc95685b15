"""A command area: one registry and one operation per mode or exercise, folded from its turns."""

from __future__ import annotations

import unicodedata
from collections import OrderedDict
from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final

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
    PlaceKind,
    Purpose,
    ReportId,
    TaskId,
    TimeSource,
)
from streams import waited
from streams.availability import Availability, Holding
from streams.entities import (
    Assignment,
    Demand,
    DemandState,
    Incident,
    IncidentState,
    Line,
    Offer,
    OfferState,
    Organization,
    Task,
    TaskState,
)
from streams.grants import Grant, LetIn
from streams.instructed import Instruction, Told
from streams.nearby import Lying, Nearby
from streams.parameters import LEAVES_AFTER, SIMILAR_METERS, URGENCY
from streams.remembered import (
    HEADER,
    Able,
    Asked,
    Asks,
    Batch,
    Header,
    Key,
    Listed,
    Load,
    Relief,
    Report,
    ReportState,
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
    let_in: Table[AccountId, LetIn]

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal)
        self.named = Ordering(self.organizations, _name)
        self.coded = Ordering(self.organizations, _code)
        self.certified = Named(self.organizations, _certificates)


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
            registry.organizations, self.load, self.asks, lambda: self.enrolled_only
        )

    @property
    def enrolled_only(self) -> bool:
        """Beside actual work, an exercise asks only whoever takes part in exercises."""
        return self.mode is not Mode.ACTUAL and self.actual()

    def _group(self) -> None:
        """What the rules look for together: all of a demand, what is open, what is live."""
        self.incidents_of = Groups(self.incidents, _event)
        self.posted_in = Groups(self.demands, _posted_in)
        self.offers_of = Groups(self.offers, attrgetter("demand"))
        # Neither of an offer ever changes: whom a demand has asked, each once.
        self.asked_for = Distinct(self.offers, attrgetter("demand"), attrgetter("organization"))
        self.offers_to = Groups(self.offers, _open_to)
        self.offers_on = Groups(self.offers, lambda row: row.line if _is_open(row) else None)
        self.assignments_of = Groups(self.assignments, attrgetter("demand"))
        self.assignments_between = Groups(
            self.assignments, lambda row: (row.demand, row.organization)
        )
        self.assignments_on = Groups(self.assignments, lambda row: row.line if row.live else None)
        self.assignments_in = Groups(
            self.assignments, lambda row: row.incident if row.live else None
        )
        # By demand: those who have people in a danger zone.
        self.danger_for = Groups(self.assignments, _in_danger)
        self.reliefs_by = Groups(self.reliefs, attrgetter("offer"))
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
        self.waking = Lanes(self.lines, _waking, URGENCY)
        self.unmet = Ordering(self.lines, _unmet)
        self.short = Nearby(self.lines, _short)
        self.pausing = Ordering(self.asked, _pausing)
        self.trying = Ordering(self.able, lambda row: (row.at, row.organization, row.skill))
        self.posted = Ordering(self.demands, _posted)
        self.reports = Ordering(self.demands, _report)
        self.demands_in = Ordering(self.demands, _open_demand)
        self.all_in = Ordering(self.demands, lambda row: (row.incident, row.id))
        self.tasks_in = Ordering(self.tasks, lambda row: (row.incident, row.id))
        self.of_batches = Ordering(self.listed, lambda row: (row.batch, row.state, row.id))
        self.leaving = Ordering(self.incidents, _leaving)
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


def spelled(name: str) -> str:
    """A name as one compares it: spaces, case and the width of signs make no other one."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def _name(organization: Organization) -> tuple[Any, ...]:
    return (organization.home, spelled(organization.name), organization.id)


def _code(organization: Organization) -> tuple[Any, ...] | None:
    if organization.credit_code is None:
        return None
    return (organization.credit_code, organization.id)


def _certificates(organization: Organization) -> list[tuple[str, str]]:
    """What names each one that it holds, and that nobody has withdrawn."""
    held = (each.certificate for each in organization.certificates if not each.withdrawn)
    return [(spelled(one.issuer), spelled(one.number)) for one in held]


def _waking(line: Line) -> tuple[Any, ...] | None:
    return None if line.wake_at is None else (line.priority, line.wake_at, line.id)


def _unmet(line: Line) -> tuple[Any, ...] | None:
    return (line.skill, line.priority, line.id) if line.unmet else None


def _short(line: Line) -> Lying | None:
    """An unmet line, where it is: by what it lacks, and whether enough are asked for it."""
    if not line.unmet:
        return None
    enough = line.missing == 0
    alike = (line.skill, line.priority, enough, line.grade, line.hazardous)
    return Lying(alike, line.place, line.id)


def _pausing(asked: Asked) -> tuple[Any, ...] | None:
    """Whoever may be asked again from a time."""
    if asked.again_at is None:
        return None
    return (asked.organization, asked.again_at, asked.line)


def _event(incident: Incident) -> tuple[str, DivisionCode, str] | None:
    """What makes two incidents the same, while they are not closed."""
    if incident.state is IncidentState.CLOSED:
        return None
    return incident.hazard, incident.division, incident.label


def _open_to(offer: Offer) -> OrganizationId | None:
    """Who is asked, or would still come."""
    return offer.organization if _is_open(offer) and not offer.unneeded else None


def _is_open(offer: Offer) -> bool:
    return offer.state is OfferState.SENT or offer.state is OfferState.STANDBY


def _leaving(incident: Incident) -> tuple[Any, ...] | None:
    """From when what belonged to it leaves, its key being destroyed; None where none is there."""
    if incident.readable or incident.left or incident.destroy_at is None:
        return None
    return (incident.destroy_at + LEAVES_AFTER, incident.id)


def _open_demand(demand: Demand) -> tuple[Any, ...] | None:
    if demand.state is DemandState.CLOSED:
        return None
    return (demand.incident, demand.number, demand.id)


CUBE: Final = 2 * SIMILAR_METERS * 100  # centimeters: the edge of the cubes that space is cut into
Cube = tuple[int, int, int]


def _posted_in(demand: Demand) -> tuple[Any, ...] | None:
    """What is asked for and has a place of its own, by incident, kind and cube."""
    place = demand.place
    asked_for = demand.state not in (DemandState.CLOSED, DemandState.DRAFT)
    if not asked_for or place.kind is PlaceKind.DIVISION:
        return None
    return (demand.incident, demand.kind, place.x // CUBE, place.y // CUBE, place.z // CUBE)


def _posted(demand: Demand) -> tuple[Any, ...] | None:
    """The same, in each cube by when they were published."""
    where = _posted_in(demand)
    return None if where is None else (*where, demand.published_at, demand.id)


def _report(demand: Demand) -> tuple[Any, ...] | None:
    """Those that another demand leads, by how it is with them."""
    if demand.leader is None:
        return None
    state = ReportState.OPEN
    if demand.state is DemandState.CLOSED:
        state = ReportState.FOLLOWED if demand.followed else ReportState.CLOSED
    return (demand.leader, state, demand.id)


def _in_danger(row: Assignment) -> DemandId | None:
    """Whose people are counted inside a danger zone, or are silent: nothing is closed over them."""
    return row.demand if row.inside or row.missed_at is not None else None
