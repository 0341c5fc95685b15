"""Rows: one board row from one entity and what it refers to, with its audience."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from schemas.values import AccountId, DivisionCode, Gate, Instant, PieceKind
from schemas.views import (
    AccountRow,
    AssignmentRow,
    Audience,
    CertificateView,
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
from streams.clock import TICK
from streams.entities import (
    LATE,
    Assignment,
    AssignmentState,
    Demand,
    Incident,
    Line,
    Offer,
    OfferState,
    Organization,
    Task,
    TaskState,
)
from streams.line import cover, missing
from streams.parameters import SLOW, UNDO
from streams.remembered import Asked
from streams.standstill import LOST
from streams.subjects import county_of
from streams.worklist import next_due

EVERYONE = Audience(everyone=True)
NOBODY = Audience()


def operation(known: Operation) -> Put:
    row = OperationRow(id=known.id, mode=known.mode, lost=known.count(LOST))
    return Put(row=row, audience=EVERYONE)


def clock(area: Area, known: Operation) -> Put:
    next_tick = known.count(TICK) + 1
    row = ClockRow(id=known.id, next_due=next_due(known, area.at), next_tick=next_tick)
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


def organization(area: Area, known: Organization) -> Put:
    row = OrganizationRow(
        id=known.id,
        name=known.name,
        registration_class=known.registration_class,
        home=known.home,
        lon=known.place.lon,
        lat=known.place.lat,
        capabilities=known.capabilities,
        certificates=tuple(
            CertificateView(certificate=held.certificate, withdrawn=held.withdrawn)
            for held in known.certificates
        ),
        people=known.people,
        credit_code=known.credit_code,
        on_duty=known.on_duty,
        retired=known.retired,
        merged_into=known.merged_into,
    )
    county = county_of(area.divisions, known.home)
    audience = Audience(division=known.home, organizations=(known.id,), desks=county)
    return Put(row=row, audience=audience)


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
        destroy_at=item.destroy_at,
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
        round=max(known.lines[key].round for key in item.lines),
        substitute=item.substitute,
        similar=item.similar,
        sender=_sender(item),
        returnable=item.handed is not None and not item.handed.acted,
        reason=item.reason,
        risk_statement=item.risk_statement,
        rally_point=item.rally_point,
        sealed=item.sealed,
        lines=tuple(_line(known, known.lines[key]) for key in item.lines),
        release_at=item.release_at,
        published_at=item.published_at,
        needed_by=item.needed_by,
        asked_at=item.asked_at,
        closed_at=item.closed_at,
    )
    audience = Audience(division=item.place.division, sender=_sender(item))
    return Put(row=row, audience=audience)


def _sender(item: Demand) -> DivisionCode | None:
    return None if item.handed is None else item.handed.place.division


def _line(known: Operation, line: Line) -> LineView:
    return LineView(
        id=line.id,
        number=line.number,
        skill=line.skill,
        grade=line.grade,
        minimum=line.minimum,
        target=line.target,
        hazardous=line.hazardous,
        open=line.open,
        dropped=line.dropped,
        opened_at=line.opened_at,
        round=line.round,
        covered=line.covered,
        working=line.working,
        delivered=line.delivered,
        own=line.own,
        doubtful=line.doubtful,
        asked=line.asked,
        offers=line.live_offers,
        cover=cover(line),
        unmet=line.unmet,
        missing=line.missing,
        retry_at=line.wake_at if line.unmet else None,
        able_at=line.able_at,
        considered=line.considered,
        gates=line.gates,
        said_at=line.said_at,
        aside_until=known.aside.get((PieceKind.LINE, line.id)),
    )


def shown_with_offers(item: Demand) -> tuple[Any, ...]:
    """What an offer's and an assignment's row show of their demand, and to whom."""
    words = (item.risk_statement, item.rally_point)
    return (item.kind, item.priority, item.place, item.needed_by, *words, _sender(item))


def offer(area: Area, known: Operation, item: Offer) -> Put:
    asked_for, line = known.demands[item.demand], known.lines[item.line]
    newest = _newest(known, item)
    again = item if newest is None or item.state is OfferState.SENT else newest
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
        approximate=asked_for.place.approximate,
        meters=item.meters,
        rank=item.rank,
        wave=item.wave,
        by_hand=item.by_hand,
        unasked=item.unasked,
        considered=item.considered,
        gates=item.gates,
        risk_statement=asked_for.risk_statement,
        rally_point=asked_for.rally_point,
        state=item.state.value,
        answerable=newest is not None and _answerable(item, line),
        wanted=newest is not None and item.state in LATE and line.open and missing(line) > 0,
        decline_reason=item.decline_reason,
        free_from=item.free_from,
        stand_down_reason=item.stand_down_reason,
        answered=item.answered,
        minutes=item.minutes,
        people=item.people,
        late=item.late,
        by_desk=item.by_desk,
        by_message=item.by_message,
        reached_at=item.reached_at,
        reached_by=item.reached_by,
        again_at=again.again_at,
        again_on=again.again_on,
        standby_until=item.standby_until,
        sent_at=item.sent_at,
        answer_by=item.answer_by,
        needed_by=asked_for.needed_by,
        ended_at=item.ended_at,
    )
    return Put(row=row, audience=_both(asked_for, item))


def _newest(known: Operation, item: Offer) -> Asked | None:
    """What is known of the pair, where this is its newest offer.

    From when it may be asked again stands there: a crew that gave up has put off what its yes said.
    """
    found = known.asked.get((item.line, item.organization))
    return found if found is not None and found.offer == item.id else None


def _answerable(item: Offer, line: Line) -> bool:
    """Whether a pair's newest offer is open, or late, for a line that is still open."""
    if item.unneeded or not (item.state is OfferState.SENT or item.state in LATE):
        return False
    return line.open and line.round == item.round


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
        round=item.round,
        quantity=item.quantity,
        minutes=known.offers[item.offer].minutes,
        people=item.people,
        division=worked_on.place.division,
        lon=worked_on.place.lon,
        lat=worked_on.place.lat,
        approximate=worked_on.place.approximate,
        risk_statement=worked_on.risk_statement,
        rally_point=worked_on.rally_point,
        state=_shown(item.state),
        starts_at=item.starts_at,
        promised_at=item.promised_at,
        slow_at=_slow_at(item),
        overdue=item.overdue,
        replaced=item.doubted,
        replace_at=item.late_at if item.overdue else None,
        new_times=item.new_times,
        unfit=_unfit(area, known, item),
        undo_until=None if item.before is None else item.before.at + UNDO,
        stand_down_reason=item.stand_down_reason,
        by_desk=item.by_desk,
        unasked=known.offers[item.offer].unasked,
        committed_at=item.committed_at,
        set_off_at=item.set_off_at,
        arrived_at=item.arrived_at,
        reported_at=item.reported_at,
        ended_at=item.ended_at,
    )
    home = area.registry.organizations[item.organization].home
    return Put(row=row, audience=replace(_both(worked_on, item), home=home))


