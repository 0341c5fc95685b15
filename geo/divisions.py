"""The division tree: provinces down to villages, their names, their seats, who lies in whom.

Read from one canonical JSON file, so its SHA-256 says exactly which tree a log was written with.
Scope is always "inside this subtree"; the digits of a code mean nothing here (Longgang, 330383,
has no township tier, and successors keep no prefix).
"""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from math import isqrt
from pathlib import Path

import msgspec

from geo.distance import ecef_centimeters
from schemas.values import Datum, Degrees7, DivisionCode, Place, PlaceKind

SCALE = 10_000_000  # of a degree
METERS_A_DEGREE = 111_000
Bounds = tuple[int, int, int, int]  # lon min, lat min, lon max, lat max, in 1e-7 degree


class Level(StrEnum):
    """Tiers from the top; a branch may leave some out."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


_RANK = {level: rank for rank, level in enumerate(Level)}
_FOLD = str.maketrans({"臺": "台"})  # both are in use for one name


class DivisionRow(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One division in the file. `lon` and `lat` are None where no own seat is known."""

    code: str
    name: str
    english: str
    level: Level
    parent: str | None
    lon: Degrees7 | None
    lat: Degrees7 | None


class DivisionFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file; its canonical bytes are its encoding with the rows ordered by code."""

    scheme: str
    edition: str
    source: str
    area_level: Level
    divisions: tuple[DivisionRow, ...]

    def canonical(self) -> bytes:
        """Compact JSON in UTF-8, no final newline: what is shipped and what is hashed."""
        rows = tuple(sorted(self.divisions, key=lambda row: row.code))
        return msgspec.json.encode(msgspec.structs.replace(self, divisions=rows))


class Division(msgspec.Struct, frozen=True, gc=False):
    """One node. `approximate`: no own seat is known, `lon` and `lat` are an ancestor's."""

    code: DivisionCode
    name: str
    english: str
    level: Level
    parent: DivisionCode | None
    lon: int
    lat: int
    approximate: bool


def fold_name(text: str) -> str:
    """Fold what does not tell two names apart: case, outer spaces, 臺 and 台."""
    return text.strip().casefold().translate(_FOLD)


