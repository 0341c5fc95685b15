"""Recovery tasks: restoring production, life, work and social order after a demand is closed."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from schemas.batches import BatchId
from schemas.codes import KINDS
from schemas.commands import (
    ClaimTask,
    DropTask,
    GiveBackTask,
    OpenTask,
    ReportTask,
    TakeBackTask,
    VerifyTask,
)
from schemas.facts import (
    TaskClaimed,
    TaskClaimEnded,
    TaskDropped,
    TaskFact,
    TaskLapsed,
    TaskNeedAsked,
    TaskOpened,
    TaskProposed,
    TaskProposedAgain,
    TaskReportedDone,
    TaskSentBack,
    TaskVerified,
)
from schemas.refusals import Refusal
from schemas.values import UNITS_MOST, ClaimEnd, Domain, TaskId
from streams import batched
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.entities import Line, Task, TaskState
from streams.parameters import CLAIM, PROPOSAL, UNTOUCHED
from streams.policy import speaks_by_phone
from streams.remembered import ListedState


def proposed(operation: Operation, line: Line, cause: Cause) -> TaskProposed:
    """What a closed line leaves to be restored, and where; the desk opens it, or drops it."""
    demand = operation.demands[line.demand]
    return TaskProposed(
        task=TaskId(cause.new_id()),
        number=operation.incidents[line.incident].tasks + 1,
        incident=line.incident,
        demand=line.demand,
        line=line.id,
        kind=demand.kind,
        domain=KINDS[demand.kind].domain,
        skill=line.skill,
        units=min(line.delivered + line.own or line.target, UNITS_MOST),
        place=demand.place,
        until=cause.at + PROPOSAL,
        at=cause.at,
    )


def open_task(area: Area, command: OpenTask, cause: Cause) -> Decision:
    """Others may claim it; of one whose need was asked about, they still may."""
    task = _task(area, cause, command.task)
    if task is None:
        return Refused(Refusal.NOT_FOUND)
    asked = task.state is TaskState.OPEN and task.asked_at is not None
    if task.state is not TaskState.PROPOSED and not asked:
        return Refused(Refusal.TASK_NOT_PROPOSED, (task.id,))
    return [opened(task, command.domain, cause)]


def opened(task: Task, domain: Domain, cause: Cause, batch: BatchId | None = None) -> TaskOpened:
    until = cause.at + UNTOUCHED
    return TaskOpened(task=task.id, domain=domain, until=until, at=cause.at, batch=batch)


def proposed_again(task: Task, batch: BatchId, cause: Cause) -> TaskProposedAgain:
    """Its batch is undone: it was opened by it, and waits for its desk again."""
    until = cause.at + PROPOSAL
    return TaskProposedAgain(task=task.id, batch=batch, until=until, at=cause.at)


def drop(area: Area, command: DropTask, cause: Cause) -> Decision:
    task = _task(area, cause, command.task)
    if task is None:
        return Refused(Refusal.NOT_FOUND)
    if not task.live:
        return Refused(Refusal.TASK_ENDED, (task.id,))
    if task.state is TaskState.REPORTED_DONE:
        return Refused(Refusal.TASK_REPORTED, (task.id,))
    if task.state is TaskState.CLAIMED:
        return Refused(Refusal.TASK_CLAIMED, (task.id,))
    return [TaskDropped(task=task.id, at=cause.at)]


def claim(area: Area, command: ClaimTask, cause: Cause) -> Decision:
    task = _task(area, cause, command.task)
    if task is None:
        return Refused(Refusal.NOT_FOUND)
    if task.state is not TaskState.OPEN:
        return Refused(Refusal.TASK_NOT_CLAIMABLE, (task.id,))
    if area.registry.organizations[command.organization].retired:
        return Refused(Refusal.ORGANIZATION_RETIRED, (command.organization,))
    by_desk = speaks_by_phone(area, cause.actor, command.organization, cause.at)
    return [
        TaskClaimed(
            task=task.id,
            organization=command.organization,
            by_desk=by_desk,
            until=cause.at + CLAIM,
            at=cause.at,
        )
    ]


def give_back(area: Area, command: GiveBackTask, cause: Cause) -> Decision:
    """The claimant cannot do it after all; nothing is held against it."""
    return _claim_ended(area, command.task, ClaimEnd.GIVEN_BACK, cause)


def take_back(area: Area, command: TakeBackTask, cause: Cause) -> Decision:
    """The desk opens it to others again."""
    return _claim_ended(area, command.task, ClaimEnd.TAKEN_BACK, cause)


def _claim_ended(area: Area, key: TaskId, reason: ClaimEnd, cause: Cause) -> Decision:
    task = _task(area, cause, key)
    if task is None:
        return Refused(Refusal.NOT_FOUND)
    if not task.live:
        return Refused(Refusal.TASK_ENDED, (task.id,))
    if task.state is TaskState.REPORTED_DONE:
        return Refused(Refusal.TASK_REPORTED, (task.id,))
    if task.state is not TaskState.CLAIMED or task.organization is None:
        return Refused(Refusal.TASK_NOT_CLAIMED, (task.id,))
    by_desk = speaks_by_phone(area, cause.actor, task.organization, cause.at)
    return [_ending(task, reason, cause, by_desk=by_desk)]


def _ending(task: Task, reason: ClaimEnd, cause: Cause, *, by_desk: bool) -> TaskClaimEnded:
    until = cause.at + UNTOUCHED
    return TaskClaimEnded(task=task.id, reason=reason, by_desk=by_desk, until=until, at=cause.at)


def over(task: Task, cause: Cause) -> TaskLapsed | TaskClaimEnded | TaskNeedAsked:
    """Its time is over: the claim runs out; its desk is asked; what nobody carries on lapses.

    So nothing keeps the key of an incident for ever.
    """
    if task.state is TaskState.CLAIMED:
        return _ending(task, ClaimEnd.RAN_OUT, cause, by_desk=False)
    if task.state is TaskState.PROPOSED or task.asked_at is not None:
        return TaskLapsed(task=task.id, at=cause.at)
    return TaskNeedAsked(task=task.id, until=cause.at + UNTOUCHED, at=cause.at)


def report_done(area: Area, command: ReportTask, cause: Cause) -> Decision:
    task = _task(area, cause, command.task)
    if task is None:
        return Refused(Refusal.NOT_FOUND)
    if task.state is not TaskState.CLAIMED or task.organization is None:
        return Refused(Refusal.TASK_NOT_REPORTABLE, (task.id,))
    by_desk = speaks_by_phone(area, cause.actor, task.organization, cause.at)
    return [
        TaskReportedDone(
            task=task.id,
            account=cause.actor,
            by_desk=by_desk,
            until=cause.at + UNTOUCHED,
            at=cause.at,
        )
    ]


def verify(area: Area, command: VerifyTask, cause: Cause) -> Decision:
    """The verifier is another party: neither who reported it nor who speaks for the doer."""
    task = _task(area, cause, command.task)
    if task is None:
        return Refused(Refusal.NOT_FOUND)
    if task.state is not TaskState.REPORTED_DONE or task.organization is None:
        return Refused(Refusal.TASK_NOT_REPORTED, (task.id,))
    speaks_for_doer = not speaks_by_phone(area, cause.actor, task.organization, cause.at)
    if cause.actor == task.reporter or speaks_for_doer:
        return Refused(Refusal.VERIFIER_IS_DOER, (task.id,))
    if not command.done:
        return [TaskSentBack(task=task.id, until=cause.at + CLAIM, at=cause.at)]
    return [TaskVerified(task=task.id, account=cause.actor, at=cause.at)]


def _task(area: Area, cause: Cause, key: TaskId) -> Task | None:
    operation = area.operation(cause.operation)
    return None if operation is None else operation.tasks.get(key)


def evolve(operation: Operation, fact: TaskFact) -> None:
    if isinstance(fact, TaskProposed):
        _proposed(operation, fact)
        return
    before = operation.tasks[fact.task]
    after = step(replace(before, asked_at=None), fact)
    operation.tasks.put(after.id, after)
    if isinstance(fact, TaskOpened | TaskProposedAgain):
        done = isinstance(fact, TaskOpened)
        state = ListedState.DONE if done else ListedState.UNDONE
        batched.mark(operation, fact.batch, after.id, state, fact.at)
    if before.live and not after.live:
        incident = operation.incidents[after.incident]
        left = replace(incident, live_tasks=incident.live_tasks - 1)
        operation.incidents.put(incident.id, left)


ENDS = {
    TaskDropped: TaskState.DROPPED,
    TaskLapsed: TaskState.LAPSED,
    TaskVerified: TaskState.VERIFIED,
}


def step(task: Task, fact: TaskFact) -> Task:
    """The task after a fact about it."""
    match fact:
        case TaskOpened():
            return replace(task, state=TaskState.OPEN, domain=fact.domain, until=fact.until)
        case TaskProposedAgain():
            return replace(task, state=TaskState.PROPOSED, until=fact.until)
        case TaskNeedAsked():
            return replace(task, asked_at=fact.at, until=fact.until)
        case TaskDropped() | TaskLapsed() | TaskVerified():
            return replace(task, state=ENDS[type(fact)], until=None, ended_at=fact.at)
        case TaskClaimed():
            claimed = replace(task, state=TaskState.CLAIMED, until=fact.until)
            return replace(claimed, organization=fact.organization)
        case TaskClaimEnded():
            return replace(task, state=TaskState.OPEN, organization=None, until=fact.until)
        case TaskReportedDone():
            reported = replace(task, state=TaskState.REPORTED_DONE, until=fact.until)
            return replace(reported, reporter=fact.account)
        case TaskSentBack():
            return replace(task, state=TaskState.CLAIMED, reporter=None, until=fact.until)
        case TaskProposed():
            return task
        case _:
            assert_never(fact)


def _proposed(operation: Operation, fact: TaskProposed) -> None:
    incident = operation.incidents[fact.incident]
    counted = replace(incident, tasks=fact.number, live_tasks=incident.live_tasks + 1)
    operation.incidents.put(incident.id, counted)
    line = operation.lines[fact.line]
    operation.lines.put(line.id, replace(line, proposing=False, proposed=True))
    task = Task(
        id=fact.task,
        number=fact.number,
        incident=fact.incident,
        demand=fact.demand,
        line=fact.line,
        kind=fact.kind,
        domain=fact.domain,
        skill=fact.skill,
        units=fact.units,
        place=fact.place,
        proposed_at=fact.at,
        until=fact.until,
    )
    operation.tasks.put(task.id, task)
