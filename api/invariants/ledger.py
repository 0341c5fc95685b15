"""What a log says of everybody in it, folded from its JSON once more and by other means.

Nothing here comes from the rules: the fields are those of the published JSON Schemas, and what a
fact changes is written out a second time in `learning.py`. Where both agree, both would have to be
wrong.
"""

from __future__ import annotations

from api.invariants.entries import Crew, Demand, Grant, Incident, Line, Offer, Organization, Task
from api.invariants.record import Turn


class Ledger:
    """All of it at a point of the log; `turn` is the present one."""

    def __init__(self) -> None:
        self.turn: Turn
        self.purpose = ""
        self.modes: dict[str, str | None] = {}  # of operations
        self.grants: dict[str, list[Grant]] = {}
        self.organizations: dict[str, Organization] = {}
        self.incidents: dict[str, Incident] = {}
        self.demands: dict[str, Demand] = {}
        self.lines: dict[str, Line] = {}
        self.offers: dict[str, Offer] = {}
        self.newest: dict[tuple[str, str], str] = {}  # by line and organization: its last offer
        self.crews: dict[str, Crew] = {}
        self.reliefs: dict[str, str] = {}  # by offer: the crew whose place it is about
        self.of_line: dict[str, list[Crew]] = {}
        self.of_team: dict[str, list[Crew]] = {}
        self.tasks: dict[str, Task] = {}
        self.closed: dict[str, str | None] = {}  # who closed it: an incident, or (None) some place
        self.lost = 0  # milliseconds of standstills, in all

    def covered(self, line: str) -> int:
        """Units at work on a line, done with it, or of the township's own crew; present round.

        Whoever is to take the place of a crew that is there is not one more.
        """
        known = self.lines[line]
        crews = [crew for crew in self.of_line.get(line, ()) if crew.round == known.round]
        counted = [c for c in crews if (c.live and c.relieves is None) or c.state == "released"]
        return known.own + sum(crew.quantity for crew in counted)

    def held(self, organization: str, skill: str | None = None) -> int:
        """Units that it has given its word for: of a skill, or of all."""
        crews = [crew for crew in self.of_team.get(organization, ()) if crew.live]
        return sum(c.quantity for c in crews if skill in (None, self.lines[c.line].skill))

    def missing(self, line: str) -> int:
        """Units that a line is short of, if organizations are asked for it at all."""
        known = self.lines[line]
        return max(0, known.target - self.covered(line)) if self.asking(known) else 0

    def asking(self, line: Line) -> bool:
        """Whether organizations are asked for it, if it is short; while a zone is closed: unknown,
        and no."""
        demand = self.demands[line.demand]
        asks = demand.state == "published" and not demand.held and demand.leader is None
        return asks and not line.dropped and not self._closed(demand.incident)

    def _closed(self, incident: str) -> bool:
        return any(where in (None, incident) for where in self.closed.values())
