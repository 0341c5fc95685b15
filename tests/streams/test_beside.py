"""Where a crew leaves because of the place, nobody else at work there is forgotten."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.beside import BesideView
from schemas.refusals import Refusal
from schemas.values import AssignmentId, DemandId, PlaceKind
from schemas.views import AssignmentRow
from streams import rows
from streams.parameters import BESIDE_CLIMBS, MINUTE
from tests.streams.test_instructions import STOP, WITHDRAW
from tests.streams.world import COUNTY, DESK, World, asked, kinds, only

FAR = 100_000  # in 1e-7 degrees: about a kilometer


class Together:
    """Two crews at one demand, and a third at another one a hundred meters on."""

    def __init__(self, *, apart: int = 10_000, priority: int = 1) -> None:
        self.world, world = World(), World()
        self.world = world
        for name in ("one", "two", "next"):
            world.organization(name)
        self.incident = world.incident()
        self.first, offers = self.demand(0, target=2, priority=priority)
        self.one, self.two = (world.at_work(offer, minutes=5) for offer in offers[:2])
        self.second, offers = self.demand(apart, priority=priority)
        self.next = world.at_work(offers[0], minutes=5)

    def demand(self, east: int, **wishes: Any) -> tuple[DemandId, list[f.OfferSent]]:
        asking = self.world.demand_command(self.incident, **wishes)
        x, y, z = asking.place.x, asking.place.y, asking.place.z
        moved = {"lon": asking.place.lon + east, "x": x - east, "kind": PlaceKind.POINT}
        facts = self.world.send(DESK, replace(asking, place=replace(asking.place, **moved)))
        assert (y, z) == (asking.place.y, asking.place.z)
        said = [*facts, *self.world.wait(minutes=1)]
        return only(said, f.DemandPublished).demand, asked(said)

    def leave(self, crew: AssignmentId, *, hold: bool = True, by: str = DESK) -> Any:
        told = c.InstructCrew(assignment=crew, what=WITHDRAW, text="堤坝险情", hold=hold)
        return self.world.send(by, told)

    def view(self, crew: AssignmentId) -> BesideView | None:
        world = self.world
        row = rows.assignment(world.area, world.operation, world.operation.assignments[crew]).row
        assert isinstance(row, AssignmentRow)
        return row.beside

    def owed(self) -> list[AssignmentId]:
        """Whom a desk owes a word."""
        crews = (self.one, self.two, self.next)
        views = ((crew, self.view(crew)) for crew in crews)
        return [crew for crew, view in views if view is not None and view.stays is None]


def test_whoever_else_is_at_work_there_is_said_to_the_desk_in_the_same_turn() -> None:
    scene = Together()
    facts = scene.leave(scene.one)
    assert [one.assignment for one in facts if isinstance(one, f.BesideAsked)] == [
        scene.two,
        scene.next,
    ]
    view = scene.view(scene.two)
    assert view is not None
    assert (view.crew, view.demand) == (scene.one, scene.first)
    assert view.climbs_at == scene.world.at + BESIDE_CLIMBS
    assert scene.owed() == [scene.two, scene.next]


def test_where_the_crew_alone_leaves_nobody_is_owed_a_word() -> None:
    scene = Together()
    scene.leave(scene.one, hold=False)
    assert scene.owed() == []


def test_whoever_is_farther_off_is_not_meant() -> None:
    scene = Together(apart=FAR)
    scene.leave(scene.one)
    assert scene.owed() == [scene.two]


def test_one_press_tells_them_all_and_nobody_is_sent_there_any_more() -> None:
    scene = Together()
    told = only(scene.leave(scene.one), f.CrewInstructed)
    press = c.TellBeside(assignment=scene.one, instruction=told.instruction)
    facts = scene.world.send(DESK, press)
    orders = [one for one in facts if isinstance(one, f.CrewInstructed)]
    assert [one.assignment for one in orders] == [scene.two, scene.next]
    assert {(one.what, one.text, one.beside) for one in orders} == {
        (WITHDRAW, "堤坝险情", told.instruction)
    }
    held = {one.demand for one in facts if isinstance(one, f.DemandHeld)}
    assert held == {scene.first, scene.second}
    assert scene.owed() == []
    assert scene.world.send(DESK, press) == ()


def test_another_order_there_gives_the_desk_no_more_time_for_whoever_was_owed_a_word() -> None:
    scene = Together()
    scene.leave(scene.one)
    before = scene.view(scene.next)
    scene.world.wait(minutes=1)
    scene.leave(scene.two)
    after = scene.view(scene.next)
    assert before is not None
    assert after is not None
    assert after.climbs_at == before.climbs_at


def test_a_desk_that_does_neither_is_not_waited_for_long() -> None:
    scene = Together()
    scene.leave(scene.one)
    since = scene.world.at
    facts = scene.world.wait(minutes=3)
    climbed = [one for one in facts if isinstance(one, f.BesideClimbed)]
    assert [one.assignment for one in climbed] == [scene.two, scene.next]
    view = scene.view(scene.two)
    assert view is not None
    assert (view.climbed_at, view.climbs_at) == (since + 3 * MINUTE, None)
    assert "BesideClimbed" not in kinds(scene.world.wait(minutes=60))


def test_who_may_stay_stays_for_a_reason_until_another_order_is_given_there() -> None:
    scene = Together()
    told = only(scene.leave(scene.one), f.CrewInstructed)
    stays = c.LetStay(assignment=scene.two, reason="在堤外侧")
    scene.world.send(DESK, stays)
    assert scene.world.send(DESK, stays) == ()
    view = scene.view(scene.two)
    assert view is not None
    assert (view.stays, view.climbs_at) == ("在堤外侧", None)
    press = c.TellBeside(assignment=scene.one, instruction=told.instruction)
    facts = scene.world.send(DESK, press)
    assert only(facts, f.CrewInstructed).assignment == scene.next
    assert scene.owed() == []
    again = c.InstructCrew(assignment=scene.one, what=STOP, text="余震", hold=True)
    scene.world.send(DESK, again)
    assert scene.owed() == [scene.two]


def test_whoever_is_told_is_done_or_has_gone_is_owed_nothing_more() -> None:
    scene = Together()
    scene.leave(scene.one)
    scene.leave(scene.two)
    assert scene.owed() == [scene.next]
    crew = scene.world.operation.assignments[scene.next]
    actor = scene.world.name(crew.organization)
    scene.world.send(actor, c.ReportDone(assignment=scene.next))
    assert scene.owed() == []


def test_lifted_or_safe_again_nobody_is_owed_a_word() -> None:
    scene = Together()
    told = only(scene.leave(scene.one), f.CrewInstructed)
    lift = c.LiftFromCrew(assignment=scene.one, instruction=told.instruction)
    scene.world.send(DESK, lift)
    assert scene.owed() == []
    scene.world.send(DESK, c.ResumeDemand(demand=scene.first, safe=True))
    scene.leave(scene.one)
    assert scene.owed() == [scene.two, scene.next]
    scene.world.send(DESK, c.ResumeDemand(demand=scene.first, safe=True))
    assert scene.owed() == []


def test_who_comes_to_be_at_work_there_later_is_owed_a_word_as_well() -> None:
    scene = Together()
    told = only(scene.leave(scene.two), f.CrewInstructed)
    scene.leave(scene.one)
    assert scene.owed() == [scene.next]
    lift = c.LiftFromCrew(assignment=scene.two, instruction=told.instruction)
    scene.world.send(DESK, lift)
    assert scene.owed() == [scene.two, scene.next]


def test_behind_the_order_there_is_nobody_to_tell() -> None:
    scene = Together()
    told = only(scene.leave(scene.one), f.CrewInstructed)
    lift = c.LiftFromCrew(assignment=scene.one, instruction=told.instruction)
    scene.world.send(DESK, lift)
    press = c.TellBeside(assignment=scene.one, instruction=told.instruction)
    assert scene.world.refused(DESK, press) is Refusal.INSTRUCTION_OVER


def test_the_desk_above_tells_them_as_well() -> None:
    scene = Together()
    told = only(scene.leave(scene.one, by=COUNTY), f.CrewInstructed)
    press = c.TellBeside(assignment=scene.one, instruction=told.instruction)
    facts = scene.world.send(COUNTY, press)
    assert len([one for one in facts if isinstance(one, f.CrewInstructed)]) == 2
