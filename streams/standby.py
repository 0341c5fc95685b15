"""Standby: somebody who would come, or waits there.

A yes of their own is taken up as soon as the line is short; else the desk's word is one act.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from schemas.commands import EndStandby, TakeStandby
from schemas.facts import Fact, OfferStoodDown
from schemas.refusals import Refusal
from streams import asking, wording
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.entities import Line, Offer, OfferState
from streams.line import missing
from streams.offer import taken, wanted
from streams.unasked import arrived


def take_standby(area: Area, command: TakeStandby, cause: Cause) -> Decision:
    """The desk takes on somebody who would still come, whatever is covered. Who was parked where it
    stands is on the scene with that."""
    offer = _standby(area, command, cause)
    if isinstance(offer, Refused):
        return offer
    said = replace(offer, by_desk=True, by_committee=None, by_message=False, kept=True)
    facts = taken(area, said, cause)
    if isinstance(facts, Refused) or not offer.here:
        return facts
    return [*facts, *arrived(facts, offer.people, cause)]


def needed(area: Area, operation: Operation, line: Line, cause: Cause) -> Sequence[Fact]:
    """The yes that was kept first, for a line that is short: it counts now, as if it came just now.

    Nothing where nobody stands by, or whoever does is no longer able to; who was parked waits for
    the desk.
    """
    if not missing(line):
        return ()
    last = wording.mattering(operation.demands[line.demand])
    kept = [offer for offer in operation.offers_on.of(line.id) if _counts(line, offer, last)]
    for offer in sorted(kept, key=lambda offer: (offer.ended_at, offer.id)):
        facts = taken(area, replace(offer, kept=True, by_desk=False), cause)  # by nobody's act
        if not isinstance(facts, Refused):
            return facts
    return ()


def _counts(line: Line, offer: Offer, last: int) -> bool:
    """A yes to words that have changed since is none to what is asked now: it is asked again."""
    standing_by = offer.state is OfferState.STANDBY and offer.unneeded is None
    return standing_by and offer.revision >= last and offer.at_once and offer.round == line.round


def end_standby(area: Area, command: EndStandby, cause: Cause) -> Decision:
    """The desk thanks somebody who would still come."""
    offer = _standby(area, command, cause)
    if isinstance(offer, Refused):
        return offer
    return [
        OfferStoodDown(offer=offer.id, reason=asking.thanks(unsuited=command.unsuited), at=cause.at)
    ]


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
