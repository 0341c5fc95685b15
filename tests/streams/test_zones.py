"""Closed zones: nobody is asked into one, whoever is inside is told, and a word opens it again."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
import shapely
from msgspec.structs import replace

from geo.distance import ecef_centimeters
from schemas import commands as c
from schemas import facts as f
from schemas.instruction_values import InstructionKind, Zone
from schemas.refusals import Refusal
from schemas.values import InstructionId, OrganizationId, Place, PlaceKind, Reception
from schemas.wire import decode_turn
from streams import rows, zones
from streams.entities import OfferState
from streams.ledger import Ledger
from streams.matching.why import why
from streams.review import Scope, entry
from tests.streams.test_checking import OnScene
from tests.streams.world import (
    COUNTY,
    DESK,
    SEALED,
    World,
    asked,
    divisions,
    kinds,
    only,
    townships,
)

HERE = divisions().seat(townships()[0])


def at(lon: int, lat: int) -> Place:
    """A point so many 1e-7 degrees from the township's seat."""
    x, y, z = ecef_centimeters(HERE.lon + lon, HERE.lat + lat)
    moved = replace(HERE, kind=PlaceKind.POINT, lon=HERE.lon + lon, lat=HERE.lat + lat)
    return replace(moved, x=x, y=y, z=z)


def circle(radius: int, lon: int = 0, lat: int = 0) -> Zone:
    return Zone(place=at(lon, lat), radius=radius)


def ring(*corners: tuple[int, int]) -> Zone:
    flat = tuple(v for x, y in (*corners, corners[0]) for v in (HERE.lon + x, HERE.lat + y))
    return Zone(place=replace(HERE, kind=PlaceKind.SHAPE, shape=flat))


SQUARE = ring((-900, -900), (900, -900), (900, 900), (-900, 900))


def close(world: World, incident: Any, zone: Zone = SQUARE, **said: Any) -> InstructionId:
    facts = world.send(COUNTY, c.CloseZone(incident=incident, zone=zone, **said))
    given: InstructionId = only(facts, f.IncidentInstructed).instruction
    return given


def lift(world: World, incident: Any, zone: InstructionId) -> Any:
    return world.send(COUNTY, c.LiftFromIncident(incident=incident, instruction=zone))


# Who is asked


def test_a_closed_zone_lets_go_whom_it_asks_and_asks_at_once_when_it_is_opened() -> None:
    world = World()
    near, incident = world.organization("near"), world.incident()
    [offer] = asked(world.demand(incident))
    zone = close(world, incident)
    assert world.operation.offers[offer.offer].state is OfferState.STOOD_DOWN
    reason = world.operation.offers[offer.offer].stand_down_reason
    assert reason == "zone_closed"
    assert not asked(world.wait(minutes=60))
    found = why(world.area, world.operation, offer.line, near, world.at)
    assert found is not None
    assert found.gate == "zone_closed"
    again = asked(lift(world, incident, zone))
    assert [one.organization for one in again] == [near]


def test_what_is_posted_into_one_waits_and_says_why() -> None:
    """Also of another incident: danger asks nobody which one it is."""
    world = World()
    world.organization("near")
    zone = close(world, world.incident())
    other = world.incident("earthquake")
    facts = [*world.demand(other), *world.wait(minutes=5)]
    assert not asked(facts)
    [demand] = world.operation.demands.rows.values()
    row: Any = rows.demand(world.operation, demand).row
    assert [(one.id, one.by, one.what) for one in row.shut] == [(zone, world.county, "zone_closed")]


def test_who_says_yes_into_one_is_refused_with_the_reason_and_so_is_a_desk() -> None:
    world = World()
    world.organization("near")
    resting: OrganizationId = world.organization("resting")
    world.send("resting", c.SetDuty(organization=resting, on_duty=False))
    incident = world.incident()
    [offer] = asked(world.demand(incident))
    close(world, incident)
    yes = c.AcceptOffer(offer=offer.offer, quantity=1)
    assert world.refused("near", yes) is Refusal.ZONE_CLOSED
    by_hand = c.AskByHand(line=offer.line, organization=resting, reason=SEALED)
    assert world.refused(DESK, by_hand) is Refusal.ZONE_CLOSED
    for word in (Reception.TAKEN_ON, Reception.PARKED):
        came = c.ReceiveCrew(line=offer.line, organization=resting, word=word, quantity=1)
        assert world.refused(DESK, came) is Refusal.ZONE_CLOSED
    home = c.ReceiveCrew(
        line=offer.line, organization=resting, word=Reception.SENT_HOME, quantity=1
    )
    assert kinds(world.send(DESK, home))[0] == "CrewReceived"


