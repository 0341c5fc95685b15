"""A village's committee guides its own village-guided groups: it records what they say."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import (
    AccountId,
    DeclineReason,
    DivisionCode,
    OpeningReason,
    RegistrationClass,
    Role,
)
from schemas.views import AssignmentRow, OfferRow, Put
from schemas.villages import Village
from streams import rows
from streams.parameters import MINUTE
from streams.policy import ROLES
from tests.streams.world import (
    COMMITTEE,
    DESK,
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
    """A village's group that is asked for a pump, and the committees of three villages."""

    def __init__(self, **differs: Any) -> None:
        self.world = World()
        here, there = map(DivisionCode, townships()[:2])
        self.world.grant(COMMITTEE, Role.COMMITTEE, division=here, village=VILLAGE)
        self.world.grant(OTHER, Role.COMMITTEE, division=here, village="上塘村")
        self.world.grant(NEXT, Role.COMMITTEE, division=there, village=VILLAGE)
        self.group = self.world.organization("group", units=4, **{"village": VILLAGE, **differs})
        self.incident = self.world.incident()
        posted = self.world.demand(self.incident, target=2, priority=2)
        self.offer: f.OfferSent = only(asked(posted))

    def yes(self, **said: Any) -> Any:
        return self.world.yes(self.offer, actor=COMMITTEE, **said)

    def row(self) -> OfferRow:
        operation = self.world.operation
        row = self.put(operation.offers[self.offer.offer]).row
        assert isinstance(row, OfferRow)
        return row

    def put(self, offer: Any) -> Put:
        return rows.offer(self.world.area, self.world.operation, offer)

    def crew(self) -> AssignmentRow:
        operation = self.world.operation
        [item] = operation.assignments.rows.values()
        row = rows.assignment(self.world.area, operation, item).row
        assert isinstance(row, AssignmentRow)
        return row


def test_its_yes_is_recorded_as_the_committee_s_and_commits_the_group() -> None:
    scene = Scene()
    said = scene.yes(quantity=1, minutes=20, people=5)
    accepted = only(said, f.OfferAccepted)
    assert (accepted.by_committee, accepted.by_desk, accepted.quantity) == (VILLAGE, False, 1)
    assert only(said, f.AssignmentCommitted).organization == scene.group
    assert (scene.row().by_committee, scene.row().by_desk) == (VILLAGE, False)
    assert (scene.crew().by_committee, scene.crew().people) == (VILLAGE, 5)


def test_its_yes_opens_nothing_that_is_sealed() -> None:
    scene = Scene()
    draft = scene.world.draft_command(scene.incident, priority=2)
    drafted = only(scene.world.send(DESK, draft), f.DemandDrafted)
    publish = c.PublishDraft(demand=drafted.demand, revision=1)
    offer = only(asked(scene.world.send(DESK, publish)))
    assert "SealedTextOpened" not in kinds(scene.world.yes(offer, actor=COMMITTEE))
    opening = c.OpenSealedText(demand=drafted.demand, reason=OpeningReason.ON_THE_WAY)
    assert scene.world.refused(COMMITTEE, opening) is Refusal.NOT_FOUND


def test_its_no_is_recorded_as_the_committee_s() -> None:
    scene = Scene()
    declined = only(scene.world.no(scene.offer, actor=COMMITTEE), f.OfferDeclined)
    assert (declined.by_committee, declined.by_desk) == (VILLAGE, False)
    assert scene.row().by_committee == VILLAGE


def test_that_they_could_come_later_is_recorded_as_the_committee_s() -> None:
    scene = Scene()
    later = c.CounterOffer(offer=scene.offer.offer, quantity=1, minutes=120)
    standby = only(scene.world.send(COMMITTEE, later), f.StandbyOffered)
    assert (standby.by_committee, standby.by_desk) == (VILLAGE, False)


def test_a_late_yes_of_the_committee_waits_or_counts_like_any_other() -> None:
    scene = Scene()
    scene.world.until(scene.offer.answer_by + MINUTE)
    late = only(scene.yes(), f.OfferAccepted)
    assert (late.late, late.by_committee) == (True, VILLAGE)


def test_words_that_have_changed_are_read_out_first() -> None:
    scene = Scene()
    scene.world.amend(scene.offer.demand, rally_point="村委会门口")
    outdated = only(scene.yes(revision=1), f.YesOutdated)
    assert (outdated.by_committee, outdated.by_desk) == (VILLAGE, False)


STEPS: list[Callable[[Any], c.Command]] = [
    lambda crew: c.SetOff(assignment=crew),
    lambda crew: c.GiveNewTime(assignment=crew, minutes=50),
    lambda crew: c.Arrive(assignment=crew),
    lambda crew: c.CheckIn(assignment=crew),
    lambda crew: c.CountHeads(assignment=crew, inside=2),
    lambda crew: c.ReportDone(assignment=crew, everybody_out=True, helped=3),
    lambda crew: c.UndoStep(assignment=crew),
    lambda crew: c.CannotComplete(assignment=crew, everybody_out=True),
]


def test_every_step_that_it_records_bears_its_village() -> None:
    scene = Scene()
    crew = only(scene.yes(), f.AssignmentCommitted).assignment
    for step in STEPS:
        if not isinstance(step(crew), c.UndoStep):
            scene.world.at += 2 * MINUTE
        said = scene.world.send(COMMITTEE, step(crew))
        assert said, step
        marked = [fact for fact in said if hasattr(fact, "by_committee")]
        assert marked, step
        assert {(fact.by_committee, fact.by_desk) for fact in marked} == {(VILLAGE, False)}
    assert (scene.crew().state, scene.crew().by_committee) == ("given_up", VILLAGE)


