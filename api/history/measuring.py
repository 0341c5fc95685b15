"""Measures of a review: the three clocks of a line, and what was left unmet, with the reasons.

Published → first asked is ours; asked → first yes is theirs, by whatever reached them; yes →
first arrival is the road. Each is counted over the lines that came so far, so the counts stand
beside the times. A percentile is the smallest value that so many in a hundred do not exceed
(nearest rank), so it is a time that somebody has waited.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from csv import writer
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from api.history.reading import Sight
from api.history.store import mark_of, opened
from schemas.values import AreaId, CloseReason, Instant, Milliseconds, OperationId
from streams.days import day_of
from streams.ending import NO_RECOVERY

BYTE_ORDER_MARK: Final = "\ufeff"
ALL: Final = "all"
NOBODY_ASKED: Final = "nobody_asked"  # no gate is known: it ended before anybody was looked for
NOT_NEEDED: Final = (*NO_RECOVERY, CloseReason.DONE_BY_OTHERS)
NO_YES: Final = "no_yes"  # somebody was asked, and too few said yes

_LINES: Final = """
SELECT demands.division, demands.kind, demands.priority, demands.published_at, demands.reason,
    lines.dropped, lines.covered < lines.minimum, lines.open, lines.unmet AND lines.offers = 0,
    lines.gates,
    (SELECT min(sent_at) FROM offers WHERE offers.line = lines.id),
    (SELECT min(committed_at) FROM assignments WHERE assignments.line = lines.id),
    (SELECT min(arrived_at) FROM assignments WHERE assignments.line = lines.id)
FROM demands JOIN lines ON lines.demand = demands.id
WHERE demands.area = ? AND demands.operation = ?
    AND demands.published_at >= ? AND demands.published_at < ?
    AND (demands.division IN (SELECT value FROM json_each(?))
        OR demands.sender IN (SELECT value FROM json_each(?)))
"""


class Span(msgspec.Struct, frozen=True):
    """One of the three clocks: over how many lines, and what 50 and 90 in 100 did not exceed."""

    count: int
    p50: Milliseconds | None
    p90: Milliseconds | None


class Measured(msgspec.Struct, frozen=True):
    """The lines of one group: all of them, or one division's, kind's, priority's or day's.

    `withdrawn`: lines that nobody needed any longer, dropped or closed as such. `unmet`: others
    below their minimum that are closed, but for "met", or with nobody asked or to be asked now;
    `reasons`: what kept most organizations out of these, by gate, `no_yes` or `nobody_asked`.
    """

    by: str
    key: str
    lines: int
    withdrawn: int
    unmet: int
    reasons: dict[str, int]
    asked_after: Span
    yes_after: Span
    arrived_after: Span


class Measures(msgspec.Struct, frozen=True):
    """What was published in a period. `sequence`: the turn that history was written up to."""

    since: Instant
    until: Instant
    sequence: int
    groups: list[Measured]


class _Line(NamedTuple):
    division: str
    kind: str
    priority: int
    published: Instant
    closed_as: str | None
    dropped: int
    short: int
    open: int
    unmet: int
    gates: str
    asked: Instant | None
    yes: Instant | None
    arrived: Instant | None

    @property
    def withdrawn(self) -> bool:
        """Whether nobody's help was wanted any longer: no need, and so none that was not met."""
        return bool(self.dropped) or self.closed_as in NOT_NEEDED

    @property
    def reason(self) -> str | None:
        """Why it is unmet: the gate that kept most out, or that those asked did not say yes."""
        if not self.short or (self.open and not self.unmet):
            return None
        if self.withdrawn or self.closed_as == CloseReason.MET:
            return None  # the second: the desk's word that it was met, by whomever
        if self.asked is not None:
            return NO_YES
        counts = {one["gate"]: one["count"] for one in msgspec.json.decode(self.gates)}
        return max(counts, key=lambda gate: counts[gate], default=NOBODY_ASKED)

    @property
    def groups(self) -> tuple[str, ...]:
        """Its key in each of the ways of grouping."""
        return ("", str(self.priority), self.division, self.kind, day_of(self.published))


WAYS: Final = (ALL, "priority", "division", "kind", "day")


class _Group:
    """What is gathered of some lines; each clock's times in the order that they came in."""

    def __init__(self) -> None:
        self.lines = 0
        self.withdrawn = 0
        self.reasons: Counter[str] = Counter()
        self.times: tuple[list[int], list[int], list[int]] = ([], [], [])

    def take(
        self, line: _Line, reason: str | None, spans: Sequence[tuple[int, Milliseconds]]
    ) -> None:
        """One more line: why it is unmet, if it is, and its clocks that have come to an end."""
        self.lines += 1
        self.withdrawn += line.withdrawn
        if reason is not None:
            self.reasons[reason] += 1
        for clock, milliseconds in spans:
            self.times[clock].append(milliseconds)

    def measured(self, by: str, key: str) -> Measured:
        asked, yes, arrived = map(_span, self.times)
        return Measured(
            by=by,
            key=key,
            lines=self.lines,
            withdrawn=self.withdrawn,
            unmet=self.reasons.total(),
            reasons=dict(self.reasons.most_common()),
            asked_after=asked,
            yes_after=yes,
            arrived_after=arrived,
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
        asked = file.execute(_LINES, (area, operation, since, until, codes, codes))
        groups = list(_groups(map(_Line._make, asked)))
        mark = mark_of(file, area)
    return Measures(since, until, 0 if mark is None else mark.sequence, groups)


def _groups(lines: Iterable[_Line]) -> Iterator[Measured]:
    found: dict[tuple[int, str], _Group] = {}
    for line in lines:
        reason, spans = line.reason, tuple(_spans(line))
        for place in enumerate(line.groups):
            if place not in found:
                found[place] = _Group()
            found[place].take(line, reason, spans)
    for way, key in sorted(found):
        yield found[way, key].measured(WAYS[way], key)


def _spans(line: _Line) -> Iterator[tuple[int, Milliseconds]]:
    """Each of the three clocks that has come to its end."""
    moments = (line.published, line.asked, line.yes, line.arrived)
    for clock, (start, end) in enumerate(pairwise(moments)):
        if start is not None and end is not None:
            yield clock, end - start


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
    yield ["by", "key", "lines", "withdrawn", "unmet", "reasons", *named]
    for group in found.groups:
        reasons = " ".join(f"{reason}:{count}" for reason, count in group.reasons.items())
        spans = [getattr(group, clock) for clock in clocks]
        times = [value for span in spans for value in (span.count, _s(span.p50), _s(span.p90))]
        counts = (group.lines, group.withdrawn, group.unmet)
        yield [group.by, group.key, *counts, reasons, *times]


def _s(milliseconds: Milliseconds | None) -> float | str:
    return "" if milliseconds is None else milliseconds / 1000
