"""The laws of lines that are of use only as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from schemas import facts as f
from schemas.turns import Turn

if TYPE_CHECKING:
    from tests.streams.laws import Watch

Wrong = Iterator[str]


def whole(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """What is of use only as a whole is never given in part, by nobody."""
    match fact:
        case f.AssignmentCommitted() | f.OwnCrewSet():
            line, units = watch.books.lines[fact.line], fact.quantity
        case f.StepUndone() if not watch.books.crews.rows[fact.assignment].live:
            crew = watch.books.crews.rows[fact.assignment]
            line, units = watch.books.lines[crew.line], crew.quantity
        case f.OfferSent():
            line, units = watch.books.lines[fact.line], fact.quantity
        case _:
            return
    if line.whole and 0 < units < line.target:
        yield f"{turn.sequence}: {units} of {line.target} on {line.id}"


def parts(watch: Watch, at: int) -> Wrong:
    """A whole line is covered by each of those who cover it, whatever was amended meanwhile."""
    for line in watch.books.lines.values():
        if line.whole and line.open and 0 < line.own < line.target:
            yield f"{at}: {line.id} has {line.own} of {line.target} from its own crew"
        covered = line.target - watch.books.missing(line)
        if line.whole and line.open and 0 < covered < line.target:
            yield f"{at}: {line.id} has {covered} of {line.target}"
