"""Rows of crews at work."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from schemas.instruction_views import InstructionView
from schemas.refiling import Refiled
from schemas.scene_views import ReportView
from schemas.values import Gate, Instant
from schemas.views import (
    AssignmentRow,
    Put,
)
from streams import answering, beside, orders, relief, wording
from streams.area import Area, Operation
from streams.entities import (
    Assignment,
    AssignmentState,
    Demand,
)
from streams.instructed import Order
from streams.parameters import SLOW, UNDO
from streams.remembered import Report
from streams.rows.audience import both


def assignment(area: Area, known: Operation, item: Assignment) -> Put:
    worked_on, team = known.demands[item.demand], area.registry.organizations[item.organization]
    row = replace(
        _row(area, known, item, worked_on),
        out_by=item.out_by,
        beside=beside.shown(known, item),
        relief=relief.shown(known, item),
        relieves=relief.relieves(area, known, item.offer) if item.live else None,
        refiled=_refiled(worked_on, item),
    )
    return Put(row=row, audience=replace(both(area, worked_on, item), home=team.home))


def _refiled(worked_on: Demand, item: Assignment) -> Refiled | None:
    """Where its demand was filed before, where a crew at work knows it by the number of then."""
    before = worked_on.refiled
    if before is None or not item.live or before.at < item.committed_at:
        return None
    return None if before.number == worked_on.number else before


def _row(area: Area, known: Operation, item: Assignment, worked_on: Demand) -> AssignmentRow:
    return AssignmentRow(
        id=item.id,
        operation=known.id,
        mode=known.mode,
        offer=item.offer,
        line=item.line,
        demand=item.demand,
        incident=worked_on.incident,
        demand_number=worked_on.number,
        organization=item.organization,
        organization_name=area.registry.organizations[item.organization].name,
        kind=worked_on.kind,
        skill=item.skill,
        hazardous=known.lines[item.line].hazardous,
        whole=known.lines[item.line].whole,
        priority=worked_on.priority,
        round=item.round,
        quantity=item.quantity,
        minutes=known.offers[item.offer].minutes,
        people=item.people,
        division=worked_on.place.division,
        taken_on=answering.taken_on(known, worked_on.id),
        lon=worked_on.place.lon,
        lat=worked_on.place.lat,
        approximate=worked_on.place.approximate,
        near_zone=bool(worked_on.may_lie_in),
        risk_statement=worked_on.risk_statement,
        rally_point=worked_on.rally_point,
        question=(worked_on.question or None) if item.live else None,
        way_in=worked_on.way_in,
        words_in=wording.last(worked_on),
        changed=wording.changed(worked_on, item.seen.revision),
        changed_at=worked_on.said.at,
        seen_at=item.seen.at,
        sealed_in=worked_on.sealed_in,
        sealed_at=worked_on.sealed_at,
        state=_shown(item.state),
        starts_at=item.starts_at,
        promised_at=item.promised_at,
        slow_at=_slow_at(item),
        overdue=item.overdue,
        replaced=item.doubted,
        replace_at=item.late_at if item.overdue else None,
        new_times=item.new_times,
        check_in_by=item.check_in_by,
        missed_at=item.missed_at,
        escalated=item.escalated,
        reports=tuple(map(_report, sorted(known.scene_reports_of.of(item.id), key=_said))),
        answered=None if item.answered is None else _report(item.answered),
        helped=item.helped,
        instructions=tuple(map(_instruction, _orders(known, item))),
        withdrawing=item.withdrawing,
        out_at=item.out_at,
        sent_back=item.sent_back,
        sent_back_at=item.sent_back_at,
        inside=item.inside,
        unfit=_unfit(area, known, item),
        undo_until=None if item.before is None else item.before.at + UNDO,
        stand_down_reason=item.stand_down_reason,
        by_desk=item.by_desk,
        by_committee=item.by_committee,
        unasked=known.offers[item.offer].unasked,
        kept=known.offers[item.offer].kept,
        committed_at=item.committed_at,
        set_off_at=item.set_off_at,
        arrived_at=item.arrived_at,
        reported_at=item.reported_at,
        ended_at=item.ended_at,
    )


def _orders(known: Operation, item: Assignment) -> Iterator[Order]:
    told = orders.told(known, item.id)
    yield from told.standing
    if told.lifted is not None:
        yield told.lifted


def _instruction(item: Order) -> InstructionView:
    return InstructionView(
        id=item.id,
        what=item.what,
        to=item.to,
        text=item.text,
        by=item.by,
        everybody=item.everybody,
        at=item.at,
        acknowledge_by=item.acknowledge_by,
        acknowledged_at=item.acknowledged_at,
        by_desk=item.by_desk,
        by_committee=item.by_committee,
        missed_at=item.missed_at,
        unable_at=item.unable_at,
        spoken_at=item.spoken_at,
        escalated=item.escalated,
        lifted_at=item.lifted_at,
        mistaken=item.mistaken,
    )


def _report(item: Report) -> ReportView:
    return ReportView(
        id=item.id,
        what=item.what,
        quantity=item.quantity,
        skill=item.skill,
        text=item.text,
        at=item.at,
        answer_by=item.answer_by,
        escalated=item.escalated,
        answer=item.answer,
        answered_at=item.answered_at,
    )


def _said(item: Report) -> tuple[Instant, str]:
    return (item.at, item.id)


def _shown(state: AssignmentState) -> str:
    """Confirmed and released come in one turn, so a screen knows only released."""
    return AssignmentState.RELEASED.value if state is AssignmentState.CONFIRMED else state.value


def _slow_at(item: Assignment) -> Instant | None:
    """Half of the time on its way, ten minutes at the least, without having set off."""
    if item.state is not AssignmentState.COMMITTED or item.withdrawing:
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
