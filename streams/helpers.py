"""Helpers: people who came by themselves and belong to no organization wait, or go home.

They are never taken on: nobody has checked what they can do, and nobody is liable for them. Only
those who wait are kept as rows; who they are stays sealed in the turn that recorded them.
"""

from __future__ import annotations

from typing import assert_never

from schemas.commands import EndHelpers, ReceiveHelpers
from schemas.facts import HelpersEnded, HelpersFact, HelpersReceived
from schemas.helpers import Helpers, HelpersEnd, HelpersId
from schemas.refusals import Refusal
from schemas.values import Reception
from streams import line as lines
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.demand import find
from streams.entities import DemandState
from streams.parameters import HELPERS_MOST, STANDBY


def receive(area: Area, command: ReceiveHelpers, cause: Cause) -> Decision:
    """Parked or sent home; only a registered organization is ever taken on."""
    demand = find(area, cause, command.demand)
    if demand is None:
        return Refused(Refusal.NOT_FOUND)
    if demand.state is DemandState.CLOSED:
        return Refused(Refusal.DEMAND_CLOSED, (demand.id,))
    if demand.state is DemandState.DRAFT:
        return Refused(Refusal.DEMAND_DRAFT, (demand.id,))
    if command.word is Reception.TAKEN_ON:
        return Refused(Refusal.HELPERS_UNREGISTERED, (demand.id,))
    parked = command.word is Reception.PARKED
    if parked and demand.shut:
        return Refused(Refusal.ZONE_CLOSED, (demand.id,))
    waiting = area.operations[cause.operation].helpers_for.of(demand.id)
    if parked and len(waiting) >= HELPERS_MOST:
        return Refused(Refusal.HELPERS_WAITING, (demand.id,))
    return [
        HelpersReceived(
            helpers=HelpersId(cause.new_id()),
            demand=demand.id,
            account=cause.actor,
            people=command.people,
            contact=command.contact,
            until=cause.at + STANDBY if parked else None,
            at=cause.at,
        )
    ]


def end(area: Area, command: EndHelpers, cause: Cause) -> Decision:
    """A desk's word to those who wait; that they lapse is nobody's word."""
    demand = find(area, cause, command.demand)
    if demand is None:
        return Refused(Refusal.NOT_FOUND)
    known = area.operations[cause.operation].helpers.get(command.helpers)
    if known is None or known.demand != demand.id:
        return Refused(Refusal.HELPERS_GONE, (demand.id,))
    said = HelpersEnd.REGISTERED if command.registered else HelpersEnd.SENT_HOME
    return [_ended(known, said, cause)]


def lapsed(known: Helpers, cause: Cause) -> HelpersEnded:
    """Nobody has said anything to them in time."""
    return _ended(known, HelpersEnd.LAPSED, cause)


def _ended(known: Helpers, end: HelpersEnd, cause: Cause) -> HelpersEnded:
    return HelpersEnded(helpers=known.id, demand=known.demand, end=end, at=cause.at)


def evolve(operation: Operation, fact: HelpersFact) -> None:
    lines.taken_up(operation, fact.demand)
    match fact:
        case HelpersReceived():
            if fact.until is not None:
                waiting = Helpers(
                    id=fact.helpers,
                    demand=fact.demand,
                    people=fact.people,
                    said_in=operation.sequence,
                    at=fact.at,
                    until=fact.until,
                )
                operation.helpers.put(waiting.id, waiting)
        case HelpersEnded():
            operation.helpers.remove(fact.helpers)
        case _:
            assert_never(fact)
