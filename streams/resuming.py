"""Resuming: a demand that is on hold asks again, and nobody is sent into what others had to leave.

While a crew there is told to stop or to leave, has people in danger or is silent, its desk says
first that the place is safe; whoever is asked after that reads why the crew was told to leave.
"""

from __future__ import annotations

from msgspec.structs import replace

from schemas.commands import ResumeDemand
from schemas.demand_commands import PUBLIC_MOST
from schemas.facts import DemandResumed, Fact
from schemas.refusals import Refusal
from streams import amending, exposed, orders
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.checking import LISTED_MOST
from streams.demand import find
from streams.entities import Demand, DemandState
from streams.remembered import Holding


def resume(area: Area, command: ResumeDemand, cause: Cause) -> Decision:
    """It goes on; said twice, nothing is new."""
    demand = find(area, cause, command.demand)
    if demand is None:
        return Refused(Refusal.NOT_FOUND)
    if demand.state is DemandState.CLOSED:
        return Refused(Refusal.DEMAND_CLOSED, (demand.id,))
    if demand.state is not DemandState.ON_HOLD:
        return []
    crews = exposed.crews(area.operations[cause.operation], demand)
    if crews and not command.safe:
        return Refused(Refusal.PLACE_UNCLEARED, tuple(crew.id for crew in crews[:LISTED_MOST]))
    resumed = DemandResumed(demand=demand.id, answer=command.answer, at=cause.at)
    warned = _warned(area, demand, cause)
    return warned if isinstance(warned, Refused) else [*warned, resumed]


def _warned(area: Area, demand: Demand, cause: Cause) -> list[Fact] | Refused:
    """Why crews were told to leave the place, in the words that everybody who is asked reads."""
    operation = area.operations[cause.operation]
    risks = demand.risk_statement
    why = [one.question for one in demand.held_for if _stands(operation, one)]
    new = [one for one in dict.fromkeys(why) if one not in risks]
    if not new:
        return []
    same = amending.unchanged(operation, demand)
    words = " · ".join((*new, risks))[:PUBLIC_MOST]
    decided = amending.amend(area, replace(same, risk_statement=words), cause)
    return decided if isinstance(decided, Refused) else list(decided)


def _stands(operation: Operation, why: Holding) -> bool:
    """Whether it is an order that was never lifted, also where its crew is gone by now."""
    if why.crew is None or why.instruction is None:
        return False
    return orders.standing(orders.told(operation, why.crew), why.instruction) is not None
