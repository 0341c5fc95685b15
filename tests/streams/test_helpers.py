"""People who come by themselves and belong to no organization: they wait, or go home."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.helpers import HelpersEnd, HelpersId
from schemas.refusals import Refusal
from schemas.values import CloseReason, DemandId, Reception
from schemas.views import DemandRow
from streams import rows
from streams.parameters import HELPERS_MOST, STANDBY
from tests.streams.world import DESK, SEALED, World, only


def scene() -> tuple[World, DemandId]:
    world = World()
    return world, only(world.demand(world.incident()), f.DemandPublished).demand


def came(demand: DemandId, word: Reception = Reception.PARKED) -> c.ReceiveHelpers:
    return c.ReceiveHelpers(demand=demand, people=4, word=word, contact=SEALED)


def waiting(world: World, demand: DemandId) -> Any:
    """What the desk's card shows of them."""
    row = rows.demand(world.operation, world.operation.demands[demand]).row
    assert isinstance(row, DemandRow)
    return row.helpers


def test_they_wait_where_their_desk_sees_them_until_it_says_something() -> None:
    world, demand = scene()
    received = only(world.send(DESK, came(demand)), f.HelpersReceived)
    [shown] = waiting(world, demand)
    assert (shown.people, shown.at, shown.until) == (4, received.at, received.at + STANDBY)
    assert shown.said_in == world.area.sequence, "who they are is sealed in that turn"
    home = c.EndHelpers(demand=demand, helpers=shown.id)
    assert only(world.send(DESK, home), f.HelpersEnded).end is HelpersEnd.SENT_HOME
    assert waiting(world, demand) == ()
    assert world.refused(DESK, home) is Refusal.HELPERS_GONE


def test_they_are_let_go_when_nobody_says_anything_in_the_time_that_was_said() -> None:
    world, demand = scene()
    until = only(world.send(DESK, came(demand)), f.HelpersReceived).until or 0
    over = only(world.until(until, f.HelpersEnded), f.HelpersEnded)
    assert (over.end, over.at) == (HelpersEnd.LAPSED, until)
    assert waiting(world, demand) == ()


def test_whoever_was_registered_meanwhile_is_asked_like_anybody() -> None:
    world, demand = scene()
    key = only(world.send(DESK, came(demand)), f.HelpersReceived).helpers
    team = world.organization("of the village")
    known = c.EndHelpers(demand=demand, helpers=key, registered=True)
    assert only(world.send(DESK, known), f.HelpersEnded).end is HelpersEnd.REGISTERED
    world.wait(minutes=0)
    assert [row.organization for row in world.operation.offers.rows.values()] == [team]


def test_they_are_never_taken_on_as_a_crew() -> None:
    """Nobody has checked what they can do, and nobody is liable for them."""
    world, demand = scene()
    refused = world.refused(DESK, came(demand, Reception.TAKEN_ON))
    assert refused is Refusal.HELPERS_UNREGISTERED


def test_who_is_sent_home_at_once_is_on_record_and_waits_for_nobody() -> None:
    world, demand = scene()
    received = only(world.send(DESK, came(demand, Reception.SENT_HOME)), f.HelpersReceived)
    assert received.until is None
    assert waiting(world, demand) == ()


def test_they_go_home_with_the_demand() -> None:
    world, demand = scene()
    world.send(DESK, came(demand))
    world.close(demand, CloseReason.CANCELED)
    assert waiting(world, demand) == ()
    assert world.refused(DESK, came(demand)) is Refusal.DEMAND_CLOSED
    assert not world.operation.helpers.rows


def test_only_so_many_wait_at_one_demand() -> None:
    world, demand = scene()
    for _ in range(HELPERS_MOST):
        world.send(DESK, came(demand))
    assert world.refused(DESK, came(demand)) is Refusal.HELPERS_WAITING
    assert world.send(DESK, came(demand, Reception.SENT_HOME))


@pytest.mark.parametrize("other", ["none", "another demand's"])
def test_who_does_not_wait_there_is_refused(other: str) -> None:
    world, demand = scene()
    key = HelpersId("none")
    if other != "none":
        world.wait(minutes=1)
        posted = world.demand(world.operation.demands[demand].incident)
        elsewhere = only(posted, f.DemandPublished).demand
        key = only(world.send(DESK, came(elsewhere)), f.HelpersReceived).helpers
    assert world.refused(DESK, c.EndHelpers(demand=demand, helpers=key)) is Refusal.HELPERS_GONE
