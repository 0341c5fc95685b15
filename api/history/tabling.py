"""Measures as tables for other programs: heads, then counts and seconds, numbers as numbers.

No name of a person, no telephone, no text about a need is in them. What somebody else has typed,
as an organization's name, is never a formula when the file is opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from csv import writer
from io import BytesIO, StringIO
from typing import Any, Final

from api.history.crews import SPANS
from api.history.measuring import CLOCKS, Measures, Span
from api.history.organizations import Efforts
from api.history.standards import STEPS
from schemas.values import Milliseconds, Reach

BYTE_ORDER_MARK: Final = "\ufeff"
LEADS: Final = ("=", "+", "-", "@", "\t", "\r")  # by which a table program would start a formula

Cell = str | int | float | None
Rows = Iterable[Sequence[Cell]]


def measured_rows(found: Measures) -> Iterator[list[Cell]]:
    """One row a group."""
    clocks, later = CLOCKS[:3], (*CLOCKS[3:], *SPANS)
    ways = [way.value for way in Reach]
    heard = ["requests", "unheard", *ways, "reached_after_p50_s", "reached_after_p90_s"]
    steps = [f"{step}_{what}" for step in STEPS for what in ("judged", "kept")]
    begin = ["by", "key", "lines", "withdrawn", "unmet", "partly", "reasons"]
    yield [*begin, *_heads(clocks), *heard, "waiting", *steps, "crews", *_heads(later)]
    for group in found.groups:
        reasons = " ".join(f"{reason}:{count}" for reason, count in group.reasons.items())
        counts = (group.lines, group.withdrawn, group.unmet, group.partly)
        by = [group.reached.get(way, 0) for way in ways]
        after = (_s(group.reached_after.p50), _s(group.reached_after.p90))
        reached = (group.requests, group.unheard, *by, *after)
        held = [value for step in STEPS for value in _kept(group.standard[step])]
        times, more = ([getattr(group, name) for name in names] for names in (clocks, later))
        yield [
            *(group.by, group.key, *counts, reasons, *_times(times), *reached),
            *(group.waiting, *held, group.crews, *_times(more)),
        ]


def worked_rows(found: Efforts) -> Iterator[list[Cell]]:
    """One row an organization."""
    yield [
        *("organization", "name", "home", "requests", "yes", "declined", "silent", "unreached"),
        *("crews", "on_scene_s", "unit_s", "person_s", "crews_without_people", "used_thousandths"),
    ]
    for one in found.organizations:
        answers = (one.requests, one.yes, one.declined, one.silent, one.unreached, one.crews)
        times = (_s(one.there), _s(one.unit_time), _s(one.person_time))
        yield [
            *(one.organization, one.name, one.home, *answers, *times),
            *(one.uncounted, one.used),
        ]


def as_csv(rows: Rows) -> str:
    """RFC 4180, with a byte order mark, without which the usual table programs take it for another
    encoding."""
    table = StringIO()
    table.write(BYTE_ORDER_MARK)
    writer(table).writerows([inert(cell) for cell in row] for row in rows)
    return table.getvalue()


def as_workbook(sheets: Iterable[tuple[str, Rows]]) -> bytes:
    """XLSX, a sheet for each table: texts as texts, numbers as numbers."""
    from openpyxl import Workbook  # here, not above: it takes a moment, and few ask for it
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            cells: list[Any] = []
            for value in row:
                cell = WriteOnlyCell(sheet, value=_printable(value))
                if isinstance(value, str):
                    cell.data_type, cell.number_format = "s", "@"
                cells.append(cell)
            sheet.append(cells)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def inert(cell: Cell) -> Cell:
    """A text that a table program would take for a formula, as a text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(LEADS) else cell


def _printable(cell: Cell) -> Cell:
    """Without what no workbook can hold."""
    if not isinstance(cell, str):
        return cell
    return "".join(sign for sign in cell if sign >= " " or sign in "\t\n\r")


def _heads(names: Iterable[str]) -> list[str]:
    return [f"{name}_{what}" for name in names for what in ("count", "p50_s", "p90_s")]


def _times(spans: Iterable[Span]) -> Iterator[Cell]:
    for span in spans:
        yield from (span.count, _s(span.p50), _s(span.p90))


def _kept(held: Any) -> tuple[int, int]:
    return held.count, held.kept


def _s(milliseconds: Milliseconds | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
