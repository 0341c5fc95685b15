"""Sheets written: the registry as it stands, the template, and the rows that were refused."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from api.sheets.columns import BY_KEY, COLUMNS, Problem
from api.sheets.homes import Homes
from api.sheets.plan import Outcome, Step, shown, standing
from api.sheets.reading import Cell, Table
from api.sheets.sending import Kept
from schemas.codes import Words
from schemas.views import OrganizationRow

_LEADS = ("=", "+", "-", "@", "\t", "\r")  # by which a spreadsheet program would start a formula
OUTCOME, REASON = "结果", "原因"

Cells = Iterable[str]


def heads() -> list[str]:
    return [column.zh for column in COLUMNS]


def sample() -> list[str]:
    """An invented organization, as a row of the template."""
    return [column.sample for column in COLUMNS]


def cells(known: OrganizationRow, kept: Mapping[int, Kept], homes: Homes) -> list[str]:
    """An organization as a row, which, read again, changes nothing."""
    crs = None if known.approximate else "WGS-84"
    there: dict[str, Any] = {"id": known.id, "crs": crs, **standing(known)}
    for order, person in kept.items():
        there |= {f"person_{order}": person.name, f"telephone_{order}": person.telephone}
    return [shown(column.key, there.get(column.key), homes) for column in COLUMNS]


def refused(table: Table, steps: Iterable[Step], words: Mapping[str, Words]) -> list[list[str]]:
    """The refused rows as they came, with why: mended and read again, they alone go in."""
    kept = [index for index, head in enumerate(table.heads) if head not in (OUTCOME, REASON)]
    rows = [[*(table.heads[index] for index in kept), OUTCOME, REASON]]
    for step in steps:
        if step.problems:
            came = [*map(_came, step.row.cells), *[""] * len(table.heads)]
            why = "；".join(told(words, each).zh for each in step.problems)
            done = "部分导入" if step.outcome is Outcome.PARTLY else "未导入"
            rows.append([*(came[index] for index in kept), done, why])
    return rows


def _came(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell.came


def told(words: Mapping[str, Words], problem: Problem) -> Words:
    """Why, in both languages: the column, the reason, and what it is about."""
    found = words.get(problem.code, Words(problem.code, problem.code))
    column = BY_KEY.get(problem.column)
    zh, en = ("", "") if column is None else (f"{column.zh}：", f"{column.en}: ")
    listed = problem.detail.replace("、", ", ")
    about = (f"（{problem.detail}）", f" ({listed})") if problem.detail else ("", "")
    return Words(zh + found.zh.rstrip("。") + about[0], en + found.en.rstrip(".") + about[1])


def write(path: Path, rows: Iterable[Cells]) -> None:
    """A new file for its owner alone: .xlsx a workbook, else CSV that every program opens.

    Raises FileExistsError: nothing is overwritten.
    """
    content = _workbook(rows) if path.suffix.lower() == ".xlsx" else _lines(rows)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _lines(rows: Iterable[Cells]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_inert(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _inert(cell: str) -> str:
    """No cell of somebody else's is a formula when the file is opened."""
    return f"'{cell}" if cell.startswith(_LEADS) else cell


def _workbook(rows: Iterable[Cells]) -> bytes:
    """Every cell as text, so that no number is rounded and no zero lost."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("组织")
    for row in rows:
        sheet.append([_text(sheet, cell) for cell in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _text(sheet: Any, value: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=value)
    cell.data_type, cell.number_format = "s", "@"
    return cell
