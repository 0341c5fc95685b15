"""Batches: many demands voided, or many recovery tasks opened, by one act that one act undoes.

A batch is listed in parts. With the last of them it is whole: so many, with that digest over all
their ids. Only then does anything happen, step by step; what is left to do is in the state.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, NewType

from msgspec import Meta

from schemas.values import (
    AccountId,
    CloseReason,
    DemandId,
    DivisionCode,
    IncidentId,
    Instant,
    Stored,
    TaskId,
)

BatchId = NewType("BatchId", str)
PART_MOST = 900  # ids in one command: its turn stays far below what a turn may hold
BATCH_MOST = 50_000

Count = Annotated[int, Meta(ge=1, le=BATCH_MOST)]
Digest = Annotated[str, Meta(max_length=64)]


class BatchKind(StrEnum):
    """What is done to each."""

    VOID = "void"
    OPEN_TASKS = "open_tasks"


class BatchState(StrEnum):
    """How far a batch is."""

    LISTING = "listing"
    DOING = "doing"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class BatchView(Stored):
    """What an incident's row says of a batch. `until`: until when it can be undone."""

    id: BatchId
    kind: BatchKind
    division: DivisionCode
    reason: CloseReason | None
    count: int
    digest: str
    state: BatchState
    done: int
    spared: int
    undone: int
    at: Instant
    until: Instant


class VoidDemands(Stored, tag="VoidDemands.1"):
    """A part of a false flood in one incident, all inside a division: closed as one batch.

    `count` and `digest` are of the whole batch. `on_the_way`: crews that have said yes are let go;
    else what they go to stays. What somebody has come for stays in any case.
    """

    batch: BatchId
    incident: IncidentId
    division: DivisionCode
    reason: CloseReason
    on_the_way: bool
    demands: Annotated[tuple[DemandId, ...], Meta(min_length=1, max_length=PART_MOST)]
    count: Count
    digest: Digest


class OpenTasks(Stored, tag="OpenTasks.1"):
    """A part of the recovery tasks of one incident, all inside a division, opened as one batch.

    Each stays in the domain that it is proposed in. `count` and `digest` are of the whole batch.
    """

    batch: BatchId
    incident: IncidentId
    division: DivisionCode
    tasks: Annotated[tuple[TaskId, ...], Meta(min_length=1, max_length=PART_MOST)]
    count: Count
    digest: Digest


class UndoBatch(Stored, tag="UndoBatch.1"):
    """All of it back, within the hour: demands are asked for again, tasks are proposals again.

    Old offers stay over, and what somebody has claimed meanwhile stays claimed.
    """

    batch: BatchId
    incident: IncidentId
    division: DivisionCode


class BatchListed(Stored, tag="BatchListed.1"):
    """A part of a batch is known; nothing happens before it is `whole`."""

    batch: BatchId
    kind: BatchKind
    incident: IncidentId
    division: DivisionCode
    reason: CloseReason | None
    on_the_way: bool
    ids: tuple[str, ...]
    count: int
    digest: str
    whole: bool
    account: AccountId
    at: Instant


class BatchSpared(Stored, tag="BatchSpared.1"):
    """These of a batch stay as they are: over or taken up already, or somebody is there."""

    batch: BatchId
    incident: IncidentId
    division: DivisionCode
    ids: tuple[str, ...]
    at: Instant


class BatchEnded(Stored, tag="BatchEnded.1"):
    """All of it is done, or undone: so many, with the digest over their ids.

    `until`: until when it can be undone.
    """

    batch: BatchId
    incident: IncidentId
    division: DivisionCode
    undone: bool
    count: int
    spared: int
    digest: str
    until: Instant
    at: Instant


class BatchUndone(Stored, tag="BatchUndone.1"):
    """A desk takes all of it back; what was not done yet is not done any more."""

    batch: BatchId
    incident: IncidentId
    division: DivisionCode
    account: AccountId
    at: Instant


class BatchOver(Stored, tag="BatchOver.1"):
    """It can no longer be undone; or the rest of its list has never come, and nothing was done."""

    batch: BatchId
    incident: IncidentId
    division: DivisionCode
    at: Instant


class TaskProposedAgain(Stored, tag="TaskProposedAgain.1"):
    """What was opened with a batch is a proposal again: nobody had claimed it."""

    task: TaskId
    batch: BatchId
    until: Instant
    at: Instant


BatchCommand = VoidDemands | OpenTasks | UndoBatch
BatchFact = BatchListed | BatchSpared | BatchEnded | BatchUndone | BatchOver
