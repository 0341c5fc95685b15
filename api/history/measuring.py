"""Measures of a review: the three clocks of a line, and what was left unmet, with the reasons.

Published → first asked is ours; asked → first yes is theirs, by whatever reached them; yes →
first arrival is the road. Each is counted over the lines that came so far, so the counts stand
beside the times. A percentile is the smallest value that so many in a hundred do not exceed
(nearest rank), so it is a time that somebody has waited.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from csv import writer
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from api.history.reading import Sight
from api.history.store import mark_of, opened
from schemas.values import AreaId, Instant, Milliseconds, OperationId

LOCAL: Final = timedelta(hours=8)  # of the area; days are counted in it
BYTE_ORDER_MARK: Final = "\ufeff"
ALL: Final = "all"
NOBODY_ASKED: Final = "nobody_asked"  # no gate is known: it ended before anybody was looked for
NO_YES: Final = "no_yes"  # somebody was asked, and too few said yes

_LINES: Final = """
SELECT demands.division, demands.kind, demands.priority, demands.published_at, demands.state,
    lines.covered < lines.minimum, lines.open, lines.unmet AND lines.offers = 0, lines.gates,
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

    `unmet`: lines below their minimum that are closed, or with nobody asked or to be asked now;
    `reasons`: what kept most organizations out of these, by gate, `no_yes` or `nobody_asked`.
    """

    by: str
    key: str
    lines: int
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
    state: str
    short: int
    open: int
    unmet: int
    gates: str
    asked: Instant | None
    yes: Instant | None
    arrived: Instant | None

    @property
    def is_unmet(self) -> bool:
        return bool(self.short and (self.unmet or not self.open))

    @property
    def reason(self) -> str:
        """The gate that kept most out; or that those who were asked did not come."""
        if self.asked is not None:
            return NO_YES
        counts = {one["gate"]: one["count"] for one in msgspec.json.decode(self.gates)}
        return max(counts, key=lambda gate: counts[gate], default=NOBODY_ASKED)


_GROUPS: Final[tuple[tuple[str, Callable[[_Line], str]], ...]] = (
    (ALL, lambda _line: ""),
    ("priority", lambda line: str(line.priority)),
    ("division", lambda line: line.division),
    ("kind", lambda line: line.kind),
    ("day", lambda line: _day(line.published)),
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
        lines = [_Line(*values) for values in asked]
        mark = mark_of(file, area)
    sequence = 0 if mark is None else mark.sequence
    return Measures(since, until, sequence, list(_groups(lines)))


def _groups(lines: Sequence[_Line]) -> Iterator[Measured]:
    for by, key_of in _GROUPS:
        found: dict[str, list[_Line]] = {}
        for line in lines:
            found.setdefault(key_of(line), []).append(line)
        for key in sorted(found):
            yield _measured(by, key, found[key])


def _measured(by: str, key: str, lines: Sequence[_Line]) -> Measured:
    unmet = [line for line in lines if line.is_unmet]
    return Measured(
        by=by,
        key=key,
        lines=len(lines),
        unmet=len(unmet),
        reasons=dict(Counter(line.reason for line in unmet).most_common()),
        asked_after=_span((line.published, line.asked) for line in lines),
        yes_after=_span((line.asked, line.yes) for line in lines),
        arrived_after=_span((line.yes, line.arrived) for line in lines),
    )


def _span(spans: Iterable[tuple[Instant | None, Instant | None]]) -> Span:
    times = sorted(end - start for start, end in spans if start is not None and end is not None)
    return Span(len(times), percentile(times, 50), percentile(times, 90))


def percentile(ordered: Sequence[int], of_hundred: int) -> int | None:
    """The nearest-rank percentile of values in order; None of nothing."""
    if not ordered:
        return None
    rank = -(-len(ordered) * of_hundred // 100)  # rounded up
    return ordered[rank - 1]


def _day(at: Instant) -> str:
    return (datetime.fromtimestamp(at / 1000, UTC) + LOCAL).date().isoformat()


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
    yield ["by", "key", "lines", "unmet", "reasons", *named]
    for group in found.groups:
        reasons = " ".join(f"{reason}:{count}" for reason, count in group.reasons.items())
        spans = [getattr(group, clock) for clock in clocks]
        times = [value for span in spans for value in (span.count, _s(span.p50), _s(span.p90))]
        yield [group.by, group.key, group.lines, group.unmet, reasons, *times]


def _s(milliseconds: Milliseconds | None) -> float | str:
    return "" if milliseconds is None else milliseconds / 1000
