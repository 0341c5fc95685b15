"""Reach: whom the messenger has reached, whom it could not, and who can be reached again.

Nothing here sends anything. The messenger tells what its channels have done, at most twice an
offer; the answer clock begins when somebody was reached, and "unreachable" is not silence.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from schemas.commands import RecordReach, RestoreReach
from schemas.facts import Fact, OfferReached, OfferUnreachable
from schemas.refusals import Refusal
from schemas.registry_facts import ReachRestored
from schemas.values import Instant, OfferId, Reach
from streams import asking, needed
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.entities import Offer, OfferState
from streams.parameters import URGENCY


def record(area: Area, command: RecordReach, cause: Cause) -> Decision:
    """What was answered or recorded meanwhile is passed over; nothing left is a refusal."""
    operation = area.operation(cause.operation)
    if operation is None:
        return Refused(Refusal.NOT_FOUND)
    reached: dict[OfferId, Reach] = {}
    for told in command.reached:
        reached.setdefault(told.offer, told.by)
    facts: list[Fact] = [*_reached(operation, reached, cause)]
    facts += _unreachable(operation, command.unreachable, reached, cause)
    return facts or Refused(Refusal.NO_LONGER_NEEDED)


def _reached(operation: Operation, told: dict[OfferId, Reach], cause: Cause) -> Iterator[Fact]:
    for key, by in told.items():
        offer = _awaited(operation, key)
        if offer is not None and offer.reached_at is None:
            until = _answer_by(operation, offer, cause.at)
            yield OfferReached(offer=key, by=by, answer_by=until, at=cause.at)


def _unreachable(
    operation: Operation, told: tuple[OfferId, ...], reached: Container[OfferId], cause: Cause
) -> Iterator[Fact]:
    for key in dict.fromkeys(told):
        offer = _awaited(operation, key)
        if offer is None or offer.reached_at is not None or key in reached:
            continue
        before = asking.counted(operation, offer.line, offer.organization, offer.round)
        times, named = before.unreached + 1, before.free_from
        again = asking.after_unreached(offer.priority, times, named, cause.at)
        assert again.at is not None
        assert again.on is not None
        yield OfferUnreachable(offer=key, again_at=again.at, again_on=again.on, at=cause.at)


def _awaited(operation: Operation, key: OfferId) -> Offer | None:
    """An offer whose answer is still awaited."""
    offer = operation.offers.get(key)
    if offer is None or offer.state is not OfferState.SENT or offer.unneeded is not None:
        return None
    return offer


def _answer_by(operation: Operation, offer: Offer, at: Instant) -> Instant:
    """Longer by what being reached has taken, up to its bound; never sooner than was said."""
    needed_by = operation.demands[offer.demand].needed_by
    starts = needed.clock_starts(offer.priority, needed_by, offer.sent_at)
    reached = min(at, offer.sent_at + URGENCY[offer.priority].reaching)
    asked = needed.answer_by(offer.priority, needed_by, offer.sent_at)
    return max(offer.answer_by, asked + max(0, reached - starts))


def restore(area: Area, command: RestoreReach, cause: Cause) -> Decision:
    """Whoever is in the registry; nobody of them is a refusal."""
    there = [key for key in command.organizations if key in area.registry.organizations]
    if not there:
        return Refused(Refusal.NOT_FOUND)
    return [ReachRestored(organization=key, at=cause.at) for key in dict.fromkeys(there)]
