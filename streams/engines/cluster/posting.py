"""The way into the commands: one producer, made anew after it has failed."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError

from schemas.turns import Envelope
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.records import RECORD_BYTES_MOST, command_key

BATCH_BYTES: Final = 1 << 18
REQUEST_MS: Final = 10_000

_logger = logging.getLogger("shouwang.posting")


class Posting:
    """Puts commands into the topic, in the order that they come in."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()
        self._leaving: set[asyncio.Task[None]] = set()

    async def post(self, envelope: Envelope) -> int:
        """Give a command's offset once it is durable. Raises KafkaError.

        Whoever waits no longer is to cancel this. Then, and after any error, the producer goes
        with all that it has not sent: an idempotent one tries for ever, and a command whose
        caller was told that it is not carried out should not come through hours later.
        """
        key, value = command_key(envelope)
        partition = self._layout.partition(envelope.area)
        producer = await self._started()
        try:
            ack = await producer.send_and_wait(
                self._layout.commands, value, key=key, partition=partition
            )
        except BaseException as failure:
            self._drop(producer, failure)
            raise
        return int(ack.offset)

    async def close(self) -> None:
        """Let go of the broker; nothing is waited for that has not been sent."""
        if self._producer is not None:
            self._drop(self._producer, None)
        await asyncio.gather(*self._leaving)

    async def _started(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    bootstrap_servers=self._layout.brokers,
                    acks="all",
                    enable_idempotence=True,
                    linger_ms=0,
                    max_batch_size=BATCH_BYTES,
                    max_request_size=RECORD_BYTES_MOST,
                    request_timeout_ms=REQUEST_MS,
                )
                try:
                    await producer.start()
                except BaseException:
                    await producer.stop()
                    raise
                self._producer = producer
            return self._producer

    def _drop(self, producer: AIOKafkaProducer, failure: BaseException | None) -> None:
        """Let go of a producer, once, whoever of its users is the first to."""
        if producer is not self._producer:
            return
        self._producer = None
        if failure is not None:
            _logger.error("commands cannot be written: %s", type(failure).__name__)
        leaving = asyncio.create_task(_let_go(producer))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)


async def _let_go(producer: AIOKafkaProducer) -> None:
    """Stop a producer without what its own `stop` does first: to wait until all is sent."""
    producer._message_accumulator.fail_all(KafkaConnectionError("this producer was given up"))
    producer._sender.sender_task.cancel()
    await producer.stop()
