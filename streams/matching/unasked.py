"""Unasked: the crowd of a skill as a line sees it, without those whom its demand has asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial
from heapq import merge
from typing import Any, NamedTuple

import numpy as np

from geo.index import View
from geo.nearest import Seen
from schemas.ids import tie
from schemas.values import Gate, Instant, OrganizationId, Place
from streams.availability import IN_ORDER, NONE, OWN_TIMES, Crowd, Standings
from streams.entities import Line
from streams.line import together


class Met(NamedTuple):
    """Somebody in the order of a search: by distance (cm²), then by what decides a tie."""

    square: int
    tie: int
    organization: OrganizationId


class Outward:
    """Counts what is passed, by code, as a search goes along a sorted row; back, it begins anew.

    So what a search counts costs what it has passed since it counted last, not the row each time.
    """

    def __init__(self, row: Sequence[tuple[Any, int]], codes: int) -> None:
        self._row, self._codes = row, codes
        self._begin()

    def _begin(self) -> None:
        self._at, self._counts = 0, [0] * self._codes

    def upto(self, place: Any) -> list[int]:
        """How many of each code come no later than a place, all of them for None. Not to be
        changed by whoever asks."""
        row = self._row
        if self._at and place is not None and row[self._at - 1][0] > place:
            self._begin()
        while self._at < len(row) and (place is None or row[self._at][0] <= place):
            self._counts[row[self._at][1]] += 1
            self._at += 1
        return self._counts


class Ring(NamedTuple):
    """Everybody as far as a distance, by code; and those exactly there, as they are passed."""

    square: int
    counts: list[int]
    beyond: int
    all: list[int]
    tied: Outward


class Unasked:
    """Yields who of the crowd may be asked, in order; tells how many failed where.

    That nobody may be asked is remembered until anybody's standing changes.
    """

    def __init__(
        self, standings: Standings, line: Line, place: Place, asked: Iterable[Met], proved: bool
    ) -> None:
        self._standings, self._place = standings, place
        self._tie = partial(tie, line.id)
        self._asked = {str(met.organization): met.square for met in asked}
        kind = (line.grade, line.priority, line.hazardous, together(line), proved)
        self._case = (kind, place, tuple(self._asked))
        self._bars, self._gates, self._passes, self._limits = standings.sieve(*kind)
        self._most = max(self._limits, default=0)
        self._within: dict[int, list[int]] = {}  # by limit, how many of each code
        self._last: tuple[Met, Crowd] | None = None
        self._ring: Ring | None = None

    def __iter__(self) -> Iterator[Met]:
        if self._case in self._standings.nobody:
            return
        found = None
        for found in self._passing():
            yield found
        if found is None:
            self._standings.nobody[self._case] = self._everybody

    def _passing(self) -> Iterator[Met]:
        nearest, nearby = self._nearby
        for square, key, code in nearby:
            if self._passes[code] and square <= self._limits[code] and key not in self._asked:
                yield Met(square, self._tie(key), OrganizationId(key))
        farther = [limit for limit in self._distinct if limit > nearest]
        yield from merge(*(self._beyond(nearest, limit) for limit in farther))

    def _beyond(self, nearest: int, limit: int) -> Iterator[Met]:
        """Of those who are asked up to a distance, whoever is farther than the nearest few."""
        own = self._passes & (np.array(self._limits) == limit)
        for square, key, _ in self._survey.nearest(
            own, limit, self._tie, self._asked, beyond=nearest
        ):
            yield Met(square, self._tie(key), OrganizationId(key))

    @cached_property
    def _distinct(self) -> list[int]:
        return sorted(dict.fromkeys(self._limits))

    def until(self, reached: Met | None) -> Crowd:
        """The count of those who come no later than somebody; of everybody for None."""
        if reached is None:
            return self._everybody
        if self._last is None or self._last[0] != reached:
            if self._ring is None or self._ring.square != reached.square:
                self._ring = self._at(reached.square)
            counts, beyond = self._ring.counts.copy(), self._ring.beyond
            passed = self._ring.tied.upto(reached[1:])
            for code, count in enumerate(passed):
                later = self._ring.all[code] - count
                if reached.square <= self._limits[code]:
                    counts[code] -= later
                else:
                    beyond -= later
            self._last = reached, Crowd(self._failed(counts, beyond), sum(counts) + beyond, None)
        return self._last[1]

    @cached_property
    def _everybody(self) -> Crowd:
        """Those beyond their reach included: they have failed at the distance."""
        known = self._standings.nobody.get(self._case)
        if known is not None:
            return known
        counts, _ = self._counts(self._most)
        size = len(self._standings.index) - len(self._asked)
        return Crowd(self._failed(counts, size - sum(counts)), size, self._ends(counts))

    @cached_property
    def _survey(self) -> View:
        return self._standings.index.survey(self._place)

    @cached_property
    def _nearby(self) -> tuple[int, list[Seen]]:
        return self._survey.first(self._most, self._tie)

    def _counts(self, most: int) -> tuple[list[int], int]:
        """How many of each code are within the square of a distance, and how many of all are
        there beyond their own reach."""
        counts = self._near(most)
        all = sum(counts)
        for limit in self._distinct:
            if limit < most:
                if limit not in self._within:
                    self._within[limit] = self._near(limit)
                for code, own in enumerate(self._limits):
                    if own == limit:
                        counts[code] = self._within[limit][code]
        return counts, all - sum(counts)

    def _near(self, most: int) -> list[int]:
        if most <= self._nearby[0]:
            counts = [0] * len(self._bars)
            for square, _, code in self._nearby[1]:
                counts[code] += square <= most
        else:
            counts = self._survey.counts(most, len(self._bars))
        for code, count in enumerate(self._before.upto(most)):
            counts[code] -= count
        return counts

    @cached_property
    def _before(self) -> Outward:
        """Whom the demand has asked, by distance."""
        code = self._standings.index.code
        row = sorted((square, code(key)) for key, square in self._asked.items())
        return Outward(row, len(self._bars))

    def _at(self, square: int) -> Ring:
        """Those exactly so far away, in their order, and how many there are up to them."""
        counts, beyond = self._counts(square)
        if square <= self._nearby[0]:
            found = [(key, code) for at, key, code in self._nearby[1] if at == square]
        else:
            index = self._standings.index
            found = [(key, index.code(key)) for key in self._survey.at(square)]
        tied = [pair for pair in found if len(found) > 1 and pair[0] not in self._asked]
        row = sorted(((self._tie(key), key), code) for key, code in tied)
        all = [0] * len(self._bars)
        for _, code in tied:
            all[code] += 1
        return Ring(square, counts, beyond, all, Outward(row, len(self._bars)))

    def _failed(self, counts: list[int], beyond: int) -> list[int]:
        failed = [0] * (NONE + 1)
        for gate, count in zip(self._gates, counts, strict=True):
            failed[gate] += count
        failed[IN_ORDER.index(Gate.DISTANCE)] += beyond
        return failed[:NONE]

    def _ends(self, counts: list[int]) -> Instant | None:
        met = [bar for bar, count in zip(self._bars, counts, strict=True) if bar and count]
        ends = [bar.until for bar in met if bar.until is not None]
        for which, gates in enumerate(OWN_TIMES):
            if any(bar.gate in gates for bar in met):
                ends += self._earliest(which, gates)
        return min(ends, default=None)

    def _earliest(self, which: int, gates: tuple[Gate, ...]) -> list[Instant]:
        """When the first of those who failed at some gates may be asked."""
        barred = np.array([bar is not None and bar.gate in gates for bar in self._bars])
        limits = np.array(self._limits)
        found = (
            self._survey.earliest(which, barred & (limits == limit), limit, self._asked)
            for limit in self._distinct
        )
        return [end for end in found if end is not None]
