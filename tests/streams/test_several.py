"""A false flood: cleared away at once, the real ones among it left alone, taken back as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import CloseReason, DemandId, DivisionCode
from streams.entities import DemandState
from tests.streams.world import COUNTY, DESK, World, asked, townships

HERE, THERE = (DivisionCode(code) for code in townships()[:2])


def cleared(*demands: DemandId, reason: CloseReason = CloseReason.UNFOUNDED) -> c.CloseDemands:
    return c.CloseDemands(division=HERE, demands=demands, reason=reason)


def flood(world: World, count: int) -> list[DemandId]:
    incident = world.incident()
    posted = [world.demand(incident) for _ in range(count)]
    return [demand for facts in posted for demand in kinds_of(facts, f.DemandPublished)]


def published(world: World) -> set[DemandId]:
    rows = world.operation.demands.rows.values()
    return {row.id for row in rows if row.state is DemandState.PUBLISHED}


def kinds_of(facts: Iterable[Any], kind: type[Any]) -> list[DemandId]:
    return [fact.demand for fact in facts if isinstance(fact, kind)]


def test_a_flood_is_cleared_away_and_nobody_recovers_anything() -> None:
    world = World()
    world.organization("a", units=3)
    demands = flood(world, 5)
    facts = world.send(DESK, cleared(*demands))
    assert kinds_of(facts, f.DemandClosed) == demands
    world.wait(minutes=5)
    assert published(world) == set()
    assert all(offer.state.value == "stood_down" for offer in world.operation.offers.rows.values())
    assert world.operation.tasks.rows == {}


def test_the_real_one_among_them_stays() -> None:
    """Given a crew that has arrived for one of them, then that one was not posted for nothing."""
    world = World()
    world.organization("a", units=3)
    demands = flood(world, 3)
    offer = asked([fact for taken in world.turns for fact in taken.turn.facts])[0]
    crew = world.at_work(offer)
    world.send("a", c.Arrive(assignment=crew))
    facts = world.send(DESK, cleared(*demands))
    assert offer.demand not in kinds_of(facts, f.DemandClosed)
    assert published(world) == {offer.demand}
    assert world.refused(DESK, cleared(offer.demand)) is Refusal.CREW_ON_SCENE
    done = world.send(DESK, cleared(offer.demand, reason=CloseReason.MET))
    assert kinds_of(done, f.DemandClosed) == [offer.demand]


def test_what_the_township_does_itself_is_none_of_a_false_flood() -> None:
    world = World()
    demands = flood(world, 2)
    [line] = world.operation.demands[demands[0]].lines
    world.send(DESK, c.SetOwnCrew(line=line, units=1))
    facts = world.send(DESK, cleared(*demands))
    assert kinds_of(facts, f.DemandClosed) == demands[1:]


def test_it_is_taken_back_as_a_whole_and_asks_anew() -> None:
    world = World()
    world.organization("a", units=3)
    demands = flood(world, 3)
    world.send(DESK, cleared(*demands))
    world.wait(minutes=10)
    facts = world.send(DESK, c.ReopenDemands(division=HERE, demands=tuple(demands)))
    assert kinds_of(facts, f.DemandReopened) == demands
    assert {offer.demand for offer in asked([*facts, *world.wait(minutes=1)])} == set(demands)


def test_each_is_done_once_however_often_it_is_named_or_was_done() -> None:
    world = World()
    demands = flood(world, 3)
    world.send(DESK, cleared(demands[0]))
    facts = world.send(DESK, cleared(demands[1], demands[0], demands[1], demands[2]))
    assert kinds_of(facts, f.DemandClosed) == demands[1:]
    assert world.refused(DESK, cleared(*demands)) is Refusal.DEMAND_CLOSED
    reopening = c.ReopenDemands(division=HERE, demands=(demands[0],))
    world.send(DESK, reopening)
    assert world.refused(DESK, reopening) is Refusal.DEMAND_OPEN


def test_what_lies_elsewhere_or_nowhere_is_not_there() -> None:
    world = World()
    [demand] = flood(world, 1)
    elsewhere = c.CloseDemands(division=THERE, demands=(demand,), reason=CloseReason.UNFOUNDED)
    assert world.refused(DESK, elsewhere) is Refusal.NOT_FOUND
    assert world.refused(DESK, cleared(demand, DemandId("none"))) is Refusal.NOT_FOUND
    assert published(world) == {demand}


def test_with_the_end_of_an_incident_nothing_of_it_is_taken_up_again() -> None:
    world = World()
    demands = flood(world, 2)
    incident = world.operation.demands[demands[0]].incident
    world.send(COUNTY, c.CloseIncident(incident=incident))
    world.wait(minutes=1)
    reopening = c.ReopenDemands(division=HERE, demands=tuple(demands))
    assert world.refused(DESK, reopening) is Refusal.INCIDENT_NOT_OPEN
