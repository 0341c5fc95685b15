"""Restart: how long a server takes to be ready after years, with a checkpoint and without one,
and how long a post waits at most while one is made."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from random import Random
from subprocess import PIPE
from typing import Any, Final

from msgspec.structs import replace

from schemas.ids import command_id
from schemas.turns import Envelope
from schemas.values import IncidentId
from streams.engines import checkpoints, keeping
from streams.engines.embedded import Embedded
from streams.engines.folder import LOG, Divisions
from streams.engines.log_file import LogFile, Row
from tests.bench.parts import SEED, staffed, thread
from tests.bench.stage import DIVISIONS
from tests.streams.world import DESK, EXERCISE, WENZHOU, World

TURNS: Final = int(os.environ.get("SHOUWANG_BENCH_TURNS", "1000000"))
PORTION: Final = 6_000  # turns decided between two writings
POSTS_A_SECOND: Final = 50
QUIET_S: Final = 10

READY = """
import asyncio, json, os, resource, sys, time
from pathlib import Path
from streams.engines.embedded import Embedded

async def main():
    started = time.perf_counter()
    engine = Embedded.open(Path(sys.argv[1]))
    ready = time.perf_counter() - started
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps([round(ready, 2), rss]), flush=True)
    os._exit(0)

asyncio.run(main())
"""


def run() -> dict[str, Any]:
    """A log of so many turns, nothing of which has left the state; starts of processes of their
    own; then posts at a steady rate, first alone, then while a checkpoint is made."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "data"
        turns, incident = _build(folder)
        without, rss = _ready(folder)
        [one] = checkpoints.found(folder, WENZHOU)
        with_one, rss_with = _ready(folder)  # the first start has written it
        alone, beside, seconds = asyncio.run(_posts(folder, incident))
        return {
            "seed": SEED,
            "turns": turns,
            "ready_s": with_one,
            "ready_without_s": without,
            "rss_mb": rss_with,
            "rss_without_mb": rss,
            "checkpoint_mb": round(one.path.stat().st_size / 1e6),
            "made_beside_s": round(seconds, 1),
            "post_longest_ms": alone,
            "post_longest_while_made_ms": beside,
        }


def _build(folder: Path) -> tuple[int, IncidentId]:
    """Whole demands, one after the other; what is told to screens is dropped."""
    folder.mkdir()
    Divisions(folder).keep(DIVISIONS)
    random = Random(SEED)
    world, incident = staffed(random)
    written = 0
    with closing(LogFile(folder / LOG, create=True)) as log:
        log._db.execute("PRAGMA synchronous = OFF")
        while written < TURNS:
            while len(world.log) < PORTION:
                thread(world, random, incident)
            numbered = enumerate(world.log, written + 1)
            log.append([Row(WENZHOU, number, stored) for number, stored in numbered])
            written += len(world.log)
            for used in (world.log, world.turns, world.sent):
                used.clear()
            print(f"  {written} turns", file=sys.stderr)
    return written, incident


def _ready(folder: Path) -> tuple[float, int]:
    """Seconds until the engine takes commands, and megabytes at that moment."""
    command = [sys.executable, "-c", READY, str(folder)]
    told = subprocess.run(command, check=True, capture_output=True)
    seconds, megabytes = json.loads(told.stdout)
    return seconds, megabytes


def _keeping(folder: Path) -> list[str]:
    return [sys.executable, "-m", "streams.engines.keeping", "make", str(folder), WENZHOU]


async def _posts(folder: Path, incident: IncidentId) -> tuple[float, float, float]:
    """The longest post in milliseconds: alone, and while one is made; how long making took."""
    keeping.EVERY_TURNS = 1 << 40  # type: ignore[misc]  # made below, when we say so
    engine = Embedded.open(folder)
    poster = _Poster(engine, incident)
    alone = await poster.post_for(lambda: False, QUIET_S)
    started = time.perf_counter()
    command = _keeping(folder)
    with subprocess.Popen(command, stdin=PIPE) as process:  # noqa: ASYNC220  # takes no time
        beside = await poster.post_for(lambda: process.poll() is not None, 600)
    return alone, beside, time.perf_counter() - started


class _Poster:
    """Posts demands at a steady rate, each as soon as it is time, whatever became of the last."""

    def __init__(self, engine: Embedded, incident: IncidentId) -> None:
        self._engine = engine
        self._world = World()
        self._incident = incident
        self._number = 0
        self._at = engine.changes()[0].at

    async def post_for(self, over: Any, seconds: float) -> float:
        under_way: list[asyncio.Task[float]] = []
        end = time.perf_counter() + seconds
        due = time.perf_counter()
        while time.perf_counter() < end and not over():
            under_way.append(asyncio.create_task(self._post()))
            due += 1 / POSTS_A_SECOND
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
        return round(max(await asyncio.gather(*under_way)) * 1e3, 1)

    async def _post(self) -> float:
        self._number += 1
        started = time.perf_counter()
        receipt = await self._engine.submit(self._envelope(f"post-{self._number}"))
        assert receipt.turn.refusal is None, receipt.turn.refusal
        return time.perf_counter() - started

    def _envelope(self, key: str) -> Envelope:
        command = self._world.demand_command(self._incident, skill="CATERING", priority=3)
        envelope = self._world.envelope(DESK, command)
        made = command_id(WENZHOU, EXERCISE, DESK, key)
        return replace(envelope, command_id=made, at=self._at)
