"""What a decider writes: turns, and the ticks of live logs; and the broker's time, by the way."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError

from schemas.turns import Envelope
from schemas.values import Instant, Milliseconds
from streams.engines.clock import Clock
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.obstacles import BrokerAway, TopicMissing
from streams.engines.cluster.records import RECORD_BYTES_MOST, Outgoing, command_key

BATCH_BYTES: Final = 256 * 1024
APART_MOST: Final = 2_000  # ms between the broker's clock and ours, unalarmed

_logger = logging.getLogger("shouwang.outbox")


class Outbox:
    """One idempotent producer: a partition's records arrive in order, each once, or not at all."""

    def __init__(self, layout: Layout, clock: Clock) -> None:
        self._layout = layout
        self._clock = clock
        self._apart: Milliseconds = 0  # what the broker's clock is ahead of ours
        self._alarmed = False
        self._producer: Any = None

    async def start(self) -> None:
        """Find the broker and both topics. Raises BrokerAway, TopicMissing."""
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self._layout.brokers,
            acks="all",
            enable_idempotence=True,
            linger_ms=0,  # records that are sent together travel together all the same
            max_batch_size=BATCH_BYTES,
            max_request_size=RECORD_BYTES_MOST,
        )
        try:
            await self._producer.start()
        except KafkaConnectionError as problem:
            raise BrokerAway(self._layout.brokers) from problem
        for topic in (self._layout.commands, self._layout.turns):
            await self._find(topic)

    async def _find(self, topic: str) -> None:
        """Also spares the first record the look-up."""
        try:
            found = await self._producer.partitions_for(topic)
        except KafkaError as problem:
            raise TopicMissing(topic) from problem
        if not found >= set(range(self._layout.partitions)):
            raise TopicMissing(topic)

    async def stop(self) -> None:
        await self._producer.stop()

    def now(self) -> Instant:
        """The broker's time, which is rule time: it stamps what it appends."""
        return self._clock.now() + self._apart

    async def turns(self, partition: int, records: Iterable[Outgoing]) -> list[int]:
        """Write turns; gives their offsets once they are durable. Raises KafkaError."""
        waiting = [
            await self._producer.send(
                self._layout.turns,
                record.value,
                key=record.key,
                partition=partition,
                headers=record.headers,
            )
            for record in records
        ]
        return await self._written(waiting)

    async def commands(self, partition: int, envelopes: Iterable[Envelope]) -> None:
        """Write commands; comes back once they are durable. Raises KafkaError."""
        waiting = []
        for envelope in envelopes:
            key, value = command_key(envelope)
            sent = self._producer.send(self._layout.commands, value, key=key, partition=partition)
            waiting.append(await sent)
        await self._written(waiting)

    async def _written(self, waiting: list[asyncio.Future[Any]]) -> list[int]:
        sent_at = self._clock.now()
        acknowledged = await asyncio.gather(*waiting)
        if acknowledged:
            self._hear(acknowledged[-1].timestamp, sent_at, self._clock.now())
        return [one.offset for one in acknowledged]

    def _hear(self, stamp: Instant, sent_at: Instant, heard_at: Instant) -> None:
        """The broker's clock is right if its stamp is between sending and hearing of it."""
        self._apart = stamp - min(max(stamp, sent_at), heard_at)
        away = abs(self._apart) > APART_MOST
        if away and not self._alarmed:
            _logger.error("the broker's clock is %d ms ahead of this machine's", self._apart)
        self._alarmed = away
