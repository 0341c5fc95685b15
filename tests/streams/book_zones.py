"""What the laws' books learn of closed zones, with a library's own geometry."""

from __future__ import annotations

from collections.abc import Callable
from math import dist
from typing import Any, NamedTuple

import shapely

from schemas import facts as f
from schemas.turns import Turn


class Shut(NamedTuple):
    """A closed zone, or an incident that everybody is told to leave."""

    incident: str
    zone: Any

    def holds(self, need: Any) -> bool:
        """Whether a need lies there."""
        return holds(self.incident, self.zone, need)


def holds(incident: str, zone: Any, need: Any) -> bool:
    """Whether an instruction to an incident, or inside a zone, is about a need."""
    if zone is None:
        return bool(need.incident == incident)
    place, other = zone.place, need.place
    if zone.radius:
        far = dist((place.x, place.y, place.z), (other.x, other.y, other.z))
        return bool(far <= zone.radius * 100)
    ring = zip(place.shape[::2], place.shape[1::2], strict=True)
    return bool(shapely.Polygon(list(ring)).intersects(shapely.Point(other.lon, other.lat)))


def _told(books: Any, fact: f.IncidentInstructed, turn: Turn) -> None:
    if fact.zone is not None or fact.what in ("stop", "withdraw", "zone_closed"):
        books.zones[fact.instruction] = Shut(fact.incident, fact.zone)


def _lifted(books: Any, fact: f.InstructionLifted, turn: Turn) -> None:
    books.zones.pop(fact.instruction, None)


LEARNERS: dict[type, Callable[[Any, Any, Turn], None]] = {
    f.IncidentInstructed: _told,
    f.InstructionLifted: _lifted,
}
