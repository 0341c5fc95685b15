"""How a cluster stands: how much is in each topic, who works on it, and what waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kafka import TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    NotCoordinatorError,
)
from redis.exceptions import RedisError

from schemas.values import AreaId, Instant
from schemas.wire import decode_dead_letter
from streams.engines.cluster.board import Board
from streams.engines.cluster.clients import administration
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.partition import NO_AREA
from streams.engines.cluster.records import Received, turn_record
from streams.engines.cluster.replay import Replay, sequence_of

ROLES: Final = ("decider", "projector")
# Of a broker that has never had a group, or that has just started.
NO_GROUPS: Final = (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    NotCoordinatorError,
)
TOLD_EVERY: Final = 50_000  # records between two words of progress

Progress = Callable[[int], None]


@dataclass(slots=True)
class AreaStatus:
    """An area's log and its board; `last_at` is when the broker took in its last turn, in ms."""

    area: AreaId
    turns: int = 0
    last_at: Instant = 0
    board: int | None = None  # the last turn on it; None where Redis does not answer


@dataclass(slots=True)
class PartitionStatus:
    """A partition of both topics. `foreign` records among the turns are no decider's."""

    partition: int
    commands: int
    turns: int
    decided: int = 0  # commands that are known to be done with
    dead_letters: dict[str, int] = field(default_factory=dict)  # by reason
    foreign: int = 0
    areas: dict[AreaId, AreaStatus] = field(default_factory=dict)

    @property
    def waiting(self) -> int:
        """Commands that are not known to have been decided."""
        return max(0, self.commands - self.decided)


@dataclass(frozen=True, slots=True)
class Member:
    """A worker that is there, and what it works on."""

    name: str
    host: str
    partitions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Everybody with the same role."""

    role: str
    state: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """A cluster at one moment, as nearly as its parts can be asked."""

    partitions: tuple[PartitionStatus, ...]
    groups: tuple[Group, ...]


def status(layout: Layout, progress: Progress) -> Status:
    """Ask the brokers, read every turn once, ask the board.

    Raises BrokerAway, TopicMissing, ChecksumsSlow; a board that does not answer is told as such.
    """
    replay = Replay(layout)
    try:
        with administration(layout) as admin:
            partitions = _ends(admin, layout)
            groups = tuple(_group(admin, layout, role) for role in ROLES)
            _count_handled(admin, layout, partitions)
        done = 0
        for partition in partitions:
            for received in replay.received(partition.partition, 0):
                _count(partition, received)
                done += 1
                if done % TOLD_EVERY == 0:
                    progress(done)
    finally:
        replay.close()
    asyncio.run(_ask_board(layout, partitions))
    return Status(tuple(partitions), groups)


def _ends(admin: Any, layout: Layout) -> list[PartitionStatus]:
    asked = {
        TopicPartition(topic, number): OffsetSpec.LATEST
        for topic in (layout.commands, layout.turns)
        for number in range(layout.partitions)
    }
    told = admin.list_partition_offsets(asked)
    return [
        PartitionStatus(
            partition=number,
            commands=told[TopicPartition(layout.commands, number)].offset,
            turns=told[TopicPartition(layout.turns, number)].offset,
            areas={area: AreaStatus(area) for area in sorted(layout.areas_on(number))},
        )
        for number in range(layout.partitions)
    ]


def _group(admin: Any, layout: Layout, role: str) -> Group:
    name = f"{layout.prefix}{role}"
    try:
        told = admin.describe_groups([name])[name]
    except NO_GROUPS:
        return Group(role, "", ())
    members = tuple(
        Member(
            name=member["group_instance_id"] or member["client_id"],
            host=member["client_host"].lstrip("/"),
            partitions=tuple(sorted(_assigned(member))),
        )
        for member in told["members"]
    )
    return Group(role, told["group_state"], members)


def _assigned(member: Mapping[str, Any]) -> list[int]:
    assignment = member["member_assignment"] or {"assigned_partitions": []}
    return [number for topic in assignment["assigned_partitions"] for number in topic["partitions"]]


def _count_handled(admin: Any, layout: Layout, partitions: list[PartitionStatus]) -> None:
    """A repeated command leaves no turn, so what the decider says of itself counts too."""
    group = f"{layout.prefix}{ROLES[0]}"
    try:
        told = admin.list_group_offsets({group: None})[group]
    except NO_GROUPS:
        return
    for partition in partitions:
        handled = told.get(TopicPartition(layout.commands, partition.partition))
        if handled is not None:
            partition.decided = max(partition.decided, handled.offset)


def _count(partition: PartitionStatus, received: Received) -> None:
    try:
        record = turn_record(received)
        if record.area == NO_AREA:
            reason = decode_dead_letter(record.stored).reason
            partition.dead_letters[reason] = partition.dead_letters.get(reason, 0) + 1
        else:
            area = partition.areas.setdefault(record.area, AreaStatus(record.area))
            area.turns = max(area.turns, sequence_of(record.stored, area.turns))
            area.last_at = received.timestamp
    except ValueError:
        partition.foreign += 1
        return
    if record.command is not None:
        partition.decided = max(partition.decided, record.command + 1)


async def _ask_board(layout: Layout, partitions: list[PartitionStatus]) -> None:
    board = Board(layout)
    try:
        for partition in partitions:
            for area in partition.areas.values():
                area.board = (await board.position(area.area)).sequence
    except RedisError:
        return
    finally:
        await board.close()
