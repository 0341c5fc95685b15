"""Outcomes: what becomes of an offer, and of the units, the line and the pause that hang on it."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from schemas.facts import (
    CrewReceived,
    OfferAccepted,
    OfferDeclined,
    OfferExpired,
    OfferFact,
    OfferReached,
    OfferSent,
    OfferStoodDown,
    OfferUnreachable,
    StandbyOffered,
)
from schemas.values import Instant, Reach, StandDownReason
from streams import asking, load
from streams import line as lines
from streams.area import Operation
from streams.entities import Offer, OfferState
from streams.gates import unproved
from streams.parameters import CAP, CAPPED
from streams.remembered import Asked, Asks, DemandAsk, Tally

CHANNELS = "channels"  # the counter of offers that a channel has handed over


def evolve(operation: Operation, fact: OfferFact) -> None:
    match fact:
        case OfferSent():
            _sent(operation, fact)
        case CrewReceived():
            _received(operation, fact)
        case OfferAccepted():
            _accepted(operation, fact)
        case OfferDeclined():
            _declined(operation, fact)
        case OfferExpired():
            _expired(operation, fact)
        case OfferStoodDown():
            _stood_down(operation, fact)
        case StandbyOffered():
            _standby(operation, fact)
        case OfferReached():
            _reached(operation, fact)
        case OfferUnreachable():
            _unreachable(operation, fact)
        case _:
            assert_never(fact)


def _sent(operation: Operation, fact: OfferSent) -> None:
    offer = replace(
        _opened(operation, fact),
        answer_by=fact.answer_by,
        rank=fact.rank,
        wave=fact.wave,
        considered=fact.considered,
        gates=fact.gates,
        by_hand=fact.reason is not None,
        by_plan=fact.by_plan,
    )
    _put(operation, offer)
    if fact.by_plan is not None:  # whether others are asked beside it is the line's own business
        lines.wake(operation, operation.lines[fact.line], fact.at)


def _received(operation: Operation, fact: CrewReceived) -> None:
    _put(operation, received(operation, fact))


def received(operation: Operation, fact: CrewReceived) -> Offer:
    """What a crew that came by itself stands for, as if the desk had asked it just now."""
    opened = _opened(operation, fact)
    return replace(opened, by_hand=True, unasked=True, here=fact.here, by_desk=fact.by_desk)


def _opened(operation: Operation, fact: OfferSent | CrewReceived) -> Offer:
    line = operation.lines[fact.line]
    organization = operation.registry.organizations[fact.organization]
    return Offer(
        id=fact.offer,
        line=fact.line,
        demand=fact.demand,
        organization=fact.organization,
        skill=line.skill,
        priority=line.priority,
        round=line.round,
        quantity=fact.quantity,
        sent_at=fact.at,
        answer_by=fact.at,
        meters=fact.meters,
        revision=operation.demands[fact.demand].revision,
        unproved=line.hazardous and unproved(organization) is not None,
    )


def _put(operation: Operation, offer: Offer) -> None:
    """It holds units of the organization, and counts on its line, until it is answered."""
    line = operation.lines[offer.line]
    before = asking.counted(operation, line.id, offer.organization, line.round)
    operation.offers.put(offer.id, offer)
    operation.asked.put((line.id, offer.organization), replace(before, offer=offer.id))
    lines.offered(operation, line, offer, offer.wave, offer.sent_at)
    if offer.by_hand and not offer.unasked:
        lines.asked_by_hand(operation, offer.demand, offer.sent_at)
    load.ask(operation, offer.organization, offer.skill, offer.priority, offer.quantity)
    _supersede(operation, before, offer.sent_at)
    _remember_asking(operation, offer)
    if offer.by_hand and (offer.by_desk or not offer.unasked):
        lines.taken_up(operation, offer.demand)


def _supersede(operation: Operation, before: Asked, at: Instant) -> None:
    """A newer offer takes the place of one that was still waiting for the desk's word."""
    old = operation.offers.get(before.offer)
    if old is not None and old.state is OfferState.STANDBY:
        over = replace(
            old,
            state=OfferState.STOOD_DOWN,
            stand_down_reason=StandDownReason.ASKED_ANEW,
            unneeded=None,
            ended_at=at,
        )
        operation.offers.put(old.id, over)


