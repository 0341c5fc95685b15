"""Rights: what the rules ask about accounts and things, answered from the board's rows.

So a door can say no by itself, with the rules' own `permit`: whoever has no right on a thing
sends no command and leaves no turn. The rules ask again, of the state, where it is binding.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from api.live import Feed
from geo.divisions import DivisionTree
from schemas.commands import Command
from schemas.refusals import Refusal
from schemas.values import (
    AccountId,
    AreaId,
    AssignmentId,
    DemandId,
    DivisionCode,
    IncidentId,
    Instant,
    LineId,
    OfferId,
    OperationId,
    OrganizationId,
    TaskId,
)
from schemas.views import (
    AssignmentRow,
    DemandRow,
    GrantView,
    IncidentRow,
    OfferRow,
    OrganizationRow,
    TaskRow,
)
from schemas.villages import Village
from streams.policy import permit
from streams.subjects import Asked, Lies
from streams.villages import guiding

R = TypeVar("R", IncidentRow, DemandRow, OfferRow, AssignmentRow, TaskRow)


def refused(
    feed: Feed, operation: OperationId, account: AccountId, command: Command, at: Instant
) -> Refusal | None:
    """Why the account may not send this command now, as far as the board tells; None if it may."""
    return permit(Shown(feed, operation), account, command, at)


class Shown:
    """What the board shows of an area, and of one of its operations."""

    __slots__ = ("_feed", "_operation")

    def __init__(self, feed: Feed, operation: OperationId) -> None:
        self._feed = feed
        self._operation = operation

    @property
    def area(self) -> AreaId:
        return self._feed.area or AreaId("")

    @property
    def divisions(self) -> DivisionTree:
        return self._feed.divisions

    def grants(self, account: AccountId) -> Iterable[GrantView]:
        row = self._feed.account(account)
        return () if row is None else row.grants

    def home(self, organization: OrganizationId) -> DivisionCode | None:
        return self._feed.known.homes.get(organization)

    def guided(self, organization: OrganizationId) -> Village | None:
        put = self._feed.find("organization", organization)
        row = None if put is None else put.row
        return guiding(row) if isinstance(row, OrganizationRow) else None

    def incident(self, id: IncidentId) -> DivisionCode | None:
        row = self._row(IncidentRow, id)
        return None if row is None else row.division

    def demand(self, id: DemandId) -> Lies | None:
        row = self._row(DemandRow, id)
        if row is None:
            return None
        taken_on = None if row.hand_up is None else row.hand_up.desk
        return Lies(row.division, row.sender, taken_on=taken_on)

    def line(self, id: LineId) -> DemandId | None:
        demand = self._feed.known.demand_of(id)
        return None if demand is None or self._row(DemandRow, demand) is None else demand

    def offer(self, id: OfferId) -> Asked | None:
        row = self._row(OfferRow, id)
        return None if row is None else Asked(row.demand, row.organization)

    def assignment(self, id: AssignmentId) -> Asked | None:
        row = self._row(AssignmentRow, id)
        return None if row is None else Asked(row.demand, row.organization)

    def task(self, id: TaskId) -> Lies | None:
        row = self._row(TaskRow, id)
        return None if row is None else Lies(row.division, organization=row.organization)

    def works_on(self, organization: OrganizationId, demand: DemandId) -> bool:
        return self._feed.known.works_on(organization, demand)

    def _row(self, kind: type[R], id: str) -> R | None:
        """A row of the operation."""
        put = self._feed.find(str(kind.__struct_config__.tag), id)
        if put is None or not isinstance(put.row, kind) or put.row.operation != self._operation:
            return None
        return put.row
