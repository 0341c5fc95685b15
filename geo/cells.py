"""Cells: space cut into cubes, and how many entries of each kind lie in each.

A cube is judged as a whole: it lies within a distance, beyond it, or is cut by it. So a count
costs what the cubes cost, and a look at the entries of those that are cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from geo.distance import Located

COARSE, FINE = 30, 15  # a cube's edge is 2³⁰ cm, some 10,000 km, at first; at last some 300 m
FEW = 4_096  # entries that are looked at one and all sooner than they are told apart (measured)
CROWDED = 64  # of more, so many a cube; then the cubes are made finer

Column = NDArray[np.int64]
NOBODY: Column = np.empty(0, dtype=np.int64)


class Cells:
    """The cubes that ever held an entry, and the slots of those that each holds now."""

    def __init__(self, shift: int = COARSE) -> None:
        self.shift = shift
        self.edge = 1 << shift
        self.around = isqrt(3 * (self.edge // 2) ** 2) + 1  # no point is farther from the center
        self._members: list[dict[int, None]] = []
        self._slots: dict[int, Column] = {}  # of the cells that have not changed since a look
        self._numbers: dict[tuple[int, int, int], int] = {}
        self._centers = np.zeros((3, 16), dtype=np.int64)
        self._totals = np.zeros(16, dtype=np.int64)
        self._counts = np.zeros((16, 8), dtype=np.int32)

    def __len__(self) -> int:
        return len(self._members)

    def number(self, place: Located) -> int:
        """The cell of a place, made at its first entry."""
        shift = self.shift
        cube = (place.x >> shift, place.y >> shift, place.z >> shift)
        known = self._numbers.get(cube)
        if known is None:
            known = self._numbers[cube] = len(self._members)
            self._members.append({})
            if known == len(self._counts):
                self._counts = np.concatenate((self._counts, np.zeros_like(self._counts)))
                self._totals = np.concatenate((self._totals, np.zeros_like(self._totals)))
                self._centers = np.concatenate((self._centers, self._centers), axis=1)
            self._centers[:, known] = [(side << shift) + self.edge // 2 for side in cube]
        return known

    def crowded(self, entries: int) -> bool:
        """Whether so many entries are better off in finer cells."""
        most = max(FEW, CROWDED * len(self._members))
        return entries > most and self.shift > FINE

    def enter(self, cell: int, code: int, slot: int) -> None:
        """An entry of a code comes into a cell."""
        if code >= self._counts.shape[1]:
            self.counts(2 * code)
        self._members[cell][slot] = None
        self._slots.pop(cell, None)
        self._counts[cell, code] += 1
        self._totals[cell] += 1

    def leave(self, cell: int, code: int, slot: int) -> None:
        """It goes out of it. KeyError where it is not in."""
        del self._members[cell][slot]
        self._slots.pop(cell, None)
        self._counts[cell, code] -= 1
        self._totals[cell] -= 1

    @property
    def totals(self) -> Column:
        """By cell, how many are in it."""
        return self._totals[: len(self._members)]

    def counts(self, codes: int | None = None) -> NDArray[np.int32]:
        """By cell and code; of so many codes, or of as many as ever were."""
        missing = (codes or 0) - self._counts.shape[1]
        if missing > 0:
            self._counts = np.pad(self._counts, ((0, 0), (0, missing)))
        return self._counts[: len(self._members), :codes]

    def squares(self, place: Located) -> Column:
        """By cell, the square of the distance from a place to its center, in cm²."""
        return squares(self._centers[:, : len(self._members)], place)

    def slots(self, cells: Sequence[int]) -> Column:
        """The slots of everybody in some cells, in no order."""
        found = [self._slots.get(cell) for cell in cells]
        held = [
            self._held(cell) if slots is None else slots
            for cell, slots in zip(cells, found, strict=True)
        ]
        return np.concatenate([NOBODY, *held])

    def _held(self, cell: int) -> Column:
        members = self._members[cell]
        slots = self._slots[cell] = np.fromiter(members, np.int64, len(members))
        return slots

    def whole(self, square: int) -> int:
        """A cell is wholly within a square of a distance if its center is within this; or -1."""
        inner = isqrt(square) - self.around if square >= 0 else -1
        return -1 if inner < 0 else inner * inner

    def touched(self, square: int) -> int:
        """A cell is wholly beyond a square of a distance if its center is beyond this."""
        outer = isqrt(square) + 1 + self.around
        return outer * outer


def squares(columns: Column, place: Located) -> Column:
    """Squared distances in cm² of points given by x, y, z; exact, int64 holds every chord."""
    total: Column = columns[0] - place.x
    total *= total
    for column, origin in ((columns[1], place.y), (columns[2], place.z)):
        part = column - origin
        part *= part
        total += part
    return total
