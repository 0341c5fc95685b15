"""Rows by where they are: of a group, the nearest to any point first. A cache, never stored.

Space is cut into cubes, so that finding the nearest costs the cubes that are not empty, and the
rows that are near; never all there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush
from typing import Any, Final, Generic, NamedTuple, TypeVar

from sortedcontainers import SortedList

from geo.distance import Located, squared
from streams.table import Table

CUBE: Final = 200_000  # centimeters: the edge of a cube

V = TypeVar("V")
Cube = tuple[int, int, int]
Spot = tuple[int, int, int]


class Lying(NamedTuple):
    """To which group a row belongs, where it is, and its id."""

    group: Any
    place: Located
    id: Any


class Point(NamedTuple):
    """A point in Earth-centered centimeters."""

    x: int
    y: int
    z: int


class Nearby(Generic[V]):
    """The rows of a table that lie somewhere; `lying` gives None for those that do not belong."""

    __slots__ = ("_groups", "_lying")

    def __init__(self, table: Table[Any, V], lying: Callable[[V], Lying | None]) -> None:
        self._lying = lying
        self._groups: dict[Any, dict[Cube, dict[Spot, SortedList[Any]]]] = {}
        table.watch(self._follow)

    def around(self, group: Any, point: Located) -> Iterator[tuple[int, Any]]:
        """The ids of a group with their squared distance from a point, the nearest first.

        At one distance in the order of the spots, at one spot in that of the ids.
        """
        cubes = self._groups.get(group, {})
        waiting: list[tuple[int, int, Any]] = [
            (_least(cube, point), 0, cube) for cube in cubes
        ]  # cubes before the spots that are as far, since a spot in them may come first
        heapify(waiting)
        while waiting:
            away, is_spot, key = heappop(waiting)
            if is_spot:
                for id in cubes[_cube(key)][key]:
                    yield away, id
            else:
                for spot in cubes[key]:
                    heappush(waiting, (squared(Point(*spot), point), 1, spot))

    def _follow(self, _key: Any, before: V | None, after: V | None) -> None:
        old = None if before is None else self._lying(before)
        new = None if after is None else self._lying(after)
        if old == new:
            return
        if old is not None:
            self._remove(old)
        if new is not None:
            self._add(new)

    def _add(self, one: Lying) -> None:
        spot = _spot(one.place)
        spots = self._groups.setdefault(one.group, {}).setdefault(_cube(spot), {})
        spots.setdefault(spot, SortedList()).add(one.id)

    def _remove(self, one: Lying) -> None:
        """What is empty goes, from the inside out."""
        spot = _spot(one.place)
        cubes = self._groups[one.group]
        spots = cubes[_cube(spot)]
        spots[spot].remove(one.id)
        if not spots[spot]:
            del spots[spot]
        if not spots:
            del cubes[_cube(spot)]
        if not cubes:
            del self._groups[one.group]


def _spot(place: Located) -> Spot:
    return place.x, place.y, place.z


def _cube(spot: Spot) -> Cube:
    x, y, z = spot
    return x // CUBE, y // CUBE, z // CUBE


def _least(cube: Cube, point: Located) -> int:
    """No row of a cube is nearer to the point than this, squared."""
    axes = zip(cube, (point.x, point.y, point.z), strict=True)
    return sum(_beyond(low * CUBE, value) ** 2 for low, value in axes)


def _beyond(low: int, value: int) -> int:
    """How far a value lies outside the edge that begins at `low`."""
    return max(low - value, 0, value - (low + CUBE - 1))
