"""Laws of plans: nobody is asked away from a request but for something at least as urgent, once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from schemas import commands as c
from schemas import facts as f
from schemas.turns import Turn
from schemas.values import StandDownReason

if TYPE_CHECKING:
    from tests.streams.laws import Watch

Wrong = Iterator[str]
WORTH = 20 * 60_000  # by weight, for each who is moved


def moved(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """Whose request a plan takes back is asked in the same turn, for something as urgent; whom a
    plan has asked, no plan asks away again."""
    if not isinstance(fact, f.OfferStoodDown) or fact.reason is not PLANNED:
        return
    ask = watch.books.asks[fact.offer]
    if not isinstance(turn.command, c.ProposePlan) or fact.offer not in watch.books.open_asks:
        yield f"{turn.sequence}: {fact.offer} is moved, and is not to be"
    if ask.id in watch.planned:
        yield f"{turn.sequence}: {ask.team} is moved once more"
    new = [one for one in _planned(turn) if one.organization == ask.team]
    urgent = [watch.books.priority(watch.books.lines[one.line]) for one in new]
    if not urgent or max(urgent) > ask.priority:
        yield f"{turn.sequence}: {ask.team} is moved to nothing as urgent"


def worth(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """Nobody is asked away from a request for less than that is worth."""
    if not isinstance(fact, f.PlanTaken) or not isinstance(turn.command, c.ProposePlan):
        return
    gone = [one for one in turn.facts if isinstance(one, f.OfferStoodDown)]
    moves = sum(one.reason is PLANNED for one in gone)
    if fact.saved < moves * WORTH or (fact.taken and not fact.saved):
        yield f"{turn.sequence}: {moves} are moved for {fact.saved} ms"
    if fact.taken != len(_planned(turn)):
        yield f"{turn.sequence}: {fact.taken} requests are said to be taken"
    if fact.taken + len(fact.left) != len(turn.command.pairs):
        yield f"{turn.sequence}: some pairs are neither taken nor left"


def remember(watch: Watch, turn: Turn) -> None:
    watch.planned.update((one.offer, None) for one in _planned(turn))


def _planned(turn: Turn) -> list[f.OfferSent]:
    sent = (fact for fact in turn.facts if isinstance(fact, f.OfferSent))
    return [fact for fact in sent if fact.by_plan is not None]


PLANNED = StandDownReason.PLANNED_ELSEWHERE
