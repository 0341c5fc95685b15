"""Cost: what it may be expected to cost that those who are asked for a line are few, or far away.

One measure for whoever plans and for the rules, in whole milliseconds by weight of priority: of
units below a line's minimum twice that of those up to its target. Nobody who is asked has said yes
yet: the nearest counts by the pooled share of yes in the skill, the next by that of the rest, and
so on for as many as a wave has. Ways are straight lines until roads are known.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from schemas.values import Milliseconds
from streams.area import Operation
from streams.entities import Line
from streams.line import missing
from streams.matching import waves
from streams.needed import way
from streams.parameters import NOBODY, WEIGHTS

SCALE: Final = 1_000  # of a weight, so that likelihoods are whole numbers


class Band(NamedTuple):
    """So many units of a line that weigh alike: first those that are asked for first."""

    units: int
    weight: int


def bands(operation: Operation, line: Line) -> tuple[Band, ...]:
    """What a line lacks, by weight, the heaviest first; none where nothing is missing."""
    short = missing(line)
    below = min(short, max(0, line.minimum - line.covered + line.replacing))
    tally = operation.tallies.get(line.skill)
    yes, answered = waves.share(tally)
    found = []
    for ask in range(waves.size(tally, line.priority, operation.rules().wave_most)):
        likely = SCALE * yes * (answered - yes) ** ask // answered ** (ask + 1)
        weight = WEIGHTS[line.priority - 1] * likely
        found += [Band(below, weight), Band(short - below, weight // 2)]
    return tuple(sorted((band for band in found if band.units), key=lambda band: -band.weight))


def taken(meters: int) -> Milliseconds:
    """How long it takes from so far away; never more than nobody counts for."""
    return min(way(meters), NOBODY)


def cost(bands: Iterable[Band], asked: Iterable[tuple[int, int]]) -> int:
    """What a line costs with those who are asked, each with its meters and its units."""
    ways = sorted((taken(meters), units) for meters, units in asked)
    return sum(_filled(band, ways) for band in bands)


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
