"""Look-ups: what doors ask of the board by another id than a row's own, without a search.

Kept row by row as the board changes, in whatever order rows come: a line's demand, whose crews
are live, an organization's newest offer for a line, its home, and which entries were merged into
it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from api.live.alike import Alike
from api.live.appeals import Appeals
from api.live.short import Short
from schemas.values import (
    AssignmentId,
    DemandId,
    DivisionCode,
    IncidentId,
    Instant,
    LineId,
    Mode,
    OfferId,
    OrganizationId,
)
from schemas.views import AssignmentRow, DemandRow, OfferRow, OrganizationRow, Row
from streams.entities import ENDED

K = TypeVar("K")
N = TypeVar("N")
V = TypeVar("V")

_OVER = frozenset(state.value for state in ENDED)


class LookUps:
    """What the rows of one board say about each other."""

    def __init__(self) -> None:
        self.alike = Alike()
        self.appeals = Appeals()
        self.short = Short()
        self.homes: dict[str, DivisionCode] = {}
        self._demand_of: dict[LineId, DemandId] = {}
        self._demands_in: dict[IncidentId, dict[DemandId, None]] = {}
        self._crews_on: dict[DemandId, dict[AssignmentId, OrganizationId]] = {}
        self._unheard: dict[tuple[OrganizationId, Mode], dict[AssignmentId, None]] = {}
        self._merged_into: dict[OrganizationId, dict[OrganizationId, None]] = {}
        self._newest: dict[tuple[LineId, OrganizationId], tuple[Instant, OfferId]] = {}

    # Asking

    def demand_of(self, line: LineId) -> DemandId | None:
        """The demand that a line belongs to."""
        return self._demand_of.get(line)

    def works_on(self, organization: OrganizationId, demand: DemandId) -> bool:
        """Whether an organization has a live assignment there."""
        return organization in self._crews_on.get(demand, {}).values()

    def crews_on(self, demand: DemandId) -> Iterable[OrganizationId]:
        """The organizations with a live assignment there."""
        return self._crews_on.get(demand, {}).values()

    def crews_of(self, demand: DemandId, organization: OrganizationId) -> list[AssignmentId]:
        """The live assignments of an organization there."""
        return [id for id, of in self._crews_on.get(demand, {}).items() if of == organization]

    def unheard(self, organization: OrganizationId, mode: Mode) -> bool:
        """Whether a crew of it is silent in actual work, or an exercise, with people in danger."""
        return (organization, mode) in self._unheard

    def newest_offer(self, line: LineId, organization: OrganizationId) -> OfferId | None:
        """The last offer of a line to an organization, as far as the board has it still."""
        found = self._newest.get((line, organization))
        return None if found is None else found[1]

    def live_in(self, incident: IncidentId) -> list[AssignmentId]:
        """The live assignments of an incident, in the order of their ids."""
        demands: Iterable[DemandId] = self._demands_in.get(incident, ())
        return sorted(id for demand in demands for id in self._crews_on.get(demand, ()))

    def entries_of(self, organization: OrganizationId) -> Iterator[OrganizationId]:
        """An organization, and the entries that were merged into it."""
        yield organization
        yield from self._merged_into.get(organization, ())

    # Keeping

    def take(self, row: Row, before: Row | None) -> None:
        """Note a row that is new, or that has changed."""
        match row:
            case AssignmentRow():
                self._crew(row)
            case OfferRow():
                self._offer(row)
            case DemandRow():
                known = before if isinstance(before, DemandRow) else None
                self._demand(row, known)
                self.alike.take(row, known)
                self.short.take(row, known)
                self.appeals.take(row)
            case OrganizationRow():
                self._organization(row, before)
            case _:
                pass

    def forget(self, row: Row) -> None:
        """Note that a row has left the board."""
        match row:
            case AssignmentRow():
                _drop(self._crews_on, row.demand, row.id)
                _drop(self._unheard, (row.organization, row.mode), row.id)
            case OfferRow():
                if self.newest_offer(row.line, row.organization) == row.id:
                    del self._newest[row.line, row.organization]
            case DemandRow():
                self.alike.forget(row)
                self.short.forget(row)
                self.appeals.forget(row)
                _drop(self._demands_in, row.incident, row.id)
                for line in row.lines:
                    self._demand_of.pop(line.id, None)
            case OrganizationRow():
                self.homes.pop(row.id, None)
                self._unmerge(row)
            case _:
                pass

    def _crew(self, row: AssignmentRow) -> None:
        if row.state in _OVER:
            _drop(self._crews_on, row.demand, row.id)
        else:
            self._crews_on.setdefault(row.demand, {})[row.id] = row.organization
        pair = row.organization, row.mode
        if row.state in _OVER or row.missed_at is None or not row.inside:
            _drop(self._unheard, pair, row.id)
        else:
            self._unheard.setdefault(pair, {})[row.id] = None

    def _demand(self, row: DemandRow, before: DemandRow | None) -> None:
        if before is not None and before.incident != row.incident:
            _drop(self._demands_in, before.incident, row.id)
        self._demands_in.setdefault(row.incident, {})[row.id] = None
        for line in row.lines:
            self._demand_of[line.id] = row.id

    def _offer(self, row: OfferRow) -> None:
        pair = row.line, row.organization
        known = self._newest.get(pair)
        if known is None or known[0] <= row.sent_at:
            self._newest[pair] = row.sent_at, row.id

    def _organization(self, row: OrganizationRow, before: Row | None) -> None:
        self.homes[row.id] = row.home
        if isinstance(before, OrganizationRow):
            self._unmerge(before)
        if row.merged_into is not None:
            self._merged_into.setdefault(row.merged_into, {})[row.id] = None

    def _unmerge(self, row: OrganizationRow) -> None:
        if row.merged_into is not None:
            _drop(self._merged_into, row.merged_into, row.id)


def _drop(groups: dict[K, dict[N, V]], key: K, id: N) -> None:
    """Take an id out of its group; a group that is empty goes."""
    group = groups.get(key)
    if group is not None:
        group.pop(id, None)
        if not group:
            del groups[key]
