"""Lines: how far each is covered, and when settling has to look at it.

A line that is short of cover always has a `wake_at`, or offers whose answers are awaited: no
demand is ever silently forgotten.
"""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from schemas.facts import (
    LineDropped,
    LineFact,
    LineInHand,
    LinesLookedAt,
    LineUnmet,
    LineWoken,
    NumberedLine,
    OwnCrewSet,
)
from schemas.refusals import Refusal
from schemas.values import DemandId, Instant, LineId, StandDownReason
from streams import needed, nobody
from streams.area import Operation
from streams.cause import Refused
from streams.entities import Demand, DemandState, Line, Offer, OfferState
from streams.parameters import STANDBY


def opened(demand: Demand, number: int, asked: NumberedLine, at: Instant) -> Line:
    request = asked.request
    return Line(
        id=asked.line,
        demand=demand.id,
        incident=demand.incident,
        number=number,
        skill=request.skill,
        grade=request.grade,
        minimum=request.minimum,
        target=request.target,
        hazardous=request.hazardous,
        whole=request.whole,
        priority=demand.priority,
        place=demand.place,
        opened_at=at,
        wake_at=demand.release_at if _asking(demand) else None,
        asleep=asleep(demand),
    )


def asleep(demand: Demand) -> bool:
    """Whether nobody is asked for its lines: it is a draft, or another one asks in its place."""
    return demand.leader is not None or demand.state is DemandState.DRAFT


def _asking(demand: Demand) -> bool:
    return demand.state is DemandState.PUBLISHED and demand.leader is None and not demand.shut


def missing(line: Line) -> int:
    """Units short of the target, for which somebody is asked; doubtful ones only as replaced.

    While another demand asks in its place, or its own is a draft, nothing is.
    """
    return 0 if line.asleep else max(0, line.target - line.covered + line.replacing)


def together(line: Line) -> int:
    """The fewest units that are of use from one organization: all of a whole line.

    Nobody ever gives a part of such a line, so it is missing whole, or not at all.
    """
    return line.target if line.whole else 1


def counted(line: Line) -> int:
    """Units that are counted on: not those of a late crew in whose place somebody is asked."""
    return line.covered - line.replacing


def cover(line: Line, lost: int = 0) -> str:
    """Empty, inadequate, adequate or satisfied, `lost` units being no least: always derived."""
    units = counted(line)
    if units == 0:
        return "empty"
    if units - lost < line.minimum:
        return "inadequate"
    return "adequate" if units < line.target else "satisfied"


def evolve(operation: Operation, fact: LineFact) -> None:
    match fact:
        case LineUnmet():
            _unmet(operation, fact)
        case LinesLookedAt():
            for key in fact.lines:
                line = operation.lines[key]
                looked = replace(line, wake_at=fact.next, looks=line.looks + 1)
                operation.lines.put(key, looked)
        case LineWoken():
            _woken(operation, fact)
        case LineInHand():
            in_hand(operation, fact.line)
        case LineDropped():
            _dropped(operation, fact)
        case OwnCrewSet():
            _own_crew(operation, fact)
        case _:
            assert_never(fact)


def _unmet(operation: Operation, fact: LineUnmet) -> None:
    """Said again for its desk's sake alone, it is looked at no more often than before."""
    before = operation.lines[fact.line]
    gates = [[count.gate for count in row.gates] for row in (before, fact)]
    news = (before.missing, before.able_at) != (fact.missing, fact.able_at) or gates[0] != gates[1]
    line = replace(
        before,
        wake_at=fact.retry_at,
        unmet=True,
        missing=fact.missing,
        considered=fact.considered,
        gates=fact.gates,
        looks=0 if news or not before.unmet else before.looks + 1,
        said_at=fact.at,
        able_at=fact.able_at,
    )
    operation.lines.put(line.id, line)
    nobody.asked(operation, fact)


def _woken(operation: Operation, fact: LineWoken) -> None:
    """The organization stays on the list until no further line may use it."""
    if fact.line is None:
        operation.able.remove((fact.organization, fact.skill))
    else:
        line = operation.lines[fact.line]
        if fact.wake_at > fact.at and (line.able_at is None or fact.wake_at < line.able_at):
            line = replace(line, able_at=fact.wake_at)
            operation.lines.put(line.id, line)
        wake(operation, line, fact.wake_at)


def _own_crew(operation: Operation, fact: OwnCrewSet) -> None:
    """Who is asked is let go where that covers it; where it is short again, it is looked at."""
    taken_up(operation, fact.demand)
    before = operation.lines[fact.line]
    recount(operation, before, replace(before, own=fact.quantity), fact.at)


