"""Present: what the state knows, where it is asked who may do what."""

from __future__ import annotations

from collections.abc import Iterable

from geo.divisions import DivisionTree
from schemas.values import (
    AccountId,
    AreaId,
    AssignmentId,
    DemandId,
    DivisionCode,
    IncidentId,
    LineId,
    OfferId,
    OrganizationId,
    TaskId,
)
from schemas.villages import Village
from streams import answering
from streams.area import Area, Operation
from streams.subjects import Asked, Held, Lies
from streams.villages import guiding


class Present:
    """What the state of an area, and of one of its operations, knows."""

    __slots__ = ("_area", "_operation")

    def __init__(self, area: Area, operation: Operation | None) -> None:
        self._area = area
        self._operation = operation

    @property
    def area(self) -> AreaId:
        return self._area.id

    @property
    def divisions(self) -> DivisionTree:
        return self._area.divisions

    def grants(self, account: AccountId) -> Iterable[Held]:
        return self._area.registry.grants.get(account) or ()

    def home(self, organization: OrganizationId) -> DivisionCode | None:
        found = self._area.registry.organizations.get(organization)
        return None if found is None else found.home

    def guided(self, organization: OrganizationId) -> Village | None:
        found = self._area.registry.organizations.get(organization)
        return None if found is None else guiding(found)

    def incident(self, id: IncidentId) -> DivisionCode | None:
        found = None if self._operation is None else self._operation.incidents.get(id)
        return None if found is None else found.division

    def demand(self, id: DemandId) -> Lies | None:
        operation = self._operation
        found = None if operation is None else operation.demands.get(id)
        if operation is None or found is None:
            return None
        sender = None if found.handed is None else found.handed.place.division
        return Lies(found.place.division, sender, taken_on=answering.taken_on(operation, id))

    def line(self, id: LineId) -> DemandId | None:
        found = None if self._operation is None else self._operation.lines.get(id)
        return None if found is None else found.demand

    def offer(self, id: OfferId) -> Asked | None:
        found = None if self._operation is None else self._operation.offers.get(id)
        return None if found is None else Asked(found.demand, found.organization)

    def assignment(self, id: AssignmentId) -> Asked | None:
        found = None if self._operation is None else self._operation.assignments.get(id)
        return None if found is None else Asked(found.demand, found.organization)

    def task(self, id: TaskId) -> Lies | None:
        found = None if self._operation is None else self._operation.tasks.get(id)
        if found is None:
            return None
        return Lies(found.place.division, organization=found.organization)

    def works_on(self, organization: OrganizationId, demand: DemandId) -> bool:
        if self._operation is None:
            return False
        crews = self._operation.assignments_by.of(organization)
        return any(crew.demand == demand for crew in crews)
