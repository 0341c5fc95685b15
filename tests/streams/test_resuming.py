"""A demand on hold asks again: nobody is sent into what others had to leave, unless it is safe."""

from __future__ import annotations

from typing import Any

from schemas import commands as c
from schemas import facts as f
from schemas.instruction_values import InstructionKind
from schemas.refusals import Refusal
from schemas.views import OfferRow
from streams import rows
from streams.parameters import DAY
from tests.streams.test_checking import OnScene
from tests.streams.test_instructions import STOP, WITHDRAW
from tests.streams.world import DESK, asked, kinds, only

WIRE = "高压线落水"


class Held(OnScene):
    """A demand with a crew on the scene and another team in reach."""

    def __init__(self) -> None:
        super().__init__(priority=1)
        self.world.organization("far", township=1)

    def told(
        self, what: InstructionKind = WITHDRAW, text: str = WIRE, *, hold: bool = True
    ) -> None:
        self.step(c.InstructCrew, DESK, what=what, text=text, hold=hold)

    def hold(self) -> None:
        self.world.send(DESK, c.HoldDemand(demand=self.demand, question="桥能不能过车？"))

    def going_on(self, **said: Any) -> Refusal:
        return self.world.refused(DESK, c.ResumeDemand(demand=self.demand, **said))

    def resume(self, **said: Any) -> list[Any]:
        facts = self.world.send(DESK, c.ResumeDemand(demand=self.demand, **said))
        return [*facts, *self.world.wait(minutes=0)]

    def shown(self, facts: list[Any]) -> OfferRow:
        known = self.world.operation
        row = rows.offer(self.world.area, known, known.offers[only(asked(facts)).offer]).row
        assert isinstance(row, OfferRow)
        return row


def test_nobody_is_sent_where_a_crew_was_told_to_leave_before_its_desk_says_that_it_is_safe() -> (
    None
):
    scene = Held()
    scene.told()
    assert scene.going_on(answer="好") is Refusal.PLACE_UNCLEARED
    assert len(asked(scene.resume(safe=True))) == 1


def test_whoever_is_asked_then_reads_why_the_crew_was_told_to_leave() -> None:
    """Before everything else of its risks; said there already, it is not said twice."""
    scene = Held()
    before = scene.world.operation.demands[scene.demand].risk_statement
    scene.told(STOP)
    facts = scene.resume(safe=True)
    assert kinds(facts)[:2] == ["DemandAmended", "DemandResumed"]
    assert scene.shown(facts).risk_statement == f"{WIRE} · {before}"
    scene.told(WITHDRAW)
    assert "DemandAmended" not in kinds(scene.resume(safe=True))


def test_what_it_is_on_hold_for_otherwise_is_no_risk() -> None:
    """A question of the desk's, while one crew alone is told to leave."""
    scene = Held()
    scene.told(hold=False)
    scene.hold()
    assert scene.going_on() is Refusal.PLACE_UNCLEARED
    assert "DemandAmended" not in kinds(scene.resume(safe=True))


def test_nor_over_people_inside_nor_over_a_crew_of_which_nothing_is_heard() -> None:
    scene = Held()
    scene.step(c.CountHeads, inside=2)
    scene.hold()
    assert scene.going_on() is Refusal.PLACE_UNCLEARED
    scene.step(c.CountHeads, inside=0)
    scene.world.until(scene.world.at + DAY, f.CheckInMissed)
    assert scene.going_on() is Refusal.PLACE_UNCLEARED
    scene.step(c.CheckIn)
    assert "DemandResumed" in kinds(scene.resume()), "heard of, it goes on without another word"


def test_it_is_read_also_where_the_crew_is_gone_and_the_order_was_never_lifted() -> None:
    scene = Held()
    scene.told()
    scene.step(c.StandDownCrew, DESK, everybody_out=True)
    facts = scene.resume()
    assert scene.shown(facts).risk_statement.startswith(WIRE)


def test_what_is_lifted_holds_nobody_back() -> None:
    scene = Held()
    scene.told()
    (order,) = scene.world.operation.told[scene.crew].standing
    scene.step(c.LiftFromCrew, DESK, instruction=order.id)
    assert "DemandResumed" in kinds(scene.resume())


def test_nor_past_the_crew_of_a_further_report_of_the_same_need() -> None:
    scene = Held()
    other = only(scene.world.demand(scene.incident), f.DemandPublished).demand
    group = c.GroupDemands(division=scene.world.township, leader=other, demands=(scene.demand,))
    scene.world.send(DESK, group)
    scene.told()
    scene.world.send(DESK, c.HoldDemand(demand=other, question=WIRE))
    resume = c.ResumeDemand(demand=other)
    assert scene.world.refused(DESK, resume) is Refusal.PLACE_UNCLEARED
