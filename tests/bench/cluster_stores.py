"""What the stores of a cluster do in a second: Kafka read again, and Redis written."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from statistics import median
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from redis.asyncio import Redis

from streams.area import Area
from streams.engines.cluster.board import STREAM_LENGTH, Board, Entry
from streams.engines.cluster.follower import Follower
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.records import TurnRecord, turn_out
from streams.engines.cluster.replay import FETCH_BYTES, Replay
from streams.turning import fold
from tests.bench import cluster
from tests.bench.cluster import prepared
from tests.bench.stage import AREA
from tests.engines.cluster.putting import put
from tests.streams.world import divisions

ROUNDS = 3
BATCH = 200  # turns at a time onto the board


def replay() -> dict[str, Any]:
    """The turns of the load read by Replay, by Replay and folded, and by plain aiokafka."""
    log = prepared().log
    with cluster.ground() as ground:
        layout = Layout.read(ground.cluster())
        put(layout, layout.turns, cluster.PARTITION, [turn_out(AREA, one, None) for one in log])
        ways: dict[str, Callable[[], int]] = {
            "replay": lambda: sum(1 for _ in _replayed(layout)),
            "replay_and_fold": lambda: _folded(_replayed(layout)),
            "aiokafka": lambda: asyncio.run(_plainly_read(layout, len(log))),
        }
        rates = _rates(ways)
    return {**_sizes(), "records_per_second": rates}


def _replayed(layout: Layout) -> Iterator[bytes]:
    with closing(Replay(layout)) as reader:
        yield from reader.read(AREA)


def _folded(log: Iterable[bytes]) -> int:
    area = Area(AREA, divisions())
    for stored in log:
        fold(area, stored)
    return area.sequence


async def _plainly_read(layout: Layout, count: int) -> int:
    place = TopicPartition(layout.turns, cluster.PARTITION)
    read = 0
    async with AIOKafkaConsumer(
        bootstrap_servers=layout.brokers,
        enable_auto_commit=False,
        max_partition_fetch_bytes=FETCH_BYTES,
    ) as consumer:
        consumer.assign([place])
        consumer.seek(place, 0)
        while read < count:
            found = await consumer.getmany(place, timeout_ms=500)
            read += sum(map(len, found.values()))
    return read


def board() -> dict[str, Any]:
    """The turns of the load laid over a board, and the same bytes in a plain pipeline."""
    entries = _entries()
    batches = [entries[start : start + BATCH] for start in range(0, len(entries), BATCH)]
    with cluster.ground() as ground:
        ways: dict[str, Callable[[], int]] = {
            "board": lambda: asyncio.run(_laid(_fresh(ground), batches)),
            "bare": lambda: asyncio.run(_piped(_fresh(ground), batches)),
        }
        rates = _rates(ways)
    rows = sum(len(entry.rows) for entry in entries)
    return {**_sizes(), "rows": rows, "batch": BATCH, "turns_per_second": rates}


def _fresh(ground: cluster.Ground) -> Layout:
    """An empty Redis: both ways start alike, and neither pays for the other's rows."""
    layout = Layout.read(ground.cluster())
    asyncio.run(_emptied(layout))
    return layout


async def _emptied(layout: Layout) -> None:
    async with Redis.from_url(layout.redis) as client:
        await client.flushdb()


def _entries() -> list[Entry]:
    """The load's turns with their rows, as a projector has them."""
    follower = Follower(cluster.PARTITION, frozenset({AREA}), lambda _: divisions())
    records = (
        TurnRecord(cluster.PARTITION, place, AREA, place, stored)
        for place, stored in enumerate(prepared().log)
    )
    return follower.lacking(records)[AREA]


async def _laid(layout: Layout, batches: Sequence[Sequence[Entry]]) -> int:
    laid = Board(layout)
    generation = (await laid.position(AREA)).generation
    for batch in batches:
        await laid.apply(AREA, generation, batch)
    reached = (await laid.position(AREA)).sequence
    await laid.close()
    return reached


async def _piped(layout: Layout, batches: Sequence[Sequence[Entry]]) -> int:
    """Rows and stream only: no position, no used keys, no guard."""
    async with Redis.from_url(layout.redis) as client:
        for batch in batches:
            async with client.pipeline(transaction=False) as pipe:
                for entry in batch:
                    _pipe(pipe, entry)
                await pipe.execute()
    return sum(map(len, batches))


def _pipe(pipe: Any, entry: Entry) -> None:
    rows = {name: row for name, row in entry.rows if row is not None}
    removed = [name for name, row in entry.rows if row is None]
    if rows:
        pipe.hset("bare:rows", mapping=rows)
    if removed:
        pipe.hdel("bare:rows", *removed)
    changes = b"[" + b",".join(rows.values()) + b"]"
    fields = {
        "turn": entry.stored,
        "changes": changes,
        "command": entry.command or "",
        "offset": entry.offset,
    }
    pipe.xadd("bare:stream", fields, f"{entry.sequence}-0", maxlen=STREAM_LENGTH, approximate=True)


def _rates(ways: dict[str, Callable[[], int]]) -> dict[str, int]:
    """The median of the rounds of each way, by turns, per second."""
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            started = time.perf_counter()
            done = way()
            rates[name].append(done / (time.perf_counter() - started))
            assert done == len(prepared().log)
        print("a second: " + ", ".join(f"{name} {found[-1]:.0f}" for name, found in rates.items()))
    return {name: round(median(found)) for name, found in rates.items()}


def _sizes() -> dict[str, int]:
    log = prepared().log
    return {
        "turns": len(log),
        "bytes": sum(map(len, log)),
        "seed": cluster.SEED,
        "rounds": ROUNDS,
    }