def test_the_last_word_says_whose_it_was() -> None:
    scene = Scene()
    crew = only(scene.yes(), f.AssignmentCommitted).assignment
    scene.world.send(DESK, c.SetOff(assignment=crew))
    assert (scene.crew().by_desk, scene.crew().by_committee) == (True, None)
    scene.world.send("group", c.Arrive(assignment=crew))
    assert (scene.crew().by_desk, scene.crew().by_committee) == (False, None)


def test_who_answers_for_the_group_itself_speaks_for_itself() -> None:
    scene = Scene()
    scene.world.grant(COMMITTEE, Role.ORGANIZATION, organization=scene.group)
    accepted = only(scene.yes(), f.OfferAccepted)
    assert (accepted.by_committee, accepted.by_desk) == (None, False)


@pytest.mark.parametrize("stranger", [OTHER, NEXT])
def test_another_village_s_request_does_not_exist_for_it(stranger: str) -> None:
    scene = Scene()
    for answer in (
        c.AcceptOffer(offer=scene.offer.offer, quantity=1),
        c.DeclineOffer(offer=scene.offer.offer, reason=DeclineReason.NO_CREW),
    ):
        assert scene.world.refused(stranger, answer) is Refusal.NOT_FOUND
    crew = only(scene.yes(), f.AssignmentCommitted).assignment
    for step in (c.SetOff(assignment=crew), c.CannotComplete(assignment=crew)):
        assert scene.world.refused(stranger, step) is Refusal.NOT_FOUND


@pytest.mark.parametrize(
    "differs",
    [
        {"village": None, "registration_class": RegistrationClass.VILLAGE_GUIDED},
        {"registration_class": RegistrationClass.FILED},
        {"registration_class": RegistrationClass.REGISTERED},
    ],
    ids=["of no village on record", "filed", "registered"],
)
def test_a_group_that_it_does_not_guide_answers_for_itself(differs: dict[str, Any]) -> None:
    scene = Scene(**differs)
    answer = c.AcceptOffer(offer=scene.offer.offer, quantity=1)
    assert scene.world.refused(COMMITTEE, answer) is Refusal.NOT_FOUND
    assert scene.put(scene.world.operation.offers[scene.offer.offer]).audience.village is None


def test_what_the_desk_decides_is_not_the_committee_s() -> None:
    scene = Scene()
    crew = only(scene.yes(), f.AssignmentCommitted).assignment
    for command in (
        c.StandDownCrew(assignment=crew),
        c.ConfirmAssignment(assignment=crew, done=True),
        c.ShowPersons(offer=scene.offer.offer),
    ):
        assert scene.world.refused(COMMITTEE, command) is Refusal.ROLE_MISSING


def test_it_sees_the_requests_of_its_groups_and_loses_those_it_guides_no_longer() -> None:
    """Given an open request, when the registry has another village, that one sees it instead."""
    scene = Scene()
    here = DivisionCode(townships()[0])
    put = scene.put(scene.world.operation.offers[scene.offer.offer])
    assert put.audience.village == Village(division=here, name=VILLAGE)
    scene.world.send(STEWARD, scene.world.entry(scene.group, village="上塘村"))
    moved = [one for one in scene.world.turns[-1].changes if isinstance(one, Put)]
    offers = [one for one in moved if isinstance(one.row, OfferRow)]
    assert [one.audience.village for one in offers] == [Village(division=here, name="上塘村")]
    answer = c.AcceptOffer(offer=scene.offer.offer, quantity=1)
    assert scene.world.refused(COMMITTEE, answer) is Refusal.NOT_FOUND
    assert scene.world.send(OTHER, answer)


def test_a_role_that_has_ended_records_nothing_more() -> None:
    scene = Scene()
    scene.world.send(STEWARD, c.EndGrant(account=AccountId(COMMITTEE), role=Role.COMMITTEE))
    answer = c.AcceptOffer(offer=scene.offer.offer, quantity=1)
    assert scene.world.refused(COMMITTEE, answer) is Refusal.NOT_FOUND


def test_a_village_is_named_within_a_township() -> None:
    world = World()
    home, place = world.county, divisions().seat(world.county)
    entry = c.RegisterOrganization(
        name="group",
        registration_class=RegistrationClass.VILLAGE_GUIDED,
        home=home,
        place=place,
        capabilities=(),
        people=3,
        village=VILLAGE,
    )
    assert world.refused(STEWARD, entry) is Refusal.VILLAGE_UNFIT
    assert world.send(STEWARD, replace(entry, village=None))
    group = world.organization("other", village=VILLAGE)
    moved = world.entry(group, home=home, place=place)
    assert world.refused(STEWARD, moved) is Refusal.VILLAGE_UNFIT
    assert world.send(STEWARD, replace(moved, village=None))


def test_answers_and_steps_are_all_that_it_may_record() -> None:
    may = {command for command, roles in ROLES.items() if Role.COMMITTEE in roles}
    own = {c.ReportNeed, c.ConfirmAccess}  # that a link to its own account is its own
    assert may - own == {
        c.AcceptOffer,
        c.DeclineOffer,
        c.CounterOffer,
        c.SetOff,
        c.Arrive,
        c.ReportDone,
        c.CannotComplete,
        c.GiveNewTime,
        c.UndoStep,
        c.CheckIn,
        c.CountHeads,
        c.SeeWords,
        c.ReportFromScene,
        c.AcknowledgeInstruction,
        c.KeepCrewOn,
    }
