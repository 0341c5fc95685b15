"""The same need twice: what was published lately, of the same kind and close by.

Two callers tell of one flooded cellar. Both demands stay as they are published; the desk is shown
the first one and says whether it is the same.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import islice, product

from geo.distance import square_within, squared
from schemas.values import DemandId, IncidentId, Instant, Place, PlaceKind
from streams.area import Operation
from streams.entities import Demand
from streams.orderings import CUBE, Cube
from streams.parameters import SIMILAR_LOOKS, SIMILAR_METERS, SIMILAR_WITHIN


def lately(
    operation: Operation, incident: IncidentId, kind: str, place: Place, at: Instant
) -> DemandId | None:
    """The latest open demand of the incident and kind within reach; None for a place in general.

    A place that is only a township's says nothing about whether two needs are one. So many are
    looked at in each cube that the reach touches at the most, the latest first.
    """
    if place.kind is PlaceKind.DIVISION:
        return None
    found = [
        demand
        for cube in _touched(place)
        if (incident, kind, *cube) in operation.posted_in
        for demand in _in_cube(operation, incident, kind, cube, at)
        if squared(demand.place, place) <= square_within(SIMILAR_METERS)
    ]
    latest = max(found, key=lambda demand: (demand.published_at, demand.id), default=None)
    return None if latest is None else latest.id


def likeness(one: str, other: str) -> int:
    """How alike two texts are, in thousandths: twice the pairs of letters that both have, of all.

    Width, case, spaces and punctuation make no difference. A text of one letter is its own pair,
    and one without any is like no other.
    """
    pairs, others = _pairs(one), _pairs(other)
    count = pairs.total() + others.total()
    return 2000 * (pairs & others).total() // count if count else 0


def _pairs(text: str) -> Counter[str]:
    """Neighboring letters and digits: they tell Chinese apart as well as languages with spaces."""
    letters = "".join(
        letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum()
    )
    return Counter(letters[at : at + 2] for at in range(max(1, len(letters) - 1)) if letters)


def _touched(place: Place) -> Iterator[Cube]:
    """The cubes of space that lie within reach of a place in part: two along each axis at most."""
    sides = (_along(place.x), _along(place.y), _along(place.z))
    return ((x, y, z) for x, y, z in product(*sides))


def _along(centimeters: int) -> range:
    reach = SIMILAR_METERS * 100
    return range((centimeters - reach) // CUBE, (centimeters + reach) // CUBE + 1)


def _in_cube(
    operation: Operation, incident: IncidentId, kind: str, cube: Cube, at: Instant
) -> Iterator[Demand]:
    since = (incident, kind, *cube, at - SIMILAR_WITHIN)
    latest_first = operation.posted.between(since, (incident, kind, *cube, at + 1))
    return (operation.demands[place[-1]] for place in islice(latest_first, SIMILAR_LOOKS))
