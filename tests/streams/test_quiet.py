"""Quiet: what nobody has touched for half a day is asked about (field F5)."""

from __future__ import annotations

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import CloseReason, DeclineReason, DemandId, Sealed
from schemas.views import DemandRow
from streams import rows
from streams.entities import Demand
from streams.parameters import HOUR, MINUTE, SECOND
from tests.streams.world import DESK, World, asked, divisions, only, townships

HALF_A_DAY = 12 * HOUR
SEALED = Sealed(key="incident", nonce="n", ciphertext="c")


def open_demand(**wishes: int) -> tuple[World, DemandId]:
    """A demand that nobody can serve, and that is not urgent: else its desk is asked at once."""
    world = World()
    published = only(world.demand(world.incident(), priority=3, **wishes), f.DemandPublished)
    return world, published.demand


def offers(world: World, **wishes: int) -> list[f.OfferSent]:
    """Whom a routine demand asks, a minute after it was posted."""
    world.demand(world.incident(), priority=3, **wishes)
    return asked(world.wait(minutes=1))


def state(world: World, demand: DemandId) -> Demand:
    return world.operation.demands[demand]


def questions(facts: list[object]) -> list[f.StillNeededAsked]:
    return [fact for fact in facts if isinstance(fact, f.StillNeededAsked)]


def test_after_half_a_day_without_an_act_the_desk_is_asked_once() -> None:
    """However often nobody was found meanwhile; and it goes on being looked for."""
    world, demand = open_demand()
    assert questions(world.until(world.at + HALF_A_DAY - SECOND)) == []
    [question] = questions(world.until(world.at + 2 * SECOND))
    assert question.demand == demand
    row = rows.demand(world.operation, state(world, demand)).row
    assert isinstance(row, DemandRow)
    assert row.asked_at == question.at
    assert questions(world.until(world.at + 3 * HALF_A_DAY)) == []
    assert state(world, demand).state.value == "published"


@pytest.mark.parametrize("act", ["keep", "amend"])
def test_an_act_of_the_desk_answers_it_for_another_half_a_day(act: str) -> None:
    world, demand = open_demand()
    world.until(world.at + HALF_A_DAY + SECOND)
    if act == "keep":
        world.send(DESK, c.KeepDemand(demand=demand))
    else:
        world.amend(demand, rally_point="村委会")
    assert state(world, demand).asked_at is None
    assert questions(world.until(world.at + HALF_A_DAY - SECOND)) == []
    assert len(questions(world.until(world.at + 2 * SECOND))) == 1


def test_what_a_crew_does_counts() -> None:
    """Given a crew that has arrived an hour ago, then nobody is asked for eleven more."""
    world = World()
    world.organization("team")
    [offer] = offers(world)
    world.until(world.at + MINUTE)
    assignment = world.at_work(offer)
    world.until(world.at + 11 * HOUR)
    world.send(DESK, c.ReportDone(assignment=assignment))
    reported = world.at
    facts = world.until(reported + HALF_A_DAY - SECOND)
    assert questions(facts) == []
    kept = [fact for fact in facts if isinstance(fact, f.DemandKept)]
    assert [(fact.said, fact.until) for fact in kept] == [(False, reported + HALF_A_DAY)]
    assert len(questions(world.until(world.at + 2 * SECOND))) == 1


def test_a_yes_counts_from_when_it_was_said() -> None:
    world = World()
    world.organization("team")
    [offer] = offers(world)
    world.at += MINUTE
    world.yes(offer)
    assert questions(world.until(world.at + HALF_A_DAY - SECOND)) == []
    assert len(questions(world.until(world.at + 2 * SECOND))) == 1


def test_what_is_needed_later_is_asked_about_half_a_day_after_that() -> None:
    world = World()
    needed_by = world.at + 20 * HOUR
    world.demand(world.incident(), priority=3, needed_by=needed_by)
    assert questions(world.until(needed_by + HALF_A_DAY - SECOND)) == []
    assert len(questions(world.until(world.at + 2 * SECOND))) == 1


