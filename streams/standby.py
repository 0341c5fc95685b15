"""Standby: somebody who would come, or waits there, for the desk's word, which one act gives."""

from __future__ import annotations

from msgspec.structs import replace

from schemas.commands import EndStandby, TakeStandby
from schemas.facts import OfferStoodDown
from schemas.refusals import Refusal
from schemas.values import StandDownReason
from streams.area import Area
from streams.cause import Cause, Decision, Refused
from streams.entities import Offer, OfferState
from streams.offer import taken, wanted


def take_standby(area: Area, command: TakeStandby, cause: Cause) -> Decision:
    """The desk takes on somebody who would still come, whatever is covered."""
    offer = _standby(area, command, cause)
    if isinstance(offer, Refused):
        return offer
    return taken(area, replace(offer, by_desk=True, by_message=False), cause)


def end_standby(area: Area, command: EndStandby, cause: Cause) -> Decision:
    """The desk thanks somebody who would still come."""
    offer = _standby(area, command, cause)
    if isinstance(offer, Refused):
        return offer
    return [OfferStoodDown(offer=offer.id, reason=StandDownReason.SENT_HOME, at=cause.at)]


def _standby(area: Area, command: TakeStandby | EndStandby, cause: Cause) -> Offer | Refused:
    """Whoever waits for the desk's word, as long as it does."""
    operation = area.operation(cause.operation)
    offer = None if operation is None else operation.offers.get(command.offer)
    if operation is None or offer is None:
        return Refused(Refusal.NOT_FOUND)
    if offer.state is OfferState.ACCEPTED:
        return Refused(Refusal.ALREADY_ANSWERED, (offer.id,))
    if offer.state is not OfferState.STANDBY or offer.unneeded or not wanted(operation, offer):
        return Refused(Refusal.STANDBY_OVER, (offer.id,))
    return offer
