"""Reading history: pages of endings, newest first, within a reader's scope."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import apsw
import msgspec

from api.history.store import mark_of, opened
from api.history.tables import (
    ASSIGNMENTS,
    DEMANDS,
    HOME,
    INCIDENTS,
    LINES,
    OFFERS,
    SENDER,
    TASKS,
    Table,
)
from schemas.values import AreaId, DivisionCode, IncidentId, Instant, OrganizationId
from schemas.views import IncidentRow
from schemas.villages import Village

KINDS: Final = {table.name: table for table in (INCIDENTS, DEMANDS, OFFERS, ASSIGNMENTS, TASKS)}
"""What can be asked for, by the last part of the address."""


_OF_INCIDENT: Final = {
    INCIDENTS: "id = ?",
    OFFERS: "demand IN (SELECT id FROM demands WHERE incident = ?)",
    ASSIGNMENTS: "demand IN (SELECT id FROM demands WHERE incident = ?)",
}


class Sight(NamedTuple):
    """What a reader may see: what lies in these divisions, concerns these organizations, or was
    reported by these villages.
    """

    divisions: tuple[DivisionCode, ...] = ()
    organizations: tuple[OrganizationId, ...] = ()
    villages: tuple[Village, ...] = ()


class Wanted(NamedTuple):
    """Which rows: each of these that is set narrows. `since` ≤ a row's time < `until`.

    Of incidents neither `demand` nor `organization`: a demand's row names its incident. `number`,
    as it is spoken, of incidents, demands and tasks.
    """

    incident: str = ""
    number: int = 0
    demand: str = ""
    organization: str = ""
    state: str = ""
    since: Instant | None = None
    until: Instant | None = None


class Place(NamedTuple):
    """A row's place in the order that pages follow."""

    time: Instant
    id: str


class HistoryPage(msgspec.Struct):
    """Rows like the board's, newest first; `before` asks for those behind them, None: no more.

    `sequence`: the turn that history was written up to.
    """

    rows: list[Any]
    before: str | None
    sequence: int


def page(
    path: Path,
    area: AreaId,
    table: Table,
    wanted: Wanted,
    sight: Sight,
    *,
    before: Place | None,
    limit: int,
) -> HistoryPage:
    """Up to `limit` rows. HistoryUnfit where there is no history that can be read."""
    clauses, values = ["area = ?"], [area]
    for clause, *more in _clauses(table, wanted, sight, before):
        clauses.append(clause)
        values += more
    asked = (
        f"SELECT * FROM {table.name} WHERE {' AND '.join(clauses)}"
        f" ORDER BY {table.time} DESC, id DESC LIMIT ?"
    )
    with opened(path) as file:
        found = file.execute(asked, (*values, limit + 1)).fetchall()
        rows = [table.row(values) for values in found[:limit]]
        if table is DEMANDS:
            _add_lines(file, rows)
        shown = [msgspec.convert(row, table.kind, strict=False) for row in rows]
        mark = mark_of(file, area)
    last = rows[-1] if len(found) > limit else None
    return HistoryPage(
        rows=shown,
        before=None if last is None else f"{last[table.time or '']}:{last['id']}",
        sequence=0 if mark is None else mark.sequence,
    )


def incidents(path: Path, area: AreaId) -> dict[IncidentId, IncidentRow]:
    """Every incident of an area as it last was. HistoryUnfit where history cannot be read."""
    with opened(path) as file:
        asked = file.execute("SELECT * FROM incidents WHERE area = ?", (area,))
        found = [msgspec.convert(INCIDENTS.row(one), IncidentRow, strict=False) for one in asked]
    return {row.id: row for row in found}


def _clauses(
    table: Table, wanted: Wanted, sight: Sight, before: Place | None
) -> Iterator[tuple[Any, ...]]:
    time = table.time
    yield from _within(table, sight)
    yield from _about(table, wanted, sight)
    if wanted.state:
        yield "state = ?", wanted.state
    if wanted.since is not None:
        yield f"{time} >= ?", wanted.since
    if wanted.until is not None:
        yield f"{time} < ?", wanted.until
    if before is not None:
        yield f"({time}, id) < (?, ?)", *before


def _about(table: Table, wanted: Wanted, sight: Sight) -> Iterator[tuple[Any, ...]]:
    """Rows of an incident, of a demand, of an organization; each kind by its own way to it."""
    if wanted.incident:
        yield _OF_INCIDENT.get(table, "incident = ?"), wanted.incident
    if wanted.number:
        yield "number = ?", wanted.number
    if wanted.demand:
        yield f"{'id' if table is DEMANDS else 'demand'} = ?", wanted.demand
    if wanted.organization and table is DEMANDS:
        [(seen, *values)] = _within(OFFERS, sight)
        asked = f"SELECT demand FROM offers WHERE organization = ? AND {seen}"
        yield f"id IN ({asked})", wanted.organization, *values
    elif wanted.organization:
        yield "organization = ?", wanted.organization


def _within(table: Table, sight: Sight) -> Iterator[tuple[Any, ...]]:
    """Incidents are everybody's; all else is its township's, its sender's and its doer's."""
    if table is INCIDENTS:
        return
    codes = msgspec.json.encode(sight.divisions).decode()
    own = msgspec.json.encode(sight.organizations).decode()
    held = "IN (SELECT value FROM json_each(?))"
    divisions = ["division", *(column.name for column in (SENDER, HOME) if column in table.columns)]
    seen = [f"{name} {held}" for name in divisions]
    if table is DEMANDS:
        villages = msgspec.json.encode([_as_kept(one) for one in sight.villages]).decode()
        yield (
            f"({' OR '.join(seen)} OR reporter {held})",
            *(codes for _ in seen),
            villages,
        )
    else:
        yield f"({' OR '.join(seen)} OR organization {held})", *(codes for _ in seen), own


def _as_kept(village: Village) -> str:
    """As a column of JSON holds it."""
    return msgspec.json.encode(village).decode()


def _add_lines(file: apsw.Connection, demands: list[dict[str, Any]]) -> None:
    """Each demand's lines, in their order."""
    ids = msgspec.json.encode([row["id"] for row in demands]).decode()
    asked = "SELECT * FROM lines WHERE demand IN (SELECT value FROM json_each(?)) ORDER BY number"
    found: dict[str, list[dict[str, Any]]] = {row["id"]: [] for row in demands}
    for values in file.execute(asked, (ids,)):
        found[values[len(LINES.own)]].append(LINES.row(values))
    for row in demands:
        row["lines"] = found[row["id"]]
