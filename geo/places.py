"""From what somebody typed, clicked or imported to a `Place`, or to the reason why not.

A wrong place sends people to the wrong valley, so a doubtful one is refused with its reason and
never mended here. GCJ-02 and BD-09 are refused by name: they lie some 500 m off, enough to cross
a river, and their inverse is not official.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import msgspec
import shapely

from geo.distance import ecef_centimeters
from geo.divisions import DivisionTree, Level
from geo.regions import Regions
from schemas.values import Datum, Place, PlaceKind

Degrees = str | float  # as it came in; text where no digit may be lost
Point7 = tuple[int, int]  # lon, lat in 1e-7 degree

SCALE = 10_000_000
MARGIN = 5_000_000  # 0.5 degree around the seats of a command area
MOST_LONGITUDE = 180 * SCALE
MOST_LATITUDE = 90 * SCALE
MOST_VERTICES = 1_000
FAR_METERS = 60_000  # from a seat: the widest township of Zhejiang ends at less than half of it
FAR_SPACINGS = 4  # and where townships lie farther apart, so many times as far

_DATUMS = {"WGS84": Datum.WGS84, "CGCS2000": Datum.CGCS2000}
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{0,30})?")


class PlaceProblem(StrEnum):
    """Why something is not taken for a place; codes are stable."""

    CRS_UNSUPPORTED = "crs_unsupported"
    OUT_OF_RANGE = "out_of_range"
    LAT_LON_SWAPPED = "lat_lon_swapped"
    NULL_ISLAND = "null_island"
    OUTSIDE_AREA = "outside_area"
    TOO_COARSE = "too_coarse"
    SHAPE_INVALID = "shape_invalid"
    DIVISION_UNKNOWN = "division_unknown"
    DIVISION_OUTSIDE_AREA = "division_outside_area"
    OUTSIDE_TOWNSHIP = "outside_township"


class _DoubtError(Exception):
    """Carries a problem up to the function that was called."""

    def __init__(self, problem: PlaceProblem) -> None:
        self.problem = problem


def place_at(
    lon: Degrees,
    lat: Degrees,
    crs: str,
    tree: DivisionTree,
    area: str,
    division: str,
    regions: Regions | None = None,
) -> Place | PlaceProblem:
    """A point in a division of a command area.

    `lon`, `lat`: degrees as decimal text or as a finite float. `area` is a code of the tree
    (KeyError otherwise); `division` is what the author chose.
    """
    try:
        datum = _datum(crs)
        point = _point(lon, lat, tree, area)
        _refuse_if(_coarse(point), PlaceProblem.TOO_COARSE)
        _check_division(division, tree, area)
        _check_township(point, tree, area, division, regions)
    except _DoubtError as doubt:
        return doubt.problem
    return _place(PlaceKind.POINT, point, datum, tree, division)


def place_of_division(code: str, tree: DivisionTree, area: str) -> Place | PlaceProblem:
    """A whole division: its seat, always marked approximate."""
    try:
        _check_division(code, tree, area)
    except _DoubtError as doubt:
        return doubt.problem
    return msgspec.structs.replace(tree.seat(code), approximate=True)


def place_of_shape(
    ring: Sequence[tuple[Degrees, Degrees]],
    crs: str,
    tree: DivisionTree,
    area: str,
    division: str,
    regions: Regions | None = None,
) -> Place | PlaceProblem:
    """An area on the ground: a ring of (lon, lat), closed or not, at most 1,000 vertices.

    The place's point lies inside; its `shape` is the ring closed and counterclockwise. The shape
    may reach into the next township, its point may not.
    """
    try:
        datum = _datum(crs)
        _refuse_if(len(ring) > MOST_VERTICES + 1, PlaceProblem.SHAPE_INVALID)
        vertices = _opened([_point(lon, lat, tree, area) for lon, lat in ring])
        point, closed = _polygon(vertices)
        _refuse_if(all(map(_coarse, vertices)), PlaceProblem.TOO_COARSE)
        _check_division(division, tree, area)
        _check_township(point, tree, area, division, regions)
    except _DoubtError as doubt:
        return doubt.problem
    shape = tuple(value for vertex in closed for value in vertex)
    return _place(PlaceKind.SHAPE, point, datum, tree, division, shape)


def degrees7(value: Degrees) -> int | None:
    """Degrees as a whole number of 1e-7 degree, half to even, exact; None if no decimal number.

    A float stands for its shortest decimal text, which is what its author wrote.
    """
    if isinstance(value, str):
        text = value.strip()
        return round(Fraction(text) * SCALE) if _DECIMAL.fullmatch(text) else None
    assert math.isfinite(value), "refused at the door"
    return round(Decimal(repr(float(value))).scaleb(7))  # at most 17 digits: exact, and quick


def _refuse_if(wrong: bool, problem: PlaceProblem) -> None:
    if wrong:
        raise _DoubtError(problem)


def _datum(crs: str) -> Datum:
    datum = _DATUMS.get(crs.strip().upper().replace("-", ""))
    if datum is None:
        raise _DoubtError(PlaceProblem.CRS_UNSUPPORTED)
    return datum


def _point(lon: Degrees, lat: Degrees, tree: DivisionTree, area: str) -> Point7:
    """A point on Earth, near the command area."""
    x, y = degrees7(lon), degrees7(lat)
    if x is None or y is None:
        raise _DoubtError(PlaceProblem.OUT_OF_RANGE)
    if _near((x, y), tree, area):
        return x, y
    _refuse_if(x == 0 and y == 0, PlaceProblem.NULL_ISLAND)
    _refuse_if(_near((y, x), tree, area), PlaceProblem.LAT_LON_SWAPPED)
    _refuse_if(abs(x) > MOST_LONGITUDE or abs(y) > MOST_LATITUDE, PlaceProblem.OUT_OF_RANGE)
    raise _DoubtError(PlaceProblem.OUTSIDE_AREA)


def _near(point: Point7, tree: DivisionTree, area: str) -> bool:
    """Whether a point lies in the box of the area's seats, with a margin for the rest of it."""
    west, south, east, north = tree.bounds(area)
    lon, lat = point
    return west - MARGIN <= lon <= east + MARGIN and south - MARGIN <= lat <= north + MARGIN


