"""Shifts of a desk, for the table of states and commands."""

from __future__ import annotations

from schemas import commands as c
from streams.parameters import SHIFT_TAKEN_WITHIN
from tests.streams.state_commands import Row
from tests.streams.state_worlds import Scene, published
from tests.streams.world import DESK, SEALED


def taken() -> Scene:
    scene = published()
    scene.world.send(DESK, c.TakeShift(division=scene.world.township))
    return scene


def handed_over() -> Scene:
    scene = taken()
    scene.world.send(DESK, _handing(scene))
    return scene


def untaken() -> Scene:
    scene = handed_over()
    scene.world.until(scene.world.at + SHIFT_TAKEN_WITHIN)
    return scene


def _handing(scene: Scene) -> c.HandOverShift:
    here, incident = scene.world.township, scene.incident
    return c.HandOverShift(division=here, incident=incident, note=SEALED)


SHIFT = (
    Row(c.TakeShift, "", lambda s: (DESK, c.TakeShift(division=s.world.township))),
    Row(c.HandOverShift, "", lambda s: (DESK, _handing(s))),
    Row(c.OpenShiftNote, "", lambda s: (DESK, c.OpenShiftNote(division=s.world.township))),
)
