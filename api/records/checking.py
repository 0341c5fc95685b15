"""A profile held against the code lists and against a file, before anything of it is played."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from api.records.coordinates import SHIFTED, transformer
from api.records.fields import paths_of, value_of
from api.records.profile import FieldsTable, Profile
from api.records.quantities import Quantity
from api.records.rules import LineRule, Measured, Rule, When
from api.records.source import Raw
from api.records.times import NAMED, zone_of
from schemas.codes import HAZARDS, KINDS, SKILLS

_HEAD: Final = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?")
_LABEL: Final = re.compile("[a-z0-9-]{0,40}")
_AT: Final = re.compile(r" - at `\$(?:\.([^`\[]+))?(?:\[([0-9]+)\])?([^`]*)`")
_LINE: Final = re.compile(r"at line ([0-9]+)")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that a profile has wrong: where, why, and what stands there."""

    table: str
    line: int
    code: str
    detail: str


class ProfileUnfit(Exception):
    """The profile cannot be used; `faults` say all that is wrong."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{one.table}: {one.code} {one.detail}" for one in faults))
        self.faults = faults


def loaded(path: Path) -> Profile:
    """A profile that every word of fits. Raises ProfileUnfit, OSError."""
    text = path.read_text(encoding="utf-8")
    try:
        profile = msgspec.toml.decode(text, type=Profile)
    except msgspec.DecodeError as error:
        raise ProfileUnfit([_unreadable(text, str(error))]) from None
    faults = [_placed(text, one) for one in _faults(profile)]
    if faults:
        raise ProfileUnfit(faults)
    return profile


def unused(profile: Profile, rows: Iterable[Raw], text: str) -> list[Fault]:
    """Fields that no record of the file has: what is said of them never holds."""
    wanted = dict(_fields(profile))
    for raw in rows:
        if raw.record is not None:
            for path in [path for path in wanted if value_of(raw.record, path) is not None]:
                del wanted[path]
        if not wanted:
            break
    faults = [Fault(table, 0, "field_nowhere", path) for path, table in wanted.items()]
    return [_placed(text, one) for one in faults]


# What can be wrong


def _faults(profile: Profile) -> Iterator[Fault]:
    if profile.hazard not in HAZARDS:
        yield _fault("hazard", "hazard_unknown", profile.hazard)
    if not _LABEL.fullmatch(profile.label):
        yield _fault("label", "label_unfit", profile.label)
    yield from _times(profile)
    yield from _place(profile)
    for number, rule in enumerate(profile.rules):
        yield from _rule(profile, rule, f"rules[{number}]")
    for name, demand in profile.demands.items():
        table = f"demands.{name}"
        if demand.kind not in KINDS:
            yield _fault(table, "kind_unknown", demand.kind)
        if not demand.lines:
            yield _fault(table, "lines_missing", name)
        yield from _lines(profile, demand.lines, table)
    for skill in profile.organizations.often:
        if skill not in SKILLS:
            yield _fault("organizations", "skill_unknown", skill)


def _times(profile: Profile) -> Iterator[Fault]:
    for table, zone in (("time", profile.time.zone), ("changes", profile.changes.zone)):
        try:
            zone_of(zone or "+00:00")
        except ValueError:
            yield _fault(table, "zone_unknown", zone)
    for table, formats in (("time", profile.time.formats), ("changes", profile.changes.formats)):
        for format in formats:
            if format not in NAMED and "%" not in format:
                yield _fault(table, "format_unknown", format)


def _place(profile: Profile) -> Iterator[Fault]:
    place = profile.place
    if place.crs.startswith("EPSG:"):
        try:
            transformer(place.crs)
        except ValueError:
            yield _fault("place", "crs_unknown", place.crs)
    elif place.crs not in ("WGS-84", "CGCS2000", *SHIFTED):
        yield _fault("place", "crs_unknown", place.crs)
    try:
        place.rally_point.format(township="")
    except (KeyError, IndexError, ValueError):
        yield _fault("place", "rally_point_unfit", place.rally_point)


def _rule(profile: Profile, rule: Rule, table: str) -> Iterator[Fault]:
    if rule.demand and rule.demand not in profile.demands:
        yield _fault(table, "demand_unknown", rule.demand)
    says = (rule.demand, rule.leave_out, rule.mode, rule.false_report, rule.raises, rule.add)
    if not any((*says, rule.close_reason)):
        yield _fault(table, "rule_says_nothing", rule.name)
    for when in (rule, rule.unless):
        if when is not None:
            yield from _conditions(profile, when, table)
    yield from _lines(profile, rule.add, table)


def _conditions(profile: Profile, when: When, table: str) -> Iterator[Fault]:
    for pattern in when.patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            yield _fault(table, "pattern_broken", f"{pattern}: {error}")
    for name in when.quantities:
        if name not in profile.quantities:
            yield _fault(table, "quantity_unknown", name)
    for moment in filter(None, (when.since, when.until)):
        try:
            datetime.fromisoformat(moment)
        except ValueError:
            yield _fault(table, "time_unreadable", moment)


def _lines(profile: Profile, lines: Iterable[LineRule], table: str) -> Iterator[Fault]:
    for line in lines:
        skill = SKILLS.get(line.skill)
        if skill is None:
            yield _fault(table, "skill_unknown", line.skill)
        elif skill.graded != (line.grade is not None):
            yield _fault(table, "grade_unfit", line.skill)
        if isinstance(line.units, Measured) and line.units.of not in profile.quantities:
            yield _fault(table, "quantity_unknown", line.units.of)


def _fields(profile: Profile) -> Iterator[tuple[str, str]]:
    """Every path that the profile reads, with the table that first names it."""
    found: dict[str, str] = {}
    for name in FieldsTable.__struct_fields__:
        for path in paths_of(getattr(profile.fields, name)):
            found.setdefault(path, "fields")
    for number, rule in enumerate(profile.rules):
        for when in (rule, rule.unless):
            for path in () if when is None else (*when.fields, *when.any_field, *when.within):
                found.setdefault(path, f"rules[{number}]")
    for name, quantity in profile.quantities.items():
        for path in _of(quantity):
            found.setdefault(path, f"quantities.{name}")
    found.pop("", None)
    yield from found.items()


def _of(quantity: Quantity) -> tuple[str, ...]:
    return quantity.fields


# Where it stands


def _fault(table: str, code: str, detail: Any) -> Fault:
    return Fault(table, 0, code, str(detail))


def _placed(text: str, fault: Fault) -> Fault:
    name, _, index = fault.table.rstrip("]").partition("[")
    line = line_of(text, name, int(index) if index else None, fault.detail.partition(":")[0])
    return Fault(fault.table, line, fault.code, fault.detail)


def _unreadable(text: str, error: str) -> Fault:
    """What the decoder says, with its table and line."""
    at, line = _AT.search(error), _LINE.search(error)
    if at is None:
        number = int(line[1]) if line is not None else 1
        return Fault("", number, "profile_broken", error)
    name, index = (at[1] or "").rstrip("."), int(at[2]) if at[2] else None
    table = name if index is None else f"{name}[{index}]"
    what = error[: at.start()]
    quoted = re.search("`([^`]+)`", what)
    number = line_of(text, name, index, quoted[1] if quoted is not None else "")
    return Fault(table, number, "profile_broken", what)


def line_of(text: str, table: str, index: int | None, word: str) -> int:
    """The line of a table, or of a word in it; 1 where neither is found."""
    found, met, inside = 1, -1, table == ""
    for number, line in enumerate(text.splitlines(), 1):
        head = _HEAD.fullmatch(line)
        if head is not None:
            same = head[1] == table or head[1].startswith(f"{table}.")
            met += same
            inside = same and index in (None, met)
            found = number if inside else found
        elif (inside or line.split("=")[0].strip() == table) and word and word in line:
            return number
    return found
