"""Instance: all lines of an operation that are short, and whoever may serve them, as one problem.

Who may serve is asked of the rules' own gates. Answers that are awaited stay where they are, or
are given up for another line at the price of asking somebody anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from itertools import islice
from typing import Final, NamedTuple

from api.planner.solving import Need
from schemas.values import Instant, OrganizationId
from streams.area import Area, Operation
from streams.entities import Line, Offer, Organization
from streams.line import missing
from streams.matching.bars import distance
from streams.matching.candidates import Search
from streams.matching.cost import SCALE, Band, bands, taken
from streams.matching.planned import asked_on, asks, bar_of, gives_up, movable, moved_for
from streams.parameters import MOVED, NOBODY

FEW: Final = 20  # organizations that are looked at for a line at first
WIDER: Final = 4  # times as many, where that may not have been enough


class Source(NamedTuple):
    """Units of an organization: those of an open request to it, or those that nobody asks for."""

    organization: Organization
    units: int
    offer: Offer | None


class Choice(NamedTuple):
    """Somebody for a line: how long it takes, and whether it would have to be asked anew."""

    time: int
    source: int
    anew: bool


class Short:
    """A line that is short, with those who may serve it: whoever was asked, and then the nearest.

    `whole`: nobody else may serve it.
    """

    def __init__(
        self, line: Line, weights: tuple[Band, ...], own: list[Choice], more: Iterator[Choice]
    ) -> None:
        self.line, self.bands = line, weights
        self.choices, self._more = own, more
        self._last = 0
        self.whole = False
        self.widen(FEW)

    def widen(self, count: int) -> None:
        """Look at so many more."""
        found = list(islice(self._more, count))
        self.choices += found
        self.whole = len(found) < count
        self._last = found[-1].time if found else self._last

    def beyond(self, band: Band) -> int:
        """What anybody who is not among the choices costs, at the least."""
        return self._last * band.weight + MOVED * SCALE

    def need(self, band: Band, sources: list[Source]) -> Need:
        """Of a line that goes as a whole, only whoever has all of it counts."""
        costs = (
            (choice.source, choice.time * band.weight + MOVED * SCALE * choice.anew)
            for choice in self.choices
            if not self.line.whole or sources[choice.source].units >= self.line.target
        )
        return Need(band.units, NOBODY * band.weight, tuple(costs))


class Instance:
    """The problem as of a state. `lines` that are short, `sources` of units for them."""

    def __init__(self, area: Area, operation: Operation, at: Instant) -> None:
        self._area, self._operation, self._at = area, operation, at
        self.sources: list[Source] = []
        self._free: dict[tuple[OrganizationId, str], int] = {}
        self._movable: dict[str, list[int]] = {}
        found = [line for line in operation.lines.rows.values() if self._plans(line)]
        found.sort(key=lambda line: (line.priority, line.opened_at, line.id))
        own = [self._own(line) for line in found]
        self.lines = [
            Short(line, bands(operation, line), choices, self._others(line))
            for line, choices in zip(found, own, strict=True)
        ]

    def _plans(self, line: Line) -> bool:
        due = line.wake_at is not None and line.wake_at <= self._at
        return bool(missing(line)) and not due and asks(self._operation, line, self._at)

    def _own(self, line: Line) -> list[Choice]:
        """Those whose answers for the line are awaited."""
        choices = []
        for offer in asked_on(self._operation, line):
            number = self._add(offer.organization, offer.quantity, offer)
            choices.append(Choice(taken(offer.meters), number, anew=False))
            if movable(offer):
                self._movable.setdefault(line.skill, []).append(number)
        return choices

    def _add(self, key: OrganizationId, units: int, offer: Offer | None) -> int:
        self.sources.append(Source(self._area.registry.organizations[key], units, offer))
        return len(self.sources) - 1

    def _others(self, line: Line) -> Iterator[Choice]:
        """Whoever is free, and whoever might be asked for this instead, the nearest first."""
        return merge(self._idle(line), self._asked_elsewhere(line))

    def _idle(self, line: Line) -> Iterator[Choice]:
        """Those whom nobody has asked; of them, whoever was asked for the demand before is first in
        no order, and is passed over: its own line asks it by itself."""
        before = dict.fromkeys(self._operation.asked_for.of(line.demand))
        place = self._operation.demands[line.demand].place
        for candidate in Search(self._area, self._operation, line, place, self._at):
            if candidate.organization in before:
                continue
            key = (candidate.organization, line.skill)
            if key not in self._free:
                self._free[key] = self._add(candidate.organization, candidate.units, None)
            yield Choice(taken(candidate.meters), self._free[key], anew=True)

    def _asked_elsewhere(self, line: Line) -> Iterator[Choice]:
        """Whoever has not answered for another line and passes every gate for this one."""
        ways = (
            (distance(self._operation, line, self.sources[number].organization), number)
            for number in self._movable.get(line.skill, ())
        )
        for meters, number in sorted(ways):
            organization, _, offer = self.sources[number]
            assert offer is not None
            if not gives_up(offer, line):
                continue
            held = moved_for(self._operation, line, offer)
            if bar_of(self._operation, line, organization, held, self._at) is None:
                yield Choice(taken(meters), number, anew=True)
