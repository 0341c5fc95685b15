"""The same need twice: what was published lately, of the same kind and close by.

Two callers tell of one flooded cellar. Both demands stay as they are published; the desk is shown
the first one and says whether it is the same.
"""

from __future__ import annotations

from itertools import islice, product
from typing import Final

from geo.distance import square_within, squared
from schemas.values import DemandId, IncidentId, Instant, Place, PlaceKind
from streams.area import Operation, cube
from streams.entities import Demand
from streams.parameters import SIMILAR_LOOKS, SIMILAR_METERS, SIMILAR_WITHIN

_AROUND: Final = tuple(product((-1, 0, 1), repeat=3))


def lately(
    operation: Operation, incident: IncidentId, kind: str, place: Place, at: Instant
) -> DemandId | None:
    """The latest open demand of the incident and kind within reach; None for a place in general.

    A place that is only a township's says nothing about whether two needs are one. So many are
    looked at in each cube around at the most, the latest first.
    """
    if place.kind is PlaceKind.DIVISION:
        return None
    x, y, z = cube(place)
    found = [
        demand
        for dx, dy, dz in _AROUND
        for demand in _in_cube(operation, incident, kind, (x + dx, y + dy, z + dz), at)
        if squared(demand.place, place) <= square_within(SIMILAR_METERS)
    ]
    latest = max(found, key=lambda demand: (demand.published_at, demand.id), default=None)
    return None if latest is None else latest.id


def _in_cube(
    operation: Operation, incident: IncidentId, kind: str, where: tuple[int, int, int], at: Instant
) -> list[Demand]:
    since = (incident, kind, *where, at - SIMILAR_WITHIN)
    latest_first = operation.posted.between(since, (incident, kind, *where, at + 1))
    return [operation.demands[place[-1]] for place in islice(latest_first, SIMILAR_LOOKS)]
