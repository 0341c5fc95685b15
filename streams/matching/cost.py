"""Cost: what it costs that units of a line are far away, or asked for from nobody.

One measure for whoever plans and for the rules, in whole milliseconds by weight: of units below a
line's minimum twice that of those up to its target. Ways are straight lines at the speed of a
crew that does not say how long it takes, until roads are known.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from schemas.values import Milliseconds
from streams.entities import Line
from streams.line import missing
from streams.needed import way
from streams.parameters import NOBODY, WEIGHTS


class Band(NamedTuple):
    """So many units of a line that weigh alike."""

    units: int
    weight: int


def bands(line: Line) -> tuple[Band, ...]:
    """What a line lacks, by weight, the heaviest first; none where nothing is missing."""
    short = missing(line)
    below = min(short, max(0, line.minimum - line.covered + line.replacing))
    weight = WEIGHTS[line.priority - 1]
    both = (Band(below, weight), Band(short - below, weight // 2))
    return tuple(band for band in both if band.units)


def taken(meters: int) -> Milliseconds:
    """How long it takes from so far away; never more than nobody counts for."""
    return min(way(meters), NOBODY)


def cost(line: Line, asked: Iterable[tuple[int, int]]) -> int:
    """What a line costs with those who are asked, each with its meters and its units.

    The nearest stand for the heaviest units; whoever is asked beyond what is missing costs nothing.
    """
    ways = sorted((taken(meters), units) for meters, units in asked)
    return sum(_filled(band, ways) for band in bands(line))


def _filled(band: Band, ways: list[tuple[Milliseconds, int]]) -> int:
    """The cost of a band, with the nearest of those that are left, which it takes."""
    left, total = band.units, 0
    while left and ways:
        time, units = ways.pop(0)
        used = min(left, units)
        total, left = total + used * time, left - used
        if used < units:
            ways.insert(0, (time, units - used))
    return (total + left * NOBODY) * band.weight
