"""A surge: much follows from one command, and turns that are never too large carry it out."""

from __future__ import annotations

from schemas import commands as c
from schemas.refusals import Refusal
from schemas.values import IncidentId
from streams.clock import due
from streams.entities import IncidentState, OfferState
from streams.parameters import (
    CHORE_WORK,
    FACTS_MOST,
    MINUTE,
    SETTLE_FACTS,
    TURN_BYTES_MOST,
    URGENCY,
)
from streams.versions import present
from tests.streams.world import COUNTY, DESK, EXERCISE, START, World, kinds

MOST_IN_A_TURN = SETTLE_FACTS + present().wave_most + 1


def surge() -> tuple[World, IncidentId]:
    """Two thousand lines, some two hundred crews asked, forty of them at work."""
    world = World()
    for number in range(40):
        world.organization(f"o{number}", units=5, township=number % 20)
    incident = world.incident()
    for number in range(100):
        world.demand(incident, lines=20, priority=1 + number % 4)
    offers = world.operation.offers.rows
    for _ in range(40):
        open_offer = next(row.id for row in offers.values() if row.state is OfferState.SENT)
        world.send(DESK, c.AcceptOffer(offer=open_offer, quantity=1))
    return world, incident


def live_offers(world: World) -> int:
    offers = world.operation.offers.rows.values()
    return sum(offer.state is OfferState.SENT for offer in offers)


def test_closing_an_incident_of_thousands_of_lines_ends_by_bounded_turns() -> None:
    """Given a surge, when its incident is closed, then ticks write what follows, bit by bit."""
    world, incident = surge()
    operation = world.operation
    assert len(operation.lines) == 2_000
    start = len(world.turns)
    closing = world.close_incident(incident)
    assert kinds(closing).count("AssignmentStoodDown") == 40
    assert operation.incidents[incident].state is IncidentState.CLOSING
    assert due(world.area) == (0, EXERCISE, operation.count("tick") + 1)

    facts = world.wait(minutes=0)
    assert operation.incidents[incident].state is IncidentState.CLOSED
    found = due(world.area)
    assert found is None or found[0] > world.at
    assert kinds(facts).count("TaskProposed") + kinds(closing).count("TaskProposed") == 2_000
    assert kinds(facts).count("TaskOpened") == 2_000
    assert live_offers(world) == 0
    assert not any(row.live for row in operation.assignments.rows.values())
    for taken in world.turns[start:]:
        assert len(taken.turn.facts) <= MOST_IN_A_TURN <= FACTS_MOST
        assert len(taken.stored) <= TURN_BYTES_MOST


def test_while_an_incident_is_closing_nothing_new_enters_it() -> None:
    world, incident = surge()
    command = world.demand_command(incident)
    world.close_incident(incident)
    assert world.refused(DESK, command) is Refusal.INCIDENT_NOT_OPEN
    again = c.CloseIncident(incident=incident)
    assert world.refused(COUNTY, again) is Refusal.INCIDENT_NOT_OPEN
    reopening = c.ReopenIncident(incident=incident)
    assert world.refused(COUNTY, reopening) is Refusal.INCIDENT_OPEN


def test_of_many_offers_that_are_due_no_tick_takes_more_than_its_share() -> None:
    world = World()
    for number in range(30):
        world.organization(f"o{number}", units=20)
    incident = world.incident()
    for _ in range(8):
        world.demand(incident, lines=20)
    assert live_offers(world) > SETTLE_FACTS
    world.at += URGENCY[1].answer + MINUTE
    expired = kinds(world.tick()).count("OfferExpired")
    assert SETTLE_FACTS // 5 < expired * CHORE_WORK <= MOST_IN_A_TURN
    world.wait(minutes=0)
    offers = world.operation.offers.rows.values()
    assert not any(row.state is OfferState.SENT for row in offers if row.sent_at <= START)
