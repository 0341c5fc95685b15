"""Nobody: what is urgent, below its least, and asks nobody any more is its desk's to answer for.

Whatever keeps everybody from it (no such skill, all refused, all out of reach), its desk is asked
at once what is to be done, and the desk above when that one does nothing. Being asked is over as
soon as somebody is asked or it has its least; the time before the desk above is asked is not begun
anew by that, or one team that never answers would keep it with a desk that is asleep.
"""

from __future__ import annotations

from msgspec.structs import replace

from schemas.facts import LineUnmet
from schemas.values import DemandId, Instant
from streams import needed
from streams.area import Operation
from streams.entities import Demand, DemandState, Line
from streams.parameters import LEFT_ALONE, LOOKS_SHARED, URGENCY


def below(line: Line) -> bool:
    """Whether an urgent line lacks its least; who is late and replaced is not counted on."""
    able = line.open and not line.asleep and line.priority <= LEFT_ALONE
    return able and line.covered - line.replacing < line.minimum


def climbs_at(operation: Operation, line: Line, at: Instant) -> Instant | None:
    """Nobody can be asked for a line: when the desk above is, where its own has to be asked now.

    A little early, so that many climb at one moment and are one list.
    """
    demand = operation.demands[line.demand]
    if not below(line) or line.live_offers or _climbs(demand):
        return None
    if demand.nobody_again_at is not None and at < demand.nobody_again_at:
        return None
    return max(at, _counties(demand, demand.nobody_at or at))


def _counties(demand: Demand, since: Instant) -> Instant:
    """When the time of its desk is over that began when nobody could be asked any more."""
    urgency = URGENCY[demand.priority]
    climbs = since + urgency.climb
    if demand.needed_by is not None:
        climbs = max(climbs, needed.answer_by(demand.priority, demand.needed_by, since))
    return climbs - climbs % (urgency.retry // LOOKS_SHARED)


def climbed(demand: Demand, at: Instant) -> bool:
    """Whether it is the desk above's matter, too, though somebody may be asked once more just now:
    a team that never answers keeps nobody from taking it on."""
    return demand.nobody_at is not None and _counties(demand, demand.nobody_at) <= at


def _climbs(demand: Demand) -> bool:
    """Whether its desk is asked something already that the desk above hears of: one alarm is
    enough. What climbs to nobody, such as whether it is still needed, is not."""
    return demand.climbs_at is not None or demand.climbed_at is not None


def next_look(operation: Operation, line: Line, at: Instant) -> Instant | None:
    """When its desk has to be asked again, for which the line is looked at."""
    again_at = operation.demands[line.demand].nobody_again_at
    return again_at if below(line) and again_at is not None and at < again_at else None


def asked(operation: Operation, fact: LineUnmet) -> None:
    """Its desk is asked; from when on does not change while somebody is asked in between."""
    demand = operation.demands[fact.demand]
    if fact.climbs_at is None:
        return
    since = fact.at if demand.nobody_at is None else demand.nobody_at
    waits = replace(
        demand,
        quiet_at=None,
        asked_at=fact.at,
        climbs_at=fact.climbs_at,
        climbed_at=None,
        nobody_at=since,
        nobody_again_at=None,
    )
    operation.demands.put(demand.id, waits)


def answered(operation: Operation, demand: Demand, at: Instant) -> Instant | None:
    """When its desk, which has just done something about it, is asked again at the earliest."""
    if demand.nobody_at is None and not stands(operation, demand):
        return demand.nobody_again_at
    return at + URGENCY[demand.priority].hold


def by_hand(operation: Operation, key: DemandId) -> bool:
    """Whom its desk asks itself may refuse: then it is asked anew, at once. Whether that is new."""
    demand = operation.demands[key]
    if demand.nobody_again_at is None:
        return False
    operation.demands.put(key, replace(demand, nobody_again_at=None))
    return True


def stands(operation: Operation, demand: Demand) -> bool:
    """Whether some line of it still is urgent, below its least, and asks nobody."""
    lines = (operation.lines[key] for key in demand.lines)
    asking = demand.state is DemandState.PUBLISHED and not demand.shut
    return asking and any(below(line) and not line.live_offers for line in lines)


def look(operation: Operation, key: DemandId, at: Instant) -> None:
    """Something about its lines has changed: what its desk was asked may be over."""
    demand = operation.demands[key]
    if demand.nobody_at is None or stands(operation, demand):
        return
    wanting = any(below(operation.lines[line]) for line in demand.lines)
    # Where nobody may go nobody could have been asked: its desk has its time behind that.
    since = demand.nobody_at if wanting and not demand.shut else None
    if demand.asked_at is None or demand.state is not DemandState.PUBLISHED:
        operation.demands.put(key, replace(demand, nobody_at=since))
        return
    quiet_at = needed.quiet_from(demand.needed_by, max(operation.acts.get(key) or 0, at))
    over = replace(
        demand, quiet_at=quiet_at, asked_at=None, climbs_at=None, climbed_at=None, nobody_at=since
    )
    operation.demands.put(key, over)
