"""Standstill: after one, lost time is given back, at once to some and then tick by tick.

Until everybody has it, ticks do nothing else: nobody's time is over before it was given back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from schemas.batches import BatchId
from schemas.facts import Resumed, TimeGivenBack
from schemas.helpers import HelpersId
from schemas.values import AssignmentId, DemandId, DivisionCode, Instant, OfferId, ReportId
from streams import checking, orders
from streams.area import Operation
from streams.entities import Offer, OfferState
from streams.parameters import GIVEN_BACK_AT_ONCE, REST, URGENCY
from streams.remembered import Owed, Standstill
from streams.wakes import Wait

LOST = "lost"  # the counter of the milliseconds for which the log stood still
LOST_BEFORE = "lost_before"  # likewise, without the last time
LOST_AT = "lost_at"  # when it went on then
ONLY = "standstill"  # the key of the one row

SPARED = (Wait.CREW, Wait.CHECK_IN, Wait.INSTRUCTION, Wait.REPORT)
"""Who could do nothing while nobody could hear it: not missed before a while has passed."""
SHIFTED = (
    Wait.BATCH,
    Wait.BESIDE,
    Wait.STANDBY,
    Wait.HELPERS,
    Wait.RELIEF,
    Wait.HAND_UP,
    Wait.QUIET,
    Wait.CLIMB,
    Wait.SHIFT,
)
"""What waits for a desk that could say nothing: it has as long as it had."""
BY_THE_CLOCK = (
    Wait.STAND_DOWN,
    Wait.END,
    Wait.ANSWER,
    Wait.TASK,
    Wait.PROPOSAL,
    Wait.GROUP,
    Wait.CLOSING,
    Wait.DESTRUCTION,
)
"""What is done at once, counts in days, or (answers) has its time back by a rule of its own."""


def resumed(operation: Operation, fact: Resumed) -> None:
    """Whoever has to answer has what was left, or a fourth of the time; nobody is overdue yet."""
    pending = operation.standstill.get(ONLY)
    if pending is not None:  # of an outage before, which is over for them first
        _give_back(operation, pending, _size(pending))
    operation.raise_count(LOST_BEFORE, operation.count(LOST))
    operation.raise_count(LOST, operation.count(LOST) + fact.lost)
    operation.raise_count(LOST_AT, fact.at)
    standstill = Standstill(
        since=fact.at - fact.lost,
        at=fact.at,
        quiet_until=fact.quiet_until,
        offers=tuple(wake.id for wake in operation.wakes.all_for(Wait.ANSWER)),
        demands=tuple(place[-1] for place in operation.demands_in.all()),
        others=_others(operation, fact.quiet_until),
    )
    _give_back(operation, standstill, GIVEN_BACK_AT_ONCE)


def _others(operation: Operation, quiet_until: Instant) -> tuple[Owed, ...]:
    """Who else waits: who would be missed before that time, and everybody whom a desk owes a word.

    A rescue crew is missed first, and has its time back first.
    """
    every = operation.wakes.all()
    waiting = [Owed(wait=wake.wait.name, id=wake.id, until=wake.when) for wake in every]
    spared = (one for one in waiting if Wait[one.wait] in SPARED and one.until < quiet_until)
    return (*spared, *(one for one in waiting if Wait[one.wait] in SHIFTED))


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
    return len(pending.offers) + len(pending.demands) + len(pending.others)


def _give_back(operation: Operation, pending: Standstill, count: int) -> None:
    """To offers first, those whose time would be over first before the others."""
    offers = pending.offers[:count]
    demands = pending.demands[: count - len(offers)]
    others = pending.others[: count - len(offers) - len(demands)]
    for key in offers:
        offer = operation.offers[key]
        if offer.state is OfferState.SENT and offer.unneeded is None:
            shifted = replace(offer, answer_by=_shifted(pending, offer))
            operation.offers.put(key, shifted)
    for demand in demands:
        _hold_back(operation, pending, demand)
    for owed in others:
        GIVING[Wait[owed.wait]](operation, owed.id, owed.until, _later(pending, owed))
    rest = replace(
        pending,
        offers=pending.offers[len(offers) :],
        demands=pending.demands[len(demands) :],
        others=pending.others[len(others) :],
    )
    if _size(rest):
        operation.standstill.put(ONLY, rest)
    elif ONLY in operation.standstill:
        operation.standstill.remove(ONLY)


def _later(pending: Standstill, owed: Owed) -> Instant:
    """Until when is waited now: a while at least, and for a desk as long as was left."""
    if Wait[owed.wait] in SPARED:
        return pending.quiet_until
    return max(pending.at + owed.until - pending.since, pending.quiet_until)


def _crew(operation: Operation, key: AssignmentId, _before: Instant, until: Instant) -> None:
    """Whoever should be there, or should have given word, is not missed before."""
    known = operation.assignments[key]
    if known.late_at is not None and known.late_at < until:
        known = replace(known, late_at=until)
    if known.silent_at is not None and known.silent_at < until:
        known = checking.heard_from_again(known, until)
    operation.assignments.put(known.id, known)
    orders.held_back(operation, known.id, until)


def _report(operation: Operation, key: ReportId, _before: Instant, until: Instant) -> None:
    """A report that waits for an answer has not climbed before; it may have been answered."""
    known = operation.scene_reports.get(key)
    if known is not None and known.answer_by < until:
        operation.scene_reports.put(known.id, replace(known, answer_by=until))


def _beside(operation: Operation, key: AssignmentId, before: Instant, until: Instant) -> None:
    known = operation.beside.get(key)
    if known is not None and known.climbs_at == before:
        operation.beside.put(key, replace(known, climbs_at=until))


def _standby(operation: Operation, key: OfferId, before: Instant, until: Instant) -> None:
    """Its desk may have taken it on, or thanked it, before it was its turn."""
    known = operation.offers[key]
    if known.state is OfferState.STANDBY and known.standby_until == before:
        operation.offers.put(known.id, replace(known, standby_until=until))


def _batch(operation: Operation, key: BatchId, before: Instant, until: Instant) -> None:
    """Whoever could not be heard can still send the rest of its list, or undo all of it."""
    known = operation.batches.get(key)
    if known is not None and known.until == before:
        operation.batches.put(key, replace(known, until=until))


def _helpers(operation: Operation, key: HelpersId, _before: Instant, until: Instant) -> None:
    known = operation.helpers.get(key)
    if known is not None:
        operation.helpers.put(known.id, replace(known, until=until))


def _hand_up(operation: Operation, key: DemandId, before: Instant, until: Instant) -> None:
    known = operation.hand_ups.get(key)
    if known is not None and known.climbs_at == before:
        operation.hand_ups.put(key, replace(known, climbs_at=until))


def _relief(operation: Operation, key: AssignmentId, before: Instant, until: Instant) -> None:
    """Its desk has as long to answer; who goes, and who is asked about, does by the clock."""
    known = operation.reliefs.get(key)
    if known is not None and known.climbs_at == before:
        operation.reliefs.put(key, replace(known, climbs_at=until))


def _shift(operation: Operation, key: DivisionCode, before: Instant, until: Instant) -> None:
    known = operation.shifts[key]
    if known.wakes_at == before:
        operation.shifts.put(key, replace(known, wakes_at=until))


def _asked(operation: Operation, key: DemandId, before: Instant, until: Instant) -> None:
    """Its desk is asked later; unless it has said something before it was its turn."""
    known = operation.demands[key]
    if known.quiet_at == before:
        operation.demands.put(key, replace(known, quiet_at=until))


def _climbing(operation: Operation, key: DemandId, before: Instant, until: Instant) -> None:
    """Its desk has had no time to decide; unless it has decided before it was its turn."""
    known = operation.demands[key]
    if known.climbs_at == before:
        operation.demands.put(key, replace(known, climbs_at=until))


GIVING: dict[Wait, Callable[[Operation, Any, Instant, Instant], None]] = {
    Wait.CREW: _crew,
    Wait.CHECK_IN: _crew,
    Wait.INSTRUCTION: _crew,
    Wait.REPORT: _report,
    Wait.BATCH: _batch,
    Wait.BESIDE: _beside,
    Wait.STANDBY: _standby,
    Wait.HELPERS: _helpers,
    Wait.RELIEF: _relief,
    Wait.SHIFT: _shift,
    Wait.HAND_UP: _hand_up,
    Wait.QUIET: _asked,
    Wait.CLIMB: _climbing,
}
"""How each gets its time back: until when it waited, and until when it does now."""


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
