"""The board with 12,000 open demands: what a desk's first page weighs, and for how long nobody else
is served while it is made."""

from __future__ import annotations

import asyncio
import time
from random import Random
from typing import Any, Final

from msgspec.structs import replace

from api.live import Feed, Reader
from tests.bench.board import desk, told_to
from tests.bench.parts import SEED, SKILLS, staffed
from tests.bench.stage import near
from tests.streams.world import DESK, WENZHOU, divisions

DEMANDS: Final = 12_000
PORTION: Final = 500  # demands between two tellings
BEAT_S: Final = 0.001


def run() -> dict[str, Any]:
    """Demands of every skill and priority, none of them answered; a desk of the whole area asks
    for its page, twice: the first time its rows' bytes are made as well."""
    random, feed, told = Random(SEED), Feed(divisions(), WENZHOU), 0
    world, incident = staffed(random)
    for number in range(1, DEMANDS + 1):
        priority = random.choice((1, 2, 3, 4))
        command = world.demand_command(incident, skill=random.choice(SKILLS), priority=priority)
        world.send(DESK, replace(command, place=near(divisions(), random, world.township)))
        if number % PORTION == 0:
            told = told_to(feed, world, told)
    first, first_ms, first_held = asyncio.run(_page(feed, desk()))
    _, again_ms, again_held = asyncio.run(_page(feed, desk()))
    part, part_ms = _first_part(feed, desk())
    return {
        "seed": SEED,
        "demands_open": DEMANDS,
        "rows": len(feed.start(desk()).entries),
        "first_part_gzip_kb": round(len(part) / 1e3),
        "first_part_ms": part_ms,
        "page_gzip_kb": round(len(first) / 1e3),
        "first_ms": first_ms,
        "again_ms": again_ms,
        "loop_held_ms": max(first_held, again_held),
    }


async def _page(feed: Feed, reader: Reader) -> tuple[bytes, float, float]:
    """The page as its door makes it, how long that took, and the loop's longest pause."""
    gaps: list[float] = []
    beating = asyncio.create_task(_beat(gaps))
    await asyncio.sleep(BEAT_S * 20)
    begun = time.perf_counter()
    page = await asyncio.to_thread(lambda: b"".join(feed.start(reader).packed()))
    took = time.perf_counter() - begun
    await asyncio.sleep(BEAT_S * 20)
    beating.cancel()
    return page, round(took * 1e3), round(max(gaps) * 1e3, 1)


def _first_part(feed: Feed, reader: Reader) -> tuple[bytes, float]:
    """What a desk can draw before the rest has come: the worst demands, with their offers."""
    begun = time.perf_counter()
    part = next(feed.start(reader).packed())
    return part, round((time.perf_counter() - begun) * 1e3)


async def _beat(gaps: list[float]) -> None:
    last = time.perf_counter()
    while True:
        await asyncio.sleep(BEAT_S)
        now = time.perf_counter()
        gaps.append(now - last)
        last = now
