"""Drafts: kept back by their desk, asked of the desk above in time, published or discarded once."""

from typing import Any

import pytest
from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import CloseReason, DemandId, DivisionCode, OpeningReason, Reception, Role
from schemas.views import DemandRow
from streams import rows
from streams.area import Operation
from streams.entities import DemandState
from streams.parameters import HOUR, MINUTE, SECOND
from tests.streams.world import (
    COUNTY,
    DESK,
    SEALED,
    YONGJIA,
    World,
    asked,
    divisions,
    kinds,
    only,
    townships,
)

TIME = {1: 3 * MINUTE, 2: 10 * MINUTE, 3: HOUR, 4: HOUR}


class Scene:
    """A draft for two units, and two teams that could be asked."""

    def __init__(self, **wishes: Any) -> None:
        self.world = World()
        self.teams = [self.world.organization(name, units=2) for name in ("one", "two")]
        self.incident = self.world.incident()
        self.facts = self.world.send(DESK, draft(self.world, self.incident, **wishes))
        self.demand = only(self.facts, f.DemandDrafted).demand

    @property
    def operation(self) -> Operation:
        return self.world.operation

    @property
    def revision(self) -> int:
        return self.operation.demands[self.demand].revision

    def publication(self) -> c.PublishDraft:
        return c.PublishDraft(demand=self.demand, revision=self.revision)

    def publish(self, by: str = DESK) -> Any:
        return self.world.send(by, self.publication())

    def row(self) -> DemandRow:
        row = rows.demand(self.operation, self.operation.demands[self.demand]).row
        assert isinstance(row, DemandRow)
        return row


def draft(world: World, incident: Any, **wishes: Any) -> c.DraftDemand:
    return world.draft_command(incident, **{"target": 2, "priority": 2, **wishes})


def test_a_draft_asks_nobody_and_has_no_number() -> None:
    scene = Scene()
    assert kinds(scene.facts) == ["DemandDrafted"]
    scene.world.organization("three", units=2)
    assert asked(scene.world.wait(minutes=24 * 60)) == []
    row = scene.row()
    assert (row.state, row.number, row.drafted_at) == ("draft", 0, row.published_at)
    assert [line.retry_at for line in row.lines] == [None]


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_what_its_desk_has_not_decided_in_time_is_asked_of_the_desk_above(priority: int) -> None:
    scene = Scene(priority=priority)
    since = scene.world.at
    assert scene.row().climbs_at == since + TIME[priority]
    assert scene.world.until(since + TIME[priority] - SECOND) == []
    [climbed] = scene.world.until(since + TIME[priority])
    assert isinstance(climbed, f.DemandClimbed)
    assert (scene.row().climbs_at, scene.row().climbed_at) == (None, climbed.at)
    assert scene.world.wait(minutes=48 * 60) == [], "it stands with both until somebody decides"


def test_published_it_has_the_next_number_and_asks_at_once() -> None:
    scene = Scene()
    scene.world.demand(scene.incident, skill="CATERING")
    scene.world.wait(minutes=30)
    facts = scene.publish()
    published = only(facts, f.DraftPublished)
    assert (published.number, published.substitute) == (2, None)
    assert {offer.organization for offer in asked(facts)} == set(scene.teams)
    row = scene.row()
    assert (row.state, row.number, row.climbed_at) == ("published", 2, None)
    assert (row.published_at, row.lines[0].opened_at) == (published.at, published.at)
    assert row.drafted_at is not None
    assert scene.operation.demands[scene.demand].quiet_at == published.at + 12 * HOUR


def test_a_routine_draft_is_released_after_a_minute_like_any_posting() -> None:
    scene = Scene(priority=3)
    assert asked(scene.publish()) == []
    assert asked(scene.world.wait(minutes=1))


def test_the_county_publishes_in_its_place_on_record() -> None:
    scene = Scene()
    published = only(scene.publish(COUNTY), f.DraftPublished)
    assert (published.substitute, scene.row().substitute) == (YONGJIA, YONGJIA)


