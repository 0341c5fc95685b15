"""Rows of recovery tasks."""

from __future__ import annotations

from schemas.views import (
    Audience,
    Put,
    TaskRow,
)
from streams.area import Area, Operation
from streams.entities import (
    Task,
    TaskState,
)
from streams.subjects import county_of


def task(area: Area, known: Operation, item: Task) -> Put:
    doer = None if item.organization is None else area.registry.organizations[item.organization]
    row = TaskRow(
        id=item.id,
        operation=known.id,
        mode=known.mode,
        number=item.number,
        incident=item.incident,
        demand=item.demand,
        demand_number=known.demands[item.demand].number,
        kind=item.kind,
        domain=item.domain,
        skill=item.skill,
        units=item.units,
        division=item.place.division,
        lon=item.place.lon,
        lat=item.place.lat,
        approximate=item.place.approximate,
        state=item.state.value,
        until=item.until,
        organization=item.organization,
        organization_name="" if doer is None else doer.name,
        proposed_at=item.proposed_at,
        asked_at=item.asked_at,
        ended_at=item.ended_at,
    )
    return Put(row=row, audience=_offered_to(area, item))


def _offered_to(area: Area, item: Task) -> Audience:
    """An open task is offered to the whole county; a claimed one is its claimant's."""
    division = item.place.division
    if item.state is TaskState.OPEN:
        return Audience(division=division, county=county_of(area.divisions, division))
    organizations = () if item.organization is None else (item.organization,)
    return Audience(division=division, organizations=organizations)