def _recorded(operation: Operation, answer: Offer) -> None:
    """A desk that records what it hears by phone has begun to act for the demand."""
    if answer.by_desk:
        lines.taken_up(operation, answer.demand)


def _remember_asking(operation: Operation, offer: Offer) -> None:
    """The daily cap counts demands, not repeats, and knows neither urgent ones nor a desk's."""
    asks = operation.asks.get(offer.organization) or Asks()
    counted = asks.counted
    capped = offer.priority >= CAPPED and not offer.by_hand
    if capped and all(ask.demand != offer.demand for ask in counted):
        counted = (*counted, DemandAsk(demand=offer.demand, at=offer.sent_at))[-CAP:]
    operation.asks.put(offer.organization, Asks(last_in=operation.sequence, counted=counted))


def _accepted(operation: Operation, fact: OfferAccepted) -> None:
    """What was accepted stays held, now by the assignment; only the rest is free again.

    A yes that was kept is the word of whoever said it then: that a desk takes it on is no call.
    """
    before = operation.offers[fact.offer]
    said = before if fact.kept else fact
    accepted = replace(
        before,
        state=OfferState.ACCEPTED,
        unneeded=None,
        answered=fact.quantity,
        minutes=fact.minutes,
        people=fact.people,
        late=fact.late,
        kept=fact.kept,
        by_desk=said.by_desk,
        by_committee=said.by_committee,
        by_message=said.by_message,
        person=said.person,
        revision=fact.revision,
        again_at=fact.again_at,
        again_on=fact.again_on,
        standby_until=None,
        ended_at=fact.at,
    )
    load.commit(operation, before.organization, before.skill, fact.quantity)
    _end(operation, before, accepted)
    if fact.by_desk:
        lines.taken_up(operation, accepted.demand)


def _declined(operation: Operation, fact: OfferDeclined) -> None:
    before = operation.offers[fact.offer]
    declined = replace(
        before,
        state=OfferState.DECLINED,
        decline_reason=fact.reason,
        free_from=fact.free_from,
        by_desk=fact.by_desk,
        by_committee=fact.by_committee,
        by_message=fact.by_message,
        person=fact.person,
        again_at=fact.again_at,
        again_on=fact.again_on,
        standby_until=None,
        ended_at=fact.at,
    )
    _end(operation, before, declined, declined=int(before.state is not OfferState.DECLINED))
    _recorded(operation, declined)


def _expired(operation: Operation, fact: OfferExpired) -> None:
    before = operation.offers[fact.offer]
    silent = replace(
        before,
        state=OfferState.NO_ANSWER,
        again_at=fact.again_at,
        again_on=fact.again_on,
        ended_at=fact.at,
    )
    _end(operation, before, silent, silent=1)


def _reached(operation: Operation, fact: OfferReached) -> None:
    before = operation.offers[fact.offer]
    reached = replace(before, answer_by=fact.answer_by, reached_at=fact.at, reached_by=fact.by)
    operation.offers.put(fact.offer, reached)
    if fact.by is not Reach.PAGE:
        operation.raise_count(CHANNELS, operation.count(CHANNELS) + 1)


def _unreachable(operation: Operation, fact: OfferUnreachable) -> None:
    before = operation.offers[fact.offer]
    unreachable = replace(
        before,
        state=OfferState.UNREACHABLE,
        again_at=fact.again_at,
        again_on=fact.again_on,
        ended_at=fact.at,
    )
    _forget_asking(operation, before)
    _end(operation, before, unreachable)