def _coarse(point: Point7) -> bool:
    """Whole degrees both: some 100 km of doubt, and no real place has such coordinates."""
    return point[0] % SCALE == 0 and point[1] % SCALE == 0


def _check_division(division: str, tree: DivisionTree, area: str) -> None:
    _refuse_if(tree.get(division) is None, PlaceProblem.DIVISION_UNKNOWN)
    _refuse_if(not tree.contains(area, division), PlaceProblem.DIVISION_OUTSIDE_AREA)


def _check_township(
    point: Point7, tree: DivisionTree, area: str, division: str, regions: Regions | None
) -> None:
    """Refuse only what is known to be elsewhere: unmapped ground and borders are fine.

    Without polygons that is what lies farther from the township's seat than any of it can.
    """
    inside = None if regions is None else regions.inside(division, *point)
    if regions is None or inside is None:
        _refuse_if(_far(point, tree, area, division), PlaceProblem.OUTSIDE_TOWNSHIP)
    elif not inside:
        _refuse_if(regions.township_at(*point) is not None, PlaceProblem.OUTSIDE_TOWNSHIP)


def _far(point: Point7, tree: DivisionTree, area: str, division: str) -> bool:
    node = tree.get(division)
    if node is None or node.level is not Level.TOWNSHIP or node.approximate:
        return False
    limit = 100 * max(FAR_METERS, FAR_SPACINGS * tree.spacing(area))
    pairs = zip(ecef_centimeters(*point), ecef_centimeters(node.lon, node.lat), strict=True)
    return sum((one - other) ** 2 for one, other in pairs) > limit**2


def _opened(vertices: list[Point7]) -> list[Point7]:
    """The ring without the repeated first vertex."""
    if len(vertices) > 1 and vertices[0] == vertices[-1]:
        vertices = vertices[:-1]
    _refuse_if(not 3 <= len(vertices) <= MOST_VERTICES, PlaceProblem.SHAPE_INVALID)
    return vertices


def _polygon(vertices: list[Point7]) -> tuple[Point7, list[Point7]]:
    """A point inside, and the ring closed and counterclockwise."""
    polygon = shapely.Polygon(vertices)  # doubles hold these integers exactly
    _refuse_if(not polygon.is_valid, PlaceProblem.SHAPE_INVALID)
    inner = polygon.representative_point()
    point = round(inner.x), round(inner.y)
    _refuse_if(not polygon.contains(shapely.Point(point)), PlaceProblem.SHAPE_INVALID)
    if _doubled_area(vertices) < 0:
        vertices = vertices[:1] + vertices[:0:-1]
    return point, [*vertices, vertices[0]]


def _doubled_area(vertices: list[Point7]) -> int:
    """Twice the signed area (shoelace formula); positive where counterclockwise."""
    after = [*vertices[1:], vertices[0]]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(vertices, after, strict=True))


def _place(
    kind: PlaceKind,
    point: Point7,
    datum: Datum,
    tree: DivisionTree,
    division: str,
    shape: tuple[int, ...] = (),
) -> Place:
    node = tree.get(division)
    assert node is not None
    x, y, z = ecef_centimeters(*point)
    return Place(
        kind=kind,
        division=node.code,
        crs=datum,
        lon=point[0],
        lat=point[1],
        x=x,
        y=y,
        z=z,
        shape=shape,
    )
