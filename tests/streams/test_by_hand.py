"""By hand: a desk asks whom it chooses, past the order, and never past what a yes cannot pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import (
    AssignmentId,
    Capability,
    DeclineReason,
    DivisionCode,
    LineId,
    OrganizationId,
    RegistrationClass,
    Role,
)
from streams.entities import OfferState
from streams.parameters import URGENCY
from tests.streams.world import (
    COUNTY,
    DESK,
    SEALED,
    STEWARD,
    World,
    asked,
    certificate,
    divisions,
    kinds,
    only,
    townships,
)


def by_hand(line: LineId, organization: OrganizationId) -> c.AskByHand:
    return c.AskByHand(line=line, organization=organization, reason=SEALED)


def line_of(facts: Any) -> LineId:
    """The first line of the demand that was just published."""
    found: LineId = only(facts, f.DemandPublished).lines[0].line
    return found


def far(world: World, organization: OrganizationId) -> None:
    """Beyond the 30 km of a general line, still in its county."""
    moved = world.entry(organization, place=divisions().seat("330327"))
    world.send(STEWARD, moved)


def off_duty(world: World, organization: OrganizationId) -> None:
    world.send(STEWARD, c.SetDuty(organization=organization, on_duty=False))


# What it passes


@pytest.mark.parametrize("obstacle", [far, off_duty])
def test_a_desk_knows_better_than_reach_and_duty(
    obstacle: Callable[[World, OrganizationId], None],
) -> None:
    """Given somebody whom no search would ask, when the desk asks it, then its yes counts too."""
    world = World()
    chosen = world.organization("chosen")
    obstacle(world, chosen)
    line = line_of(world.demand(world.incident()))
    [offer] = asked(world.send(DESK, by_hand(line, chosen)))
    assert (offer.rank, offer.wave, offer.reason) == (0, 0, SEALED)
    assert "AssignmentCommitted" in kinds(world.yes(offer))


def test_a_desk_asks_again_within_a_pause() -> None:
    world = World()
    chosen = world.organization("chosen")
    offer = only(asked(world.demand(world.incident())))
    world.no(offer, reason=DeclineReason.UNSAFE)
    world.wait(minutes=5)
    again = only(asked(world.send(DESK, by_hand(offer.line, chosen))))
    assert again.answer_by == world.at + URGENCY[1].answer
    assert "AssignmentCommitted" in kinds(world.yes(again))


def test_a_desk_asks_past_the_daily_cap_and_is_not_counted_in_it() -> None:
    """Given four demands in a day, then the fifth asks nobody by itself, and somebody by hand."""
    world = World()
    chosen = world.organization("chosen", units=9)
    incident = world.incident()
    first = line_of(world.demand(incident, priority=4))
    assert asked(world.send(DESK, by_hand(first, chosen)))  # before it is released
    for _ in range(4):
        world.demand(incident, priority=4)
    assert len(asked(world.wait(minutes=1))) == 4
    fifth = line_of(world.demand(incident, priority=4))
    assert asked(world.wait(minutes=1)) == []
    assert asked(world.send(DESK, by_hand(fifth, chosen)))


def test_units_that_are_only_asked_for_can_be_asked_for_by_hand() -> None:
    world = World()
    chosen = world.organization("chosen")
    incident = world.incident()
    world.demand(incident, priority=1)
    line = line_of(world.demand(incident, priority=1))
    assert asked(world.send(DESK, by_hand(line, chosen)))


@pytest.mark.parametrize(("target", "quantity"), [(1, 1), (2, 2), (5, 3)])
def test_it_asks_for_what_is_missing_of_what_there_is(target: int, quantity: int) -> None:
    world = World()
    chosen = world.organization("chosen", units=3)
    off_duty(world, chosen)
    line = line_of(world.demand(world.incident(), target=target))
    assert only(asked(world.send(DESK, by_hand(line, chosen)))).quantity == quantity


# Past the target


def covered() -> tuple[World, AssignmentId, LineId, f.OfferSent]:
    """A line that one crew covers, for which the desk asks one more all the same."""
    world = World()
    world.organization("first")
    offer = only(asked(world.demand(world.incident())))
    assignment = world.at_work(offer, minutes=20)
    chosen = world.organization("chosen", units=4)
    return world, assignment, offer.line, only(asked(world.send(DESK, by_hand(offer.line, chosen))))


def test_one_unit_more_than_the_target_is_asked_for() -> None:
    world, _, line, offer = covered()
    assert offer.quantity == 1
    world.yes(offer)
    assert world.operation.lines[line].covered == 2


def test_whom_the_desk_wants_besides_is_not_sent_away_because_others_are_enough() -> None:
    """Given a covered line, when its crew takes steps, then the desk's own request stays open."""
    world, assignment, _, offer = covered()
    for step in (c.SetOff, c.Arrive, c.ReportDone):
        world.send("first", step(assignment=assignment))
    world.send(DESK, c.ConfirmAssignment(assignment=assignment))
    assert world.operation.offers[offer.offer].state is OfferState.SENT
    assert "AssignmentCommitted" in kinds(world.yes(offer))


def test_whom_the_desk_asked_for_a_short_line_is_thanked_when_another_comes_first() -> None:
    world = World()
    world.organization("first")
    chosen = world.organization("chosen", township=9)
    off_duty(world, chosen)
    facts = world.demand(world.incident())
    world.send(DESK, by_hand(line_of(facts), chosen))
    assert "OfferStoodDown" in kinds(world.yes(only(asked(facts))))


