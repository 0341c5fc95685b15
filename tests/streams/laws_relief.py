"""The law of relief: a crew goes only when there is one in its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from schemas import facts as f
from schemas.turns import Turn

if TYPE_CHECKING:
    from tests.streams.laws import Watch

Wrong = Iterator[str]
MOMENT = 30_000


class Reliefs:
    """Who was asked to take whose place last, and which crew each request led to."""

    def __init__(self) -> None:
        self.asked: dict[str, str] = {}  # by crew: the offer
        self.crews: dict[str, str] = {}  # by offer: the crew
        self.arrived: dict[str, int] = {}

    def learn(self, fact: Any) -> None:
        match fact:
            case f.ReliefAsked():
                self.asked[fact.assignment] = fact.offer
            case f.AssignmentCommitted():
                self.crews[fact.offer] = fact.assignment
            case f.AssignmentArrived():
                self.arrived[fact.assignment] = fact.at


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
