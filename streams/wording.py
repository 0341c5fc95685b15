"""Wording: what of a demand's public words has changed since somebody said yes, or set out.

A yes answers the words that were on the screen. Where what matters to it has changed since, it is
not taken: whoever said it reads the new words and is asked once more. Who is at work sees what has
changed until it says that it has read it; its desk sees whether it has.
"""

from __future__ import annotations

from msgspec.structs import replace

from schemas.codes import PublicWord
from schemas.commands import SeeWords
from schemas.facts import DemandAmended, DemandTakenBack, WordsSeen, YesOutdated
from schemas.refusals import Refusal
from schemas.turns import Turn
from schemas.values import Instant
from streams import line as lines
from streams import needed, standstill
from streams.area import Area, Operation
from streams.assignment import live
from streams.cause import Cause, Decision, Refused
from streams.entities import Demand, Offer, OfferState
from streams.parameters import REST, URGENCY
from streams.policy import voice_of
from streams.remembered import Said

MATTER = (PublicWord.KIND, PublicWord.PLACE, PublicWord.RISK, PublicWord.RALLY_POINT)
"""What a yes depends on. Whether a line is hazardous never changes: another one takes its place."""


def let_go(operation: Operation, demand: Demand) -> None:
    """A yes that stands by was said to other words: it no longer counts by itself, and says so.

    Then it waits for its desk's word, and where units are missing without a clock.
    """
    for key in demand.lines:
        short = lines.missing(operation.lines[key])
        for offer in operation.offers_on.of(key):
            kept = offer.state is OfferState.STANDBY and offer.at_once
            if kept and offer.revision < mattering(demand):
                until = None if short else offer.standby_until
                waits = replace(offer, at_once=False, standby_until=until)
                operation.offers.put(offer.id, waits)


def amended(before: Demand, fact: DemandAmended) -> Said:
    """What each word's last revision is after an amendment."""
    anew = {
        PublicWord.KIND: fact.kind != before.kind,
        PublicWord.PLACE: fact.place != before.place,
        PublicWord.RISK: fact.risk_statement != before.risk_statement,
        PublicWord.RALLY_POINT: fact.rally_point != before.rally_point,
        PublicWord.WAY_IN: fact.way_in != before.way_in,
    }
    words = {word.value: fact.revision for word, changed in anew.items() if changed}
    return replace(before.said, at=fact.at, **words) if words else before.said


def taken_back(before: Demand, fact: DemandTakenBack) -> Said:
    """It lies where it lay before."""
    return replace(before.said, at=fact.at, place=fact.revision)


def changed(demand: Demand, revision: int) -> tuple[PublicWord, ...]:
    """The words that were said anew behind a revision."""
    return tuple(word for word in PublicWord if _said_in(demand, word) > revision)


def last(demand: Demand) -> int:
    """The revision in which any of the words was last said."""
    return max(_said_in(demand, word) for word in PublicWord)


def mattering(demand: Demand) -> int:
    """The revision in which one that matters to a yes was last said."""
    return max(_said_in(demand, word) for word in MATTER)


def _said_in(demand: Demand, word: PublicWord) -> int:
    revision: int = getattr(demand.said, word.value)
    return revision


def outdated(operation: Operation, said: Offer, cause: Cause) -> Decision | None:
    """What comes of a yes to words that have changed since; None for any other.

    `said` is the offer with the yes, whose revision it answers.
    """
    demand = operation.demands[said.demand]
    if said.revision > demand.revision:  # which nobody has said yet
        return Refused(Refusal.WORDS_CHANGED, (said.id,))
    if said.revision >= mattering(demand):
        return None
    return [
        YesOutdated(
            offer=said.id,
            revision=said.revision,
            by_desk=said.by_desk,
            by_committee=said.by_committee,
            by_message=said.by_message,
            person=said.person,
            answer_by=_answer_by(operation, demand, operation.offers[said.id], cause.at),
            at=cause.at,
        )
    ]


def was_outdated(turn: Turn) -> bool:
    """Whether a turn is a yes that was not taken for this."""
    return any(isinstance(fact, YesOutdated) for fact in turn.facts)


def _answer_by(operation: Operation, demand: Demand, offer: Offer, at: Instant) -> Instant:
    """The time to answer begins anew where less than a fourth of it is left, once for each change:
    nobody keeps a line waiting by saying yes to old words."""
    until = standstill.answer_by(operation, offer)
    waits = offer.state is OfferState.SENT and offer.anew_in < mattering(demand)
    if waits and until < at + URGENCY[offer.priority].answer // REST:
        return needed.answer_by(offer.priority, demand.needed_by, at)
    return until


def evolve(operation: Operation, fact: YesOutdated) -> None:
    """It waits for the answer as before; a desk that records what it hears has begun to act."""
    offer = operation.offers[fact.offer]
    anew_in = mattering(operation.demands[offer.demand])
    until = max(offer.answer_by, fact.answer_by)
    operation.offers.put(offer.id, replace(offer, anew_in=anew_in, answer_by=until))
    if fact.by_desk:
        lines.taken_up(operation, offer.demand)


def see(area: Area, command: SeeWords, cause: Cause) -> Decision:
    """The crew has read them; said twice, or of what it knows already, there is nothing new."""
    found = live(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    demand = area.operations[cause.operation].demands[found.demand]
    if command.revision > demand.revision:
        return Refused(Refusal.REVISION_STALE, (demand.id,))
    if not changed(demand, found.seen.revision) or command.revision <= found.seen.revision:
        return []
    voice = voice_of(area, cause.actor, found.organization, cause.at)
    return [
        WordsSeen(
            assignment=found.id,
            account=cause.actor,
            revision=command.revision,
            by_desk=voice.by_desk,
            by_committee=voice.by_committee,
            at=cause.at,
        )
    ]
