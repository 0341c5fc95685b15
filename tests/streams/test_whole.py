"""Whole lines: of use only all together, from one organization. Nobody ever gives a part."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.instruction_values import InstructionKind
from schemas.refusals import Refusal
from schemas.values import Capability, Gate, LineRequest, Reception
from streams.entities import OfferState
from streams.matching.why import why
from tests.streams.world import DESK, SEALED, World, only


def scene(*units: int, target: int = 5, **wishes: Any) -> tuple[World, f.DemandPublished]:
    """A pump train of five, and organizations with so many pumps, the first the nearest."""
    world = World()
    for number, count in enumerate(units):
        world.organization(f"team {number}", township=number, units=count)
    wishes = {"minimum": target, "target": target, "whole": True, **wishes}
    return world, only(world.demand(world.incident(), **wishes), f.DemandPublished)


def line_of(posted: f.DemandPublished) -> Any:
    return posted.lines[0].line


def names_asked(world: World) -> list[str]:
    return [world.name(row.organization) for row in world.operation.offers.rows.values()]


def test_only_who_has_all_of_it_free_is_asked_and_for_all_of_it() -> None:
    world, _ = scene(3, 5, 9)
    offers = world.operation.offers.rows.values()
    assert {(world.name(row.organization), row.quantity) for row in offers} == {
        ("team 1", 5),
        ("team 2", 5),
    }


def test_where_nobody_has_all_of_it_that_is_said_with_its_own_gate() -> None:
    world, posted = scene(3, 4)
    row = world.operation.lines[line_of(posted)]
    assert row.unmet
    assert [(count.gate, count.count) for count in row.gates] == [(Gate.WHOLE, 2)]


def test_why_not_us_says_how_much_is_needed_together_and_how_much_was_free() -> None:
    world, posted = scene(3)
    [key] = world.area.registry.organizations
    said = why(world.area, world.operation, line_of(posted), key, world.at)
    assert said is not None
    assert said.gate is Gate.WHOLE
    assert said.words.en == "The line goes as a whole: 5 are needed together, and it has 3 free."
    assert said.words.zh == "此项须由一家组织整体承担：需要 5，其空闲 3。"


def test_once_all_of_it_is_free_somebody_is_asked_at_once() -> None:
    """Given a team that lacks two pumps, when it states two more, then it is asked within
    seconds."""
    world, _ = scene(3)
    [key] = world.area.registry.organizations
    stated = (Capability(skill="PUMP_DRAIN", units=5),)
    world.send("team 0", c.SetCapacity(organization=key, capabilities=stated))
    world.wait(minutes=0)
    assert names_asked(world) == ["team 0"]


def test_a_yes_to_a_part_is_refused_and_the_whole_is_taken() -> None:
    world, posted = scene(5)
    [offer] = world.operation.offers.rows.values()
    yes = c.AcceptOffer(offer=offer.id, quantity=4)
    assert world.refused("team 0", yes) is Refusal.WHOLE_PART
    assert world.operation.lines[line_of(posted)].covered == 0
    world.send("team 0", c.AcceptOffer(offer=offer.id, quantity=5))
    assert world.operation.lines[line_of(posted)].covered == 5


def test_nobody_is_asked_by_hand_for_a_part() -> None:
    world, posted = scene(3)
    [key] = world.area.registry.organizations
    by_hand = c.AskByHand(line=line_of(posted), organization=key, reason=SEALED)
    assert world.refused(DESK, by_hand) is Refusal.WHOLE_PART


@pytest.mark.parametrize("word", [Reception.TAKEN_ON, Reception.PARKED])
def test_a_crew_that_comes_with_a_part_is_sent_home_or_not_taken_on(word: Reception) -> None:
    world, posted = scene(3)
    [key] = world.area.registry.organizations
    came = c.ReceiveCrew(line=line_of(posted), organization=key, word=word, quantity=3)
    assert world.refused(DESK, came) is Refusal.WHOLE_PART
    home = c.ReceiveCrew(
        line=line_of(posted), organization=key, word=Reception.SENT_HOME, quantity=3
    )
    assert only(world.send(DESK, home), f.CrewReceived)


def test_the_own_crew_takes_on_all_of_it_or_nothing() -> None:
    world, posted = scene()
    own = c.SetOwnCrew(line=line_of(posted), units=2)
    assert world.refused(DESK, own) is Refusal.WHOLE_PART
    world.send(DESK, c.SetOwnCrew(line=line_of(posted), units=5))
    assert world.operation.lines[line_of(posted)].covered == 5
    world.send(DESK, c.SetOwnCrew(line=line_of(posted), units=0))
    assert world.operation.lines[line_of(posted)].covered == 0


def test_its_minimum_is_its_target() -> None:
    world, posted = scene()
    line = LineRequest(skill="PUMP_DRAIN", minimum=1, target=5, whole=True)
    command = c.PublishDemand(**{**_publishing(world, posted), "lines": (line,)})
    assert world.refused(DESK, command) is Refusal.WHOLE_MINIMUM


def _publishing(world: World, posted: f.DemandPublished) -> dict[str, Any]:
    command = world.demand_command(posted.incident)
    return {name: getattr(command, name) for name in command.__struct_fields__}


def test_fewer_are_wanted_all_the_same_together() -> None:
    """Given nobody who has five, when three are enough, then who has three is asked for three."""
    world, posted = scene(3)
    world.amend(posted.demand, targets=(3,))
    [offer] = world.operation.offers.rows.values()
    row = world.operation.lines[line_of(posted)]
    assert (offer.quantity, row.minimum, row.target) == (3, 3, 3)


def test_where_more_are_wanted_who_is_asked_for_fewer_is_asked_anew_for_all() -> None:
    """Given a request for five that nobody has answered, when six are needed, then it is taken
    back and the one that has six is asked; the old one is answered by nothing but thanks."""
    world, posted = scene(6)
    world.amend(posted.demand, targets=(6,))
    world.wait(minutes=0)
    old, new = world.operation.offers.rows.values()
    assert (old.state, new.state, new.quantity) == (OfferState.STOOD_DOWN, OfferState.SENT, 6)


def test_an_old_request_is_no_way_to_give_a_part() -> None:
    """Given a request for five whose time is over, when six are needed, then a late yes to it
    covers nothing, and its page offers none."""
    world, posted = scene(5)
    world.wait(minutes=6)
    [offer] = world.operation.offers.rows.values()
    assert offer.state is OfferState.NO_ANSWER
    world.amend(posted.demand, targets=(6,))
    yes = c.AcceptOffer(offer=offer.id, quantity=5)
    assert world.refused("team 0", yes) is Refusal.WHOLE_PART


def test_what_somebody_has_taken_on_whole_does_not_grow() -> None:
    """Given a crew of five, when the desk wants six, then it is told to add a line: else that crew
    would be a part."""
    world, posted = scene(9)
    [offer] = world.operation.offers.rows.values()
    world.send("team 0", c.AcceptOffer(offer=offer.id, quantity=5))
    assert _refused_amendment(world, posted, 6) is Refusal.WHOLE_TAKEN
    world.amend(posted.demand, targets=(4,))
    assert world.operation.lines[line_of(posted)].covered == 5


def test_nor_does_it_while_its_crew_is_told_to_leave() -> None:
    """It is no cover meanwhile; once it may go on, or says that it is done, it would be a part."""
    world, posted = scene(9)
    [offer] = world.operation.offers.rows.values()
    crew = only(
        world.send("team 0", c.AcceptOffer(offer=offer.id, quantity=5)), f.AssignmentCommitted
    ).assignment
    world.send(DESK, c.InstructCrew(assignment=crew, what=InstructionKind.WITHDRAW))
    assert world.operation.lines[line_of(posted)].covered == 0
    assert _refused_amendment(world, posted, 6) is Refusal.WHOLE_TAKEN


def _refused_amendment(world: World, posted: f.DemandPublished, target: int) -> Refusal | None:
    known = world.operation.demands[posted.demand]
    return world.refused(
        DESK,
        c.AmendDemand(
            demand=known.id,
            revision=known.revision,
            priority=known.priority,
            targets=(target,),
            lines=(),
            risk_statement=known.risk_statement,
            rally_point=known.rally_point,
        ),
    )


def test_who_gave_up_by_mistake_goes_on_only_with_all_of_it() -> None:
    """Given a crew of five that gave up, when six are needed meanwhile, then it cannot take its
    word back: five are no use any more."""
    world, posted = scene(5)
    [offer] = world.operation.offers.rows.values()
    committed = only(
        world.send("team 0", c.AcceptOffer(offer=offer.id, quantity=5)), f.AssignmentCommitted
    )
    world.send("team 0", c.CannotComplete(assignment=committed.assignment))
    world.amend(posted.demand, targets=(6,))
    undo = c.UndoStep(assignment=committed.assignment)
    assert world.refused("team 0", undo) is Refusal.WHOLE_PART


def test_a_crew_that_does_not_come_is_replaced_whole() -> None:
    world, _ = scene(5, 5, priority=1)
    first, *_ = world.operation.offers.rows.values()
    world.send(world.name(first.organization), c.AcceptOffer(offer=first.id, quantity=5))
    world.wait(minutes=180)
    quantities = [row.quantity for row in world.operation.offers.rows.values()]
    assert len(quantities) > 2, "somebody more was asked"
    assert set(quantities) == {5}


def test_other_lines_ask_as_before_when_one_goes_as_a_whole() -> None:
    """Given a whole line that counted who has what, then a line beside it still takes parts."""
    world, posted = scene(2, 3)
    pumps = LineRequest(skill="PUMP_DRAIN", minimum=1, target=5)
    world.amend(posted.demand, lines=(pumps,))
    assert sorted(row.quantity for row in world.operation.offers.rows.values()) == [2, 3]
