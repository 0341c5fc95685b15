"""On which terms an organization is asked: hours, leave, rest, crews, safeguards, enrollment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import (
    Capability,
    Gate,
    Leave,
    LineId,
    Mode,
    OrganizationId,
    RegistrationClass,
    Role,
    Shift,
)
from streams.area import Area
from streams.checkpoint import packed, unpack
from streams.hours import away, next_change
from streams.matching.why import why
from streams.parameters import HOUR, LEAVE_WITHIN, MINUTE
from tests.streams.scenes import NOW, organization
from tests.streams.world import (
    DESK,
    EXERCISE,
    SEALED,
    STEWARD,
    World,
    asked,
    kinds,
    only,
    townships,
)

DAILY = tuple(Shift(day=day, begins=480, ends=1080) for day in range(1, 8))  # 08:00 to 18:00
OPENS = NOW + 2_000_000  # it is Thursday, 07:26:40
INSURED: dict[str, Any] = {"adults_only": True, "insured_through": "2026-12-31"}


def hours(made: OrganizationId, *leaves: Leave, shifts: tuple[Shift, ...] = ()) -> c.SetHours:
    return c.SetHours(organization=made, hours=shifts, leaves=leaves)


def posted(world: World, **wishes: Any) -> LineId:
    facts = world.demand(world.incident(), **wishes)
    line: LineId = only(facts, f.DemandPublished).lines[0].line
    return line


def gates(world: World, line: LineId) -> list[tuple[Gate, int]]:
    return [(count.gate, count.count) for count in world.operation.lines[line].gates]


def said(world: World, line: LineId, made: OrganizationId) -> tuple[Any, ...]:
    found = why(world.area, world.operation, line, made, world.at)
    assert found is not None
    return found.gate, found.until, found.words.en


# The clock


@pytest.mark.parametrize(
    ("shift", "at", "opens"),
    [
        (Shift(day=4, begins=480, ends=1080), NOW, OPENS),
        (Shift(day=4, begins=440, ends=1080), NOW, None),
        (Shift(day=4, begins=400, ends=446), NOW, None),  # until 07:26, and it is 07:26:40
        (Shift(day=3, begins=1320, ends=480), NOW, None),  # from Wednesday night on
        (Shift(day=3, begins=1320, ends=440), NOW, OPENS + 6 * 24 * HOUR + 14 * HOUR),
        (Shift(day=7, begins=480, ends=480), NOW, OPENS + 3 * 24 * HOUR),  # all day, from Sunday
        (Shift(day=3, begins=480, ends=480), NOW, None),
    ],
)
def test_hours_are_those_of_the_week_in_china(shift: Shift, at: int, opens: int | None) -> None:
    known = organization("one", hours=(shift,))
    if shift.ends == 446:  # its end has just come
        opens = at + 7 * 24 * HOUR - (at - (OPENS - 80 * MINUTE))
    found = away(known, at)
    assert (None if found is None else found.until) == opens
    change = next_change(known, at)
    assert change is not None
    assert (away(known, change - 1) is None) == (found is None)


def test_a_leave_that_ends_outside_the_hours_lasts_until_they_begin() -> None:
    leave = Leave(begins=NOW - 1, ends=NOW + 14 * HOUR)
    found = away(organization("one", hours=DAILY, leaves=(leave,)), NOW)
    assert found == (Gate.LEAVE, OPENS + 24 * HOUR)


# Hours and leave


def outside(world: World, made: OrganizationId) -> int:
    world.send(world.name(made), hours(made, shifts=DAILY))
    return OPENS


def on_leave(world: World, made: OrganizationId) -> int:
    world.send(world.name(made), hours(made, Leave(begins=NOW, ends=NOW + 3 * HOUR)))
    return NOW + 3 * HOUR


@pytest.mark.parametrize(("keep", "gate"), [(outside, Gate.HOURS), (on_leave, Gate.LEAVE)])
@pytest.mark.parametrize("priority", [1, 4])
def test_outside_its_hours_nobody_is_asked_and_at_their_beginning_at_once(
    keep: Callable[[World, OrganizationId], int], gate: Gate, priority: int
) -> None:
    world = World()
    made = world.organization("pumps")
    opens = keep(world, made)
    line = posted(world, priority=priority)
    world.wait(minutes=2)
    assert gates(world, line) == [(gate, 1)]
    assert said(world, line, made)[:2] == (gate, opens)
    facts = world.until(opens - 1)
    assert not asked(facts)
    [offer] = asked(world.until(opens))
    assert (offer.organization, offer.at) == (made, opens)


def test_hours_stated_anew_are_tried_at_once() -> None:
    world = World()
    made = world.organization("pumps")
    on_leave(world, made)
    posted(world)
    world.send("pumps", hours(made))
    [offer] = asked(world.wait(minutes=0))
    assert offer.organization == made


def test_by_hand_and_by_its_own_yes_hours_are_no_matter() -> None:
    """Whoever says yes outside its hours is there."""
    world = World()
    made = world.organization("pumps")
    on_leave(world, made)
    line = posted(world)
    facts = world.send(DESK, c.AskByHand(line=line, organization=made, reason=SEALED))
    [offer] = asked(facts)
    assert "AssignmentCommitted" in kinds(world.yes(offer))


@pytest.mark.parametrize(
    "leave",
    [(NOW + HOUR, NOW + HOUR), (NOW - HOUR, NOW), (NOW, NOW + LEAVE_WITHIN + 1)],
)
def test_a_leave_ends_behind_its_beginning_and_ahead_of_now(leave: tuple[int, int]) -> None:
    world = World()
    made = world.organization("pumps")
    begins, ends = leave
    refused = world.refused("pumps", hours(made, Leave(begins=begins, ends=ends)))
    assert refused is Refusal.LEAVE_UNFIT


# Rest


def worked(world: World, hours: int) -> OrganizationId:
    """Two units that were so long on a scene, and have reported done."""
    made = world.organization("pumps", units=2)
    facts = world.demand(world.incident(), target=2)
    [offer] = asked(facts)
    crew = world.at_work(offer)
    world.send("pumps", c.Arrive(assignment=crew))
    world.wait(minutes=60 * hours)
    world.send("pumps", c.ReportDone(assignment=crew))
    world.send(DESK, c.ConfirmAssignment(assignment=crew, done=True))
    return made


@pytest.mark.parametrize(("long", "rests"), [(12, False), (13, True)])
def test_units_rest_eight_hours_after_more_than_twelve_at_one_scene(long: int, rests: bool) -> None:
    world = World()
    made = worked(world, long)
    rested = world.at + 8 * HOUR
    facts = world.demand(next(iter(world.operation.incidents.rows)))
    if not rests:
        assert asked(facts)
        return
    line = only(facts, f.DemandPublished).lines[0].line
    assert gates(world, line) == [(Gate.REST, 1)]
    assert said(world, line, made)[:2] == (Gate.REST, rested)
    assert not asked(world.until(rested - 1))
    [offer] = asked(world.until(rested))
    assert (offer.organization, offer.quantity) == (made, 1)


def test_a_desk_may_ask_units_that_rest_by_hand() -> None:
    world = World()
    made = worked(world, 13)
    line = (
        only(world.demand(next(iter(world.operation.incidents.rows))), f.DemandPublished)
        .lines[0]
        .line
    )
    [offer] = asked(world.send(DESK, c.AskByHand(line=line, organization=made, reason=SEALED)))
    assert "AssignmentCommitted" in kinds(world.yes(offer))


# How many can be manned at once


def manned(world: World, most: int | None) -> OrganizationId:
    """Two pumps and two kitchens, and people for so many of them."""
    made = world.organization("crews")
    has = tuple(Capability(skill=skill, units=2) for skill in ("PUMP_DRAIN", "CATERING"))
    world.send("crews", c.SetCapacity(organization=made, capabilities=has, crews_most=most))
    return made


@pytest.mark.parametrize(("most", "second"), [(None, 2), (3, 1), (2, 0)])
def test_no_more_units_are_asked_for_than_can_be_manned(most: int | None, second: int) -> None:
    world = World()
    made = manned(world, most)
    incident = world.incident()
    [offer] = asked(world.demand(incident, target=2))
    world.yes(offer)
    facts = world.demand(incident, skill="CATERING", target=2)
    assert sum(one.quantity for one in asked(facts)) == second
    if not second:
        line = only(facts, f.DemandPublished).lines[0].line
        assert gates(world, line) == [(Gate.CREWS, 1)]
        assert "can man 2 units at once" in said(world, line, made)[2]
        by_hand = c.AskByHand(line=line, organization=made, reason=SEALED)
        assert world.refused(DESK, by_hand) is Refusal.CREWS_TAKEN


def test_a_crew_that_is_back_frees_people_for_every_skill() -> None:
    world = World()
    manned(world, 2)
    incident = world.incident()
    crew = world.at_work(only(asked(world.demand(incident, target=2))))
    world.demand(incident, skill="CATERING", target=2)
    facts = world.send("crews", c.CannotComplete(assignment=crew))
    offers = asked([*facts, *world.wait(minutes=0)])
    assert [(world.operation.offers[one.offer].skill, one.quantity) for one in offers] == [
        ("CATERING", 2)
    ]


def test_a_yes_stands_down_requests_for_other_skills_that_nobody_is_left_to_man() -> None:
    world = World()
    manned(world, 2)
    incident = world.incident()
    [kitchen] = asked(world.demand(incident, skill="CATERING", priority=2, target=2))
    [pump] = asked(world.demand(incident, target=2))
    facts = world.yes(pump)
    over = only(facts, f.OfferStoodDown)
    assert (over.offer, over.reason) == (kitchen.offer, "needed_elsewhere")


# Enrollment


def beside(mode: Mode) -> World:
    """A log for operations, in which something of a mode is going on."""
    world = World(mode=Mode.ACTUAL)
    world.mode = mode
    return world


@pytest.mark.parametrize("mode", [Mode.EXERCISE, Mode.TEST])
def test_beside_actual_work_an_exercise_asks_only_whoever_takes_part(mode: Mode) -> None:
    world = beside(mode)
    made = world.organization("pumps")
    line = posted(world)
    assert gates(world, line) == [(Gate.ENROLLMENT, 1)]
    by_hand = c.AskByHand(line=line, organization=made, reason=SEALED)
    assert world.refused(DESK, by_hand) is Refusal.NOT_ENROLLED
    world.send("pumps", c.SetEnrollment(organization=made, enrolled=True))
    assert [offer.organization for offer in asked(world.wait(minutes=0))] == [made]


def test_that_an_exercise_is_beside_actual_work_is_known_behind_a_checkpoint() -> None:
    """A state that is put back has no header yet when its operations are made."""
    world = beside(Mode.EXERCISE)
    world.organization("pumps")
    world.incident()
    again = Area(world.area.id, world.area.divisions)
    unpack(again, list(packed(world.area)))
    assert again.operations[EXERCISE].enrolled_only


@pytest.mark.parametrize("world", [World, lambda: beside(Mode.ACTUAL)], ids=["exercise", "actual"])
def test_elsewhere_everybody_takes_part(world: Callable[[], World]) -> None:
    """In an exercise's own log, and in actual work."""
    made = world()
    made.organization("pumps")
    assert asked(made.demand(made.incident()))


