"""Appeals: which demands everybody may read of just now, the most urgent first.

Kept row by row as the board changes: what a stranger is shown costs what is public, not what there
is; and once nothing is, nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from sortedcontainers import SortedList

from schemas.values import DemandId, Instant, Mode
from schemas.views import DemandRow

Place = tuple[int, Instant, DemandId]  # priority, since when, the demand itself


@dataclass(frozen=True, slots=True)
class KeptPage:
    """One form of the public page, as it was made: of which state, and when (monotonic)."""

    version: int
    made_at: float
    content: bytes
    packed: bytes
    etag: str


class Appeals:
    """The demands of one board that the public reads of."""

    def __init__(self) -> None:
        self.version = 0  # another one whenever the public may read something else
        self._rows: dict[DemandId, DemandRow] = {}
        self._order: SortedList[Place] = SortedList()

    def __len__(self) -> int:
        return len(self._rows)

    def worst(self, most: int) -> list[DemandRow]:
        """So many, the most urgent first, then the oldest."""
        return [self._rows[place[-1]] for place in islice(self._order, most)]

    def take(self, row: DemandRow) -> None:
        """Note a demand that is new, or that has changed."""
        self.forget(row)
        if _public(row):
            self._rows[row.id] = row
            self._order.add(_place(row))
            self.version += 1

    def forget(self, row: DemandRow) -> None:
        """Note that a demand is not as it was, or has left the board."""
        known = self._rows.pop(row.id, None)
        if known is not None:
            self._order.remove(_place(known))
            self.version += 1


def _public(row: DemandRow) -> bool:
    """Only what is real: an exercise asks nobody outside it."""
    return row.mode is Mode.ACTUAL and row.appeal is not None and row.appeal.shown


def _place(row: DemandRow) -> Place:
    return (row.priority, row.published_at, row.id)
