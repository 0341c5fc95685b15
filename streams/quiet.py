"""Quiet: an open demand about which nothing has happened for half a day is asked about.

What nobody needs any longer fills the list and holds crews back; what is still needed and has
been forgotten is worse. Only what people do counts: a look that finds nobody does not.
"""

from __future__ import annotations

from schemas.commands import KeepDemand
from schemas.facts import DemandKept, Fact, StillNeededAsked
from schemas.refusals import Refusal
from schemas.values import Instant
from streams import needed
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.demand import find
from streams.entities import Assignment, Demand, DemandState
from streams.parameters import MINUTE, QUIET_AFTER


def keep(area: Area, command: KeepDemand, cause: Cause) -> Decision:
    """The desk says that it is still needed."""
    demand = find(area, cause, command.demand)
    if demand is None:
        return Refused(Refusal.NOT_FOUND)
    if demand.state is DemandState.CLOSED:
        return Refused(Refusal.DEMAND_CLOSED, (demand.id,))
    until = needed.quiet_from(demand.needed_by, cause.at)
    if demand.quiet_at is not None and until - demand.quiet_at < MINUTE:
        return []  # said twice
    return [DemandKept(demand=demand.id, said=True, until=until, at=cause.at)]


def over(operation: Operation, demand: Demand, cause: Cause) -> list[Fact]:
    """Its half day is over: its desk is asked, unless one of its crews has done something."""
    crews = operation.assignments_of.of(demand.id)
    until = max(map(_last, crews), default=0) + QUIET_AFTER
    if until > cause.at:
        return [DemandKept(demand=demand.id, said=False, until=until, at=cause.at)]
    return [StillNeededAsked(demand=demand.id, at=cause.at)]


def _last(crew: Assignment) -> Instant:
    """When a crew last said anything."""
    steps = (crew.set_off_at, crew.arrived_at, crew.reported_at, crew.ended_at)
    return max([crew.committed_at, *(at for at in steps if at is not None)])
