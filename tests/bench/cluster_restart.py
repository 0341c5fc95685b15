"""How long a decider takes to be ready on a long log: folding all of it, and from a checkpoint.

It is killed and started again; ready is when it takes commands, on a partition that it is given.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from pathlib import Path
from random import Random
from typing import Any, Final

from streams.engines.cluster import keeping
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.records import turn_out
from streams.engines.folder import Divisions
from tests.bench import cluster, parts
from tests.bench.stage import AREA
from tests.engines.cluster.putting import put

TURNS: Final = int(os.environ.get("SHOUWANG_BENCH_TURNS", "1000000"))
PORTION: Final = 6_000
PATIENCE_S: Final = 600.0
READY: Final = re.compile(r"partition 0 is ready: (\d+) turns folded, .*, ([0-9.]+) s")


def restart() -> dict[str, Any]:
    """Turns decided in memory and put into the topic; then a decider, twice."""
    with cluster.ground() as ground:
        home = ground.cluster()
        layout = Layout.read(home)
        turns = _build(layout)
        folded, without, without_all = _ready(home)
        begun = time.perf_counter()
        asyncio.run(keeping.make(layout, cluster.PARTITION, Divisions(home).tree))
        made = time.perf_counter() - begun
        left, with_one, with_all = _ready(home)
        assert (folded, left) == (turns, 0)
        return {
            "turns": turns,
            "seed": cluster.SEED,
            "ready_without_s": without,
            "ready_s": with_one,
            "since_start_without_s": without_all,
            "since_start_s": with_all,
            "made_s": round(made, 1),
        }


def _build(layout: Layout) -> int:
    random, written = Random(cluster.SEED), 0
    world, incident = parts.staffed(random)
    while written < TURNS:
        while len(world.log) < PORTION:
            parts.thread(world, random, incident)
        outs = [turn_out(AREA, stored, None) for stored in world.log]
        put(layout, layout.turns, cluster.PARTITION, outs)
        written += len(world.log)
        for used in (world.log, world.turns, world.sent):
            used.clear()
    return written


def _ready(home: Path) -> tuple[int, float, float]:
    """Turns that a fresh decider folds, its own seconds for it, and those since its start."""
    begun = time.perf_counter()
    with cluster.decider(home) as worker:
        before = worker.process.log.read_text("utf-8").count("is ready")
        while time.perf_counter() - begun < PATIENCE_S:
            said = READY.findall(worker.process.log.read_text("utf-8"))
            if len(said) > before:
                return int(said[-1][0]), float(said[-1][1]), round(time.perf_counter() - begun, 1)
            time.sleep(cluster.LOOK_S)
    raise TimeoutError("the decider was never ready")
