"""Assign: the offers that go out for one line, nearest qualified organizations first.

Lines are taken in order of priority and waiting (`settle`), and each offer holds its units at
once, so no two lines count on the same crew. Accepted pairs are never moved.
"""

from __future__ import annotations

from schemas.facts import Fact, LineInHand, LineUnmet, OfferSent
from schemas.values import OfferId
from streams.area import Area, Operation
from streams.cause import Cause
from streams.entities import Line
from streams.line import missing
from streams.matching import waves
from streams.matching.candidates import Candidate, Search
from streams.parameters import URGENCY


def offers(area: Area, operation: Operation, line: Line, cause: Cause) -> list[Fact]:
    """The wave for a line that is short: offers, and what is still missing if they end."""
    short = missing(line)
    size = waves.size(operation.tallies.get(line.skill), line.priority)
    asked, live = line.asked, line.live_offers
    if not short or (asked >= short and live >= size):
        return [LineInHand(line=line.id, at=cause.at)]
    search = Search(area, operation, line, operation.demands[line.demand].place, cause.at)
    sent: list[Fact] = []
    for rank, candidate in enumerate(search, len(line.organizations) + 1):
        quantity = min(candidate.units, short)
        sent.append(_offer(line, candidate, quantity, rank, search, cause))
        asked, live = asked + quantity, live + 1
        if asked >= short and live >= size:
            return sent
    return [*sent, _unmet(line, short - asked, search, cause)]


def _offer(
    line: Line, candidate: Candidate, quantity: int, rank: int, search: Search, cause: Cause
) -> OfferSent:
    return OfferSent(
        offer=OfferId(cause.new_id()),
        line=line.id,
        demand=line.demand,
        organization=candidate.organization,
        quantity=quantity,
        answer_by=cause.at + URGENCY[line.priority].answer,
        rank=rank,
        meters=candidate.meters,
        considered=search.considered,
        gates=search.gates(),
        at=cause.at,
    )


def _unmet(line: Line, short: int, search: Search, cause: Cause) -> LineUnmet:
    return LineUnmet(
        line=line.id,
        demand=line.demand,
        missing=max(0, short),
        considered=search.considered,
        gates=search.gates(),
        retry_at=cause.at + URGENCY[line.priority].retry,
        at=cause.at,
    )
