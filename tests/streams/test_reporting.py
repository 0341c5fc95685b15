"""A village's committee tells its township of a need, and sees what becomes of it."""

from typing import Any

import pytest
from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import AccountId, CloseReason, DemandId, DivisionCode, OrganizationId, Role
from schemas.views import DemandRow
from schemas.villages import Village
from streams import rows
from streams.parameters import MINUTE
from streams.policy import permit
from streams.present import Present
from tests.streams.world import (
    COMMITTEE,
    COUNTY,
    DESK,
    SEALED,
    STEWARD,
    VILLAGE,
    World,
    asked,
    divisions,
    kinds,
    only,
    townships,
)

OTHER, NEXT = "other village", "next township"


class Scene:
    """A committee of one village, one of the next village, and one in the next township."""

    def __init__(self) -> None:
        self.world = World()
        here, there = map(DivisionCode, townships()[:2])
        self.world.grant(COMMITTEE, Role.COMMITTEE, division=here, village=VILLAGE)
        self.world.grant(OTHER, Role.COMMITTEE, division=here, village="上塘村")
        self.world.grant(NEXT, Role.COMMITTEE, division=there, village=VILLAGE)
        self.team = self.world.organization("one")
        self.incident = self.world.incident()

    def report(self, **wishes: Any) -> f.DemandDrafted:
        told = self.world.send(COMMITTEE, self.world.need_command(self.incident, **wishes))
        drafted: f.DemandDrafted = only(told)
        return drafted

    def row(self, demand: DemandId) -> DemandRow:
        known = self.world.operation
        row = rows.demand(known, known.demands[demand]).row
        assert isinstance(row, DemandRow)
        return row


def test_a_need_is_a_draft_at_the_township_s_desk_which_asks_nobody() -> None:
    scene = Scene()
    told = scene.report()
    here = DivisionCode(townships()[0])
    assert (told.reporter, told.people) == (Village(division=here, name=VILLAGE), 12)
    assert told.climbs_at == told.at + 3 * MINUTE
    row = scene.row(told.demand)
    assert (row.state, row.number, row.reporter) == ("draft", 0, told.reporter)
    put = rows.demand(scene.world.operation, scene.world.operation.demands[told.demand])
    assert put.audience.village == told.reporter


def test_it_sees_that_it_was_published_and_under_which_number() -> None:
    scene = Scene()
    told = scene.report()
    published = scene.world.send(DESK, c.PublishDraft(demand=told.demand, revision=1))
    assert asked(published)
    assert (scene.row(told.demand).state, scene.row(told.demand).number) == ("published", 1)
    assert scene.row(told.demand).reporter == told.reporter


def test_it_sees_why_it_was_discarded_and_may_tell_of_it_again() -> None:
    scene = Scene()
    told = scene.report()
    scene.world.close(told.demand, CloseReason.DUPLICATE)
    row = scene.row(told.demand)
    assert (row.state, row.number, row.reason) == ("closed", 0, CloseReason.DUPLICATE)
    assert scene.report().demand != told.demand


def test_what_the_township_leaves_lying_goes_to_the_county_which_may_publish_it() -> None:
    scene = Scene()
    told = scene.report()
    assert kinds(scene.world.wait(minutes=3)) == ["DemandClimbed"]
    published = scene.world.send(COUNTY, c.PublishDraft(demand=told.demand, revision=1))
    assert only(published, f.DraftPublished).substitute == scene.world.county


@pytest.mark.parametrize("actor", [OTHER, NEXT, DESK, COUNTY, STEWARD, "one", "stranger"])
def test_nobody_else_speaks_for_a_village(actor: str) -> None:
    scene = Scene()
    code = scene.world.refused(actor, scene.world.need_command(scene.incident))
    inside = actor in (DESK, COUNTY, STEWARD)
    assert code is (Refusal.ROLE_MISSING if inside else Refusal.NOT_FOUND)


def test_for_a_committee_nothing_else_exists() -> None:
    """Not even what it has told of: what becomes of that is its desk's to say."""
    scene = Scene()
    told = scene.report()
    [line] = told.lines
    known = Present(scene.world.area, scene.world.operation)
    posting = scene.world.demand_command(scene.incident)
    for command in (
        posting,
        scene.world.draft_command(scene.incident),
        c.PublishDraft(demand=told.demand, revision=1),
        c.CloseDemand(demand=told.demand, reason=CloseReason.MET, revision=1),
        c.AskByHand(line=line.line, organization=scene.team, reason=posting.contact or SEALED),
        c.CloseIncident(incident=scene.incident),
        c.SetDuty(organization=OrganizationId(scene.team), on_duty=False),
        c.GrantRole(account=AccountId("x"), role=Role.DESK, division=DivisionCode(townships()[0])),
    ):
        found = permit(known, AccountId(COMMITTEE), command, scene.world.at)
        assert found is Refusal.NOT_FOUND, command


def test_what_cannot_be_published_cannot_be_told_either() -> None:
    scene = Scene()
    fit = scene.world.need_command(scene.incident)
    assert scene.world.refused(COMMITTEE, replace(fit, kind="x")) is Refusal.CODE_UNKNOWN
    late = replace(fit, needed_by=scene.world.at - 1)
    assert scene.world.refused(COMMITTEE, late) is Refusal.NEEDED_BY_UNFIT
    there = replace(fit, place=divisions().seat(townships()[1]))
    assert scene.world.refused(COMMITTEE, there) is Refusal.NOT_FOUND
    scene.world.close_incident(scene.incident)
    assert scene.world.refused(COMMITTEE, fit) is Refusal.INCIDENT_NOT_OPEN


def test_a_committee_s_role_names_a_village_of_a_township() -> None:
    world = World()
    for scope in (
        {"division": DivisionCode(townships()[0])},
        {"division": world.county, "village": VILLAGE},
        {"village": VILLAGE},
    ):
        grant = c.GrantRole(account=AccountId("x"), role=Role.COMMITTEE, **scope)
        assert world.refused(STEWARD, grant) is Refusal.GRANT_UNFIT
    desk = c.GrantRole(
        account=AccountId("x"), role=Role.DESK, division=world.township, village=VILLAGE
    )
    assert world.refused(STEWARD, desk) is Refusal.GRANT_UNFIT
