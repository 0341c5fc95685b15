"""Candidates: the twenty nearest who are available and have all that is asked for, beside PostGIS
and Redis in their best known configuration, with two moves before each search.

One process; the same moves and searches are put to all of them, ten in a row to each, in random
order (`one_by_one`: to each in turn, so that none finds the processor's caches as it left them).
The answers are held against everybody looked at. Microseconds, as whoever calls waits for them.
"""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, Protocol

from tests.bench import matching_peers as peers
from tests.bench.matching_land import WANTED, Brute, Land, Need, One, Ours, Spot
from tests.geo.kinds import compiled, plain

SEED = 17
DEPLOY = Path(__file__).parents[2] / "deploy"
SIZES = {"100k": 100_000, "262k": 262_000, "1m": 1_000_000}
SEARCHES, WARM, CHECKED = 1_000, 100, 100
ROW = 10  # searches that one of them answers before the next: nobody runs three side by side
MOVES = 2  # before each search
GROWTH_FROM = 10_000
ALONE_SEARCHES = 600
ALONE = 7  # how often a search is repeated where nothing else runs
# Median and p99 where the peers were first measured (µs), the slower ends: a peer that is much
# slower here has not been set up as well, and what is said of it says nothing.
KNOWN = {
    "postgis": {"100k": (1_262, 10_847), "262k": (991, 7_203), "1m": (1_473, 14_453)},
    "redis": {"100k": (1_172, 15_803), "262k": (921, 21_629), "1m": (1_137, 35_629)},
}
SLOWER = 1.3
SPHERE = 6_371_008.8  # meters
METER = 1.0

Found = list[int]


class Searcher(Protocol):
    def put(self, number: int, one: One) -> None: ...

    def find(self, need: Need) -> list[str] | list[bytes]: ...


def run() -> dict[str, Any]:
    """Every size, then how ours grows; `answers_equal`: all of them, at every size."""
    for script in ("install-postgis.sh", "install-redis.sh"):
        subprocess.run([DEPLOY / script], check=False)
    found: dict[str, Any] = {"seed": SEED, "sizes": SIZES, "k": WANTED, "searches": SEARCHES}
    alone = {"10k": _alone(Land(GROWTH_FROM, SEED))}
    with ExitStack() as stack:
        connection = _entered(stack, "PostGIS", peers.postgis)
        link = _entered(stack, "Redis", peers.redis)
        for name, size in SIZES.items():
            land = Land(size, SEED)
            searchers: dict[str, Searcher] = {"ours": Ours(land, compiled)}
            alone[name] = _alone(land, searchers["ours"])
            if connection is not None:
                searchers["postgis"] = peers.PostGIS(land, connection)
            if link is not None:
                searchers["redis"] = peers.Redis(land, link)
            found[f"candidates_{name}"] = _candidates(name, land, searchers)
    found["alone_us"] = alone
    found["plain_262k_us"] = _alone(Land(SIZES["262k"], SEED), plainly=True)
    found["growth"] = round(alone["1m"]["median"] / alone["10k"]["median"], 2)
    lines = [found[f"candidates_{name}"] for name in SIZES]
    found["update"] = {key: value for key, value in lines[1].items() if key.startswith("update")}
    found["answers_equal"] = min(line["answers_equal"] for line in lines)
    found["peers_as_known"] = min(line["peers_as_known"] for line in lines)
    return found


def _entered(stack: ExitStack, name: str, make: Callable[[], Any]) -> Any:
    """A peer's server, or None, with a line that says so."""
    try:
        return stack.enter_context(make())
    except peers.Missing as missing:
        print(f"{name} is left out: {missing}")
        return None


def _alone(land: Land, ours: Searcher | None = None, *, plainly: bool = False) -> dict[str, float]:
    """One search after the other, nothing else between: what it costs where it is warm."""
    searcher = ours or Ours(land, plain if plainly else compiled)
    times = []
    for need in [land.need() for _ in range(ALONE_SEARCHES)]:
        times.append(min(_timed(searcher, need)[0] for _ in range(ALONE)))
    return _figures(times)


class Step(NamedTuple):
    """Some who move, then a search; what everybody looked at finds, where it is held against it."""

    moves: list[tuple[int, One]]
    need: Need


