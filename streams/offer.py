"""Offers: one organization asked for one line. Saying no, or nothing, is never held against it."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from schemas.commands import AcceptOffer, DeclineOffer
from schemas.facts import (
    AssignmentCommitted,
    DeadlinesShifted,
    OfferAccepted,
    OfferDeclined,
    OfferExpired,
    OfferFact,
    OfferSent,
    OfferStoodDown,
)
from schemas.refusals import Refusal
from schemas.values import AssignmentId, OfferId
from streams import line as lines
from streams import load
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.entities import Offer, OfferState, Tally
from streams.policy import speaks_by_phone

SHIFTED_BY = "shifted_by"  # the counter of the milliseconds that standstills gave back


def accept(area: Area, command: AcceptOffer, cause: Cause) -> Decision:
    offer = _open(area, cause, command.offer)
    if isinstance(offer, Refused):
        return offer
    if command.quantity > offer.quantity:
        return Refused(Refusal.QUANTITY_OVER_OFFER)
    accepted = OfferAccepted(
        offer=offer.id,
        quantity=command.quantity,
        minutes=command.minutes,
        by_desk=speaks_by_phone(area, cause.actor, offer.organization, cause.at),
        at=cause.at,
    )
    committed = AssignmentCommitted(
        assignment=AssignmentId(cause.new_id()),
        offer=offer.id,
        line=offer.line,
        demand=offer.demand,
        organization=offer.organization,
        quantity=command.quantity,
        at=cause.at,
    )
    return [accepted, committed]


def decline(area: Area, command: DeclineOffer, cause: Cause) -> Decision:
    offer = _open(area, cause, command.offer)
    if isinstance(offer, Refused):
        return offer
    declined = OfferDeclined(
        offer=offer.id,
        reason=command.reason,
        by_desk=speaks_by_phone(area, cause.actor, offer.organization, cause.at),
        at=cause.at,
    )
    return [declined]


def _open(area: Area, cause: Cause, key: OfferId) -> Offer | Refused:
    """The offer, if it can still be answered; a late answer is late even before its tick."""
    operation = area.operation(cause.operation)
    offer = None if operation is None else operation.offers.get(key)
    if offer is None:
        return Refused(Refusal.NOT_FOUND)
    if offer.state is OfferState.STOOD_DOWN or offer.unneeded is not None:
        return Refused(Refusal.OFFER_STOOD_DOWN, (key,))
    if offer.state is OfferState.NO_ANSWER or (
        offer.state is OfferState.SENT and cause.at > offer.answer_by
    ):
        return Refused(Refusal.OFFER_EXPIRED, (key,))
    if offer.state is not OfferState.SENT:
        return Refused(Refusal.ALREADY_ANSWERED, (key,))
    return offer


def evolve(operation: Operation, fact: OfferFact) -> None:
    match fact:
        case OfferSent():
            _sent(operation, fact)
        case OfferAccepted():
            _accepted(operation, fact)
        case OfferDeclined():
            offer = operation.offers[fact.offer]
            _end(
                operation,
                replace(
                    offer,
                    state=OfferState.DECLINED,
                    decline_reason=fact.reason,
                    by_desk=fact.by_desk,
                    ended_at=fact.at,
                ),
            )
        case OfferExpired():
            offer = operation.offers[fact.offer]
            _end(operation, replace(offer, state=OfferState.NO_ANSWER, ended_at=fact.at))
        case OfferStoodDown():
            _stood_down(operation, fact)
        case DeadlinesShifted():
            _shift(operation, fact)
        case _:
            assert_never(fact)


def _sent(operation: Operation, fact: OfferSent) -> None:
    line = operation.lines[fact.line]
    offer = Offer(
        id=fact.offer,
        line=fact.line,
        demand=fact.demand,
        organization=fact.organization,
        skill=line.skill,
        quantity=fact.quantity,
        sent_at=fact.at,
        answer_by=fact.answer_by,
        rank=fact.rank,
        meters=fact.meters,
        considered=fact.considered,
        gates=fact.gates,
    )
    operation.offers.put(offer.id, offer)
    lines.offered(operation, line, fact.organization, fact.quantity)
    load.take(operation, fact.organization, line.skill, fact.quantity)


def _accepted(operation: Operation, fact: OfferAccepted) -> None:
    """What was accepted stays held, now by the assignment; only the rest is free again."""
    offer = replace(
        operation.offers[fact.offer],
        state=OfferState.ACCEPTED,
        minutes=fact.minutes,
        by_desk=fact.by_desk,
        ended_at=fact.at,
    )
    _end(operation, offer, kept=fact.quantity)


def _stood_down(operation: Operation, fact: OfferStoodDown) -> None:
    offer = replace(
        operation.offers[fact.offer],
        state=OfferState.STOOD_DOWN,
        unneeded=None,
        stand_down_reason=fact.reason,
        ended_at=fact.at,
    )
    _end(operation, offer)


def _end(operation: Operation, offer: Offer, kept: int = 0) -> None:
    """Keep the answer, free what the offer held, and look at the line again if it is short."""
    assert offer.ended_at is not None
    operation.offers.put(offer.id, offer)
    _count(operation, offer)
    lines.answered(operation, offer.line, offer.quantity, offer.ended_at)
    freed = offer.quantity - kept
    if freed:
        load.free(operation, offer.organization, offer.skill, freed, offer.ended_at)


def _count(operation: Operation, offer: Offer) -> None:
    """Pool the answers of everybody by skill: it sets how many are asked, never who."""
    if offer.state is OfferState.STOOD_DOWN:
        return
    tally = operation.tallies.get(offer.skill) or Tally()
    accepted = int(offer.state is OfferState.ACCEPTED)
    counted = Tally(answered=tally.answered + 1, accepted=tally.accepted + accepted)
    operation.tallies.put(offer.skill, counted)


def _shift(operation: Operation, fact: DeadlinesShifted) -> None:
    operation.raise_count(SHIFTED_BY, operation.count(SHIFTED_BY) + fact.by)
    for place in list(operation.deadlines.all()):
        offer = operation.offers[place[-1]]
        operation.offers.put(offer.id, replace(offer, answer_by=offer.answer_by + fact.by))
