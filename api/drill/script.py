"""A script: what an exercise asks for, and what happens to it, as a TOML file says it.

docs/exercise.md has every key. It is read strictly: whatever a word of it does not fit is named
with its table and line, all of it at once, before anything plays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from api.drill.clock import HOUR, MINUTE
from api.drill.habits import Habits
from api.drill.script_tables import INJECTS, DemandTable, Inject, InjectTable, ScriptFile
from api.records import line_of
from geo.divisions import Division, DivisionTree, Level, fold_name
from schemas.codes import HAZARDS, KINDS, SKILLS, Words
from schemas.hand_ups import HandUpReason
from schemas.values import DivisionCode, Milliseconds

_PATH: Final = re.compile(r"`\$(?:\.([a-z_]+))?(?:\[([0-9]+)\])?(?:[^`]*\.([a-z_]+))?[^`]*`")
_QUOTED: Final = re.compile("`([^`]+)`")
_AT_LINE: Final = re.compile("line ([0-9]+)")


REASONS: Final[dict[str, Words]] = {
    "script_broken": Words("无法读取", "it cannot be read"),
    "key_unknown": Words("没有这个键", "there is no such key"),
    "key_missing": Words("缺少这个键", "this key is missing"),
    "value_unfit": Words("取值不符", "this value does not fit"),
    "key_unfit": Words("此种情况没有这个键", "no such inject has this key"),
    "hazard_unknown": Words("没有这种灾害", "there is no such hazard"),
    "kind_unknown": Words("没有这种需求类别", "there is no such kind"),
    "skill_unknown": Words("没有这种技能", "there is no such skill"),
    "grade_unfit": Words(
        "分级技能须写等级，其他技能不写", "a graded skill needs a grade, no other has one"
    ),
    "minimum_unfit": Words("“至少”多于目标", "the minimum is more than the target"),
    "place_unknown": Words(
        "演练所在区划中没有这个地方", "no such place in the exercise's division"
    ),
    "place_ambiguous": Words("有几处同名，请写代码", "several have this name: give the code"),
    "place_too_wide": Words("须为乡镇（街道）", "it has to be a township"),
    "point_unfit": Words("须为 [经度, 纬度]", "it has to be [longitude, latitude]"),
    "inject_unknown": Words("没有这种情况", "there is no such inject"),
    "demand_unknown": Words("没有这个名称的需求", "no demand has this name"),
    "demand_later": Words("该需求此时尚未发布", "that demand is published later"),
    "name_twice": Words("名称重复", "two have this name"),
    "reason_unknown": Words("没有这个原因", "there is no such reason"),
    "nobody_named": Words("须写 organizations 或 share", "name organizations or a share"),
    "nothing_to_play": Words("没有任何需求", "it has no demand"),
    "ends_early": Words("结束早于最后一项", "it ends before its last entry"),
}


class Fault(NamedTuple):
    """Something that a script has wrong: where, why, and what stands there."""

    table: str
    line: int
    code: str
    detail: str


class ScriptUnfit(Exception):
    """The script cannot be played; `faults` say all that is wrong."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"[{one.table}] {one.code} {one.detail}" for one in faults))
        self.faults = faults


class Posting(NamedTuple):
    """A demand of the script, so long after the beginning; `town` publishes it."""

    number: int
    after: Milliseconds
    town: DivisionCode
    name: str
    body: dict[str, Any]


class Happening(NamedTuple):
    """An inject of the script. `town`: of its place, where it has one."""

    number: int
    after: Milliseconds
    what: str
    table: InjectTable
    town: DivisionCode | None

    @property
    def kind(self) -> Inject:
        return INJECTS[self.what]

    @property
    def lasts(self) -> Milliseconds:
        return (self.table.minutes or 0) * MINUTE


class Script(NamedTuple):
    """A script that every word of fits, in order of time. `digest`: of what it says."""

    name: str
    hazard: str
    division: DivisionCode
    lasts: Milliseconds
    seed: int
    habits: Habits
    postings: tuple[Posting, ...]
    happenings: tuple[Happening, ...]
    digest: str

    @property
    def towns(self) -> tuple[DivisionCode, ...]:
        """Every township that something of it lies in."""
        named = [*(one.town for one in self.postings), *(one.town for one in self.happenings)]
        return tuple(sorted({town for town in named if town is not None}))


