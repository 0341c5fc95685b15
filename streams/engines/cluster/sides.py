"""The two sides of a move where logs are kept in the topics of a cluster."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final

from kafka import KafkaProducer

from schemas.turns import Envelope
from schemas.values import AreaId, Medium
from streams.area import Area
from streams.engines.cluster.clients import administration, opening, reached
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.records import RECORD_BYTES_MOST, Outgoing, command_key, turn_out
from streams.engines.cluster.replay import Replay
from streams.engines.sides import PORTION, CannotMove, Why, moving
from streams.turning import Taken, fold

PATIENCE_S: Final = 30.0  # for deciders that are there to decide what they have been sent
GIVEN_UP_S: Final = 12.0  # a little longer than a decider's session
LOOK_EVERY_S: Final = 0.1
DELIVERED_MS: Final = 30_000
LINGER_MS: Final = 5  # so that many small turns travel together
BATCH_BYTES: Final = 256 * 1024
UNMANNED: Final = ("Empty", "Dead")  # states of a group without members

Send = Callable[[Iterable[tuple[AreaId, Outgoing]]], None]
"""Gives records of areas to their partitions; comes back once they are durable."""


class TopicsSource(Replay):
    """The logs of a cluster; its deciders end them, as they do everything else."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self._cluster = layout

    def refuse_unready(self) -> None:
        if not _has_deciders(self._cluster):
            raise CannotMove(Why.DECIDERS_MISSING)

    def end(self, logs: Sequence[Area], medium: Medium) -> None:
        with sender(self._cluster, self._cluster.commands) as send:
            send([(area.id, Outgoing(*command_key(moving(area, medium)), [])) for area in logs])
        for area in logs:
            self._follow(area, time.monotonic() + PATIENCE_S)

    def _follow(self, area: Area, until: float) -> None:
        """Fold what the deciders write, up to the log's last turn. CannotMove after a while."""
        while True:
            for stored in self.read(area.id, area.sequence):
                fold(area, stored)
            if area.moved is not None:
                return
            if time.monotonic() > until:
                raise CannotMove(Why.DECIDERS_SILENT, area.id)
            time.sleep(LOOK_EVERY_S)

    def dead_letters(self) -> int:
        return sum(1 for partition in _partitions(self._cluster) for _ in self.letters(partition))


class TopicsTarget(Replay):
    """A cluster whose deciders are stopped: they fold a log when they start, never later."""

    medium = Medium.TOPICS

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self._cluster = layout

    def refuse_unready(self, logs: Collection[AreaId], is_under_way: bool, /) -> None:
        for area in logs:
            if area not in self._cluster.areas:
                raise CannotMove(Why.NOT_IN_TABLE, area)
        _wait_until_stopped(self._cluster)
        for area in () if is_under_way else sorted({*logs} & {*self.areas()}):
            raise CannotMove(Why.LOG_THERE, area)

    def begin(self) -> None:
        """The topics are there already."""

    def write(self, area: AreaId, after: int, turns: Iterable[bytes]) -> Iterator[int]:
        turns = iter(turns)
        with sender(self._cluster, self._cluster.turns) as send:
            while portion := list(islice(turns, PORTION)):
                send([(area, turn_out(area, stored, None)) for stored in portion])
                after += len(portion)
                yield after

    def arrive(self, turns: Sequence[Taken]) -> None:
        decided = {place: self._decided(place) for place in _partitions(self._cluster)}
        arrived = [(one.turn.area, one.stored) for one in turns]
        place = self._cluster.partition
        with sender(self._cluster, self._cluster.turns) as send:
            send([(a, turn_out(a, stored, decided[place(a)])) for a, stored in arrived])

    def _decided(self, partition: int) -> int:
        """The last command that is known to be decided; what comes behind it, deciders decide.

        That may be another area's, and waiting. So the end of the commands does not count.
        """
        answered = (record.command for record in self.records(partition))
        return max((offset for offset in answered if offset is not None), default=-1)

    def settle(self) -> None:
        """Records in a topic are there for everybody at once."""


def _partitions(layout: Layout) -> list[int]:
    """Those on which there are areas."""
    return sorted({*layout.areas.values()})


def _wait_until_stopped(layout: Layout) -> None:
    """Whoever has just been stopped is in the deciders' group until its session has ended."""
    until = time.monotonic() + GIVEN_UP_S
    while _has_deciders(layout):
        if time.monotonic() > until:
            raise CannotMove(Why.DECIDERS_RUN)
        time.sleep(LOOK_EVERY_S)


def _has_deciders(layout: Layout) -> bool:
    with administration(layout) as admin:
        groups = {group["group_id"]: group["group_state"] for group in admin.list_groups()}
    return groups.get(f"{layout.prefix}decider", "Empty") not in UNMANNED


def put_command(layout: Layout, envelope: Envelope) -> None:
    """Send a command from beside the API. Raises BrokerAway, KafkaError."""
    key, value = command_key(envelope)
    with sender(layout, layout.commands) as send:
        send([(envelope.area, Outgoing(key, value, []))])


@contextmanager
def sender(layout: Layout, topic: str) -> Iterator[Send]:
    """A way into a topic: records keep their order and come once. Raises BrokerAway."""
    with reached(layout):
        producer: Any = KafkaProducer(
            **opening(layout),
            acks="all",
            enable_idempotence=True,
            request_timeout_ms=DELIVERED_MS // 2,
            linger_ms=LINGER_MS,
            batch_size=BATCH_BYTES,
            max_request_size=RECORD_BYTES_MOST,
            delivery_timeout_ms=DELIVERED_MS,
        )

        def send(records: Iterable[tuple[AreaId, Outgoing]]) -> None:
            under_way = [
                producer.send(topic, out.value, out.key, out.headers, layout.partition(area))
                for area, out in records
            ]
            for one in under_way:
                one.get(DELIVERED_MS / 1_000)

        try:
            yield send
        finally:
            producer.close(timeout=0)
