"""A part of a topic, from an offset to the end that it has when asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.engines.cluster.layout import Layout
from streams.engines.cluster.partition import Hole
from streams.engines.cluster.records import Received

CHUNK: Final = 500  # records at a time: what is held in memory, and done without a pause
POLL_MS: Final = 500
FETCH_WAIT_MS: Final = 20  # for a fetch behind the end; closing the reader waits for it
AGAIN_MS: Final = 20  # before asking again, as for the first time of each topic


class Tail:
    """A reader outside every group, for one partition at a time."""

    def __init__(self, layout: Layout) -> None:
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=layout.brokers,
            enable_auto_commit=False,
            auto_offset_reset="none",
            max_poll_records=CHUNK,
            fetch_max_wait_ms=FETCH_WAIT_MS,
            retry_backoff_ms=AGAIN_MS,
        )

    async def __aenter__(self) -> Tail:
        try:
            await self._consumer.start()
        except BaseException:
            await self._consumer.stop()
            raise
        await asyncio.sleep(0)  # stopped before its tasks have begun, it raises CancelledError
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._consumer.stop()

    async def read(
        self, topic: str, partition: int, start: int, stop: int | None = None
    ) -> AsyncIterator[Sequence[Received]]:
        """Chunks of the records from `start` to before `stop`, or to the present end.

        Raises Hole where the topic begins behind `start` or ends before it.
        """
        place = TopicPartition(topic, partition)
        first = (await self._consumer.beginning_offsets([place]))[place]
        end = (await self._consumer.end_offsets([place]))[place]
        if not first <= start <= end:
            held = f"holds {first} to {end}"
            raise Hole(f"partition {partition} of {topic} {held}, and {start} is needed")
        stop = end if stop is None else min(stop, end)
        if start == stop:
            return  # a fetch behind the end would only have to be waited for
        self._consumer.assign([place])
        self._consumer.seek(place, start)
        while await self._consumer.position(place) < stop:
            found = await self._consumer.getmany(place, timeout_ms=POLL_MS)
            records = [record for record in found.get(place, ()) if record.offset < stop]
            if records:
                yield records
