"""The one file that knows Faust: it tells a Handler which partitions it has, and what comes."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final, NoReturn, Protocol, TypeVar

import faust
from faust.tables import TableManager
from faust.transport.drivers import TRANSPORTS
from faust.transport.drivers import aiokafka as driver

from streams.engines.cluster.ending import CannotGoOn, leave, or_end
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.records import Received

TAKEN_MOST: Final = 500
# Faust stops fetching at four fifths, and goes on up to a second after two fifths are left.
WAITING_MOST: Final = 16_384
FETCH_HELD_MS: Final = 100  # by a broker that has nothing to give; less costs latency too
SESSION_S: Final = 3.0  # after so long without a sign a worker is given up
RESTLESS: Final = 6  # so many assignments
RESTLESS_S: Final = 30.0  # within so many seconds are no coming and going of workers
SEEN_EVERY_S: Final = 10.0  # the same line of a library, at most

_logger = logging.getLogger("shouwang.worker")

Record = TypeVar("Record")
Record_in = TypeVar("Record_in", contravariant=True)


class Handler(Protocol[Record_in]):
    """What a worker runs. All its calls come from one event loop."""

    async def start(self) -> None:
        """Before the first assignment."""

    async def assigned(self, partitions: set[int]) -> None:
        """These partitions are its own from now on; must come back soon."""

    async def revoked(self, partitions: set[int]) -> None:
        """These partitions are no longer its own; must come back soon."""

    async def handle(self, records: Sequence[Record_in]) -> None:
        """Records, each partition's in order; comes back once all that follows is durable.

        May be given records before it knows of the partition, or again, or of one that it no
        longer has.
        """


@dataclass(slots=True)
class _Message:
    """A record as Faust gives it, with what Faust has changed put back."""

    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Iterable[tuple[str, bytes]]


def run(
    handler: Handler[Record],
    topic: str,
    group: str,
    layout: Layout,
    worker: str,
    convert: Callable[[Received], Record],
) -> NoReturn:
    """Run a handler of a topic until the process is ended, or ends itself where something failed.

    A `worker` that comes back under the same name has its partitions back at once; without one
    ("") the group waits for it no longer than for anybody. Two at a time with one name make
    each other start again and again.
    """
    _speak_seldom()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)
    asyncio.run(or_end(_serve(handler, topic, group, layout, worker, convert)))
    raise AssertionError("a worker does not come back")


async def _serve(
    handler: Handler[Record],
    topic: str,
    group: str,
    layout: Layout,
    worker: str,
    convert: Callable[[Received], Record],
) -> None:
    app = _App(group, **_settings(layout, worker))
    channel = app.topic(
        topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
    )

    inbox: asyncio.Queue[Any] = asyncio.Queue(TAKEN_MOST)

    async def agent(stream: Any) -> None:
        async for event in stream.noack().events():
            await inbox.put(event)

    async def hand_over() -> None:
        while True:
            events = [await inbox.get()]
            while not inbox.empty():
                events.append(inbox.get_nowait())
            await handler.handle([convert(_received(event.message)) for event in events])
            for event in events:
                event.ack()

    app.agent(channel, name=group, concurrency=1)(agent)
    app.on_partitions_assigned.connect(_teller(topic, _watched(handler.assigned)))
    app.on_partitions_revoked.connect(_teller(topic, handler.revoked))
    await handler.start()
    await app.start()
    await asyncio.gather(hand_over(), _until_stopped(app))


async def _until_stopped(app: faust.App) -> None:
    await app.wait_until_stopped()
    raise CannotGoOn("Faust has stopped")


class _Fetching(driver.AIOKafkaConsumerThread):
    """While the broker holds a fetch back, it gives nothing of a partition that is not in it."""

    def _create_consumer(self, loop: asyncio.AbstractEventLoop) -> Any:
        consumer = super()._create_consumer(loop)
        consumer._fetch_max_wait_ms = FETCH_HELD_MS
        return consumer


class _Consumer(driver.Consumer):
    """Faust's own, without some of what it waits for."""

    def _new_consumer_thread(self) -> _Fetching:
        return _Fetching(self, loop=self.loop, beacon=self.beacon)

    async def wait_first(self, *work: Any, **options: Any) -> Any:
        """Hand a record over without a task for it, as long as there is nothing to wait for.

        Faust makes two for each, to give it up should a rebalance begin while its buffer is full;
        that is a third of what a record costs.
        """
        if len(work) == 2 and self._has_room():
            delivery, suspension = work
            suspension.close()
            return await delivery
        return await super().wait_first(*work, **options)

    def _has_room(self) -> bool:
        full = any(channel.queue.full() for channel in self.app.topics)
        return self.app.flow_control.is_active() and not full


class _Transport(driver.Transport):
    Consumer = _Consumer


TRANSPORTS.aliases["lean"] = f"{__name__}:_Transport"


class _NoTables(TableManager):
    """Nobody registers a table here, so nobody is given a second for it."""

    async def sleep(self, *_: Any, **__: Any) -> None:
        pass


class _App(faust.App):
    """Without tables there is nothing to keep in a folder."""

    def _create_directories(self) -> None:
        pass


def _settings(layout: Layout, worker: str) -> dict[str, Any]:
    return {
        "broker": [f"lean://{broker}" for broker in layout.brokers.split(",")],
        "store": "memory://",
        "TableManager": _NoTables,
        "processing_guarantee": "at_least_once",
        "consumer_group_instance_id": worker or None,
        "consumer_auto_offset_reset": "earliest",
        "broker_session_timeout": SESSION_S,
        "broker_heartbeat_interval": SESSION_S / 3,
        "broker_rebalance_timeout": 15.0,
        "broker_max_poll_interval": 300.0,
        "broker_max_poll_records": TAKEN_MOST,
        "broker_commit_interval": 1.0,
        "broker_commit_every": 1_000,
        "stream_buffer_maxsize": WAITING_MOST,
        "stream_wait_empty": False,
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "table_standby_replicas": 0,
        "web_enabled": False,
    }


def _teller(
    topic: str, tell: Callable[[set[int]], Awaitable[None]]
) -> Callable[..., Awaitable[None]]:
    """What Faust calls with itself and the partitions of all topics."""

    async def receiver(*arguments: Any, **_: Any) -> None:
        partitions = {one.partition for one in arguments[-1] if one.topic == topic}
        await or_end(tell(partitions))

    return receiver


def _watched(assigned: Callable[[set[int]], Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Two workers with one name take everything from each other for ever, and seem to work."""
    times: deque[float] = deque(maxlen=RESTLESS)

    async def watching(partitions: set[int]) -> None:
        times.append(monotonic())
        if len(times) == RESTLESS and times[-1] - times[0] < RESTLESS_S:
            _logger.error("assigned again and again: is there another worker of this name?")
            times.clear()
        await assigned(partitions)

    return watching


def _received(message: Any) -> Received:
    headers = message.headers or ()
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return _Message(
        message.partition,
        message.offset,
        round(message.timestamp * 1000),  # whole milliseconds again, out of seconds
        message.key,
        message.value,
        pairs,
    )


class _Seldom(logging.Filter):
    """The same line of a library once in a while: clients repeat theirs ten times a second."""

    def __init__(self) -> None:
        super().__init__()
        self._next: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("shouwang"):
            return True
        if record.levelno < logging.ERROR:
            return False
        line = record.name, str(record.msg)
        if monotonic() < self._next.get(line, 0.0):
            return False
        self._next[line] = monotonic() + SEEN_EVERY_S
        return True


def _speak_seldom() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(_Seldom())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
