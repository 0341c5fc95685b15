"""The board: which rows a turn has changed, and who may see them.

Made from what the turn's journal names, so it costs what the turn touched. A row says everything
that a screen shows; the law, proven in the suite, is that an old page with the changes applied
equals a fresh page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

from schemas.values import DemandId, LineId, OperationId, PieceKind
from schemas.views import Change, Put, Removed
from streams import answering, relief, rows
from streams.area import Area, Operation
from streams.entities import LATE, Demand, Incident, Line, Organization
from streams.line import missing, together
from streams.standstill import LOST
from streams.table import NO_OPERATION, Table
from streams.villages import guiding

Wanted = tuple[OperationId, str, Any]
"""A row that has to be made: of which operation (if any), which kind, which entity."""


def changes(area: Area) -> tuple[Change, ...]:
    """The rows that the present turn has changed, each once, in the order of first change."""
    wanted: dict[Wanted, None] = {}
    for (scope, table, key), before in area.journal.touched(_NEVER_SHOWN).items():
        if scope:
            if table in _OWN_ROWS:
                wanted[(scope, table, key)] = None
                wanted.update(dict.fromkeys(_of_crew(area.operations[scope], table, key, before)))
            else:
                for one in _depending(area.operations[scope], table, key, before):
                    wanted[one] = None
            wanted[(scope, "clock", scope)] = None
        elif table in _REGISTRY_ROWS:
            wanted[(scope, table, key)] = None
            if table == "organizations" and before is not None:
                wanted.update(dict.fromkeys(_showing_organization(area, key, before)))
    return tuple(_row(area, one) for one in wanted)


def everything(area: Area) -> tuple[Change, ...]:
    """Every row of the present state."""
    wanted: list[Wanted] = [(NO_OPERATION, "grants", key) for key in area.registry.grants]
    wanted += [(NO_OPERATION, "organizations", key) for key in area.registry.organizations]
    for operation in area.operations.rows.values():
        wanted.append((NO_OPERATION, "operations", operation.id))
        wanted.append((operation.id, "clock", operation.id))
        for table in operation.tables():
            if table.name in _OPERATION_ROWS:
                wanted += [(operation.id, table.name, key) for key in table]
    return tuple(_row(area, one) for one in wanted)


_REGISTRY_ROWS = ("grants", "organizations", "operations")
_OPERATION_ROWS = ("incidents", "demands", "offers", "assignments", "tasks", "shifts")
_OWN_ROWS = (
    "offers",
    "assignments",
    "tasks",
    "shifts",
)  # a change of one shows in its own row, and in that of whom it relieves
_LEAVING: dict[str, Callable[[Operation], Table[Any, Any]]] = {
    "demands": attrgetter("demands"),
    "offers": attrgetter("offers"),
    "assignments": attrgetter("assignments"),
    "tasks": attrgetter("tasks"),
}
_NEVER_SHOWN = ("acts", "asks", "listed", "load", "tallies")  # and no tick is due because of these


def _row(area: Area, wanted: Wanted) -> Change:
    scope, kind, key = wanted
    if scope:
        operation = area.operations[scope]
        if kind in _LEAVING and key not in _LEAVING[kind](operation):
            return Removed(kind=kind.removesuffix("s"), id=key)
        return _operation_row(area, operation, kind, key)
    match kind:
        case "grants":
            return rows.account(area, key)
        case "organizations":
            return rows.organization(area, area.registry.organizations[key])
        case _:
            return rows.operation(area.operations[key])


def _operation_row(area: Area, operation: Operation, kind: str, key: Any) -> Put:
    match kind:
        case "offers":
            return rows.offer(area, operation, operation.offers[key])
        case "clock":
            return rows.clock(area, operation)
        case "demands":
            return rows.demand(operation, operation.demands[key])
        case "assignments":
            return rows.assignment(area, operation, operation.assignments[key])
        case "tasks":
            return rows.task(area, operation, operation.tasks[key])
        case "shifts":
            return rows.shift(operation, operation.shifts[key])
        case _:
            return rows.incident(operation, operation.incidents[key])


def _showing_organization(area: Area, key: Any, before: Organization) -> Iterator[Wanted]:
    """What shows its certificates, and, if it has another name now, all that shows its name."""
    after = area.registry.organizations[key]
    for operation in area.operations.rows.values():
        if after.certificates != before.certificates:
            for crew in operation.assignments_by.of(key):
                yield (operation.id, "assignments", crew.id)
        tables: tuple[Table[Any, Any], ...] = ()
        if after.name != before.name:
            tables = (operation.offers, operation.assignments, operation.tasks)
        elif guiding(after) != guiding(before):  # the committee that may answer for it
            tables = (operation.offers, operation.assignments)
        elif after.home != before.home:  # whose desks see where it has gone
            tables = (operation.assignments,)
        for table in tables:
            for row in table.rows.values():
                if row.organization == key:
                    yield (operation.id, table.name, row.id)
                    yield from relief.shown_in(operation, operation.reliefs.get(row.id))


def _depending(operation: Operation, table: str, key: Any, before: Any) -> Iterator[Wanted]:
    """The rows that show something of one changed entity, where that is not just its own."""
    scope = operation.id
    match table:
        case "lines":
            yield from _showing_line(operation, key, before)
        case "asked" if before is not None and before.offer in operation.offers:
            yield (scope, "offers", before.offer)
        case "demands":
            yield from _showing_demand(operation, key, before)
        case "incidents":
            if _shows_otherwise(operation, operation.incidents[key], before):
                yield (scope, table, key)
        case "aside" if key[0] is PieceKind.LINE and key[1] in operation.lines:
            yield (scope, "demands", operation.lines[key[1]].demand)
        case "scene_reports" | "told" | "beside" | "helpers" | "hand_ups" | "reliefs":
            yield from _showing_words(operation, table, key, before)
        case "counters" if key == LOST:
            yield (NO_OPERATION, "operations", scope)
        case "instructions" | "batches":
            known = (operation.instructions, operation.batches)[table == "batches"]
            yield (scope, "incidents", (known.get(key) or before).incident)


def _showing_words(operation: Operation, table: str, key: Any, before: Any) -> Iterator[Wanted]:
    """Whose crew has said something, or is told it; a demand, of who waits or answers for it."""
    match table:
        case "scene_reports":
            report = operation.scene_reports.get(key) or before
            yield (operation.id, "assignments", report.assignment)
        case "told" | "beside" if key in operation.assignments:
            yield (operation.id, "assignments", key)
        case "hand_ups" if key in operation.demands:
            yield (operation.id, "demands", key)
            after = answering.taken_on(operation, key)
            if after != (None if before is None else before.desk):  # whom its crews call
                for crew in operation.assignments_of.of(key):
                    yield (operation.id, "assignments", crew.id)
        case "reliefs":
            for known in (operation.reliefs.get(key), before):
                yield from relief.shown_in(operation, known)
        case "helpers":
            yield (operation.id, "demands", (operation.helpers.get(key) or before).demand)


def _of_crew(operation: Operation, table: str, key: Any, before: Any) -> Iterator[Wanted]:
    """Whoever a crew relieves reads whether that one has come; a demand, whether it is lost."""
    if table == "assignments" and key in operation.assignments:
        crew = operation.assignments[key]
        for old in operation.reliefs_by.of(crew.offer):
            yield (operation.id, table, old.crew)
        if before is not None and before.escalated != crew.escalated:
            yield (operation.id, "demands", crew.demand)


def _showing_line(operation: Operation, key: LineId, before: Line | None) -> Iterator[Wanted]:
    """Its demand; and, where a late answer would mean something else now, the late offers."""
    line = operation.lines.get(key)
    if line is None:
        return  # it has left, and so does its demand
    yield (operation.id, "demands", line.demand)
    if before is not None and _late_answer(before) != _late_answer(line):
        yield from _late_offers(operation, line)


def _late_offers(operation: Operation, line: Line) -> Iterator[Wanted]:
    """The newest of each organization, where that can still be answered late."""
    for organization in operation.asked_for.of(line.demand):
        asked = operation.asked.get((line.id, organization))
        if asked is not None and operation.offers[asked.offer].state in LATE:
            yield (operation.id, "offers", asked.offer)


def _late_answer(line: Line) -> tuple[bool, int, bool, int]:
    """What an answer after its time leads to: nothing, a standby, or work."""
    return (line.open, line.round, missing(line) > 0, together(line))


def _shows_otherwise(operation: Operation, after: Incident, before: Incident | None) -> bool:
    """Counting a demand or a task changes the incident, but nothing that a screen shows."""
    return before is None or rows.incident(operation, after) != rows.incident(operation, before)


def _showing_demand(operation: Operation, key: DemandId, before: Demand | None) -> Iterator[Wanted]:
    """The demand; and, if what its offers and assignments show of it has changed, they too."""
    yield (operation.id, "demands", key)
    after = operation.demands.get(key)
    if before is None or after is None:
        return
    if rows.shown_with_offers(before) != rows.shown_with_offers(after):
        for offer in operation.offers_of.of(key):
            yield (operation.id, "offers", offer.id)
        for crew in operation.assignments_of.of(key):
            yield (operation.id, "assignments", crew.id)
    elif rows.told(before) != rows.told(after):
        for line in after.lines:
            yield from _late_offers(operation, operation.lines[line])
            for crew in operation.assignments_on.of(line):
                yield (operation.id, "assignments", crew.id)
