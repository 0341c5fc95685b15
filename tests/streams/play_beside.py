"""What desks do about whoever is where another crew left: a part of `play`, with its own chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas import commands as c
from schemas.instruction_values import InstructionKind
from schemas.values import DemandId, PlaceKind
from streams.entities import Assignment
from tests.streams.world import DESK

if TYPE_CHECKING:
    from tests.streams.play import Attempt, Play


def pointed(play: Play, command: c.Command) -> c.Command:
    """Now and then a demand has a place of its own, so that others lie near it."""
    if isinstance(command, c.PublishDemand) and play.near.random() < 0.4:
        return replace(command, place=replace(command.place, kind=PlaceKind.POINT))
    return command


def beside(play: Play) -> Attempt:
    """All of them are told, or one may stay; now and then somebody of whom nobody has asked."""
    known = list(play.operation.beside.rows.values())
    crews = list(play.operation.assignments.rows.values())
    if not crews:
        return DESK, None
    if not known or play.near.random() < 0.1:
        return _begin(play, crews)
    one = play.near.choice(known)
    if play.near.random() < 0.5:
        because = one.because
        return _desk(play, one.demand), c.TellBeside(
            assignment=because.crew, instruction=because.instruction
        )
    demand = play.operation.assignments[one.assignment].demand
    reason = play.near.choice(("在堤外侧", "高处", "由村里人看护"))
    return _desk(play, demand), c.LetStay(assignment=one.assignment, reason=reason)


def _begin(play: Play, crews: list[Assignment]) -> Attempt:
    """One of several crews is told to leave; or one may stay, of whom nobody has asked."""
    crew = play.near.choice([row for row in crews if row.live] or crews)
    desk = _desk(play, crew.demand)
    if play.near.random() < 0.2:
        return desk, c.LetStay(assignment=crew.id, reason="在外侧")
    what = play.near.choice((InstructionKind.STOP, InstructionKind.WITHDRAW))
    return desk, c.InstructCrew(assignment=crew.id, what=what, text="管涌", hold=True)


def _desk(play: Play, demand: DemandId) -> str:
    return play.desk_of(play.operation.demands[demand], sure=True)
