"""C: a demand that its township cannot serve is the county's once that has taken it on."""

from __future__ import annotations

from typing import Any

from schemas import commands as c
from schemas import facts as f
from schemas.hand_ups import HandUpReason, HandUpState
from schemas.refusals import Refusal
from schemas.values import CloseReason, DemandId, DivisionCode, Role
from schemas.views import AssignmentRow, DemandRow
from streams import rows
from streams.entities import DemandState
from streams.parameters import MINUTE
from tests.streams.world import (
    COUNTY,
    DESK,
    SEALED,
    STEWARD,
    WENZHOU,
    World,
    asked,
    divisions,
    kinds,
    only,
    townships,
)

CITY = "city"
TEXT = "两台泵已全部出动，仍在涨水"


class Scene:
    """Two pumps are asked for, one crew is at work, nobody is left for the other."""

    def __init__(self, **wishes: Any) -> None:
        self.world = World()
        self.world.grant(CITY, Role.DESK, division=DivisionCode(WENZHOU))
        self.world.organization("one")
        self.incident = self.world.incident()
        facts = self.world.demand(self.incident, target=2, **wishes)
        self.demand: DemandId = only(facts, f.DemandPublished).demand
        self.crew = self.world.at_work(asked(facts)[0])

    def up(self, by: str = DESK) -> Any:
        reason = HandUpReason.NO_FORCE
        return self.world.send(by, c.HandUpDemand(demand=self.demand, reason=reason, text=TEXT))

    def take(self, by: str = COUNTY) -> Any:
        return self.world.send(by, c.TakeOnDemand(demand=self.demand))

    def back(self, by: str = COUNTY) -> Any:
        return self.world.send(by, c.GiveBackDemand(demand=self.demand, text="请先用村里的泵"))

    @property
    def row(self) -> DemandRow:
        known = self.world.operation
        row = rows.demand(known, known.demands[self.demand]).row
        assert isinstance(row, DemandRow)
        return row

    @property
    def state(self) -> HandUpState | None:
        return None if self.row.hand_up is None else self.row.hand_up.state

    def assignment(self) -> AssignmentRow:
        known = self.world.operation
        row = rows.assignment(self.world.area, known, known.assignments[self.crew]).row
        assert isinstance(row, AssignmentRow)
        return row


def hold(scene: Scene) -> c.HoldDemand:
    return c.HoldDemand(demand=scene.demand, question="桥能不能过车？")


def test_until_it_is_taken_on_the_township_answers_for_it_and_it_goes_on_asking() -> None:
    scene = Scene()
    scene.up()
    assert scene.up() == (), "said twice"
    assert scene.state is HandUpState.WAITING
    scene.world.organization("two")
    assert asked(scene.world.wait(minutes=1))
    scene.world.send(DESK, c.KeepDemand(demand=scene.demand))


def test_taken_on_it_is_the_counties_and_the_township_sees_it_and_no_more() -> None:
    scene = Scene()
    scene.up()
    assert kinds(scene.take()) == ["DemandTakenOn"]
    assert scene.take() == (), "said twice"
    world, county = scene.world, scene.world.county
    assert (scene.row.hand_up and scene.row.hand_up.desk) == county
    assert rows.demand(
        world.operation, world.operation.demands[scene.demand]
    ).audience.division == (world.township)
    assert world.refused(DESK, hold(scene)) is Refusal.ROLE_MISSING
    assert world.refused(DESK, c.ConfirmAssignment(assignment=scene.crew)) is Refusal.ROLE_MISSING
    world.send(DESK, c.NoteDemand(demand=scene.demand, text=SEALED))
    assert only(world.send(COUNTY, hold(scene)), f.DemandHeld).asked_by is None, "its own question"
    world.send(COUNTY, c.ResumeDemand(demand=scene.demand))
    revision = world.operation.demands[scene.demand].revision
    closing = c.CloseDemand(demand=scene.demand, reason=CloseReason.CANCELED, revision=revision)
    assert world.refused(DESK, closing) is Refusal.ROLE_MISSING
    world.send(COUNTY, closing)
    reopening = c.ReopenDemand(demand=scene.demand, revision=revision + 1)
    assert world.refused(DESK, reopening) is Refusal.ROLE_MISSING
    world.send(COUNTY, reopening)
    assert scene.state is HandUpState.TAKEN_ON, "whoever has taken it on answers for it still"


