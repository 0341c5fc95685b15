"""Places: what is taken, and the reason where it is not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.distance import ecef_centimeters
from geo.divisions import DivisionFile, DivisionRow, DivisionTree, Level
from geo.places import (
    Degrees,
    PlaceProblem,
    degrees7,
    place_at,
    place_of_division,
    place_of_shape,
)
from geo.regions import Regions
from schemas.values import Datum, Place, PlaceKind

TREE = DivisionTree.load(Path(__file__).parents[2] / "geo" / "data" / "zhejiang-2023.json")
WENZHOU, QIAOTOU, QIAOXIA, LONGGANG = "3303", "330324102", "330324104", "330383"
MAPPED = Regions(
    [
        (QIAOTOU, shapely.box(120.4, 28.1, 120.5, 28.2)),
        (QIAOXIA, shapely.box(120.5, 28.1, 120.6, 28.2)),
    ]
)
SQUARE = [("120.41", "28.11"), ("120.42", "28.11"), ("120.42", "28.12"), ("120.41", "28.12")]


def at(
    lon: Degrees,
    lat: Degrees,
    crs: str = "WGS-84",
    division: str = QIAOTOU,
    regions: Regions | None = None,
) -> Place | PlaceProblem:
    return place_at(lon, lat, crs, TREE, WENZHOU, division, regions)


def of_ring(
    ring: Sequence[tuple[Degrees, Degrees]], regions: Regions | None = None
) -> Place | PlaceProblem:
    return place_of_shape(ring, "WGS-84", TREE, WENZHOU, QIAOTOU, regions)


def test_a_point_becomes_integers_once() -> None:
    place = at("120.4737212", 28.1703)
    assert isinstance(place, Place)
    assert (place.kind, place.division, place.crs) == (PlaceKind.POINT, QIAOTOU, Datum.WGS84)
    assert (place.lon, place.lat) == (1_204_737_212, 281_703_000)
    assert (place.x, place.y, place.z) == ecef_centimeters(place.lon, place.lat)
    assert not place.approximate
    assert place.shape == ()


@pytest.mark.parametrize(
    ("crs", "datum"),
    [
        ("WGS-84", Datum.WGS84),
        ("wgs84", Datum.WGS84),
        ("CGCS2000", Datum.CGCS2000),
        ("cgcs-2000", Datum.CGCS2000),
    ],
)
def test_both_datums_are_taken_by_their_usual_names(crs: str, datum: Datum) -> None:
    place = at(120.47, 28.17, crs)
    assert isinstance(place, Place)
    assert place.crs is datum


@pytest.mark.parametrize("crs", ["GCJ-02", "GCJ02", "BD-09", "EPSG:4549", "Xian80", ""])
def test_shifted_and_projected_systems_are_refused(crs: str) -> None:
    assert at(120.47, 28.17, crs) is PlaceProblem.CRS_UNSUPPORTED
    ring = place_of_shape(SQUARE, crs, TREE, WENZHOU, QIAOTOU)
    assert ring is PlaceProblem.CRS_UNSUPPORTED


@pytest.mark.parametrize(
    ("lon", "lat", "problem"),
    [
        (28.17, 120.47, PlaceProblem.LAT_LON_SWAPPED),
        ("28.17", "120.47", PlaceProblem.LAT_LON_SWAPPED),
        (120.47, 91, PlaceProblem.OUT_OF_RANGE),
        (181, 28.17, PlaceProblem.OUT_OF_RANGE),
        (-180.0000001, 28.17, PlaceProblem.OUT_OF_RANGE),
        (40_000_000.5, 3_100_000.5, PlaceProblem.OUT_OF_RANGE),
        ("120°28'", "28°10'", PlaceProblem.OUT_OF_RANGE),
        ("", "28.17", PlaceProblem.OUT_OF_RANGE),
        ("nan", "28.17", PlaceProblem.OUT_OF_RANGE),
        (0, 0.0, PlaceProblem.NULL_ISLAND),
        ("0.00000001", "-0", PlaceProblem.NULL_ISLAND),
        (180, 28.17, PlaceProblem.OUTSIDE_AREA),
        (120.47, 90, PlaceProblem.OUTSIDE_AREA),
        (120.15, 30.27, PlaceProblem.OUTSIDE_AREA),
        (139.69, 35.68, PlaceProblem.OUTSIDE_AREA),
        (120, 28, PlaceProblem.TOO_COARSE),
        ("121.0", "28.00", PlaceProblem.TOO_COARSE),
    ],
)
def test_doubtful_points_are_refused_with_their_reason(
    lon: Degrees, lat: Degrees, problem: PlaceProblem
) -> None:
    assert at(lon, lat) is problem


def test_one_whole_degree_is_fine() -> None:
    assert isinstance(at(120.47, 28), Place)


def test_the_area_ends_half_a_degree_beyond_its_outermost_seats() -> None:
    west, south, _, _ = TREE.bounds(WENZHOU)
    edge = str((west - 5_000_000) / 1e7), str((south - 5_000_000) / 1e7)
    assert isinstance(at(*edge, division=WENZHOU), Place)
    beyond = str((west - 5_000_001) / 1e7), edge[1]
    assert at(*beyond) is PlaceProblem.OUTSIDE_AREA


def test_the_division_must_be_known_and_in_the_area() -> None:
    assert at(120.47, 28.17, division="330399") is PlaceProblem.DIVISION_UNKNOWN
    assert at(120.47, 28.17, division="330102") is PlaceProblem.DIVISION_OUTSIDE_AREA
    assert at(120.47, 28.17, division="33") is PlaceProblem.DIVISION_OUTSIDE_AREA
    assert isinstance(at(120.47, 28.17, division=WENZHOU), Place)


def test_a_point_known_to_be_in_the_next_township_is_refused() -> None:
    assert at(120.55, 28.15, regions=MAPPED) is PlaceProblem.OUTSIDE_TOWNSHIP
    assert isinstance(at(120.45, 28.15, regions=MAPPED), Place)


def test_borders_and_unmapped_ground_are_not_refused() -> None:
    assert isinstance(at(120.5, 28.15, regions=MAPPED), Place)
    assert isinstance(at(120.5, 28.15, division=QIAOXIA, regions=MAPPED), Place)
    assert isinstance(at(120.7, 28.15, regions=MAPPED), Place)
    assert isinstance(at(120.55, 28.15, division=LONGGANG, regions=MAPPED), Place)


def test_a_point_far_from_the_township_s_seat_is_refused_without_any_polygons() -> None:
    """One wrong digit sends people to the coast; the next valley stays the author's to choose."""
    assert at(121.4736, 28.17) is PlaceProblem.OUTSIDE_TOWNSHIP
    assert at(121.4736, 28.17, regions=Regions([])) is PlaceProblem.OUTSIDE_TOWNSHIP
    assert isinstance(at(120.9, 28.17), Place)
    assert isinstance(at(121.4736, 28.17, division=WENZHOU), Place)


