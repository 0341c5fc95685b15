"""Nobody left to ask: what is urgent is its desk's at once, and climbs (README: a next step)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.instruction_values import InstructionKind
from schemas.refusals import Refusal
from schemas.values import DemandId, LineRequest
from schemas.views import DemandRow
from streams import rows
from streams.parameters import HOUR, MINUTE, URGENCY
from tests.streams.world import COUNTY, DESK, SEALED, World, asked, kinds, only


def row(world: World, demand: DemandId) -> DemandRow:
    found = rows.demand(world.operation, world.operation.demands[demand]).row
    assert isinstance(found, DemandRow)
    return found


def on_time(at: int | None, due: int) -> bool:
    """A little early, so that many climb at one moment."""
    return at is not None and due - 30_000 < at <= due


def posted(world: World, **wishes: object) -> DemandId:
    published: f.DemandPublished = only(world.demand(world.incident(), **wishes), f.DemandPublished)
    return published.demand


@pytest.mark.parametrize("priority", [1, 2])
def test_what_no_team_can_do_is_its_desks_at_once_and_climbs_when_nobody_acts(
    priority: int,
) -> None:
    world = World()
    demand = posted(world, priority=priority, skill="DRONE")
    shown, began = row(world, demand), world.at
    assert (shown.asked_at, shown.nobody_at) == (began, began)
    assert on_time(shown.climbs_at, began + URGENCY[priority].climb)
    [climbed] = [
        fact
        for fact in world.until(began + URGENCY[priority].climb + 5_000)
        if isinstance(fact, f.DemandClimbed)
    ]
    assert climbed.demand == demand
    shown = row(world, demand)
    assert (shown.climbed_at, shown.nobody_at) == (climbed.at, began)


def test_what_can_wait_is_nobodys_alarm() -> None:
    world = World()
    demand = posted(world, priority=3, skill="DRONE")
    world.until(world.at + 30 * MINUTE)
    assert row(world, demand).asked_at is None


def test_who_is_asked_comes_first_and_when_all_have_refused_its_desk_is_asked() -> None:
    world = World()
    world.organization("team")
    facts = world.demand(world.incident())
    [offer], demand = asked(facts), only(facts, f.DemandPublished).demand
    assert row(world, demand).asked_at is None
    world.at += MINUTE
    world.no(offer)
    assert row(world, demand).nobody_at == world.at


def test_being_asked_in_between_does_not_begin_the_time_anew() -> None:
    """A team that is asked again and again and never answers keeps nothing from the county."""
    world = World()
    world.organization("team")
    world.demand(world.incident())
    facts = world.until(world.at + 20 * MINUTE)
    asked_first, asked_again = (
        fact for fact in facts if isinstance(fact, f.LineUnmet) and fact.climbs_at
    )
    assert on_time(asked_first.climbs_at, asked_first.at + URGENCY[1].climb)
    assert asked_again.climbs_at == asked_again.at, "it was the county's before, and is so at once"
    assert kinds(facts).count("DemandClimbed") == 2


def test_somebody_who_can_be_asked_after_all_takes_it_off_the_desk() -> None:
    world = World()
    demand = posted(world, skill="DRONE")
    world.until(world.at + 5 * MINUTE)
    assert row(world, demand).climbed_at is not None
    world.organization("drones", skill="DRONE")
    world.until(world.at + MINUTE)
    shown = row(world, demand)
    assert (shown.asked_at, shown.climbed_at, shown.nobody_at) == (None, None, None)
    [offer] = [
        fact for taken in world.turns for fact in taken.turn.facts if isinstance(fact, f.OfferSent)
    ]
    world.yes(offer)
    known = world.operation.demands[demand]
    assert (known.nobody_at, known.asked_at) == (None, None)
    assert known.quiet_at is not None


@pytest.mark.parametrize("by", [DESK, COUNTY])
def test_an_act_of_its_desk_or_of_the_one_above_answers_it_for_half_an_hour(by: str) -> None:
    world = World()
    demand = posted(world, skill="DRONE")
    world.at += MINUTE
    world.send(by, c.KeepDemand(demand=demand))
    acted = world.at
    assert row(world, demand).asked_at is None
    assert "DemandClimbed" not in kinds(world.until(acted + URGENCY[1].hold - 1_000))
    world.until(acted + URGENCY[1].hold + 5_000)
    shown = row(world, demand)
    assert shown.nobody_at == shown.asked_at
    assert shown.nobody_at is not None
    assert shown.nobody_at - acted - URGENCY[1].hold < 5_000


def test_a_word_about_the_crew_of_one_line_answers_nothing_about_another() -> None:
    """Given a crew at one line and nobody for another, when the desk says how the crew is, then
    it is asked about the other line still, and the desk above is once its time is over."""
    world = World()
    world.organization("near")
    command = world.demand_command(world.incident())
    drone = LineRequest(skill="DRONE", minimum=1, target=1)
    facts = world.send(DESK, replace(command, lines=(*command.lines, drone)))
    demand = only(facts, f.DemandPublished).demand
    crew = world.at_work(only(asked(facts)))
    asked_at = row(world, demand).asked_at
    assert asked_at is not None
    world.send(DESK, c.Arrive(assignment=crew))
    world.send(DESK, c.CheckIn(assignment=crew))
    assert row(world, demand).asked_at == asked_at
    world.until(asked_at + URGENCY[1].climb)
    climbed = row(world, demand).climbed_at
    assert climbed is not None
    world.send(DESK, c.CheckIn(assignment=crew))
    assert row(world, demand).climbed_at == climbed
    world.send(DESK, c.SetOwnCrew(line=world.operation.demands[demand].lines[1], units=1))
    assert row(world, demand).asked_at is None


def test_whom_a_desk_asks_by_hand_and_who_refuses_is_news_at_once() -> None:
    world = World()
    off = world.organization("off")
    world.send("off", c.SetDuty(organization=off, on_duty=False))
    facts = world.demand(world.incident())
    demand, line = only(facts, f.DemandPublished).demand, only(facts, f.LineUnmet).line
    world.at += MINUTE
    [offer] = asked(world.send(DESK, c.AskByHand(line=line, organization=off, reason=SEALED)))
    assert row(world, demand).asked_at is None
    world.at += MINUTE
    world.no(offer)
    assert row(world, demand).nobody_at == world.at


def test_what_has_climbed_is_taken_on_also_while_a_silent_team_is_asked_once_more() -> None:
    """The desk above presses what it has read: no team that never answers is in its way."""
    world = World()
    world.organization("near")
    demand = posted(world)
    refused = world.refused(COUNTY, c.TakeOnDemand(demand=demand))
    assert refused is Refusal.HAND_UP_NONE, "its township has its time first"
    world.until(world.at + 20 * MINUTE, f.DemandClimbed)
    world.until(world.at + 20 * MINUTE, f.OfferSent)
    assert row(world, demand).climbed_at is None
    assert kinds(world.send(COUNTY, c.TakeOnDemand(demand=demand))) == ["DemandTakenOn"]


def test_behind_an_order_to_all_to_stop_its_desk_has_its_time_anew() -> None:
    """Given two hours in which nobody may go there, when that is lifted, then what was nobody's
    before does not climb in the same instant."""
    world = World()
    world.organization("one")
    incident = world.incident()
    world.at_work(asked(world.demand(incident, priority=2))[0])
    demand = only(world.demand(incident, skill="DRONE"), f.DemandPublished).demand
    world.wait(minutes=1)
    stop = c.InstructIncident(incident=incident, what=InstructionKind.STOP)
    given = only(world.send(COUNTY, stop), f.IncidentInstructed).instruction
    world.wait(minutes=120)
    lifted = world.at
    world.send(COUNTY, c.LiftFromIncident(incident=incident, instruction=given))
    shown = row(world, demand)
    assert shown.nobody_at == lifted
    assert on_time(shown.climbs_at, lifted + URGENCY[1].climb)


def test_own_crew_for_the_least_is_enough() -> None:
    world = World()
    facts = world.demand(world.incident(), minimum=1, target=3, skill="DRONE")
    demand, line = only(facts, f.DemandPublished).demand, only(facts, f.LineUnmet).line
    world.send(DESK, c.SetOwnCrew(line=line, units=1))
    assert "DemandClimbed" not in kinds(world.until(world.at + 60 * MINUTE))
    assert row(world, demand).asked_at is None


def test_a_question_that_climbs_to_nobody_hides_no_one_who_is_left_alone() -> None:
    """Given a covered P1 whose desk is asked after half a day whether it is still needed, when its
    crew does not come and nobody else can be asked, then it climbs by its own time."""
    world = World()
    world.organization("near")
    facts = world.demand(world.incident(), priority=1)
    offer = only(asked(facts))
    world.at_work(offer, minutes=13 * 60)
    world.until(world.at + 12 * HOUR + MINUTE)
    shown = row(world, offer.demand)
    assert (shown.asked_at is not None, shown.climbs_at) == (True, None)
    later = world.until(world.at + 2 * HOUR)
    doubted, climbed = only(later, f.CrewDoubted), only(later, f.DemandClimbed)
    assert on_time(climbed.at, doubted.at + URGENCY[1].climb)
    assert row(world, offer.demand).nobody_at == doubted.at
