"""Unasked: the crowd of a skill as a line sees it, without those whom its demand has asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np

from geo.distance import square_within
from geo.nearest import Seen, Survey
from schemas.ids import tie
from schemas.values import Gate, Instant, OrganizationId, Place
from streams.availability import IN_ORDER, NONE, Crowd, Standings
from streams.entities import Line
from streams.line import together
from streams.matching.bars import reach


class Met(NamedTuple):
    """Somebody in the order of a search: by distance (cm²), then by what decides a tie."""

    square: int
    tie: int
    organization: OrganizationId


class Unasked:
    """Yields who of the crowd may be asked, in order; tells how many failed where.

    That nobody may be asked is remembered until anybody's standing changes.
    """

    def __init__(
        self, standings: Standings, line: Line, place: Place, asked: Iterable[Met]
    ) -> None:
        self._standings, self._place = standings, place
        self._most = square_within(reach(line))
        self._tie = partial(tie, line.id)
        self._asked = {str(met.organization): met.square for met in asked}
        asks = (line.grade, line.priority, together(line))
        self._case = (asks, place, tuple(self._asked))
        self._bars, self._gates, self._passes = standings.sieve(*asks)
        self._last: tuple[Met, Crowd] | None = None

    def __iter__(self) -> Iterator[Met]:
        if self._case in self._standings.nobody:
            return
        found = None
        for found in self._passing():
            yield found
        if found is None:
            self._standings.nobody[self._case] = self._everybody

    def _passing(self) -> Iterator[Met]:
        limit, nearby = self._nearby
        for square, key, code in nearby:
            if self._passes[code] and key not in self._asked:
                yield Met(square, self._tie(key), OrganizationId(key))
        if limit < self._most:
            for square, key, _ in self._survey.nearest(
                self._passes, self._most, self._tie, self._asked, beyond=limit
            ):
                yield Met(square, self._tie(key), OrganizationId(key))

    def until(self, reached: Met | None) -> Crowd:
        """The count of those who come no later than somebody; of everybody for None."""
        if reached is None:
            return self._everybody
        if self._last is None or self._last[0] != reached:
            counts = self._counts(reached.square)
            for key, code in self._at(reached.square):
                counts[code] -= (self._tie(key), key) > reached[1:]
            self._last = reached, Crowd(self._failed(counts), sum(counts), None)
        return self._last[1]

    @cached_property
    def _everybody(self) -> Crowd:
        """Those beyond the reach included: they have failed at the distance."""
        known = self._standings.nobody.get(self._case)
        if known is not None:
            return known
        counts = self._counts(self._most)
        failed, size = self._failed(counts), len(self._standings.index) - len(self._asked)
        failed[IN_ORDER.index(Gate.DISTANCE)] = size - sum(counts)
        return Crowd(failed, size, self._ends(counts))

    @cached_property
    def _survey(self) -> Survey:
        return self._standings.index.survey(self._place)

    @cached_property
    def _nearby(self) -> tuple[int, list[Seen]]:
        return self._survey.first(self._most, self._tie)

    def _counts(self, most: int) -> list[int]:
        """How many of each code are within the square of a distance."""
        if most <= self._nearby[0]:
            counts = [0] * len(self._bars)
            for square, _, code in self._nearby[1]:
                counts[code] += square <= most
        else:
            counts = self._survey.counts(most, len(self._bars))
        for key, square in self._asked.items():
            if square <= most:
                counts[self._standings.index.code(key)] -= 1
        return counts

    def _at(self, square: int) -> list[tuple[str, int]]:
        """Those exactly so far away, with their codes."""
        if square <= self._nearby[0]:
            found = [(key, code) for at, key, code in self._nearby[1] if at == square]
        else:
            index = self._standings.index
            found = [(key, index.code(key)) for key in self._survey.at(square)]
        return [pair for pair in found if len(found) > 1 and pair[0] not in self._asked]

    def _failed(self, counts: list[int]) -> list[int]:
        failed = [0] * (NONE + 1)
        for gate, count in zip(self._gates, counts, strict=True):
            failed[gate] += count
        return failed[:NONE]

    def _ends(self, counts: list[int]) -> Instant | None:
        met = [bar for bar, count in zip(self._bars, counts, strict=True) if bar and count]
        ends = [bar.until for bar in met if bar.until is not None]
        if any(bar.gate is Gate.DAILY_CAP for bar in met):
            capped = [bar is not None and bar.gate is Gate.DAILY_CAP for bar in self._bars]
            cap = self._survey.earliest(np.array(capped), self._most, self._asked)
            ends += [] if cap is None else [cap]
        return min(ends, default=None)
