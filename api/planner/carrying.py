"""Carrying: a planner's proposal lies in the data folder until the server has put it to the rules.

One file, replaced whole by the newest proposal. A plan that is lost, old, or put twice costs
nothing but itself: the rules look at each of its pairs as things stand at its turn.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from api.settings import Settings
from schemas.commands import ProposePlan
from schemas.ids import command_id
from schemas.turns import PLANNER, Envelope
from schemas.values import Instant
from streams.engines import Defect, Engine, KeyReused, Unavailable
from streams.engines.folder import private

PLAN: Final = "plan.json"  # in the data folder
LOOK_S: Final = 0.5
BYTES_MOST: Final = 64 * 1024

_logger = logging.getLogger("shouwang.planner")


def put(folder: Path, plan: ProposePlan) -> None:
    """Leave a proposal for the server, in place of any before. Raises OSError."""
    part = folder / f"{PLAN}.part"
    with open(part, "wb", opener=private) as file:  # Path has no opener
        file.write(msgspec.json.encode(plan))
    part.replace(folder / PLAN)


def waits(folder: Path) -> bool:
    """Whether the server has not yet taken the last proposal."""
    return (folder / PLAN).exists()


def take(folder: Path) -> ProposePlan | None:
    """The proposal that lies there, which is then gone. What nobody could mean is told of, once."""
    path = folder / PLAN
    try:
        with path.open("rb") as file:
            told = file.read(BYTES_MOST + 1)
    except OSError:
        return None
    with suppress(OSError):
        path.unlink()
    try:
        if len(told) > BYTES_MOST:
            raise ValueError(f"over {BYTES_MOST} bytes")
        return msgspec.json.decode(told, type=ProposePlan)
    except ValueError as error:  # it may hold anything: none of it is echoed
        _logger.error("%s is no proposal and was passed over: %s", PLAN, type(error).__name__)
        return None


async def carry(settings: Settings, engine: Engine, now: Callable[[], Instant | None]) -> None:
    """Put what a planner proposes to the rules, until it is canceled.

    `now`: the conductor's present time in a log on given time, else None.
    """
    while True:
        plan = await asyncio.to_thread(take, settings.data)
        if plan is not None:
            try:
                await engine.submit(_envelope(settings, plan, now()))
            except (Defect, KeyReused, Unavailable) as error:  # the next one says what holds then
                _logger.warning("a plan was not put to the rules: %s", type(error).__name__)
        await asyncio.sleep(LOOK_S)


def _envelope(settings: Settings, plan: ProposePlan, at: Instant | None) -> Envelope:
    area, operation = settings.area, settings.operation
    return Envelope(
        area=area,
        operation=operation,
        mode=settings.mode,
        actor=PLANNER,
        command_id=command_id(area, operation, PLANNER, plan.plan),
        command=plan,
        at=at,
    )