@pytest.mark.parametrize("by", [DESK, COUNTY])
def test_it_is_discarded_with_a_reason_by_either_desk(by: str) -> None:
    scene = Scene()
    command = c.CloseDemand(
        demand=scene.demand, reason=CloseReason.DONE_BY_OTHERS, revision=scene.revision
    )
    facts = scene.world.send(by, command)
    assert kinds(facts) == ["DemandClosed"], "nothing was done, so nothing is to be restored"
    assert only(facts).substitute == (YONGJIA if by == COUNTY else None)
    row = scene.row()
    assert (row.state, row.reason, row.number) == ("closed", "done_by_others", 0)
    assert scene.world.wait(minutes=120) == [], "and nobody is asked about it any more"


def test_discarded_it_can_be_a_draft_again_with_its_time_anew() -> None:
    scene = Scene()
    scene.world.close(scene.demand)
    scene.world.wait(minutes=60)
    reopened = only(scene.world.reopen(scene.demand))
    assert reopened.climbs_at == scene.world.at + 10 * MINUTE
    assert (scene.row().state, scene.row().climbs_at) == ("draft", reopened.climbs_at)
    assert kinds(scene.world.wait(minutes=10)) == ["DemandClimbed"]
    assert asked(scene.publish())


def test_all_of_it_is_amended_on_the_way() -> None:
    """Lines, place and words; no edit gives it more time, and more urgency less."""
    scene = Scene(priority=4)
    more = scene.world.demand_command(scene.incident, skill="CATERING").lines
    facts = scene.world.amend(scene.demand, targets=(1,), lines=more, risk_statement="水深两米")
    assert kinds(facts) == ["DemandAmended"]
    assert scene.row().climbs_at == scene.row().published_at + HOUR
    scene.world.wait(minutes=5)
    scene.world.amend(scene.demand, targets=(1, 1), priority=1)
    assert scene.row().climbs_at == scene.world.at + 3 * MINUTE
    published = scene.publish()
    assert [offer.quantity for offer in asked(published)] == [1, 1]
    assert len(scene.row().lines) == 2


def test_moved_to_another_township_it_is_that_one_s_to_publish() -> None:
    scene = Scene()
    scene.world.grant("receiver", Role.DESK, division=DivisionCode(townships()[5]))
    scene.world.amend(scene.demand, place=divisions().seat(townships()[5]))
    assert scene.world.refused(DESK, scene.publication()) is Refusal.ROLE_MISSING
    scene.publish("receiver")
    assert scene.row().returnable is False


def test_the_sealed_texts_of_a_draft_are_read_and_noted_like_any() -> None:
    scene = Scene()
    reading = c.OpenSealedText(demand=scene.demand, reason=OpeningReason.CHECKING)
    assert kinds(scene.world.send(DESK, reading)) == ["SealedTextOpened"]
    note = c.NoteDemand(demand=scene.demand, text=SEALED)
    assert kinds(scene.world.send(DESK, note)) == ["DemandNoted"]
    assert scene.row().climbs_at is not None, "neither decides it"


def test_the_end_of_its_incident_discards_it() -> None:
    scene = Scene()
    facts = scene.world.close_incident(scene.incident)
    assert only(facts, f.DemandClosed).reason is CloseReason.INCIDENT_CLOSED
    assert scene.world.refused(DESK, scene.publication()) is Refusal.DEMAND_CLOSED
    again = draft(scene.world, scene.incident)
    assert scene.world.refused(DESK, again) is Refusal.INCIDENT_NOT_OPEN