def test_nobody_waits_at_a_place_that_is_shut_whoever_they_are() -> None:
    """People who belong to no organization wait there as little as a crew does."""
    world = World()
    incident = world.incident()
    demand = only(world.demand(incident), f.DemandPublished).demand
    close(world, incident)
    came = c.ReceiveHelpers(demand=demand, word=Reception.PARKED, people=3, contact=SEALED)
    assert world.refused(DESK, came) is Refusal.ZONE_CLOSED
    home = replace(came, word=Reception.SENT_HOME)
    assert kinds(world.send(DESK, home)) == ["HelpersReceived"]


def test_a_demand_that_moves_out_of_one_is_asked_for() -> None:
    world = World()
    world.organization("near")
    incident = world.incident()
    close(world, incident)
    demand = only(world.demand(incident), f.DemandPublished).demand
    assert asked(world.amend(demand, place=at(5_000, 0)))
    assert not world.operation.demands[demand].shut
    world.amend(demand, place=at(100, 0))
    assert world.operation.demands[demand].shut
    states = {offer.state for offer in world.operation.offers.rows.values()}
    assert OfferState.SENT not in states


def test_of_two_zones_both_have_to_be_opened() -> None:
    world = World()
    world.organization("near")
    incident = world.incident()
    one, other = close(world, incident), close(world, incident, circle(3_000))
    world.demand(incident)
    assert not asked(lift(world, incident, one))
    assert asked(lift(world, incident, other))


def test_an_incident_that_ends_opens_its_zones_for_others() -> None:
    world = World()
    world.organization("near")
    incident = world.incident()
    close(world, incident)
    other = world.incident("earthquake")
    world.demand(other)
    facts = world.close_incident(incident)
    assert kinds(facts)[0] == "InstructionLifted"
    assert asked([*facts, *world.wait(minutes=0)])


def test_whoever_tells_everybody_to_withdraw_asks_nobody_more() -> None:
    world = OnScene()
    world.world.organization("far", township=1)
    tell = c.InstructIncident(incident=world.incident, what=InstructionKind.WITHDRAW)
    facts = [*world.world.send(COUNTY, tell), *world.world.wait(minutes=30)]
    assert not asked(facts)
    assert world.row().withdrawing
    given = only(facts, f.IncidentInstructed).instruction
    lift(world.world, world.incident, given)
    assert not world.row().withdrawing


# Who is told


def test_whoever_is_at_work_inside_is_told_and_whoever_is_outside_is_not() -> None:
    scene = OnScene()
    world = scene.world
    world.organization("other", township=1)
    command = replace(world.demand_command(scene.incident), place=at(50_000, 0))
    facts = [*world.send(DESK, command), *world.wait(minutes=1)]
    outside = world.at_work(asked(facts)[-1])
    zone = close(world, scene.incident, text="余震")
    [view] = scene.row().instructions
    assert (view.id, view.what, view.text) == (zone, "zone_closed", "余震")
    assert scene.row().withdrawing
    assert not world.operation.told.get(outside)
    assert "AcknowledgmentMissed" in kinds(world.wait(minutes=2))
    lift(world, scene.incident, zone)
    assert scene.row().instructions[0].lifted_at == world.at
    assert not scene.row().withdrawing


# What is a zone


@pytest.mark.parametrize(
    "zone",
    [
        circle(0),
        circle(9),
        circle(50_001),
        replace(circle(100), place=HERE),
        replace(SQUARE, radius=100),
        ring((0, 0), (900, 0)),
        ring((0, 0), (900, 0), (1_800, 0)),
        ring((0, 0), (900, 900), (900, 0), (0, 900)),
        ring((0, 0), (900, 0), (900, 0), (0, 900)),
        ring((0, 0), (900, 0), (400, 0), (400, 900)),
        ring((0, 0), (900, 0), (900, 900), (450, 0), (0, 900)),
        ring((0, 0), (90_000_000, 0), (0, 900)),
        ring(*((x, x * x) for x in range(65))),
    ],
)
def test_what_is_no_zone_is_refused(zone: Zone) -> None:
    """A point, or too large; two corners, no area, crossing or touching itself, too many."""
    world = World()
    command = c.CloseZone(incident=world.incident(), zone=zone)
    assert world.refused(COUNTY, command) is Refusal.ZONE_UNFIT


def test_closed_twice_it_is_closed_once_and_an_end_is_an_end() -> None:
    world = World()
    incident = world.incident()
    zone = close(world, incident)
    assert world.send(COUNTY, c.CloseZone(incident=incident, zone=SQUARE)) == ()
    lift(world, incident, zone)
    over = c.LiftFromIncident(incident=incident, instruction=zone)
    assert world.refused(COUNTY, over) is Refusal.INSTRUCTION_OVER
    crewless = c.InstructIncident(incident=incident, what=InstructionKind.ZONE_CLOSED)
    assert world.refused(COUNTY, crewless) is Refusal.INSTRUCTION_UNFIT