def test_asking_by_hand_is_no_search_of_the_line() -> None:
    """The line goes on looking by itself: what it said of nobody, and its next try, stay."""
    world = World()
    chosen = world.organization("chosen", units=1)
    off_duty(world, chosen)
    facts = world.demand(world.incident(), target=2)
    unmet = only(facts, f.LineUnmet)
    world.send(DESK, by_hand(unmet.line, chosen))
    line = world.operation.lines[unmet.line]
    assert (line.wave, line.unmet, line.wake_at) == (0, True, unmet.retry_at)
    assert line.missing == 1  # one of two is asked for by now


# What it never passes


def no_skill(world: World) -> OrganizationId:
    return world.organization("chosen", skill="CATERING", certificate=certificate())


def uncertified(world: World) -> OrganizationId:
    registered = RegistrationClass.REGISTERED
    return world.organization("chosen", skill="WATER", registration_class=registered)


def expired(world: World) -> OrganizationId:
    over = certificate(through="2025-07-30")
    return world.organization("chosen", skill="WATER", certificate=over)


def low(world: World) -> OrganizationId:
    return world.organization("chosen", skill="WATER", certificate=certificate(grade=3))


def withdrawn(world: World) -> OrganizationId:
    made = world.organization("chosen", skill="WATER", certificate=certificate())
    world.send(STEWARD, c.WithdrawIssuer(issuer=certificate().issuer))
    return made


def filed(world: World) -> OrganizationId:
    kind = RegistrationClass.FILED
    return world.organization("chosen", skill="WATER", registration_class=kind)


def retired(world: World) -> OrganizationId:
    made = world.organization("chosen", skill="WATER", certificate=certificate())
    world.send(STEWARD, c.RetireOrganization(organization=made))
    return made


def without_units(world: World) -> OrganizationId:
    made = world.organization("chosen", skill="WATER", certificate=certificate())
    none = (Capability(skill="WATER", units=0),)
    world.send(STEWARD, c.SetCapacity(organization=made, capabilities=none))
    return made


@pytest.mark.parametrize(
    ("make", "refusal"),
    [
        (no_skill, Refusal.SKILL_MISSING),
        (uncertified, Refusal.CERTIFICATE_MISSING),
        (expired, Refusal.CERTIFICATE_EXPIRED),
        (low, Refusal.CERTIFICATE_GRADE),
        (withdrawn, Refusal.CERTIFICATE_WITHDRAWN),
        (filed, Refusal.CLASS_UNFIT),
        (retired, Refusal.ORGANIZATION_RETIRED),
        (without_units, Refusal.CAPACITY_TAKEN),
    ],
)
def test_no_desk_asks_past_what_a_yes_could_not_pass(
    make: Callable[[World], OrganizationId], refusal: Refusal
) -> None:
    world = World()
    chosen = make(world)
    line = line_of(world.demand(world.incident(), skill="WATER", grade=2))
    assert world.refused(DESK, by_hand(line, chosen)) is refusal


def test_units_that_were_given_away_are_not_asked_for() -> None:
    world = World()
    chosen = world.organization("chosen")
    incident = world.incident()
    world.yes(only(asked(world.demand(incident, priority=4)) or asked(world.wait(minutes=1))))
    line = line_of(world.demand(incident, priority=1))
    assert world.refused(DESK, by_hand(line, chosen)) is Refusal.CAPACITY_TAKEN


def test_who_is_being_asked_is_called_rather_than_asked_twice() -> None:
    world = World()
    chosen = world.organization("chosen", units=5)
    offer = only(asked(world.demand(world.incident())))
    assert world.refused(DESK, by_hand(offer.line, chosen)) is Refusal.ALREADY_ASKED
    assert world.turns[-1].turn.subjects == (offer.offer,)


def test_nobody_is_asked_for_what_is_over() -> None:
    world = World()
    chosen = world.organization("chosen")
    off_duty(world, chosen)
    published = only(world.demand(world.incident(), lines=2), f.DemandPublished)
    line = published.lines[0].line
    world.send(DESK, c.DropLine(line=line))
    assert world.refused(DESK, by_hand(line, chosen)) is Refusal.LINE_DROPPED
    world.close(published.demand)
    assert world.refused(DESK, by_hand(line, chosen)) is Refusal.DEMAND_CLOSED


# Who may


def test_a_desk_asks_within_its_county_and_for_its_own_demands() -> None:
    world = World()
    chosen = world.organization("chosen")
    off_duty(world, chosen)
    world.grant("sibling", Role.DESK, division=DivisionCode(townships()[1]))
    line = line_of(world.demand(world.incident()))
    command = by_hand(line, chosen)
    assert world.refused("sibling", command) is Refusal.NOT_FOUND
    assert world.refused("chosen", command) is Refusal.NOT_FOUND
    assert asked(world.send(COUNTY, command))


def test_who_is_at_home_in_another_county_is_out_of_the_desk_s_sight() -> None:
    world = World()
    chosen = world.organization("chosen")
    ouhai = DivisionCode("330304")
    world.send(STEWARD, world.entry(chosen, home=ouhai, place=divisions().seat(ouhai)))
    line = line_of(world.demand(world.incident()))
    assert world.refused(DESK, by_hand(line, chosen)) is Refusal.NOT_FOUND
