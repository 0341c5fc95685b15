"""Nearest first: the organizations of one skill, in exact order of distance from a place.

A full scan of three integer columns costs less than a tree up to some 20,000 entries, follows
every update at once, and has no shape of its own: the order depends only on what is in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from geo.distance import Located

FIRST = 16  # how many are looked for at first; four times as many each time after
GROWTH = 4
FEW = 32  # up to here sorting Python integers beats calling numpy (measured)

_Column = NDArray[np.int64]
_Pair = tuple[int, str]  # squared distance in cm², id


class SkillIndex:
    """Where the holders of one skill are: columns of centimeters, and whose they are."""

    def __init__(self) -> None:
        self._slots: dict[str, int] = {}
        self._ids: list[str] = []
        self._x, self._y, self._z = (np.empty(64, dtype=np.int64) for _ in range(3))
        self._changes = 0

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, id: str) -> bool:
        return id in self._slots

    def put(self, id: str, place: Located) -> None:
        """Add an entry, or move it if it is there."""
        slot = self._slots.get(id)
        if slot is None:
            slot = self._append(id)
        self._x[slot], self._y[slot], self._z[slot] = place.x, place.y, place.z
        self._changes += 1

    def remove(self, id: str) -> None:
        """Take an entry out; the last one takes its slot. KeyError where it is not in."""
        slot = self._slots.pop(id)
        last = self._ids.pop()
        if last != id:
            end = len(self._ids)
            self._ids[slot], self._slots[last] = last, slot
            for column in (self._x, self._y, self._z):
                column[slot] = column[end]
        self._changes += 1

    def nearest(self, place: Located, tie: Callable[[str], int]) -> Iterator[_Pair]:
        """Yield (squared distance in cm², id), ordered by (distance, tie(id), id).

        Lazy: asking for the first few does not sort the rest, and `tie` is called only where
        distances are equal. RuntimeError if the index changes while the iterator is in use.
        """
        if len(self._ids) <= FEW:
            return _in_order(self._all(place), tie)
        return self._in_rounds(place, tie)

    def _append(self, id: str) -> int:
        slot = len(self._ids)
        if slot == len(self._x):
            self._x, self._y, self._z = (
                np.concatenate((column, np.empty_like(column)))
                for column in (self._x, self._y, self._z)
            )
        self._slots[id] = slot
        self._ids.append(id)
        return slot

    def _all(self, place: Located) -> list[_Pair]:
        """Every entry, in plain integers."""
        x, y, z, n = place.x, place.y, place.z, len(self._ids)
        rows = zip(
            self._x[:n].tolist(), self._y[:n].tolist(), self._z[:n].tolist(), self._ids,
            strict=True,
        )  # fmt: skip
        return [((a - x) * (a - x) + (b - y) * (b - y) + (c - z) * (c - z), i)
                for a, b, c, i in rows]  # fmt: skip

    def _in_rounds(self, place: Located, tie: Callable[[str], int]) -> Iterator[_Pair]:
        squares = self._squares(place)
        changes, done, wanted, seen = self._changes, -1, FIRST, 0
        while True:
            if changes != self._changes:
                raise RuntimeError("the index changed while it was read")
            limit = _limit(squares, wanted)
            pairs = self._between(squares, done, limit)
            yield from _in_order(pairs, tie)
            if limit is None:
                return
            seen += len(pairs)
            done, wanted = limit, max(wanted, seen) * GROWTH

    def _squares(self, place: Located) -> _Column:
        """Squared distances of all slots; exact, since int64 holds every chord on Earth."""
        n = len(self._ids)
        squares = self._x[:n] - place.x
        squares *= squares
        for column, origin in ((self._y, place.y), (self._z, place.z)):
            part = column[:n] - origin
            part *= part
            squares += part
        return squares

    def _between(self, squares: _Column, above: int, limit: int | None) -> list[_Pair]:
        """Entries with above < square <= limit, ties at the limit all in, so no slot matters."""
        mask = squares <= limit if limit is not None else squares > above
        if limit is not None and above >= 0:
            mask &= squares > above
        slots = np.flatnonzero(mask)
        ids = self._ids
        pairs = zip(squares[slots].tolist(), slots.tolist(), strict=True)
        return [(square, ids[slot]) for square, slot in pairs]


def _limit(squares: _Column, wanted: int) -> int | None:
    """The square that the nearest `wanted` do not exceed; None where that is everybody."""
    if wanted >= len(squares):
        return None
    return int(np.partition(squares, wanted - 1)[wanted - 1])


def _in_order(pairs: list[_Pair], tie: Callable[[str], int]) -> Iterator[_Pair]:
    pairs.sort(key=itemgetter(0))
    for _, group in groupby(pairs, key=itemgetter(0)):
        equals = list(group)
        if len(equals) > 1:
            equals.sort(key=lambda pair: (tie(pair[1]), pair[1]))
        yield from equals