def read_script(path: Path, tree: DivisionTree) -> Script:
    """A script, its places found in a tree. Raises ScriptUnfit, OSError."""
    text = path.read_text(encoding="utf-8")
    try:
        file = msgspec.toml.decode(text, type=ScriptFile)
    except msgspec.DecodeError as error:
        raise ScriptUnfit([_unreadable(text, str(error))]) from None
    reading = _Reading(file, tree)
    faults = [_placed(text, one) for one in reading.faults()]
    if faults:
        raise ScriptUnfit(faults)
    return reading.script()


def after(at: str) -> Milliseconds:
    """`h:mm` as milliseconds."""
    hours, minutes = at.split(":")
    return int(hours) * HOUR + int(minutes) * MINUTE


class _Reading:
    """A file that could be decoded, held against the code lists and the division tree."""

    def __init__(self, file: ScriptFile, tree: DivisionTree) -> None:
        self._file, self._tree = file, tree
        named = self._named(file.exercise.division, None)
        self._above = named[0] if len(named) == 1 else None
        self._demands = {one.name: one for one in file.demand if one.name}

    # What is wrong

    def faults(self) -> Iterator[Fault]:
        exercise = self._file.exercise
        if exercise.hazard not in HAZARDS:
            yield Fault("exercise", 0, "hazard_unknown", exercise.hazard)
        if self._above is None:
            yield Fault("exercise", 0, "place_unknown", exercise.division)
        if not self._file.demand:
            yield Fault("exercise", 0, "nothing_to_play", exercise.name)
        if exercise.lasts is not None and after(exercise.lasts) < self._last:
            yield Fault("exercise", 0, "ends_early", exercise.lasts)
        seen: list[str] = []
        for number, demand in enumerate(self._file.demand):
            if demand.name and demand.name in seen:
                yield Fault(f"demand[{number}]", 0, "name_twice", demand.name)
            seen.append(demand.name)
            yield from self._demand(demand, f"demand[{number}]")
        for number, inject in enumerate(self._file.inject):
            yield from self._inject(inject, f"inject[{number}]")

    @property
    def _last(self) -> Milliseconds:
        times = (*(one.at for one in self._file.demand), *(one.at for one in self._file.inject))
        return max(map(after, times), default=0)

    def _demand(self, demand: DemandTable, table: str) -> Iterator[Fault]:
        if demand.kind not in KINDS:
            yield Fault(table, 0, "kind_unknown", demand.kind)
        yield from self._place(demand.place, table)
        yield from self._point(demand.point, table)
        for line in demand.lines:
            skill = SKILLS.get(line.skill)
            if skill is None:
                yield Fault(table, 0, "skill_unknown", line.skill)
            elif skill.graded != (line.grade is not None):
                yield Fault(table, 0, "grade_unfit", line.skill)
            if line.minimum > line.target:
                yield Fault(table, 0, "minimum_unfit", f"{line.minimum} > {line.target}")

    def _inject(self, inject: InjectTable, table: str) -> Iterator[Fault]:
        kind = INJECTS.get(inject.what)
        if kind is None:
            yield Fault(table, 0, "inject_unknown", inject.what)
            return
        said = {name for name in inject.__struct_fields__[2:] if getattr(inject, name)}
        who = ("organizations", "share") if kind.who else ()
        for name in sorted(said - {*kind.needs, *kind.may, *who}):
            yield Fault(table, 0, "key_unfit", name)
        for name in (name for name in kind.needs if name not in said):
            yield Fault(table, 0, "key_missing", name)
        if kind.who and not said & {*who}:
            yield Fault(table, 0, "nobody_named", inject.what)
        yield from self._about(inject, table)

    def _about(self, inject: InjectTable, table: str) -> Iterator[Fault]:
        """What an inject refers to."""
        if inject.what == "road_cut" and not inject.demand:
            for name in ("place", "point"):
                if not getattr(inject, name):
                    yield Fault(table, 0, "key_missing", name)
        if inject.demand:
            demand = self._demands.get(inject.demand)
            if demand is None:
                yield Fault(table, 0, "demand_unknown", inject.demand)
            elif after(demand.at) >= after(inject.at):
                yield Fault(table, 0, "demand_later", inject.demand)
        if inject.kind and inject.kind not in KINDS:
            yield Fault(table, 0, "kind_unknown", inject.kind)
        if inject.reason and inject.reason not in list(HandUpReason):
            yield Fault(table, 0, "reason_unknown", inject.reason)
        if inject.place:
            yield from self._place(inject.place, table)
        yield from self._point(inject.point, table)

    def _place(self, name: str, table: str) -> Iterator[Fault]:
        if self._above is None:
            return
        found = self._named(name, self._above)
        if len(found) != 1:
            yield Fault(table, 0, "place_ambiguous" if found else "place_unknown", name)
        elif found[0].level is not Level.TOWNSHIP:
            yield Fault(table, 0, "place_too_wide", name)

    def _point(self, point: tuple[float, float] | None, table: str) -> Iterator[Fault]:
        if point is not None and not (70 < point[0] < 140 and 0 < point[1] < 60):
            yield Fault(table, 0, "point_unfit", f"{point[0]}, {point[1]}")

    def _named(self, name: str, above: Division | None) -> list[Division]:
        """By code, or by name in either language, anywhere below."""
        tree = self._tree
        scope = tree.codes(tree.area_level) if above is None else (above.code,)
        rows = [tree.get(code) for one in scope for code in (one, *tree.below(one))]
        there = list({row.code: row for row in rows if row is not None}.values())
        folded = fold_name(name)
        return [
            row
            for row in there
            if name == row.code or folded in (fold_name(row.name), fold_name(row.english))
        ]

    # What it says

    def script(self) -> Script:
        exercise = self._file.exercise
        assert self._above is not None
        postings = [self._posting(n, one) for n, one in enumerate(self._file.demand, 1)]
        happenings = [self._happening(n, one) for n, one in enumerate(self._file.inject, 1)]
        lasts = self._last + HOUR if exercise.lasts is None else after(exercise.lasts)
        return Script(
            name=exercise.name,
            hazard=exercise.hazard,
            division=self._above.code,
            lasts=lasts,
            seed=exercise.seed,
            habits=self._file.people.habits(),
            postings=tuple(sorted(postings, key=lambda one: one.after)),
            happenings=tuple(sorted(happenings, key=lambda one: one.after)),
            digest=sha256(msgspec.json.encode(self._file, order="deterministic")).hexdigest(),
        )

    def _town(self, name: str) -> DivisionCode:
        return self._named(name, self._above)[0].code

    def _posting(self, number: int, demand: DemandTable) -> Posting:
        town = self._town(demand.place)
        lines = [
            {name: getattr(line, name) for name in line.__struct_fields__} for line in demand.lines
        ]
        body = {
            "kind": demand.kind,
            "priority": demand.priority,
            "place": place_of(town, demand.point),
            "lines": lines,
            "risk_statement": demand.risk,
            "rally_point": demand.rally,
            **({"way_in": demand.way_in} if demand.way_in else {}),
        }
        return Posting(number, after(demand.at), town, demand.name, body)

    def _happening(self, number: int, inject: InjectTable) -> Happening:
        town = self._town(inject.place) if inject.place else None
        return Happening(number, after(inject.at), inject.what, inject, town)


