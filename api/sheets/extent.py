"""How far a workbook's sheet reaches, told from its bytes as they pass, before anything is kept.

A few kilobytes can unpack to gigabytes, and one cell that somebody has touched far below makes a
million rows of a table: what is too large is refused before memory is asked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import IO
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import ZipInfo

from api.sheets.unreadable import Unreadable

UNPACKED_MOST = 256 * 1024 * 1024
STRINGS_MOST, OTHERS_MOST = 64 * 1024 * 1024, 8 * 1024 * 1024  # they are kept as a whole
ROWS_MOST = 300_000
COLUMNS_MOST = 500
CELLS_MOST = 6_000_000
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def check_unpacked(parts: Iterable[ZipInfo]) -> None:
    """Raises Unreadable where the parts of a workbook are too large together, unpacked."""
    sizes: Counter[int] = Counter()
    for part in parts:
        strings = part.filename.endswith("sharedStrings.xml")
        others = STRINGS_MOST if strings else OTHERS_MOST
        sizes[UNPACKED_MOST if "worksheets/" in part.filename else others] += part.file_size
    if any(size > most for most, size in sizes.items()):
        raise Unreadable("file_too_large", "xlsx")


@dataclass(slots=True)
class Extent:
    """Up to which row and column there are cells, which rows are hidden, what is merged."""

    rows: int = 0
    columns: int = 0
    hidden: set[int] = field(default_factory=set)
    merged: list[str] = field(default_factory=list)
    cells: int = 0
    _row: int = 0
    _column: int = 0

    def begins(self, name: str, told: dict[str, str]) -> None:
        """An element of the sheet. Raises Unreadable: it reaches too far."""
        match name.rpartition(":")[2]:
            case "row":
                self._row = int(told.get("r") or self._row + 1)
                self._column = 0
                if told.get("hidden") in ("1", "true") and self._row <= ROWS_MOST:
                    self.hidden.add(self._row)
            case "c":
                self._cell(told.get("r", ""))
            case "mergeCell":
                self.merged.append(told.get("ref", ""))

    def _cell(self, named: str) -> None:
        found = _CELL.fullmatch(named)
        self._column = self._column + 1 if found is None else _number(found[1])
        self.cells += 1
        self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._column)
        if self._row > ROWS_MOST or self._column > COLUMNS_MOST:
            raise Unreadable("cell_far", named or str(self._row))
        if self.cells > CELLS_MOST:
            raise Unreadable("too_many_rows", str(CELLS_MOST))


def extent_of(sheet: IO[bytes]) -> Extent:
    """How far a sheet reaches. Raises Unreadable: too far, or broken."""
    found, parser = Extent(), ParserCreate()
    parser.StartElementHandler = found.begins
    try:
        parser.ParseFile(sheet)
    except (ExpatError, ValueError) as error:
        raise Unreadable("workbook_broken", type(error).__name__) from None
    return found


def _number(letters: str) -> int:
    """A column's number by its letters."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
