"""The laws of the scene: who falls silent there is called, nobody leaves danger uncounted, and
what is reported is answered or climbs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from schemas import facts as f
from schemas.turns import Turn
from schemas.views import AssignmentRow

if TYPE_CHECKING:
    from tests.streams.laws import Watch

Wrong = Iterator[str]

MINUTE = 60_000
LONGEST = {True: 20 * MINUTE, False: 60 * MINUTE}  # between two words, on a hazardous line or not
SHORTEST = {True: 15 * MINUTE, False: 60 * MINUTE}
GRACE = ESCALATED = 5 * MINUTE
OUT = 10 * MINUTE
ANSWERED = 15 * MINUTE


def silent(watch: Watch, at: int) -> Wrong:
    """A crew on the scene without a word for its interval and the grace is red, then raised."""
    quiet_until = watch.books.crews.quiet_until
    for crew in watch.books.crews.rows.values():
        row = watch.rows[crew.id]
        assert isinstance(row, AssignmentRow)
        if crew.state != "on_scene":
            leaving = crew.live and crew.withdrawing
            if row.check_in_by is not None or (row.missed_at is not None and not leaving):
                yield f"{at}: {crew.id} is waited for, and not on the scene"
            continue
        missed_by = max(crew.heard_at + LONGEST[row.hazardous] + GRACE, quiet_until)
        if at >= missed_by and row.missed_at is None:
            yield f"{at}: {crew.id} is silent since {crew.heard_at}, and nobody calls it"
        if at >= max(missed_by + ESCALATED, quiet_until + ESCALATED) and not row.escalated:
            yield f"{at}: {crew.id} is silent since {crew.heard_at}, and the county knows nothing"


def missed(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """Nobody is called silent before its time is over."""
    if isinstance(fact, f.CheckInMissed):
        crew, row = watch.books.crews.rows[fact.assignment], watch.rows[fact.assignment]
        least = OUT if fact.out else SHORTEST[row.hazardous] + GRACE
        since = crew.leaves_since if fact.out else crew.heard_at  # no word puts it off
        if fact.at < since + least or (fact.out and not crew.withdrawing):
            yield f"{turn.sequence}: {crew.id} is missed too early"


def leaving(watch: Watch, at: int) -> Wrong:
    """Told to stop or to leave, and not heard of: called in time, wherever it is; then by two."""
    crews = watch.books.crews
    for crew in crews.rows.values():
        if not crew.owes_out:
            continue
        row = watch.rows[crew.id]
        missed_by = max(crew.heard_at + OUT, crew.told_at + OUT, crews.quiet_until)
        if at >= missed_by and row.missed_at is None:
            yield f"{at}: {crew.id} is to be out, says nothing, and nobody calls it"
        if at >= missed_by + ESCALATED and not row.escalated:
            yield f"{at}: {crew.id} is to be out, says nothing, and the county does not know"


ENDED_BY_OTHERS = (f.AssignmentStoodDown, f.AssignmentReleased)


def heard_of(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """Nobody ends a crew's work over an order to stop or to leave, before it or its desk has said
    that all of them are out."""
    if isinstance(fact, ENDED_BY_OTHERS):
        crew, said = watch.books.crews.rows[fact.assignment], turn.command
        if crew.called_out and not getattr(said, "everybody_out", False):
            yield f"{turn.sequence}: {crew.id} is told to leave, and nobody looks for it any more"


def cleared(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """Nobody more is sent to where a crew is in danger, or told to leave, before its desk says
    that the place is safe."""
    if not isinstance(fact, f.DemandResumed) or getattr(turn.command, "safe", False):
        return
    crews = watch.books.crews
    for crew in crews.rows.values():
        demand = crews.demands[crew.line]
        there = fact.demand in (demand, watch.books.needs[demand].leader)
        if there and crew.exposed:
            yield f"{turn.sequence}: {crew.id} is in danger at {demand}, and others are asked"


URGENT = 2


def lost(watch: Watch, at: int) -> Wrong:
    """A line that is urgent is shown as short of its least where a crew of it may be in trouble."""
    books = watch.books
    for need in books.needs.values():
        for view in watch.rows[need.id].lines:
            line = books.lines[view.id]
            units = sum(one.quantity for one in _silent(watch, line))
            if books.priority(line) > URGENT:
                units = 0
            least = view.covered - units >= view.minimum
            if view.lost != units or (view.cover in ("adequate", "satisfied") and not least):
                yield f"{at}: {view.id} is shown as {view.cover}, and {units} units are lost"


def _silent(watch: Watch, line: Any) -> Iterator[Any]:
    for crew in watch.books.crews.rows.values():
        counts = crew.line == line.id and crew.round == line.round and crew.working
        if counts and not crew.doubted and watch.rows[crew.id].escalated:
            yield crew


def inside(watch: Watch, at: int) -> Wrong:
    """Whoever is at work no longer has nobody in a danger zone."""
    for crew in watch.books.crews.rows.values():
        if crew.state != "on_scene" and watch.rows[crew.id].inside:
            yield f"{at}: {crew.id} is {crew.state}, with people inside"


def reported(watch: Watch, at: int) -> Wrong:
    """What a crew has reported stands on its card until it is answered, and climbs in time."""
    crews = watch.books.crews
    for report, (crew, since) in crews.reports.items():
        views = [view for view in watch.rows[crew].reports if view.id == report]
        if not views:
            yield f"{at}: {report} of {crew} is on no card"
        elif at >= max(since + ANSWERED, crews.quiet_until) and not views[0].escalated:
            yield f"{at}: {report} of {crew} is not answered, and does not climb"


def replaced(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """Somebody more is asked only where it is most urgent."""
    if isinstance(fact, f.CrewDoubted):
        line = watch.books.lines[watch.books.crews.rows[fact.assignment].line]
        if watch.books.priority(line) != 1:
            yield f"{turn.sequence}: {fact.assignment} is replaced, which is not so urgent"
