"""Raising: a need is as urgent as the most urgent report of it.

A further report asks nobody, so what is urgent about it has to be said of the demand that leads:
whoever is asked there has the shorter time from then on, and late crews are replaced sooner.
"""

from __future__ import annotations

from msgspec.structs import replace

from schemas.commands import AmendDemand, GroupDemands, PublishDemand
from schemas.values import DemandId
from streams import amending, demand, grouping
from streams.area import Area
from streams.cause import Cause, Decision, Refused
from streams.entities import DemandState


def publish(area: Area, command: PublishDemand, cause: Cause) -> Decision:
    """A posting; where it is a further report, its leader is no less urgent than it."""
    posted = demand.publish(area, command, cause)
    if command.same_as is None:
        return posted
    return _raised(area, command.same_as, command.priority, posted, cause)


def amend(area: Area, command: AmendDemand, cause: Cause) -> Decision:
    """An edit; where it is of a further report, its leader is no less urgent than it says."""
    done = amending.amend(area, command, cause)
    known = area.operations[cause.operation].demands.get(command.demand)
    if known is None or known.leader is None:
        return done
    return _raised(area, known.leader, command.priority, done, cause)


def group(area: Area, command: GroupDemands, cause: Cause) -> Decision:
    """Further reports; their leader is no less urgent than any of them."""
    rows = grouping.each(area.operations[cause.operation], command.demands)
    urgent = min(row.priority for row in rows)
    return _raised(area, command.leader, urgent, grouping.group(area, command, cause), cause)


def _raised(area: Area, key: DemandId, urgent: int, done: Decision, cause: Cause) -> Decision:
    """What was decided, and the leader made so urgent; a refusal, or nothing, stays as it is."""
    leader = area.operations[cause.operation].demands.get(key)
    if isinstance(done, Refused) or not done or leader is None or leader.priority <= urgent:
        return done
    if leader.state is DemandState.CLOSED:
        return done
    same = amending.unchanged(area.operations[cause.operation], leader)
    raised = amending.amend(area, replace(same, priority=urgent), cause)
    return raised if isinstance(raised, Refused) else [*done, *raised]
