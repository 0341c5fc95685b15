"""Borders for maps: few corners, and neighbors that still touch."""

from __future__ import annotations

import math

import shapely

from geo.outlines import CORNERS, SCALE, outlines
from geo.regions import Regions


def walked(steps: tuple[int, ...]) -> list[tuple[int, int]]:
    """The corners of a ring, from its steps."""
    lon, lat, found = 0, 0, []
    for along, up in zip(steps[::2], steps[1::2], strict=True):
        lon, lat = lon + along, lat + up
        found.append((lon, lat))
    return found


def test_a_border_is_told_by_its_first_corner_and_steps_from_there() -> None:
    [found] = outlines(Regions([("a", shapely.box(120, 28, 121, 29))]), ("a",))
    assert found.code == "a"
    [ring] = found.rings
    wanted = {(lon * SCALE, lat * SCALE) for lon in (120, 121) for lat in (28, 29)}
    assert set(walked(ring)) == wanted
    assert len(walked(ring)) == len(wanted), "the first corner is not said twice"


def test_only_what_is_asked_for_is_told_islands_and_holes_too() -> None:
    ring = shapely.box(0, 0, 3, 3).difference(shapely.box(1, 1, 2, 2))
    shapes = [("b", ring), ("a", shapely.box(9, 9, 10, 10)), ("b", shapely.box(5, 5, 6, 6))]
    found = outlines(Regions(shapes), ("b", "c"))
    assert [(one.code, len(one.rings)) for one in found] == [("b", 3)]
    assert outlines(Regions(shapes), ()) == ()


def test_many_corners_become_few_and_neighbors_keep_one_border() -> None:
    wave = [(1 + math.sin(step / 9) / 50, step / 20_000) for step in range(20_001)]
    left = shapely.Polygon([(0, 0), *wave, (0, 1)])
    right = shapely.Polygon([(2, 0), *wave, (2, 1)])
    one, other = outlines(Regions([("a", left), ("b", right)]), ("a", "b"))
    corners = [set(walked(found.rings[0])) for found in (one, other)]
    assert sum(map(len, corners)) <= CORNERS
    border = {(lon, lat) for lon, lat in corners[0] if lon}
    assert len(border) > 100
    assert border <= corners[1]
