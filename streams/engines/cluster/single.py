"""One turn by its place in the topic, for whoever sends a used key again."""

from __future__ import annotations

import asyncio
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.engines.cluster.layout import Layout
from streams.engines.cluster.records import turn_record
from streams.engines.cluster.waiting import Landed

FETCH_BYTES: Final = 1 << 16  # a larger record comes whole all the same


class Misplaced(Exception):
    """The log does not hold at an offset what the board says; one of them is another cluster's."""


class Single:
    """Reads single turns with one consumer, made when first needed and kept."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._consumer: AIOKafkaConsumer | None = None
        self._reading = asyncio.Lock()

    async def turn(self, partition: int, offset: int) -> Landed:
        """The turn at an offset. Raises Misplaced, KafkaError; waits while the broker is away."""
        place = TopicPartition(self._layout.turns, partition)
        async with self._reading:
            consumer = await self._started()
            if place not in consumer.assignment():
                consumer.assign([place])
            consumer.resume(place)
            consumer.seek(place, offset)
            found = await consumer.getone(place)
            consumer.pause(place)  # what follows is of no interest
        if found.offset != offset:
            raise Misplaced(f"offset {offset} of partition {partition} is not there")
        record = turn_record(found)
        return Landed(record.stored, record.command)

    async def close(self) -> None:
        if self._consumer is not None:
            await self._consumer.stop()
            self._consumer = None

    async def _started(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            consumer = AIOKafkaConsumer(
                bootstrap_servers=self._layout.brokers,
                enable_auto_commit=False,
                max_partition_fetch_bytes=FETCH_BYTES,
            )
            try:
                await consumer.start()
            except BaseException:
                await consumer.stop()
                raise
            self._consumer = consumer
        return self._consumer
