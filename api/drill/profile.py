"""What a history's records mean: which become demands, of what kind, how urgent, and where."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from api.drill.organizations import Town
from geo.divisions import fold_name
from geo.regions import Regions
from schemas.values import Instant

SCALE = 10_000_000  # 1e-7 degree
OTHER = "其他"  # a sub type that says nothing
TEXT_MAX = 300  # characters of a place or description that are taken over, sealed
NOTHING = re.compile(r"(?!)")

_DT = re.compile(r"(\d+)/(\d+)/(\d+) (上午|下午) (\d+):(\d+):(\d+)")
_PAIR = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*")

Case = dict[str, Any]


class _Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """Base of the profile's tables; `dict` lets a pattern be compiled once."""


class LeaveOut(_Rule, frozen=True):
    """A reason not to ask anybody."""

    reason: str
    words: tuple[str, ...] = ()
    main_types: tuple[str, ...] = ()
    others: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return _pattern(self.words)


class Raise(_Rule, frozen=True):
    """What makes a demand at least so urgent."""

    priority: int
    fields: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return _pattern(self.words)

    def fits(self, case: Case) -> bool:
        return any(_positive(case.get(name)) for name in self.fields) or bool(
            self.pattern.search(text_of(case))
        )


class LineRule(_Rule, frozen=True):
    """One line of a demand."""

    skill: str
    minimum: int = 1
    target: int = 1
    grade: int | None = None
    hazardous: bool = False


class KindRule(_Rule, frozen=True):
    """One kind of demand, and which cases are of it."""

    kind: str
    priority: int
    lines: tuple[LineRule, ...]
    risk: str
    types: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return _pattern(self.words)


class OrganizationsRule(_Rule, frozen=True):
    """How many organizations are invented, and how often each first skill occurs."""

    count: int
    often: dict[str, int] = {}


class Profile(_Rule, frozen=True, rename={"raises": "raise"}):
    """A whole profile, as in docs/profiles/."""

    county: str
    hazard: str
    utc_offset_hours: int
    place: Literal["repair", "refuse"]
    leave_out: tuple[LeaveOut, ...]
    raises: tuple[Raise, ...]
    kinds: tuple[KindRule, ...]
    fallback: dict[str, str]
    organizations: OrganizationsRule

    @classmethod
    def load(cls, path: Path) -> Profile:
        """Read a profile; OSError or ValueError (msgspec's are) where it is unusable."""
        return msgspec.toml.decode(path.read_bytes(), type=cls)

    def reason_to_leave_out(self, case: Case) -> str | None:
        """Why this case becomes no demand, as far as type and words say."""
        for rule in self.leave_out:
            if rule.others and not self._says_nothing(case):
                continue
            if case["DISASTER_MAIN_TYPE"] in rule.main_types:
                return rule.reason
            if rule.pattern.search(text_of(case)):
                return rule.reason
        return None

    def _says_nothing(self, case: Case) -> bool:
        return _is_other(case) and self._by_words(case) is None

    def kind(self, case: Case) -> KindRule | None:
        """What kind of demand a case is; None where neither type nor words say."""
        if not _is_other(case):
            sub_type = case["DISASTER_SUB_TYPE"]
            return next((rule for rule in self.kinds if sub_type in rule.types), None)
        wanted = self.fallback.get(case["DISASTER_MAIN_TYPE"])
        named = next((rule for rule in self.kinds if rule.kind == wanted), None)
        return self._by_words(case) or named

    def _by_words(self, case: Case) -> KindRule | None:
        text = text_of(case)
        return next((rule for rule in self.kinds if rule.pattern.search(text)), None)

    def priority(self, case: Case, rule: KindRule) -> int:
        """1 is the most urgent."""
        return min([rule.priority, *(item.priority for item in self.raises if item.fits(case))])

    def at(self, case: Case) -> Instant | None:
        """When it was filed; None where the time cannot be read."""
        found = _DT.fullmatch(case["CASE_DT"])
        if found is None:
            return None
        year, month, day, hour, minute, second = (int(found[n]) for n in (1, 2, 3, 5, 6, 7))
        hour = hour % 12 + (12 if found[4] == "下午" else 0)
        zone = timezone(timedelta(hours=self.utc_offset_hours))
        local = datetime(year, month, day, hour, minute, second, tzinfo=zone)
        return int(local.timestamp()) * 1000


