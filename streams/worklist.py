"""The worklist: what an operation has to do next, without what is set aside for now.

All of it is in the entities; nothing is set aside but what the rules have failed on.
"""

from __future__ import annotations

from schemas.values import Instant, PieceKind
from streams.area import Operation
from streams.entities import Line
from streams.remembered import Able
from streams.wakes import AT_ONCE, Wait, Wake

KINDS: dict[Wait, PieceKind] = {
    Wait.STAND_DOWN: PieceKind.OFFER,
    Wait.END: PieceKind.ASSIGNMENT,
    Wait.ANSWER: PieceKind.OFFER,
    Wait.STANDBY: PieceKind.OFFER,
    Wait.CREW: PieceKind.ASSIGNMENT,
    Wait.CHECK_IN: PieceKind.ASSIGNMENT,
    Wait.INSTRUCTION: PieceKind.ASSIGNMENT,
    Wait.BESIDE: PieceKind.ASSIGNMENT,
    Wait.REPORT: PieceKind.REPORT,
    Wait.RELIEF: PieceKind.ASSIGNMENT,
    Wait.HAND_UP: PieceKind.DEMAND,
    Wait.HELPERS: PieceKind.HELPERS,
    Wait.TASK: PieceKind.TASK,
    Wait.PROPOSAL: PieceKind.LINE,
    Wait.GROUP: PieceKind.DEMAND,
    Wait.BATCH: PieceKind.BATCH,
    Wait.QUIET: PieceKind.DEMAND,
    Wait.CLIMB: PieceKind.DEMAND,
    Wait.SHIFT: PieceKind.SHIFT,
    Wait.CLOSING: PieceKind.INCIDENT,
    Wait.DESTRUCTION: PieceKind.INCIDENT,
}
"""What waits for what: each row waits for one thing at a time."""


def due_line(operation: Operation, at: Instant) -> Line | None:
    """The line to look at next: the most urgent priority first, in it the longest waiting."""
    for _, wake_at, key in operation.waking.firsts(_aside(operation, PieceKind.LINE, at)):
        if wake_at <= at:
            return operation.lines[key]
    return None


def due_wake(operation: Operation, until: Instant, at: Instant) -> Wake | None:
    """The first wait of housekeeping that is over by then."""
    wake = _first_wake(operation, at)
    return wake if wake is not None and wake.when <= until else None


def able(operation: Operation, at: Instant) -> Able | None:
    """Who has become able first, and is not tried with any line yet."""
    but = _aside(operation, PieceKind.ORGANIZATION, at)
    for _, organization, skill in operation.trying.all():
        if organization not in but:
            return operation.able[organization, skill]
    return None


def next_due(operation: Operation, at: Instant) -> Instant | None:
    """When an operation's next tick is due; 0, at once, if work was left over for it."""
    if operation.standstill or able(operation, at) is not None:
        return AT_ONCE
    wake = _first_wake(operation, at)
    lanes = operation.waking.firsts(_aside(operation, PieceKind.LINE, at))
    times = [wake_at for _, wake_at, _ in lanes]
    times += [] if wake is None else [wake.when]
    times += [until for until in operation.aside.rows.values() if until > at]
    return min(times, default=None)


def _first_wake(operation: Operation, at: Instant) -> Wake | None:
    if not operation.aside:
        return operation.wakes.first()
    aside = {kind: _aside(operation, kind, at) for kind in PieceKind}
    waiting = (wake for wake in operation.wakes.all() if wake.id not in aside[KINDS[wake.wait]])
    return next(waiting, None)


def _aside(operation: Operation, kind: PieceKind, at: Instant) -> tuple[str, ...]:
    """The ids of a kind that are set aside at a time; hardly ever any."""
    if not operation.aside:
        return ()
    rows = operation.aside.rows.items()
    return tuple(id for (known, id), until in rows if known is kind and at < until)
