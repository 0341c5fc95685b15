"""Shutting: what lies in a closed zone, or in an incident that everybody has to leave, asks nobody.

Whoever is at work there is told so; whoever is asked is let go; all of it ends with a word.
"""

from __future__ import annotations

from msgspec.structs import replace

from schemas.values import DemandId, Instant, StandDownReason
from streams import beside, crew, nobody, orders, zones
from streams import line as lines
from streams.area import Operation
from streams.entities import Demand
from streams.instructed import Instruction


def shut_by(operation: Operation, demand: Demand) -> Demand:
    """The demand with the instructions because of which it asks nobody, as of now.

    And with the zones that it may lie in: for such a one others are asked, and all concerned read
    that its place has to be looked up.
    """
    found = tuple(known.id for known in orders.over(operation, demand) if orders.shuts(known))
    near = tuple(known.id for known in orders.near(operation, demand))
    if (found, near) == (demand.shut, demand.may_lie_in):
        return demand
    return replace(demand, shut=found, may_lie_in=near)


def reached(operation: Operation, known: Instruction) -> list[DemandId]:
    """The open demands that it is about: of its incident, or inside its zone."""
    if known.zone is None:
        return [place[-1] for place in operation.demands_in.within(known.incident)]
    rows = (operation.demands[place[-1]] for place in operation.demands_in.all())
    return [row.id for row in rows if zones.inside(known.zone, row.place)]


def near(operation: Operation, known: Instruction) -> list[DemandId]:
    """The open demands that may lie in its zone, for all that is known of their place."""
    if known.zone is None:
        return []
    rows = (operation.demands[place[-1]] for place in operation.demands_in.all())
    tree = operation.divisions
    return [row.id for row in rows if zones.may_hold(known.zone, row.place, tree)]


def look(operation: Operation, key: DemandId, at: Instant) -> None:
    """Where a demand has moved, been taken up again, or a zone was closed or opened around it."""
    before = operation.demands[key]
    demand = shut_by(operation, before)
    if demand is not before:
        operation.demands.put(key, demand)
    for id in demand.lines:
        line = operation.lines[id]
        if not line.open:
            continue
        if demand.shut and line.wake_at is not None:
            lines.held(operation, line, StandDownReason.ZONE_CLOSED)
        elif demand.shut:
            lines.mark_offers(operation, line, StandDownReason.ZONE_CLOSED)
        elif before.shut:
            lines.wake(operation, line, at)
    nobody.look(operation, key, at)
    beside.moved(operation, key, at)
    for one in operation.assignments_of.of(key):
        if one.live:
            crew.obey(operation, orders.kept(operation, one, at), at)