def test_where_townships_lie_far_apart_far_is_farther() -> None:
    """A township of the steppe is not measured by one of the coast; one whose seat is unknown, or
    which has no others beside it, is not measured at all."""
    rows = [DivisionRow("a", "甲州", "A", Level.PREFECTURE, None, 900_000_000, 400_000_000)]
    for n in range(4):
        where = 900_000_000 + n % 2 * 20_000_000, 400_000_000 + n // 2 * 20_000_000
        rows.append(DivisionRow(f"a{n}", f"乡{n}", f"T{n}", Level.TOWNSHIP, "a", *where))
    rows.append(DivisionRow("a4", "未知乡", "Unknown", Level.TOWNSHIP, "a", None, None))
    tree = DivisionTree(DivisionFile("test", "1", "test", Level.PREFECTURE, tuple(rows)))
    for township in ("a0", "a4"):
        assert isinstance(place_at(91.7, 41.2, "WGS-84", tree, "a", township), Place)


def test_a_whole_division_is_its_seat_marked_approximate() -> None:
    place = place_of_division(QIAOTOU, TREE, WENZHOU)
    seat = TREE.seat(QIAOTOU)
    assert isinstance(place, Place)
    assert place.approximate
    assert not seat.approximate
    assert (place.kind, place.lon, place.lat) == (PlaceKind.DIVISION, seat.lon, seat.lat)
    assert isinstance(place_of_division(LONGGANG, TREE, WENZHOU), Place)
    assert place_of_division("x", TREE, WENZHOU) is PlaceProblem.DIVISION_UNKNOWN
    outside = place_of_division("330102", TREE, WENZHOU)
    assert outside is PlaceProblem.DIVISION_OUTSIDE_AREA