def test_the_crews_at_work_stay_and_their_row_says_whom_to_call() -> None:
    scene = Scene()
    before = scene.world.operation.assignments[scene.crew]
    assert scene.assignment().taken_on is None
    scene.up()
    scene.take()
    assert scene.world.operation.assignments[scene.crew] == before
    assert scene.assignment().taken_on == scene.world.county
    scene.world.send("one", c.Arrive(assignment=scene.crew))
    scene.back()
    assert scene.assignment().taken_on is None


def test_what_nobody_takes_on_is_asked_of_the_next_desk_above() -> None:
    scene = Scene()
    scene.up()
    climbed = only(scene.world.wait(minutes=4), f.HandUpClimbed)
    known = scene.row.hand_up
    assert known is not None
    assert climbed.at == known.at + 3 * MINUTE
    scene.take(CITY)
    assert scene.row.hand_up is not None
    assert str(scene.row.hand_up.desk) == WENZHOU
    assert scene.world.refused(COUNTY, hold(scene)) is Refusal.ROLE_MISSING
    scene.back(CITY)
    scene.world.send(DESK, c.KeepDemand(demand=scene.demand))


def test_a_city_that_has_taken_it_on_asks_farther_than_the_county() -> None:
    """Its reason for being asked: whoever is at home in another county of the city."""
    scene = Scene()
    other = "330329"  # Taishun, beyond the reach of asking by itself
    known = scene.world.area.registry.organizations
    near = known[scene.world.operation.assignments[scene.crew].organization]
    far = c.RegisterOrganization(
        name="far",
        registration_class=near.registration_class,
        home=DivisionCode(other),
        place=divisions().seat(other),
        capabilities=near.capabilities,
        people=6,
    )
    team = only(scene.world.send(STEWARD, far)).organization
    line = scene.row.lines[0].id
    asking = c.AskByHand(line=line, organization=team, reason=SEALED)
    scene.up()
    assert scene.world.refused(COUNTY, asking) is Refusal.NOT_FOUND
    scene.take(CITY)
    assert asked(scene.world.send(CITY, asking))


def test_given_back_with_a_reason_it_is_asked_of_the_township_and_climbs_if_that_says_nothing() -> (
    None
):
    scene = Scene()
    scene.up()
    scene.take()
    given = only(scene.back())
    assert given.by == scene.world.county
    row = scene.row
    assert row.hand_up is not None
    assert (row.hand_up.state, row.hand_up.answer) == (HandUpState.GIVEN_BACK, "请先用村里的泵")
    assert (row.asked_at, row.climbs_at) == (given.at, given.at + 3 * MINUTE)
    assert only(scene.world.wait(minutes=4), f.DemandClimbed).demand == scene.demand
    scene.world.send(DESK, c.KeepDemand(demand=scene.demand))
    assert scene.row.climbed_at is None


def test_what_was_given_back_only_the_desk_that_owes_it_answers() -> None:
    """Given a demand given back, when its crew steps on, or the county notes, keeps or amends it,
    then its township is asked still, and it climbs; once it has, the county may answer, too."""
    scene = Scene()
    world = scene.world
    scene.up()
    given = only(scene.back())
    climbs_at = given.at + 3 * MINUTE
    world.send("one", c.ReportDone(assignment=scene.crew))
    world.send(COUNTY, c.NoteDemand(demand=scene.demand, text=SEALED))
    world.send(COUNTY, c.KeepDemand(demand=scene.demand))
    world.amend(scene.demand, by=COUNTY, rally_point="村委会")
    assert (scene.row.asked_at, scene.row.climbs_at) == (given.at, climbs_at)
    assert only(world.wait(minutes=3), f.DemandClimbed).demand == scene.demand
    world.send("one", c.CheckIn(assignment=scene.crew))
    assert scene.row.climbed_at is not None
    world.send(COUNTY, c.KeepDemand(demand=scene.demand))
    assert scene.row.asked_at is None


def test_a_word_about_its_crew_does_not_where_it_lacks_its_least_and_nobody_is_left() -> None:
    """Else it would be nobody's, until its line is looked at again."""
    scene = Scene(minimum=2)
    scene.up()
    given = only(scene.back())
    scene.world.send(DESK, c.CheckIn(assignment=scene.crew))
    assert scene.row.asked_at == given.at


