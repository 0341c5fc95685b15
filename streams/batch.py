"""Batches: a false flood voided, or many recovery tasks opened, by one act that one act undoes.

A batch is listed in parts and begins with the last of them, which has to fit the number and the
digest that its desk was shown. What is left to do is in the state, and settling does it, some at
a time: whoever falls over in the middle leaves nothing behind that goes on by itself.
"""

from __future__ import annotations

from itertools import islice
from typing import assert_never

from msgspec.structs import replace

from schemas.batches import (
    BatchEnded,
    BatchFact,
    BatchKind,
    BatchListed,
    BatchOver,
    BatchSpared,
    BatchState,
    BatchUndone,
    OpenTasks,
    UndoBatch,
    VoidDemands,
)
from schemas.facts import DemandClosed, Fact
from schemas.ids import digest_of
from schemas.refusals import Refusal
from schemas.values import DemandId, TaskId
from streams import batched, grouping, recovery
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.demand import open_incident
from streams.entities import Demand, DemandState, IncidentState, TaskState
from streams.parameters import BATCH_LISTED, BATCH_STEP, BATCH_UNDONE
from streams.remembered import Batch, Listed, ListedState


def void(area: Area, command: VoidDemands, cause: Cause) -> Decision:
    """The next part of a false flood; with the last one it begins to go."""
    if command.reason not in grouping.NO_RECOVERY:
        return Refused(Refusal.CODE_UNKNOWN)
    return _listed(area, command, command.demands, cause)


def open_tasks(area: Area, command: OpenTasks, cause: Cause) -> Decision:
    """The next part of what is to be restored; with the last one all of it is opened."""
    return _listed(area, command, command.tasks, cause)


def _listed(
    area: Area, command: VoidDemands | OpenTasks, ids: tuple[str, ...], cause: Cause
) -> Decision:
    """Said twice, nothing is new; a last part that does not fit leaves the batch as it was."""
    incident = open_incident(area, cause, command.incident)
    if isinstance(incident, Refused):  # which has ended may have much to recover
        ended = incident.code is Refusal.INCIDENT_NOT_OPEN
        if not ended or isinstance(command, VoidDemands):
            return incident
    operation = area.operations[cause.operation]
    fact = _part(operation, command, ids, cause)
    known = operation.batches.get(command.batch)
    if known is not None and (refusal := _unlike(known, fact)) is not None:
        return Refused(refusal, (command.batch,))
    if not fact.ids:
        return []
    count = len(fact.ids) + (0 if known is None else known.listed)
    if count > command.count or (fact.whole and _digest(operation, fact) != command.digest):
        return Refused(Refusal.BATCH_OTHER, (command.batch,))
    return [fact]


def _part(
    operation: Operation, command: VoidDemands | OpenTasks, ids: tuple[str, ...], cause: Cause
) -> BatchListed:
    known = operation.batches.get(command.batch)
    fresh = tuple(id for id in dict.fromkeys(ids) if (command.batch, id) not in operation.listed)
    voiding = isinstance(command, VoidDemands)
    return BatchListed(
        batch=command.batch,
        kind=BatchKind.VOID if voiding else BatchKind.OPEN_TASKS,
        incident=command.incident,
        division=command.division,
        reason=command.reason if isinstance(command, VoidDemands) else None,
        on_the_way=isinstance(command, VoidDemands) and command.on_the_way,
        ids=fresh,
        count=command.count,
        digest=command.digest,
        whole=len(fresh) + (0 if known is None else known.listed) == command.count,
        account=cause.actor,
        at=cause.at,
    )


_SAME = ("kind", "incident", "division", "reason", "on_the_way", "count", "digest", "account")


def _unlike(known: Batch, part: BatchListed) -> Refusal | None:
    """Why this is no part of that batch."""
    if any(getattr(known, name) != getattr(part, name) for name in _SAME):
        return Refusal.BATCH_OTHER
    return Refusal.BATCH_WHOLE if part.ids and known.state is not BatchState.LISTING else None


def _digest(operation: Operation, part: BatchListed) -> str:
    before = [row.id for row in batched.each(operation, part.batch)]
    return digest_of([*before, *part.ids])


def undo(area: Area, command: UndoBatch, cause: Cause) -> Decision:
    """All of it back, and what was not done yet is not done any more."""
    operation = area.operation(cause.operation)
    known = None if operation is None else operation.batches.get(command.batch)
    if known is None or (known.incident, known.division) != (command.incident, command.division):
        return Refused(Refusal.NOT_FOUND)
    if known.state not in (BatchState.DOING, BatchState.DONE) or cause.at > known.until:
        return Refused(Refusal.BATCH_OVER, (known.id,))
    incident = open_incident(area, cause, known.incident)
    if isinstance(incident, Refused) and known.kind is BatchKind.VOID:
        return incident
    return [
        BatchUndone(
            batch=known.id,
            incident=known.incident,
            division=known.division,
            account=cause.actor,
            at=cause.at,
        )
    ]


# Settling