def test_whatever_asks_somebody_waits_for_its_publication() -> None:
    scene = Scene()
    [line] = scene.operation.demands[scene.demand].lines
    team = scene.teams[0]
    other = only(scene.world.demand(scene.incident, skill="CATERING"), f.DemandPublished)
    here = other.place.division
    for command in (
        c.AskByHand(line=line, organization=team, reason=SEALED),
        c.ReceiveCrew(line=line, organization=team, word=Reception.TAKEN_ON, quantity=1),
        c.SetOwnCrew(line=line, units=1),
        c.DropLine(line=line),
        c.HoldDemand(demand=scene.demand, question="桥？"),
        c.KeepDemand(demand=scene.demand),
        c.GroupDemands(division=here, leader=other.demand, demands=(scene.demand,)),
        c.GroupDemands(division=here, leader=scene.demand, demands=(other.demand,)),
        replace(scene.world.demand_command(scene.incident), same_as=scene.demand),
    ):
        assert scene.world.refused(DESK, command) is Refusal.DEMAND_DRAFT, command


def test_nothing_is_published_twice_or_by_whoever_looked_at_another_revision() -> None:
    scene = Scene()
    stale = scene.publication()
    scene.world.amend(scene.demand, targets=(1,))
    assert scene.world.refused(DESK, stale) is Refusal.REVISION_STALE
    scene.publish()
    assert scene.world.refused(COUNTY, scene.publication()) is Refusal.DEMAND_PUBLISHED
    scene.world.send(DESK, c.HoldDemand(demand=scene.demand, question="桥？"))
    assert scene.world.refused(DESK, scene.publication()) is Refusal.DEMAND_PUBLISHED
    unknown = c.PublishDraft(demand=DemandId("x"), revision=1)
    assert scene.world.refused(DESK, unknown) is Refusal.NOT_FOUND


def test_a_discarded_draft_is_not_published() -> None:
    scene = Scene()
    scene.world.close(scene.demand, CloseReason.DUPLICATE)
    assert scene.world.refused(DESK, scene.publication()) is Refusal.DEMAND_CLOSED


def test_what_cannot_be_published_cannot_be_drafted() -> None:
    world = World()
    incident = world.incident()
    fit = draft(world, incident)
    for unfit, refusal in (
        (replace(fit, needed_by=world.at - 1), Refusal.NEEDED_BY_UNFIT),
        (replace(fit, kind="nothing"), Refusal.CODE_UNKNOWN),
        (replace(fit, place=divisions().seat(townships()[5])), Refusal.NOT_FOUND),
    ):
        assert world.refused(DESK, unfit) is refusal


def test_needed_by_a_time_that_has_passed_it_is_published_once_that_is_amended() -> None:
    scene = Scene()
    scene.world.amend(scene.demand, needed_by=scene.world.at + HOUR)
    scene.world.wait(minutes=90)
    assert scene.world.refused(DESK, scene.publication()) is Refusal.NEEDED_BY_UNFIT
    scene.world.amend(scene.demand, needed_by=None)
    assert asked(scene.publish())


def test_a_posting_nearby_is_not_held_against_a_draft_but_a_draft_against_postings() -> None:
    """What nobody is asked for can lead nothing; the desk that publishes is told of the other."""
    scene = Scene()
    place = replace(divisions().seat(townships()[0]), kind="point")
    scene.world.amend(scene.demand, place=place)
    posting = replace(scene.world.demand_command(scene.incident), place=place)
    posted = only(scene.world.send(DESK, posting), f.DemandPublished)
    assert posted.similar is None
    assert only(scene.publish(), f.DraftPublished).similar == posted.demand


def test_a_false_flood_is_cleared_away_with_its_drafts_and_put_back_as_such() -> None:
    scene = Scene()
    several: dict[str, Any] = {"division": DivisionCode(townships()[0]), "demands": (scene.demand,)}
    scene.world.send(DESK, c.CloseDemands(**several, reason=CloseReason.UNFOUNDED))
    scene.world.send(DESK, c.ReopenDemands(**several))
    assert scene.operation.demands[scene.demand].state is DemandState.DRAFT
    assert scene.row().climbs_at is not None
