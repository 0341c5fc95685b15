"""The laws of handing up: one desk answers for each demand, and nothing in between is forgotten.

They keep their own book of who has handed up what, and who has taken it on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from schemas import commands as c
from schemas import facts as f
from schemas.turns import Turn
from schemas.views import AssignmentRow, TaskRow
from tests.streams.laws_nobody import unserved
from tests.streams.world import COUNTY, DESK

if TYPE_CHECKING:
    from tests.streams.laws import Watch

Wrong = Iterator[str]
CLIMB = {1: 180_000, 2: 600_000, 3: 3_600_000, 4: 3_600_000}
TOWNSHIPS = (DESK, "second desk")


class HandUps:
    """What waits for a desk above, until when, and what one of these has taken on."""

    def __init__(self) -> None:
        self.until: dict[str, int] = {}
        self.above: dict[str, str] = {}

    def learn(self, watch: Watch, fact: Any) -> None:
        match fact:
            case f.DemandHandedUp():
                self._over(fact.demand)
                self.until[fact.demand] = fact.at + CLIMB[watch.books.needs[fact.demand].priority]
            case f.DemandTakenOn():
                self._over(fact.demand)
                self.above[fact.demand] = fact.by
                self._anew(watch, fact)
            case f.DemandGivenBack():
                self._over(fact.demand)
                if fact.by is not None:
                    self._anew(watch, fact)
            case f.HandUpClimbed():
                del self.until[fact.demand]
            case f.DemandClosed():
                self.until.pop(fact.demand, None)
            case f.DemandAmended():
                if watch.rows[fact.demand].division != fact.place.division:
                    self.until.pop(fact.demand, None)
            case f.Resumed():
                self.until = {key: at + fact.lost for key, at in self.until.items()}

    def _over(self, demand: str) -> None:
        for known in (self.until, self.above):
            known.pop(demand, None)

    def _anew(self, watch: Watch, fact: Any) -> None:
        """A desk that has it now has its time to decide."""
        need = watch.books.needs[fact.demand]
        if need.draft:
            need.decide_by = fact.at + CLIMB[need.priority]


def one_desk(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """What the desk above has taken on, its township's desk reads, and does not decide any more."""
    demand = getattr(fact, "demand", None)
    if turn.actor not in TOWNSHIPS or isinstance(fact, f.DemandNoted | f.SealedTextOpened):
        return
    own = demand is not None and demand == getattr(turn.command, "demand", None)
    if own and demand in watch.hand_ups.above:
        yield f"{turn.sequence}: {turn.actor} decides on {demand}, which it has given away"


def undisturbed(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """Nobody who is asked or at work loses anything by who answers for it."""
    if isinstance(fact, f.DemandHandedUp | f.DemandTakenOn | f.DemandGivenBack):
        ends = (f.OfferStoodDown, f.AssignmentStoodDown)
        if any(isinstance(one, ends) for one in turn.facts):
            yield f"{turn.sequence}: somebody is stood down by {type(fact).__name__}"


def waited(watch: Watch, at: int) -> Wrong:
    """Who waits for whom is on the row, and climbs by its time; crews know whom to call."""
    ups = watch.hand_ups
    for need in watch.books.needs.values():
        row = watch.rows[need.id]
        desk = None if row.hand_up is None else row.hand_up.desk
        if desk != ups.above.get(need.id):
            yield f"{at}: {need.id} shows that {desk} answers for it"
        until = ups.until.get(need.id)
        if until is None:
            continue
        if row.hand_up is None or row.hand_up.state != "waiting":
            yield f"{at}: {need.id} was handed up, and is not shown so"
        if at > until + 120_000:
            yield f"{at}: {need.id} was handed up, and nobody says that it is forgotten"
    for row in watch.rows.values():
        working = isinstance(row, AssignmentRow) and row.ended_at is None
        if working and row.taken_on != ups.above.get(row.demand):
            yield f"{at}: {row.id} calls {row.taken_on}"


def given_back(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """What was given back is asked of its township's desk, and climbs if that says nothing."""
    if isinstance(fact, f.DemandGivenBack) and fact.by is not None:
        row = watch.rows[fact.demand]
        if row.climbs_at != fact.at + CLIMB[row.priority]:
            yield f"{turn.sequence}: {fact.demand} is given back, and nobody has to say anything"
        if turn.actor not in (COUNTY, "city"):
            yield f"{turn.sequence}: {turn.actor} gives back what it was never given"


def silently(watch: Watch, before: Any, after: Any, turn: Turn) -> Wrong:
    """What a desk owes an answer to is answered by that desk, or by one above that is asked, too;
    else it is over because the demand is."""
    if before is None or before.asked_at is None or before.state != "published":
        return
    if before.climbs_at is None and before.climbed_at is None:
        return
    if before.nobody_at is not None and after.priority <= 2 and not unserved(after):
        return  # somebody is asked after all, or it has its least
    over = after.asked_at is None and after.state == "published" and after.leader is None
    if not over or after.division != before.division:
        return
    desk = None if before.hand_up is None else before.hand_up.desk
    above = (COUNTY, "city")
    given_back = before.hand_up is not None and before.hand_up.state == "given_back"
    alone = given_back and before.climbed_at is None
    asked = above if desk else TOWNSHIPS if alone else (*TOWNSHIPS, *above)
    taken = isinstance(turn.command, c.TakeOnDemand)
    if turn.actor not in asked and not taken:
        yield f"{turn.sequence}: {turn.actor} answers for {after.id}, which another desk owes"


def filed(watch: Watch, at: int) -> Wrong:
    """A recovery task is in the incident of its demand: neither leaves without the other."""
    for row in watch.rows.values():
        if isinstance(row, TaskRow) and row.incident != watch.rows[row.demand].incident:
            yield f"{at}: {row.id} is not where {row.demand} is"
