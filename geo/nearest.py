"""Nearest first, and how many of which kind: the organizations of one skill around a place.

Each entry has a small number beside its place, its code: of which kind it is. A search looks at
the cells that hold a wanted kind, and at nobody else; how many of each kind are how near is
counted by cells. Every update is followed at once; the order depends only on what is in it.
`geo.compiled` answers the same faster, where there is a compiler.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import cached_property
from itertools import groupby
from math import isqrt
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.cells import Cells, Column, squares
from geo.distance import Located

FIRST = 8  # how many are looked for at first; four times as many each time after
GROWTH = 4
FARTHEST = 700_000_000  # centimeters from the middle of the Earth along an axis

Codes = NDArray[np.bool_]
Tie = Callable[[str], int]
Seen = tuple[int, str, int]
"""An entry as seen from a place: the square of its distance in cm², its id and code."""
Spot = tuple[int, int, int]
_ONLY: Column = np.zeros(1, dtype=np.int64)


class Point(NamedTuple):
    """A place in centimeters."""

    x: int
    y: int
    z: int


class SkillIndex:
    """Where the holders of one skill are, in centimeters, of which kind, and until when."""

    def __init__(self) -> None:
        self.cells = Cells()
        self.ids: list[str] = []
        self.changes = 0
        self._slots: dict[str, int] = {}
        # x, y, z, the code, two times of the entry's own, and the cell.
        self._columns = np.empty((7, 64), dtype=np.int64)

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, id: str) -> bool:
        return id in self._slots

    @property
    def columns(self) -> Column:
        """By slot: x, y, z, code, both times, cell."""
        return self._columns[:, : len(self.ids)]

    def put(self, id: str, place: Located, code: int = 1, times: tuple[int, int] = (0, 0)) -> None:
        """Add an entry, or change it if it is there; nothing changes where it is the same."""
        entry = (*on_earth(place), code, *times)
        slot = self._slots.get(id)
        if slot is None:
            slot = self._append(id)
        elif tuple(self._columns[:6, slot].tolist()) == entry:
            return
        else:
            self._leave(slot)
        while self.cells.crowded(len(self.ids)):
            self._refine()
        cell = self.cells.number(place)
        self._columns[:, slot] = (*entry, cell)
        self.cells.enter(cell, code, slot)
        self.changes += 1

    def remove(self, id: str) -> None:
        """Take an entry out; the last one takes its slot. KeyError where it is not in."""
        slot = self._slots.pop(id)
        self._leave(slot)
        last, end = self.ids.pop(), len(self.ids)
        if last != id:
            self.ids[slot], self._slots[last] = last, slot
            self._columns[:, slot] = self._columns[:, end]
            code, *_, cell = self._columns[3:, slot].tolist()
            self.cells.leave(cell, code, end)
            self.cells.enter(cell, code, slot)
        self.changes += 1

    def code(self, id: str) -> int:
        """Of which kind an entry is. KeyError where it is not in."""
        return int(self._columns[3, self._slots[id]])

    def time(self, id: str, which: int) -> int:
        """The first or the second time of an entry's own. KeyError where it is not in."""
        return int(self._columns[4 + which, self._slots[id]])

    def survey(self, place: Located) -> Survey:
        """Everybody as seen from a place. ValueError where that is not on Earth."""
        on_earth(place)
        return Survey(self, place)

    def _append(self, id: str) -> int:
        slot = len(self.ids)
        if slot == self._columns.shape[1]:
            self._columns = np.concatenate((self._columns, np.empty_like(self._columns)), axis=1)
        self._slots[id] = slot
        self.ids.append(id)
        return slot

    def _refine(self) -> None:
        """Put all but the last entry into cells of half the edge."""
        cells = self.cells = Cells(self.cells.shift - 1)
        for slot in range(len(self.ids) - 1):
            x, y, z, code = self._columns[:4, slot].tolist()
            cell = self._columns[6, slot] = cells.number(Point(x, y, z))
            cells.enter(cell, code, slot)

    def _leave(self, slot: int) -> None:
        code, *_, cell = self._columns[3:, slot].tolist()
        self.cells.leave(cell, code, slot)


