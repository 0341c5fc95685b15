"""The board in memory: every area's rows, as far as this process has heard of turns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import msgspec

from schemas.commands import Resume, Tick
from schemas.turns import OWNER, Envelope
from schemas.values import AreaId, Instant, OperationId
from schemas.views import Change, ClockRow, Put, Removed
from streams.engines import Published
from streams.engines.cluster.board import Position

Key = tuple[str, str]
"""A row's kind and id."""

_put: Final = msgspec.json.Decoder(Put)
_CLOCK: Final = str(ClockRow.__struct_config__.tag)


@dataclass(slots=True)
class _Page:
    """One area's rows after a turn."""

    sequence: int = 0
    at: Instant = 0
    rows: dict[Key, Put] = field(default_factory=dict)
    clocks: dict[Key, ClockRow] = field(default_factory=dict)  # those among the rows


class Mirror:
    """Areas are in it from their first turn on."""

    def __init__(self) -> None:
        self._pages: dict[AreaId, _Page] = {}

    def __contains__(self, area: AreaId) -> bool:
        return area in self._pages

    def sequence(self, area: AreaId) -> int:
        """The last turn of an area that was heard of, 0 before its first."""
        return self._pages[area].sequence if area in self._pages else 0

    def everything(self) -> list[Published]:
        """Every row as a put, one Published per area, by area."""
        return [
            Published(area, page.sequence, page.at, tuple(page.rows.values()))
            for area, page in sorted(self._pages.items())
        ]

    def lay(self, published: Published) -> None:
        """Take the next turn of an area."""
        page = self._pages.setdefault(published.area, _Page())
        page.sequence, page.at = published.sequence, published.at
        for change in published.changes:
            _lay(page, change)

    def renew(self, area: AreaId, position: Position, rows: list[bytes]) -> Published | None:
        """Take a whole page of encoded rows; gives what it changes.

        None where it is empty, or no further than what is known already.
        """
        if position.sequence <= self.sequence(area):
            return None
        puts = {_key(put): put for put in map(_put.decode, rows)}
        known = self._pages[area].rows if area in self._pages else {}
        gone = [Removed(kind=kind, id=id) for kind, id in known.keys() - puts.keys()]
        changed = [put for key, put in puts.items() if known.get(key) != put]
        published = Published(area, position.sequence, position.at, (*gone, *changed))
        self.lay(published)
        return published

    # Ticks

    def next_due(self, area: AreaId) -> tuple[Instant, OperationId, int] | None:
        """When, where and as which number the next tick is due. LookupError without the area."""
        clocks = self._pages[area].clocks.values()
        due = [(row.next_due, row.id, row.next_tick) for row in clocks if row.next_due is not None]
        return min(due, default=None)

    def is_stale(self, envelope: Envelope) -> bool:
        """Whether this is a tick of the owner that is not the next one of its operation."""
        command = envelope.command
        if not isinstance(command, Tick | Resume) or envelope.actor != OWNER:
            return False
        clock = self._pages[envelope.area].clocks.get((_CLOCK, envelope.operation))
        return clock is None or clock.next_tick != command.number


def _key(put: Put) -> Key:
    return str(put.row.__struct_config__.tag), put.row.id


def _lay(page: _Page, change: Change) -> None:
    if isinstance(change, Removed):
        page.rows.pop((change.kind, change.id), None)
        page.clocks.pop((change.kind, change.id), None)
        return
    key = _key(change)
    page.rows[key] = change
    if isinstance(change.row, ClockRow):
        page.clocks[key] = change.row
