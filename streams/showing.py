"""Showing: what is sealed, or kept beside the log, is asked for each time, and that is a fact."""

from __future__ import annotations

from schemas.commands import OpenSealedText, ShowPersons
from schemas.facts import (
    PersonsShown,
    SealedTextOpened,
)
from schemas.refusals import Refusal
from schemas.values import (
    Instant,
)
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.demand import find
from streams.entities import DemandState, Offer
from streams.parameters import STANDBY


def open_sealed_text(area: Area, command: OpenSealedText, cause: Cause) -> Decision:
    demand = find(area, cause, command.demand)
    if demand is None:
        return Refused(Refusal.NOT_FOUND)
    if not area.operations[cause.operation].incidents[demand.incident].readable:
        return Refused(Refusal.KEY_DESTROYED, (demand.incident,))
    return [
        SealedTextOpened(demand=demand.id, account=cause.actor, reason=command.reason, at=cause.at)
    ]


def show_persons(area: Area, command: ShowPersons, cause: Cause) -> Decision:
    """Whom to call of an organization that was asked, as long as the demand is open.

    Whoever was sent home is within call a while longer: somebody has to tell them on the road.
    """
    operation = area.operation(cause.operation)
    offer = None if operation is None else operation.offers.get(command.offer)
    if operation is None or offer is None:
        return Refused(Refusal.NOT_FOUND)
    closed = operation.demands[offer.demand].state is DemandState.CLOSED
    if closed and not _within_call(operation, offer, cause.at):
        return Refused(Refusal.DEMAND_CLOSED, (offer.demand,))
    return [
        PersonsShown(
            demand=offer.demand,
            organization=offer.organization,
            account=cause.actor,
            at=cause.at,
        )
    ]


def _within_call(operation: Operation, offer: Offer, at: Instant) -> bool:
    """Whether a crew of it is at work on the demand, or was until lately."""
    crews = operation.assignments_between.of((offer.demand, offer.organization))
    return any(crew.ended_at is None or at < crew.ended_at + STANDBY for crew in crews)
