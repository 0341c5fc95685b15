"""Recovery tasks: restoring production, life, work and social order after a demand is closed."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from schemas.commands import ClaimTask, DropTask, OpenTask, ReportTask, VerifyTask
from schemas.facts import (
    TaskClaimed,
    TaskDropped,
    TaskFact,
    TaskOpened,
    TaskProposed,
    TaskReportedDone,
    TaskSentBack,
    TaskVerified,
)
from schemas.refusals import Refusal
from schemas.values import TaskId
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.entities import Task, TaskState
from streams.policy import speaks_by_phone


def open_task(area: Area, command: OpenTask, cause: Cause) -> Decision:
    task = _task(area, cause, command.task)
    if task is None:
        return Refused(Refusal.NOT_FOUND)
    if task.state is not TaskState.PROPOSED:
        return Refused(Refusal.TASK_NOT_PROPOSED, (task.id,))
    return [TaskOpened(task=task.id, domain=command.domain, at=cause.at)]


def drop(area: Area, command: DropTask, cause: Cause) -> Decision:
    task = _task(area, cause, command.task)
    if task is None:
        return Refused(Refusal.NOT_FOUND)
    if task.state not in (TaskState.PROPOSED, TaskState.OPEN):
        return Refused(Refusal.TASK_CLAIMED, (task.id,))
    return [TaskDropped(task=task.id, at=cause.at)]


def claim(area: Area, command: ClaimTask, cause: Cause) -> Decision:
    task = _task(area, cause, command.task)
    if task is None:
        return Refused(Refusal.NOT_FOUND)
    if task.state is not TaskState.OPEN:
        return Refused(Refusal.TASK_NOT_CLAIMABLE, (task.id,))
    by_desk = speaks_by_phone(area, cause.actor, command.organization, cause.at)
    return [
        TaskClaimed(task=task.id, organization=command.organization, by_desk=by_desk, at=cause.at)
    ]


def report_done(area: Area, command: ReportTask, cause: Cause) -> Decision:
    task = _task(area, cause, command.task)
    if task is None:
        return Refused(Refusal.NOT_FOUND)
    if task.state is not TaskState.CLAIMED or task.organization is None:
        return Refused(Refusal.TASK_NOT_REPORTABLE, (task.id,))
    by_desk = speaks_by_phone(area, cause.actor, task.organization, cause.at)
    return [TaskReportedDone(task=task.id, account=cause.actor, by_desk=by_desk, at=cause.at)]


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
        return [TaskSentBack(task=task.id, at=cause.at)]
    return [TaskVerified(task=task.id, account=cause.actor, at=cause.at)]


def _task(area: Area, cause: Cause, key: TaskId) -> Task | None:
    operation = area.operation(cause.operation)
    return None if operation is None else operation.tasks.get(key)


def evolve(operation: Operation, fact: TaskFact) -> None:
    if isinstance(fact, TaskProposed):
        _proposed(operation, fact)
        return
    after = step(operation.tasks[fact.task], fact)
    operation.tasks.put(after.id, after)


def step(task: Task, fact: TaskFact) -> Task:
    """The task after a fact about it."""
    match fact:
        case TaskOpened():
            return replace(task, state=TaskState.OPEN, domain=fact.domain)
        case TaskDropped():
            return replace(task, state=TaskState.DROPPED, ended_at=fact.at)
        case TaskClaimed():
            return replace(task, state=TaskState.CLAIMED, organization=fact.organization)
        case TaskReportedDone():
            return replace(task, state=TaskState.REPORTED_DONE, reporter=fact.account)
        case TaskSentBack():
            return replace(task, state=TaskState.CLAIMED, reporter=None)
        case TaskVerified():
            return replace(task, state=TaskState.VERIFIED, ended_at=fact.at)
        case TaskProposed():
            return task
        case _:
            assert_never(fact)


def _proposed(operation: Operation, fact: TaskProposed) -> None:
    incident = operation.incidents[fact.incident]
    operation.incidents.put(incident.id, replace(incident, tasks=fact.number))
    line = operation.lines[fact.line]
    operation.lines.put(line.id, replace(line, proposing=False, task=fact.task))
    task = Task(
        id=fact.task,
        number=fact.number,
        incident=fact.incident,
        demand=fact.demand,
        line=fact.line,
        kind=fact.kind,
        domain=fact.domain,
        division=fact.division,
        proposed_at=fact.at,
    )
    operation.tasks.put(task.id, task)
