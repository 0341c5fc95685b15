"""Distance: golden values from pyproj 3.7.2 (Geod and EPSG:4978, GRS80), and exactness."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.distance import ecef_centimeters, meters, square_within, squared


class At(NamedTuple):
    x: int
    y: int
    z: int


def at(lon7: int, lat7: int) -> At:
    return At(*ecef_centimeters(lon7, lat7))


GEODESICS = [  # lon, lat, lon, lat in 1e-7 degree; centimeters along the geodesic
    (1208784773, 286019042, 1208782810, 286019548, 2000),
    (1222525362, 285850973, 1222520569, 285858943, 10000),
    (1183247225, 261440416, 1183229802, 261482718, 50000),
    (1209905906, 300180144, 1209973581, 300248477, 99999),
    (1202169969, 241944982, 1202116529, 241771195, 200000),
    (1206679471, 221167163, 1207153555, 221260800, 500000),
    (1194017742, 301554738, 1193191302, 301625666, 800000),
    (1188862981, 290946082, 1189807288, 291642304, 1200000),
    (1208550458, 231276232, 1208572263, 233082036, 1999999),
    (1219470404, 238641618, 1222347955, 239221806, 3000000),
    (1224244108, 297644291, 1228251033, 296756079, 4000000),
    (1223343554, 267990889, 1218921044, 266046638, 4900001),
    (1190805519, 303746864, 1184039617, 301428543, 7000000),
    (1223562265, 299543009, 1232429228, 297063065, 9000000),
    (1197531167, 234770089, 1206891189, 241344722, 12000000),
    (1184801008, 246820960, 1175932329, 235996215, 15000000),
    (1182145474, 280336148, 1197608058, 271727518, 18000000),
    (1195328191, 292848109, 1197758385, 275021054, 19900000),
    (1800000000, 0, -1800000000, 0, 0),
    (0, 900000000, 1230000000, 900000000, 0),
    (1799999000, -165000000, -1799999000, -165000000, 2135),
    (-701234567, -334567890, -701000000, -335000000, 526525),
]

CENTERED = [  # lon, lat; x, y, z in centimeters
    (1206882000, 281554100, -287214171.14, 483950807.82, 299170098.66),
    (0, 0, 637813700.0, 0.0, 0.0),
    (900000000, 0, 0.0, 637813700.0, 0.0),
    (1800000000, 0, -637813700.0, 0.0, 0.0),
    (0, 900000000, 0.0, 0.0, 635675231.42),
    (0, -900000000, 0.0, 0.0, -635675231.42),
    (-701234567, -334567890, 181105360.83, -500938714.66, -349633675.83),
    (1214500000, 250330000, -301702766.89, 493299943.09, 268238703.81),
]

longitudes = st.integers(-1_800_000_000, 1_800_000_000)
latitudes = st.integers(-900_000_000, 900_000_000)
places = st.builds(at, longitudes, latitudes)


@pytest.mark.parametrize(("lon", "lat", "lon2", "lat2", "centimeters"), GEODESICS)
def test_meters_follow_the_geodesic(
    lon: int, lat: int, lon2: int, lat2: int, centimeters: int
) -> None:
    found = meters(squared(at(lon, lat), at(lon2, lat2)))
    allowed = 52 if centimeters < 5_000_000 else 60  # half a meter is rounding
    assert abs(found * 100 - centimeters) <= allowed


@pytest.mark.parametrize(("lon", "lat", "x", "y", "z"), CENTERED)
def test_centimeters_are_the_reference_rounded(
    lon: int, lat: int, x: float, y: float, z: float
) -> None:
    for ours, theirs in zip(ecef_centimeters(lon, lat), (x, y, z), strict=True):
        assert isinstance(ours, int)
        assert abs(ours - theirs) <= 0.52


def test_meters_stay_within_eight_meters_at_990_kilometers() -> None:
    found = meters(squared(at(1184451040, 306783861), at(1200866189, 394998066)))
    assert abs(found - 990_000) <= 8


@given(places, places)
def test_squared_is_exact_symmetric_and_fits_64_bits(a: At, b: At) -> None:
    assert squared(a, b) == squared(b, a) == (a.x - b.x) ** 2 + (a.y - b.y) ** 2 + (a.z - b.z) ** 2
    assert isinstance(squared(a, b), int)
    assert 0 <= squared(a, b) < 2**63


@given(st.integers(0, 4 * 10**14), st.integers(0, 10**12))
def test_meters_never_fall_when_the_square_grows(square: int, more: int) -> None:
    assert meters(square) <= meters(square + more)


@given(longitudes, latitudes)
def test_a_whole_turn_changes_nothing(lon: int, lat: int) -> None:
    assert ecef_centimeters(lon, lat) == ecef_centimeters(lon + 3_600_000_000, lat)


@pytest.mark.parametrize("most", [0, 1, 30_000, 150_000, 20_000_000])
def test_a_reach_ends_at_the_last_square_whose_meters_are_within(most: int) -> None:
    assert meters(square_within(most)) <= most < meters(square_within(most) + 1)
