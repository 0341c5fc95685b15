"""Attention: which rows a screen is told of first, where there are many.

The desk's pages have an order of their own, which also knows whose a demand is; this one is near
enough to it that what needs a human is in sight before the rest has come.
"""

from __future__ import annotations

from collections.abc import Iterable

from api.live.moves import Entry
from schemas.line_views import LineView
from schemas.values import DemandId
from schemas.views import AssignmentRow, DemandRow, IncidentRow, OfferRow, OperationRow


def worst_first(entries: Iterable[Entry]) -> list[Entry]:
    """All of them: what every demand is read with, then the demands, the worst first and each
    with its offers and crews, then whatever is left. As they were, where nothing else decides."""
    frame, rest = [], []
    demands: dict[DemandId, Entry] = {}
    parties: dict[DemandId, list[Entry]] = {}
    for entry in entries:
        match entry.put.row:
            case IncidentRow() | OperationRow():
                frame.append(entry)
            case DemandRow(id=id):
                demands[id] = entry
            case OfferRow(demand=id) | AssignmentRow(demand=id):
                parties.setdefault(id, []).append(entry)
            case _:
                rest.append(entry)
    silent = {id for id, found in parties.items() if any(map(_is_silent, found))}
    for id in sorted(demands, key=lambda id: _rank(demands[id].put.row, id in silent)):
        frame += (demands[id], *parties.pop(id, ()))
    return [*frame, *rest, *(entry for found in parties.values() for entry in found)]


def _is_silent(entry: Entry) -> bool:
    """A crew that is not heard of when it should be."""
    row = entry.put.row
    return isinstance(row, AssignmentRow) and row.ended_at is None and row.missed_at is not None


def _rank(row: object, is_silent: bool) -> tuple[int, int, int]:
    assert isinstance(row, DemandRow)
    return _band(row, is_silent), row.priority, row.number


def _band(row: DemandRow, is_silent: bool) -> int:
    """A crew's silence, what nobody may leave as it is, what is asked of its desk, the rest."""
    if row.state == "closed":
        return 4
    if is_silent or (row.state == "draft" and row.climbed_at is not None):
        return 0
    if row.climbed_at is not None or any(map(_is_below, row.lines)):
        return 1
    return 2 if row.asked_at is not None or row.state in ("draft", "on_hold") else 3


def _is_below(line: LineView) -> bool:
    return line.open and not line.asleep and line.covered < line.minimum
