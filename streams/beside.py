"""Beside: whoever is at work where another crew was told to leave because of the place.

That crew hears it alone. So the desk of everybody else at work there is asked at once, whether for
the same demand or for one that lies as near: it tells them too, or says why they may stay. Where
it does neither, the desk above is asked as well. It is over once they are told, out or done, the
order is lifted, or the desk says that the place is safe again.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import assert_never

from msgspec.structs import replace

from geo.distance import square_within, squared
from schemas.beside import BesideView, LetStay
from schemas.facts import BesideAsked, BesideClimbed, BesideFact, CrewLetStay
from schemas.values import (
    AssignmentId,
    DemandId,
    Instant,
    InstructionId,
    PlaceKind,
)
from streams import answering, policy
from streams.area import Area, Operation
from streams.assignment import live
from streams.cause import Cause, Decision, Refused
from streams.entities import Assignment, AssignmentState, Demand
from streams.orderings import CUBE
from streams.parameters import BESIDE_CLIMBS, SIMILAR_METERS
from streams.remembered import Beside, Unsafe


def let_stay(area: Area, command: LetStay, cause: Cause) -> Decision:
    """Whoever nobody has asked about needs no word; said twice, nothing is new."""
    found = live(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    known = area.operations[cause.operation].beside.get(found.id)
    if known is None or known.climbs_at is None or known.stays == command.reason:
        return []
    return [
        CrewLetStay(assignment=found.id, account=cause.actor, reason=command.reason, at=cause.at)
    ]


def owed(area: Area, operation: Operation, key: DemandId, cause: Cause) -> list[Assignment]:
    """Whom the actor's desk may tell that a place was left, and whom nobody has told so yet."""
    rows = (one for one in operation.beside_for.of(key) if one.stays is None)
    crews = (operation.assignments[one.assignment] for one in rows)
    return [crew for crew in crews if _its_desk(area, operation, crew, cause)]


def _its_desk(area: Area, operation: Operation, crew: Assignment, cause: Cause) -> bool:
    desk = answering.desk(operation, operation.demands[crew.demand])
    above = policy.substitute_for(area, cause.actor, desk, cause.at)
    return above is not None or policy.on_desk(area, cause.actor, desk, cause.at)


def over(known: Beside, cause: Cause) -> BesideFact:
    """Its desk is asked; or has been, and has had its time."""
    if known.climbs_at is not None:
        return BesideClimbed(assignment=known.assignment, at=cause.at)
    return BesideAsked(
        assignment=known.assignment,
        demand=known.demand,
        crew=known.because.crew,
        instruction=known.because.instruction,
        climbs_at=cause.at + BESIDE_CLIMBS,
        at=cause.at,
    )


def evolve(operation: Operation, fact: BesideFact) -> None:
    known = operation.beside[fact.assignment]
    match fact:
        case BesideAsked():
            known = replace(known, climbs_at=fact.climbs_at)
        case BesideClimbed():
            known = replace(known, climbed_at=fact.at)
        case CrewLetStay():
            known = replace(known, stays=fact.reason, stays_at=fact.at)
        case _:
            assert_never(fact)
    operation.beside.put(known.assignment, known)


def left(
    operation: Operation, crew: AssignmentId, instruction: InstructionId, at: Instant, *, too: bool
) -> None:
    """A crew was told to leave a place because of it: whoever may stay there is asked about again,
    unless this only tells others, `too`, what was said before."""
    key = operation.assignments[crew].demand
    demand = operation.demands[key]
    if any(one.instruction == instruction for one in demand.unsafe):
        return
    order = Unsafe(crew=crew, instruction=instruction)
    operation.demands.put(key, replace(demand, unsafe=(*demand.unsafe, order)))
    for known in operation.beside_for.of(key):
        if known.stays is not None and not too:
            operation.beside.remove(known.assignment)
    _around(operation, key, at)


