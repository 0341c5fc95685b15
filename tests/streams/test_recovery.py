"""Recovery tasks: proposed, opened, claimed, given back, done, and verified by another party."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import ClaimEnd, CloseReason, DivisionCode, Domain, Role, TaskId
from streams.entities import Task, TaskState
from streams.parameters import DAY
from tests.streams.world import COUNTY, DESK, STEWARD, World, divisions, kinds, only, townships


class Recovery:
    """One task, proposed when a demand was closed, and two organizations that could do it."""

    def __init__(self, *, claimed: bool = False) -> None:
        self.world = World()
        self.doer = self.world.organization("doer")
        self.other = self.world.organization("other", skill="CATERING")
        demand = only(self.world.demand(self.world.incident()), f.DemandPublished).demand
        facts = self.world.close(demand, CloseReason.DONE_BY_OTHERS)
        self.proposal: f.TaskProposed = only(facts, f.TaskProposed)
        self.id: TaskId = self.proposal.task
        if claimed:
            self.open()
            self.claim()

    @property
    def row(self) -> Task:
        return self.world.operation.tasks[self.id]

    def open(self) -> Any:
        return self.world.send(DESK, c.OpenTask(task=self.id, domain=Domain.LIFE))

    def claim(self, name: str = "doer", actor: str | None = None) -> Any:
        organization = {"doer": self.doer, "other": self.other}[name]
        return self.world.send(actor or name, c.ClaimTask(task=self.id, organization=organization))

    def refused(self, actor: str, command: type, **said: Any) -> Refusal:
        return self.world.refused(actor, command(task=self.id, **said))


def test_a_proposal_waits_for_the_desk() -> None:
    scene = Recovery()
    claim = {"organization": scene.doer}
    assert scene.refused("doer", c.ClaimTask, **claim) is Refusal.TASK_NOT_CLAIMABLE
    opened = only(scene.open())
    assert opened.domain is Domain.LIFE
    assert scene.refused(DESK, c.OpenTask, domain=Domain.LIFE) is Refusal.TASK_NOT_PROPOSED
    assert only(scene.claim()).until == scene.world.at + 7 * DAY


def test_a_proposal_that_nobody_opens_lapses_after_thirty_days() -> None:
    scene = Recovery()
    assert scene.proposal.until == scene.world.at + 30 * DAY
    assert kinds(scene.world.until(scene.proposal.until - 1)) == []
    assert kinds(scene.world.until(scene.proposal.until)) == ["TaskLapsed"]
    assert scene.row.state is TaskState.LAPSED
    assert scene.refused(DESK, c.OpenTask, domain=Domain.LIFE) is Refusal.TASK_NOT_PROPOSED


def test_an_open_task_that_nobody_claims_is_asked_about_and_lapses_at_last() -> None:
    """No key of an incident is kept for ever, for a task that everybody has forgotten."""
    scene = Recovery()
    scene.open()
    assert kinds(scene.world.until(scene.world.at + 30 * DAY - 1)) == []
    asked = only(scene.world.until(scene.world.at + 1), f.TaskNeedAsked)
    assert scene.row.asked_at == scene.world.at
    assert asked.until == scene.world.at + 30 * DAY
    assert kinds(scene.world.until(asked.until - 1)) == []
    assert kinds(scene.world.until(asked.until)) == ["TaskLapsed"]
    assert not scene.row.live


def test_of_what_was_asked_about_its_desk_says_that_it_is_still_needed() -> None:
    scene = Recovery()
    scene.open()
    assert scene.refused(DESK, c.OpenTask, domain=Domain.LIFE) is Refusal.TASK_NOT_PROPOSED
    scene.world.until(scene.world.at + 30 * DAY)
    assert only(scene.open()).until == scene.world.at + 30 * DAY
    assert scene.row.asked_at is None
    assert only(scene.world.until(scene.world.at + 30 * DAY), f.TaskNeedAsked)


def test_what_was_asked_about_is_still_claimed_and_the_question_is_over() -> None:
    scene = Recovery()
    scene.open()
    scene.world.until(scene.world.at + 30 * DAY)
    scene.claim()
    assert scene.row.asked_at is None
    assert only(scene.world.until(scene.world.at + 7 * DAY), f.TaskClaimEnded)


def test_work_that_nobody_verifies_is_asked_about_and_lapses_at_last() -> None:
    scene = Recovery(claimed=True)
    reported = only(scene.world.send("doer", c.ReportTask(task=scene.id)))
    asked = only(scene.world.until(reported.until), f.TaskNeedAsked)
    assert scene.refused(DESK, c.OpenTask, domain=Domain.LIFE) is Refusal.TASK_NOT_PROPOSED
    assert kinds(scene.world.until(asked.until)) == ["TaskLapsed"]


@pytest.mark.parametrize(("actor", "by_desk"), [("doer", False), (DESK, True), (COUNTY, True)])
def test_a_claim_is_given_back_and_another_claims(actor: str, by_desk: bool) -> None:
    """D1: claimed, then nobody has time; the claimant says so, also on the telephone."""
    scene = Recovery(claimed=True)
    ended = only(scene.world.send(actor, c.GiveBackTask(task=scene.id)))
    assert (ended.reason, ended.by_desk) == (ClaimEnd.GIVEN_BACK, by_desk)
    assert only(scene.claim("other")).organization == scene.other


def test_the_desk_takes_a_claim_back() -> None:
    scene = Recovery(claimed=True)
    assert scene.refused("doer", c.TakeBackTask) is Refusal.ROLE_MISSING
    ended = only(scene.world.send(DESK, c.TakeBackTask(task=scene.id)))
    assert ended.reason is ClaimEnd.TAKEN_BACK
    assert scene.row.organization is None
    assert scene.claim("other")


def test_a_claim_runs_out_after_seven_days() -> None:
    scene = Recovery(claimed=True)
    ended = only(scene.world.until(scene.world.at + 7 * DAY))
    assert ended.reason is ClaimEnd.RAN_OUT
    assert scene.row.state is TaskState.OPEN
    assert scene.claim("other")


def test_work_that_was_reported_does_not_run_out() -> None:
    scene = Recovery(claimed=True)
    scene.world.send("doer", c.ReportTask(task=scene.id))
    assert kinds(scene.world.until(scene.world.at + 8 * DAY)) == []
    for command in (c.GiveBackTask, c.TakeBackTask, c.DropTask):
        assert scene.refused(DESK, command) is Refusal.TASK_REPORTED


def test_work_that_was_sent_back_has_seven_days_more() -> None:
    scene = Recovery(claimed=True)
    scene.world.send("doer", c.ReportTask(task=scene.id))
    scene.world.until(scene.world.at + 20 * DAY)
    sent_back = only(scene.world.send(DESK, c.VerifyTask(task=scene.id, done=False)))
    assert sent_back.until == scene.world.at + 7 * DAY
    assert only(scene.world.until(sent_back.until)).reason is ClaimEnd.RAN_OUT


def test_whoever_is_not_the_claimant_gives_nothing_back() -> None:
    scene = Recovery(claimed=True)
    assert scene.refused("other", c.GiveBackTask) is Refusal.NOT_FOUND
    scene.world.send("doer", c.GiveBackTask(task=scene.id))
    assert scene.refused(DESK, c.GiveBackTask) is Refusal.TASK_NOT_CLAIMED


def test_a_claimed_task_is_taken_back_before_it_is_dropped() -> None:
    scene = Recovery(claimed=True)
    assert scene.refused(DESK, c.DropTask) is Refusal.TASK_CLAIMED
    scene.world.send(DESK, c.TakeBackTask(task=scene.id))
    assert kinds(scene.world.send(DESK, c.DropTask(task=scene.id))) == ["TaskDropped"]


def test_only_who_has_claimed_it_reports_it() -> None:
    scene = Recovery()
    scene.open()
    assert scene.refused(DESK, c.ReportTask) is Refusal.TASK_NOT_REPORTABLE
    scene.claim()
    assert scene.refused("other", c.ReportTask) is Refusal.NOT_FOUND
    assert scene.refused(DESK, c.VerifyTask) is Refusal.TASK_NOT_REPORTED


def test_the_doer_does_not_verify() -> None:
    """E2: neither the organization, nor whoever speaks for it, nor the desk that reported it."""
    scene = Recovery(claimed=True)
    scene.world.send(DESK, c.ReportTask(task=scene.id))
    assert scene.refused("doer", c.VerifyTask) is Refusal.ROLE_MISSING
    assert scene.refused(DESK, c.VerifyTask) is Refusal.VERIFIER_IS_DOER
    scene.world.grant("both", Role.DESK, division=scene.world.township)
    scene.world.grant("both", Role.ORGANIZATION, organization=scene.doer)
    assert scene.refused("both", c.VerifyTask) is Refusal.VERIFIER_IS_DOER
    assert kinds(scene.world.send(COUNTY, c.VerifyTask(task=scene.id))) == ["TaskVerified"]


def test_only_organizations_of_the_county_claim() -> None:
    scene = Recovery()
    scene.open()
    ouhai = DivisionCode("330304")
    moved = scene.world.entry(scene.doer, home=ouhai, place=divisions().seat(ouhai))
    scene.world.send(STEWARD, moved)
    claim = {"organization": scene.doer}
    assert scene.refused("doer", c.ClaimTask, **claim) is Refusal.NOT_FOUND


def test_a_retired_organization_claims_nothing_more() -> None:
    scene = Recovery()
    scene.open()
    scene.world.send(STEWARD, c.RetireOrganization(organization=scene.doer))
    claim = {"organization": scene.doer}
    assert scene.refused("doer", c.ClaimTask, **claim) is Refusal.ORGANIZATION_RETIRED


def test_a_task_lies_where_its_demand_was_when_it_was_closed() -> None:
    scene = Recovery()
    assert scene.row.place == divisions().seat(townships()[0])
    world = scene.world
    world.grant("sibling", Role.DESK, division=DivisionCode(townships()[1]))
    assert scene.refused("sibling", c.OpenTask, domain=Domain.LIFE) is Refusal.NOT_FOUND
