"""A second opinion on transportation problems: minimum-cost flow by the plainest way there is."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from api.planner.solving import Need

FAR = 10**15


def least(units: Sequence[int], needs: Sequence[Need]) -> int:
    """What serving the needs costs at the least, by Bellman and Ford over and over."""
    start, end = len(needs) + len(units), len(needs) + len(units) + 1
    arcs: list[list[int]] = []  # from, to, left, cost; the odd ones lead back

    def arc(one: int, other: int, most: int, cost: int) -> None:
        arcs.append([one, other, most, cost])
        arcs.append([other, one, 0, -cost])

    for number, need in enumerate(needs):
        arc(start, number, need.units, 0)
        arc(number, end, need.units, need.unserved)
        for source, cost in need.costs:
            arc(number, len(needs) + source, FAR, cost)
    for source, there in enumerate(units):
        arc(len(needs) + source, end, there, 0)
    total = 0
    while (way := _cheapest(arcs, start, end)) is not None:
        most = min(arcs[step][2] for step in way)
        for step in way:
            arcs[step][2] -= most
            arcs[step ^ 1][2] += most
            total += most * arcs[step][3]
    return total


def _cheapest(arcs: list[list[int]], start: int, end: int) -> list[int] | None:
    away, last = {start: 0}, dict[int, int]()
    changed = True
    while changed:
        changed = False
        for step, (one, other, left, cost) in enumerate(arcs):
            if left and one in away and away[one] + cost < away.get(other, FAR):
                away[other], last[other], changed = away[one] + cost, step, True
    if end not in away:
        return None
    way, at = [], end
    while at != start:
        way.append(last[at])
        at = arcs[last[at]][0]
    return way


def some(random: Random, most: int) -> tuple[list[int], list[Need]]:
    """A problem by chance: ties, units that are none, needs that nobody can serve."""
    units = [random.randint(0, 3) for _ in range(random.randint(0, most))]
    dear = random.choice((3, 9, 1_000))
    needs = []
    for _ in range(random.randint(0, most)):
        able = random.sample(range(len(units)), random.randint(0, len(units)))
        costs = tuple((source, random.randint(0, dear)) for source in able)
        needs.append(Need(random.randint(0, 3), random.randint(0, 2 * dear), costs))
    return units, needs