class DivisionTree:
    """All divisions of one edition. Immutable once built."""

    def __init__(self, content: DivisionFile) -> None:
        """Build from a file's content; ValueError where it is not a tree with seats."""
        self.scheme = content.scheme
        self.edition = content.edition
        self.source = content.source
        self.area_level = content.area_level
        self.sha256 = sha256(content.canonical()).hexdigest()
        self._nodes: dict[str, Division] = {}
        self._ancestors: dict[str, tuple[str, ...]] = {}
        self._children: dict[str, tuple[str, ...]] = {}
        self._bounds: dict[str, Bounds] = {}
        self._townships: dict[str, int] = {}  # how many, at and below a division
        self._by_names: dict[tuple[str, str], str | None] = {}
        self._words: dict[str, tuple[str, ...]] = {}  # folded, for the search box
        for row in sorted(content.divisions, key=lambda row: (_RANK[row.level], row.code)):
            self._add(row)
        self._children = {code: tuple(sorted(below)) for code, below in self._children.items()}

    @classmethod
    def load(cls, path: Path) -> DivisionTree:
        """Read a divisions file; OSError or ValueError (msgspec's are) where it is unusable."""
        return cls(msgspec.json.decode(path.read_bytes(), type=DivisionFile))

    def _add(self, row: DivisionRow) -> None:
        if row.code in self._nodes:
            raise ValueError(f"division {row.code} is listed twice")
        above = self._parent_of(row)
        node = _settled(row, above)
        self._nodes[row.code] = node
        self._words[row.code] = (row.code, fold_name(row.name), fold_name(row.english))
        self._ancestors[row.code] = (row.code, *(self._ancestors[above.code] if above else ()))
        if above:
            self._children[above.code] = (*self._children.get(above.code, ()), row.code)
            key = (fold_name(above.name), fold_name(row.name))
            self._by_names[key] = None if key in self._by_names else row.code
        for code in self._ancestors[row.code]:
            self._bounds[code] = _widened(self._bounds.get(code), node.lon, node.lat)
            if node.level is Level.TOWNSHIP:
                self._townships[code] = self._townships.get(code, 0) + 1

    def _parent_of(self, row: DivisionRow) -> Division | None:
        if row.parent is None:
            return None
        above = self._nodes.get(row.parent)
        if above is None or _RANK[above.level] >= _RANK[row.level]:
            raise ValueError(f"division {row.code} has no parent above its level")
        return above

    def __len__(self) -> int:
        return len(self._nodes)

    def get(self, code: str) -> Division | None:
        """The division, or None where the code is not in this edition."""
        return self._nodes.get(code)

    def codes(self, level: Level) -> tuple[str, ...]:
        """All codes of one level, ordered."""
        return tuple(sorted(c for c, node in self._nodes.items() if node.level is level))

    def contains(self, ancestor: str, code: str) -> bool:
        """Whether `code` is `ancestor` or lies below it; False for unknown codes."""
        return ancestor in self._ancestors.get(code, ())

    def ancestors(self, code: str) -> tuple[str, ...]:
        """The code itself, its parent, and so on to the root; empty for unknown codes."""
        return self._ancestors.get(code, ())

    def parents(self) -> dict[str, str | None]:
        """The parent of every code, None for a root: the tree as plain data."""
        return {code: next(iter(above[1:]), None) for code, above in self._ancestors.items()}

    def children(self, code: str) -> tuple[str, ...]:
        """Codes directly below, ordered; empty for leaves and unknown codes."""
        return self._children.get(code, ())

    def below(self, code: str) -> tuple[str, ...]:
        """The code itself and all below it, each parent before its children; empty if unknown."""
        found, waiting = [], [code] if code in self._nodes else []
        while waiting:
            found.append(waiting.pop())
            waiting.extend(reversed(self.children(found[-1])))
        return tuple(found)

    def area_of(self, code: str) -> str:
        """The command area that a division belongs to.

        LookupError for unknown codes and for divisions above every command area.
        """
        for ancestor in self.ancestors(code):
            if self._nodes[ancestor].level is self.area_level:
                return ancestor
        raise LookupError(f"no {self.area_level} at or above division {code!r}")

    def seat(self, code: str) -> Place:
        """Where a division is when nothing better is known; KeyError for unknown codes."""
        node = self._nodes[code]
        x, y, z = ecef_centimeters(node.lon, node.lat)
        return Place(
            kind=PlaceKind.DIVISION,
            division=node.code,
            crs=Datum.WGS84,
            lon=node.lon,
            lat=node.lat,
            x=x,
            y=y,
            z=z,
            approximate=node.approximate,
        )

    def bounds(self, code: str) -> Bounds:
        """The box of the seats of a division and all below it; KeyError for unknown codes."""
        return self._bounds[code]

    def spacing(self, code: str) -> int:
        """How far apart the townships of a division lie, roughly, in meters; 0 where it has none.

        As if they were spread evenly over the box of its seats. KeyError for unknown codes.
        """
        west, south, east, north = self._bounds[code]
        number = self._townships.get(code, 0)
        box = (east - west) * (north - south) * METERS_A_DEGREE**2 // SCALE**2
        return isqrt(box // number) if number else 0

    def find(self, above: str, name: str) -> Division | None:
        """The division by its parent's name and its own; None if unknown or ambiguous."""
        code = self._by_names.get((fold_name(above), fold_name(name)))
        return self._nodes[code] if code else None

    def search(self, text: str, limit: int = 20) -> tuple[Division, ...]:
        """Divisions for a search box, best first.

        The last word must occur in a division's code or names, every other word in its own or
        its ancestors' ("永嘉 桥头"). Whole names come before beginnings before the rest.
        """
        words = fold_name(text).split()
        if not words:
            return ()
        hits = [(_fit(names, words[-1]), code) for code, names in self._words.items()]
        kept = [(fit, code) for fit, code in hits if fit < 3 and self._under(code, words[:-1])]
        kept.sort(key=lambda hit: (hit[0], _RANK[self._nodes[hit[1]].level], hit[1]))
        return tuple(self._nodes[code] for _, code in kept[:limit])

    def _under(self, code: str, words: list[str]) -> bool:
        path = [self._words[above] for above in self._ancestors[code]]
        return all(any(_fit(names, word) < 3 for names in path) for word in words)


def _settled(row: DivisionRow, above: Division | None) -> Division:
    """Give a row a seat: its own, or its parent's, marked."""
    if row.lon is not None and row.lat is not None:
        lon, lat, approximate = row.lon, row.lat, False
    elif above is not None:
        lon, lat, approximate = above.lon, above.lat, True
    else:
        raise ValueError(f"division {row.code} is a root without a seat")
    parent = above.code if above else None
    code = DivisionCode(row.code)
    return Division(code, row.name, row.english, row.level, parent, lon, lat, approximate)


def _widened(box: Bounds | None, lon: int, lat: int) -> Bounds:
    if box is None:
        return lon, lat, lon, lat
    return min(box[0], lon), min(box[1], lat), max(box[2], lon), max(box[3], lat)


def _fit(names: tuple[str, ...], word: str) -> int:
    """0 whole, 1 beginning, 2 anywhere, 3 not at all."""
    if word in names:
        return 0
    if any(name.startswith(word) for name in names):
        return 1
    return 2 if any(word in name for name in names) else 3
