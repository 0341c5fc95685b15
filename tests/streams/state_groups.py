"""Small worlds of demands that tell of one need, for the table of states and commands."""

from __future__ import annotations

from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from tests.streams.state_worlds import Scene, published
from tests.streams.world import DESK, only


def led() -> Scene:
    """It tells of the same need as another one, which is asked for."""
    scene = published()
    leader = only(scene.world.demand(scene.incident), f.DemandPublished)
    division = leader.place.division
    command = c.GroupDemands(division=division, leader=leader.demand, demands=(scene.demand,))
    scene.world.send(DESK, command)
    return scene


def leading() -> Scene:
    """Another one tells of its need."""
    scene = published()
    world = scene.world
    world.send(DESK, replace(world.demand_command(scene.incident), same_as=scene.demand))
    return scene
