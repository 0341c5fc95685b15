"""Offers as the messenger follows them: read from `history.db`, by the turn that changed them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from api.reach.past import Past
from schemas.values import AreaId, DivisionCode, Instant, Mode, OfferId, OrganizationId

PORTION: Final = 5_000  # rows in one look

_SELECTED: Final = """
SELECT o.id, o.organization, o.line, o.priority, o.quantity, o.skill, o.division, o.meters,
    o.sent_at, o.answer_by, o.words_in, o.state, o.mode, o.as_of, o.unasked,
    EXISTS (SELECT 1 FROM offers e WHERE e.line = o.line AND e.organization = o.organization
        AND e.sent_at < o.sent_at AND e.sent_at >= l.opened_at
        AND e.reached_by IN ('chat', 'sms', 'voice')
        AND NOT e.unasked AND e.stand_down_reason IS NOT 'demand_amended'),
    coalesce(o.stand_down_reason IN ('demand_amended', 'asked_anew'), 0),
    coalesce(o.stand_down_reason IN
        ('unfounded', 'duplicate', 'posted_by_mistake'), 0)
FROM offers o JOIN lines l ON l.id = o.line
"""


class Asked(msgspec.Struct, frozen=True):
    """An offer as its row last was.

    `again`: a repeat in the same round of the same line, of which a channel had told it; not where
    that has become another or more urgent. `anew`: it has ended, and the same organization may be
    asked in its place at once. `void`: it was asked for nothing, perhaps with many others.
    """

    id: OfferId
    organization: OrganizationId
    line: str
    priority: int
    quantity: int
    skill: str
    division: DivisionCode
    meters: int
    sent_at: Instant
    answer_by: Instant
    words_in: int
    state: str
    mode: Mode
    as_of: int
    unasked: bool
    again: bool
    anew: bool = False
    void: bool = False

    @property
    def awaited(self) -> bool:
        """Whether an answer is awaited: what a message is for."""
        return self.state == "sent" and not self.unasked


class Offers:
    """Reads the offers of one area. A file that is not there, or just being made, has none."""

    def __init__(self, past: Past, area: AreaId) -> None:
        self._past, self._area = past, area

    def awaited(self) -> list[Asked]:
        """All that await an answer now."""
        return list(self._rows("WHERE o.area = ? AND o.state = 'sent'", self._area))

    def since(self, sequence: int) -> list[Asked]:
        """What turns behind a sequence have changed, in their order; perhaps not all at once."""
        rest = "WHERE o.area = ? AND o.as_of > ? ORDER BY o.as_of LIMIT ?"
        found = list(self._rows(rest, self._area, sequence, PORTION))
        if len(found) < PORTION:
            return found
        last = found[-1].as_of  # of which there may be more
        whole = [one for one in found if one.as_of < last]
        return whole or list(self._rows("WHERE o.area = ? AND o.as_of = ?", self._area, last))

    def one(self, id: OfferId) -> Asked | None:
        return next(self._rows("WHERE o.id = ?", id), None)

    def merged(self) -> dict[OrganizationId, OrganizationId]:
        """The entries that were merged, each with the one that it was merged into."""
        asked = (
            "SELECT id, merged_into FROM organizations WHERE area = ? AND merged_into IS NOT NULL"
        )
        rows = self._past.read(asked, self._area)
        return {OrganizationId(str(id)): OrganizationId(str(into)) for id, into in rows}

    def erased(self, offers: Sequence[str]) -> list[str]:
        """Those of these offers whose incident's key is destroyed."""
        marks = ", ".join("?" * len(offers))
        asked = (
            "SELECT o.id FROM offers o JOIN demands d ON d.id = o.demand"
            f" JOIN incidents i ON i.id = d.incident WHERE o.id IN ({marks}) AND NOT i.readable"
        )
        return [str(id) for (id,) in self._past.read(asked, *offers)]

    def sequence(self) -> int:
        """The turn that the rows are written up to; 0 where there is nothing yet."""
        rows = self._past.read("SELECT sequence FROM marks WHERE area = ?", self._area)
        return next((row[0] for row in rows), 0)

    def _rows(self, rest: str, *values: Any) -> Iterator[Asked]:
        names = Asked.__struct_fields__
        for row in self._past.read(_SELECTED + rest, *values):
            yield msgspec.convert(dict(zip(names, row, strict=True)), Asked, strict=False)