@pytest.mark.parametrize("act", ["reopen", "keep", "take back"])
def test_no_act_makes_the_question_come_before_it_is_needed(act: str) -> None:
    """Needed in two days: whatever the desk does meanwhile, half a day behind that it is asked."""
    world = World()
    needed_by = world.at + 48 * HOUR
    demand = only(
        world.demand(world.incident(), priority=3, needed_by=needed_by), f.DemandPublished
    ).demand
    world.at += HOUR
    if act == "reopen":
        world.close(demand, CloseReason.CANCELED)
        world.reopen(demand)
    elif act == "keep":
        world.send(DESK, c.KeepDemand(demand=demand))
    else:
        world.amend(demand, place=divisions().seat(townships()[5]))
        world.send(DESK, c.TakeBackDemand(demand=demand, revision=2))
    assert questions(world.until(needed_by + HALF_A_DAY - SECOND)) == []
    assert len(questions(world.until(world.at + 2 * SECOND))) == 1


@pytest.mark.parametrize("act", ["decline", "new time", "drop", "ask", "look up"])
def test_whatever_anybody_does_puts_the_question_off_and_answers_it(act: str) -> None:
    """Before the half day is over it is not asked; once it is, the next act is the answer."""
    world = World()
    for name in ("one", "other"):
        world.organization(name)
    off_duty = world.organization("off duty")
    world.send("off duty", c.SetDuty(organization=off_duty, on_duty=False))
    first = offers(world, lines=2)[0]
    demand = first.demand
    world.yes(first, actor=DESK)
    world.until(world.at + HALF_A_DAY - 2 * MINUTE)
    line = next(key for key in state(world, demand).lines if key != first.line)
    latest = max(world.operation.offers.rows.values(), key=lambda row: row.sent_at)
    [crew] = world.operation.assignments
    acts: dict[str, c.Command] = {
        "decline": c.DeclineOffer(offer=latest.id, reason=DeclineReason.OTHER),
        "new time": c.GiveNewTime(assignment=crew, minutes=30),
        "drop": c.DropLine(line=line),
        "ask": c.AskByHand(line=line, organization=off_duty, reason=SEALED),
        "look up": c.ShowPersons(offer=first.offer),
    }
    world.send(DESK, acts[act])
    said = world.at
    assert questions(world.until(said + HALF_A_DAY - SECOND)) == []
    assert len(questions(world.until(said + HALF_A_DAY + MINUTE))) == 1
    world.send(DESK, c.ShowPersons(offer=first.offer))
    assert state(world, demand).asked_at is None


def test_an_end_answers_it_and_taking_it_up_again_begins_anew() -> None:
    world, demand = open_demand()
    world.until(world.at + HALF_A_DAY + SECOND)
    world.close(demand, CloseReason.CANCELED)
    assert state(world, demand).asked_at is None
    assert world.refused(DESK, c.KeepDemand(demand=demand)) is Refusal.DEMAND_CLOSED
    world.until(world.at + 2 * HALF_A_DAY)
    world.reopen(demand)
    assert len(questions(world.until(world.at + HALF_A_DAY + SECOND))) == 1


def test_said_twice_is_said_once() -> None:
    world, demand = open_demand()
    world.wait(minutes=10)
    assert len(world.send(DESK, c.KeepDemand(demand=demand))) == 1
    world.at += 30 * SECOND
    assert world.send(DESK, c.KeepDemand(demand=demand)) == ()


@pytest.mark.parametrize("done", [False, True])
def test_a_crew_that_never_comes_or_is_never_confirmed_climbs_in_the_end(done: bool) -> None:
    """Given all is covered, by a crew that is long overdue, or that has reported done and is told
    nothing, when its desk says nothing for half a day, then the desk above is asked."""
    world = World()
    world.organization("a", units=1)
    [offer] = asked(world.demand(world.incident(), priority=2))
    crew = world.at_work(offer)
    if done:
        world.send(world.name(offer.organization), c.ReportDone(assignment=crew))
    facts = world.until(world.at + HALF_A_DAY + 2 * HOUR)
    assert questions(facts)[0].climbs_at is not None
    assert "DemandClimbed" in [type(fact).__name__ for fact in facts]
