"""What each row waits for, and until when; None where it waits for nothing by the clock."""

from __future__ import annotations

from schemas.batches import BatchState
from schemas.hand_ups import HandUp
from schemas.shifts import Shift
from schemas.values import Instant
from streams.entities import (
    Assignment,
    Demand,
    Incident,
    IncidentState,
    Line,
    Offer,
    OfferState,
    Task,
)
from streams.instructed import Told
from streams.remembered import Batch, Beside, Relief, Report
from streams.wakes import AT_ONCE, Wait

Until = tuple[Instant, Wait] | None


def offer(row: Offer) -> Until:
    """An offer expires when its deadline has passed, so a millisecond after it."""
    if row.unneeded:
        return AT_ONCE, Wait.STAND_DOWN
    if row.state is OfferState.SENT:
        return row.answer_by + 1, Wait.ANSWER
    if row.state is OfferState.STANDBY and row.standby_until is not None:
        return row.standby_until, Wait.STANDBY
    return None


def assignment(row: Assignment) -> Until:
    """A crew that is on its way, or should be; on the scene, its next word."""
    if row.unneeded:
        return AT_ONCE, Wait.END
    if not row.live:
        return None
    if row.silent_at is not None:
        return row.silent_at, Wait.CHECK_IN
    late_at = None if row.withdrawing else row.late_at
    return None if late_at is None else (late_at, Wait.CREW)


def hand_up(row: HandUp) -> Until:
    return None if row.climbs_at is None else (row.climbs_at, Wait.HAND_UP)


def report(row: Report) -> Until:
    return None if row.escalated else (row.answer_by, Wait.REPORT)


def relief(row: Relief) -> Until:
    """The new crew is there, and the old one goes; or its desk is asked, and then the one above."""
    times = (row.free_at, row.ask_at, row.climbs_at)
    when = next((one for one in times if one is not None), None)
    return None if when is None else (when, Wait.RELIEF)


def shift(row: Shift) -> Until:
    return None if row.wakes_at is None else (row.wakes_at, Wait.SHIFT)


def batch(row: Batch) -> Until:
    """Its next step; before that the rest of its list, and behind it the end of its hour."""
    under_way = row.state in (BatchState.DOING, BatchState.UNDOING)
    return AT_ONCE if under_way else row.until, Wait.BATCH


def told(row: Told) -> Until:
    return None if row.next_at is None else (row.next_at, Wait.INSTRUCTION)


def beside(row: Beside) -> Until:
    """At once its desk is asked, and the one above later."""
    if row.stays is not None or row.climbed_at is not None:
        return None
    return AT_ONCE if row.climbs_at is None else row.climbs_at, Wait.BESIDE


def task(row: Task) -> Until:
    return None if row.until is None else (row.until, Wait.TASK)


def line(row: Line) -> Until:
    return (AT_ONCE, Wait.PROPOSAL) if row.proposing else None


def demand(row: Demand) -> Until:
    """First its own desk is asked, then the desk above."""
    if row.following:
        return AT_ONCE, Wait.GROUP
    if row.quiet_at is not None:
        return row.quiet_at, Wait.QUIET
    return None if row.climbs_at is None else (row.climbs_at, Wait.CLIMB)


def incident(row: Incident) -> Until:
    """Closed, with nothing left to recover: first the day is set, then its key is destroyed."""
    if row.state is IncidentState.CLOSING:
        return AT_ONCE, Wait.CLOSING
    if row.state is not IncidentState.CLOSED or not row.readable or row.live_tasks:
        return None
    return (row.destroy_at or AT_ONCE), Wait.DESTRUCTION
