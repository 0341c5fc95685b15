"""The laws of whoever is where another crew was told to leave: nobody is forgotten inside."""

from __future__ import annotations

from collections.abc import Iterator
from math import dist
from typing import TYPE_CHECKING, Any

from schemas import facts as f
from schemas.turns import Turn

if TYPE_CHECKING:
    from tests.streams.laws import Watch

Wrong = Iterator[str]
NEAR = 200  # meters
WITHIN = 180_000  # then the desk above knows
ROUND = 120_000  # of ticks, until what is due is done


class Places:
    """By demand: the orders by which crews have left its place, as long as they stand there."""

    def __init__(self) -> None:
        self.left: dict[str, dict[str, None]] = {}
        self.stays: dict[str, str] = {}  # by crew: why it may stay

    def learn(self, watch: Watch, fact: Any) -> None:
        match fact:
            case f.CrewInstructed() if fact.place:
                demand = _demand(watch, fact.assignment)
                self.left.setdefault(demand, {})[fact.instruction] = None
            case f.DemandHeld(crew=str(crew), instruction=str(instruction)):
                self.left.setdefault(_demand(watch, crew), {})[instruction] = None
            case f.InstructionLifted():
                for orders in self.left.values():
                    orders.pop(fact.instruction, None)
            case f.DemandResumed() | f.DemandClosed():
                for one in [one for one in self.left if _of(watch, one) == fact.demand]:
                    del self.left[one]
                self.left.pop(fact.demand, None)

    def around(self, watch: Watch, demand: str) -> bool:
        """Whether a crew at work for a demand is where another one was told to leave."""
        places = watch.books.crews.places
        return any(
            orders and (one == demand or _near(places[one].place, places[demand].place))
            for one, orders in self.left.items()
        )


def _demand(watch: Watch, crew: str) -> str:
    crews = watch.books.crews
    return crews.demands[crews.rows[crew].line]


def _of(watch: Watch, demand: str) -> str:
    """Which demand asks in its place, where that is another one."""
    return watch.rows[demand].leader or demand


def _near(one: Any, other: Any) -> bool:
    """Of places that are known; a division's seat says nothing."""
    if "division" in (one.kind, other.kind):
        return False
    return dist((one.x, one.y, one.z), (other.x, other.y, other.z)) <= NEAR * 100


def owed(watch: Watch, at: int) -> Wrong:
    """Whoever is at work where another crew was told to leave is told, may stay for a reason, or is
    asked about at its desk, and soon above it."""
    for crew in watch.books.crews.rows.values():
        row = watch.rows[crew.id]
        there = crew.live and not crew.withdrawing and crew.state != "reported_done"
        if not there and row.beside is not None:
            yield f"{at}: {crew.id} is told or gone, and its desk is asked about it"
        if not there or not watch.places.around(watch, _demand(watch, crew.id)):
            continue
        if row.beside is None:
            yield f"{at}: {crew.id} is forgotten where another crew has left"
        elif row.beside.stays is None:
            yield from _climbs(crew.id, row.beside, watch.books.crews.quiet_until, at)


def _climbs(crew: str, view: Any, quiet_until: int, at: int) -> Wrong:
    if (view.climbs_at is None) == (view.climbed_at is None):
        yield f"{at}: nobody is waited for about {crew}"
    if view.climbed_at is None and at > max(view.since, quiet_until) + WITHIN + ROUND:
        yield f"{at}: the desk above has not heard of {crew} in time"


def over(watch: Watch, at: int) -> Wrong:
    """Nobody's desk is asked about a place that nobody left, or that is safe again."""
    for row in watch.rows.values():
        view = getattr(row, "beside", None)
        if view is not None and not watch.places.left.get(view.demand):
            yield f"{at}: {row.id} is asked about, and the place is safe"


def spared(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """Whoever may stay is not told with the others."""
    if not isinstance(fact, f.CrewInstructed) or fact.beside is None:
        return
    view = watch.rows[fact.assignment].beside
    if view is None or view.stays is not None:
        yield f"{turn.sequence}: {fact.assignment} is told too, and may stay"
