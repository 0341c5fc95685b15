"""Division trees out of files: any country's, from polygons or from a table, by a profile."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from api.records.fields import Field, Table, number_of, text_of, value_at
from api.records.source import read
from api.sheets import Unreadable
from geo.divisions import DivisionFile, DivisionRow, Level
from geo.regions import Regions, features, seat_of

SCALE: Final = 10_000_000
TABLES: Final = (".csv", ".xlsx", ".json", ".ndjson", ".txt")


class RootTable(Table, frozen=True):
    """A division above all that the file has."""

    code: str
    name: str
    level: Level
    english: str = ""


class LevelTable(Table, frozen=True):
    """Where each row of the file says its division of one level; the topmost level comes first."""

    level: Level
    code: Field
    name: Field
    english: Field = ()
    lon: Field = ()
    lat: Field = ()


class DivisionsProfile(Table, frozen=True):
    """What a file of divisions means. Codes are opaque: nothing is read out of their digits."""

    scheme: str
    edition: str
    source: str
    area_level: Level
    levels: tuple[LevelTable, ...]
    root: RootTable | None = None
    encoding: str = ""
    records: str = ""


class Divisions(NamedTuple):
    """What a file came to; `rows`: how many it has, `left_out`: those without a code or name."""

    content: DivisionFile
    regions: Regions | None
    rows: int
    left_out: list[int]


def load_divisions_profile(path: Path) -> DivisionsProfile:
    """OSError or ValueError (msgspec's are) where it is unusable."""
    return msgspec.toml.decode(path.read_bytes(), type=DivisionsProfile)


def divisions(path: Path, profile: DivisionsProfile) -> Divisions:
    """The tree in a file, and its polygons. Raises Unreadable, OSError, ValueError."""
    suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
    table = suffix in TABLES
    rows = _table(path, profile) if table else list(features(path))
    if not rows:
        raise Unreadable("no_records", path.name)
    made, left_out = _Tree(profile), []
    for number, row in enumerate(rows, 1):
        if not made.add(row):
            left_out.append(number)
    regions = None if table else Regions(made.shapes)
    return Divisions(made.content(), regions, len(rows), left_out)


def _table(path: Path, profile: DivisionsProfile) -> list[dict[str, Any]]:
    found = read(path, profile.encoding or None, profile.records)
    return [raw.record for raw in found.rows if raw.record is not None]


class _Tree:
    """Divisions as rows of the file tell of them, each once."""

    def __init__(self, profile: DivisionsProfile) -> None:
        self._profile = profile
        self._rows: dict[str, DivisionRow] = {}
        self._parts: dict[str, list[Any]] = {}  # polygons of what lies in each
        self.shapes: list[tuple[str, Any]] = []
        root = profile.root
        if root is not None:
            english = root.english or root.name
            self._rows[root.code] = DivisionRow(
                root.code, root.name, english, root.level, None, None, None
            )

    def add(self, row: dict[str, Any]) -> bool:
        """Take in a row's divisions, from the top; whether it named one at all."""
        root, shape = self._profile.root, row.get("geometry")
        above = None if root is None else root.code
        path = [] if above is None else [above]
        for level in self._profile.levels:
            code, name = text_of(value_at(row, level.code)), text_of(value_at(row, level.name))
            if not code or not name:
                break
            if code not in self._rows:
                self._rows[code] = _division(row, level, above)
            above = code
            path.append(code)
        if len(path) == (root is not None):
            return False
        if shape is not None and not shape.is_empty:
            self.shapes.append((path[-1], shape))
            for code in path:
                self._parts.setdefault(code, []).append(shape)
        return True

    def content(self) -> DivisionFile:
        """The file, with a seat for each that has polygons or a point of its own."""
        profile = self._profile
        seated = self._seated(self._rows.values())
        about = (profile.scheme, profile.edition, profile.source, profile.area_level)
        return DivisionFile(*about, tuple(seated))

    def _seated(self, rows: Iterable[DivisionRow]) -> Iterable[DivisionRow]:
        for row in rows:
            lon, lat = row.lon, row.lat
            if lon is None and row.code in self._parts:
                lon, lat = seat_of(self._parts[row.code])
            elif lon is None and row.parent is None:
                lon, lat = self._middle()
            yield msgspec.structs.replace(row, lon=lon, lat=lat)

    def _middle(self) -> tuple[int | None, int | None]:
        """A root's seat, where nothing tells it: that of the first below it which has one."""
        seats = [(row.lon, row.lat) for row in self._rows.values() if row.lon is not None]
        return sorted(seats)[len(seats) // 2] if seats else (None, None)


def _division(row: dict[str, Any], level: LevelTable, above: str | None) -> DivisionRow:
    name = text_of(value_at(row, level.name))
    english = text_of(value_at(row, level.english)) or name
    lon, lat = number_of(value_at(row, level.lon)), number_of(value_at(row, level.lat))
    seat = (None, None) if lon is None or lat is None else (round(lon * SCALE), round(lat * SCALE))
    code = text_of(value_at(row, level.code))
    return DivisionRow(code, name, english, level.level, above, *seat)
