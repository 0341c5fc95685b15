"""Time: rule time, ticks, standstills, and work that is too much for one turn."""

from __future__ import annotations

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.turns import OWNER
from schemas.values import AssignmentId, DeclineReason, Role, TimeSource
from streams import settle
from streams.checkpoint import state_hash
from streams.clock import due
from streams.entities import IncidentState, OfferState
from streams.parameters import (
    DAY,
    EXPIRE_MOST,
    FACTS_MOST,
    MINUTE,
    SETTLE_FACTS,
    STANDSTILL,
    TURN_BYTES_MOST,
    WAVE_MOST,
)
from streams.turning import Repeat, Taken
from tests.streams.world import COUNTY, DESK, EXERCISE, START, World, kinds, only


def answered(taken: Taken | Repeat) -> int:
    """The sequence of the earlier turn that answers; an AssertionError for a new turn."""
    assert isinstance(taken, Repeat)
    return taken.sequence


# Rule time


def test_rule_time_never_goes_back() -> None:
    world = World()
    world.at += MINUTE
    world.incident()
    world.at -= MINUTE
    world.grant("somebody", Role.REVIEWER, division=world.township)
    assert world.turns[-1].turn.at == START + MINUTE


# Ticks


def offered(time_source: TimeSource = TimeSource.GIVEN) -> tuple[World, f.OfferSent]:
    """A world in which one organization has two minutes to answer."""
    world = World(time_source=time_source)
    world.organization("near")
    return world, only(world.demand(world.incident()), f.OfferSent)


def test_a_stale_or_early_tick_writes_nothing() -> None:
    world, _ = offered()
    world.wait(minutes=5)
    number = world.area.operations[EXERCISE].count("tick")
    before = world.area.sequence, state_hash(world.area)
    for wrong in (number, number - 1, number + 2, 1_000):
        assert answered(world.take(world.envelope(OWNER, c.Tick(number=wrong)))) == 0
    assert (world.area.sequence, state_hash(world.area)) == before


def test_a_tick_of_an_operation_that_is_not_there_writes_nothing() -> None:
    world = World()
    before = world.area.sequence
    assert answered(world.take(world.envelope(OWNER, c.Tick(number=1)))) == 0
    assert world.area.sequence == before


def test_a_tick_with_nothing_due_is_an_empty_turn() -> None:
    world, sent = offered()
    assert world.tick() == ()
    world.at = sent.answer_by
    assert "OfferExpired" not in kinds(world.tick())
    world.at = sent.answer_by + 1
    assert "OfferExpired" in kinds(world.tick())


def test_a_tick_is_due_when_the_earliest_deadline_has_passed() -> None:
    world = World()
    assert due(world.area) is None
    world.organization("near")
    incident = world.incident()
    assert due(world.area) is None
    sent = only(world.demand(incident, target=2), f.OfferSent)
    retry = only(world.turns[-1].turn.facts, f.LineUnmet).retry_at
    assert due(world.area) == (min(sent.answer_by + 1, retry), EXERCISE, 1)


def test_of_many_offers_that_are_due_a_tick_takes_a_bounded_number() -> None:
    world = World()
    for number in range(30):
        world.organization(f"o{number}", units=20)
    incident = world.incident()
    for _ in range(8):
        world.demand(incident, lines=20)
    open_before = live_offers(world)
    assert open_before > EXPIRE_MOST
    world.at += 3 * MINUTE
    expired = kinds(world.tick()).count("OfferExpired")
    assert expired == EXPIRE_MOST
    world.wait(minutes=0)
    assert sum(sent_by(world, START + MINUTE)) == 0


def live_offers(world: World) -> int:
    offers = world.area.operations[EXERCISE].offers.rows.values()
    return sum(offer.state is OfferState.SENT for offer in offers)


def sent_by(world: World, at: int) -> list[bool]:
    """Of the offers sent until a time: which are still open."""
    offers = world.area.operations[EXERCISE].offers.rows.values()
    return [offer.state is OfferState.SENT for offer in offers if offer.sent_at <= at]


# Standstill


def test_after_a_standstill_open_deadlines_are_shifted_once() -> None:
    world, sent = offered(TimeSource.LIVE)
    world.at = sent.answer_by + 20 * MINUTE
    shifted = only(world.tick(), f.DeadlinesShifted)
    assert shifted == f.DeadlinesShifted(by=20 * MINUTE, at=world.at)
    offer = world.area.operations[EXERCISE].offers[sent.offer]
    assert offer.answer_by == sent.answer_by + 20 * MINUTE
    assert world.tick() == ()
    yes = world.send("near", c.AcceptOffer(offer=sent.offer, quantity=1))
    assert "AssignmentCommitted" in kinds(yes)


