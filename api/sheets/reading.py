"""A table as a file: CSV in any of the usual encodings, or a workbook's first visible sheet.

Each cell comes as text, exactly as it was meant, or as a `Damaged` with the reason: a spreadsheet
program that shows 1.38E+10 has kept no telephone number, and nobody is to guess it back.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from api.sheets.extent import ROWS_MOST, check_unpacked, extent_of
from api.sheets.unreadable import Unreadable

BYTES_MOST = 64 * 1024 * 1024
_ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+[0-9]+")
_WHOLE_MOST = 10**15  # above it a spreadsheet's numbers are no longer exact
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True)
class Damaged:
    """A cell whose content cannot be told, as it came; `why`: one of the reasons for a cell."""

    why: str
    came: str


Cell = str | Damaged


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `number` is the spreadsheet's own, so that somebody can go there."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`form`: xlsx, or csv in an `encoding`, which was `guessed` where nothing in the file says."""

    form: str
    encoding: str
    guessed: bool
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


def read(path: Path, encoding: str | None = None) -> Table:
    """The table in a file. Raises Unreadable, OSError."""
    if path.stat().st_size > BYTES_MOST:
        raise Unreadable("file_too_large", str(path))
    return table_of(path.read_bytes(), encoding)


def table_of(content: bytes, encoding: str | None = None) -> Table:
    """The table in a file's content. Raises Unreadable."""
    if content.startswith(b"PK\x03\x04"):
        return _table("xlsx", "", False, _workbook(content))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("old_workbook")
    found, guessed = (encoding, False) if encoding else encoding_of(content)
    try:
        text = content.decode(found).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError):
        raise Unreadable("encoding_wrong", found) from None
    return _table("csv", found, guessed, _lines(text))


def encoding_of(content: bytes) -> tuple[str, bool]:
    """What a mark or the bytes say; GB18030 is a guess, which whoever asked has to confirm."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name, False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030", True
    return "utf-8", False


def _lines(text: str) -> Iterator[Row]:
    """The rows of a CSV, separated by whichever of comma, semicolon and tab its head has most."""
    head = text.partition("\n")[0]
    mark = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        for cells in reader:
            yield Row(reader.line_num, tuple(_typed(cell.strip()) for cell in cells))
    except csv.Error as error:
        raise Unreadable("csv_broken", f"{reader.line_num}: {error}") from None


def _typed(text: str) -> Cell:
    return Damaged("number_rounded", text) if _ROUNDED.fullmatch(text) else text.removeprefix("'")


def _workbook(content: bytes) -> Iterator[Row]:
    """The first sheet that is not hidden, without the rows that are; formulas are not believed."""
    import openpyxl  # here, not above: only who reads a workbook waits for it
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with ZipFile(io.BytesIO(content)) as packed:
            check_unpacked(packed.infolist())
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError) as error:
        raise Unreadable("workbook_broken", type(error).__name__) from None
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not shown:
        raise Unreadable("table_empty")
    sheet: Any = shown[0]
    with sheet._get_source() as source:  # its bytes, which the library tells nobody of otherwise
        extent = extent_of(source)
    if extent.merged:
        raise Unreadable("cells_merged", ", ".join(sorted(extent.merged)[:5]))
    if not extent.cells:
        return
    sheet.reset_dimensions()  # what it says of itself may be anything
    there = sheet.iter_rows(max_row=extent.rows, max_col=extent.columns, values_only=True)
    for number, cells in enumerate(there, 1):
        if number not in extent.hidden and cells.count(None) < len(cells):
            yield Row(number, tuple(map(_cell, cells)))


def _cell(value: Any) -> Cell:
    """A workbook's value as one would type it; whole numbers without a point, days as ISO."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case int():
            return str(value)
        case float():
            return _number(value)
        case datetime() if value.time() != time():
            return value.isoformat(" ", "seconds")
        case datetime() | date():
            return value.isoformat()[:10]
        case _:
            return _words(str(value).strip())


def _number(value: float) -> Cell:
    if not value.is_integer():
        return repr(value)
    return str(int(value)) if abs(value) < _WHOLE_MOST else Damaged("number_rounded", repr(value))


def _words(text: str) -> Cell:
    if text.startswith("="):
        return Damaged("formula", text)
    return Damaged("cell_error", text) if text.startswith("#") else _typed(text)


def _table(form: str, encoding: str, guessed: bool, rows: Iterable[Row]) -> Table:
    """Heads are the first row that is not empty; empty rows behind it are no rows."""
    there = iter(rows)
    head = next((row for row in there if any(row.cells)), None)
    if head is None:
        raise Unreadable("table_empty")
    kept = []
    for row in there:
        if any(row.cells):
            kept.append(row)
        if len(kept) > ROWS_MOST:
            raise Unreadable("too_many_rows", str(ROWS_MOST))
    return Table(form, encoding, guessed, _heads(head.cells), tuple(kept))


def _heads(cells: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(cell if isinstance(cell, str) else "" for cell in cells)