class Wanted(NamedTuple):
    """A case that becomes a demand. `repair` says how its place was mended, if it was."""

    at: Instant
    key: str
    town: Town
    body: dict[str, Any]
    repair: str | None


class LeftOut(NamedTuple):
    """A case that becomes none."""

    reason: str


class Reader:
    """Reads cases by a profile, over the towns of its county and their polygons."""

    def __init__(self, profile: Profile, towns: Iterable[Town], regions: Regions) -> None:
        self._profile = profile
        self._towns = {fold_name(town.name): town for town in towns}
        self._codes = {town.code for town in self._towns.values()}
        self._regions = regions

    def read(self, case: Case) -> Wanted | LeftOut:
        """What becomes of one case."""
        reason = self._profile.reason_to_leave_out(case)
        if reason is not None:
            return LeftOut(reason)
        rule, at = self._profile.kind(case), self._profile.at(case)
        town = self._towns.get(fold_name(case["TOWN_N"]))
        if rule is None:
            return LeftOut("not_understood")
        if at is None:
            return LeftOut("time_unreadable")
        if town is None:
            return LeftOut("township_unknown")
        place, repair = self._place(case, town)
        if repair is not None and self._profile.place == "refuse":
            return LeftOut(repair)
        return Wanted(at, case["CASE_ID"], town, self._body(case, rule, town, place), repair)

    def _body(
        self, case: Case, rule: KindRule, town: Town, place: dict[str, Any]
    ) -> dict[str, Any]:
        body = {
            "kind": rule.kind,
            "priority": self._profile.priority(case, rule),
            "place": place,
            "lines": [msgspec.to_builtins(line) for line in rule.lines],
            "risk_statement": rule.risk,
            "rally_point": f"{town.name}公所",
        }
        sealed = {"address": case["CASE_LOC"], "note": case["CASE_DESCRIPTION"]}
        return body | {name: clean for name, text in sealed.items() if (clean := _clean(text))}

    def _place(self, case: Case, town: Town) -> tuple[dict[str, Any], str | None]:
        """The point if it can be right, else the township's seat, with what was wrong."""
        seat = {"division": town.code}
        pair = _PAIR.fullmatch(case["COORDINATE"] or "")
        if pair is None:
            return seat, "coordinate_missing"
        lon, lat = float(pair[1]), float(pair[2])
        for wrong, (x, y) in ((None, (lon, lat)), ("coordinate_swapped", (lat, lon))):
            if self._inside(town, x, y):
                return {"crs": "WGS-84", "lon": x, "lat": y, "division": town.code}, wrong
        return seat, self._why_not(lon, lat)

    def _inside(self, town: Town, lon: float, lat: float) -> bool:
        return self._regions.inside(town.code, round(lon * SCALE), round(lat * SCALE)) is True

    def _why_not(self, lon: float, lat: float) -> str:
        """What is wrong with a point that lies in its township neither way round."""
        if abs(lon) > 180 or (abs(lat) > 90 and abs(lon) > 90):
            return "coordinate_out_of_range"
        there = self._regions.township_at(round(lon * SCALE), round(lat * SCALE))
        return "outside_township" if there in self._codes else "outside_area"


def cases_of(folder: Path, county: str) -> Iterator[Case]:
    """The cases of one county, in the order of the file."""
    with gzip.open(folder / "cases.ndjson.gz", "rb") as lines:
        for line in lines:
            case: Case = msgspec.json.decode(line)
            if fold_name(case["COUNTY_N"] or "") == fold_name(county):
                yield case


def text_of(case: Case) -> str:
    """Place and description, to be searched for words; never to be shown."""
    return f"{case['CASE_LOC'] or ''}\n{case['CASE_DESCRIPTION'] or ''}"


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE | re.ASCII) if words else NOTHING


def _is_other(case: Case) -> bool:
    return (case["DISASTER_SUB_TYPE"] or OTHER) == OTHER


def _positive(value: Any) -> bool:
    return isinstance(value, bool | int) and value > 0


def _clean(text: str | None) -> str:
    """Text as the doors take it: without control characters, not too long."""
    spaced = " ".join((text or "").split())
    return "".join(filter(str.isprintable, spaced))[:TEXT_MAX].strip()
