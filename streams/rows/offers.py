"""Rows of offers."""

from __future__ import annotations

from schemas.views import (
    OfferRow,
    Put,
)
from streams import relief, wording
from streams.area import Area, Operation
from streams.entities import (
    LATE,
    Demand,
    DemandState,
    Line,
    Offer,
    OfferState,
)
from streams.line import missing, together
from streams.remembered import Asked
from streams.rows.audience import both


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
        incident=asked_for.incident,
        demand_number=asked_for.number,
        organization=item.organization,
        organization_name=area.registry.organizations[item.organization].name,
        kind=asked_for.kind,
        skill=line.skill,
        grade=line.grade,
        hazardous=line.hazardous,
        whole=line.whole or item.relieves is not None,
        priority=asked_for.priority,
        quantity=item.quantity,
        division=asked_for.place.division,
        lon=asked_for.place.lon,
        lat=asked_for.place.lat,
        approximate=asked_for.place.approximate,
        near_zone=bool(asked_for.may_lie_in),
        meters=item.meters,
        rank=item.rank,
        wave=item.wave,
        by_hand=item.by_hand,
        unasked=item.unasked,
        considered=item.considered,
        gates=item.gates,
        risk_statement=asked_for.risk_statement,
        rally_point=asked_for.rally_point,
        way_in=asked_for.way_in,
        words_in=wording.mattering(asked_for),
        changed=wording.changed(asked_for, item.revision),
        outdated=item.anew_in == wording.mattering(asked_for) and _open(item),
        state=item.state.value,
        answerable=newest is not None and not asked_for.shut and _answerable(item, line),
        wanted=newest is not None and not asked_for.shut and _wanted(item, asked_for, line),
        on_hold=newest is not None and _on_hold(item, asked_for),
        decline_reason=item.decline_reason,
        free_from=item.free_from,
        stand_down_reason=item.stand_down_reason,
        answered=item.answered,
        minutes=item.minutes,
        people=item.people,
        late=item.late,
        by_desk=item.by_desk,
        by_committee=item.by_committee,
        by_message=item.by_message,
        reached_at=item.reached_at,
        reached_by=item.reached_by,
        again_at=again.again_at,
        again_on=again.again_on,
        standby_until=item.standby_until,
        at_once=item.at_once,
        unproved=item.unproved and item.state is OfferState.SENT,
        kept=item.kept,
        sent_at=item.sent_at,
        answer_by=item.answer_by,
        needed_by=asked_for.needed_by,
        ended_at=item.ended_at,
        relieves=relief.relieves(area, known, item.id),
    )
    return Put(row=row, audience=both(area, asked_for, item))


def _newest(known: Operation, item: Offer) -> Asked | None:
    """What is known of the pair, where this is its newest offer.

    From when it may be asked again stands there: a crew that gave up has put off what its yes said.
    """
    found = known.asked.get((item.line, item.organization))
    return found if found is not None and found.offer == item.id else None


def _open(item: Offer) -> bool:
    return item.state is OfferState.SENT or item.state in LATE


def _answerable(item: Offer, line: Line) -> bool:
    """Whether a pair's newest offer is open, or late, for a line that is still open.

    What is but a part of a whole line by now can be answered no more.
    """
    if item.unneeded or not _open(item):
        return False
    return line.open and line.round == item.round and item.quantity >= together(line)


def _on_hold(item: Offer, demand: Demand) -> bool:
    """Whether a late yes waits for the desk, because it has a question; any other is asked anew."""
    return item.state in LATE and demand.state is DemandState.ON_HOLD


def _wanted(item: Offer, demand: Demand, line: Line) -> bool:
    """Whether a pair's newest offer is late, for a line that is short of its units.

    What is on hold keeps a late yes for its desk.
    """
    short = line.open and missing(line) > 0 and demand.state is DemandState.PUBLISHED
    return short and item.state in LATE and item.quantity >= together(line)
