"""A sheet's cells: taken as they were meant, or refused with the reason; never guessed."""

from __future__ import annotations

import tracemalloc
from datetime import date
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from api.sheets.columns import BY_KEY, CellRefused
from api.sheets.extent import ROWS_MOST
from api.sheets.homes import Homes
from api.sheets.reading import Damaged, Table, read
from api.sheets.unreadable import Unreadable

HEADS = "名称,人数,电话1"


def table(path: Path, content: bytes, encoding: str | None = None) -> Table:
    path.write_bytes(content)
    return read(path, encoding)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sheet.csv"


@pytest.mark.parametrize(
    ("written", "found", "guessed"),
    [
        ("utf-8", "utf-8", False),
        ("utf-8-sig", "utf-8-sig", False),
        ("utf-16", "utf-16", False),
        ("gb18030", "gb18030", True),
    ],
)
def test_an_encoding_is_found_and_a_guess_is_called_one(
    file: Path, written: str, found: str, guessed: bool
) -> None:
    got = table(file, f"{HEADS}\n排涝队,3,1\n".encode(written))
    assert (got.encoding, got.guessed) == (found, guessed)
    assert got.rows[0].cells[0] == "排涝队"


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_whatever_separates_the_heads_separates_the_cells(file: Path, mark: str) -> None:
    got = table(file, f"{HEADS}\n甲,3,1\n".replace(",", mark).encode())
    assert got.rows[0].cells == ("甲", "3", "1")


