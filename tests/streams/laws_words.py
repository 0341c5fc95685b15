"""The laws of words: nobody is committed to what it has not read, and no yes is taken for silence.

They keep their own book of what each demand said in each of its revisions.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from schemas import facts as f
from schemas.commands import AcceptOffer
from schemas.turns import Turn
from schemas.views import AssignmentRow
from tests.streams.books import ANSWER

if TYPE_CHECKING:
    from tests.streams.laws import Watch

Wrong = Iterator[str]
NAMES = ("kind", "place", "risk", "rally_point", "way_in")
MATTER = NAMES[:4]
Said = dict[str, Any]


class Words:
    """What demands have said by revision, what crews know of it, and whose yes has come."""

    def __init__(self) -> None:
        self.said: dict[str, dict[int, Said]] = {}
        self.known: dict[str, int] = {}  # by crew: up to which revision
        self.demand_of: dict[str, str] = {}  # of an offer or a crew
        self.answered: dict[str, int] = {}  # by offer: what its yes answers
        self.rested: dict[str, tuple[int, int]] = {}  # by offer: the revision, and until when

    def learn(self, fact: Any) -> None:
        match fact:
            case f.DemandPublished() | f.DemandDrafted():
                self.said[fact.demand] = {1: _words(fact, fact.kind, fact.place)}
            case f.DemandAmended():
                self.said[fact.demand][fact.revision] = _words(fact, fact.kind, fact.place)
            case f.DemandTakenBack():
                now = self.now(fact.demand)
                self.said[fact.demand][fact.revision] = {**now, "place": fact.place}
            case f.OfferSent() | f.CrewReceived():
                self.demand_of[fact.offer] = fact.demand
            case f.OfferAccepted() | f.StandbyOffered():
                self.answered[fact.offer] = fact.revision
            case f.YesOutdated():
                self._not_taken(fact)
            case f.AssignmentCommitted():
                self.demand_of[fact.assignment] = fact.demand
                self.known[fact.assignment] = self.answered[fact.offer]
            case f.WordsSeen():
                self.known[fact.assignment] = fact.revision

    def _not_taken(self, fact: f.YesOutdated) -> None:
        """It has time to say it again, once for each change."""
        last = max(self.said[self.demand_of[fact.offer]])
        if self.rested.get(fact.offer, (0, 0))[0] < last:
            self.rested[fact.offer] = (last, fact.at)

    def now(self, demand: str) -> Said:
        said = self.said[demand]
        return said[max(said)]

    def changed(self, demand: str, since: int) -> list[str]:
        """The words that were said anew behind a revision, be it back and forth."""
        order = sorted(self.said[demand])
        pairs = [(old, new) for old, new in itertools.pairwise(order) if new > since]
        said = self.said[demand]
        return [
            name for name in NAMES if any(said[old][name] != said[new][name] for old, new in pairs)
        ]


def _words(fact: Any, kind: str, place: Any) -> Said:
    texts = (kind, place, fact.risk_statement, fact.rally_point, fact.way_in)
    return dict(zip(NAMES, texts, strict=True))


def answered(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """A yes counts for the words that it was said to, and only where these still stand."""
    command = turn.command
    if not isinstance(command, AcceptOffer) or command.revision is None:
        return
    if isinstance(fact, f.OfferAccepted | f.StandbyOffered | f.YesOutdated):
        changed = watch.words.changed(watch.words.demand_of[fact.offer], command.revision)
        anew = [name for name in changed if name in MATTER]
        if isinstance(fact, f.YesOutdated) != bool(anew):
            yield f"{turn.sequence}: {type(fact).__name__} of {fact.offer}, with {anew} changed"


def heard(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """Whoever has said yes to earlier words is not called silent before it could say it again."""
    if isinstance(fact, f.OfferExpired) and fact.offer in watch.words.rested:
        rest = ANSWER[watch.books.asks[fact.offer].priority] // 4
        _, since = watch.words.rested[fact.offer]
        if fact.at < since + rest:
            yield f"{turn.sequence}: {fact.offer} is called silent, and has said yes at {since}"


def unread(watch: Watch, at: int) -> Wrong:
    """A crew at work is shown what has changed since it knew its demand's words, and all of it."""
    for row in watch.rows.values():
        if isinstance(row, AssignmentRow):
            changed = watch.words.changed(row.demand, watch.words.known[row.id])
            if [word.value for word in row.changed] != changed:
                yield f"{at}: {row.id} is shown {row.changed}, and {changed} have changed"
