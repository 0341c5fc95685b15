"""Datums that web maps of China shift by: GCJ-02 and BD-09, and the way back.

The shift is not official; undone by iteration it is exact to a centimeter, there and back.
"""

from __future__ import annotations

from collections.abc import Callable
from math import atan2, cos, pi, radians, sin, sqrt
from typing import Final

Point = tuple[float, float]  # lon, lat in degrees

_AXIS: Final = 6_378_245.0  # of the ellipsoid of Krasovsky
_ECCENTRICITY: Final = 0.00669342162296594323  # its first, squared
_TURN: Final = pi * 3000.0 / 180.0
_ROUNDS: Final = 30
_EXACT: Final = 1e-10  # degrees


def gcj_of_wgs(point: Point) -> Point:
    """WGS-84 as GCJ-02 has it; outside China nothing is shifted."""
    lon, lat = point
    if not (72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271):
        return point
    east, north = _wave_east(lon - 105.0, lat - 35.0), _wave_north(lon - 105.0, lat - 35.0)
    bend = 1 - _ECCENTRICITY * sin(radians(lat)) ** 2
    meridian = _AXIS * (1 - _ECCENTRICITY) / (bend * sqrt(bend))
    parallel = _AXIS / sqrt(bend) * cos(radians(lat))
    return lon + east * 180.0 / (parallel * pi), lat + north * 180.0 / (meridian * pi)


def _wave_north(x: float, y: float) -> float:
    flat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    return (
        flat
        + (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
        + (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
        + (160.0 * sin(y / 12.0 * pi) + 320 * sin(y * pi / 30.0)) * 2.0 / 3.0
    )


def _wave_east(x: float, y: float) -> float:
    flat = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    return (
        flat
        + (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
        + (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
        + (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    )


def bd_of_wgs(point: Point) -> Point:
    """WGS-84 as BD-09 has it."""
    x, y = gcj_of_wgs(point)
    far, angle = sqrt(x * x + y * y) + 0.00002 * sin(y * _TURN), atan2(y, x)
    angle += 0.000003 * cos(x * _TURN)
    return far * cos(angle) + 0.0065, far * sin(angle) + 0.006


def wgs_of_gcj(point: Point) -> Point:
    """GCJ-02 back to WGS-84."""
    return _undone(point, gcj_of_wgs)


def wgs_of_bd(point: Point) -> Point:
    """BD-09 back to WGS-84."""
    return _undone(point, bd_of_wgs)


def _undone(point: Point, shift: Callable[[Point], Point]) -> Point:
    """The point that is shifted to this one, nearer at each round."""
    lon, lat = point
    for _ in range(_ROUNDS):
        there = shift((lon, lat))
        off = point[0] - there[0], point[1] - there[1]
        lon, lat = lon + off[0], lat + off[1]
        if max(map(abs, off)) < _EXACT:
            break
    return lon, lat
