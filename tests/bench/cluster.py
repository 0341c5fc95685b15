"""The ground of the cluster's benches: one broker, one Redis, fresh clusters, a prepared load."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.servers import broker, redis
from deploy.servers.broker import Broker
from deploy.servers.processes import Process
from deploy.servers.redis import Redis
from schemas.turns import Envelope
from streams.engines.clock import Clock
from streams.engines.cluster import topics
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.outbox import Outbox
from streams.engines.cluster.tail import Tail
from streams.engines.folder import Divisions
from tests.bench import parts
from tests.bench.stage import AREA, DIVISIONS

ROOT = Path(__file__).parent.parent.parent
SEED = 7
THREADS = 1_500
PARTITION = 0
PATIENCE_S = 120.0
LOOK_S = 0.05

Bench = Callable[[], dict[str, Any]]


def with_servers(bench: Bench) -> Bench:
    """The bench, or one line why not on a machine without Java, Maven or Redis."""

    def run() -> dict[str, Any]:
        reason = broker.missing() or redis.missing()
        if reason is None:
            return bench()
        print(reason)
        return {"skipped": reason}

    return run


class Load(NamedTuple):
    """Commands on given time, all valid in this order, and the turns that they lead to."""

    before: Sequence[Envelope]  # what opens the log and registers the organizations
    threads: Sequence[Envelope]  # what is measured: whole threads of demands, with matching
    log: Sequence[bytes]

    @property
    def sizes(self) -> dict[str, int]:
        return {
            "organizations": parts.ORGANIZATIONS,
            "commands_before": len(self.before),
            "commands": len(self.threads),
            "seed": SEED,
        }


@cache
def prepared() -> Load:
    """Decided in memory once, so that every command finds what it speaks of."""
    random = Random(SEED)
    world, incident = parts.staffed(random)
    before = len(world.sent)
    for _ in range(THREADS):
        parts.thread(world, random, incident)
    return Load(world.sent[:before], world.sent[before:], world.log)


class Ground:
    """Both servers, and as many clusters on them as a bench wants."""

    def __init__(self, folder: Path, brokers: str, redis_url: str) -> None:
        self._folder = folder
        self._brokers = brokers
        self._redis = redis_url
        self._count = 0

    def cluster(self) -> Path:
        """The data folder of a fresh cluster, without a record."""
        self._count += 1
        home = self._folder / f"cluster-{self._count}"
        home.mkdir()
        layout = Layout(self._brokers, self._redis, {AREA: PARTITION}, f"bench-{self._count}.")
        layout.write(home)
        Divisions(home).keep(DIVISIONS)
        topics.apply(layout)
        return home


@contextmanager
def ground() -> Iterator[Ground]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with Broker(folder / "kafka") as kafka, Redis(folder / "redis") as board:
            yield Ground(folder, kafka.address, board.url)


class Worker:
    """A process over a cluster's folder, with the name that it keeps when it is started again."""

    def __init__(self, home: Path, name: str, *command: str) -> None:
        self.process = Process(home, name)
        self._command = (sys.executable, "-m", *command)

    def start(self) -> None:
        self.process.start(self._command, {"PYTHONPATH": str(ROOT)})

    def __enter__(self) -> Worker:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()


def decider(home: Path) -> Worker:
    return Worker(home, "decider", "api.cli", "decide", "--data", str(home), "--worker", "decider")


def projector(home: Path) -> Worker:
    words = ("project", "--data", str(home), "--worker", "projector")
    return Worker(home, "projector", "api.cli", *words)


@asynccontextmanager
async def writing(layout: Layout) -> AsyncIterator[Outbox]:
    outbox = Outbox(layout, Clock())
    await outbox.start()
    try:
        yield outbox
    finally:
        await outbox.stop()


async def reached(layout: Layout, turns: int) -> None:
    """Wait until there are so many turns."""
    place = TopicPartition(layout.turns, PARTITION)
    async with (
        asyncio.timeout(PATIENCE_S),
        AIOKafkaConsumer(bootstrap_servers=layout.brokers, enable_auto_commit=False) as consumer,
    ):
        while True:
            if (await consumer.end_offsets([place]))[place] >= turns:
                return
            await asyncio.sleep(LOOK_S)


async def stamps(layout: Layout, topic: str) -> list[int]:
    """When the broker appended each record of a topic, milliseconds."""
    async with Tail(layout) as tail:
        portions = tail.read(topic, PARTITION, 0)
        return [record.timestamp async for portion in portions for record in portion]
