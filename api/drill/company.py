"""All players of one run: the stage they share, their streams, and how a run begins and ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from secrets import token_hex
from typing import Any

import uvloop

from api.client import Doors, Refused, ServerGone, Session
from api.drill.clock import Clock
from api.drill.habits import Chance, Habits
from api.drill.players import Player, Stage
from api.drill.streams import Board, Watch
from api.drill.team import OrganizationPlayer
from api.language import say
from schemas.values import Milliseconds, Role

LINK = "SHOUWANG_STEWARD_LINK"
ORPHAN_S = 0.5  # how soon the death of the process that began the run is noticed
OPENED_AT_ONCE = 16  # board pages that are fetched side by side


class Hopeless(Exception):
    """The run cannot begin; its words say why and what to do."""


class Company:
    """The players, each following its own stream for as long as the run lasts."""

    def __init__(self, steward: Session, stage: Stage, group: asyncio.TaskGroup) -> None:
        self.steward = steward
        self.stage = stage
        self._group = group
        self._followers: list[asyncio.Task[None]] = []
        self._room = asyncio.Semaphore(OPENED_AT_ONCE)

    def follow(self, board: Board) -> None:
        """Hear a board's stream until the run ends."""
        self._followers.append(self._group.create_task(board.follow()))

    async def enter(self, *players: Player) -> None:
        """Let players read their pages and follow their streams from there."""
        await asyncio.gather(*map(self._enter, players))

    async def _enter(self, player: Player) -> None:
        async with self._room:
            await player.board.open()
        if isinstance(player, OrganizationPlayer):
            self.stage.watch.add(player.organization, player.board)
        self.follow(player.board)

    def leave(self) -> None:
        """Nobody listens any more; the run is over."""
        for follower in self._followers:
            follower.cancel()


@asynccontextmanager
async def gathered(
    doors: Doors, seed: int, pace: float | None, window: Milliseconds, habits: Habits | None = None
) -> AsyncIterator[Company]:
    """A company on a running server, with the steward signed in and watching everything.

    Raises ExceptionGroup of ServerGone where the server goes away while it plays.
    """
    if LINK not in os.environ:
        raise Hopeless(say(f"缺少环境变量 {LINK}。", f"The variable {LINK} is missing."))
    steward = await doors.sign_in(os.environ[LINK], Role.STEWARD, token_hex(8))
    operation = (await steward.get("/me"))["operation"]
    clock = Clock(steward, operation, pace, window)
    async with assembled(steward, clock, Chance(seed), habits, messenger=steward) as company:
        yield company


@asynccontextmanager
async def assembled(
    steward: Session,
    clock: Clock,
    chance: Chance,
    habits: Habits | None = None,
    messenger: Session | None = None,
) -> AsyncIterator[Company]:
    """A company by a clock, with the steward watching everything; raises as `gathered`."""
    await clock.start()
    watch = Watch(steward)
    stage = Stage(clock, watch, chance, habits or Habits(), messenger)
    await watch.board.open()
    async with asyncio.TaskGroup() as group:
        company = Company(steward, stage, group)
        company.follow(watch.board)
        clock.settled = watch.settled
        yield company
        company.leave()


def launch(run: Coroutine[Any, Any, bool]) -> int:
    """Run to the end, or until SIGINT or SIGTERM; the exit code, 1 with a line if it failed."""
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return 0 if runner.run(_until_signal(run)) else 1
    except* ServerGone:
        reason = say("服务已停止响应。", "The server does not answer any more.")
    except* Refused as refused:
        reason = say("服务拒绝了演练程序：", "The server refused the player: ") + _first(refused)
    except* Hopeless as hopeless:
        reason = _first(hopeless)
    except* BrokenPipeError:
        reason = say("输出已被关闭。", "Nobody reads the output any more.")
    print(reason, file=sys.stderr, flush=True)
    return 1


async def _until_signal(run: Coroutine[Any, Any, bool]) -> bool:
    """What the run answers; True where a signal ended it, which is as it should be."""
    task = asyncio.ensure_future(run)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    guard = asyncio.create_task(_until_orphaned(task, os.getppid()))
    try:
        return await task
    except asyncio.CancelledError:
        return True
    finally:
        guard.cancel()


async def _until_orphaned(task: asyncio.Future[bool], parent: int) -> None:
    """End the run when who began it is gone: two conductors must not share the next server."""
    while True:
        await asyncio.sleep(ORPHAN_S)
        if os.getppid() != parent:
            task.cancel()


def _first(group: BaseExceptionGroup[BaseException]) -> str:
    """The words of the first error in a group, however deep."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error)
