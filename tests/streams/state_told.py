"""Rows of the table of states about instructions."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from schemas import commands as c
from schemas.instruction_values import InstructionKind, Zone
from schemas.values import InstructionId, PlaceKind
from tests.streams.state_commands import Row, Sent
from tests.streams.state_worlds import NEAR, Scene
from tests.streams.world import COUNTY, DESK, divisions, townships


def told(scene: Scene) -> dict[str, Any]:
    """What the crew was told just before to do, where it could be told anything."""
    order = c.InstructCrew(assignment=scene.assignment, what=InstructionKind.WITHDRAW)
    scene.world.take(scene.world.envelope(DESK, order))
    known = scene.world.operation.told.get(scene.assignment)
    first = known.standing[0].id if known is not None else InstructionId("none")
    return {"assignment": scene.assignment, "instruction": first}


def stand_down(scene: Scene) -> Sent:
    return DESK, c.StandDownCrew(assignment=told(scene)["assignment"])


def close_zone(scene: Scene) -> Sent:
    around = replace(divisions().seat(townships()[0]), kind=PlaceKind.POINT)
    return COUNTY, c.CloseZone(incident=scene.incident, zone=Zone(place=around, radius=3_000))


EVERYBODY = (
    Row(
        c.InstructIncident,
        "to come to a place",
        lambda s: (
            COUNTY,
            c.InstructIncident(incident=s.incident, what=InstructionKind.COME_TO, to="村委会"),
        ),
    ),
    Row(c.CloseZone, "around the township", close_zone),
    Row(
        c.LiftFromIncident,
        "what was never given",
        lambda s: (
            COUNTY,
            c.LiftFromIncident(incident=s.incident, instruction=InstructionId("none")),
        ),
    ),
)

CREW = (
    Row(
        c.CheckIn,
        "out, as told",
        lambda s: (NEAR, c.CheckIn(assignment=s.assignment, out=True)),
    ),
    Row(
        c.InstructCrew,
        "to withdraw",
        lambda s: (
            DESK,
            c.InstructCrew(assignment=s.assignment, what=InstructionKind.WITHDRAW),
        ),
    ),
    Row(c.AcknowledgeInstruction, "", lambda s: (NEAR, c.AcknowledgeInstruction(**told(s)))),
    Row(
        c.AcknowledgeInstruction,
        "recorded by the desk",
        lambda s: (DESK, c.AcknowledgeInstruction(**told(s))),
    ),
    Row(
        c.AcknowledgeInstruction,
        "it cannot",
        lambda s: (NEAR, c.AcknowledgeInstruction(**told(s), unable=True)),
    ),
    Row(c.TellBeside, "", lambda s: (DESK, c.TellBeside(**told(s)))),
    Row(
        c.LetStay,
        "",
        lambda s: (DESK, c.LetStay(assignment=s.assignment, reason="在堤外侧")),
    ),
    Row(c.LiftFromCrew, "", lambda s: (DESK, c.LiftFromCrew(**told(s)))),
    Row(c.StandDownCrew, "told to withdraw", stand_down),
    Row(
        c.StandDownCrew,
        "told nothing",
        lambda s: (DESK, c.StandDownCrew(assignment=s.assignment)),
    ),
)
