"""Laws of waiting: for an answer as long as was said, and for a desk, which sees it and asks it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from schemas import facts as f
from schemas.turns import Turn
from tests.streams.book_entries import Ask
from tests.streams.books import DAY, until
from tests.streams.needs import midnight, reason, unfit

if TYPE_CHECKING:
    from tests.streams.laws import Watch

Wrong = Iterator[str]
THERE = ("duty", "leave", "hours", "rest", "daily_cap", "distance")
"""What keeps nobody from being asked who waits there already."""


def waiting(watch: Watch) -> list[Ask]:
    """Who waits for a desk's word; a newer request takes the place of that."""
    books = watch.books
    asks = [ask for ask in books.asks.values() if ask.state == "standby"]
    return [ask for ask in asks if books.pairs[ask.line, ask.team].newest == ask.id]


def unable(watch: Watch, at: int) -> Wrong:
    """Of whoever is asked and cannot say yes yet, its desk and it itself read that."""
    for ask in watch.books.open_asks.values():
        if watch.rows[ask.id].unproved is not ask.unproved:
            yield f"{at}: {ask.id} can say yes, and is shown as if not, or the other way round"


def shown(watch: Watch, at: int) -> Wrong:
    """Whoever waits for a desk's word is shown to that desk, since when, and until when."""
    for ask in waiting(watch):
        row, need = watch.rows[ask.id], watch.books.needs[watch.books.lines[ask.line].need]
        if row.state != "standby" or row.ended_at is None:
            yield f"{at}: {ask.id} waits for a desk, and its row is {row.state}"
        short = _short(watch, ask) and not row.at_once
        if (row.standby_until is None) is not short or (row.standby_until or at) < at:
            yield f"{at}: {ask.id} waits for a desk until {row.standby_until}"
        if watch.audiences[ask.id].division != need.place.division:
            yield f"{at}: {ask.id} waits for a desk that does not see it"


def _short(watch: Watch, ask: Ask) -> bool:
    """Whether units are missing on its line, for which its demand asks by itself."""
    line = watch.books.lines[ask.line]
    return line.open and watch.books.missing(line) > 0


def awaited(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """No clock thanks away who waits for the desk's word while units are missing on the line."""
    if isinstance(fact, f.OfferStoodDown) and fact.reason == "standby_over":
        ask = watch.books.asks[fact.offer]
        if _short(watch, ask) and not watch.rows[ask.id].at_once:
            yield f"{turn.sequence}: {ask.team} is thanked, and units are missing on {ask.line}"


def first(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """Before anybody else is looked for, whoever waits there by itself is asked, if it may be."""
    if not isinstance(fact, f.OfferSent) or fact.reason is not None:
        return
    line = watch.books.lines[fact.line]
    here = [
        ask
        for ask in waiting(watch)
        if ask.unasked and watch.books.lines[ask.line].need == line.need
    ]
    if fact.rank == 0:
        if all(ask.team != fact.organization for ask in here):
            yield f"{turn.sequence}: {fact.organization} is asked first, and waits nowhere"
        return
    for ask in here:
        if reason(watch.books, line, ask.team, fact.at) is None:
            yield f"{turn.sequence}: {ask.team} waits there, and {fact.organization} is asked"


def kept(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """Whoever said yes while nobody was needed is not asked once more: that yes counts.

    Unless it would have to give less by now than it said, lacks proof for hazardous work, or what
    it has read has changed.
    """
    if not isinstance(fact, f.OfferSent) or fact.reason is not None:
        return
    line = watch.books.lines[fact.line]
    known = [ask for ask in waiting(watch) if ask.id in watch.rows]  # not of this very turn
    for ask in known:
        row = watch.rows[ask.id]
        mine = (ask.line, ask.team) == (fact.line, fact.organization) and row.at_once
        read = watch.words.changed(line.need, watch.words.answered.get(ask.id, 0))
        mine = mine and not set(read) & {"kind", "place", "risk", "rally_point"}
        if mine and row.answered <= fact.quantity and (not line.hazardous or _proved(watch, ask)):
            yield f"{turn.sequence}: {ask.team} has said yes, and is asked again"


def _proved(watch: Watch, ask: Ask) -> bool:
    team = watch.books.teams[ask.team]
    return bool(team.adults and team.insured is not None)


def taken(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """Whoever is committed, however it came to that, is fit for the line and may do such work."""
    if not isinstance(fact, f.AssignmentCommitted):
        return
    line, team = watch.books.lines[fact.line], watch.books.teams[fact.organization]
    found = unfit(watch.books, line, fact.organization, fact.at)
    if found is not None and found.name != "distance":
        yield f"{turn.sequence}: {fact.organization} is taken on, in spite of {found.name}"
    insured = team.insured is not None and fact.at < midnight(team.insured) + DAY
    if line.hazardous and not (team.adults and insured):
        yield f"{turn.sequence}: {fact.organization} is taken on for hazardous work unproved"


def clock(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """The time to answer begins when somebody was reached, and no later than the bound."""
    if isinstance(fact, f.OfferReached):
        ask = watch.books.asks[fact.offer]
        if fact.answer_by != until(watch.books, ask, fact.at):
            yield f"{turn.sequence}: {fact.offer} has until {fact.answer_by}"
        if fact.answer_by < ask.answer_by:
            yield f"{turn.sequence}: {fact.offer} has less time than was said"
