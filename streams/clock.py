"""Ticks: the only way that time acts. They let offers expire and work off what is left."""

from __future__ import annotations

from schemas.commands import Tick
from schemas.facts import DeadlinesShifted, Fact, OfferExpired
from schemas.refusals import Refusal
from schemas.values import Instant, OperationId, TimeSource
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.parameters import EXPIRE_MOST, STANDSTILL
from streams.settle import left_over, next_wake

TICK = "tick"  # the counter of an operation's ticks


def tick(area: Area, command: Tick, cause: Cause) -> Decision:
    """Let what is due expire; after a standstill everybody gets the lost time back, once."""
    operation = area.operation(cause.operation)
    if operation is None or command.number != operation.count(TICK) + 1:
        return Refused(Refusal.TICK_OUT_OF_ORDER)
    lost = _lost(area, operation, cause.at)
    if lost:
        return [DeadlinesShifted(by=lost, at=cause.at)]
    return _expired(operation, cause.at)


def _lost(area: Area, operation: Operation, at: Instant) -> int:
    """How long the log stood still past the earliest deadline; a conductor never stands still."""
    earliest = operation.deadlines.first()
    if area.time_source is not TimeSource.LIVE or earliest is None:
        return 0
    late = at - int(earliest[0])
    return late if late > STANDSTILL else 0


def _expired(operation: Operation, at: Instant) -> list[Fact]:
    due: list[Fact] = []
    for answer_by, key in operation.deadlines.all():
        if answer_by >= at or len(due) == EXPIRE_MOST:
            break
        due.append(OfferExpired(offer=key, at=at))
    return due


def due(area: Area) -> tuple[Instant, OperationId, int] | None:
    """When, in which operation and as which number the next tick is due; None while none is."""
    if area.moved is not None:
        return None
    found = [
        (at, operation.id, operation.count(TICK) + 1)
        for operation in area.operations.rows.values()
        if (at := next_due(operation)) is not None
    ]
    return min(found, default=None)


def next_due(operation: Operation) -> Instant | None:
    """When an operation's next tick is due: 0, at once, if work was left over for it.

    An offer expires when its deadline has passed, so a millisecond after it.
    """
    if left_over(operation):
        return 0
    deadline = operation.deadlines.first()
    times = [next_wake(operation), None if deadline is None else int(deadline[0]) + 1]
    return min((at for at in times if at is not None), default=None)