def _forget_asking(operation: Operation, offer: Offer) -> None:
    """What nobody has heard of is no demand that somebody was asked for today."""
    asks = operation.asks.get(offer.organization)
    if asks is not None:
        own = (offer.demand, offer.sent_at)
        counted = tuple(ask for ask in asks.counted if (ask.demand, ask.at) != own)
        if counted != asks.counted:
            operation.asks.put(offer.organization, replace(asks, counted=counted))


def _stood_down(operation: Operation, fact: OfferStoodDown) -> None:
    """Whoever was thanked may be asked again at once; whom a desk sends home from a line that is
    short it has judged, so that one has a pause."""
    before = operation.offers[fact.offer]
    short = lines.missing(operation.lines[before.line])
    unfit = fact.reason is StandDownReason.UNSUITED
    judged = unfit or (short and fact.reason is StandDownReason.SENT_HOME)
    again = asking.after(
        asking.SENT_HOME if judged else asking.STOOD_DOWN, before.priority, fact.at
    )
    over = replace(
        before,
        state=OfferState.STOOD_DOWN,
        unneeded=None,
        stand_down_reason=fact.reason,
        again_at=again.at,
        again_on=again.on,
        standby_until=None,
        ended_at=fact.at,
    )
    _end(operation, before, over)


def _standby(operation: Operation, fact: StandbyOffered) -> None:
    before = operation.offers[fact.offer]
    standby = replace(
        before,
        state=OfferState.STANDBY,
        countered=fact.counter,
        unneeded=None,
        answered=fact.quantity,
        minutes=fact.minutes,
        people=fact.people,
        late=not fact.counter,
        by_desk=fact.by_desk,
        by_committee=fact.by_committee,
        by_message=fact.by_message,
        person=fact.person,
        revision=fact.revision,
        again_at=fact.again_at,
        again_on=None,
        standby_until=fact.until,
        at_once=fact.at_once,
        ended_at=fact.at,
    )
    _end(operation, before, standby)
    _recorded(operation, standby)


def _end(
    operation: Operation, before: Offer, after: Offer, *, declined: int = 0, silent: int = 0
) -> None:
    """Keep the answer, free what an open offer held, and look at the line again if it is short."""
    after = _pooled(operation, before, after)
    assert after.ended_at is not None
    operation.offers.put(after.id, after)
    if _is_newest(operation, after):
        asking.ended(operation, after, declined=declined, silent=silent)
    if before.state is OfferState.SENT:
        load.ask(operation, after.organization, after.skill, before.priority, -before.quantity)
        if before.relieves is None:
            lines.answered(operation, before, after.ended_at)
    if after.state is not OfferState.ACCEPTED or after.answered != before.quantity:
        load.came_free(operation, after.organization, after.skill, after.ended_at)


def _is_newest(operation: Operation, offer: Offer) -> bool:
    known = operation.asked.get((offer.line, offer.organization))
    return known is not None and known.offer == offer.id


def _pooled(operation: Operation, before: Offer, after: Offer) -> Offer:
    """Pool the answers of everybody asked by skill: it sets how many are asked, never who.

    A late yes turns what was counted as none into one. Whoever was thanked or not reached has
    answered nothing.
    """
    yes = after.state is OfferState.ACCEPTED
    if after.unasked or not (yes or _tells(operation, after)):
        return after
    first = not before.pooled
    if first or yes:
        tally = operation.tallies.get(after.skill) or Tally()
        counted = Tally(answered=tally.answered + first, accepted=tally.accepted + yes)
        operation.tallies.put(after.skill, counted)
    return replace(after, pooled=True)


def _tells(operation: Operation, after: Offer) -> bool:
    """Whether an outcome says anything of who would say yes; where channels are in use, silence
    of somebody whom none has reached does not."""
    if after.state is OfferState.NO_ANSWER:
        return after.reached_at is not None or not operation.count(CHANNELS)
    return after.state not in (OfferState.STOOD_DOWN, OfferState.UNREACHABLE)