@pytest.mark.parametrize("seed", range(40))
def test_inside_and_crossing_are_what_a_library_says(seed: int) -> None:
    random = Random(seed)
    corners = [(random.randrange(-30, 30), random.randrange(-30, 30)) for _ in range(3 + seed % 6)]
    zone = ring(*corners)
    polygon = shapely.Polygon([(HERE.lon + x, HERE.lat + y) for x, y in corners])
    distinct = len(dict.fromkeys(corners)) == len(corners)
    assert zones.sound(zone) == (polygon.is_valid and polygon.area > 0 and distinct)
    if not zones.sound(zone):
        return
    for x in range(-31, 32, 3):
        for y in range(-31, 32, 2):
            point = shapely.Point(HERE.lon + x, HERE.lat + y)
            assert zones.inside(zone, at(x, y)) == polygon.intersects(point)


# Whose place is known by its township alone


def elsewhere(zone: Zone, township: int, moved: int) -> Zone:
    """A zone drawn for a township, so many 1e-7 degrees from the first one's seat."""
    drawn_for = townships()[township]
    return replace(zone, place=replace(at(moved, 0), division=drawn_for))


def shown(world: World) -> Any:
    [demand] = world.operation.demands.rows.values()
    row: Any = rows.demand(world.operation, demand).row
    return row


def test_what_may_lie_in_one_is_asked_for_and_said_to_all_concerned_until_it_is_known() -> None:
    """Its township is all that is known of it, and its seat lies outside."""
    world = World()
    world.organization("near")
    incident = world.incident()
    [offer] = asked(world.demand(incident))
    crew = world.at_work(offer)
    zone = close(world, incident, elsewhere(circle(500), 0, 2_000_000))
    row = shown(world)
    assert (row.shut, [one.id for one in row.may_lie_in]) == ((), [zone])
    working: Any = rows.assignment(
        world.area, world.operation, world.operation.assignments[crew]
    ).row
    assert (working.near_zone, working.instructions) == (True, ())
    world.amend(offer.demand, place=at(300, 0))
    assert (shown(world).may_lie_in, shown(world).shut) == ((), ())
    world.amend(offer.demand, place=at(2_000_000, 0))
    assert [one.id for one in shown(world).shut] == [zone]
    assert shown(world).may_lie_in == ()


def test_what_is_posted_beside_one_is_asked_for_and_says_so_until_it_is_lifted() -> None:
    world = World()
    world.organization("near")
    incident = world.incident()
    zone = close(world, incident, elsewhere(circle(500), 0, 2_000_000))
    [offer] = asked([*world.demand(incident), *world.wait(minutes=1)])
    asking: Any = rows.offer(world.area, world.operation, world.operation.offers[offer.offer]).row
    assert asking.near_zone
    lift(world, incident, zone)
    assert shown(world).may_lie_in == ()


def test_a_zone_of_another_township_far_from_the_seat_concerns_nobody_here() -> None:
    world = World()
    incident = world.incident()
    world.demand(incident)
    close(world, incident, elsewhere(circle(500), 1, 2_000_000))
    assert shown(world).may_lie_in == ()
    near = close(world, incident, elsewhere(circle(500), 1, 500_000))
    assert [one.id for one in shown(world).may_lie_in] == [near]


def test_a_zone_drawn_for_a_whole_county_is_looked_for_farther_around() -> None:
    world = World()
    incident = world.incident()
    world.demand(incident)
    zone = elsewhere(circle(500), 1, 2_000_000)
    wide = close(world, incident, replace(zone, place=replace(zone.place, division=world.county)))
    assert [one.id for one in shown(world).may_lie_in] == [wide]


def test_a_demand_that_is_closed_may_lie_in_none_and_once_reopened_may_again() -> None:
    world = World()
    incident = world.incident()
    demand = only(world.demand(incident), f.DemandPublished).demand
    zone = close(world, incident, elsewhere(circle(500), 0, 2_000_000))
    world.close(demand)
    assert shown(world).may_lie_in == ()
    lift(world, incident, zone)
    assert shown(world).state == "closed"


def recorded(world: World, demand: Any, scope: Any) -> list[str]:
    """The kinds of fact that the timeline of one demand shows a desk, in order."""
    ledger, wanted = Ledger(divisions()), Scope(divisions=(scope,), demand=demand)
    entries = [entry(ledger, decode_turn(one), wanted) for one in world.log]
    return [fact.type for one in entries if one is not None for fact in one.facts]


def test_the_timeline_of_a_demand_has_what_everybody_there_was_told() -> None:
    """The zone that it lies in, and the word that opens it; no zone elsewhere. A township's desk
    reads what the county has said."""
    world = World()
    incident = world.incident()
    demand = only(world.demand(incident), f.DemandPublished).demand
    world.amend(demand, place=at(0, 0))
    world.organization("near")
    zone = close(world, incident)
    close(world, incident, circle(100, 50_000))
    lift(world, incident, zone)
    for scope in (world.county, townships()[0]):
        shown = recorded(world, demand, scope)
        assert shown.count("IncidentInstructed") == 1
        assert shown.count("InstructionLifted") == 1
    assert "IncidentInstructed" not in recorded(world, demand, townships()[1])
