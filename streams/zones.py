"""Closed zones: circles and simple polygons, all in integers; what lies inside one.

A ring is looked at in 1e-7 degrees: stretching one axis makes nobody inside or outside.
"""

from __future__ import annotations

from itertools import combinations, pairwise

from geo.distance import squared
from geo.divisions import DivisionTree
from schemas.instruction_values import Zone
from schemas.values import Place, PlaceKind
from streams.parameters import ZONE_CORNERS, ZONE_METERS, ZONE_NEAR, ZONE_SPAN

Point = tuple[int, int]  # lon, lat
Edge = tuple[Point, Point]


def sound(zone: Zone) -> bool:
    """A circle of some size; or a ring of few corners that has an area and does not cross itself,
    and no larger than a county."""
    if zone.place.kind is PlaceKind.POINT:
        least, most = ZONE_METERS
        return least <= zone.radius <= most
    if zone.place.kind is not PlaceKind.SHAPE or zone.radius:
        return False
    corners = _corners(zone)
    if not 3 <= len(corners) <= ZONE_CORNERS or len(dict.fromkeys(corners)) < len(corners):
        return False
    spans = (max(axis) - min(axis) for axis in zip(*corners, strict=True))
    return max(spans) <= ZONE_SPAN and _doubled_area(corners) != 0 and not _crosses(_edges(corners))


def inside(zone: Zone, place: Place) -> bool:
    """Whether the point of a place lies in a zone, its border included."""
    if zone.place.kind is PlaceKind.POINT:
        return squared(zone.place, place) <= (zone.radius * 100) ** 2
    point, within = (place.lon, place.lat), False
    for one, other in _edges(_corners(zone)):
        side = _turn(one, other, point)
        if side == 0 and _between(one, other, point):
            return True
        if (one[1] > point[1]) != (other[1] > point[1]) and (side > 0) == (other[1] > one[1]):
            within = not within
    return within


def may_hold(zone: Zone, place: Place, divisions: DivisionTree) -> bool:
    """Whether a place that is known by its division alone may lie in a zone, its seat outside.

    How far a division reaches is not known: it may where the zone was drawn for that division, or
    near its seat; a zone drawn for a whole county is looked for farther around.
    """
    if place.kind is not PlaceKind.DIVISION or inside(zone, place):
        return False
    drawn_for = zone.place.division
    if divisions.contains(place.division, drawn_for):
        return True
    township, county = ZONE_NEAR
    reach = county if divisions.contains(drawn_for, place.division) else township
    return squared(zone.place, place) <= ((zone.radius + reach) * 100) ** 2


def _corners(zone: Zone) -> list[Point]:
    """Each corner once."""
    flat = zone.place.shape
    corners = list(zip(flat[::2], flat[1::2], strict=False))
    return corners[:-1] if len(corners) > 1 and corners[0] == corners[-1] else corners


def _edges(corners: list[Point]) -> list[Edge]:
    return list(pairwise([*corners, corners[0]]))


def _doubled_area(corners: list[Point]) -> int:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in _edges(corners))


def _turn(one: Point, other: Point, point: Point) -> int:
    """Positive where a point lies to the left of the way from one to the other, 0 on its line."""
    along = (other[0] - one[0]) * (point[1] - one[1])
    return along - (other[1] - one[1]) * (point[0] - one[0])


def _between(one: Point, other: Point, point: Point) -> bool:
    """Of a point on the line through two others: whether it lies between them."""
    return all(min(a, b) <= c <= max(a, b) for a, b, c in zip(one, other, point, strict=True))


def _crosses(edges: list[Edge]) -> bool:
    """Whether two edges meet that are no neighbors, or two neighbors lie upon each other."""
    last = len(edges) - 1
    for (i, first), (k, second) in combinations(enumerate(edges), 2):
        if k - i == 1 or (i == 0 and k == last):
            if _folded(*((first, second) if k - i == 1 else (second, first))):
                return True
        elif _meet(first, second):
            return True
    return False


def _folded(first: Edge, second: Edge) -> bool:
    """Whether the second edge goes back along the first."""
    (one, corner), (_, other) = first, second
    if _turn(one, corner, other) != 0:
        return False
    return _between(one, corner, other) or _between(corner, other, one)


def _meet(first: Edge, second: Edge) -> bool:
    (a, b), (c, d) = first, second
    turns = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if (turns[0] > 0) != (turns[1] > 0) and (turns[2] > 0) != (turns[3] > 0) and 0 not in turns:
        return True
    touching = zip(turns, (first, first, second, second), (c, d, a, b), strict=True)
    return any(turn == 0 and _between(*edge, point) for turn, edge, point in touching)