def taken_up(operation: Operation, key: DemandId) -> None:
    """The township that a demand was moved to has acted, be it only to record what it heard."""
    demand = operation.demands[key]
    if demand.handed is not None and not demand.handed.acted:
        operation.demands.put(key, replace(demand, handed=replace(demand.handed, acted=True)))


def over(operation: Operation, line: Line) -> Refused | None:
    """Why nothing more is recorded on a line; None while it is open."""
    state = operation.demands[line.demand].state
    if state is DemandState.CLOSED:
        return Refused(Refusal.DEMAND_CLOSED, (line.demand,))
    if state is DemandState.DRAFT:
        return Refused(Refusal.DEMAND_DRAFT, (line.demand,))
    if line.asleep:
        return Refused(Refusal.DEMAND_GROUPED, (line.demand,))
    return None if line.open else Refused(Refusal.LINE_DROPPED, (line.id,))


def _dropped(operation: Operation, fact: LineDropped) -> None:
    """What was delivered is still restored afterwards; whoever is asked or at work is let go."""
    taken_up(operation, fact.demand)
    line = operation.lines[fact.line]
    line = replace(closed(line, proposing=served(operation, line)), dropped=True)
    operation.lines.put(line.id, line)
    mark_offers(operation, line, StandDownReason.LINE_DROPPED)
    mark_assignments(operation, line, StandDownReason.LINE_DROPPED)


def served(operation: Operation, line: Line) -> bool:
    """Whether something was done for it: confirmed, or reported done."""
    live = operation.assignments_on.of(line.id)
    return line.delivered + line.own > 0 or any(found.reported_at is not None for found in live)


def closed(line: Line, *, proposing: bool) -> Line:
    """The line as nobody looks at it any more; what kept organizations out of it stays said."""
    return replace(
        _calm(line),
        open=False,
        proposing=proposing,
        considered=line.considered,
        gates=line.gates,
        said_at=line.said_at,
    )


def reopened(line: Line, at: Instant) -> Line:
    """The line at the beginning of its next round: nothing is covered, nobody was asked."""
    return replace(
        _calm(line),
        open=True,
        opened_at=at,
        proposing=False,
        round=line.round + 1,
        wave=0,
        working=0,
        delivered=0,
        own=0,
        doubtful=0,
        replacing=0,
    )


def put_to_sleep(operation: Operation, line: Line, at: Instant) -> None:
    """Another demand asks in its place: whoever is asked is let go, and crews stay at work."""
    asleep = replace(_calm(line), asleep=True)
    operation.lines.put(line.id, asleep)
    mark_offers(operation, asleep, StandDownReason.DEMAND_GROUPED)
    _time_word(operation, asleep, at)


def wake_up(operation: Operation, line: Line, at: Instant) -> None:
    """It asks for itself again, for what it still lacks."""
    awake = replace(line, asleep=False)
    operation.lines.put(line.id, awake)
    if missing(awake):
        _call_parked(operation, awake, at)
    _time_word(operation, awake, at)
    wake(operation, awake, at)


def _calm(line: Line) -> Line:
    return replace(
        line,
        wake_at=None,
        unmet=False,
        missing=0,
        considered=0,
        gates=(),
        looks=0,
        said_at=None,
        able_at=None,
    )


def held(operation: Operation, line: Line, reason: StandDownReason) -> None:
    """Nobody looks at it for now; whoever is asked is told why."""
    calm = _calm(line)
    operation.lines.put(line.id, calm)
    mark_offers(operation, calm, reason)


def wake(operation: Operation, line: Line, at: Instant) -> None:
    """Put an open line that is short on the worklist, unless it is due earlier already."""
    woken = _woken_by(operation, line, at)
    if woken is not None:
        operation.lines.put(line.id, woken)


def _woken_by(operation: Operation, line: Line, at: Instant) -> Line | None:
    """The line as it is looked at by then; None where that needs no change.

    What is held back stays so until it is released, whatever a desk asks by hand meanwhile; and
    what is on hold, until it goes on; and what lies in a closed zone, until that is opened.
    """
    demand = operation.demands[line.demand]
    asking = demand.state is DemandState.PUBLISHED and not demand.shut
    if not line.open or not missing(line) or not asking:
        return None
    at = max(at, demand.release_at)
    return replace(line, wake_at=at) if line.wake_at is None or line.wake_at > at else None


def offered(operation: Operation, line: Line, offer: Offer, wave: int, at: Instant) -> None:
    """One more organization has been asked; wave 0: by hand, which is no search of the line's."""
    units, one = (0, 0) if offer.unproved else (offer.quantity, 1)
    short, live = max(0, line.missing - units), line.live_offers + one
    asked = replace(line, asked=line.asked + units, live_offers=live, missing=short)
    if wave:  # whom nothing waits for leaves it unmet: whoever becomes able is tried still
        asked = replace(asked if offer.unproved else _calm(asked), wave=wave)
    operation.lines.put(line.id, asked)
    nobody.look(operation, line.demand, at)


