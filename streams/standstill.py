"""Standstill: after one, lost time is given back, at once to some and then tick by tick.

Until everybody has it, ticks do nothing else: nobody's time is over before it was given back.
"""

from __future__ import annotations

from msgspec.structs import replace

from schemas.facts import Resumed, TimeGivenBack
from schemas.values import AssignmentId, DemandId, Instant, ReportId
from streams import orders
from streams.area import Operation
from streams.entities import Offer, OfferState
from streams.parameters import GIVEN_BACK_AT_ONCE, REST, URGENCY
from streams.remembered import Standstill
from streams.wakes import Wait

LOST = "lost"  # the counter of the milliseconds for which the log stood still
LOST_BEFORE = "lost_before"  # likewise, without the last time
LOST_AT = "lost_at"  # when it went on then
ONLY = "standstill"  # the key of the one row


def resumed(operation: Operation, fact: Resumed) -> None:
    """Whoever has to answer has what was left, or a fourth of the time; nobody is overdue yet."""
    pending = operation.standstill.get(ONLY)
    if pending is not None:  # of an outage before, which is over for them first
        _give_back(operation, pending, _size(pending))
    operation.raise_count(LOST_BEFORE, operation.count(LOST))
    operation.raise_count(LOST, operation.count(LOST) + fact.lost)
    operation.raise_count(LOST_AT, fact.at)
    waits = (Wait.CREW, Wait.CHECK_IN, Wait.INSTRUCTION)
    expected = (wake for wait in waits for wake in operation.wakes.all_for(wait))
    late = (wake for wake in expected if wake.when < fact.quiet_until)
    standstill = Standstill(
        since=fact.at - fact.lost,
        at=fact.at,
        quiet_until=fact.quiet_until,
        offers=tuple(wake.id for wake in operation.wakes.all_for(Wait.ANSWER)),
        demands=tuple(place[-1] for place in operation.demands_in.all()),
        crews=tuple(wake.id for wake in late),
        reports=tuple(
            wake.id for wake in operation.wakes.all_for(Wait.REPORT) if wake.when < fact.quiet_until
        ),
    )
    _give_back(operation, standstill, GIVEN_BACK_AT_ONCE)


def given_back(operation: Operation, fact: TimeGivenBack) -> None:
    """The next of those who have not got their time back yet."""
    _give_back(operation, operation.standstill[ONLY], fact.count)


def left(operation: Operation) -> int:
    """How many have not got their time back yet."""
    pending = operation.standstill.get(ONLY)
    return 0 if pending is None else _size(pending)


def answer_by(operation: Operation, offer: Offer) -> Instant:
    """When an answer is due, with the time that is about to be given back."""
    pending = operation.standstill.get(ONLY)
    if pending is None or offer.id not in pending.offers:
        return offer.answer_by
    return _shifted(pending, offer)


def _size(pending: Standstill) -> int:
    return len(pending.offers) + len(pending.demands) + len(pending.crews) + len(pending.reports)


def _give_back(operation: Operation, pending: Standstill, count: int) -> None:
    """To offers first, those whose time would be over first before the others."""
    offers = pending.offers[:count]
    demands = pending.demands[: count - len(offers)]
    crews = pending.crews[: count - len(offers) - len(demands)]
    reports = pending.reports[: count - len(offers) - len(demands) - len(crews)]
    for key in offers:
        offer = operation.offers[key]
        if offer.state is OfferState.SENT and offer.unneeded is None:
            shifted = replace(offer, answer_by=_shifted(pending, offer))
            operation.offers.put(key, shifted)
    for demand in demands:
        _hold_back(operation, pending, demand)
    for crew in crews:
        _crew_held_back(operation, pending, crew)
    for report in reports:
        _report_held_back(operation, pending, report)
    rest = replace(
        pending,
        offers=pending.offers[len(offers) :],
        demands=pending.demands[len(demands) :],
        crews=pending.crews[len(crews) :],
        reports=pending.reports[len(reports) :],
    )
    if _size(rest):
        operation.standstill.put(ONLY, rest)
    elif ONLY in operation.standstill:
        operation.standstill.remove(ONLY)


def _crew_held_back(operation: Operation, pending: Standstill, key: AssignmentId) -> None:
    """Whoever should be there, or should have given word, is not missed before."""
    known = operation.assignments[key]
    if known.late_at is not None and known.late_at < pending.quiet_until:
        known = replace(known, late_at=pending.quiet_until)
    if known.silent_at is not None and known.silent_at < pending.quiet_until:
        known = replace(known, silent_at=pending.quiet_until)
    operation.assignments.put(key, known)
    orders.held_back(operation, key, pending.quiet_until)


def _report_held_back(operation: Operation, pending: Standstill, key: ReportId) -> None:
    """A report that waits for an answer has not climbed before; it may have been answered."""
    known = operation.scene_reports.get(key)
    if known is not None and known.answer_by < pending.quiet_until:
        operation.scene_reports.put(key, replace(known, answer_by=pending.quiet_until))


def _shifted(pending: Standstill, offer: Offer) -> Instant:
    left = offer.answer_by - max(pending.since, offer.sent_at)
    return pending.at + max(left, URGENCY[offer.priority].answer // REST)


def _hold_back(operation: Operation, pending: Standstill, key: DemandId) -> None:
    """A posting that was not released yet has as long as it had."""
    demand = operation.demands[key]
    held = [line for line in demand.lines if operation.lines[line].wake_at == demand.release_at]
    if not held or demand.release_at <= pending.since:
        return
    release_at = pending.at + demand.release_at - max(pending.since, demand.published_at)
    operation.demands.put(demand.id, replace(demand, release_at=release_at))
    for line in held:
        operation.lines.put(line, replace(operation.lines[line], wake_at=release_at))
