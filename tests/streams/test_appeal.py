"""What everybody may read of a demand: on its desk's word, while units are missing."""

from __future__ import annotations

from schemas import commands as c
from schemas import facts as f
from schemas.appeals import AppealView
from schemas.refusals import Refusal
from schemas.values import DemandId
from schemas.views import DemandRow
from streams import rows
from tests.streams.world import DESK, World, divisions, kinds, only, townships

TEXT = "请带雨靴"


class Scene:
    """A demand for two pumps that nobody can be asked for."""

    def __init__(self, world: World | None = None) -> None:
        self.world = world or World()
        self.incident = self.world.incident()
        self.demand: DemandId = only(self.world.demand(self.incident), f.DemandPublished).demand

    def make(self, text: str | None = TEXT) -> c.MakeAppeal:
        revision = self.world.operation.demands[self.demand].revision
        return c.MakeAppeal(demand=self.demand, revision=revision, text=text)

    def appeal(self) -> AppealView | None:
        """What the desk's card has of it."""
        row = rows.demand(self.world.operation, self.world.operation.demands[self.demand]).row
        assert isinstance(row, DemandRow)
        return row.appeal

    def shown(self) -> bool | None:
        """Whether strangers read it; None where its desk has not said so."""
        appeal = self.appeal()
        return None if appeal is None else appeal.shown


def test_nothing_is_public_before_its_desk_has_said_so_and_nothing_after_it_has_ended_it() -> None:
    scene = Scene()
    assert scene.appeal() is None
    made = only(scene.world.send(DESK, scene.make()), f.AppealMade)
    assert scene.appeal() == AppealView(text=TEXT, since=made.at, shown=True)
    assert scene.world.send(DESK, scene.make()) == (), "said twice, nothing is new"
    again = only(scene.world.send(DESK, scene.make(None)), f.AppealMade)
    assert again.text is None
    assert scene.appeal() == AppealView(text=None, since=made.at, shown=True)
    ended = c.EndAppeal(demand=scene.demand)
    assert kinds(scene.world.send(DESK, ended)) == ["AppealEnded"]
    assert scene.appeal() is None
    assert scene.world.send(DESK, ended) == ()


def test_it_is_shown_while_units_are_missing_and_comes_back_by_itself() -> None:
    scene = Scene()
    scene.world.send(DESK, scene.make())
    [line] = scene.world.operation.demands[scene.demand].lines
    scene.world.send(DESK, c.SetOwnCrew(line=line, units=1))
    assert scene.shown() is False, "nothing is missing"
    scene.world.send(DESK, c.SetOwnCrew(line=line, units=0))
    assert scene.shown() is True
    scene.world.send(DESK, c.HoldDemand(demand=scene.demand, question="桥？"))
    assert scene.shown() is False, "nobody is asked"
    scene.world.send(DESK, c.ResumeDemand(demand=scene.demand))
    assert scene.shown() is True


def test_closing_ends_it_and_reopening_does_not_bring_it_back() -> None:
    scene = Scene()
    scene.world.send(DESK, scene.make())
    scene.world.close(scene.demand)
    assert scene.appeal() is None
    scene.world.reopen(scene.demand)
    assert scene.appeal() is None


def test_another_township_or_another_kind_of_need_is_not_public_by_what_was_said_before() -> None:
    scene = Scene()
    scene.world.send(DESK, scene.make())
    scene.world.amend(scene.demand, priority=2)
    assert scene.shown() is True
    scene.world.amend(scene.demand, kind="supplies")
    assert scene.appeal() is None
    scene.world.send(DESK, scene.make())
    scene.world.amend(scene.demand, place=divisions().seat(townships()[5]))
    assert scene.appeal() is None


def test_a_further_report_is_not_read_beside_the_demand_that_leads_it() -> None:
    scene = Scene()
    world = scene.world
    other = only(world.demand(scene.incident), f.DemandPublished).demand
    scene.world.send(DESK, scene.make())
    division = world.township
    world.send(DESK, c.GroupDemands(division=division, leader=other, demands=(scene.demand,)))
    assert scene.shown() is False
    assert world.refused(DESK, scene.make(None)) is Refusal.DEMAND_GROUPED
    world.send(DESK, c.UngroupDemands(division=division, demands=(scene.demand,)))
    assert scene.shown() is True


def test_it_is_made_of_what_its_desk_has_seen_and_of_nothing_that_is_over_or_a_draft() -> None:
    scene = Scene()
    stale = scene.make()
    scene.world.amend(scene.demand, priority=2)
    assert scene.world.refused(DESK, stale) is Refusal.REVISION_STALE
    scene.world.close(scene.demand)
    assert scene.world.refused(DESK, scene.make()) is Refusal.DEMAND_CLOSED
    draft = only(scene.world.send(DESK, scene.world.draft_command(scene.incident))).demand
    drafted = c.MakeAppeal(demand=draft, revision=1)
    assert scene.world.refused(DESK, drafted) is Refusal.DEMAND_DRAFT
    nothing = c.EndAppeal(demand=DemandId("none"))
    assert scene.world.refused(DESK, nothing) is Refusal.NOT_FOUND
