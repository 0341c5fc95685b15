"""What the laws' books learn of crews that leave: for how long each is not asked again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from schemas import facts as f
from schemas.turns import Turn
from tests.streams.book_entries import Pause

if TYPE_CHECKING:
    from tests.streams.books import Books

MINUTE, HOUR = 60_000, 3_600_000


def no_crew(priority: int) -> int:
    return 30 * MINUTE if priority == 1 else 2 * HOUR


def _gave_up(books: Books, fact: f.AssignmentGivenUp, turn: Turn) -> None:
    crew = books.crews.rows[fact.assignment]
    line = books.lines[crew.line]
    pause = Pause(fact.at + no_crew(books.priority(line)), "force", turn.sequence)
    _paused(books, crew, pause)


def _sent_away(books: Books, fact: f.AssignmentStoodDown, turn: Turn) -> None:
    """Whom a desk has withdrawn, or another crew relieved, it does not ask again for it at once;
    unless everybody was told to leave, which judges nobody."""
    if fact.again_at is not None:
        crew = books.crews.rows[fact.assignment]
        line = books.lines[crew.line]
        if any(told.everybody for told in crew.told.values()):
            pause = Pause(fact.at, None, turn.sequence)
        elif fact.reason == "relieved":  # whoever was there for long rests a night
            pause = Pause(fact.at + 8 * HOUR, "force", turn.sequence)
        else:
            pause = Pause(fact.at + no_crew(books.priority(line)), "force", turn.sequence)
        _paused(books, crew, pause)
    else:
        _released(books, fact, turn)


def _undone(books: Books, fact: f.StepUndone, turn: Turn) -> None:
    """Whoever did not mean to give up may be asked for more, as before."""
    crew = books.crews.rows[fact.assignment]
    said = _said(books, crew)
    if not crew.live and said is not None:
        again = Pause(None, "force", 0) if crew.withdrawing else said
        _paused(books, crew, again._replace(turn=turn.sequence))


def _said(books: Books, crew: Any) -> Pause | None:
    """What was last said to its organization of being asked again for this line."""
    pair, own = books.pairs.get((crew.line, crew.team)), books.asks[crew.offer]
    newest = own if pair is None else books.asks.get(pair.newest, own)
    ended = newest.round == own.round and newest.state != "sent"
    return newest.pause if ended else own.pause


def _paused(books: Books, crew: Any, pause: Pause) -> None:
    pair = books.pairs.get((crew.line, crew.team))
    if pair is not None and pair.round == crew.round:
        pair.pause = pause


def withheld(books: Books, turn: Turn) -> None:
    """Whoever is told to leave is not asked for more of the same; who goes on, as before."""
    for crew in books.crews.turned:
        _as_told(books, crew, turn)
    books.crews.turned.clear()


def _as_told(books: Books, crew: Any, turn: Turn) -> None:
    said = _said(books, crew)
    if crew.live and crew.withdrawing:
        _paused(books, crew, Pause(None, "force", turn.sequence))
    elif said is not None:
        _paused(books, crew, said._replace(turn=turn.sequence))


def _released(books: Books, fact: f.AssignmentReleased | f.AssignmentStoodDown, turn: Turn) -> None:
    """Its work is over: what it was told keeps it from nothing any more."""
    crew = books.crews.rows[fact.assignment]
    if crew.withdrawing and (pause := _said(books, crew)) is not None:
        _paused(books, crew, pause._replace(turn=turn.sequence))


LEARNERS: dict[type, Callable[[Any, Any, Turn], None]] = {
    f.AssignmentGivenUp: _gave_up,
    f.AssignmentStoodDown: _sent_away,
    f.StepUndone: _undone,
    f.AssignmentReleased: _released,
}
