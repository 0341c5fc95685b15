"""Appeals: whether everybody may read of a demand, on its desk's word alone and never by itself.

What is to be read follows from the demand as it is: nothing while it asks nobody, or lacks nothing.
"""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from schemas.appeals import Appeal, AppealView
from schemas.commands import EndAppeal, MakeAppeal
from schemas.facts import AppealEnded, AppealFact, AppealMade
from schemas.refusals import Refusal
from streams import line as lines
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.demand import find, open_for_edit
from streams.entities import Demand, DemandState


def make(area: Area, command: MakeAppeal, cause: Cause) -> Decision:
    """Of the demand as its desk has seen it; with the same words once more, nothing is new."""
    demand = open_for_edit(area, cause, command.demand, command.revision)
    if isinstance(demand, Refused):
        return demand
    if demand.state is DemandState.DRAFT:
        return Refused(Refusal.DEMAND_DRAFT, (demand.id,))
    if demand.leader is not None:  # who leads is asked for, and appeals
        return Refused(Refusal.DEMAND_GROUPED, (demand.id,))
    if demand.appeal is not None and demand.appeal.text == command.text:
        return []
    return [
        AppealMade(
            demand=demand.id,
            account=cause.actor,
            text=command.text,
            public_numbers=command.public_numbers,
            at=cause.at,
        )
    ]


def end(area: Area, command: EndAppeal, cause: Cause) -> Decision:
    """In any state of the demand; said twice, nothing is new."""
    demand = find(area, cause, command.demand)
    if demand is None:
        return Refused(Refusal.NOT_FOUND)
    if demand.appeal is None:
        return []
    return [AppealEnded(demand=demand.id, account=cause.actor, at=cause.at)]


def evolve(operation: Operation, fact: AppealFact) -> None:
    lines.taken_up(operation, fact.demand)
    demand = operation.demands[fact.demand]
    match fact:
        case AppealMade():
            since = fact.at if demand.appeal is None else demand.appeal.since
            appeal: Appeal | None = Appeal(text=fact.text, since=since)
        case AppealEnded():
            appeal = None
        case _:
            assert_never(fact)
    operation.demands.put(demand.id, replace(demand, appeal=appeal))


def carried(before: Demand, division: str, kind: str) -> Appeal | None:
    """What is left of an appeal by an edit: its words were for that need, said by that desk."""
    same = (before.place.division, before.kind) == (division, kind)
    return before.appeal if same else None


def view(operation: Operation, demand: Demand) -> AppealView | None:
    """The appeal as its desk sees it."""
    known = demand.appeal
    if known is None:
        return None
    return AppealView(text=known.text, since=known.since, shown=_shown(operation, demand))


def _shown(operation: Operation, demand: Demand) -> bool:
    """Whether somebody is asked for it and something is missing."""
    if demand.state is not DemandState.PUBLISHED or demand.leader is not None or demand.shut:
        return False
    asked = (operation.lines[key] for key in demand.lines)
    return any(line.open and lines.missing(line) for line in asked)