def place_of(town: DivisionCode, point: tuple[float, float] | None) -> dict[str, Any]:
    """A place as the doors take it."""
    if point is None:
        return {"division": town}
    return {"crs": "WGS-84", "lon": point[0], "lat": point[1], "division": town}


# Where it stands


def _placed(text: str, fault: Fault) -> Fault:
    name, _, index = fault.table.rstrip("]").partition("[")
    line = line_of(text, name, int(index) if index else None, fault.detail)
    return fault._replace(line=line)


def _unreadable(text: str, error: str) -> Fault:
    """What the decoder says, with its table and line."""
    at, line = _PATH.search(error), _AT_LINE.search(error)
    if at is None and "`$" not in error:
        return Fault("", int(line[1]) if line is not None else 1, "script_broken", error)
    what = error[: at.start()].removesuffix(" - at ") if at is not None else error
    quoted = _QUOTED.search(what)
    word = quoted[1] if quoted is not None else ""
    code = "value_unfit"
    if "unknown field" in what:
        code, what = "key_unknown", word
    elif "missing required field" in what:
        code, what = "key_missing", word
    else:
        word = (at[3] if at is not None else "") or word
    name, index = (at[1] or "", at[2]) if at is not None else ("", None)
    table = name if index is None else f"{name}[{index}]"
    return Fault(table, line_of(text, name, int(index) if index else None, word), code, what)
