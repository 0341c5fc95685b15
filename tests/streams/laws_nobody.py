"""Laws of what nobody can be asked for: it is somebody's, at once, and climbs by its time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from schemas import facts as f
from schemas.turns import Turn
from schemas.values import DemandId

if TYPE_CHECKING:
    from tests.streams.laws import Watch

Wrong = Iterator[str]
URGENT = (1, 2)
CLIMB = {1: 180_000, 2: 600_000}
ANSWERED = {1: 1_800_000, 2: 3_600_000}
"""For how long a desk that has done something is not asked again."""


def somebodys(watch: Watch, at: int) -> Wrong:
    """An urgent need below its least, for which nobody is asked, is asked of its desk; unless that
    has just done something. Where somebody is asked, or it has its least, nobody is rung for it."""
    for need in watch.books.needs.values():
        row = watch.rows[need.id]
        known = watch.play.operation.demands.get(DemandId(need.id))
        if row.state != "published" or known is None:
            continue
        if row.nobody_at is not None and (row.climbs_at is None) == (row.climbed_at is None):
            yield f"{at}: nobody can be asked for {need.id}, and nobody is waited for"
        if row.climbs_at is not None and row.climbs_at <= at:
            yield f"{at}: nobody was told in time that {need.id} is left alone"
        alone = _alone(watch, need, row, at)
        again_at = known.nobody_again_at or 0
        climbs = row.climbs_at is not None or row.climbed_at is not None
        if alone and not climbs and again_at <= at:
            yield f"{at}: {need.id} is nobody's"
        if not alone and row.nobody_at is not None:
            yield f"{at}: {need.id} is rung for in vain"
        if again_at > at + ANSWERED.get(row.priority, again_at):
            yield f"{at}: an answer about {need.id} holds too long"


def _alone(watch: Watch, need: Any, row: Any, at: int) -> bool:
    if row.priority not in URGENT or row.leader is not None or watch.books.shut(need):
        return False
    return any(
        line.open
        and not line.asleep
        and line.covered < line.minimum
        and not watch.books.asked(watch.books.lines[line.id])
        and (line.aside_until or 0) <= at
        for line in row.lines
    )


def beside(before: Any, after: Any, turn: Turn) -> Wrong:
    """What is done or said about a crew is no answer to whom a line without anybody asks."""
    if before is None or before.nobody_at is None or not hasattr(turn.command, "assignment"):
        return
    going_on = after.state == "published" and after.leader is None
    if going_on and after.asked_at is None and unserved(after):
        yield f"{turn.sequence}: {after.id} is left alone after a word about a crew"


def unserved(row: Any) -> bool:
    """Whether a line lacks its least, and asks nobody."""
    lines = [line for line in row.lines if line.open and not line.asleep]
    return any(line.covered < line.minimum and not line.offers for line in lines) and not row.shut


def in_time(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """The desk above is asked within minutes, and not before; what is needed later has longer."""
    if not isinstance(fact, f.LineUnmet) or fact.climbs_at is None:
        return
    priority = watch.books.priority(watch.books.lines[fact.line])
    if priority not in URGENT:
        yield f"{turn.sequence}: {fact.demand} can wait, and its desk is rung for it"
    elif fact.climbs_at > fact.at + CLIMB[priority] and watch.rows[fact.demand].needed_by is None:
        yield f"{turn.sequence}: {fact.demand} is left alone until {fact.climbs_at}"
