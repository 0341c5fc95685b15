"""Demands that were handed up, for the table of states and commands."""

from __future__ import annotations

from collections.abc import Iterator

from schemas import commands as c
from schemas.hand_ups import HandUpReason
from schemas.values import DemandId
from tests.streams.state_commands import Row
from tests.streams.state_worlds import Scene, published
from tests.streams.world import COUNTY, DESK

REASON = HandUpReason.NO_FORCE
TEXT = "镇上已无可用力量"


def up(demand: DemandId) -> c.HandUpDemand:
    return c.HandUpDemand(demand=demand, reason=REASON, text=TEXT)


def handing(demand: DemandId) -> Iterator[c.Command]:
    """Each command of handing up, about one demand."""
    yield from (up(demand), c.TakeOnDemand(demand=demand), back(demand))


def back(demand: DemandId) -> c.GiveBackDemand:
    return c.GiveBackDemand(demand=demand, text="邻镇可以支援，请直接联系")


def handed_up() -> Scene:
    scene = published()
    scene.world.send(DESK, up(scene.demand))
    return scene


def taken_on() -> Scene:
    """The county's desk answers for it, and is who sends whatever its desk sends."""
    scene = handed_up()
    scene.world.send(COUNTY, c.TakeOnDemand(demand=scene.demand))
    scene.desk = COUNTY
    return scene


def given_back() -> Scene:
    scene = handed_up()
    scene.world.send(COUNTY, back(scene.demand))
    return scene


DEMAND = (
    Row(c.HandUpDemand, "by its desk", lambda s: (s.desk, up(s.demand))),
    Row(c.TakeOnDemand, "by the county", lambda s: (COUNTY, c.TakeOnDemand(demand=s.demand))),
    Row(c.GiveBackDemand, "by the county", lambda s: (COUNTY, back(s.demand))),
)
