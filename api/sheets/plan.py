"""What an organizations' sheet means for the registry: each row a record, a change, or a refusal.

Nothing is sent here. A row is about the organization of its id, else of its credit code, else of
its name at its home; cells that are empty leave what is there as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from api.sheets.columns import (
    BY_TITLE,
    CLASS_WORDS,
    COLUMNS,
    PERSONS_MOST,
    CellRefused,
    CertificateCell,
    Problem,
    values,
)
from api.sheets.homes import Homes
from api.sheets.reading import Row, Table
from api.sheets.unreadable import Unreadable
from geo.divisions import fold_name
from schemas.codes import SKILLS
from schemas.values import Certificate, RegistrationClass
from schemas.views import OrganizationRow

DEGREE = 10_000_000


class Outcome(StrEnum):
    """What becomes of a row."""

    RECORD = "record"
    CHANGE = "change"
    SAME = "same"
    DUPLICATE = "duplicate"  # the very row that stands further up
    PARTLY = "partly"  # entered, but something of it the doors refused
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Difference:
    """A column by its key, what is there and what is to be; both as one reads them."""

    column: str
    before: str
    after: str


@dataclass(slots=True)
class Step:
    """A row with what is wanted of the registry; `known`: the organization that it is about."""

    row: Row
    outcome: Outcome
    said: dict[str, Any] = field(default_factory=dict)
    known: OrganizationRow | None = None
    differences: list[Difference] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    on_record: bool = False  # something of it was entered or changed, and stays


def plan(table: Table, known: Iterable[OrganizationRow], homes: Homes) -> list[Step]:
    """One step a row, in their order. Raises Unreadable where the heads are no such sheet's."""
    _check_heads(table)
    registry = _Registry(known)
    steps: list[Step] = []
    met: dict[str, Step] = {}
    for row in table.rows:
        step = _step(table, row, registry, homes)
        if step.outcome is not Outcome.REFUSED:
            _met_before(step, met)
        steps.append(step)
    return steps


def judged_alike(steps: Iterable[Step], rehearsed: Iterable[Step]) -> None:
    """Refuse whole what a rehearsal has shown that the doors would refuse, also in part."""
    for step, before in zip(steps, rehearsed, strict=True):
        if before.problems and not step.problems:
            step.problems += before.problems
            step.outcome = Outcome.REFUSED


def taken_back(rehearsed: Iterable[Step]) -> None:
    """The steps as they are where they were only tried: nothing is on record, no row is in part."""
    for step in rehearsed:
        step.on_record = False
        if step.outcome is Outcome.PARTLY:
            step.outcome = Outcome.REFUSED


def _check_heads(table: Table) -> None:
    there = [found.key for head in table.heads if (found := BY_TITLE.get(head.strip().casefold()))]
    for column in COLUMNS:
        if there.count(column.key) > 1:
            raise Unreadable("column_twice", column.zh)
    if "id" in there:
        return
    missing = [column.zh for column in COLUMNS if column.must and column.key not in there]
    if missing:
        raise Unreadable("columns_missing", "、".join(missing))


class _Registry:
    """The organizations that are there, found as rows name them."""

    def __init__(self, rows: Iterable[OrganizationRow]) -> None:
        self.by_id = {row.id: row for row in rows}
        active = [row for row in self.by_id.values() if row.merged_into is None]
        self.by_code = {row.credit_code: row for row in active if row.credit_code}
        self.by_name = {(row.home, fold_name(row.name)): row for row in active}

    def about(self, said: dict[str, Any]) -> OrganizationRow | None:
        """Whom a row is about. Raises CellRefused."""
        if "id" in said:
            if said["id"] not in self.by_id:
                raise CellRefused("id_unknown")
            return self.by_id[said["id"]]
        by_code = self.by_code.get(said.get("credit_code", ""))
        by_name = self.by_name.get((said.get("home", ""), fold_name(said.get("name", ""))))
        if by_code and by_name and by_code is not by_name:
            raise CellRefused("ambiguous", f"{by_code.id}、{by_name.id}")
        return by_code or by_name


