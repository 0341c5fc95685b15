"""Measures of a review: the three clocks of a line, and what was left unmet, with the reasons.

Published → first asked is ours; asked → first yes is theirs, by whatever reached them; yes →
first arrival is the road. Each is counted over the lines that came so far, in their present
round, so the counts stand beside the times. A percentile is the smallest value that so many in a
hundred do not exceed (nearest rank), so it is a time that somebody has waited.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from csv import writer
from io import StringIO
from pathlib import Path
from typing import Any, Final

import msgspec

from api.history.hearing import REQUESTS, Requests
from api.history.reading import Sight
from api.history.store import mark_of, opened
from api.history.waits import LINES, Counted, Waited
from schemas.values import AreaId, Instant, Milliseconds, OperationId, Reach

BYTE_ORDER_MARK: Final = "\ufeff"
ALL: Final = "all"
WAYS: Final = (ALL, "priority", "incident", "division", "kind", "day")


class Span(msgspec.Struct, frozen=True):
    """One of the three clocks: over how many lines, and what 50 and 90 in 100 did not exceed."""

    count: int
    p50: Milliseconds | None
    p90: Milliseconds | None


class Measured(msgspec.Struct, frozen=True):
    """The lines of one group: all, or one priority's, incident's, division's, kind's or day's.

    `withdrawn`: lines that nobody needed any longer, dropped or closed as such, or another
    demand's need told once more. `unmet`: others
    that were closed, but for "met", with less than their minimum of help; or that are open with
    less than it under way, and nobody asked or to be asked now. `partly`: of these, with some.
    `reasons`, one for each unmet line: `not_come`, `not_taken`, `no_yes`, `not_reached`,
    `nobody_asked`, `nobody_has_it`, or the gate that kept most organizations out.
    `requests`: those of all rounds; `reached`: how many of them were, by what reached them first;
    `unheard`: of these nobody is known to have heard. `reached_after`: from asking to that.
    """

    by: str
    key: str
    lines: int
    withdrawn: int
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


class Measures(msgspec.Struct, frozen=True):
    """What was published in a period. `sequence`: the turn that history was written up to."""

    since: Instant
    until: Instant
    sequence: int
    groups: list[Measured]


class _Group:
    """What is gathered of some lines; each clock's times in the order that they came in."""

    def __init__(self) -> None:
        self.lines = 0
        self.withdrawn = 0
        self.partly = 0
        self.reasons: Counter[str] = Counter()
        self.times: tuple[list[int], list[int], list[int]] = ([], [], [])
        self.requests = self.unheard = 0
        self.reached: Counter[str] = Counter()
        self.heard_after: list[int] = []

    def take(self, line: Counted) -> None:
        """One more line."""
        self.lines += 1
        self.withdrawn += line.withdrawn
        self.partly += line.partly
        if line.reason is not None:
            self.reasons[line.reason] += 1
        for clock, milliseconds in line.waits:
            self.times[clock].append(milliseconds)

    def ask(self, alike: Requests) -> None:
        """Some more requests."""
        self.requests += alike.many
        if alike.by is None or alike.after is None:
            self.unheard += 0 if alike.answered else alike.many
            return
        self.reached[alike.by] += alike.many
        self.heard_after.extend([alike.after] * alike.many)

    def add(self, other: _Group) -> None:
        """All lines of another one."""
        self.lines += other.lines
        self.withdrawn += other.withdrawn
        self.partly += other.partly
        self.reasons += other.reasons
        for own, others in zip(self.times, other.times, strict=True):
            own.extend(others)
        self.requests += other.requests
        self.unheard += other.unheard
        self.reached += other.reached
        self.heard_after.extend(other.heard_after)

    def measured(self, by: str, key: str) -> Measured:
        asked, yes, arrived = map(_span, self.times)
        return Measured(
            by=by,
            key=key,
            lines=self.lines,
            withdrawn=self.withdrawn,
            unmet=self.reasons.total(),
            partly=self.partly,
            reasons=dict(self.reasons.most_common()),
            asked_after=asked,
            yes_after=yes,
            arrived_after=arrived,
            requests=self.requests,
            reached={
                way.value: self.reached[way.value] for way in Reach if self.reached[way.value]
            },
            unheard=self.unheard,
            reached_after=_span(self.heard_after),
        )