def test_any_act_of_the_township_answers_what_was_given_back() -> None:
    scene = Scene()
    scene.up()
    scene.back()
    scene.world.send(DESK, c.NoteDemand(demand=scene.demand, text=SEALED))
    assert (scene.row.asked_at, scene.row.climbs_at) == (None, None)


def test_the_county_gives_back_what_it_has_not_taken_on_and_the_township_goes_on_by_itself() -> (
    None
):
    scene = Scene()
    scene.up()
    scene.back()
    assert kinds(scene.up()) == ["DemandHandedUp"]
    withdrawn = only(scene.back(DESK))
    assert withdrawn.by is None
    assert scene.state is None
    assert scene.row.asked_at is None
    assert scene.world.refused(COUNTY, c.TakeOnDemand(demand=scene.demand)) is Refusal.HAND_UP_NONE


def test_what_has_climbed_may_be_taken_on_unasked_and_then_waits_for_the_county() -> None:
    """A draft that nobody decides: the county takes it on, and publishes it as its own matter."""
    scene = Scene()
    draft = only(scene.world.send(DESK, scene.world.draft_command(scene.incident))).demand
    scene.demand = draft
    assert scene.world.refused(COUNTY, c.TakeOnDemand(demand=draft)) is Refusal.HAND_UP_NONE
    scene.world.until(scene.world.at + 5 * MINUTE, f.DemandClimbed)
    taken = only(scene.take())
    assert scene.row.climbed_at is None
    assert scene.row.climbs_at == taken.climbs_at
    publication = c.PublishDraft(demand=draft, revision=1)
    assert scene.world.refused(DESK, publication) is Refusal.ROLE_MISSING
    scene.world.send(COUNTY, publication)
    assert scene.world.operation.demands[draft].state is DemandState.PUBLISHED


def test_moved_to_another_township_that_one_answers_for_it_unless_the_county_does() -> None:
    place = divisions().seat(townships()[5])
    scene = Scene()
    scene.up()
    scene.world.amend(scene.demand, place=place)
    assert scene.state is None
    other = Scene()
    other.up()
    other.take()
    known = other.world.operation.demands[other.demand]
    command = c.AmendDemand(
        demand=other.demand, revision=known.revision, priority=1, targets=(2,), lines=(),
        risk_statement="水深", rally_point="桥头", place=place,
    )  # fmt: skip
    other.world.send(COUNTY, command)
    assert other.state is HandUpState.TAKEN_ON
    back = c.TakeBackDemand(demand=other.demand, revision=known.revision + 1)
    assert other.world.refused(DESK, back) is Refusal.DEMAND_TAKEN_UP


def test_closed_it_waits_for_nobody_to_take_it_on() -> None:
    scene = Scene()
    scene.up()
    scene.world.close(scene.demand, CloseReason.CANCELED)
    assert scene.state is None
    assert scene.world.refused(COUNTY, c.TakeOnDemand(demand=scene.demand)) is Refusal.DEMAND_CLOSED


def test_a_county_has_no_county_above_it() -> None:
    scene = Scene()
    posting = scene.world.demand_command(scene.incident)
    own = c.PublishDemand(
        **{
            **{name: getattr(posting, name) for name in posting.__struct_fields__},
            "place": divisions().seat(scene.world.county),
        }
    )
    demand = only(scene.world.send(COUNTY, own), f.DemandPublished).demand
    up = c.HandUpDemand(demand=demand, reason=HandUpReason.OTHER, text=TEXT)
    assert scene.world.refused(COUNTY, up) is Refusal.NO_DESK_ABOVE


def test_what_waits_for_the_desk_above_is_led_by_nobody_before_that_has_answered() -> None:
    """There nobody could take it on any more; taken on, or taken back, it may be grouped."""
    scene = Scene()
    world, waiting = scene.world, scene.demand
    leader = only(world.demand(scene.incident), f.DemandPublished).demand
    group = c.GroupDemands(division=world.county, leader=leader, demands=(waiting,))
    scene.up()
    assert world.refused(COUNTY, group) is Refusal.GROUP_HANDED_UP
    scene.back(DESK)
    assert "DemandGrouped" in kinds(world.send(COUNTY, group))
    world.send(COUNTY, c.UngroupDemands(division=world.county, demands=(waiting,)))
    scene.up()
    scene.take()
    assert "DemandGrouped" in kinds(world.send(COUNTY, group))
