"""What became of every row and of every logged change: all counted once, refusals by reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from api.records.reading import Reading, Refused


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is not taken in: why, and which field it is about."""

    row: int
    code: str
    field: str = ""
    detail: str = ""

    @classmethod
    def of(cls, row: int, refused: Refused) -> Refusal:
        return cls(row, refused.code, refused.field, refused.detail)


@dataclass(slots=True)
class Ledger:
    """Rows = demands + duplicates + refused; logged changes = changes + those refused."""

    rows: int = 0
    demands: int = 0
    duplicates: int = 0
    refused: list[Refusal] = field(default_factory=list)
    changes: int = 0
    changes_refused: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    skills: Counter[str] = field(default_factory=Counter)

    def refuse(self, refusal: Refusal, logged: int) -> None:
        """A row is refused, and with it all that was logged of it."""
        self.refused.append(refusal)
        self.not_played("row_refused", logged)

    def double(self, logged: int) -> None:
        self.duplicates += 1
        self.not_played("row_doubled", logged)

    def demand(self, reading: Reading) -> None:
        self.demands += 1
        self.flags.update(reading.flags)
        self.skills.update(line.request.skill for line in reading.lines)

    def mark(self, flag: str, there: bool = True) -> None:
        if there:
            self.flags[flag] += 1

    def not_played(self, reason: str, changes: int = 1) -> None:
        if changes:
            self.changes_refused[reason] += changes

    @property
    def adds_up(self) -> bool:
        return self.rows == self.demands + self.duplicates + len(self.refused)

    def told(self) -> dict[str, Any]:
        """As `--json` tells it."""
        return {
            "rows": self.rows,
            "demands": self.demands,
            "duplicates": self.duplicates,
            "refused": len(self.refused),
            "changes": self.changes,
            "changes_refused": self.changes_refused.total(),
            "flags": dict(sorted(self.flags.items())),
            "skills": dict(sorted(self.skills.items())),
        }
