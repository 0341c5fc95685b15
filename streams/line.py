"""Lines: how far each is covered, and when settling has to look at it.

A line that is short of cover always has a `wake_at`, or offers whose answers are awaited: no
demand is ever silently forgotten.
"""

from __future__ import annotations

from msgspec.structs import replace

from schemas.facts import NumberedLine
from schemas.values import IncidentId, Instant, LineId, StandDownReason
from streams.area import Operation
from streams.entities import Demand, Line, OfferState


def opened(demand: Demand, incident: IncidentId, number: int, asked: NumberedLine) -> Line:
    request = asked.request
    return Line(
        id=asked.line,
        demand=demand.id,
        incident=incident,
        number=number,
        skill=request.skill,
        grade=request.grade,
        minimum=request.minimum,
        target=request.target,
        hazardous=request.hazardous,
        priority=demand.priority,
        wake_at=demand.release_at,
    )


def missing(line: Line) -> int:
    """Units short of the target."""
    return max(0, line.target - line.covered)


def cover(line: Line) -> str:
    """Empty, inadequate, adequate or satisfied: always derived, never stored."""
    if line.covered == 0:
        return "empty"
    if line.covered < line.minimum:
        return "inadequate"
    return "adequate" if line.covered < line.target else "satisfied"


def wake(operation: Operation, line: Line, at: Instant) -> None:
    """Put an open line that is short on the worklist, unless it is due earlier already."""
    if line.open and missing(line) and (line.wake_at is None or line.wake_at > at):
        operation.lines.put(line.id, replace(line, wake_at=at))


def wake_unmet(operation: Operation, skill: str, units: int, at: Instant) -> None:
    """So many units of a skill are free: as many unmet lines, most urgent first, wake.

    Bounded by the units, so that a shortage of everything cannot make a turn grow without end;
    every other unmet line keeps its own time to be tried again.
    """
    if not operation.unmet:
        return
    places = operation.unmet.within(skill)
    waking = [place[-1] for place, _ in zip(places, range(units), strict=False)]
    for key in waking:
        wake(operation, operation.lines[key], at)


def offered(operation: Operation, line: Line, organization: str, quantity: int) -> None:
    """One more organization has been asked."""
    operation.lines.put(
        line.id,
        replace(
            line,
            asked=line.asked + quantity,
            live_offers=line.live_offers + 1,
            organizations=(*line.organizations, organization),
            wake_at=None,
            unmet=False,
            considered=0,
            gates=(),
        ),
    )


def answered(operation: Operation, key: LineId, quantity: int, at: Instant) -> None:
    """An offer is no longer open; if the line is still short, it is looked at again."""
    line = operation.lines[key]
    line = replace(line, asked=line.asked - quantity, live_offers=line.live_offers - 1)
    operation.lines.put(key, line)
    wake(operation, line, at)


def in_hand(operation: Operation, key: LineId) -> None:
    """Nothing more to do for now: it is covered, or those asked already are enough."""
    line = operation.lines[key]
    calm = replace(line, wake_at=None, unmet=False, considered=0, gates=())
    operation.lines.put(key, calm)


def cover_changed(operation: Operation, key: LineId, units: int, at: Instant) -> None:
    """Units were committed or lost. A covered line needs its other offers no longer."""
    line = operation.lines[key]
    line = replace(line, covered=line.covered + units)
    operation.lines.put(key, line)
    if missing(line):
        wake(operation, line, at)
    else:
        in_hand(operation, key)
        mark_offers(operation, line, StandDownReason.COVERED)


def mark_offers(operation: Operation, line: Line, reason: StandDownReason) -> None:
    """Put a line's open offers on the worklist, to be stood down."""
    for place in list(operation.offers_of.within(line.demand)):
        offer = operation.offers[place[-1]]
        if offer.line == line.id and offer.state is OfferState.SENT and offer.unneeded is None:
            operation.offers.put(offer.id, replace(offer, unneeded=reason))


def mark_assignments(operation: Operation, line: Line, reason: StandDownReason) -> None:
    """Put a line's live assignments on the worklist, to be stood down."""
    for place in list(operation.assignments_of.within(line.demand)):
        assignment = operation.assignments[place[-1]]
        if assignment.line == line.id and assignment.live and assignment.unneeded is None:
            operation.assignments.put(assignment.id, replace(assignment, unneeded=reason))
