"""Several demands at once: a desk clears away a false flood, and takes that back.

Each demand has its own fact, as if it had been closed or reopened by itself.
"""

from __future__ import annotations

from schemas.commands import CloseDemands, ReopenDemands
from schemas.facts import DemandClosed
from schemas.refusals import Refusal
from streams import checking
from streams.area import Area
from streams.cause import Cause, Decision, Refused
from streams.demand import open_incident
from streams.entities import DemandState
from streams.grouping import NO_RECOVERY, each, helped, reopened


def close(area: Area, command: CloseDemands, cause: Cause) -> Decision:
    """Those that are open; a demand that somebody has arrived for was not posted for nothing."""
    operation = area.operations[cause.operation]
    found = each(operation, command.demands)
    still_open = [demand for demand in found if demand.state is not DemandState.CLOSED]
    if not still_open:
        return Refused(Refusal.DEMAND_CLOSED, command.demands[:1])
    in_danger = [crew for demand in still_open for crew in operation.danger_for.of(demand.id)]
    still_open = [demand for demand in still_open if demand.id not in operation.danger_for]
    if not still_open and (refused := checking.endangered(in_danger)) is not None:
        return Refused(refused.code, command.demands[:1])
    if command.reason in NO_RECOVERY:
        still_open = [demand for demand in still_open if not helped(operation, demand)]
    if not still_open:
        return Refused(Refusal.CREW_ON_SCENE, command.demands[:1])
    return [
        DemandClosed(
            demand=demand.id, revision=demand.revision + 1, reason=command.reason, at=cause.at
        )
        for demand in still_open
    ]


def reopen(area: Area, command: ReopenDemands, cause: Cause) -> Decision:
    """Those that are closed, in incidents that are open."""
    operation = area.operations[cause.operation]
    found = each(operation, command.demands)
    closed = [demand for demand in found if demand.state is DemandState.CLOSED]
    if not closed:
        return Refused(Refusal.DEMAND_OPEN, command.demands[:1])
    incidents = {demand.incident: open_incident(area, cause, demand.incident) for demand in closed}
    for refused in incidents.values():
        if isinstance(refused, Refused):
            return refused
    return reopened(operation, closed, cause)
