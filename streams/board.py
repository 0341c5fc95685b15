"""The board: which rows a turn has changed, and who may see them.

Made from what the turn's journal names, so it costs what the turn touched. A row says everything
that a screen shows; the law, proven in the suite, is that an old page with the changes applied
equals a fresh page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemas.values import DemandId, OperationId
from schemas.views import Change, Put
from streams import rows
from streams.area import Area, Operation
from streams.entities import Demand, Incident
from streams.offer import SHIFTED_BY

Wanted = tuple[str, str, Any]
"""A row that has to be made: of which operation (if any), which kind, which entity."""


def changes(area: Area) -> tuple[Change, ...]:
    """The rows that the present turn has changed, each once, in the order of first change."""
    wanted: dict[Wanted, None] = {}
    for (scope, table, key), before in area.journal.touched().items():
        if scope:
            operation = area.operations[OperationId(scope)]
            wanted.update(dict.fromkeys(_depending(operation, table, key, before)))
            wanted[(scope, "clock", scope)] = None
        elif table in _REGISTRY_ROWS:
            wanted[(scope, table, key)] = None
    return tuple(_row(area, one) for one in wanted)


def everything(area: Area) -> tuple[Change, ...]:
    """Every row of the present state."""
    wanted: list[Wanted] = [("", "grants", key) for key in area.registry.grants]
    wanted += [("", "organizations", key) for key in area.registry.organizations]
    for operation in area.operations.rows.values():
        wanted.append(("", "operations", operation.id))
        wanted.append((operation.id, "clock", operation.id))
        for table in operation.tables():
            if table.name in _OPERATION_ROWS:
                wanted += [(operation.id, table.name, key) for key in table]
    return tuple(_row(area, one) for one in wanted)


_REGISTRY_ROWS = ("grants", "organizations", "operations")
_OPERATION_ROWS = ("incidents", "demands", "offers", "assignments", "tasks")


def _row(area: Area, wanted: Wanted) -> Put:
    scope, kind, key = wanted
    match kind:
        case "grants":
            return rows.account(area, key)
        case "organizations":
            return rows.organization(area.registry.organizations[key])
        case "operations":
            return rows.operation(area.operations[key])
        case _:
            return _operation_row(area, area.operations[OperationId(scope)], kind, key)


def _operation_row(area: Area, operation: Operation, kind: str, key: Any) -> Put:
    match kind:
        case "clock":
            return rows.clock(operation)
        case "offers":
            return rows.offer(area, operation, operation.offers[key])
        case "demands":
            return rows.demand(operation, operation.demands[key])
        case "assignments":
            return rows.assignment(area, operation, operation.assignments[key])
        case "tasks":
            return rows.task(area, operation, operation.tasks[key])
        case _:
            return rows.incident(operation, operation.incidents[key])


def _depending(operation: Operation, table: str, key: Any, before: Any) -> Iterator[Wanted]:
    """The rows that show something of one changed entity."""
    scope = operation.id
    match table:
        case "lines":
            yield (scope, "demands", operation.lines[key].demand)
        case "offers" | "assignments" | "tasks":
            yield (scope, table, key)
        case "demands":
            yield from _showing_demand(operation, key, before)
        case "incidents":
            if _shows_otherwise(operation, operation.incidents[key], before):
                yield (scope, table, key)
        case "counters" if key == SHIFTED_BY:
            yield ("", "operations", scope)


def _shows_otherwise(operation: Operation, after: Incident, before: Incident | None) -> bool:
    """Counting a demand or a task changes the incident, but nothing that a screen shows."""
    return before is None or rows.incident(operation, after) != rows.incident(operation, before)


def _showing_demand(operation: Operation, key: DemandId, before: Demand | None) -> Iterator[Wanted]:
    """The demand; and, if what its offers and assignments show of it has changed, they too."""
    yield (operation.id, "demands", key)
    after = operation.demands[key]
    if before is None or rows.shown_with_offers(before) == rows.shown_with_offers(after):
        return
    for place in operation.offers_of.within(key):
        yield (operation.id, "offers", place[-1])
    for place in operation.assignments_of.within(key):
        yield (operation.id, "assignments", place[-1])
