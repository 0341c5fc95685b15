"""Rows: one board row from one entity and what it refers to, with its audience."""

from __future__ import annotations

from typing import Any

from schemas.values import AccountId
from schemas.views import (
    AccountRow,
    AssignmentRow,
    Audience,
    ClockRow,
    DemandRow,
    GrantView,
    IncidentRow,
    LineView,
    OfferRow,
    OperationRow,
    OrganizationRow,
    Put,
    TaskRow,
)
from streams.area import Area, Operation
from streams.clock import TICK, next_due
from streams.entities import (
    Assignment,
    AssignmentState,
    Demand,
    Incident,
    Line,
    Offer,
    Organization,
    Task,
    TaskState,
)
from streams.line import cover
from streams.offer import SHIFTED_BY
from streams.subjects import county_of

EVERYONE = Audience(everyone=True)
NOBODY = Audience()


def operation(known: Operation) -> Put:
    row = OperationRow(id=known.id, mode=known.mode, shifted_by=known.count(SHIFTED_BY))
    return Put(row=row, audience=EVERYONE)


def clock(known: Operation) -> Put:
    row = ClockRow(id=known.id, next_due=next_due(known), next_tick=known.count(TICK) + 1)
    return Put(row=row, audience=NOBODY)


def account(area: Area, key: AccountId) -> Put:
    grants = tuple(
        GrantView(
            role=grant.role,
            division=grant.division,
            organization=grant.organization,
            until=grant.until,
        )
        for grant in area.registry.grants.get(key) or ()
    )
    return Put(row=AccountRow(id=key, grants=grants), audience=Audience(accounts=(key,)))


def organization(known: Organization) -> Put:
    row = OrganizationRow(
        id=known.id,
        name=known.name,
        registration_class=known.registration_class,
        home=known.home,
        lon=known.place.lon,
        lat=known.place.lat,
        capabilities=known.capabilities,
        certificates=known.certificates,
        people=known.people,
        on_duty=known.on_duty,
    )
    return Put(row=row, audience=Audience(division=known.home, organizations=(known.id,)))


def incident(known: Operation, item: Incident) -> Put:
    row = IncidentRow(
        id=item.id,
        operation=known.id,
        mode=known.mode,
        number=item.number,
        hazard=item.hazard,
        division=item.division,
        label=item.label,
        joined=item.joined,
        state=item.state.value,
        readable=item.readable,
        opened_at=item.opened_at,
        closed_at=item.closed_at,
    )
    return Put(row=row, audience=EVERYONE)


def demand(known: Operation, item: Demand) -> Put:
    row = DemandRow(
        id=item.id,
        operation=known.id,
        mode=known.mode,
        number=item.number,
        sequence=item.sequence,
        incident=item.incident,
        kind=item.kind,
        priority=item.priority,
        division=item.place.division,
        lon=item.place.lon,
        lat=item.place.lat,
        approximate=item.place.approximate,
        state=item.state.value,
        revision=item.revision,
        reason=item.reason,
        risk_statement=item.risk_statement,
        rally_point=item.rally_point,
        sealed=item.sealed,
        lines=tuple(_line(known.lines[key]) for key in item.lines),
        release_at=item.release_at,
        published_at=item.published_at,
        closed_at=item.closed_at,
    )
    return Put(row=row, audience=Audience(division=item.place.division))


def _line(line: Line) -> LineView:
    return LineView(
        id=line.id,
        number=line.number,
        skill=line.skill,
        grade=line.grade,
        minimum=line.minimum,
        target=line.target,
        hazardous=line.hazardous,
        covered=line.covered,
        asked=line.asked,
        cover=cover(line),
        unmet=line.unmet,
        retry_at=line.wake_at if line.unmet else None,
        considered=line.considered,
        gates=line.gates,
    )


def shown_with_offers(item: Demand) -> tuple[Any, ...]:
    """What an offer's and an assignment's row show of their demand."""
    return (item.kind, item.priority, item.place, item.risk_statement, item.rally_point)


def offer(area: Area, known: Operation, item: Offer) -> Put:
    asked_for, line = known.demands[item.demand], known.lines[item.line]
    row = OfferRow(
        id=item.id,
        operation=known.id,
        mode=known.mode,
        line=item.line,
        demand=item.demand,
        demand_number=asked_for.number,
        organization=item.organization,
        organization_name=area.registry.organizations[item.organization].name,
        kind=asked_for.kind,
        skill=line.skill,
        grade=line.grade,
        hazardous=line.hazardous,
        priority=asked_for.priority,
        quantity=item.quantity,
        division=asked_for.place.division,
        lon=asked_for.place.lon,
        lat=asked_for.place.lat,
        meters=item.meters,
        rank=item.rank,
        considered=item.considered,
        gates=item.gates,
        risk_statement=asked_for.risk_statement,
        rally_point=asked_for.rally_point,
        state=item.state.value,
        decline_reason=item.decline_reason,
        stand_down_reason=item.stand_down_reason,
        by_desk=item.by_desk,
        sent_at=item.sent_at,
        answer_by=item.answer_by,
        ended_at=item.ended_at,
    )
    return Put(row=row, audience=_both(asked_for, item))


def assignment(area: Area, known: Operation, item: Assignment) -> Put:
    worked_on = known.demands[item.demand]
    row = AssignmentRow(
        id=item.id,
        operation=known.id,
        mode=known.mode,
        offer=item.offer,
        line=item.line,
        demand=item.demand,
        demand_number=worked_on.number,
        organization=item.organization,
        organization_name=area.registry.organizations[item.organization].name,
        kind=worked_on.kind,
        skill=item.skill,
        priority=worked_on.priority,
        quantity=item.quantity,
        minutes=known.offers[item.offer].minutes,
        division=worked_on.place.division,
        lon=worked_on.place.lon,
        lat=worked_on.place.lat,
        risk_statement=worked_on.risk_statement,
        rally_point=worked_on.rally_point,
        state=_shown(item.state),
        stand_down_reason=item.stand_down_reason,
        by_desk=item.by_desk,
        committed_at=item.committed_at,
        set_off_at=item.set_off_at,
        arrived_at=item.arrived_at,
        reported_at=item.reported_at,
        ended_at=item.ended_at,
    )
    return Put(row=row, audience=_both(worked_on, item))


def _shown(state: AssignmentState) -> str:
    """Confirmed and released come in one turn, so a screen knows only released."""
    return AssignmentState.RELEASED.value if state is AssignmentState.CONFIRMED else state.value


def _both(place_of: Demand, item: Offer | Assignment) -> Audience:
    """The township that asks, and the organization that is asked."""
    return Audience(division=place_of.place.division, organizations=(item.organization,))


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
        division=item.division,
        state=item.state.value,
        organization=item.organization,
        organization_name="" if doer is None else doer.name,
        proposed_at=item.proposed_at,
        ended_at=item.ended_at,
    )
    return Put(row=row, audience=_offered_to(area, item))


def _offered_to(area: Area, item: Task) -> Audience:
    """An open task is offered to the whole county; a claimed one is its claimant's."""
    if item.state is TaskState.OPEN:
        return Audience(division=item.division, county=county_of(area, item.division))
    organizations = () if item.organization is None else (item.organization,)
    return Audience(division=item.division, organizations=organizations)
