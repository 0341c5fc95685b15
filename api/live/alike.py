"""Alike: which open demands may be the need that a desk is about to post.

Kept row by row as the board changes: by incident, kind and cube of space, in each by when they
were published; those that are known by their township alone, by that.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from typing import Any, NamedTuple

from sortedcontainers import SortedList

from geo.distance import ecef_centimeters, meters
from schemas.values import DemandId, DivisionCode, IncidentId, Instant, Place, PlaceKind
from schemas.views import DemandRow
from streams.orderings import CUBE
from streams.parameters import SIMILAR_LOOKS, SIMILAR_METERS, SIMILAR_WITHIN
from streams.similar import likeness

ALIKE_LEAST = 500  # thousandths, where nothing but words can tell
WORDS_MOST = 100  # of a text, as much as is compared

Centimeters = tuple[int, int, int]


class Like(NamedTuple):
    """A demand, how far it is from the place (None: not known), how alike in thousandths."""

    demand: DemandId
    meters: int | None
    words: int


class _Known(NamedTuple):
    at: Centimeters
    text: str


class Alike:
    """The open demands of one board, as far as a posting is held against them."""

    def __init__(self) -> None:
        self._known: dict[DemandId, _Known] = {}
        self._posted: dict[Any, SortedList[tuple[Instant, DemandId]]] = {}

    def find(
        self, incident: IncidentId, kind: str, place: Place, words: str, now: Instant
    ) -> list[Like]:
        """Those within reach that were published lately, the most similar words first.

        A place that is only a township's says nothing by itself: then only what is told in
        similar words of the same township is found.
        """
        if place.kind is PlaceKind.DIVISION:
            found = self._told_alike(incident, kind, place.division, words, now)
        else:
            found = self._near(incident, kind, (place.x, place.y, place.z), words, now)
        return sorted(found, key=lambda like: (-like.words, like.meters or 0, like.demand))

    def _told_alike(
        self, incident: IncidentId, kind: str, division: DivisionCode, words: str, now: Instant
    ) -> Iterator[Like]:
        for key in self._lately((incident, kind, division), now):
            alike = likeness(words, self._known[key].text)
            if alike >= ALIKE_LEAST:
                yield Like(key, None, alike)

    def _near(
        self, incident: IncidentId, kind: str, at: Centimeters, words: str, now: Instant
    ) -> Iterator[Like]:
        reach = SIMILAR_METERS * 100
        sides = (range((side - reach) // CUBE, (side + reach) // CUBE + 1) for side in at)
        for cube in product(*sides):
            for key in self._lately((incident, kind, cube), now):
                known = self._known[key]
                away = meters(sum((a - b) ** 2 for a, b in zip(at, known.at, strict=True)))
                if away <= SIMILAR_METERS:
                    yield Like(key, away, likeness(words, known.text))

    def _lately(self, where: Any, now: Instant) -> Iterator[DemandId]:
        """The latest first, and no more than is worth looking at."""
        posted = self._posted.get(where)
        if posted is not None:
            latest = posted.irange((now - SIMILAR_WITHIN, DemandId("")), reverse=True)
            yield from (key for _, key in islice(latest, SIMILAR_LOOKS))

    # Keeping

    def take(self, row: DemandRow, before: DemandRow | None) -> None:
        """Note a demand that is new, or has changed."""
        if before is not None:
            self.forget(before)
        if row.state != "closed":
            at = ecef_centimeters(row.lon, row.lat)
            self._known[row.id] = _Known(at, row.risk_statement[:WORDS_MOST])
            posted = self._posted.setdefault(_where(row, at), SortedList())
            posted.add((row.published_at, row.id))

    def forget(self, row: DemandRow) -> None:
        """Note that it has left the board, or is not what it was."""
        known = self._known.pop(row.id, None)
        if known is None:
            return
        where = _where(row, known.at)
        self._posted[where].remove((row.published_at, row.id))
        if not self._posted[where]:
            del self._posted[where]


def _where(row: DemandRow, at: Centimeters) -> Any:
    if row.approximate:
        return row.incident, row.kind, row.division
    return row.incident, row.kind, tuple(side // CUBE for side in at)
