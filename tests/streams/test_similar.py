"""The same need twice: the desk is shown what was published lately close by (field B4)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from geo.places import PlaceProblem, place_at
from schemas.commands import PublishDemand
from schemas.facts import DemandPublished
from schemas.values import CloseReason, DemandId, IncidentId, Place
from streams.parameters import MINUTE, SECOND
from tests.streams.world import DESK, WENZHOU, World, divisions, only

METER = 9e-6  # degrees of latitude


def point(world: World, north: float = 0) -> Place:
    """A point in the desk's township, so many meters north of another."""
    place = place_at(120.69, 28.15 + north * METER, "WGS-84", divisions(), WENZHOU, world.township)
    assert not isinstance(place, PlaceProblem)
    return place


def posting(world: World, incident: IncidentId, north: float = 0, **differs: Any) -> PublishDemand:
    command = world.demand_command(incident)
    return replace(command, **{"place": point(world, north), **differs})


def post(world: World, incident: IncidentId, north: float = 0, **differs: Any) -> DemandPublished:
    found: DemandPublished = only(
        world.send(DESK, posting(world, incident, north, **differs)), DemandPublished
    )
    return found


def first() -> tuple[World, IncidentId, DemandId]:
    world = World()
    incident = world.incident()
    return world, incident, post(world, incident).demand


@pytest.mark.parametrize("north", [0, 150, 199, -199])
def test_a_second_one_close_by_names_the_first(north: float) -> None:
    world, incident, demand = first()
    world.wait(minutes=10)
    again = post(world, incident, north)
    assert again.similar == demand
    assert world.operation.demands[again.demand].similar == demand


@pytest.mark.parametrize(
    "differs", [{"north": 205}, {"kind": "power"}, {"place": divisions().seat("330324001")}]
)
def test_what_is_farther_of_another_kind_or_without_a_point_is_another_need(
    differs: dict[str, Any],
) -> None:
    world, incident, _ = first()
    assert post(world, incident, **differs).similar is None


def test_two_that_are_known_by_their_township_alone_are_not_held_against_each_other() -> None:
    world = World()
    incident = world.incident()
    world.demand(incident)
    assert only(world.demand(incident), DemandPublished).similar is None


def test_what_is_half_an_hour_old_or_closed_or_of_another_incident_is_not_named() -> None:
    world, incident, demand = first()
    other = world.incident(hazard="rainstorm_flood")
    assert post(world, other).similar is None
    world.at += 30 * MINUTE + SECOND
    later = post(world, incident)
    assert later.similar is None
    for open_one in (demand, later.demand):
        world.close(open_one, CloseReason.CANCELED)
    assert post(world, incident).similar is None


def test_the_latest_of_several_is_named() -> None:
    world, incident, _ = first()
    world.at += MINUTE
    second = post(world, incident, 100)
    world.at += MINUTE
    assert post(world, incident, 50).similar == second.demand


def test_closed_as_a_duplicate_it_may_be_taken_up_again() -> None:
    """Whichever way the desk says, both stay on record, and it is undone."""
    world, incident, demand = first()
    again = post(world, incident).demand
    world.close(again, CloseReason.DUPLICATE)
    world.reopen(again)
    assert world.operation.demands[again].similar == demand
    assert world.operation.demands[demand].state.value == "published"
