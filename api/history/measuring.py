"""Measures of a review: the clocks of a line, its standard, and what was left unmet, and why.

Published → first asked is ours; asked → first yes is theirs, by whatever reached them; yes →
first arrival is the road. Each is counted over the lines that came so far, in their present
round, so the counts stand beside the times. A percentile is the smallest value that so many in a
hundred do not exceed (nearest rank), so it is a time that somebody has waited.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import apsw
import msgspec

from api.history.crews import CREWS, SPANS, Crew
from api.history.hearing import REQUESTS, Requests
from api.history.reading import Sight
from api.history.standards import STANDARDS, STEPS, Kept, Standard
from api.history.store import mark_of, opened
from api.history.waits import LINES, Counted, Waited
from schemas.values import AreaId, Instant, Milliseconds, OperationId, Reach

ALL: Final = "all"
WAYS: Final = (ALL, "priority", "incident", "division", "kind", "day")
BESIDE: Final = "beside"  # all lines of a division's neighbors, under its code
DIVISION: Final = WAYS.index("division")
CLOCKS: Final = ("asked_after", "yes_after", "arrived_after", "first_after", "full_after")

Neighbors = Mapping[str, Sequence[str]]
"""Which divisions each is compared with."""


class Span(msgspec.Struct, frozen=True):
    """One clock: over how many lines or crews, and what 50 and 90 in 100 did not exceed."""

    count: int
    p50: Milliseconds | None
    p90: Milliseconds | None


class Measured(msgspec.Struct, frozen=True):
    """The lines of one group: all, or one priority's, incident's, division's, kind's or day's; or
    (`beside`) of a division's neighbors taken together.

    `withdrawn`: lines that nobody needed any longer, dropped or closed as such, or another
    demand's need told once more. `unmet`: others
    that were closed, but for "met", with less than their minimum of help; or that are open with
    less than it under way, and nobody asked or to be asked now. `partly`: of these, with some.
    `reasons`, one for each unmet line: `not_come`, `not_taken`, `no_yes`, `not_reached`,
    `nobody_asked`, `nobody_has_it`, or the gate that kept most organizations out.
    `requests`: those of all rounds; `reached`: how many of them were, by what reached them first;
    `unheard`: of these nobody is known to have heard. `reached_after`: from asking to that.
    `waiting`: open lines with less than their minimum under way. `first_after`, `full_after`: from
    publishing until somebody was there, by whomever it was, and until the target was; of demands
    that are needed at once. `standard`: by step (`asked`, `yes`, `arrived`), how many lines kept
    the standard of their priority. `crews`, and of these: from the yes to setting off (`turnout`),
    from there to the scene (`travel`), and how long they stayed (`on_scene`).
    """

    by: str
    key: str
    lines: int
    withdrawn: int
    waiting: int
    unmet: int
    partly: int
    reasons: dict[str, int]
    asked_after: Span
    yes_after: Span
    arrived_after: Span
    requests: int
    reached: dict[str, int]
    unheard: int
    reached_after: Span
    first_after: Span
    full_after: Span
    standard: dict[str, Kept]
    crews: int
    turnout: Span
    travel: Span
    on_scene: Span


class Measures(msgspec.Struct, frozen=True):
    """What was published in a period, as of `at`. `sequence`: the turn that history was written
    up to. `standards`: by priority, what lines are held against.
    """

    since: Instant
    until: Instant
    sequence: int
    at: Instant
    standards: dict[str, Standard]
    groups: list[Measured]


class _Group:
    """What is gathered of some lines; each clock's times in the order that they came in."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.reached: Counter[str] = Counter()
        self.kept: Counter[tuple[int, bool]] = Counter()
        self.times: tuple[list[int], ...] = tuple([] for _ in CLOCKS)
        self.spans: tuple[list[int], ...] = tuple([] for _ in SPANS)
        self.heard_after: list[int] = []

    def take(self, line: Counted) -> None:
        """One more line."""
        self.counts["lines"] += 1
        self.counts["withdrawn"] += line.withdrawn
        self.counts["waiting"] += line.waiting
        self.counts["partly"] += line.partly
        if line.reason is not None:
            self.reasons[line.reason] += 1
        for clock, milliseconds in line.waits:
            self.times[clock].append(milliseconds)
        self.kept.update(line.kept)

    def ask(self, alike: Requests) -> None:
        """Some more requests."""
        self.counts["requests"] += alike.many
        if alike.by is None or alike.after is None:
            self.counts["unheard"] += 0 if alike.answered else alike.many
            return
        self.reached[alike.by] += alike.many
        self.heard_after.extend([alike.after] * alike.many)

    def work(self, crew: Crew) -> None:
        """One more crew."""
        self.counts["crews"] += 1
        for number, milliseconds in crew.spans:
            self.spans[number].append(milliseconds)

    def add(self, other: _Group) -> None:
        """All lines of another one."""
        for counted in ("counts", "reasons", "reached", "kept"):
            getattr(self, counted).update(getattr(other, counted))
        self.heard_after.extend(other.heard_after)
        for own, others in zip(
            (*self.times, *self.spans), (*other.times, *other.spans), strict=True
        ):
            own.extend(others)

    def measured(self, by: str, key: str) -> Measured:
        counts = ("lines", "withdrawn", "waiting", "partly", "requests", "unheard", "crews")
        spans = zip((*CLOCKS, *SPANS), (*self.times, *self.spans), strict=True)
        gathered: dict[str, Any] = {name: self.counts[name] for name in counts}
        gathered |= {name: _span(found) for name, found in spans}
        return Measured(
            by=by,
            key=key,
            unmet=self.reasons.total(),
            reasons=dict(self.reasons.most_common()),
            reached={
                way.value: self.reached[way.value] for way in Reach if self.reached[way.value]
            },
            reached_after=_span(self.heard_after),
            standard={step: self._held(number) for number, step in enumerate(STEPS)},
            **gathered,
        )

    def _held(self, step: int) -> Kept:
        kept, broken = self.kept[step, True], self.kept[step, False]
        return Kept(kept + broken, kept)


