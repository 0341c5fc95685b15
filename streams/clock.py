"""Ticks: the only way that time acts. They work off what is due; after an outage, `Resume`."""

from __future__ import annotations

from schemas.commands import Command, Resume, Tick
from schemas.facts import Fact, Resumed, WorkSetAside
from schemas.refusals import Refusal
from schemas.values import Instant, OperationId
from streams.area import Area, Operation
from streams.budget import Budget
from streams.cause import Cause, Decision, Refused
from streams.parameters import QUIET, SET_ASIDE, SETTLE_FACTS, STANDSTILL
from streams.worklist import next_due

TICK = "tick"  # the counter of an operation's ticks


def tick(area: Area, command: Tick, cause: Cause) -> Decision:
    """Nothing by itself but what is set aside: what is due is found by settling."""
    return _aside(command, cause) if _is_next(area, command.number, cause) else _OUT_OF_ORDER


def resume(area: Area, command: Resume, cause: Cause) -> Decision:
    """Give everybody back the time for which nothing was there to hear them, once."""
    if not _is_next(area, command.number, cause):
        return _OUT_OF_ORDER
    lost = cause.at - command.since
    aside = _aside(command, cause)
    if lost <= STANDSTILL:
        return aside
    return [*aside, Resumed(lost=lost, quiet_until=cause.at + QUIET, at=cause.at)]


def budget(command: Command) -> Budget:
    """What a command's turn may do in settling: less than usual after a failure."""
    named = command.budget if isinstance(command, Tick | Resume) else None
    return Budget(SETTLE_FACTS if named is None else min(named, SETTLE_FACTS))


def set_aside(operation: Operation, fact: WorkSetAside) -> None:
    over = [piece for piece, until in operation.aside.rows.items() if until <= fact.at]
    for piece in sorted(over):  # it was tried again meanwhile
        operation.aside.remove(piece)
    operation.aside.put((fact.kind, fact.id), fact.until)


def _aside(command: Tick | Resume, cause: Cause) -> list[Fact]:
    until = cause.at + SET_ASIDE
    return [
        WorkSetAside(kind=piece.kind, id=piece.id, until=until, at=cause.at)
        for piece in command.aside
    ]


_OUT_OF_ORDER = Refused(Refusal.TICK_OUT_OF_ORDER)


def _is_next(area: Area, number: int, cause: Cause) -> bool:
    operation = area.operation(cause.operation)
    return operation is not None and number == operation.count(TICK) + 1


def due(area: Area) -> tuple[Instant, OperationId, int] | None:
    """When, in which operation and as which number the next tick is due; None while none is."""
    if area.moved is not None:
        return None
    found = [
        (at, operation.id, operation.count(TICK) + 1)
        for operation in area.operations.rows.values()
        if (at := next_due(operation, area.at)) is not None
    ]
    return min(found, default=None)
