"""Borders of townships for a map on a screen: few corners, whole numbers, neighbors without gaps.

For eyes alone: whether a point lies in a township is asked of `Regions`, never of these.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec
import numpy
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.regions import Regions

SCALE = 100_000  # 1e-5 degree, about a meter
FINEST = 0.0002  # degrees that a border may be off, about 20 m
CORNERS = 12_000  # of all borders together: more is slow to load, and no eye sees it


class Outline(msgspec.Struct, frozen=True):
    """A township's rings, outer and inner alike: lon, lat of the first corner in 1e-5 degree, then
    how much farther each next one is."""

    code: str
    rings: tuple[tuple[int, ...], ...]


def outlines(regions: Regions, codes: Collection[str]) -> tuple[Outline, ...]:
    """The borders of these townships, ordered; those without a polygon are left out."""
    wanted = [(code, shape) for code, shape in regions.shapes() if code in codes]
    rings: dict[str, list[tuple[int, ...]]] = {code: [] for code in sorted(dict(wanted))}
    simple = _simplified([shape for _, shape in wanted])
    for (code, _), shape in zip(wanted, simple, strict=True):
        rings[code] += [_steps(ring) for ring in _rings(shape)]
    return tuple(Outline(code, tuple(found)) for code, found in rings.items())


def _simplified(shapes: list[BaseGeometry]) -> list[BaseGeometry]:
    """All with as many corners as a screen needs; borders that were shared stay shared."""
    tolerance, simple = FINEST, shapes
    while int(shapely.get_num_coordinates(simple).sum()) > CORNERS and tolerance < 1:
        simple = list(shapely.coverage_simplify(shapes, tolerance))
        tolerance *= 2
    return simple


def _rings(shape: BaseGeometry) -> list[NDArray[numpy.float64]]:
    parts = shapely.get_parts(shape)
    rings = shapely.get_rings(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])
    return [shapely.get_coordinates(ring) for ring in rings]


def _steps(ring: NDArray[numpy.float64]) -> tuple[int, ...]:
    """Without the last corner, which is the first one again."""
    whole = numpy.rint(ring[:-1] * SCALE).astype(int)
    steps = numpy.diff(whole, axis=0, prepend=numpy.zeros((1, 2), int))
    return tuple(map(int, steps.ravel()))
