"""Solving: the cheapest way to serve many lines at once, in whole numbers, and proof that it is.

A transportation problem: sources with so many units, needs for so many, a cost for each pair of
them, and one for whatever is left unserved. Shortest augmenting paths under prices, so that every
answer comes with the prices that prove it: no other answer can cost less than their `bound`.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from typing import Final, NamedTuple

NOWHERE: Final = -1


class Need(NamedTuple):
    """So many units wanted; what each costs that nobody gives; and what each source would cost."""

    units: int
    unserved: int
    costs: tuple[tuple[int, int], ...]  # the source, and the cost of a unit from it


class Solution(NamedTuple):
    """Who serves whom, at which cost, and the prices that prove that it is the least.

    `flows`: by need, units by source. `cost` and `bound` are equal: the bound is made of the prices
    alone, of `worth` (by need) and `rent` (by source).
    """

    flows: tuple[dict[int, int], ...]
    cost: int
    bound: int
    worth: tuple[int, ...]
    rent: tuple[int, ...]


def solve(units: Sequence[int], needs: Sequence[Need]) -> Solution:
    """The cheapest way. Equal inputs give equal answers, ties included."""
    work = _Work(list(units), list(needs))
    for number, need in enumerate(needs):
        work.enter(number)
        left = need.units
        while left:
            left -= work.serve(number, left)
    return work.solution(units)


class _Work:
    """Flows and prices as they grow; after each need the answer is the best for those so far."""

    def __init__(self, units: list[int], needs: list[Need]) -> None:
        self.needs = needs
        self.spare = units
        self.serves: list[dict[int, int]] = [{} for _ in units]  # by source, units by need
        self.unserved = [0] * len(needs)
        self.rent = [0] * len(units)
        self.worth = [0] * len(needs)

    def serve(self, first: int, most: int) -> int:
        """Serve up to so many units more of a need along the cheapest way; how many it were."""
        way = _Way(self, first)
        end = way.found()
        for need, distance in way.needs.items():
            self.worth[need] += max(0, end.distance - distance)
        for source, distance in way.sources.items():
            self.rent[source] += max(0, end.distance - distance)
        return self._send(way, end, most)

    def enter(self, number: int) -> None:
        """A need that has nothing yet is worth what the cheapest would take, so far."""
        need = self.needs[number]
        asked = (cost + self.rent[source] for source, cost in need.costs)
        self.worth[number] = min(need.unserved, min(asked, default=need.unserved))

    def _send(self, way: _Way, end: _End, most: int) -> int:
        """Move units along the way that was found, as many as all of it can take."""
        steps, source, need = [], end.source, end.need
        units = most if source == NOWHERE else min(most, self.spare[source])
        while True:
            if source != NOWHERE:
                need = way.before_source[source]
            taken_from = way.before_need.get(need, NOWHERE)
            steps.append((need, source, taken_from))
            if taken_from == NOWHERE:
                break
            units = min(units, self.serves[taken_from][need])
            source = taken_from
        for need, given_by, taken_from in steps:
            self._move(need, given_by, taken_from, units)
        if end.source != NOWHERE:
            self.spare[end.source] -= units
        return units

    def _move(self, need: int, given_by: int, taken_from: int, units: int) -> None:
        if given_by == NOWHERE:
            self.unserved[need] += units
        else:
            self.serves[given_by][need] = self.serves[given_by].get(need, 0) + units
        if taken_from != NOWHERE:
            left = self.serves[taken_from][need] - units
            if left:
                self.serves[taken_from][need] = left
            else:
                del self.serves[taken_from][need]

    def solution(self, units: Sequence[int]) -> Solution:
        flows: tuple[dict[int, int], ...] = tuple({} for _ in self.needs)
        for source, serves in enumerate(self.serves):
            for number, given in serves.items():
                flows[number][source] = given
        cost = bound = 0
        for number, (need, flow) in enumerate(zip(self.needs, flows, strict=True)):
            costs = dict(need.costs)
            cost += need.unserved * self.unserved[number]
            cost += sum(costs[source] * given for source, given in flow.items())
            bound += need.units * self.worth[number]
        bound -= sum(there * rent for there, rent in zip(units, self.rent, strict=True))
        return Solution(flows, cost, bound, tuple(self.worth), tuple(self.rent))


class _End(NamedTuple):
    """Where a way ends: at a source that has units left, or where a need goes without."""

    distance: int
    source: int
    need: int


class _Way:
    """The search for the cheapest way from one need, over whoever could give and take instead."""

    def __init__(self, work: _Work, first: int) -> None:
        self._work = work
        self.needs: dict[int, int] = {}
        self.sources: dict[int, int] = {}
        self.before_source: dict[int, int] = {}
        self.before_need: dict[int, int] = {}
        self._best: dict[int, int] = {}
        self._queue: list[tuple[int, int, int]] = []  # distance, source, the need before it
        self._end = _End(work.needs[first].unserved + 1, NOWHERE, first)
        self._reach(first, 0)

    def found(self) -> _End:
        while self._queue and self._queue[0][0] < self._end.distance:
            distance, source, need = heappop(self._queue)
            if source in self.sources:
                continue
            self.sources[source] = distance
            self.before_source[source] = need
            if self._work.spare[source]:
                self._end = _End(distance, source, NOWHERE)
                break
            for other in self._work.serves[source]:
                if other not in self.needs:
                    self.before_need[other] = source
                    self._reach(other, distance)
        return self._end

    def _reach(self, need: int, distance: int) -> None:
        """A need that may be served otherwise, or go without, for the sake of the first."""
        work = self._work
        self.needs[need] = distance
        known, worth = work.needs[need], work.worth[need]
        without = distance + known.unserved - worth
        if without < self._end.distance:
            self._end = _End(without, NOWHERE, need)
        for source, cost in known.costs:
            away = distance + cost + work.rent[source] - worth
            if away < self._end.distance and away < self._best.get(source, away + 1):
                self._best[source] = away
                heappush(self._queue, (away, source, need))