def asked_by_hand(operation: Operation, key: DemandId, at: Instant) -> None:
    """A desk has asked somebody itself: of other lines for which nobody is asked it still is."""
    if nobody.by_hand(operation, key):
        for one in operation.demands[key].lines:
            line = operation.lines[one]
            if nobody.below(line) and not line.live_offers:
                wake(operation, line, at)


def answered(operation: Operation, offer: Offer, at: Instant) -> None:
    """An offer is no longer open; if the line is still short, it is looked at again."""
    line = operation.lines[offer.line]
    if not offer.unproved:
        left = line.asked - offer.quantity
        line = replace(line, asked=left, live_offers=line.live_offers - 1)
    operation.lines.put(line.id, _woken_by(operation, line, at) or line)


def in_hand(operation: Operation, key: LineId) -> None:
    """Nothing more to do for now: it is covered, or those asked already are enough."""
    operation.lines.put(key, _calm(operation.lines[key]))


def changed(
    operation: Operation,
    key: LineId,
    at: Instant,
    *,
    working: int = 0,
    delivered: int = 0,
    doubtful: int = 0,
    replacing: int = 0,
) -> None:
    """Units were committed, delivered, doubted or lost. With that it may be covered, or short."""
    before = operation.lines[key]
    line = replace(
        before,
        working=before.working + working,
        delivered=before.delivered + delivered,
        doubtful=before.doubtful + doubtful,
        replacing=before.replacing + replacing,
    )
    recount(operation, before, line, at)


def recount(operation: Operation, before: Line, line: Line, at: Instant) -> None:
    """Keep a line; it is looked at if it is short, and once it is covered other offers are over.

    Only what covers it ends them: whom a desk asks beyond the target is not sent away for it.
    """
    covers = line.open and not missing(line) and missing(before) > 0
    after = _calm(line) if covers else _woken_by(operation, line, at) or line
    operation.lines.put(line.id, after)
    if missing(line) and not missing(before):
        _call_parked(operation, line, at)
    if covers:
        mark_offers(operation, line, StandDownReason.COVERED)
    nobody.look(operation, line.demand, at)
    if bool(missing(line)) is not bool(missing(before)):
        _time_word(operation, line, at)


def _time_word(operation: Operation, line: Line, at: Instant) -> None:
    """Whoever waits for the desk's word waits without a clock while units are missing; no longer
    than others do, once none are."""
    until = None if missing(line) else at + STANDBY
    for offer in operation.offers_on.of(line.id):
        if offer.state is OfferState.STANDBY and not offer.at_once:
            operation.offers.put(offer.id, replace(offer, standby_until=until))


def _call_parked(operation: Operation, line: Line, at: Instant) -> None:
    """It is short again: whom its desk has parked there meanwhile is asked before others."""
    at = max(at, operation.demands[line.demand].release_at)
    for offer in operation.offers_on.of(line.id):
        asked = operation.asked.get((line.id, offer.organization))
        parked = offer.state is OfferState.STANDBY and offer.unasked and offer.by_desk
        if parked and asked is not None and asked.offer == offer.id:
            again_at = at if asked.again_at is None else min(asked.again_at, at)
            operation.asked.put((line.id, offer.organization), replace(asked, again_at=again_at))


def mark_offers(operation: Operation, line: Line, reason: StandDownReason) -> None:
    """Put a line's open offers on the worklist, to be stood down.

    Somebody who would still come is let go only where the line itself is over; who could only
    come later, once others cover it; and who is to relieve a crew is no less needed then.
    """
    covered = reason is StandDownReason.COVERED
    for offer in operation.offers_on.of(line.id):
        later = covered and offer.countered and offer.state is OfferState.STANDBY
        over = offer.state is OfferState.SENT or later
        over = over and not (covered and offer.relieves is not None)
        if (over or not line.open) and offer.unneeded is None:
            operation.offers.put(offer.id, replace(offer, unneeded=reason))


def give_time(operation: Operation, line: Line, needed_by: Instant | None) -> None:
    """Needed later than was said: whoever is asked has the longer time, as if asked so."""
    for offer in operation.offers_on.of(line.id):
        until = needed.answer_by(line.priority, needed_by, offer.sent_at)
        if offer.state is OfferState.SENT and until > offer.answer_by:
            operation.offers.put(offer.id, replace(offer, answer_by=until))


def mark_assignments(operation: Operation, line: Line, reason: StandDownReason) -> None:
    """Put a line's live assignments on the worklist, to be ended."""
    for assignment in operation.assignments_on.of(line.id):
        if assignment.unneeded is None:
            operation.assignments.put(assignment.id, replace(assignment, unneeded=reason))
