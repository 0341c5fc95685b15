"""Who is on duty at which desk, rightly and wrongly: a part of `play`, with a chance of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas import commands as c
from schemas.values import DivisionCode
from tests.streams.world import COUNTY, DESK, SEALED

if TYPE_CHECKING:
    from tests.streams.play import Attempt, Play


def shift(play: Play) -> Attempt:
    """Mostly what is handed over is taken; now and then another desk's, or what nobody has."""
    chance, choice = play.beside.random, play.beside.choice
    here, there = play.townships[0], play.townships[5]
    desks = {DESK: here, "second desk": there, COUNTY: play.world.county}
    actor = choice(tuple(desks))
    division = DivisionCode(desks[actor] if chance() < 0.9 else here)
    known = play.operation.shifts.get(division)
    if known is not None and known.incident is not None and chance() < 0.3:
        return actor, c.OpenShiftNote(division=division)
    if chance() < (0.35 if known is not None and known.handed_at is not None else 0.2):
        return actor, c.TakeShift(division=division)
    open_now = play.open_incidents()
    if not open_now or chance() < 0.5:
        return actor, c.HandOverShift(division=division)
    return actor, c.HandOverShift(division=division, incident=choice(open_now).id, note=SEALED)
