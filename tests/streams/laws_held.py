"""The laws of what is held and counted: no word gives away what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from schemas import facts as f
from schemas.turns import Turn
from schemas.values import OrganizationId

if TYPE_CHECKING:
    from tests.streams.laws import Watch

Wrong = Iterator[str]


def committed(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """Nobody's word gives away more than the team has at that time."""
    books = watch.books
    match fact:
        case f.AssignmentCommitted():
            team, skill, units = fact.organization, books.lines[fact.line].skill, fact.quantity
        case f.StepUndone() if not books.crews.rows[fact.assignment].live:
            crew = books.crews.rows[fact.assignment]
            team, skill, units = OrganizationId(crew.team), crew.skill, crew.quantity
        case _:
            return
    if books.free(team, skill) < units:
        yield f"{turn.sequence}: {team} gives away more than it has"


def displaced(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """Behind a yes nobody is left with requests that it cannot serve any more."""
    if not isinstance(fact, f.OfferAccepted):
        return
    done = watch.books.asks[fact.offer]
    skill = watch.books.lines[done.line].skill
    left = watch.books.free(done.team, skill)
    waiting = [
        ask.quantity
        for ask in watch.books.open_asks.values()
        if ask.team == done.team and watch.books.lines[ask.line].skill == skill
    ]
    new = {one.offer for one in turn.facts if isinstance(one, f.OfferSent)}
    if sum(waiting) > left and not new:
        yield f"{turn.sequence}: {done.team} is asked for {waiting}, and has {left} left"


def cover(watch: Watch, at: int) -> Wrong:
    """Each unit once, of the present round only, and the sum is that of the crews, without those
    that are late and in whose place somebody is asked."""
    crews = watch.books.crews
    for need in watch.books.needs.values():
        for view in watch.rows[need.id].lines:
            line = watch.books.lines[view.id]
            sums = (crews.working(line), crews.delivered(line), line.own)
            asks = watch.books.asked(line)
            shown = (view.working, view.delivered, view.own, view.doubtful, view.covered)
            counted = (*sums, crews.doubtful(line), sum(sums) - crews.replacing(line))
            if shown != counted or view.round != line.round:
                yield f"{at}: {line.id} shows {shown}, and has {counted}"
            if (view.offers, view.asked) != (len(asks), sum(ask.quantity for ask in asks)):
                yield f"{at}: {line.id} shows {view.offers} requests, and has {len(asks)}"
