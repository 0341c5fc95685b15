"""Laws of what waits for a desk: it asks nobody, says since when and why, and climbs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from schemas import facts as f
from schemas.commands import ReceiveCrew, TakeStandby
from schemas.turns import Turn
from schemas.values import DemandId

if TYPE_CHECKING:
    from tests.streams.book_entries import Need
    from tests.streams.laws import Watch

Wrong = Iterator[str]


def held(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """What is on hold asks nobody, not even by hand; a yes to it sends nobody off by itself."""
    if isinstance(fact, f.OfferSent) and watch.books.needs[fact.demand].held:
        yield f"{turn.sequence}: {fact.organization} is asked for what is on hold"
    by_desk = isinstance(turn.command, TakeStandby | ReceiveCrew)
    committed = isinstance(fact, f.AssignmentCommitted) and not by_desk
    if committed and watch.books.needs[fact.demand].held:
        yield f"{turn.sequence}: {fact.organization} sets off into an open question"


def drafted(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """For a draft nobody is asked, received or counted on, whoever wants it."""
    about = isinstance(fact, f.OfferSent | f.CrewReceived | f.OwnCrewSet | f.DemandGrouped)
    if about and watch.books.needs[fact.demand].draft:
        yield f"{turn.sequence}: {type(fact).__name__} about the draft {fact.demand}"


def _forgotten(need: Need, row: Any, at: int) -> Wrong:
    """What nobody has decided says when it climbs, or since when it has."""
    if row.state != "draft" or row.number or row.drafted_at is None:
        yield f"{at}: {need.id} is a draft, and is not shown as one"
    if (row.climbs_at is None) == (row.climbed_at is None):
        yield f"{at}: nobody is waited for about the draft {need.id}"
    if row.climbed_at is None and at > need.decide_by:
        yield f"{at}: the draft {need.id} is silent beyond its time"


def climbs(watch: Watch, at: int) -> Wrong:
    """Whatever waits for its desk has an age, and a time at which somebody else is asked."""
    for need in watch.books.needs.values():
        row = watch.rows[need.id]
        if need.held and (row.held_at is None or row.question is None):
            yield f"{at}: {need.id} is on hold, and does not say since when and why"
        known = watch.play.operation.demands.get(DemandId(need.id))
        if known is None:
            continue  # it is over for good, and has left
        steps = (known.quiet_at, known.climbs_at, known.climbed_at)
        if need.draft and need.open:
            yield from _forgotten(need, row, at)
        if need.held and all(step is None for step in steps):
            yield f"{at}: {need.id} is on hold for ever"
        if any(step is not None and step <= at for step in steps[:2]):
            yield f"{at}: nobody was asked about {need.id} in time"
        if need.held and any(line.unmet or line.retry_at for line in row.lines):
            yield f"{at}: {need.id} is looked at, on hold"
