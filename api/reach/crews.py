"""Crews as the messenger follows them: read from `history.db`, by the turn that changed them."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from api.reach.past import Past
from schemas.codes import PublicWord
from schemas.instruction_views import InstructionView
from schemas.refiling import Refiled
from schemas.scene_views import ReportView
from schemas.values import (
    AreaId,
    AssignmentId,
    DivisionCode,
    Instant,
    Mode,
    OfferId,
    OrganizationId,
)

PORTION: Final = 5_000  # rows in one look
LIVE: Final = ("committed", "en_route", "on_scene", "reported_done")


class Crew(msgspec.Struct, frozen=True):
    """A crew as its row last was."""

    id: AssignmentId
    offer: OfferId
    organization: OrganizationId
    demand_number: int
    skill: str
    quantity: int
    priority: int
    division: DivisionCode
    mode: Mode
    state: str
    kept: bool
    unasked: bool
    new_times: int
    changed: tuple[PublicWord, ...]
    changed_at: Instant
    words_in: int
    seen_at: Instant | None
    instructions: tuple[InstructionView, ...]
    sent_back: str | None
    sent_back_at: Instant | None
    answered: ReportView | None
    refiled: Refiled | None
    committed_at: Instant
    starts_at: Instant
    promised_at: Instant
    reported_at: Instant | None
    ended_at: Instant | None
    as_of: int = 0

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def recalled(self) -> bool:
        """Called back before it was done."""
        return self.state == "stood_down" and self.reported_at is None


_NAMES: Final = Crew.__struct_fields__
_SELECTED: Final = f"SELECT {', '.join(_NAMES)} FROM assignments WHERE area = ?"


class Crews:
    """Reads the crews of one area."""

    def __init__(self, past: Past, area: AreaId) -> None:
        self._past, self._area = past, area

    def live(self) -> list[Crew] | None:
        """All that are at work now; None where that cannot be read just now."""
        marks = ", ".join(f"'{state}'" for state in LIVE)
        rows = self._past.tried(f"{_SELECTED} AND state IN ({marks})", self._area)
        return None if rows is None else list(map(_crew, rows))

    def since(self, sequence: int) -> list[Crew]:
        """Those that turns behind a sequence have changed, in their order; perhaps not all at
        once, but all of a turn."""
        rest = f"{_SELECTED} AND as_of > ? ORDER BY as_of LIMIT ?"
        found = list(map(_crew, self._past.read(rest, self._area, sequence, PORTION)))
        if len(found) < PORTION:
            return found
        last = found[-1].as_of  # of which there may be more
        whole = [one for one in found if one.as_of < last]
        return whole or list(
            map(_crew, self._past.read(f"{_SELECTED} AND as_of = ?", self._area, last))
        )


_JSON: Final = ("changed", "instructions", "answered", "refiled")


def _crew(row: tuple[Any, ...]) -> Crew:
    told = dict(zip(_NAMES, row, strict=True))
    told |= {name: msgspec.json.decode(told[name]) for name in _JSON}
    return msgspec.convert(told, Crew, strict=False)