class Round:
    """One size: the same steps put to each, some in a row at a time, and what they take."""

    def __init__(self, land: Land, searchers: dict[str, Searcher]) -> None:
        self.land, self.searchers, self.order = land, searchers, Random(SEED)
        self.brute = Brute(land)
        self.asked: dict[str, list[float]] = {each: [] for each in searchers}
        self.moved: dict[str, list[float]] = {each: [] for each in searchers}
        self.equal = dict.fromkeys(searchers, 0)
        self.checked = 0

    def play(self, searches: int, row: int, checked: int = 0) -> None:
        """So many searches, so many `row` in a row; the last step of each row is checked, as long
        as there are to be any."""
        for _ in range(searches // row):
            steps = [self._step() for _ in range(row)]
            names = list(self.searchers)
            self.order.shuffle(names)
            answers = {each: self._through(each, steps) for each in names}
            if self.checked < checked:
                self.checked += 1
                for each, answer in answers.items():
                    self.equal[each] += _right(each, self.land, self.brute, steps[-1].need, answer)

    def forget(self) -> None:
        """What it took so far was to warm up."""
        for times in (*self.asked.values(), *self.moved.values()):
            times.clear()

    def _step(self) -> Step:
        moves = [self.land.moved() for _ in range(MOVES)]
        for move in moves:
            self.brute.put(*move)
        return Step(moves, self.land.need())

    def _through(self, each: str, steps: list[Step]) -> Found:
        """The last answer."""
        searcher, answer = self.searchers[each], Found()
        for moves, need in steps:
            for number, one in moves:
                started = time.perf_counter()
                searcher.put(number, one)
                self.moved[each].append(time.perf_counter() - started)
            seconds, answer = _timed(searcher, need)
            self.asked[each].append(seconds)
        return answer


def _candidates(name: str, land: Land, searchers: dict[str, Searcher]) -> dict[str, Any]:
    print(f"{name}: {', '.join(searchers)}; {SEARCHES} searches, {MOVES} moves before each")
    round = Round(land, searchers)
    round.play(WARM, ROW)
    round.forget()
    round.play(SEARCHES, ROW, CHECKED)
    found = _line(name, round)
    round.forget()
    round.play(SEARCHES // 2, 1)
    return {**found, "one_by_one": {each: _figures(times) for each, times in round.asked.items()}}


def _line(name: str, round: Round) -> dict[str, Any]:
    found: dict[str, Any] = {each: _figures(times) for each, times in round.asked.items()}
    ours, known = found["ours"], True
    for each in KNOWN:
        theirs = found.get(each)
        for key in ("median", "p99"):
            ratio = None if theirs is None else round_to(theirs[key] / ours[key])
            found[f"{each}_{key}_ratio"] = ratio
        if theirs is not None:
            found[f"{each}_before"] = KNOWN[each][name]
            known = known and theirs["median"] <= SLOWER * KNOWN[each][name][0]
    updates = {each: statistics.median(times) * 1e6 for each, times in round.moved.items()}
    for each, microseconds in updates.items():
        found[f"update_{each}_us"] = round_to(microseconds)
        if each != "ours":
            found[f"update_{each}_ratio"] = round_to(microseconds / updates["ours"])
    found["checked"] = round.checked
    found["equal"] = round.equal
    found["answers_equal"] = int(all(count == round.checked for count in round.equal.values()))
    found["peers_as_known"] = int(known)
    return found


def round_to(value: float) -> float:
    return round(value, 1)


def _timed(searcher: Searcher, need: Need) -> tuple[float, Found]:
    started = time.perf_counter()
    answer = searcher.find(need)
    return time.perf_counter() - started, [int(number) for number in answer]


def _right(each: str, land: Land, brute: Brute, need: Need, answer: Found) -> bool:
    """Whether nobody is nearer than those found. Ours to the centimeter and in order; the others
    by distance on a sphere, as they measure it, but for ties within a meter."""
    exact = brute.squares(need)
    if each == "ours":
        return [exact.get(number) for number in answer] == sorted(exact.values())[:WANTED]
    if len(answer) != min(WANTED, len(exact)) or not set(answer) <= set(exact):
        return False
    near = sorted(exact, key=exact.__getitem__)[: 4 * WANTED]
    away = {number: _sphere(need.spot, land.ones[number].spot) for number in (*near, *answer)}
    last = sorted(away.values())[len(answer) - 1] if answer else 0.0
    return all(away[number] <= last + METER for number in answer)


def _sphere(one: Spot, other: Spot) -> float:
    """The haversine, by which both peers order (PostGIS's `<->` of geographies, too)."""
    up, aside = radians(other.lat - one.lat) / 2, radians(other.lon - one.lon) / 2
    part = sin(up) ** 2 + cos(radians(one.lat)) * cos(radians(other.lat)) * sin(aside) ** 2
    return 2 * SPHERE * asin(sqrt(part))


def _figures(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "median": round(statistics.median(ordered) * 1e6, 1),
        "p99": round(ordered[len(ordered) * 99 // 100] * 1e6, 1),
    }
