"""Leaving: what has ended is no longer on anybody's screen after a while, and stays in history.

Which rows are shown follows from the rows and from the time of the latest turn alone: a server
that starts anew shows what it showed before, and a screen that comes back misses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Final, NamedTuple

from api.live.moves import Key
from schemas.values import Instant
from schemas.views import AssignmentRow, DemandRow, IncidentRow, OfferRow, Row, TaskRow
from streams.parameters import HOUR

SHOWN: Final = 2 * HOUR  # after its end; whoever has just closed something may want it back
CREW_SHOWN: Final = 12 * HOUR  # so long somebody without signal may still be on the road for it


class Turned(NamedTuple):
    """A row that is no longer shown, or that is shown again."""

    key: Key
    shown: bool


class Leaving:
    """When each row leaves the screens. What belongs to a demand leaves and comes back with it."""

    def __init__(self) -> None:
        self._at: dict[Key, Instant] = {}
        self._due: list[tuple[Instant, Key]] = []  # a heap; what is no longer in `_at` is void
        self._rows: dict[str, dict[Key, OfferRow | AssignmentRow]] = {}  # by demand
        self._closed: dict[str, Instant] = {}  # demands, since when
        self._gone: set[Key] = set()
        self._back: dict[Key, None] = {}

    def take(self, key: Key, row: Row) -> None:
        """Note a row that is shown now, as it is."""
        self._gone.discard(key)
        match row:
            case DemandRow():
                self._demand(row)
            case OfferRow() | AssignmentRow():
                self._rows.setdefault(row.demand, {})[key] = row
        self._wait(key, _leaves_at(row, self._closed))

    def forget(self, key: Key, row: Row) -> None:
        """Note that a row is no more."""
        self._wait(key, None)
        self._gone.discard(key)
        self._back.pop(key, None)
        match row:
            case DemandRow():
                self._closed.pop(row.id, None)
            case OfferRow() | AssignmentRow():
                rows = self._rows.get(row.demand, {})
                rows.pop(key, None)
                if not rows:
                    self._rows.pop(row.demand, None)

    def hides(self, key: Key) -> bool:
        """Whether a row is not shown."""
        return key in self._gone

    def turned(self, at: Instant) -> Iterator[Turned]:
        """What has come back since it was last asked, and what leaves by this time; each once."""
        for key in self._back:
            yield Turned(key, shown=True)
        self._back.clear()
        while self._due and self._due[0][0] <= at:
            when, key = heappop(self._due)
            if self._at.get(key) == when:
                del self._at[key]
                self._gone.add(key)
                yield Turned(key, shown=False)

    def _demand(self, row: DemandRow) -> None:
        """Closed or reopened, it takes along what belongs to it."""
        if row.closed_at == self._closed.get(row.id):
            return
        if row.closed_at is None:
            del self._closed[row.id]
        else:
            self._closed[row.id] = row.closed_at
        for key, one in self._rows.get(row.id, {}).items():
            self._wait(key, _leaves_at(one, self._closed))

    def _wait(self, key: Key, at: Instant | None) -> None:
        if at is None:
            self._at.pop(key, None)
        elif self._at.get(key) != at:
            self._at[key] = at
            heappush(self._due, (at, key))
        if key in self._gone:
            self._gone.discard(key)
            self._back[key] = None


def _leaves_at(row: Row, closed: dict[str, Instant]) -> Instant | None:
    """From when a row is not shown, as it is now; None while it is not over."""
    match row:
        case DemandRow(closed_at=int(at)) | TaskRow(ended_at=int(at)):
            return at + SHOWN
        case IncidentRow(readable=False):
            return (row.destroy_at or row.closed_at or row.opened_at) + SHOWN
        case AssignmentRow(ended_at=int(at)) if row.demand in closed:
            return max(at, closed[row.demand]) + CREW_SHOWN
        case OfferRow(ended_at=int(at)):
            return _offer_leaves_at(row, at, closed.get(row.demand))
    return None


def _offer_leaves_at(row: OfferRow, ended_at: Instant, closed: Instant | None) -> Instant | None:
    """With its demand; before, where nothing can come of it any more."""
    if row.answerable or row.state in ("standby", "accepted"):
        return None if closed is None else max(ended_at, closed) + SHOWN
    return ended_at + SHOWN
