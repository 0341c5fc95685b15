"""Short: which open lines lack units, by township and skill, the most urgent first.

Kept row by row as the board changes, so that whoever looks for what it could help with costs what
it is shown, not what there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge

from sortedcontainers import SortedList

from schemas.line_views import LineView
from schemas.values import DivisionCode, LineId
from schemas.views import DemandRow

Place = tuple[int, int, LineId]  # priority, when its round began, the line itself


class Short:
    """The lines of one board that are short of units."""

    def __init__(self) -> None:
        self._lines: dict[tuple[DivisionCode, str], SortedList[Place]] = {}

    def within(self, townships: Iterable[str], skills: Iterable[str]) -> Iterator[LineId]:
        """Lines of these skills in these townships, the most urgent first, then the oldest."""
        skills = tuple(skills)
        keys = ((DivisionCode(town), skill) for town in townships for skill in skills)
        lists = [found for key in keys if (found := self._lines.get(key)) is not None]
        return (place[-1] for place in merge(*lists))

    def take(self, row: DemandRow, before: DemandRow | None) -> None:
        """Note a demand that is new, or that has changed."""
        if before is not None:
            self.forget(before)
        for line in row.lines if row.state == "published" and not row.shut else ():
            if lacking(line):
                key = (row.division, line.skill)
                self._lines.setdefault(key, SortedList()).add(_place(row, line))

    def forget(self, row: DemandRow) -> None:
        """Note that a demand is not as it was, or has left the board."""
        for line in row.lines:
            key = (row.division, line.skill)
            found = self._lines.get(key)
            if found is not None:
                found.discard(_place(row, line))
                if not found:
                    del self._lines[key]


def lacking(line: LineView) -> int:
    """Units that it is short of, as the rules count them; none where nobody is asked for it."""
    return line.short if line.open else 0


def _place(row: DemandRow, line: LineView) -> Place:
    return (row.priority, line.opened_at, line.id)
