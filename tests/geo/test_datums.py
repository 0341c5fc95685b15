"""Web-map datums: known pairs, and the way back to the centimeter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from geo.datums import Point, bd_of_wgs, gcj_of_wgs, wgs_of_bd, wgs_of_gcj

CENTIMETER = 1e-7  # degrees, nearly


def near(one: Point, other: Point, degrees: float = CENTIMETER) -> bool:
    return max(abs(one[0] - other[0]), abs(one[1] - other[1])) < degrees


def test_a_known_point_is_shifted_as_everywhere() -> None:
    tiananmen = (116.3913, 39.9075)
    assert near(gcj_of_wgs(tiananmen), (116.397545, 39.908905), 2e-5)
    assert near(bd_of_wgs(tiananmen), (116.403918, 39.915243), 2e-5)


def test_outside_china_nothing_is_shifted() -> None:
    assert gcj_of_wgs((13.4, 52.5)) == (13.4, 52.5)


@given(st.floats(74, 134), st.floats(4, 53))
def test_there_and_back_is_exact_to_a_centimeter(lon: float, lat: float) -> None:
    point = lon, lat
    assert near(wgs_of_gcj(gcj_of_wgs(point)), point)
    assert near(wgs_of_bd(bd_of_wgs(point)), point)