def measures(
    path: Path,
    area: AreaId,
    operation: OperationId,
    sight: Sight,
    since: Instant,
    until: Instant,
    beside: Neighbors | None = None,
) -> Measures:
    """Over the lines of demands published in `since` ≤ t < `until`, as they stand by now.

    `beside`: with what each division is compared; nothing else of it leaves the sight.
    HistoryUnfit where there is no history that can be read.
    """
    codes = msgspec.json.encode(sight.divisions).decode()
    with opened(path) as file:
        about = (area, operation, since, until, codes, codes)
        mark = mark_of(file, area)
        sequence, at = (0, 0) if mark is None else (mark.sequence, mark.at)
        alike = _alike(file, about, at)
        groups = list(_groups(alike, beside or {}))
    standards = {str(priority): standard for priority, standard in STANDARDS.items()}
    return Measures(since, until, sequence, at, standards, groups)


def _alike(
    file: apsw.Connection, about: tuple[Any, ...], now: Instant
) -> dict[tuple[str, ...], _Group]:
    """Lines that are alike in every way, gathered: these are few, whatever the crowd."""
    alike: defaultdict[tuple[str, ...], _Group] = defaultdict(_Group)
    for line in map(Waited._make, file.execute(LINES, about)):
        alike[line.keys].take(line.counted(now))
    for asked in map(Requests._make, file.execute(REQUESTS, about)):
        alike[asked.keys].ask(asked)
    for crew in map(Crew._make, file.execute(CREWS, about)):
        alike[crew.keys].work(crew)
    return alike


def _groups(alike: Mapping[tuple[str, ...], _Group], beside: Neighbors) -> Iterator[Measured]:
    found: list[defaultdict[str, _Group]] = [defaultdict(_Group) for _ in WAYS]
    for keys, gathered in alike.items():
        for groups, key in zip(found, ("", *keys), strict=True):
            groups[key].add(gathered)
    for way, groups in zip(WAYS, found, strict=True):
        for key in sorted(groups):
            yield groups[key].measured(way, key)
    yield from _beside(found[DIVISION], beside)


def _beside(divisions: Mapping[str, _Group], beside: Neighbors) -> Iterator[Measured]:
    """Of each division with lines, its neighbors with lines as one."""
    for code in sorted(divisions):
        near = [other for other in beside.get(code, ()) if other in divisions]
        together = _Group()
        for other in near:
            together.add(divisions[other])
        if near:
            yield together.measured(BESIDE, code)


def _span(times: list[Milliseconds]) -> Span:
    times.sort()
    return Span(len(times), percentile(times, 50), percentile(times, 90))


def percentile(ordered: Sequence[int], of_hundred: int) -> int | None:
    """The nearest-rank percentile of values in order; None of nothing."""
    if not ordered:
        return None
    rank = -(-len(ordered) * of_hundred // 100)  # rounded up
    return ordered[rank - 1]