def test_empty_lines_are_no_rows_and_numbers_stay_the_files_own(file: Path) -> None:
    got = table(file, f"\n{HEADS}\n\n甲,3,1\n,,\n乙,4,2\n".encode())
    assert [row.number for row in got.rows] == [4, 6]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "table_empty"),
        (b"\n\n", "table_empty"),
        (b'a,b\n"open', "csv_broken"),
        (b"\xd0\xcf\x11\xe0rest", "old_workbook"),
        (b"PK\x03\x04rest", "workbook_broken"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused_by_name(file: Path, content: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        table(file, content)
    assert refused.value.code == code


def test_a_skill_that_is_not_known_brings_the_names_nearest_to_it() -> None:
    with pytest.raises(CellRefused) as refused:
        BY_KEY["capabilities"].read("抽水排劳 2")
    assert refused.value.detail == "抽水排劳、抽水排涝?"


def test_an_encoding_that_is_not_the_files_is_refused(file: Path) -> None:
    with pytest.raises(Unreadable, match="encoding_wrong"):
        table(file, "甲".encode("gb18030"), "utf-8")


def workbook(path: Path, rows: list[list[object]]) -> Workbook:
    book = Workbook()
    for row in rows:
        book["Sheet"].append(row)
    book.save(path)
    return book


def test_a_workbooks_numbers_and_days_are_what_one_would_type(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    workbook(path, [["名称", "人数"], ["甲", 13900000001.0, date(2026, 5, 1), 120.5, None, True]])
    cells = read(path).rows[0].cells
    assert cells == ("甲", "13900000001", "2026-05-01", "120.5", "", "是")


def test_what_a_spreadsheet_program_has_spoiled_is_not_guessed_back(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    workbook(path, [["名称"], ["=1+1", "#REF!", "1.38E+10", 1.5e17]])
    whys = [cell.why for cell in read(path).rows[0].cells if isinstance(cell, Damaged)]
    assert whys == ["formula", "cell_error", "number_rounded", "number_rounded"]


def test_hidden_sheets_and_rows_are_not_read_and_merged_cells_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = workbook(path, [["名称"], ["甲"], ["乙"]])
    book["Sheet"].row_dimensions[2].hidden = True
    book.create_sheet("前", 0).sheet_state = "hidden"
    book.save(path)
    assert [row.cells for row in read(path).rows] == [("乙",)]
    book["Sheet"].merge_cells("A2:B2")
    book.save(path)
    with pytest.raises(Unreadable, match="cells_merged"):
        read(path)


@pytest.mark.parametrize("cell", ["XFD1048576", f"A{ROWS_MOST + 1}", "ZZ2"])
def test_a_cell_far_outside_a_table_is_refused_by_name_before_memory_is_asked_for(
    tmp_path: Path, cell: str
) -> None:
    """Given a workbook in which somebody has touched a cell far below or beside; when it is read;
    then it is refused at once, and says which cell."""
    path = tmp_path / "far.xlsx"
    book = workbook(path, [["名称"], ["甲"]])
    book["Sheet"][cell] = "x"
    book.save(path)
    tracemalloc.start()
    with pytest.raises(Unreadable, match=f"cell_far {cell}"):
        read(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20_000_000


@pytest.mark.parametrize("part", ["worksheets/sheet1.xml", "sharedStrings.xml", "styles.xml"])
def test_what_unpacks_to_more_than_a_machine_has_is_refused_unopened(
    tmp_path: Path, part: str
) -> None:
    path = tmp_path / "bomb.xlsx"
    with ZipFile(path, "w", ZIP_DEFLATED) as packed, packed.open(f"xl/{part}", "w") as unpacked:
        for _ in range(272):
            unpacked.write(bytes(1024 * 1024))
    with pytest.raises(Unreadable, match="file_too_large"):
        read(path)


def test_rows_without_a_cell_are_passed_over_and_what_a_sheet_says_of_its_size_is_not_believed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "book.xlsx"
    book = workbook(path, [["名称", "人数"]])
    book["Sheet"]["A9000"] = "甲"
    book["Sheet"].row_dimensions[1_000_000].height = 20
    book.save(path)
    assert [(row.number, row.cells) for row in read(path).rows] == [(9000, ("甲", ""))]


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("capabilities", "抽水排涝 2；舟艇驾驶 1", {"PUMP_DRAIN": 2, "BOAT_OPERATE": 1}),
        ("capabilities", "抽水排涝2台;BOAT_OPERATE x1", {"PUMP_DRAIN": 2, "BOAT_OPERATE": 1}),
        ("capabilities", "Drones: 3", {"DRONE": 3}),
        ("registration_class", "备案组织", "filed"),
        ("insured_through", "2026年5月1日", "2026-05-01"),
        ("insured_through", "2026/5/1", "2026-05-01"),
        ("adults_only", "否", False),
        ("people", "1,200", 1200),
        ("people", "１２", 12),
        ("capabilities", "抽水排涝２；舟艇驾驶 １艘", {"PUMP_DRAIN": 2, "BOAT_OPERATE": 1}),
        ("insured_through", "２０２６－０６－３０", "2026-06-30"),
        ("telephone_1", "１３９０００００００１", "13900000001"),
    ],
)
def test_a_cell_is_read_in_the_ways_people_write(column: str, cell: str, value: object) -> None:
    assert BY_KEY[column].read(cell) == value


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("capabilities", "潜水艇 2", "skill_unknown"),
        ("capabilities", "抽水排涝 2；PUMP_DRAIN 1", "skill_twice"),
        ("capabilities", "抽水排涝", "skills_unreadable"),
        ("people", "十", "number_unreadable"),
        ("people", "-3", "number_unreadable"),
        ("people", "1e3", "number_unreadable"),
        ("insured_through", "2026-02-30", "day_unreadable"),
        ("insured_through", "明年", "day_unreadable"),
        ("adults_only", "大概", "yes_or_no"),
        ("lon", "120°41′", "coordinate_unreadable"),
        ("lon", "nan", "coordinate_unreadable"),
        ("registration_class", "国企", "class_unknown"),
        ("certificates", "水上搜救|二级", "certificate_unreadable"),
        ("certificates", "水上搜救|9|YJ/T 1.4-2022|厅|1|2026-12-31", "grade_unknown"),
    ],
)
def test_a_cell_that_says_nothing_certain_is_refused(column: str, cell: str, code: str) -> None:
    with pytest.raises(CellRefused) as refused:
        BY_KEY[column].read(cell)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "cell",
    [
        "330324107",
        "桥头镇",
        "永嘉县 桥头镇",
        "永嘉县桥头镇",
        "温州市永嘉县/桥头镇",
        "温州市 永嘉县桥头镇",
    ],
)
def test_a_place_is_found_by_its_code_or_by_names_apart_or_joined(cell: str) -> None:
    named = [
        ("3303", None, "温州市"),
        ("330324", "3303", "永嘉县"),
        ("330324107", "330324", "桥头镇"),
    ]
    nodes = [
        {"code": code, "parent": parent, "name": name, "english": code}
        for code, parent, name in named
    ]
    assert Homes(nodes).find(cell) == "330324107"
    with pytest.raises(CellRefused):
        Homes(nodes).find("瑞安市桥头镇")