class Shell(NamedTuple):
    """The entries between two spheres around a place, in whole cells; who is inside is counted."""

    inner: int
    outer: int
    inside: NDArray[np.int32]  # by code
    slots: Column
    away: Column
    codes: Column


class Survey:
    """An index as seen from one place. RuntimeError where it is read after the index changed."""

    def __init__(self, index: SkillIndex, place: Located) -> None:
        self._index, self._changes, self._place = index, index.changes, place
        self._cells = index.cells
        self._last: Shell | None = None

    @cached_property
    def _centers(self) -> Column:
        """By cell, the square of the distance of its center."""
        return self._cells.squares(self._place)

    def first(
        self, most: int, tie: Tie, wanted: Codes | None = None, count: int = FIRST
    ) -> tuple[int, list[Seen]]:
        """The nearest few, up to `most` cm², and the square up to which; of whatever code, or of
        those wanted.

        Ordered by (distance, tie(id), id). In plenty whoever is looked for is among them, and
        nothing has to be counted.
        """
        slots, away = self._seen(self._enough(most, wanted, count))
        if wanted is not None:
            found = wanted[self._index.columns[3][slots]]
            slots, away = slots[found], away[found]
        limit, few = self._fewest(slots, away, most, count)
        return limit, list(in_order(few, tie))

    def _enough(self, most: int, wanted: Codes | None, count: int) -> Column:
        """Cells that hold the nearest few."""
        if len(self._cells) == 1:
            return _ONLY
        if wanted is None:
            held, cells = self._cells.totals, np.flatnonzero(self._near_cells(most))
        else:
            held, cells = self._holding(wanted, most)
        cells = cells[np.argsort(self._centers[cells])]
        limit = self._limit(cells, np.cumsum(held[cells]), count, most)
        return cells[self._centers[cells] <= self._cells.touched(limit)]

    def _near_cells(self, most: int) -> NDArray[np.bool_]:
        return self._centers <= self._cells.touched(most)

    def nearest(
        self,
        wanted: Codes,
        most: int,
        tie: Tie,
        apart: Collection[str] = (),
        beyond: int = -1,
    ) -> Iterator[Seen]:
        """Yield entries, ordered by (distance, tie(id), id), up to `most` cm².

        `wanted`: by code, who is looked for; nobody of those `apart`, nor who is not `beyond` a
        square. Lazy: asking for the first few looks at their cells alone, and `tie` is called
        only where distances are equal.
        """
        held, cells = self._holding(wanted, most)
        cells = cells[np.argsort(self._centers[cells])]
        done, count = beyond, FIRST
        while done < most and len(cells):
            limit = self._limit(cells, np.cumsum(held[cells]), count, most)
            found = self._found(cells, wanted, done, limit)
            limit, few = self._fewest(*found, limit, count)
            yield from in_order([seen for seen in few if seen[1] not in apart], tie)
            self._unchanged()
            cells = cells[self._centers[cells] > self._cells.whole(limit)]
            done, count = limit, count * GROWTH

    def counts(self, most: int, codes: int) -> list[int]:
        """How many entries of each code, of so many, are no farther than `most` cm²."""
        self._unchanged()
        shell = self._shell(most)
        near = np.bincount(shell.codes[shell.away <= most], minlength=len(shell.inside))
        found: list[int] = (near + shell.inside).tolist()
        return [*found, *[0] * codes][:codes]

    def at(self, square: int) -> list[str]:
        """The entries that are exactly so far away, in no order."""
        shell = self._shell(square)
        return [self._index.ids[slot] for slot in shell.slots[shell.away == square].tolist()]

    def earliest(
        self, which: int, wanted: Codes, most: int, apart: Collection[str] = ()
    ) -> int | None:
        """The earliest first or second time of entries of the wanted codes no farther than `most`
        cm²."""
        slots, _ = self._found(self._holding(wanted, most)[1], wanted, -1, most)
        ids = [self._index.ids[slot] for slot in slots.tolist()]
        return min((self._index.time(id, which) for id in ids if id not in apart), default=None)

    def _holding(self, wanted: Codes, most: int) -> tuple[Column, Column]:
        """By cell how many are wanted, and which cells, not wholly beyond, hold any."""
        held = self._index.cells.counts(len(wanted)) @ wanted
        cells: Column = np.flatnonzero((held > 0) & self._near_cells(most))
        return held.astype(np.int64), cells

    def _shell(self, square: int) -> Shell:
        """One that a sphere lies in; a little thicker, since the next in order comes next."""
        last = self._last
        if last is None or not last.inner <= square <= last.outer:
            outer = (isqrt(square) + self._cells.edge) ** 2
            inside = self._centers <= self._cells.whole(square)
            cells = np.flatnonzero(~inside & (self._centers <= self._cells.touched(outer)))
            slots, away = self._seen(cells)
            counts = self._index.cells.counts()[inside].sum(axis=0)
            codes = self._index.columns[3][slots]
            last = self._last = Shell(square, outer, counts, slots, away, codes)
        return last

    def _limit(self, cells: Column, held: Column, count: int, most: int) -> int:
        """A square that so many do not exceed: that of the far end of the cells that hold them."""
        if not len(held) or count >= held[-1]:
            return most
        last = cells[np.searchsorted(held, count)]
        return min(most, self._cells.touched(int(self._centers[last])))

    def _fewest(
        self, slots: Column, away: Column, limit: int, count: int
    ) -> tuple[int, list[Seen]]:
        """So many of the nearest of those seen, and whoever is as near; and how far they reach."""
        if len(slots) > count:
            limit = min(limit, int(np.partition(away, count - 1)[count - 1]))
        few = np.flatnonzero(away <= limit)
        slots, away = slots[few], away[few]
        ids = [self._index.ids[slot] for slot in slots.tolist()]
        codes = self._index.columns[3][slots].tolist()
        return limit, list(zip(away.tolist(), ids, codes, strict=True))

    def _found(self, cells: Column, wanted: Codes, done: int, limit: int) -> tuple[Column, Column]:
        slots, away = self._seen(cells[self._centers[cells] <= self._cells.touched(limit)])
        codes = self._index.columns[3][slots]
        found = (away > done) & (away <= limit) & wanted[codes]
        return slots[found], away[found]

    def _seen(self, cells: Column) -> tuple[Column, Column]:
        """The slots in some cells, and the squares of how far away they are."""
        if len(cells) == len(self._cells):
            columns = self._index.columns
            return np.arange(columns.shape[1]), squares(columns, self._place)
        slots = self._index.cells.slots(cells.tolist())
        return slots, squares(self._index.columns[:3, slots], self._place)

    def _unchanged(self) -> None:
        if self._changes != self._index.changes:
            raise RuntimeError("the index changed while it was read")


def on_earth(place: Located) -> Spot:
    """x, y, z of a place whose distances from all others fit; ValueError where it is none."""
    x, y, z = place.x, place.y, place.z
    if -FARTHEST <= x <= FARTHEST and -FARTHEST <= y <= FARTHEST and -FARTHEST <= z <= FARTHEST:
        return x, y, z
    raise ValueError("a place that is not on Earth")


def in_order(seen: list[Seen], tie: Tie) -> Iterator[Seen]:
    """What is seen by (distance, tie(id), id); `tie` is asked only where distances are equal."""
    seen.sort(key=itemgetter(0))
    for _, group in groupby(seen, key=itemgetter(0)):
        equals = list(group)
        if len(equals) > 1:
            equals.sort(key=lambda one: (tie(one[1]), one[1]))
        yield from equals