def _step(table: Table, row: Row, registry: _Registry, homes: Homes) -> Step:
    said, problems = values(table.heads, row.cells)
    if any(row.cells[len(table.heads) :]):
        problems.append(Problem("", "cells_beyond"))
    known = None
    try:
        if "home" in said:
            said["home"] = homes.find(said["home"])
    except CellRefused as refused:
        problems.append(Problem("home", refused.code, refused.detail))
    if not problems:
        problems += _halves(said)
        try:
            known = registry.about(said)
        except CellRefused as refused:
            problems.append(Problem("", refused.code, refused.detail))
    if known is None:
        wrong = {problem.column for problem in problems}
        must = [column for column in COLUMNS if column.must and column.key not in said]
        problems += [Problem(each.key, "required") for each in must if each.key not in wrong]
    if problems:
        return Step(row, Outcome.REFUSED, said, None, [], problems)
    if known is None:
        return Step(row, Outcome.RECORD, said)
    found = list(differences(known, said, homes))
    return Step(row, Outcome.CHANGE if found else Outcome.SAME, said, known, found)


def _halves(said: dict[str, Any]) -> Iterator[Problem]:
    """What only makes sense together."""
    point = [key in said for key in ("lon", "lat", "crs")]
    if any(point) and not all(point):
        yield Problem("lon", "coordinate_half")
    for order in range(1, PERSONS_MOST + 1):
        if (f"person_{order}" in said) != (f"telephone_{order}" in said):
            yield Problem(f"person_{order}", "person_half")


def _met_before(step: Step, met: dict[str, Step]) -> None:
    """A second row about one organization: the very same is a duplicate, another one is refused."""
    said = step.said
    names = [f"home {said.get('home')} {fold_name(said.get('name', ''))}"]
    names += [f"code {said['credit_code']}"] if "credit_code" in said else []
    names = [f"id {step.known.id}"] if step.known is not None else names
    first = next((met[name] for name in names if name in met), None)
    for name in names:
        met.setdefault(name, step)
    if first is None:
        return
    if first.said == said:
        step.outcome = Outcome.DUPLICATE
    else:
        step.outcome = Outcome.REFUSED
        step.problems.append(Problem("", "row_twice", str(first.row.number)))


def differences(known: OrganizationRow, said: dict[str, Any], homes: Homes) -> Iterator[Difference]:
    """What a row says otherwise than the registry; persons are compared where they are kept."""
    there = standing(known)
    for column in COLUMNS:
        if column.key not in said or column.key not in there:
            continue
        wanted = said[column.key]
        if column.key == "certificates":
            wanted = (*there["certificates"], *_unheld(known, wanted))
        if wanted != there[column.key]:
            before = shown(column.key, there[column.key], homes)
            yield Difference(column.key, before, shown(column.key, wanted, homes))


def _unheld(known: OrganizationRow, wanted: Iterable[CertificateCell]) -> Iterator[CertificateCell]:
    """Certificates to record. What was withdrawn no sheet brings back: that is said by hand."""
    held = {(one.certificate.issuer, one.certificate.number): one for one in known.certificates}
    for each in wanted:
        there = held.get((each.issuer, each.number))
        if there is None or (not there.withdrawn and certificate_cell(there.certificate) != each):
            yield each


def certificate_cell(one: Certificate) -> CertificateCell:
    return CertificateCell(
        one.skill, one.grade, one.standard, one.issuer, one.number, one.valid_through
    )


def standing(known: OrganizationRow) -> dict[str, Any]:
    """What is on record of an organization, by column; its persons are kept elsewhere.

    Where its home alone is known it has no point: a seat is nobody's address.
    """
    held = (one.certificate for one in known.certificates if not one.withdrawn)
    return {
        "name": known.name,
        "registration_class": known.registration_class,
        "credit_code": known.credit_code,
        "home": known.home,
        "village": known.village,
        "lon": None if known.approximate else known.lon / DEGREE,
        "lat": None if known.approximate else known.lat / DEGREE,
        "people": known.people,
        "capabilities": {one.skill: one.units for one in known.capabilities},
        "crews_most": known.crews_most,
        "adults_only": known.adults_only,
        "insured_through": known.insured_through,
        "enrolled": known.enrolled,
        "certificates": tuple(map(certificate_cell, held)),
    }


def shown(key: str, value: Any, homes: Homes) -> str:
    """A value as its cell has it, which is read as the same value."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case dict():
            return "；".join(f"{SKILLS[code].zh} {units}" for code, units in sorted(value.items()))
        case tuple():
            return "；".join("|".join(_certificate(each)) for each in value)
        case RegistrationClass():
            return CLASS_WORDS[value].zh
        case _:
            return homes.title(value) if key == "home" else str(value)


def _certificate(one: CertificateCell) -> Iterator[str]:
    yield SKILLS[one.skill].zh
    yield from map(str, one[1:])
