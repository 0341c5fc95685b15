"""Countering: neither yes nor no. They could come, later than was asked; the desk says yes or no.

It holds nobody up: the line goes on asking others. While it is short the counter-offer waits for
the desk's word, without a clock; once others cover the line, it is thanked for.
"""

from __future__ import annotations

from msgspec.structs import replace

from schemas.commands import CounterOffer
from schemas.refusals import Refusal
from streams import standstill, wording
from streams.area import Area
from streams.cause import Cause, Decision, Refused
from streams.entities import OfferState
from streams.offer import answerable, would_come
from streams.policy import voice_of


def counter(area: Area, command: CounterOffer, cause: Cause) -> Decision:
    """Checked as a yes is; fewer units with no other time is simply a yes to a part."""
    offer = answerable(area, cause, command.offer)
    if isinstance(offer, Refused):
        return offer
    if offer.state is OfferState.STOOD_DOWN or offer.unneeded is not None:
        return Refused(Refusal.OFFER_STOOD_DOWN, (offer.id,))
    if offer.state is OfferState.STANDBY:
        return Refused(Refusal.ALREADY_ANSWERED, (offer.id,))
    operation = area.operations[cause.operation]
    until = standstill.answer_by(operation, offer)
    if offer.state is not OfferState.SENT or cause.at >= until:
        return Refused(Refusal.COUNTER_LATE, (offer.id,))
    if command.quantity > offer.quantity:
        return Refused(Refusal.QUANTITY_OVER_OFFER)
    voice = voice_of(area, cause.actor, offer.organization, cause.at)
    said = replace(
        offer,
        answered=command.quantity,
        minutes=command.minutes,
        people=command.people,
        by_desk=voice.by_desk,
        by_committee=voice.by_committee,
        revision=operation.demands[offer.demand].revision
        if command.revision is None
        else command.revision,
    )
    return wording.outdated(operation, said, cause) or would_come(area, said, cause, counter=True)
