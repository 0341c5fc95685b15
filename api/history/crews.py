"""What history says of crews: how long they took to set out, to arrive, and how long they stayed.

Of all rounds of a line, and of those that came by themselves as well: these have helped, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from schemas.values import Instant, Milliseconds
from streams.days import day_of

SPANS: Final = ("turnout", "travel", "on_scene")
"""What is measured of a crew, in the order of its numbers in `Crew.spans`."""

CREWS: Final = """
SELECT demands.incident, demands.division, demands.kind, demands.priority, demands.published_at,
    crews.organization, crews.organization_name, crews.quantity, crews.people, crews.unasked,
    crews.committed_at, crews.starts_at, crews.set_off_at, crews.arrived_at, crews.reported_at,
    crews.ended_at
FROM demands JOIN assignments AS crews ON crews.demand = demands.id
WHERE demands.area = ? AND demands.operation = ? AND demands.number > 0
    AND demands.published_at >= ? AND demands.published_at < ?
    AND (demands.division IN (SELECT value FROM json_each(?))
        OR demands.sender IN (SELECT value FROM json_each(?)))
"""
"""One row a crew, as `Crew` has it; the same arguments as for lines."""


class Crew(NamedTuple):
    """One crew, with what is counted of it under the keys of its demand."""

    incident: str
    division: str
    kind: str
    priority: int
    published: Instant
    organization: str
    name: str
    quantity: int
    people: int | None
    unasked: int
    committed: Instant
    starts: Instant
    set_off: Instant | None
    arrived: Instant | None
    reported: Instant | None
    ended: Instant | None

    @property
    def keys(self) -> tuple[str, ...]:
        """As those of a line: in the order of measuring.WAYS."""
        day = day_of(self.published)
        return (str(self.priority), self.incident, self.division, self.kind, day)

    @property
    def spans(self) -> Iterator[tuple[int, Milliseconds]]:
        """Those that have come to an end, each by its number.

        Who is on record as setting off in the moment that it arrived has said only that it was
        there: how long it took to set out, and how long the road was, nobody knows. Who came by
        itself was on its way before its yes.
        """
        told = self.set_off is not None and self.set_off != self.arrived
        if told and self.set_off is not None and not self.unasked:
            yield 0, max(0, self.set_off - max(self.committed, self.starts))
            if self.arrived is not None:
                yield 1, self.arrived - self.set_off
        over = self.reported or self.ended
        if self.arrived is not None and over is not None:
            yield 2, over - self.arrived

    def there(self, now: Instant) -> Milliseconds:
        """How long it has been on the scene."""
        return 0 if self.arrived is None else self._over(now) - self.arrived

    def out(self, begin: Instant, end: Instant, now: Instant) -> Milliseconds:
        """How long of a time it was away, from setting off; its way home nobody tells of."""
        left = self.set_off if self.set_off is not None else self.arrived
        return 0 if left is None else max(0, min(self._over(now), end) - max(left, begin))

    def _over(self, now: Instant) -> Instant:
        return self.reported or self.ended or now