def step(operation: Operation, batch: Batch, cause: Cause) -> list[Fact]:
    """The next few of it, or its end."""
    doing = batch.state is BatchState.DOING
    if not doing and batch.state is not BatchState.UNDOING:
        return [_over(batch, cause)]
    state = ListedState.LISTED if doing else ListedState.DONE
    rows = list(islice(batched.each(operation, batch.id, state), BATCH_STEP))
    if not rows:
        return [_ended(operation, batch, cause)]
    facts: list[Fact] = []
    spared: list[str] = []
    for row in rows:
        done = (_do if doing else _undo)(operation, batch, row, cause)
        facts += done
        spared += [] if done else [row.id]
    if spared:
        facts.append(
            BatchSpared(
                batch=batch.id,
                incident=batch.incident,
                division=batch.division,
                ids=tuple(spared),
                at=cause.at,
            )
        )
    return facts


def _do(operation: Operation, batch: Batch, row: Listed, cause: Cause) -> list[Fact]:
    """What is done to one of it; nothing where it has to stay as it is."""
    if batch.kind is BatchKind.OPEN_TASKS:
        task = operation.tasks.get(TaskId(row.id))
        if task is None or (task.state, task.incident) != (TaskState.PROPOSED, batch.incident):
            return []
        return [recovery.opened(task, task.domain, cause, batch.id)]
    demand = operation.demands.get(DemandId(row.id))
    if demand is None or batch.reason is None or stays(operation, batch, demand):
        return []
    return [
        DemandClosed(
            demand=demand.id,
            revision=demand.revision + 1,
            reason=batch.reason,
            at=cause.at,
            batch=batch.id,
        )
    ]


def stays(operation: Operation, batch: Batch, demand: Demand) -> bool:
    """It is over or elsewhere by now, or somebody is there, or on the way and not to be let go.

    Or its desk has said something of it by itself: it is on hold, waits for the desk above or is
    asked for in public. By a batch that would be over, and its undoing would not bring it back.
    """
    known = operation.hand_ups.get(demand.id)
    if demand.appeal is not None or (known is not None and known.desk is None):
        return True
    if demand.state in (DemandState.CLOSED, DemandState.ON_HOLD):
        return True
    if demand.incident != batch.incident:
        return True
    if demand.id in operation.danger_for or grouping.helped(operation, demand):
        return True
    crews = operation.assignments_of.of(demand.id)
    return not batch.on_the_way and any(crew.live for crew in crews)


def _undo(operation: Operation, batch: Batch, row: Listed, cause: Cause) -> list[Fact]:
    """Back to what it was; nothing where somebody has done something else with it meanwhile."""
    if batch.kind is BatchKind.OPEN_TASKS:
        task = operation.tasks.get(TaskId(row.id))
        if task is None or task.state is not TaskState.OPEN:
            return []
        return [recovery.proposed_again(task, batch.id, cause)]
    demand = operation.demands.get(DemandId(row.id))
    if demand is None or not _as_it_left(operation, batch, demand, row):
        return []
    facts = grouping.reopened(operation, [demand], cause)
    return [*facts[:-1], replace(facts[-1], batch=batch.id)]


def _as_it_left(operation: Operation, batch: Batch, demand: Demand, row: Listed) -> bool:
    """Closed by the batch and by nobody since, in an incident that goes on."""
    if operation.incidents[demand.incident].state is not IncidentState.OPEN:
        return False
    closed = demand.state is DemandState.CLOSED and demand.reason is batch.reason
    return closed and demand.closed_at == row.at


def _ended(operation: Operation, batch: Batch, cause: Cause) -> BatchEnded:
    undone = batch.state is BatchState.UNDOING
    state = ListedState.UNDONE if undone else ListedState.DONE
    ids = [row.id for row in batched.each(operation, batch.id, state)]
    return BatchEnded(
        batch=batch.id,
        incident=batch.incident,
        division=batch.division,
        undone=undone,
        count=len(ids),
        spared=batch.done - len(ids) if undone else batch.spared,
        digest=digest_of(ids),
        until=cause.at + BATCH_UNDONE,
        at=cause.at,
    )


def _over(batch: Batch, cause: Cause) -> BatchOver:
    return BatchOver(batch=batch.id, incident=batch.incident, division=batch.division, at=cause.at)


# Folding


def evolve(operation: Operation, fact: BatchFact) -> None:
    match fact:
        case BatchListed():
            _list(operation, fact)
        case BatchSpared():
            for id in fact.ids:
                batched.mark(operation, fact.batch, id, ListedState.SPARED, fact.at)
        case BatchUndone():
            _put(operation, fact, state=BatchState.UNDOING)
        case BatchEnded():
            state = BatchState.UNDONE if fact.undone else BatchState.DONE
            _put(operation, fact, state=state, until=fact.until)
        case BatchOver():
            for row in list(batched.each(operation, fact.batch)):
                operation.listed.remove((fact.batch, row.id))
            operation.batches.remove(fact.batch)
        case _:
            assert_never(fact)


def _put(operation: Operation, fact: BatchUndone | BatchEnded, **differs: object) -> None:
    batch = operation.batches[fact.batch]
    operation.batches.put(batch.id, replace(batch, **differs))


def _list(operation: Operation, fact: BatchListed) -> None:
    known = operation.batches.get(fact.batch) or Batch(
        **{name: getattr(fact, name) for name in _SAME},
        id=fact.batch,
        at=fact.at,
        until=fact.at + BATCH_LISTED,
    )
    for id in fact.ids:
        operation.listed.put((fact.batch, id), Listed(batch=fact.batch, id=id))
    whole = {"state": BatchState.DOING, "until": fact.at + BATCH_UNDONE} if fact.whole else {}
    operation.batches.put(known.id, replace(known, listed=known.listed + len(fact.ids), **whole))
