"""Assign: the offers that go out for one line, nearest qualified organizations first.

Lines are taken in order of priority and waiting (`settle`), and each offer holds its units at
once, so no two lines of a priority count on the same crew. Accepted pairs are never moved.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

from geo.distance import meters
from schemas.facts import Fact, LineInHand, LinesLookedAt, LineUnmet, LineWoken, OfferSent
from schemas.values import LATEST, Gate, Instant, LineId, OfferId, OrganizationId
from streams import load, needed, nobody
from streams.area import Area, Operation
from streams.cause import Cause
from streams.entities import Line, Organization
from streams.gates import GRADES, How, Standing, see
from streams.line import missing
from streams.matching.bars import barred, distance, in_vain, most_asked, unsafe
from streams.matching.candidates import Candidate, Search
from streams.parameters import DAY, LOOKS_SHARED, URGENCY
from streams.remembered import Asks


def offers(area: Area, operation: Operation, line: Line, cause: Cause) -> list[Fact]:
    """The wave for a line that is short: offers, and what is still missing if they end.

    Whoever cannot say yes yet is asked beside the others, who are asked as if it were not.
    """
    short, size = missing(line), most_asked(operation, line)
    asked, live = line.asked, line.live_offers
    if not short or (asked >= short and live >= size):
        return [LineInHand(line=line.id, at=cause.at)]
    demand = operation.demands[line.demand]
    answer_by = needed.answer_by(line.priority, demand.needed_by, cause.at)
    sent: list[Fact] = []
    asking = Asking(area, operation, line, size, cause.at)
    for candidate in asking:
        quantity = min(candidate.units, short)
        sent.append(_offer(line, candidate, quantity, answer_by, asking.search, cause))
        if asking.able(candidate):
            asked, live = asked + quantity, live + 1
        if asked >= short and live >= size:
            return sent
    more = live > line.live_offers
    return [*sent, _nobody(operation, line, max(0, short - asked), asking.search, more, cause)]


class Asking:
    """Whom a line asks, one after the other; `search`: how each was found.

    Of those who cannot say yes to it yet no more than it would ask of others, so that somebody has
    the time to record what is missing, and a whole county is not rung in vain.
    """

    def __init__(
        self, area: Area, operation: Operation, line: Line, size: int, at: Instant
    ) -> None:
        self._area, self._operation, self._line, self._at = area, operation, line, at
        self._left = size - in_vain(operation, line)
        self.search = self._search()

    def __iter__(self) -> Iterator[Candidate]:
        met: list[OrganizationId] = []
        while True:
            left = self._left
            for candidate in self.search:
                if candidate.organization in met:
                    continue
                met.append(candidate.organization)
                yield candidate
                self._left -= not self.able(candidate)
                if left > 0 >= self._left:
                    break
            else:
                return
            self.search = self._search()

    def able(self, candidate: Candidate) -> bool:
        """Whether it can say yes."""
        organization = self._area.registry.organizations[candidate.organization]
        return unsafe(self._line, organization) is None

    def _search(self) -> Search:
        place = self._operation.demands[self._line.demand].place
        proved = self._line.hazardous and self._left <= 0
        return Search(self._area, self._operation, self._line, place, self._at, proved=proved)


def _offer(
    line: Line,
    candidate: Candidate,
    quantity: int,
    answer_by: Instant,
    search: Search,
    cause: Cause,
) -> OfferSent:
    return OfferSent(
        offer=OfferId(cause.new_id()),
        line=line.id,
        demand=line.demand,
        organization=candidate.organization,
        quantity=quantity,
        answer_by=answer_by,
        rank=candidate.rank,
        wave=line.wave + 1,
        meters=candidate.meters,
        considered=search.considered,
        gates=search.gates(),
        reason=None,
        by_plan=None,
        at=cause.at,
    )


def _nobody(
    operation: Operation, line: Line, short: int, search: Search, sent: bool, cause: Cause
) -> LineUnmet | LinesLookedAt:
    """Nobody (more) can be asked: said in full only where it is news, or its desk's to answer."""
    gates = search.gates()
    said = (line.missing, [count.gate for count in line.gates], line.able_at)
    news = (short, [count.gate for count in gates], search.ends)
    climbs_at = None if sent else nobody.climbs_at(operation, line, cause.at)
    again_at = nobody.next_look(operation, line, cause.at)
    known = line.unmet and not sent and said == news
    looks = line.looks + 1 if known else 0
    next_look = _next_look(line, looks, search.ends, again_at, cause.at)
    if known and climbs_at is None:
        return LinesLookedAt(lines=(line.id,), next=next_look, at=cause.at)
    return LineUnmet(
        line=line.id,
        demand=line.demand,
        missing=short,
        considered=search.considered,
        gates=gates,
        able_at=search.ends,
        retry_at=next_look,
        at=cause.at,
        climbs_at=climbs_at,
    )


