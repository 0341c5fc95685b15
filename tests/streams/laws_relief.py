"""The laws of relief: a crew goes only when there is one in its place, and whoever is to say
whether it is relieved is asked, and those above as well when they do not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, get_args

from schemas import facts as f
from schemas.turns import Turn

if TYPE_CHECKING:
    from tests.streams.laws import Watch

Wrong = Iterator[str]
MOMENT = 30_000
HOUR = 3_600_000
CLIMB = {1: 180_000, 2: 600_000, 3: HOUR, 4: HOUR}
ROUND = 120_000  # of ticks, until what is due is done
NO = (f.OfferDeclined, f.OfferExpired, f.OfferUnreachable, f.OfferStoodDown)
OVER = (f.AssignmentStoodDown, f.AssignmentGivenUp, f.AssignmentReleased)
SAID = (*get_args(f.ReliefFact), f.AssignmentReportedDone, *OVER)


class Reliefs:
    """Who was asked to take whose place last, and which crew each request led to.

    `until`: when a crew's desk is asked at the latest, since nobody has said yes; `above`: when the
    desk above it is, which is not about a crew that says that it has done.
    """

    def __init__(self) -> None:
        self.asked: dict[str, str] = {}  # by crew: the offer
        self.crews: dict[str, str] = {}  # by offer: the crew
        self.arrived: dict[str, int] = {}
        self.until: dict[str, int] = {}
        self.above: dict[str, int] = {}

    def learn(self, watch: Watch, fact: Any) -> None:
        if isinstance(fact, NO):
            for crew in self._of(fact.offer):
                if crew in self.until:
                    self.until[crew] = fact.at
        elif isinstance(fact, SAID):
            self._over(fact.assignment)
        self._begin(watch, fact)

    def _begin(self, watch: Watch, fact: Any) -> None:
        match fact:
            case f.ReliefAsked():
                self.asked[fact.assignment] = fact.offer
                self.until[fact.assignment] = fact.at + HOUR
            case f.ReliefDue():
                self.above[fact.assignment] = fact.at + _climb(watch, fact.assignment)
            case f.AssignmentCommitted():
                self.crews[fact.offer] = fact.assignment
                for crew in self._of(fact.offer):
                    self._over(crew)
            case f.AssignmentArrived():
                self.arrived[fact.assignment] = fact.at
            case f.Resumed():
                for known in (self.until, self.above):
                    known.update({key: at + fact.lost for key, at in known.items()})

    def _of(self, offer: str) -> list[str]:
        return [crew for crew, asked in self.asked.items() if asked == offer]

    def _over(self, crew: str) -> None:
        for known in (self.until, self.above):
            known.pop(crew, None)


def _climb(watch: Watch, crew: str) -> int:
    return CLIMB[watch.books.needs[watch.rows[crew].demand].priority]


def answered(watch: Watch, at: int) -> Wrong:
    """A relief that nobody answers stands on somebody's list, and in time at the county, too."""
    for crew, until in watch.reliefs.until.items():
        if at > until + ROUND:
            yield f"{at}: nobody comes in the place of {crew}, and its desk is not asked"
    for crew, until in watch.reliefs.above.items():
        shown = watch.rows[crew].relief
        if shown is None or shown.due_at is None:
            yield f"{at}: whether {crew} is relieved is to be said, and its row does not show it"
        if at > until + ROUND:
            yield f"{at}: nobody says whether {crew} is relieved, and nobody above is asked"


def no_gap(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """Whoever goes since another one has come leaves as much behind as was there before that."""
    if not isinstance(fact, f.AssignmentStoodDown) or fact.reason != "relieved":
        return
    reliefs, crews = watch.reliefs, watch.books.crews.rows
    new = reliefs.crews.get(reliefs.asked.get(fact.assignment, ""))
    if new is None or not crews[new].live:
        yield f"{turn.sequence}: {fact.assignment} goes, and nobody is in its place"
    elif fact.at < reliefs.arrived.get(new, fact.at) + MOMENT:
        yield f"{turn.sequence}: {fact.assignment} goes before {new} has been there for a moment"
    elif crews[new].withdrawing:
        yield f"{turn.sequence}: {fact.assignment} goes, and {new} was told to leave"
    if watch.rows[fact.assignment].inside:
        yield f"{turn.sequence}: {fact.assignment} goes, and some of it are inside"
