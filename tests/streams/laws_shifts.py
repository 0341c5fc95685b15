"""The law of shifts: what was handed over somebody has, and what nobody takes is told in time.

It keeps its own book of who has which desk, and of who has acted there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from schemas import facts as f
from schemas.commands import Resume, Tick
from schemas.turns import Turn
from schemas.views import AccountRow

if TYPE_CHECKING:
    from tests.streams.laws import Watch

Wrong = Iterator[str]
TAKEN_WITHIN, CLIMBS = 15 * 60_000, 30 * 60_000
ROUND = 120_000  # of ticks, until what is due is done


class Waits(NamedTuple):
    """For somebody to take it: until when its desk is told, or else the desk above."""

    until: int
    above: bool


class Shifts:
    """Who has the shift of a desk, and which of them nobody has taken yet."""

    def __init__(self) -> None:
        self.has: dict[str, str] = {}
        self.waits: dict[str, Waits | None] = {}  # None: all have been told

    def act(self, watch: Watch, turn: Turn) -> None:
        """Somebody of a desk has done something: whoever is above is told later."""
        if turn.refusal is not None or isinstance(turn.command, Tick | Resume):
            return
        if turn.operation != watch.play.operation.id:
            return
        row = watch.rows.get(turn.actor)
        grants = row.grants if isinstance(row, AccountRow) else ()
        for grant in grants:
            there = str(grant.division)
            over = grant.until is not None and turn.at >= grant.until
            if grant.role != "desk" or over or there not in self.waits:
                continue
            known = self.waits[there]
            if known is None or known.above:
                self.waits[there] = Waits(turn.at + CLIMBS, above=True)

    def learn(self, fact: Any) -> None:
        match fact:
            case f.ShiftTaken():
                self.has[fact.division] = fact.account
                self.waits.pop(fact.division, None)
            case f.ShiftHandedOver():
                self.waits[fact.division] = Waits(fact.at + TAKEN_WITHIN, above=False)
            case f.ShiftUntaken():
                self.waits[fact.division] = Waits(fact.at + CLIMBS, above=True)
            case f.ShiftClimbed():
                self.waits[fact.division] = None
            case f.Resumed():
                for key, known in self.waits.items():
                    if known is not None:
                        self.waits[key] = known._replace(until=known.until + fact.lost)


def told(watch: Watch, at: int) -> Wrong:
    """Who has a desk is on its row; a shift that nobody takes stands there, and then above."""
    rows = {row.division: row for row in watch.rows.values() if type(row).__name__ == "ShiftRow"}
    for desk, account in watch.shifts.has.items():
        if rows[desk].account != account:
            yield f"{at}: {account} has the shift at {desk}, and {rows[desk].account} is shown"
    for desk, known in watch.shifts.waits.items():
        if rows[desk].handed_at is None:
            yield f"{at}: the shift at {desk} waits to be taken, and is not shown so"
        if known is None:
            above = True
        elif at > known.until + ROUND:
            yield f"{at}: nobody takes the shift at {desk}, and nobody is told"
            continue
        else:
            above = False
        if above != (rows[desk].climbed_at is not None):
            yield f"{at}: the shift at {desk} is shown to the desk above, or not, wrongly"


def early(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """Nobody is told before its time, nor while somebody of the desk goes on acting."""
    if isinstance(fact, f.ShiftUntaken | f.ShiftClimbed):
        known = watch.shifts.waits.get(fact.division)
        if known is None or fact.at < known.until:
            yield f"{turn.sequence}: {type(fact).__name__} of {fact.division} is too early"
