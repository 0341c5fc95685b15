"""Candidates: the organizations of a skill, nearest first, through the gates.

A crowd is found and counted by its standings (`availability`), on which no line has any bearing.
Whoever the line's own demand has asked before is set apart and judged one by one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from heapq import merge
from typing import NamedTuple

from geo.distance import meters, squared
from schemas.ids import tie
from schemas.values import GateCount, Instant, OrganizationId, Place, StandDownReason
from streams import asking, load
from streams.area import Area, Operation
from streams.availability import IN_ORDER
from streams.entities import Line, Offer, OfferState
from streams.gates import Bar
from streams.matching.bars import barred, unsafe, waiting
from streams.matching.unasked import Met, Outward, Unasked


def waits(offer: Offer) -> bool:
    """Whether it waits by itself: parked by a desk, or it has offered itself."""
    return offer.unasked and offer.state is OfferState.STANDBY


class Candidate(NamedTuple):
    """An organization that may be asked: how far away, with which free units, which by distance."""

    organization: OrganizationId
    meters: int
    units: int
    rank: int


class Search:
    """One line's search: yields who passes every gate, and counts who failed at which.

    Whoever waits there, or has offered itself, comes first; then who was not asked in this round,
    then the others, each time the nearest. A request that was taken back because the demand was
    amended is none: its answer never counted. `proved`: only of those who can say yes to it.
    """

    def __init__(
        self,
        area: Area,
        operation: Operation,
        line: Line,
        place: Place,
        at: Instant,
        *,
        proved: bool = False,
    ) -> None:
        self._organizations, self._operation = area.registry.organizations, operation
        self._line, self._place, self._at, self._proved = line, place, at, proved
        standings = operation.availability.of(line.skill, at, counted=line.whole)
        met = (self._met(key) for key in operation.asked_for.of(line.demand) if key in standings)
        self._asked = sorted(met)
        self._waiting = [item for item in self._asked if self._waits(item)]
        others = (item for item in self._asked if item not in self._waiting)
        self._barred = {item: bar for item in others if (bar := self._bar(item)) is not None}
        row = [(item, IN_ORDER.index(bar.gate)) for item, bar in self._barred.items()]
        self._failing = Outward(row, len(IN_ORDER))
        self._unasked = Unasked(standings, line, place, self._asked, proved)
        self._reached: Met | None = None  # the last who passed; None: everybody in reach is met

    def __iter__(self) -> Iterator[Candidate]:
        again: list[Candidate] = []
        for met in self._waiting:
            yield self._candidate(met, 0)
        over = self._barred | dict.fromkeys(self._waiting)
        asked = [item for item in self._asked if item not in over]
        for rank, met in enumerate(merge(asked, self._unasked), 1):
            self._reached = met
            found = self._candidate(met, rank)
            if self._first(found.organization):
                yield found
            else:
                again.append(found)
        self._reached = None
        yield from again

    @property
    def waited_for(self) -> bool:
        """Whether somebody waits at the demand, and is asked before all others."""
        return bool(self._waiting)

    def reach(self, organization: OrganizationId) -> None:
        """Count as if the search had come as far as one that is chosen out of its order."""
        self._reached = self._met(organization)

    @property
    def considered(self) -> int:
        """How many were met as far as it has been searched, the last candidate included."""
        asked = len(self._asked)
        met = asked if self._reached is None else bisect_right(self._asked, self._reached)
        return met + self._unasked.until(self._reached).considered

    def gates(self) -> tuple[GateCount, ...]:
        """How many failed where as far as it has been searched, in the order of the gates."""
        failed = self._unasked.until(self._reached).failed
        barred = self._failing.upto(self._reached)
        failed = [count + more for count, more in zip(failed, barred, strict=True)]
        return tuple(
            GateCount(gate=gate, count=count)
            for gate, count in zip(IN_ORDER, failed, strict=True)
            if count
        )

    @property
    def ends(self) -> Instant | None:
        """When time opens the first gate at which somebody has failed, of those that it opens."""
        ends = [bar.until for bar in self._barred.values() if bar.until is not None]
        crowd = self._unasked.until(None).ends
        return min(ends if crowd is None else [*ends, crowd], default=None)

    def _met(self, key: OrganizationId) -> Met:
        square = squared(self._place, self._organizations[key].place)
        return Met(square, tie(self._line.id, key), key)

    def _bar(self, met: Met) -> Bar | None:
        organization = self._organizations[met.organization]
        bar = barred(self._operation, self._line, organization, meters(met.square), self._at)
        return bar or (unsafe(self._line, organization) if self._proved else None)

    def _waits(self, met: Met) -> bool:
        """Whether it waits for a word about the demand, and nothing keeps it from this line."""
        offers = self._operation.offers_to.of(met.organization)
        here = [one for one in offers if waits(one) and one.demand == self._line.demand]
        if not here:
            return False
        organization = self._organizations[met.organization]
        if self._proved and unsafe(self._line, organization) is not None:
            return False
        away = None if any(one.by_desk for one in here) else meters(met.square)
        return waiting(self._operation, self._line, organization, away, self._at) is None

    def _first(self, organization: OrganizationId) -> bool:
        known = asking.known(self._operation, self._line, organization)
        if known is None:
            return True
        last = self._operation.offers[known.offer]
        amended = last.stand_down_reason is StandDownReason.DEMAND_AMENDED
        return amended and last.state is OfferState.STOOD_DOWN

    def _candidate(self, met: Met, rank: int) -> Candidate:
        organization, line = self._organizations[met.organization], self._line
        units = load.available(self._operation, organization, line.skill, line.priority, self._at)
        return Candidate(organization.id, meters(met.square), units, rank)
