"""The columns of an organizations' sheet: their titles, and how each cell is read.

The one list: reading, writing, the template and the documentation all come from it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, Final, NamedTuple

from api.sheets.reading import Cell, Damaged
from schemas.codes import SKILLS, Words
from schemas.values import RegistrationClass

PERSONS_MOST = 3
GRADES = ("1", "2", "3")
UNITS_MOST = 1_000_000
_PARTS = re.compile(r"[;；\n]+")
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_SKILL = re.compile(r"(.+?)[\s×xX*:：]*([0-9０-９]+)\s*\D{0,3}")
_YES = {"是": True, "yes": True, "true": True, "1": True, "y": True}
_NO = {"否": False, "no": False, "false": False, "0": False, "n": False}

CLASS_WORDS: Final[dict[RegistrationClass, Words]] = {
    RegistrationClass.REGISTERED: Words("登记", "registered"),
    RegistrationClass.FILED: Words("备案", "filed"),
    RegistrationClass.VILLAGE_GUIDED: Words("村级指导", "village-guided"),
}


class CellRefused(Exception):
    """A cell that cannot be taken; `code` is one of `api.sheets.reasons`."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class Column(NamedTuple):
    """`must`: no new organization without it. `read` raises CellRefused."""

    key: str
    zh: str
    en: str
    must: bool
    read: Callable[[str], Any]
    sample: str
    words: Words


def text(cell: str) -> str:
    return cell


def narrow(cell: str) -> str:
    """With the letters and digits of a keyboard, where an input method made them full-width."""
    return unicodedata.normalize("NFKC", cell)


def whole(cell: str) -> int:
    digits = narrow(cell).replace(",", "")
    if not digits.isascii() or not digits.isdigit() or int(digits) > UNITS_MOST:
        raise CellRefused("number_unreadable")
    return int(digits)


def degree(cell: str) -> float:
    try:
        found = float(narrow(cell))
    except ValueError:
        raise CellRefused("coordinate_unreadable") from None
    if not -180 <= found <= 180:
        raise CellRefused("coordinate_unreadable")
    return found


def yes_or_no(cell: str) -> bool:
    found = {**_YES, **_NO}.get(narrow(cell).casefold())
    if found is None:
        raise CellRefused("yes_or_no")
    return found


def day(cell: str) -> str:
    found = _DAY.fullmatch(narrow(cell))
    if found is None:
        raise CellRefused("day_unreadable")
    try:
        return date(*map(int, found.groups())).isoformat()
    except ValueError:  # as the 30th of February
        raise CellRefused("day_unreadable") from None


def registration_class(cell: str) -> RegistrationClass:
    for code, words in CLASS_WORDS.items():
        if cell.casefold() in (code.value, words.zh, words.en, f"{words.zh}组织"):
            return code
    raise CellRefused("class_unknown")


def skill(cell: str) -> str:
    """A skill by its code or by its name in either language."""
    wanted = cell.strip().casefold()
    for code, known in SKILLS.items():
        if wanted in (code.casefold(), known.zh, known.en.casefold()):
            return code
    names = [name for known in SKILLS.values() for name in (known.zh, known.en)]
    near = get_close_matches(cell.strip(), names, n=3, cutoff=0.5)
    raise CellRefused("skill_unknown", "、".join([cell.strip(), *(f"{each}?" for each in near)]))


def capabilities(cell: str) -> dict[str, int]:
    """`抽水排涝 2台；舟艇驾驶 1`: units by skill; one skill twice is refused."""
    found: dict[str, int] = {}
    for part in filter(None, map(str.strip, _PARTS.split(cell))):
        said = _SKILL.fullmatch(part)
        if said is None:
            raise CellRefused("skills_unreadable", part)
        code = skill(said.group(1))
        if code in found:
            raise CellRefused("skill_twice", said.group(1))
        found[code] = whole(said.group(2))
    return found


class CertificateCell(NamedTuple):
    """One certificate: `技能|等级|标准|发证机关|编号|有效期至`."""

    skill: str
    grade: int
    standard: str
    issuer: str
    number: str
    valid_through: str


def certificates(cell: str) -> tuple[CertificateCell, ...]:
    found = []
    for part in filter(None, map(str.strip, _PARTS.split(cell))):
        parts = [each.strip() for each in part.replace("｜", "|").split("|")]
        if len(parts) != len(CertificateCell._fields) or not all(parts):
            raise CellRefused("certificate_unreadable", part)
        name, grade, standard, issuer, number, through = parts
        if grade.removesuffix("级") not in GRADES:
            raise CellRefused("grade_unknown", grade)
        found.append(
            CertificateCell(
                skill(name), whole(grade.removesuffix("级")), standard, issuer, number, day(through)
            )
        )
    return tuple(found)


