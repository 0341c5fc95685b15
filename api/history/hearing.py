"""What history says of requests: which of them somebody heard of, by what, and after how long."""

from __future__ import annotations

from typing import Final, NamedTuple

from schemas.values import Instant, Milliseconds, Reach
from streams.days import day_of

REQUESTS: Final = """
SELECT demands.incident, demands.division, demands.kind, demands.priority, demands.published_at,
    offers.reached_by, offers.reached_at - offers.sent_at,
    offers.state IN ('accepted', 'declined', 'standby'), count(*)
FROM demands JOIN offers ON offers.demand = demands.id
WHERE demands.area = ? AND demands.operation = ?
    AND demands.published_at >= ? AND demands.published_at < ?
    AND (demands.division IN (SELECT value FROM json_each(?))
        OR demands.sender IN (SELECT value FROM json_each(?)))
    AND NOT offers.unasked
GROUP BY demands.id, 6, 7, 8
"""
"""Requests that are alike, as `Requests` has them; the same arguments as for lines."""


class Requests(NamedTuple):
    """So many requests for one demand that were reached alike; `answered`: whatever reached it."""

    incident: str
    division: str
    kind: str
    priority: int
    published: Instant
    by: Reach | None
    after: Milliseconds | None
    answered: int
    many: int

    @property
    def keys(self) -> tuple[str, ...]:
        """As those of a line: in the order of measuring.WAYS."""
        day = day_of(self.published)
        return (str(self.priority), self.incident, self.division, self.kind, day)
