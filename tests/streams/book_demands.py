"""What the laws' books learn of demands: closed, reopened, grouped, and lines of their own crew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas import facts as f
from schemas.turns import Turn

if TYPE_CHECKING:
    from tests.streams.books import Books


def refiled(books: Books, fact: f.DemandRefiled, _turn: Turn) -> None:
    """What all in its new incident are told is told to it, too."""
    books.needs[fact.demand].incident = fact.incident


def closed(books: Books, fact: f.DemandClosed, turn: Turn) -> None:
    books.needs[fact.demand].open = books.needs[fact.demand].held = False
    for key in books.needs[fact.demand].lines:
        books.lines[key].open = False


def reopened(books: Books, fact: f.DemandReopened, turn: Turn) -> None:
    need = books.needs[fact.demand]
    need.open, need.release_at = True, fact.at
    need.decide_by = fact.climbs_at or 0
    for line in map(books.lines.__getitem__, need.lines):
        if not line.dropped:
            line.open, line.round, line.own = True, line.round + 1, 0
            books.crews.reopened(line.id, line.round)


def grouped(books: Books, fact: f.DemandGrouped, turn: Turn) -> None:
    books.needs[fact.demand].leader = fact.leader


def ungrouped(books: Books, fact: f.DemandUngrouped, turn: Turn) -> None:
    books.needs[fact.demand].leader = None


def own_crew(books: Books, fact: f.OwnCrewSet, turn: Turn) -> None:
    books.lines[fact.line].own = fact.quantity


def dropped(books: Books, fact: f.LineDropped, turn: Turn) -> None:
    line = books.lines[fact.line]
    line.open, line.dropped = False, True