@pytest.mark.parametrize("ring", [SQUARE, [*SQUARE, SQUARE[0]], SQUARE[::-1]])
def test_a_ring_open_closed_or_turned_round_is_stored_closed_and_counterclockwise(
    ring: list[tuple[Degrees, Degrees]],
) -> None:
    place = of_ring(ring)
    assert isinstance(place, Place)
    assert place.kind is PlaceKind.SHAPE
    vertices = list(zip(place.shape[::2], place.shape[1::2], strict=True))
    assert len(vertices) == 5
    assert vertices[0] == vertices[-1]
    stored = shapely.Polygon(vertices)
    assert stored.exterior.is_ccw
    assert stored.contains(shapely.Point(place.lon, place.lat))


BOW_TIE = [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]]
LINE = [("120.41", "28.11"), ("120.42", "28.12"), ("120.43", "28.13")]
CIRCLE = [
    (120.45 + math.cos(n * math.tau / 1001) / 100, 28.15 + math.sin(n * math.tau / 1001) / 100)
    for n in range(1001)
]


@pytest.mark.parametrize(
    "ring",
    [[], SQUARE[:2], [SQUARE[0], SQUARE[1], SQUARE[0]], BOW_TIE, LINE, CIRCLE, CIRCLE * 2],
    ids=["empty", "two", "there and back", "bow tie", "line", "1,001", "2,002"],
)
def test_what_is_no_area_is_refused(ring: list[tuple[Degrees, Degrees]]) -> None:
    assert of_ring(ring) is PlaceProblem.SHAPE_INVALID


def test_a_thousand_vertices_are_taken_also_closed() -> None:
    ring = CIRCLE[:1000]
    assert isinstance(of_ring(ring), Place)
    assert isinstance(of_ring([*ring, ring[0]]), Place)


def test_every_vertex_is_checked_like_a_point() -> None:
    swapped = [(lat, lon) for lon, lat in SQUARE]
    assert of_ring(swapped) is PlaceProblem.LAT_LON_SWAPPED
    assert of_ring([*SQUARE, (0, 0)]) is PlaceProblem.NULL_ISLAND
    assert of_ring([(120, 28), (121, 27), (121, 28)]) is PlaceProblem.TOO_COARSE


def test_a_shape_may_reach_over_the_border_but_its_point_may_not() -> None:
    across = [(120.41, 28.11), (120.51, 28.11), (120.51, 28.12), (120.41, 28.12)]
    beyond = [(120.51, 28.11), (120.59, 28.11), (120.59, 28.12), (120.51, 28.12)]
    assert isinstance(of_ring(across, MAPPED), Place)
    assert of_ring(beyond, MAPPED) is PlaceProblem.OUTSIDE_TOWNSHIP


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0.00000005", 0),
        ("0.00000015", 2),
        ("-0.00000005", 0),
        ("-0.00000025", -2),
        ("120.123456750000000000000001", 1_201_234_568),
        ("+7.", 70_000_000),
        (0.1, 1_000_000),
        (1e-7, 1),
        (120, 1_200_000_000),
        ("1e2", None),
        ("1/3", None),
        ("１２０", None),
        ("1_0", None),
        ("inf", None),
    ],
)
def test_degrees_round_half_to_even_and_take_only_plain_decimals(
    value: Degrees, expected: int | None
) -> None:
    assert degrees7(value) == expected


@given(st.decimals(-400, 400, places=12))
def test_degrees_agree_with_decimal_arithmetic(value: Decimal) -> None:
    shifted = value.scaleb(7, Context(prec=60))
    assert degrees7(f"{value:f}") == int(shifted.to_integral_value(ROUND_HALF_EVEN))


@given(st.integers(-1_800_000_000, 1_800_000_000))
def test_degrees_survive_a_trip_through_floats(value: int) -> None:
    assert degrees7(value / 1e7) == value


def test_nothing_that_is_not_finite_gets_here() -> None:
    with pytest.raises(AssertionError):
        at(math.inf, 28.17)
