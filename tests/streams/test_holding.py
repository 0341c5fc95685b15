"""On hold: a demand whose question is open asks nobody, is not forgotten, and goes on at once."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import CloseReason, DivisionCode, Reception, Role, StandDownReason
from schemas.views import AssignmentRow, DemandRow, OfferRow, Put
from streams import rows
from streams.entities import DemandState, OfferState
from streams.parameters import HOUR, MINUTE, SECOND
from tests.streams.world import (
    COUNTY,
    DESK,
    SEALED,
    STEWARD,
    YONGJIA,
    World,
    asked,
    divisions,
    kinds,
    only,
    townships,
)

QUESTION = "桥能不能过车？"
HOLD = {1: 30 * MINUTE, 2: HOUR, 3: 2 * HOUR, 4: 2 * HOUR}
CLIMB = {1: 3 * MINUTE, 2: 10 * MINUTE, 3: HOUR, 4: HOUR}


class Scene:
    """A demand for two units, for which two teams were asked."""

    def __init__(self, **wishes: Any) -> None:
        self.world = World()
        self.teams = [self.world.organization(name, units=2) for name in ("one", "two")]
        facts = self.world.demand(self.world.incident(), **{"target": 2, "priority": 2, **wishes})
        facts += tuple(self.world.wait(minutes=1)) if wishes.get("priority", 2) > 2 else ()
        self.demand = only(facts, f.DemandPublished).demand
        self.offers = asked(facts)
        self.line = self.world.operation.demands[self.demand].lines[0]

    def hold(self, by: str = DESK) -> Any:
        return self.world.send(by, c.HoldDemand(demand=self.demand, question=QUESTION))

    def resume(self, by: str = DESK) -> Any:
        return self.world.send(by, c.ResumeDemand(demand=self.demand, answer="可以"))

    def row(self) -> DemandRow:
        known = self.world.operation
        row = rows.demand(known, known.demands[self.demand]).row
        assert isinstance(row, DemandRow)
        return row

    def offer(self, number: int = 0) -> OfferRow:
        known = self.world.operation
        row = rows.offer(self.world.area, known, known.offers[self.offers[number].offer]).row
        assert isinstance(row, OfferRow)
        return row


def test_on_hold_is_not_covered_to_whoever_may_still_say_yes() -> None:
    """Given a team that was silent, when the desk holds the demand, then its row says that this
    is why its yes would wait, and no more once it goes on."""
    scene = Scene()
    scene.world.wait(minutes=6)
    shown = []
    for act in (lambda: None, scene.hold, scene.resume):
        act()
        shown.append((scene.offer().wanted, scene.offer().on_hold))
    assert shown[:2] == [(True, False), (False, True)]
    assert not shown[2][1]


def test_whoever_is_asked_is_told_and_nobody_else_is_asked_until_it_goes_on() -> None:
    """Given two teams that are asked, when the desk holds it, then both are told why; whoever
    becomes able meanwhile is not asked; and when it goes on, all are, in the same turn."""
    scene = Scene()
    held = scene.hold()
    downs = [fact for fact in held if isinstance(fact, f.OfferStoodDown)]
    assert {fact.offer for fact in downs} == {offer.offer for offer in scene.offers}
    assert {fact.reason for fact in downs} == {StandDownReason.DEMAND_HELD}
    scene.world.organization("three", units=2)
    assert asked(scene.world.wait(minutes=29)) == []
    line = scene.row().lines[0]
    assert (line.unmet, line.retry_at, scene.row().state) == (False, None, "on_hold")
    again = asked(scene.resume())
    assert {offer.organization for offer in again} == set(scene.world.area.registry.organizations)
    assert scene.row().question is None


def test_it_is_on_the_list_with_its_question_and_since_when() -> None:
    scene = Scene()
    scene.hold()
    since = scene.world.at
    scene.world.at += 10 * MINUTE
    scene.hold()
    row = scene.row()
    assert (row.question, row.held_at, row.asked_by) == (QUESTION, since, None)


def test_the_county_puts_a_question_to_the_township() -> None:
    scene = Scene()
    held = only(scene.hold(COUNTY), f.DemandHeld)
    assert held.asked_by == YONGJIA
    assert scene.row().asked_by == YONGJIA
    assert asked(scene.resume(DESK)), "and the township's desk answers it"


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_its_desk_is_asked_after_a_while_and_then_the_desk_above(priority: int) -> None:
    scene = Scene(priority=priority)
    scene.hold()
    since = scene.world.at
    assert kinds_of(scene, since + HOLD[priority] - SECOND) == []
    [question] = kinds_of(scene, since + HOLD[priority] + SECOND)
    assert (type(question), scene.row().asked_at) == (f.HoldAsked, question.at)
    assert scene.row().climbs_at == question.at + CLIMB[priority]
    assert kinds_of(scene, question.at + CLIMB[priority] - SECOND) == []
    [climbed] = kinds_of(scene, question.at + CLIMB[priority] + SECOND)
    assert (type(climbed), scene.row().climbed_at) == (f.DemandClimbed, climbed.at)
    assert kinds_of(scene, climbed.at + 30 * HOUR) == [], "it stands with both until somebody acts"


def kinds_of(scene: Scene, until: int) -> list[Any]:
    return [
        fact
        for fact in scene.world.until(until)
        if isinstance(fact, f.HoldAsked | f.DemandClimbed | f.StillNeededAsked | f.OfferSent)
    ]


def test_held_again_it_has_its_time_anew_and_what_has_climbed_comes_back() -> None:
    scene = Scene()
    scene.hold()
    scene.world.until(scene.world.at + 2 * HOUR)
    assert scene.row().climbed_at is not None
    scene.hold()
    assert (scene.row().climbed_at, scene.row().asked_at) == (None, None)
    assert kinds_of(scene, scene.world.at + HOUR - SECOND) == []
    assert len(kinds_of(scene, scene.world.at + 2 * SECOND)) == 1


def test_nothing_but_an_answer_ends_the_question() -> None:
    """Given a desk that is asked, when it amends the demand or a crew reports, then it is asked
    still, and nobody else is."""
    scene = Scene()
    crew = scene.world.at_work(scene.offers[0], quantity=1)
    scene.hold()
    scene.world.until(scene.world.at + HOUR + SECOND)
    assert scene.row().asked_at is not None
    more = scene.world.operation.demands[scene.demand]
    request = scene.world.demand_command(more.incident).lines
    facts = scene.world.amend(scene.demand, targets=(4,), lines=request)
    facts += tuple(scene.world.wait(minutes=5))
    scene.world.send(DESK, c.Arrive(assignment=crew))
    assert (asked(facts), scene.row().state) == ([], "on_hold")
    assert scene.row().asked_at is not None
    assert asked(scene.resume()), "for what was amended meanwhile, too"


def test_a_crew_that_is_at_work_stays_and_sees_the_question() -> None:
    scene = Scene()
    crew = scene.world.at_work(scene.offers[0], quantity=1)
    facts = scene.hold()
    assert "AssignmentStoodDown" not in kinds(facts)
    known = scene.world.operation
    row = rows.assignment(scene.world.area, known, known.assignments[crew]).row
    assert isinstance(row, AssignmentRow)
    assert (row.state, row.question) == ("committed", QUESTION)
    changed = [put.row.id for put in scene.world.turns[-1].changes if isinstance(put, Put)]
    assert crew in changed, "its page is told at once"


@pytest.mark.parametrize("late", [False, True])
def test_a_yes_meanwhile_is_kept_for_the_desk(late: bool) -> None:
    """A leader whose telephone had no signal has not said yes for nothing, and does not set off
    into what is an open question."""
    scene = Scene()
    if late:
        scene.world.until(scene.offers[0].answer_by + 1, f.OfferExpired)
    scene.hold()
    assert scene.offer().wanted is False
    facts = scene.world.yes(scene.offers[0])
    assert "StandbyOffered" in kinds(facts)
    assert "AssignmentCommitted" not in kinds(facts)
    offer = scene.world.operation.offers[scene.offers[0].offer]
    assert (offer.state, offer.unneeded) == (OfferState.STANDBY, None)
    taken = scene.world.send(DESK, c.TakeStandby(offer=offer.id))
    assert "AssignmentCommitted" in kinds(taken), "the desk's own word counts at once"


def test_a_yes_meanwhile_counts_as_soon_as_the_demand_goes_on() -> None:
    scene = Scene()
    scene.hold()
    scene.world.yes(scene.offers[0])
    facts = scene.resume()
    first = next(fact for fact in facts if isinstance(fact, f.OfferAccepted))
    assert (first.offer, first.kept) == (scene.offers[0].offer, True)
    assert "AssignmentCommitted" in kinds(facts)


def test_its_desk_asks_nobody_by_hand_meanwhile_but_receives_who_stands_there() -> None:
    scene = Scene()
    team = scene.world.organization("by itself")
    scene.hold()
    by_hand = c.AskByHand(line=scene.line, organization=team, reason=SEALED)
    assert scene.world.refused(DESK, by_hand) is Refusal.DEMAND_ON_HOLD
    assert scene.world.refused(DESK, c.KeepDemand(demand=scene.demand)) is Refusal.DEMAND_ON_HOLD
    here = c.ReceiveCrew(line=scene.line, organization=team, word=Reception.TAKEN_ON, quantity=1)
    assert "AssignmentCommitted" in kinds(scene.world.send(DESK, here))


def test_what_was_never_held_or_is_closed() -> None:
    scene = Scene()
    assert scene.resume() == (), "said for nothing, nothing is new"
    scene.hold()
    scene.world.close(scene.demand, CloseReason.CANCELED)
    row = scene.row()
    assert (row.question, row.held_at, row.asked_at) == (None, None, None)
    for command in (
        c.HoldDemand(demand=scene.demand, question=QUESTION),
        c.ResumeDemand(demand=scene.demand),
    ):
        assert scene.world.refused(DESK, command) is Refusal.DEMAND_CLOSED
    assert asked(scene.world.reopen(scene.demand)), "reopened, it is on hold no more"
    assert scene.world.operation.demands[scene.demand].state is DemandState.PUBLISHED


def test_what_is_held_back_goes_out_no_sooner_for_it() -> None:
    """P3 is released after a minute: held and resumed within it, nobody is asked before."""
    world = World()
    world.organization("one")
    demand = only(world.demand(world.incident(), priority=3), f.DemandPublished).demand
    world.at += 10 * SECOND
    world.send(DESK, c.HoldDemand(demand=demand, question=QUESTION))
    assert asked(world.send(DESK, c.ResumeDemand(demand=demand))) == []
    assert asked(world.wait(minutes=1))


def test_moved_while_on_hold_it_is_the_receiver_s_to_answer() -> None:
    scene = Scene()
    scene.world.grant("receiver", Role.DESK, division=DivisionCode(townships()[5]))
    scene.hold()
    facts = scene.world.amend(scene.demand, place=divisions().seat(townships()[5]))
    assert asked(facts) == []
    resume = c.ResumeDemand(demand=scene.demand)
    assert scene.world.refused(DESK, resume) is Refusal.ROLE_MISSING
    assert asked(scene.world.send("receiver", resume))


def test_more_urgent_its_desk_is_asked_sooner() -> None:
    scene = Scene(priority=4)
    scene.hold()
    scene.world.amend(scene.demand, priority=1)
    [question] = kinds_of(scene, scene.world.at + 30 * MINUTE + SECOND)
    assert isinstance(question, f.HoldAsked)


@pytest.mark.parametrize("able", [False, True])
def test_still_needed_climbs_where_somebody_is_missing(able: bool) -> None:
    """Asked after half a day and not answered, it climbs if unmet; not if a crew is there."""
    scene = Scene()
    if able:
        crew = scene.world.at_work(scene.offers[0], quantity=2)
        name = scene.world.name(scene.offers[0].organization)
        scene.world.send(name, c.Arrive(assignment=crew))
    else:
        for team in scene.teams:
            scene.world.send(STEWARD, c.SetDuty(organization=team, on_duty=False))
    facts = scene.world.until(scene.world.at + 14 * HOUR)
    climbed = [fact for fact in facts if isinstance(fact, f.DemandClimbed)]
    assert len(climbed) == (0 if able else 1)
    scene.world.send(DESK, c.KeepDemand(demand=scene.demand))
    assert scene.row().climbed_at is None