def _shown(state: AssignmentState) -> str:
    """Confirmed and released come in one turn, so a screen knows only released."""
    return AssignmentState.RELEASED.value if state is AssignmentState.CONFIRMED else state.value


def _slow_at(item: Assignment) -> Instant | None:
    """Half of the time on its way, ten minutes at the least, without having set off."""
    if item.state is not AssignmentState.COMMITTED:
        return None
    return item.starts_at + max((item.promised_at - item.starts_at) // 2, SLOW)


def _unfit(area: Area, known: Operation, item: Assignment) -> Gate | None:
    """Whether the certificate was withdrawn, or lowered, on which its holder is at work."""
    line = known.lines[item.line]
    if not item.live or line.grade is None:
        return None
    good_enough = [
        held.withdrawn
        for held in area.registry.organizations[item.organization].certificates
        if held.certificate.skill == line.skill and held.certificate.grade <= line.grade
    ]
    if not good_enough:
        return Gate.CERTIFICATE_GRADE
    return Gate.CERTIFICATE_WITHDRAWN if all(good_enough) else None


def _both(place_of: Demand, item: Offer | Assignment) -> Audience:
    """The township that asks, and the organization that is asked."""
    return Audience(
        division=place_of.place.division,
        sender=_sender(place_of),
        organizations=(item.organization,),
    )


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
