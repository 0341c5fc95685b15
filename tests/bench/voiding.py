"""A false flood: how soon the last of 12,000 false demands is gone, and who waits meanwhile."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from api.live import Feed
from schemas.batches import PART_MOST, BatchId
from schemas.commands import VoidDemands
from schemas.facts import DemandPublished
from schemas.ids import digest_of
from schemas.values import CloseReason, DemandId, IncidentId
from streams.engines import Engine
from tests.engines.given import DESK, WENZHOU, EmbeddedBench, Scene, divisions, opened

DEMANDS: Final = 12_000
AT_ONCE: Final = 100
ORGANIZATIONS: Final = 300
URGENT_EVERY_S: Final = 0.3


def run() -> dict[str, Any]:
    """On a data folder, with its board kept as a server keeps it; urgent posts come meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        bench = EmbeddedBench(Path(folder))
        bench.make()
        return asyncio.run(_measured(bench))


async def _measured(bench: EmbeddedBench) -> dict[str, Any]:
    async with opened(bench) as engine:
        feed = Feed(divisions(), WENZHOU)
        feed.apply(engine.changes())
        engine.listen(feed.apply)
        scene, incident, flood = await _flooded(engine)
        waits: list[float] = []
        urgent = asyncio.create_task(_urgent(scene, waits))
        started = time.perf_counter()
        await _void(scene, incident, flood)
        while (due := engine.next_due(WENZHOU)) is not None and due[0] <= scene.at:
            await scene.tick()
        seconds = time.perf_counter() - started
        urgent.cancel()
    return {
        "demands": DEMANDS,
        "organizations": ORGANIZATIONS,
        "seconds_until_the_last_is_gone": round(seconds, 2),
        "urgent_posts": len(waits),
        "longest_wait_of_one_ms": round(max(waits) * 1e3),
    }


async def _flooded(engine: Engine) -> tuple[Scene, IncidentId, list[DemandId]]:
    scene = Scene(engine)
    await scene.staffed()
    for number in range(ORGANIZATIONS):
        await scene.organization(f"o{number}", 2, number % len(scene.townships))
    incident = await scene.incident()
    flood: list[DemandId] = []
    for _ in range(0, DEMANDS, AT_ONCE):
        posts = (scene.sent(DESK, scene.demand(incident)) for _ in range(AT_ONCE))
        for receipt in await asyncio.gather(*posts):
            facts = receipt.turn.facts
            flood += [fact.demand for fact in facts if isinstance(fact, DemandPublished)]
    return scene, incident, flood


async def _void(scene: Scene, incident: IncidentId, flood: list[DemandId]) -> None:
    """As the door does: listed in parts, and begun by the last of them."""
    for first in range(0, len(flood), PART_MOST):
        command = VoidDemands(
            batch=BatchId("flood"),
            incident=incident,
            division=scene.townships[0],
            reason=CloseReason.UNFOUNDED,
            on_the_way=False,
            demands=tuple(flood[first : first + PART_MOST]),
            count=len(flood),
            digest=digest_of(flood),
        )
        receipt = await scene.sent(DESK, command)
        assert receipt.turn.refusal is None, receipt.turn.refusal


async def _urgent(scene: Scene, waits: list[float]) -> None:
    """Somebody posts what is most urgent, again and again; how long each takes."""
    incident = await scene.incident("urban_waterlogging")
    while True:
        await asyncio.sleep(URGENT_EVERY_S)
        started = time.perf_counter()
        await scene.sent(DESK, scene.demand(incident))
        waits.append(time.perf_counter() - started)
