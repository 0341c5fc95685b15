"""Incidents: closed by who has seen what is live, reopened until the key of what is sealed goes."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.ids import digest_of
from schemas.refusals import Refusal
from schemas.values import (
    AssignmentId,
    DemandId,
    Domain,
    IncidentId,
    Mode,
    OpeningReason,
    StandDownReason,
    TaskId,
)
from streams.checking import LISTED_MOST
from streams.entities import IncidentState
from streams.incident import live_in
from streams.parameters import DAY, HOUR
from tests.streams.world import COUNTY, DESK, SEALED, World, asked, kinds, only


def at_work(crews: int = 1, mode: Mode = Mode.EXERCISE) -> tuple[World, IncidentId]:
    """An incident in which so many crews are at work, on a line each."""
    world = World(mode=mode)
    world.organization("near", units=500)
    incident = world.incident()
    for _ in range(crews):
        world.yes(only(asked(world.demand(incident, priority=2))))
    return world, incident


def closed(mode: Mode = Mode.EXERCISE) -> tuple[World, IncidentId, DemandId]:
    """A closed incident of one demand with sealed text; its recovery task has been dropped."""
    world = World(mode=mode)
    incident = world.incident()
    sealed = replace(world.demand_command(incident), contact=SEALED)
    demand = only(world.send(DESK, sealed), f.DemandPublished).demand
    closing = world.close_incident(incident)
    world.send(DESK, c.DropTask(task=only(closing, f.TaskProposed).task))
    return world, incident, demand


# Closing


def test_whoever_closes_has_seen_who_is_at_work() -> None:
    """Given crews at work, then closing is refused with their list, and taken with its digest."""
    world, incident = at_work(3)
    live = live_in(world.operation, incident)
    assert world.refused(COUNTY, c.CloseIncident(incident=incident)) is (
        Refusal.INCIDENT_HAS_ASSIGNMENTS
    )
    assert world.turns[-1].turn.subjects == live
    closing = world.send(COUNTY, c.CloseIncident(incident=incident, live=digest_of(live)))
    ended = [fact for fact in closing if isinstance(fact, f.AssignmentStoodDown)]
    assert {fact.assignment for fact in ended} == set(live)
    assert {fact.reason for fact in ended} == {StandDownReason.INCIDENT_CLOSED}
    assert kinds(closing)[-1] == "IncidentClosed"


def test_who_has_said_yes_meanwhile_is_not_sent_home_unseen() -> None:
    world, incident = at_work()
    seen = digest_of(live_in(world.operation, incident))
    world.yes(only(asked(world.demand(incident, priority=2))))
    refused = world.refused(COUNTY, c.CloseIncident(incident=incident, live=seen))
    assert refused is Refusal.INCIDENT_HAS_ASSIGNMENTS


def test_any_number_of_crews_is_named_by_one_digest() -> None:
    world, incident = at_work(LISTED_MOST + 30)
    live = live_in(world.operation, incident)
    world.refused(COUNTY, c.CloseIncident(incident=incident))
    assert world.turns[-1].turn.subjects == live[:LISTED_MOST]
    world.close_incident(incident)
    world.wait(minutes=1)
    assert world.operation.incidents[incident].state is IncidentState.CLOSED
    assert live_in(world.operation, incident) == ()


def test_who_has_reported_done_has_done_it_when_the_incident_closes() -> None:
    world, incident = at_work(2)
    done, _ = live_in(world.operation, incident)
    world.send("near", c.ReportDone(assignment=done))
    closing = world.close_incident(incident)
    assert only(closing, f.AssignmentReleased).assignment == done
    assert kinds(closing).count("AssignmentStoodDown") == 1


def test_an_incident_is_closed_once() -> None:
    world, incident, _ = closed()
    again = c.CloseIncident(incident=incident)
    assert world.refused(COUNTY, again) is Refusal.INCIDENT_NOT_OPEN


# The key


@pytest.mark.parametrize(("mode", "kept"), [(Mode.ACTUAL, 72 * HOUR), (Mode.EXERCISE, HOUR)])
def test_a_key_waits_before_it_is_destroyed(mode: Mode, kept: int) -> None:
    """Given a closed incident and recovery over, then the day is said, and only then it comes."""
    world, incident, demand = closed(mode)
    due = only(world.turns[-1].turn.facts, f.KeyDestructionDue)
    assert due.due == world.at + kept
    assert "KeyDestroyed" not in kinds(world.until(due.due - 1))
    assert world.send(DESK, opening(demand))
    assert only(world.until(due.due)).incident == incident
    assert world.refused(DESK, opening(demand)) is Refusal.KEY_DESTROYED
    again = c.ReopenIncident(incident=incident)
    assert world.refused(COUNTY, again) is Refusal.KEY_DESTROYED


def opening(demand: DemandId) -> c.OpenSealedText:
    return c.OpenSealedText(demand=demand, reason=OpeningReason.CALLING)


def test_as_long_as_somebody_recovers_the_key_stays() -> None:
    world = World()
    doer = world.organization("doer")
    incident = world.incident()
    world.demand(incident)
    closing = world.close_incident(incident)
    task: TaskId = only(closing, f.TaskProposed).task
    assert "KeyDestructionDue" not in kinds(closing + tuple(world.wait(minutes=600)))
    world.send("doer", c.ClaimTask(task=task, organization=doer))
    world.send("doer", c.ReportTask(task=task))
    verified = world.send(COUNTY, c.VerifyTask(task=task))
    assert kinds(verified) == ["TaskVerified", "KeyDestructionDue"]


def test_a_reopened_incident_keeps_its_key_and_takes_its_demands_up_again() -> None:
    """A8: given a closed incident whose key is to go in an hour, when it is reopened, then the key
    stays; its demands are reopened one by one; its next closing sets a new day."""
    world, incident, demand = closed()
    world.wait(minutes=50)
    world.send(COUNTY, c.ReopenIncident(incident=incident))
    assert kinds(world.until(world.at + 2 * DAY)) == []
    assert world.send(DESK, opening(demand))
    assert "DemandReopened" in kinds(world.reopen(demand))
    closing = world.close_incident(incident)
    task = only(closing, f.TaskProposed).task
    dropped = world.send(DESK, c.DropTask(task=task))
    assert only(dropped, f.KeyDestructionDue).due == world.at + HOUR


def test_a_demand_of_a_closed_incident_waits_for_the_incident() -> None:
    world, _, demand = closed()
    command = c.ReopenDemand(demand=demand, revision=2)
    assert world.refused(DESK, command) is Refusal.INCIDENT_NOT_OPEN


def test_what_is_open_is_not_reopened() -> None:
    world, incident = at_work()
    assert world.refused(COUNTY, c.ReopenIncident(incident=incident)) is Refusal.INCIDENT_OPEN


def test_of_one_event_one_incident_is_open() -> None:
    """Given the same event opened anew meanwhile, then the old one is not opened beside it."""
    world, incident, _ = closed()
    anew = world.incident()
    again = c.ReopenIncident(incident=incident)
    assert world.refused(COUNTY, again) is Refusal.INCIDENT_EXISTS
    assert world.turns[-1].turn.subjects == (anew,)
    same = c.OpenIncident(hazard="typhoon", division=world.county)
    assert world.refused(COUNTY, same) is Refusal.INCIDENT_EXISTS


def test_an_incident_may_close_again_and_again() -> None:
    world, incident, demand = closed()
    for _ in range(3):
        world.send(COUNTY, c.ReopenIncident(incident=incident))
        world.reopen(demand)
        closing = world.close_incident(incident)
        task = only(closing, f.TaskProposed).task
        world.send(COUNTY, c.DropTask(task=task))
    assert [row.number for row in world.operation.tasks.rows.values()] == [1, 2, 3, 4]


# Telephones


def test_whom_to_call_is_shown_on_record_as_long_as_somebody_may_come() -> None:
    world, incident = at_work()
    [offer] = world.operation.offers
    shown = only(world.send(DESK, c.ShowPersons(offer=offer)))
    assert (shown.account, shown.organization) == (
        DESK,
        world.operation.offers[offer].organization,
    )
    assert world.refused("near", c.ShowPersons(offer=offer)) is Refusal.ROLE_MISSING
    world.close_incident(incident)
    assert only(world.send(DESK, c.ShowPersons(offer=offer)))  # somebody has to turn them around
    world.wait(minutes=121)
    assert world.refused(DESK, c.ShowPersons(offer=offer)) is Refusal.DEMAND_CLOSED


def test_nobody_joins_or_publishes_once_it_is_closing(monkeypatch: pytest.MonkeyPatch) -> None:
    world, incident = at_work()
    command = world.demand_command(incident)
    monkeypatch.setattr("streams.clock.SETTLE_FACTS", 0)
    world.close_incident(incident)
    assert world.operation.incidents[incident].state is IncidentState.CLOSING
    late: tuple[Any, ...] = (
        (DESK, command),
        (DESK, c.JoinIncident(incident=incident, division=world.township)),
        (COUNTY, c.CloseIncident(incident=incident)),
    )
    for actor, refused in late:
        assert world.refused(actor, refused) is Refusal.INCIDENT_NOT_OPEN


def test_a_digest_names_a_list_and_no_other() -> None:
    ids = [AssignmentId(name) for name in ("a", "b", "c")]
    assert digest_of(ids) == digest_of(reversed(ids))
    assert digest_of(ids) != digest_of(ids[:2])
    assert digest_of(["ab", "c"]) != digest_of(["a", "bc"])


def test_the_domain_of_what_is_restored_is_the_desk_s_word() -> None:
    world = World()
    demand = only(world.demand(world.incident()), f.DemandPublished).demand
    task = only(world.close(demand), f.TaskProposed)
    opened = only(world.send(DESK, c.OpenTask(task=task.task, domain=Domain.WORK)))
    assert (task.domain, opened.domain) == (Domain.PRODUCTION, Domain.WORK)