def test_deadlines_shifted_expire_when_they_are_over() -> None:
    world, sent = offered(TimeSource.LIVE)
    world.at = sent.answer_by + 20 * MINUTE
    world.tick()
    later = world.wait(minutes=1)
    assert "OfferExpired" in kinds(later)
    assert "DeadlinesShifted" not in kinds(later)


def test_every_open_deadline_moves_by_as_much_and_no_other() -> None:
    world = World(time_source=TimeSource.LIVE)
    for name in ("one", "two", "three"):
        world.organization(name, units=2)
    incident = world.incident()
    first = [fact for fact in world.demand(incident) if isinstance(fact, f.OfferSent)]
    names = {key: item.name for key, item in world.area.registry.organizations.rows.items()}
    no = c.DeclineOffer(offer=first[0].offer, reason=DeclineReason.OTHER)
    world.send(names[first[0].organization], no)
    world.at += MINUTE
    world.demand(incident, priority=2)
    operation = world.area.operations[EXERCISE]
    before = {key: offer.answer_by for key, offer in operation.offers.rows.items()}
    world.at += 30 * MINUTE
    by = only(world.tick(), f.DeadlinesShifted).by
    assert by == 29 * MINUTE
    for key, offer in operation.offers.rows.items():
        moved = by if offer.state is OfferState.SENT else 0
        assert offer.answer_by == before[key] + moved


@pytest.mark.parametrize(("late", "shifts"), [(STANDSTILL, False), (STANDSTILL + 1, True)])
def test_five_minutes_are_no_standstill(late: int, shifts: bool) -> None:
    world, sent = offered(TimeSource.LIVE)
    world.at = sent.answer_by + late
    assert ("DeadlinesShifted" in kinds(world.tick())) is shifts


def test_a_conductor_never_stands_still() -> None:
    world, sent = offered(TimeSource.GIVEN)
    world.at = sent.answer_by + DAY
    facts = kinds(world.tick())
    assert "DeadlinesShifted" not in facts
    assert "OfferExpired" in facts


# A surge: much follows from one command

MOST_IN_A_TICK = SETTLE_FACTS + EXPIRE_MOST + WAVE_MOST + 1


def surge() -> World:
    """Two thousand lines, some two hundred crews asked, forty of them at work."""
    world = World()
    for number in range(40):
        world.organization(f"o{number}", units=5, township=number % 20)
    incident = world.incident()
    for number in range(100):
        world.demand(incident, lines=20, priority=1 + number % 4)
    offers = world.area.operations[EXERCISE].offers.rows
    for _ in range(40):
        open_offer = next(row.id for row in offers.values() if row.state is OfferState.SENT)
        world.send(DESK, c.AcceptOffer(offer=open_offer, quantity=1))
    return world


def test_closing_an_incident_of_thousands_of_lines_ends_by_bounded_turns() -> None:
    """Given a surge, when its incident is closed, then ticks write what follows, bit by bit."""
    world = surge()
    operation = world.area.operations[EXERCISE]
    [incident] = operation.incidents.rows
    assert len(operation.lines) == 2_000
    live = tuple(AssignmentId(place[-1]) for place in operation.assignments_in.within(incident))
    assert len(live) == 40

    start = len(world.turns)
    closing = world.send(COUNTY, c.CloseIncident(incident=incident, stand_down=live))
    assert kinds(closing).count("AssignmentStoodDown") == 40
    assert operation.incidents[incident].state is IncidentState.CLOSING
    assert due(world.area) == (0, EXERCISE, operation.count("tick") + 1)

    facts = world.wait(minutes=0)
    assert operation.incidents[incident].state is IncidentState.CLOSED
    assert not settle.left_over(operation)
    assert kinds(facts).count("TaskProposed") + kinds(closing).count("TaskProposed") == 2_000
    assert kinds(facts).count("TaskOpened") == 2_000
    assert live_offers(world) == 0
    assert not any(row.live for row in operation.assignments.rows.values())
    for taken in world.turns[start:]:
        assert len(taken.turn.facts) <= MOST_IN_A_TICK <= FACTS_MOST
        assert len(taken.stored) <= TURN_BYTES_MOST


def test_while_an_incident_is_closing_nothing_new_enters_it() -> None:
    world = surge()
    operation = world.area.operations[EXERCISE]
    [incident] = operation.incidents.rows
    live = tuple(AssignmentId(place[-1]) for place in operation.assignments_in.within(incident))
    command = world.demand_command(incident)
    world.send(COUNTY, c.CloseIncident(incident=incident, stand_down=live))
    assert world.refused(DESK, command) is Refusal.INCIDENT_NOT_OPEN
    again = c.CloseIncident(incident=incident, stand_down=live)
    assert world.refused(COUNTY, again) is Refusal.INCIDENT_NOT_OPEN
