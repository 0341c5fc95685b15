"""Turns per second of a decider with the real rules, through Faust and through a bare loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from schemas.values import AreaId
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.partition import Applied, Partition
from streams.engines.cluster.records import CommandRecord, command_key
from tests.bench import cluster
from tests.bench.cluster import Ground, Worker, prepared, reached, stamps, writing
from tests.streams.world import divisions

ROUNDS = 3
IDLE_S = 2.0  # after the assignment, so that nothing of it is left to do


def turns() -> dict[str, Any]:
    """The same load three ways, by turns; and decided in memory, which is the most there can be."""
    rates: dict[str, list[float]] = {}
    with cluster.ground() as ground:
        ways: dict[str, Callable[[], float]] = {
            "faust": lambda: _live(ground, cluster.decider),
            "bare": lambda: _live(ground, _bare),
            "backlog": lambda: _backlog(ground),
            "memory": _in_memory,
        }
        for _ in range(ROUNDS):
            for name, way in ways.items():
                rates.setdefault(name, []).append(way())
            print("turns/s: " + ", ".join(f"{way} {r[-1]:.0f}" for way, r in rates.items()))
    pairs = zip(rates["faust"], rates["bare"], strict=True)
    return {
        **prepared().sizes,
        "rounds": ROUNDS,
        "turns_per_second": {name: round(median(found)) for name, found in rates.items()},
        "ratio": round(median(faust / bare for faust, bare in pairs), 3),
    }


def _bare(home: Path) -> Worker:
    return Worker(home, "bare", "tests.bench.cluster_bare", str(home))


def _live(ground: Ground, worker: Callable[[Path], Worker]) -> float:
    """From the first command's append to the last turn's; the worker was idle until then."""

    async def run() -> float:
        load, layout = prepared(), Layout.read(home)
        async with writing(layout) as outbox:
            await outbox.commands(cluster.PARTITION, load.before)
            with worker(home):
                await reached(layout, len(load.before))
                await asyncio.sleep(IDLE_S)
                await outbox.commands(cluster.PARTITION, load.threads)
                await reached(layout, len(load.log))
        begun = (await stamps(layout, layout.commands))[len(load.before)]
        return _rate(begun, await stamps(layout, layout.turns))

    home = ground.cluster()
    return asyncio.run(run())


def _backlog(ground: Ground) -> float:
    """From the last registration's turn on; everything stood there when the worker came."""

    async def run() -> float:
        load, layout = prepared(), Layout.read(home)
        async with writing(layout) as outbox:
            await outbox.commands(cluster.PARTITION, (*load.before, *load.threads))
        with cluster.decider(home):
            await reached(layout, len(load.log))
        appended = await stamps(layout, layout.turns)
        return _rate(appended[len(load.before) - 1], appended)

    home = ground.cluster()
    return asyncio.run(run())


def _rate(begun: int, appended: list[int]) -> float:
    assert len(appended) == len(prepared().log), "every command has one turn"
    return len(prepared().threads) / (appended[-1] - begun) * 1_000


def _in_memory() -> float:
    """The same Partition, fed with the same records, without a broker."""
    load = prepared()
    place = Partition(cluster.PARTITION, {AreaId(load.before[0].area)}, lambda _: divisions())
    records = [
        CommandRecord(cluster.PARTITION, offset, 0, *command_key(envelope))
        for offset, envelope in enumerate((*load.before, *load.threads))
    ]
    for record in records[: len(load.before)]:
        place.decide(record)
    started = time.perf_counter()
    decided = [place.decide(record) for record in records[len(load.before) :]]
    spent = time.perf_counter() - started
    assert all(isinstance(one, Applied) for one in decided)
    return len(decided) / spent
