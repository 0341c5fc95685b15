"""Settling: what a turn entails, taken from the worklist of its own operation within a budget.

The worklist is in the state: whatever does not fit stays there and makes the next tick due.
Matching and housekeeping share the budget, so that neither holds the other up for long. Only a
tick finds that somebody's time is over: after an outage the owner gives lost time back before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from schemas.facts import (
    DemandClosed,
    Fact,
    IncidentClosed,
    KeyDestroyed,
    KeyDestructionDue,
    LinesLookedAt,
    OfferExpired,
    OfferStoodDown,
    TimeGivenBack,
)
from schemas.values import CloseReason, Instant, Mode, Piece, PieceKind, StandDownReason
from streams import (
    asking,
    batch,
    beside,
    checking,
    ending,
    grouping,
    handing_up,
    helpers,
    holding,
    lateness,
    orders,
    quiet,
    recovery,
    relief,
    scene_reports,
    shifts,
    standby,
    standstill,
    worklist,
)
from streams.area import Area, Operation
from streams.budget import Budget
from streams.cause import Cause
from streams.entities import Incident, Offer
from streams.matching import assign
from streams.parameters import (
    CHORE_WORK,
    CHORES_FIRST,
    GIVEN_BACK_AT_ONCE,
    KEY_KEPT,
    KEY_KEPT_EXERCISE,
    LINE_WORK,
    LOOKED_AT_MOST,
)
from streams.wakes import AT_ONCE, Wait

Evolve = Callable[[Area, Operation | None, Fact], None]


def settle(
    area: Area, operation: Operation, cause: Cause, evolve: Evolve, budget: Budget, *, ticking: bool
) -> list[Fact]:
    """Work off the worklist; each fact is folded in before the next piece of work is chosen."""
    facts: list[Fact] = []
    until = cause.at if ticking else AT_ONCE
    owed = standstill.left(operation)
    if owed and ticking:  # nobody's time is over before it was given back
        count = min(owed, GIVEN_BACK_AT_ONCE)
        facts.append(TimeGivenBack(count=count, at=cause.at))
        evolve(area, operation, facts[0])
        return facts
    chores = matching = 0
    while chores * CHORE_WORK + matching < budget.left:
        chore_first = chores * 3 < matching + CHORES_FIRST or not _wanted(operation, cause.at)
        step = _chore(operation, until, cause, budget) if chore_first else ()
        if step:
            chores += len(step)
        else:
            step = _matched(area, operation, cause, budget)
            matching += max(LINE_WORK, len(step))
        if not step:
            break
        for fact in step:
            evolve(area, operation, fact)
            _append(facts, fact)
    if budget.left > 1:  # of a single piece one knows what made its turn too large
        budget.doing = None
    return facts


def _wanted(operation: Operation, at: Instant) -> bool:
    """Whether a line is due, or somebody has become able before this turn.

    Of those that this turn has made able, each is tried once.
    """
    able = worklist.able(operation, at)
    return worklist.due_line(operation, at) is not None or (able is not None and able.at < at)


def _append(facts: list[Fact], fact: Fact) -> None:
    """Fruitless looks in a row that end at the same time are one fact."""
    last = facts[-1] if facts else None
    if (
        isinstance(fact, LinesLookedAt)
        and isinstance(last, LinesLookedAt)
        and last.next == fact.next
        and len(last.lines) < LOOKED_AT_MOST
    ):
        facts[-1] = replace(last, lines=last.lines + fact.lines)
    else:
        facts.append(fact)


def _matched(area: Area, operation: Operation, cause: Cause, budget: Budget) -> Sequence[Fact]:
    """Whom the most urgent line asks; if none is due, which line wants who has become able."""
    line = worklist.due_line(operation, cause.at)
    if line is not None:
        budget.doing = Piece(kind=PieceKind.LINE, id=line.id)
        kept = standby.needed(area, operation, line, cause)
        return kept or assign.offers(area, operation, line, cause)
    able = worklist.able(operation, cause.at)
    if able is None:
        return ()
    budget.doing = Piece(kind=PieceKind.ORGANIZATION, id=able.organization)
    return [assign.woken(area, operation, able.organization, able.skill, cause)]


def _chore(operation: Operation, until: Instant, cause: Cause, budget: Budget) -> Sequence[Fact]:
    """The next piece of housekeeping that is due by then; nothing when there is none."""
    wake = worklist.due_wake(operation, until, cause.at)
    if wake is None:
        return ()
    budget.doing = Piece(kind=worklist.KINDS[wake.wait], id=wake.id)
    return CHORES[wake.wait](operation, wake.id, cause)


def _stood_down(operation: Operation, key: Any, cause: Cause) -> Sequence[Fact]:
    offer = operation.offers[key]
    assert offer.unneeded is not None
    return [OfferStoodDown(offer=offer.id, reason=offer.unneeded, at=cause.at)]


def _expired(operation: Operation, key: Any, cause: Cause) -> Sequence[Fact]:
    offer: Offer = operation.offers[key]
    before = asking.counted(operation, offer.line, offer.organization, offer.round)
    again = asking.after_silence(
        offer.priority, before.silences + 1, offer.answer_by, before.free_from
    )
    assert again.at is not None
    assert again.on is not None
    return [OfferExpired(offer=offer.id, again_at=again.at, again_on=again.on, at=cause.at)]


def _standby_over(_operation: Operation, key: Any, cause: Cause) -> Sequence[Fact]:
    return [OfferStoodDown(offer=key, reason=StandDownReason.STANDBY_OVER, at=cause.at)]


def _closing(operation: Operation, key: Any, cause: Cause) -> Sequence[Fact]:
    """Close its demands one by one, open its proposed tasks, and at last the incident is closed."""
    for place in operation.demands_in.within(key):
        demand = operation.demands[place[-1]]
        return [
            DemandClosed(
                demand=demand.id,
                revision=demand.revision + 1,
                reason=CloseReason.INCIDENT_CLOSED,
                at=cause.at,
            )
        ]
    for place in operation.proposed_in.within(key):
        task = operation.tasks[place[-1]]
        return [recovery.opened(task, task.domain, cause)]
    return [IncidentClosed(incident=key, at=cause.at)]


def _destruction(operation: Operation, key: Any, cause: Cause) -> Sequence[Fact]:
    """Its personal data has served its purpose: first the day is set, then the key goes."""
    incident: Incident = operation.incidents[key]
    if incident.destroy_at is not None:
        return [KeyDestroyed(incident=incident.id, at=cause.at)]
    kept = KEY_KEPT if operation.mode is Mode.ACTUAL else KEY_KEPT_EXERCISE
    return [KeyDestructionDue(incident=incident.id, due=cause.at + kept, at=cause.at)]


CHORES: dict[Wait, Callable[[Operation, Any, Cause], Sequence[Fact]]] = {
    Wait.STAND_DOWN: _stood_down,
    Wait.END: lambda operation, key, cause: ending.ended(operation.assignments[key], cause),
    Wait.ANSWER: _expired,
    Wait.STANDBY: _standby_over,
    Wait.CREW: lambda operation, key, cause: lateness.waited(
        operation, operation.assignments[key], cause
    ),
    Wait.CHECK_IN: lambda operation, key, cause: checking.silent(operation.assignments[key], cause),
    Wait.INSTRUCTION: lambda operation, key, cause: [
        orders.unacknowledged(operation.told[key], cause)
    ],
    Wait.BESIDE: lambda operation, key, cause: [beside.over(operation.beside[key], cause)],
    Wait.REPORT: lambda operation, key, cause: [
        scene_reports.escalated(operation.scene_reports[key], cause)
    ],
    Wait.RELIEF: lambda operation, key, cause: [
        relief.over(operation, operation.reliefs[key], cause)
    ],
    Wait.HAND_UP: lambda _operation, key, cause: [handing_up.climbed(key, cause)],
    Wait.SHIFT: lambda operation, key, cause: [shifts.over(operation, key, cause)],
    Wait.HELPERS: lambda operation, key, cause: [helpers.lapsed(operation.helpers[key], cause)],
    Wait.TASK: lambda operation, key, cause: [recovery.over(operation.tasks[key], cause)],
    Wait.PROPOSAL: lambda operation, key, cause: [
        recovery.proposed(operation, operation.lines[key], cause)
    ],
    Wait.GROUP: lambda operation, key, cause: grouping.followed(
        operation, operation.demands[key], cause
    ),
    Wait.BATCH: lambda operation, key, cause: batch.step(operation, operation.batches[key], cause),
    Wait.QUIET: lambda operation, key, cause: quiet.over(operation, operation.demands[key], cause),
    Wait.CLIMB: lambda _operation, key, cause: [holding.climbed(key, cause)],
    Wait.CLOSING: _closing,
    Wait.DESTRUCTION: _destruction,
}
"""What is done when each kind of wait is over."""