def lifted(operation: Operation, key: DemandId, instruction: InstructionId, at: Instant) -> None:
    """An order by which a crew had left its place."""
    demand = operation.demands[key]
    rest = tuple(one for one in demand.unsafe if one.instruction != instruction)
    if rest != demand.unsafe:
        operation.demands.put(key, replace(demand, unsafe=rest))
        _around(operation, key, at)


def safe(operation: Operation, key: DemandId, at: Instant) -> None:
    """Its desk goes on there, for further reports of the need as well; or all of it is over."""
    for one in (key, *(place[-1] for place in operation.reports.within(key))):
        demand = operation.demands[one]
        if demand.unsafe:
            operation.demands.put(one, replace(demand, unsafe=()))
            _around(operation, one, at)


def moved(operation: Operation, key: DemandId, at: Instant) -> None:
    """A demand lies elsewhere by now."""
    if operation.demands[key].unsafe:
        _around(operation, key, at)
    for crew in operation.assignments_of.of(key):
        look(operation, crew.id, at)


def _around(operation: Operation, key: DemandId, at: Instant) -> None:
    """Everybody about whom what happened at a demand may say something else now."""
    demand = operation.demands[key]
    for one in (key, *_near(operation, demand)):
        for crew in operation.assignments_of.of(one):
            look(operation, crew.id, at)
    for known in operation.beside_for.of(key):
        look(operation, known.assignment, at)


def look(operation: Operation, key: AssignmentId, at: Instant) -> None:
    """Something about a crew has changed: whether its desk owes it a word."""
    crew, known = operation.assignments[key], operation.beside.get(key)
    if not _there(crew):
        if known is not None:
            operation.beside.remove(key)
        return
    place = _stands(operation, known) or _unsafe(operation, crew)
    if place is None:
        if known is not None:
            operation.beside.remove(key)
        return
    because = place.unsafe[0]
    if known is None:
        row = Beside(assignment=key, demand=place.id, because=because, since=at)
        operation.beside.put(key, row)
    elif known.because not in place.unsafe or known.demand != place.id:
        operation.beside.put(key, replace(known, demand=place.id, because=because))


def _there(crew: Assignment) -> bool:
    """At work, or on the way there, and not told to leave."""
    return crew.live and not crew.withdrawing and crew.state is not AssignmentState.REPORTED_DONE


def _stands(operation: Operation, known: Beside | None) -> Demand | None:
    """The demand whose place was left, as far as that is so still, wherever it was moved since."""
    demand = None if known is None else operation.demands.get(known.demand)
    return demand if demand is not None and demand.unsafe else None


def _unsafe(operation: Operation, crew: Assignment) -> Demand | None:
    """A demand whose place was left where a crew is at work: its own, else one as near."""
    own = operation.demands[crew.demand]
    if own.unsafe:
        return own
    near = (operation.demands[key] for key in _near(operation, own))
    return next((one for one in near if one.unsafe), None)


def _near(operation: Operation, demand: Demand) -> Iterator[DemandId]:
    """Other open demands at the same place; none of a place that is known by its division alone."""
    if demand.place.kind is PlaceKind.DIVISION:
        return
    place, reach = demand.place, SIMILAR_METERS * 100
    sides = [
        range((one - reach) // CUBE, (one + reach) // CUBE + 1)
        for one in (place.x, place.y, place.z)
    ]
    for cube in product(*sides):
        for *_, key in operation.lying.within(*cube):
            if key != demand.id and _close(operation.demands[key], demand):
                yield key


def _close(one: Demand, other: Demand) -> bool:
    return squared(one.place, other.place) <= square_within(SIMILAR_METERS)


def shown(operation: Operation, crew: Assignment) -> BesideView | None:
    """What a crew's row says of it."""
    known = operation.beside.get(crew.id)
    if known is None or known.climbs_at is None:
        return None
    return BesideView(
        demand=known.demand,
        crew=known.because.crew,
        instruction=known.because.instruction,
        since=known.since,
        climbs_at=known.climbs_at if known.climbed_at is None and known.stays is None else None,
        climbed_at=known.climbed_at,
        stays=known.stays,
        stays_at=known.stays_at,
    )
