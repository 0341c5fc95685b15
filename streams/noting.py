"""Noting: the running note that desks keep about a demand, sealed, note behind note.

Each fact names the turn of the one before it: the newest are read first, as many as are asked for.
"""

from __future__ import annotations

from msgspec.structs import replace

from schemas.commands import NoteDemand
from schemas.facts import DemandNoted
from schemas.refusals import Refusal
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.demand import find


def note(area: Area, command: NoteDemand, cause: Cause) -> Decision:
    """Added by a desk in any state of the demand, as long as it could be read again."""
    demand = find(area, cause, command.demand)
    if demand is None:
        return Refused(Refusal.NOT_FOUND)
    if not area.operations[cause.operation].incidents[demand.incident].readable:
        return Refused(Refusal.KEY_DESTROYED, (demand.incident,))
    return [
        DemandNoted(
            demand=demand.id,
            number=demand.notes + 1,
            account=cause.actor,
            text=command.text,
            before=demand.noted_in,
            at=cause.at,
        )
    ]


def noted(operation: Operation, fact: DemandNoted) -> None:
    demand = operation.demands[fact.demand]
    turn = operation.sequence
    noted = replace(demand, notes=fact.number, noted_in=turn, noted_at=fact.at)
    operation.demands.put(demand.id, noted)
