"""The laws of instructions: what holds is on every crew's card, and nobody's silence is silent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from schemas import commands as c
from schemas import facts as f
from schemas.turns import Turn
from tests.streams.crews import LEAVING

if TYPE_CHECKING:
    from tests.streams.laws import Watch

Wrong = Iterator[str]

MINUTE = 60_000
WITHIN = ESCALATED = 2 * MINUTE


def owed(watch: Watch, at: int) -> Wrong:
    """Every crew at work has all that holds for it, read or not; what is not read climbs."""
    crews = watch.books.crews
    for crew in crews.rows.values():
        if not crew.live:
            continue
        row = watch.rows[crew.id]
        views = {view.id: view for view in row.instructions if view.lifted_at is None}
        if set(views) != set(crew.told):
            yield f"{at}: {crew.id} is told {sorted(crew.told)}, and its card says {sorted(views)}"
            continue
        if row.withdrawing != crew.withdrawing:
            yield f"{at}: {crew.id} is shown as at work, and is not, or the other way round"
        for id, told in crew.told.items():
            yield from _climbs(crew.id, told, views[id], crews.quiet_until, at)


def _climbs(crew: str, told: Any, view: Any, quiet_until: int, at: int) -> Wrong:
    if (view.acknowledged_at is not None) != told.acknowledged:
        yield f"{at}: whether {crew} has read {view.id} is not as it was said"
    if (view.unable_at is not None and view.spoken_at is None) != (told.unable_at is not None):
        yield f"{at}: whether {crew} can do {view.id}, or is to be called, is not as it was said"
    if told.unable_at is not None:
        due = max(told.unable_at, quiet_until) + ESCALATED
        if at >= due and not view.escalated:
            yield f"{at}: {crew} cannot do {view.id}, nobody calls, and the county knows nothing"
    if told.acknowledged:
        return
    missed_by = max(told.since + WITHIN, quiet_until)
    if at >= missed_by and view.missed_at is None:
        yield f"{at}: {crew} has not read {view.id}, and nobody calls it"
    if at >= missed_by + ESCALATED and not view.escalated:
        yield f"{at}: {crew} has not read {view.id}, and the county knows nothing"


def place(watch: Watch, turn: Turn) -> Wrong:
    """Where a desk says that a crew leaves because of the place, nobody else is asked to go there
    behind that turn: whatever it has said before, and whichever demand is asked for."""
    said = turn.command
    if turn.refusal is not None or not isinstance(said, c.InstructCrew) or not said.hold:
        return
    crews = watch.books.crews
    need = watch.rows[crews.demands[crews.rows[said.assignment].line]]
    asked_for = need if need.leader is None else watch.rows[need.leader]
    if said.what in LEAVING and asked_for.state == "published":
        yield f"{turn.sequence}: {said.assignment} leaves {need.id}, and others are asked to go"


def nobody(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """Nobody is asked into a closed zone, and nobody sets off into it; who is there may say so."""
    if isinstance(fact, f.OfferSent | f.AssignmentCommitted):
        need = watch.books.needs[fact.demand]
        if watch.books.shut(need):
            yield f"{turn.sequence}: {fact.organization} goes where nobody goes"
    if isinstance(fact, f.AssignmentSetOff) and not fact.implied:
        crew = watch.books.crews.rows[fact.assignment]
        if crew.withdrawing:
            yield f"{turn.sequence}: {fact.assignment} sets off, and was told to leave"


def early(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """Nobody is called for an instruction before the time for it is over, or that it has read."""
    if not isinstance(fact, f.AcknowledgmentMissed):
        return
    told = watch.books.crews.rows[fact.assignment].told.get(fact.instruction)
    if told is None or told.acknowledged:
        yield f"{turn.sequence}: {fact.assignment} is missed for what it need not read"
    elif fact.at < told.since + WITHIN:
        yield f"{turn.sequence}: {fact.assignment} is missed too early"
