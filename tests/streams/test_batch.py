"""Batches: a false flood goes as one and comes back as one; what was opened together, too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.batches import BatchId, BatchState
from schemas.hand_ups import HandUpReason
from schemas.ids import digest_of
from schemas.refusals import Refusal
from schemas.turns import OWNER
from schemas.values import CloseReason, DemandId, DivisionCode, Domain, IncidentId, TaskId
from schemas.views import IncidentRow
from streams import rows
from streams.clock import due
from streams.entities import DemandState, TaskState
from streams.parameters import MINUTE
from tests.streams.world import COUNTY, DESK, World, asked, only, townships

HERE, THERE = (DivisionCode(code) for code in townships()[:2])
BATCH = BatchId("batch")


class Flood:
    """So many false demands in one township, and one team with three pumps."""

    def __init__(self, count: int = 5) -> None:
        self.world = World()
        self.team = self.world.organization("team", units=3)
        self.incident: IncidentId = self.world.incident()
        posted = [self.world.demand(self.incident) for _ in range(count)]
        self.offers = asked(fact for facts in posted for fact in facts)
        found = [fact for facts in posted for fact in facts]
        self.demands = [one.demand for one in found if isinstance(one, f.DemandPublished)]

    def part(self, ids: Sequence[DemandId] | None = None, **differs: Any) -> c.VoidDemands:
        """A part of the batch of all of them, unless it is said otherwise."""
        said: dict[str, Any] = {
            "batch": BATCH,
            "incident": self.incident,
            "division": HERE,
            "reason": CloseReason.UNFOUNDED,
            "on_the_way": False,
            "demands": tuple(self.demands if ids is None else ids),
            "count": len(self.demands),
            "digest": digest_of(self.demands),
        }
        return c.VoidDemands(**{**said, **differs})

    def void(self) -> list[Any]:
        return [*self.world.send(DESK, self.part()), *self.world.wait(minutes=1)]

    def undo(self, actor: str = DESK) -> list[Any]:
        return [*self.world.send(actor, self.undoing()), *self.world.wait(minutes=1)]

    def undoing(self) -> c.UndoBatch:
        return c.UndoBatch(batch=BATCH, incident=self.incident, division=HERE)

    def open(self) -> list[DemandId]:
        rows = self.world.operation.demands.rows.values()
        return sorted(row.id for row in rows if row.state is not DemandState.CLOSED)

    def view(self) -> Any:
        known = self.world.operation
        row = rows.incident(known, known.incidents[self.incident]).row
        assert isinstance(row, IncidentRow)
        return only(row.batches)


def of(facts: Sequence[Any], kind: type[Any]) -> list[Any]:
    return [fact for fact in facts if isinstance(fact, kind)]


def test_a_flood_goes_as_one_batch_that_ends_with_number_and_digest() -> None:
    flood = Flood()
    facts = flood.void()
    assert flood.open() == []
    ended = only(of(facts, f.BatchEnded))
    assert (ended.count, ended.spared, ended.undone) == (5, 0, False)
    assert ended.digest == digest_of(flood.demands)
    assert {fact.batch for fact in of(facts, f.DemandClosed)} == {BATCH}
    assert flood.view().state is BatchState.DONE


def test_nobody_recovers_anything_and_whoever_was_asked_is_thanked() -> None:
    flood = Flood()
    facts = flood.void()
    assert flood.world.operation.tasks.rows == {}
    assert len(of(facts, f.OfferStoodDown)) == len(flood.offers) == 3


def test_nothing_happens_before_the_list_is_whole() -> None:
    """Given a server that is killed in the middle, then a list that is begun does nothing."""
    flood = Flood()
    flood.world.send(DESK, flood.part(flood.demands[:2]))
    flood.world.wait(minutes=1)
    assert flood.open() == sorted(flood.demands)
    again = flood.world.send(DESK, flood.part(flood.demands[:2]))
    assert again == (), "said twice, nothing is new"
    flood.world.send(DESK, flood.part(flood.demands[2:]))
    flood.world.wait(minutes=1)
    assert flood.open() == []


def test_a_list_that_is_never_whole_is_forgotten() -> None:
    flood = Flood()
    flood.world.send(DESK, flood.part(flood.demands[:2]))
    assert only(of(flood.world.wait(minutes=11), f.BatchOver)).batch == BATCH
    assert flood.world.operation.listed.rows == {}
    assert flood.open() == sorted(flood.demands)


def test_what_is_left_after_a_kill_is_done_by_ticks() -> None:
    """Given more than one turn takes, then each turn leaves a state that knows what is left."""
    flood = Flood(300)
    flood.world.send(DESK, flood.part())
    left = len(flood.open())
    assert 0 < left < 300
    while flood.open():
        assert due(flood.world.area) is not None
        flood.world.tick()
    assert only(of(flood.world.wait(minutes=1), f.BatchEnded)).count == 300


def test_a_list_that_does_not_fit_does_nothing() -> None:
    flood = Flood()
    for wrong in (
        flood.part(digest=digest_of(flood.demands[:4])),
        flood.part(count=4),
    ):
        assert flood.world.refused(DESK, wrong) is Refusal.BATCH_OTHER
    flood.world.send(DESK, flood.part(flood.demands[:2]))
    other = flood.part(flood.demands[2:], reason=CloseReason.DUPLICATE)
    assert flood.world.refused(DESK, other) is Refusal.BATCH_OTHER
    assert flood.open() == sorted(flood.demands)


def test_only_a_reason_by_which_nothing_was_done_voids() -> None:
    flood = Flood()
    assert flood.world.refused(DESK, flood.part(reason=CloseReason.MET)) is Refusal.CODE_UNKNOWN


def test_a_whole_batch_takes_nothing_more() -> None:
    flood = Flood()
    flood.void()
    more = only(of(flood.world.demand(flood.incident), f.DemandPublished)).demand
    assert flood.world.refused(DESK, flood.part([more])) is Refusal.BATCH_WHOLE


def test_whatever_somebody_has_come_for_stays() -> None:
    flood = Flood()
    crew = flood.world.at_work(flood.offers[0])
    flood.world.send("team", c.Arrive(assignment=crew))
    facts = flood.void()
    real = flood.offers[0].demand
    assert flood.open() == [real]
    assert only(of(facts, f.BatchSpared)).ids == (real,)
    assert only(of(facts, f.BatchEnded)).spared == 1


def test_what_is_on_hold_stays_on_hold_and_undoing_asks_nobody_for_it() -> None:
    """Given a demand that the county holds with a question; when its township voids the flood that
    it lies in, and takes that back; then it is on hold as before, and nobody was sent."""
    flood = Flood()
    held = flood.offers[0].demand
    flood.world.send(COUNTY, c.HoldDemand(demand=held, question="桥能不能过车？"))
    before = flood.world.operation.demands[held]
    facts = flood.void()
    assert flood.open() == [held]
    assert only(of(facts, f.BatchSpared)).ids == (held,)
    flood.undo()
    flood.world.wait(minutes=5)
    after = flood.world.operation.demands[held]
    assert (after.state, after.held_at, after.question) == (
        DemandState.ON_HOLD,
        before.held_at,
        before.question,
    )


@pytest.mark.parametrize("said", ["handed up", "appeal"])
def test_what_its_desk_has_handed_up_or_asks_for_in_public_stays(said: str) -> None:
    """Given a demand that waits for the desk above, or is read by all, when the flood that it lies
    in is voided and taken back, then it waits, or is read, as before."""
    flood = Flood()
    demand = flood.world.operation.demands[flood.offers[0].demand]
    up = c.HandUpDemand(demand=demand.id, reason=HandUpReason.NO_FORCE, text="泵已用尽")
    appeal = c.MakeAppeal(demand=demand.id, revision=demand.revision, text="请支援")
    flood.world.send(DESK, up if said == "handed up" else appeal)

    def stands() -> tuple[object, object]:
        operation = flood.world.operation
        return operation.hand_ups.get(demand.id), operation.demands[demand.id].appeal

    before, facts = stands(), flood.void()
    assert before != (None, None)
    assert flood.open() == [demand.id]
    assert only(of(facts, f.BatchSpared)).ids == (demand.id,)
    flood.undo()
    assert stands() == before


def test_crews_on_the_way_are_let_go_only_if_the_desk_says_so() -> None:
    flood, other = Flood(), Flood()
    for one in (flood, other):
        one.world.at_work(one.offers[0])
    flood.void()
    assert flood.open() == [flood.offers[0].demand]
    other.world.send(DESK, other.part(on_the_way=True))
    facts = other.world.wait(minutes=1)
    assert other.open() == []
    assert len(of(facts, f.AssignmentStoodDown)) <= 1


def test_it_is_undone_as_a_whole_and_old_requests_stay_over() -> None:
    flood = Flood()
    flood.void()
    facts = flood.undo()
    assert flood.open() == sorted(flood.demands)
    ended = of(facts, f.BatchEnded)[-1]
    assert (ended.count, ended.undone, ended.digest) == (5, True, digest_of(flood.demands))
    old = [flood.world.operation.offers[offer.offer] for offer in flood.offers]
    assert all(offer.state.value == "stood_down" for offer in old)
    assert {offer.demand for offer in asked(facts)} <= set(flood.demands)
    assert asked(facts)
    assert flood.world.refused(DESK, flood.undoing()) is Refusal.BATCH_OVER


def test_undone_in_the_middle_the_rest_is_not_done_any_more() -> None:
    flood = Flood(300)
    flood.world.send(DESK, flood.part())
    assert len(flood.open()) < 300
    flood.undo()
    assert flood.open() == sorted(flood.demands)


def test_what_a_desk_has_done_since_stays() -> None:
    flood = Flood()
    flood.void()
    first, second, *_ = flood.demands
    flood.world.wait(minutes=1)
    for demand in (first, second):
        flood.world.reopen(demand)
    flood.world.close(first, CloseReason.UNFOUNDED)
    facts = flood.undo()
    assert flood.open() == sorted(flood.demands[1:])
    assert {fact.demand for fact in of(facts, f.DemandReopened)} == set(flood.demands[2:])


def test_after_an_hour_it_stays() -> None:
    flood = Flood()
    flood.void()
    assert of(flood.world.wait(minutes=61), f.BatchOver)
    assert flood.world.refused(DESK, flood.undoing()) is Refusal.NOT_FOUND
    assert flood.world.operation.batches.rows == {}
    assert flood.world.operation.listed.rows == {}


def test_with_the_end_of_its_incident_nothing_comes_back() -> None:
    flood = Flood()
    flood.void()
    flood.world.send(COUNTY, c.CloseIncident(incident=flood.incident))
    flood.world.wait(minutes=1)
    assert flood.world.refused(DESK, flood.undoing()) is Refusal.INCIDENT_NOT_OPEN


def test_what_lies_elsewhere_or_nowhere_is_not_there() -> None:
    flood = Flood(1)
    assert flood.world.refused(DESK, flood.part(division=THERE)) is Refusal.NOT_FOUND
    assert flood.world.refused(DESK, flood.part([DemandId("none")])) is Refusal.NOT_FOUND
    assert flood.world.refused(DESK, flood.undoing()) is Refusal.NOT_FOUND
    assert flood.open() == flood.demands


# Recovery tasks


def recovering(count: int) -> tuple[Flood, c.OpenTasks]:
    flood = Flood(count)
    for demand in flood.demands:
        flood.world.close(demand)
    flood.world.wait(minutes=1)
    tasks = tuple(TaskId(key) for key in flood.world.operation.tasks.rows)
    return flood, c.OpenTasks(
        batch=BATCH,
        incident=flood.incident,
        division=HERE,
        tasks=tasks,
        count=len(tasks),
        digest=digest_of(tasks),
    )


def test_tasks_are_opened_together_and_what_was_claimed_meanwhile_stays() -> None:
    flood, command = recovering(4)
    flood.world.send(DESK, command)
    tasks = flood.world.operation.tasks.rows
    assert {task.state for task in tasks.values()} == {TaskState.OPEN}
    claimed = command.tasks[0]
    flood.world.send("team", c.ClaimTask(task=claimed, organization=flood.team))
    facts = flood.undo()
    assert len(of(facts, f.TaskProposedAgain)) == 3
    assert only(of(facts, f.BatchEnded)[-1:]).spared == 1
    states = {key: task.state for key, task in tasks.items()}
    assert states.pop(claimed) is TaskState.CLAIMED
    assert set(states.values()) == {TaskState.PROPOSED}


def test_a_task_that_was_opened_or_dropped_meanwhile_is_passed_over() -> None:
    flood, command = recovering(3)
    first, second, _ = command.tasks
    flood.world.send(DESK, c.OpenTask(task=first, domain=Domain.WORK))
    flood.world.send(DESK, c.DropTask(task=second))
    facts = flood.world.send(DESK, command)
    assert only(of(facts, f.BatchEnded)).count == 1
    assert flood.world.operation.tasks[first].domain is Domain.WORK


def test_a_closed_incident_has_tasks_to_open() -> None:
    flood, command = recovering(2)
    flood.world.send(COUNTY, c.CloseIncident(incident=flood.incident))
    flood.world.wait(minutes=1)
    facts = flood.world.send(DESK, command)
    assert len(of(facts, f.TaskOpened)) + len(of(facts, f.BatchSpared)) >= 1


def test_after_a_standstill_what_was_left_of_the_hour_to_undo_it_is_left_still() -> None:
    flood = Flood()
    flood.void()
    world = flood.world
    since = world.at
    world.at += 70 * MINUTE
    world.send(OWNER, c.Resume(number=world.operation.count("tick") + 1, since=since))
    world.wait(minutes=50)
    assert of(flood.undo(), f.BatchEnded)[0].undone
    assert flood.open() == sorted(flood.demands)
