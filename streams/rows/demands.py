"""Rows of demands with their lines."""

from __future__ import annotations

from typing import Any

from schemas.helpers import Helpers
from schemas.line_views import LineView
from schemas.values import Instant, PieceKind
from schemas.views import (
    Audience,
    DemandRow,
    Put,
)
from streams import answering, appeal
from streams.area import Operation
from streams.cover import lost
from streams.entities import (
    Demand,
    DemandState,
    Line,
)
from streams.line import counted, cover, missing
from streams.rows.audience import sender
from streams.rows.operations import standing


def demand(known: Operation, item: Demand) -> Put:
    row = DemandRow(
        id=item.id,
        operation=known.id,
        mode=known.mode,
        number=item.number,
        incident=item.incident,
        posted_by=item.posted_by,
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
        leader=item.leader,
        members=item.members,
        sender=sender(item),
        refiled=item.refiled,
        returnable=_returnable(known, item),
        reason=item.reason,
        risk_statement=item.risk_statement,
        rally_point=item.rally_point,
        way_in=item.way_in,
        sealed=item.sealed,
        sealed_in=item.sealed_in,
        notes=item.notes,
        noted_in=item.noted_in,
        noted_at=item.noted_at,
        lines=tuple(_line(known, known.lines[key]) for key in item.lines),
        helpers=tuple(sorted(known.helpers_for.of(item.id), key=_came)),
        appeal=appeal.view(known, item),
        hand_up=known.hand_ups.get(item.id),
        release_at=item.release_at,
        reporter=item.reporter,
        people=item.people,
        drafted_at=item.drafted_at,
        published_at=item.published_at,
        needed_by=item.needed_by,
        asked_at=item.asked_at,
        nobody_at=None if item.asked_at is None else item.nobody_at,
        climbs_at=item.climbs_at,
        climbed_at=item.climbed_at,
        held_at=item.held_at,
        shut=tuple(standing(known.instructions[key]) for key in item.shut),
        may_lie_in=tuple(standing(known.instructions[key]) for key in item.may_lie_in),
        question=item.question or None,
        asked_by=item.asked_by,
        closed_at=item.closed_at,
    )
    audience = Audience(division=item.place.division, sender=sender(item), village=item.reporter)
    return Put(row=row, audience=audience)


def _returnable(known: Operation, item: Demand) -> bool:
    given = item.handed is not None and not item.handed.acted
    return given and answering.taken_on(known, item.id) is None


def _came(item: Helpers) -> tuple[Instant, str]:
    return (item.at, item.id)


def _line(known: Operation, line: Line) -> LineView:
    silent = lost(known, line)
    return LineView(
        id=line.id,
        number=line.number,
        skill=line.skill,
        grade=line.grade,
        minimum=line.minimum,
        target=line.target,
        hazardous=line.hazardous,
        whole=line.whole,
        open=line.open,
        dropped=line.dropped,
        asleep=line.asleep,
        opened_at=line.opened_at,
        round=line.round,
        covered=counted(line),
        working=line.working,
        delivered=line.delivered,
        own=line.own,
        doubtful=line.doubtful,
        lost=silent,
        replaced=line.replacing,
        short=missing(line),
        asked=line.asked,
        offers=line.live_offers,
        cover=cover(line, silent),
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
    words = (item.risk_statement, item.rally_point, item.way_in, item.sealed_in)
    named = (item.incident, item.number, item.kind, item.priority, item.place, item.needed_by)
    return (*named, *words, sender(item), item.shut, item.may_lie_in)


def told(item: Demand) -> tuple[Any, ...]:
    """What the row of whoever is at work shows besides, and of whoever may still answer."""
    return (item.question, item.state is DemandState.ON_HOLD)