def _next_look(
    line: Line, looks: int, ends: Instant | None, again_at: Instant | None, at: Instant
) -> Instant:
    """Rarer while nothing changes, yet as soon as time makes somebody able.

    Looks are a little early so that many fall on one moment: thousands of hopeless lines share
    a tick, and a fact, in place of one each.
    """
    urgency = URGENCY[line.priority]
    rest = at + min(urgency.retry << min(looks, 8), urgency.rest)
    rest -= rest % (urgency.retry // LOOKS_SHARED)
    return min(one for one in (rest, ends, again_at) if one is not None)


def woken(
    area: Area, operation: Operation, organization: OrganizationId, skill: str, cause: Cause
) -> LineWoken:
    """The line that has most need of an organization that may be able now.

    Either one that can ask it at once: the most urgent, of these one for which nobody is asked
    before one that merely asks too few, then the nearest. Or one that will be able to sooner than
    it would look again; or none.
    """
    line, wake_at = _wanting(area, operation, organization, skill, cause.at)
    return LineWoken(
        organization=organization, skill=skill, line=line, wake_at=wake_at, at=cause.at
    )


def _wanting(
    area: Area, operation: Operation, key: OrganizationId, skill: str, at: Instant
) -> tuple[LineId | None, Instant]:
    organization = area.registry.organizations[key]
    standing = _standing(operation, organization, skill, at)
    lately = list(_asked_lately(operation, organization, skill, at))
    for priority in URGENCY:
        now = [one for one in lately if one.priority == priority]
        for enough_asked, grade, hazardous in product((False, True), GRADES, (False, True)):
            bar = standing.bar(grade, priority, hazardous)
            if bar is None or bar.gate in _ENDING:  # else of no use to them, wherever they are
                group = (skill, priority, enough_asked, grade, hazardous)
                now += _nearest(operation, organization, group, standing.radius[grade or 0], at)
        if now:
            first = min(now, key=lambda one: (one.at == at, *one))
            return first.line, first.at
    return None, at


def _nearest(
    operation: Operation,
    organization: Organization,
    group: tuple[Any, ...],
    radius: int,
    at: Instant,
) -> Iterator[Wanting]:
    """Of lines that are alike the nearest that can ask it now, and nearer ones that can soon.

    Where a gate that time opens, wherever the line is, lasts beyond the time within which
    every line looks anyway, nothing is looked for (but see `_asked_lately`).
    """
    soon = at + URGENCY[group[1]].rest
    for squared, id in operation.short.around(group, organization.place):
        away, line = meters(squared), operation.lines[id]
        if away > radius:
            return  # as is all that lies still farther
        if line.wake_at is None or line.wake_at <= at:
            continue  # it is about to be looked at anyway
        bar = barred(operation, line, organization, away, at)
        if bar is None:
            yield _wanted(line, away, at)
            return
        own = line.whole and bar.gate is Gate.REST  # others may be of use to it with fewer
        if bar.gate in _ENDING and not own and (bar.until is None or bar.until >= soon):
            return
        if bar.until is not None and bar.until < line.wake_at:
            yield _wanted(line, away, bar.until)


def _asked_lately(
    operation: Operation, organization: Organization, skill: str, at: Instant
) -> Iterator[Wanting]:
    """Lines that it was asked for within a day, and may be asked for again before they look.

    A pause ends by itself; and whatever else a demand asks for that has been counted, no daily cap
    keeps from it.
    """
    key = organization.id
    paused = operation.pausing.between((key, at - DAY), (key, LATEST))
    asks = operation.asks.get(key) or Asks()
    demands = [operation.demands.get(ask.demand) for ask in asks.counted]  # some may have left
    counted = [line for demand in demands if demand is not None for line in demand.lines]
    for id in dict.fromkeys((*(place[-1] for place in paused), *counted)):
        line = operation.lines[id]
        if line.skill != skill or not line.unmet or line.wake_at is None or line.wake_at <= at:
            continue
        away = distance(operation, line, organization)
        bar = barred(operation, line, organization, away, at)
        again_at = at if bar is None else bar.until
        if again_at is not None and again_at < line.wake_at:
            yield _wanted(line, away, again_at)


def _wanted(line: Line, away: int, at: Instant) -> Wanting:
    return Wanting(line.priority, line.missing == 0, away, line.id, at)


def _standing(
    operation: Operation, organization: Organization, skill: str, at: Instant
) -> Standing:
    held = load.all_held(operation, organization.id, skill)
    how = How(counted=False, enrolled_only=operation.enrolled_only)
    return see(organization, skill, held, at, how).standing


class Wanting(NamedTuple):
    """A line that could ask an organization, and from when, in the order of its need: whoever can
    ask only later is told first, since whoever asks now may leave nothing to tell."""

    priority: int
    enough_asked: bool
    away: int
    line: LineId
    at: Instant


_ENDING = (Gate.DAILY_CAP, Gate.CERTIFICATE_NOT_YET, Gate.LEAVE, Gate.HOURS, Gate.REST)
"""Gates of which a standing does not say until when, or whether, they bar from one line."""