def _person(order: int) -> tuple[Column, Column]:
    """Who is called as this number; the template shows the first only."""
    name, number = ("王五", "139 0000 0001") if order == 1 else ("", "")
    whose = Words(f"第 {order} 位被呼叫的人", f"who is called as number {order}")
    dialed = Words("其电话，按文本格式填写", "their telephone, formatted as text")
    return (
        Column(f"person_{order}", f"联系人{order}", f"Person {order}", False, text, name, whose),
        Column(
            f"telephone_{order}",
            f"电话{order}",
            f"Telephone {order}",
            False,
            narrow,
            number,
            dialed,
        ),
    )


COLUMNS: Final[tuple[Column, ...]] = (
    Column(
        "id",
        "编号",
        "Id",
        False,
        narrow,
        "",
        Words("导出时填写；新组织留空", "left empty for a new one"),
    ),
    Column("name", "名称", "Name", True, text, "桥头镇排涝队", Words("全称", "in full")),
    Column(
        "registration_class",
        "类别",
        "Class",
        True,
        registration_class,
        "备案",
        Words("登记、备案或村级指导", "registered, filed or village-guided"),
    ),
    Column(
        "credit_code",
        "统一社会信用代码",
        "Credit code",
        False,
        narrow,
        "",
        Words("18 位；没有则留空", "18 characters; left empty where there is none"),
    ),
    Column(
        "home",
        "所在乡镇",
        "Home",
        True,
        text,
        "永嘉县 桥头镇",
        Words("代码，或“县 乡镇”名称", "its code, or county and township by name"),
    ),
    Column(
        "village",
        "所在村（社区）",
        "Village",
        False,
        text,
        "",
        Words(
            "村级指导的组织填写，与村委会账号一致", "of a village-guided one, as its committee's"
        ),
    ),
    Column(
        "lon",
        "经度",
        "Longitude",
        False,
        degree,
        "",
        Words("度；与纬度同填或同空", "degrees, with latitude or not at all"),
    ),
    Column("lat", "纬度", "Latitude", False, degree, "", Words("度", "degrees")),
    Column(
        "crs",
        "坐标系",
        "CRS",
        False,
        narrow,
        "",
        Words("WGS-84 或 CGCS2000；填坐标时必填", "WGS-84 or CGCS2000, wherever a point is given"),
    ),
    Column("people", "人数", "People", True, whole, "12", Words("可出动人数", "who can go out")),
    Column(
        "capabilities",
        "技能与数量",
        "Skills",
        True,
        capabilities,
        "抽水排涝 2；舟艇驾驶 1",
        Words(
            "技能名称或代码加数量，用分号隔开", "names or codes with units, separated by semicolons"
        ),
    ),
    Column(
        "crews_most",
        "同时出动上限",
        "Crews at most",
        False,
        whole,
        "",
        Words("各技能合计；不限则留空", "of all skills together; empty: no limit"),
    ),
    Column(
        "adults_only",
        "均为成年人",
        "Adults only",
        False,
        yes_or_no,
        "是",
        Words("是或否", "yes or no"),
    ),
    Column(
        "insured_through",
        "保险到期日",
        "Insured through",
        False,
        day,
        "2026-12-31",
        Words("年-月-日", "year-month-day"),
    ),
    Column(
        "enrolled",
        "参加演练",
        "Enrolled",
        False,
        yes_or_no,
        "",
        Words("是否参加实战期间的演练", "whether it takes part in exercises beside actual work"),
    ),
    Column(
        "certificates",
        "证书",
        "Certificates",
        False,
        certificates,
        "",
        Words(
            "技能|等级|标准|发证机关|编号|有效期至，多本用分号隔开",
            "skill|grade|standard|issuer|number|valid through, separated by semicolons",
        ),
    ),
    *(column for order in range(1, PERSONS_MOST + 1) for column in _person(order)),
    Column(
        "insist",
        "坚持登记",
        "Insist",
        False,
        yes_or_no,
        "",
        Words(
            "提示似已登记、而确为另一家（或证书确为两家共有）时填“是”",
            "yes where it is another one, or both hold the certificate, though it seems on record",
        ),
    ),
)

BY_KEY: Final[Mapping[str, Column]] = {column.key: column for column in COLUMNS}

BY_TITLE: Final[Mapping[str, Column]] = {
    title.casefold(): column for column in COLUMNS for title in (column.key, column.zh, column.en)
}


def titles(key: str) -> Words:
    """A column's titles in both languages."""
    return Words(BY_KEY[key].zh, BY_KEY[key].en)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is not taken: a code, and the column's key, "" for the whole row."""

    column: str
    code: str
    detail: str = ""


def values(heads: tuple[str, ...], cells: tuple[Cell, ...]) -> tuple[dict[str, Any], list[Problem]]:
    """What the cells of a row say by column, and every problem; empty ones say nothing."""
    said: dict[str, Any] = {}
    problems: list[Problem] = []
    for head, cell in zip(heads, cells, strict=False):
        column = BY_TITLE.get(head.strip().casefold())
        if column is None or cell == "":
            continue
        if isinstance(cell, Damaged):
            problems.append(Problem(column.key, cell.why))
            continue
        try:
            said[column.key] = column.read(cell)
        except CellRefused as refused:
            problems.append(Problem(column.key, refused.code, refused.detail))
    return said, problems
