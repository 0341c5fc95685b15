"""Live logs in tests: what is heard of them, and time that passes while they live."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from schemas import facts as f
from schemas.facts import Fact
from schemas.values import IncidentId
from streams.area import Area, Operation
from streams.engines import Published
from streams.turning import fold
from tests.engines.given import DESK, Scene, divisions, stored, turns
from tests.engines.sundial import Sundial

Kind = TypeVar("Kind")

STEP_S = 50  # so much time may pass between two signs of life


def hears(scene: Scene, kind: type) -> asyncio.Event:
    """An event that is set once a turn from now on holds a fact of a kind."""
    heard = asyncio.Event()

    def listen(batch: list[Published]) -> None:
        for one in batch:
            (record,) = list(scene.engine.read(one.area, one.sequence - 1))[:1]
            if f'"{kind.__name__}.'.encode() in record:
                heard.set()

    scene.engine.listen(listen)
    return heard


async def within(seconds: float, event: asyncio.Event) -> None:
    async with asyncio.timeout(seconds):
        await event.wait()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110  # logs have no event to wait for
            await asyncio.sleep(0.02)


async def lives(scene: Scene, sundial: Sundial, seconds: int) -> None:
    """Let time pass in which the log gives its signs of life, since somebody is waited for."""
    steps = -(-seconds // STEP_S)
    for _ in range(steps):
        before = len(stored(scene.engine))
        sundial.sleep(seconds=seconds // steps)
        await until(partial(_longer, scene, before))


def _longer(scene: Scene, turns: int) -> bool:
    return len(stored(scene.engine)) > turns


async def asked(scene: Scene, incident: IncidentId, priority: int = 1) -> list[f.OfferSent]:
    """Who is asked for one more demand."""
    facts = await scene.send(DESK, scene.demand(incident, priority=priority))
    return [fact for fact in facts if isinstance(fact, f.OfferSent)]


def said(scene: Scene, kind: type[Kind]) -> list[Kind]:
    """Every fact of a kind in the log so far."""
    facts: list[Fact] = [fact for turn in turns(scene.engine) for fact in turn.facts]
    return [fact for fact in facts if isinstance(fact, kind)]


def state(scene: Scene) -> Operation:
    """The scene's operation, as its log says."""
    area = Area(scene.area, divisions())
    for record in stored(scene.engine):
        fold(area, record)
    return area.operations[scene.operation]