def measures(
    path: Path,
    area: AreaId,
    operation: OperationId,
    sight: Sight,
    since: Instant,
    until: Instant,
) -> Measures:
    """Over the lines of demands published in `since` ≤ t < `until`, as they stand by now.

    HistoryUnfit where there is no history that can be read.
    """
    codes = msgspec.json.encode(sight.divisions).decode()
    with opened(path) as file:
        about = (area, operation, since, until, codes, codes)
        lines = map(Waited._make, file.execute(LINES, about))
        requests = map(Requests._make, file.execute(REQUESTS, about).fetchall())
        groups = list(_groups(lines, requests))
        mark = mark_of(file, area)
    return Measures(since, until, 0 if mark is None else mark.sequence, groups)


def _groups(lines: Iterable[Waited], requests: Iterable[Requests]) -> Iterator[Measured]:
    """Lines that are alike in every way are gathered first: these are few, whatever the crowd."""
    alike: defaultdict[tuple[str, ...], _Group] = defaultdict(_Group)
    for line in lines:
        alike[line.keys].take(line.counted())
    for asked in requests:
        alike[asked.keys].ask(asked)
    found: list[defaultdict[str, _Group]] = [defaultdict(_Group) for _ in WAYS]
    for keys, gathered in alike.items():
        for groups, key in zip(found, ("", *keys), strict=True):
            groups[key].add(gathered)
    for way, groups in zip(WAYS, found, strict=True):
        for key in sorted(groups):
            yield groups[key].measured(way, key)


def _span(times: list[Milliseconds]) -> Span:
    times.sort()
    return Span(len(times), percentile(times, 50), percentile(times, 90))


def percentile(ordered: Sequence[int], of_hundred: int) -> int | None:
    """The nearest-rank percentile of values in order; None of nothing."""
    if not ordered:
        return None
    rank = -(-len(ordered) * of_hundred // 100)  # rounded up
    return ordered[rank - 1]


def as_csv(found: Measures) -> str:
    """The groups as a table for other programs (RFC 4180): a head, then counts and seconds.

    With a byte order mark, without which the usual table programs take it for another encoding.
    No cell holds a text that people have typed, so none can be a formula.
    """
    table = StringIO()
    table.write(BYTE_ORDER_MARK)
    writer(table).writerows(_cells(found))
    return table.getvalue()


def _cells(found: Measures) -> Iterator[list[Any]]:
    clocks = ("asked_after", "yes_after", "arrived_after")
    named = [f"{clock}_{what}" for clock in clocks for what in ("count", "p50_s", "p90_s")]
    ways = [way.value for way in Reach]
    heard = ["requests", "unheard", *ways, "reached_after_p50_s", "reached_after_p90_s"]
    yield ["by", "key", "lines", "withdrawn", "unmet", "partly", "reasons", *named, *heard]
    for group in found.groups:
        reasons = " ".join(f"{reason}:{count}" for reason, count in group.reasons.items())
        spans = [getattr(group, clock) for clock in clocks]
        times = [value for span in spans for value in (span.count, _s(span.p50), _s(span.p90))]
        counts = (group.lines, group.withdrawn, group.unmet, group.partly)
        by = [group.reached.get(way, 0) for way in ways]
        after = (_s(group.reached_after.p50), _s(group.reached_after.p90))
        reached = (group.requests, group.unheard, *by, *after)
        yield [group.by, group.key, *counts, reasons, *times, *reached]


def _s(milliseconds: Milliseconds | None) -> float | str:
    return "" if milliseconds is None else milliseconds / 1000
