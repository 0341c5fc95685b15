"""Plans: what offers lead to, and what crews are owed, looked at together."""

from __future__ import annotations

from typing import NamedTuple

from api.reach.notices import Notice, Plan
from api.reach.owing import Owing
from api.reach.planning import Planner
from schemas.values import Instant, OfferId


class Plans(NamedTuple):
    """Both planners."""

    offers: Planner
    crews: Owing

    def note(self, notice: Notice, now: Instant) -> None:
        """What has become of a notice; what failed makes room for the next rung."""
        self.offers.note(notice, now)
        self.crews.note(notice, now)

    def look_at_all(self, now: Instant) -> None:
        """Somebody's addresses, or a channel, have changed."""
        self.offers.look_at_all(now)
        self.crews.look_at_all(now)

    def due(self, now: Instant) -> Plan:
        """What is to be sent by now, and of whom nothing is left to try."""
        plan = self.offers.due(now)
        plan.notices.extend(self.crews.due(now))
        return plan

    def awaits(self, offer: OfferId) -> bool:
        """Whether an answer is awaited."""
        return self.offers.offer(offer) is not None
