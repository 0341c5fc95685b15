"""A screen of many rows is told first of what needs a human most."""

from __future__ import annotations

from api.live.attention import worst_first
from api.live.moves import Entry
from schemas import commands as c
from schemas import facts as f
from schemas.values import DemandId
from schemas.views import DemandRow, IncidentRow, OfferRow, OrganizationRow, Put, Row
from tests.streams.world import World, asked, only


def rows_of(world: World) -> list[Row]:
    """Every row as it is now, as a screen would be told of it."""
    rows = {
        (type(change.row), change.row.id): change
        for taken in world.turns
        for change in taken.changes
        if isinstance(change, Put)
    }
    entries = [Entry(put, (), ()) for put in rows.values()]
    told = worst_first(entries)
    assert len(told) == len(entries)
    assert set(map(id, told)) == set(map(id, entries))
    return [entry.put.row for entry in told]


def numbers(world: World) -> list[int]:
    return [row.number for row in rows_of(world) if isinstance(row, DemandRow)]


def test_the_uncovered_come_first_by_urgency_then_the_covered_then_what_is_over() -> None:
    world = World()
    world.organization("the only one", units=1)
    incident = world.incident()
    covered = world.demand(incident, priority=1)
    world.yes(asked(covered)[0])
    world.demand(incident, priority=4)
    world.demand(incident, priority=2)
    over = only(world.demand(incident, priority=1), f.DemandPublished)
    world.close(DemandId(over.demand))
    assert numbers(world) == [3, 2, 1, 4]


def test_a_crew_that_is_not_heard_of_comes_before_everything_else() -> None:
    world = World()
    world.organization("the only one", units=1)
    incident = world.incident()
    there = world.at_work(asked(world.demand(incident, priority=2))[0])
    world.demand(incident, priority=1)
    assert numbers(world) == [2, 1]
    world.send("the only one", c.Arrive(assignment=there))
    world.until(world.at + 24 * 3_600_000, f.CheckInMissed)
    assert numbers(world) == [1, 2]


def test_what_a_demand_is_read_with_comes_before_it_and_its_offers_right_behind_it() -> None:
    world = World()
    for number in range(3):
        world.organization(f"team {number}", units=1)
    incident = world.incident()
    for priority in (2, 1):
        world.demand(incident, priority=priority)
    rows = rows_of(world)
    at = {row.number: rows.index(row) for row in rows if isinstance(row, DemandRow)}
    assert any(isinstance(row, IncidentRow) for row in rows[: at[2]])
    behind = {1: rows[at[1] + 1 :], 2: rows[at[2] + 1 : at[1]]}
    for number, found in behind.items():
        offers = [row.demand_number for row in found if isinstance(row, OfferRow)]
        assert offers
        assert set(offers) == {number}
    assert any(isinstance(row, OrganizationRow) for row in behind[1])