# Reach by class


@pytest.mark.parametrize(
    ("kind", "reach"),
    [
        (RegistrationClass.VILLAGE_GUIDED, "10.0"),
        (RegistrationClass.FILED, "20.0"),
        (RegistrationClass.REGISTERED, "30.0"),
    ],
)
def test_beyond_its_reach_an_organization_is_counted_and_told_the_limit(
    kind: RegistrationClass, reach: str
) -> None:
    world = World()
    made = world.organization("pumps", township=14, registration_class=kind)
    line = posted(world)
    assert gates(world, line) == [(Gate.DISTANCE, 1)]
    assert f"beyond the reach of {reach} km" in said(world, line, made)[2]
    assert asked(world.send(DESK, c.AskByHand(line=line, organization=made, reason=SEALED)))


def test_each_class_is_asked_as_far_as_it_reaches() -> None:
    """At every place: whoever is nearer than its class allows is asked, and nobody else."""
    reaches = {"village_guided": 10_000, "filed": 20_000, "registered": 30_000}
    world = World()
    for number in range(len(townships())):
        for kind in RegistrationClass:
            world.organization(f"{kind} {number}", township=number, registration_class=kind)
    line = posted(world, target=400)
    operation = world.operation
    found = {offer.organization: offer.meters for offer in asked(world.turns[-1].turn.facts)}
    expected = {}
    for known in world.area.registry.organizations.rows.values():
        told = why(world.area, operation, line, known.id, world.at)
        assert told is not None
        if told.meters <= reaches[known.registration_class]:
            expected[known.id] = told.meters
    assert found == expected
    assert list(found.values()) == sorted(found.values())
    everybody = len(world.area.registry.organizations)
    assert gates(world, line) == [(Gate.DISTANCE, everybody - len(found))]


# Who may record safeguards


def test_any_desk_of_the_county_records_safeguards() -> None:
    """The one that has asked it may sit in another township."""
    world = World()
    made = world.organization("pumps", township=3)
    command = c.RecordSafeguards(organization=made, **INSURED)
    [fact] = world.send(DESK, command)
    assert fact.account == DESK
    world.grant("elsewhere", Role.DESK, division="330381")
    assert world.refused("elsewhere", command) is Refusal.NOT_FOUND
    assert world.refused("pumps", command) is Refusal.ROLE_MISSING
    wrong = replace(command, insured_through="2026-02-30")
    assert world.refused(STEWARD, wrong) is Refusal.VALIDITY_UNFIT
