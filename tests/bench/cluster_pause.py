"""How long nobody decides after the decider was killed, or stopped, and started again at once."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from time import perf_counter, time
from typing import Any

from schemas.turns import Envelope
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.outbox import Outbox
from tests.bench import cluster
from tests.bench.cluster import Worker, prepared, reached, stamps, writing
from tests.bench.parts import ORGANIZATIONS

STRIKES = 5
PER_SECOND = 100
BETWEEN_S = 4.0
SIGNALS = (signal.SIGKILL, signal.SIGTERM)


def pause() -> dict[str, Any]:
    """Strikes under a steady load of commands; the longest gap between two turns around each."""
    found = asyncio.run(_struck())
    summary = {}
    for number in SIGNALS:
        gaps = [gap for struck, gap in found if struck is number]
        told = ", ".join(f"{gap:.2f}" for gap in gaps)
        print(f"{number.name}: pauses of {told} s")
        summary[number.name] = {"median_s": round(median(gaps), 2), "most_s": round(max(gaps), 2)}
    return {
        "organizations": ORGANIZATIONS,
        "seed": cluster.SEED,
        "commands_per_second": PER_SECOND,
        "strikes_each": STRIKES,
        "pause": summary,
    }


async def _struck() -> list[tuple[signal.Signals, float]]:
    """Each strike's signal, and the longest gap between it and the next strike, seconds."""
    load = prepared()
    count = round(PER_SECOND * BETWEEN_S * (STRIKES * len(SIGNALS) + 1))
    with cluster.ground() as ground:
        home = ground.cluster()
        layout = Layout.read(home)
        async with writing(layout) as outbox:
            await outbox.commands(cluster.PARTITION, load.before)
            with cluster.decider(home) as decider:
                await reached(layout, len(load.before))
                flow = asyncio.create_task(_steadily(outbox, load.threads[:count]))
                strikes = [await _strike(decider, number) for number in SIGNALS * STRIKES]
                await flow
                await reached(layout, len(load.before) + count)
        appended = (await stamps(layout, layout.turns))[len(load.before) :]
    assert len(appended) == count, "every command has one turn"
    return [(number, _gap(appended, moment)) for number, moment in strikes]


async def _steadily(outbox: Outbox, envelopes: Sequence[Envelope]) -> None:
    """One command after the other at its time; none waits for the one before it."""
    begun = perf_counter()
    sending = []
    for place, envelope in enumerate(envelopes):
        await asyncio.sleep(begun + place / PER_SECOND - perf_counter())
        sending.append(asyncio.create_task(outbox.commands(cluster.PARTITION, [envelope])))
    await asyncio.gather(*sending)


async def _strike(decider: Worker, number: signal.Signals) -> tuple[signal.Signals, float]:
    """End the decider, start it at once under its old name; gives the moment, Unix seconds."""
    await asyncio.sleep(BETWEEN_S)
    process = decider.process
    assert process.running(), "the decider had ended by itself"
    moment = time()
    await asyncio.to_thread(process.kill if number is signal.SIGKILL else process.stop)
    decider.start()
    return number, moment


def _gap(appended: Sequence[int], moment: float) -> float:
    """The longest time without a turn that began around a strike, well before the next."""
    struck = moment * 1_000
    around = [
        later - earlier
        for earlier, later in pairwise(appended)
        if later > struck and earlier < struck + BETWEEN_S / 2 * 1_000
    ]
    return max(around) / 1_000
