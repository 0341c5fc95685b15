"""Boards made again from the log, beside the present ones, while turns come and screens read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from schemas.values import AreaId
from streams.engines.cluster.follower import AnotherLog
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.rebuild import Overtaken
from tests.engines.cluster.boards import entries, played, shown
from tests.engines.cluster.projecting import (
    LETTERS,
    Stage,
    alone,
    assert_caught_up,
    line,
    logs,
)
from tests.engines.given import HANGZHOU, WENZHOU

FLOWING = 250  # turns, one after the other: longer than a rebuild takes


@pytest.fixture
async def stage(layout: Layout, home: Path) -> AsyncIterator[Stage]:
    async with Stage.of(layout, home) as stage:
        yield stage


async def test_boards_are_made_again_while_turns_keep_flowing(stage: Stage) -> None:
    """Nobody who reads loses a turn, or hears one twice, and none of the old keys stays."""
    screen, out = await stage.screen(), line()
    reached: dict[AreaId, int] = {}
    async with stage.projecting() as projection:
        await projection.lay(stage.topic.write(out[:-FLOWING]))

        async def flow() -> None:
            for place in range(len(out) - FLOWING, len(out)):
                await projection.lay(stage.topic.write(out[place : place + 1]))
                await asyncio.sleep(0.01)

        ends = {area: len(log) for area, log in logs().items()}
        flowing = asyncio.gather(flow(), screen.wait(ends))
        await stage.rebuild(progress=reached.__setitem__)
        assert not flowing.done()
        await stage.rebuild(progress=reached.__setitem__)
        await flowing
    assert reached.keys() == logs().keys()
    assert_caught_up(screen)
    await stage.assert_equal()
    assert await stage.generations() == {name: {3} for name in logs()}


async def test_turns_that_come_while_it_switches_are_on_the_new_board(stage: Stage) -> None:
    """Nobody projects here: what a rebuild has not laid itself would stay away for good."""
    log = logs()[WENZHOU]
    stage.topic.write(alone(log[:50]))
    later = alone(log[50:])

    def another(name: AreaId, sequence: int) -> None:
        stage.topic.write([later.pop(0)])

    await stage.rebuild({WENZHOU}, another)
    await stage.assert_equal({WENZHOU: log[:52]})


@pytest.mark.parametrize("strange", ["unlike", "beyond"])
async def test_a_board_of_another_log_is_refused_until_it_is_made_again(
    stage: Stage, strange: str
) -> None:
    log = logs()[WENZHOU]
    there = log[:60] if strange == "beyond" else played(WENZHOU, seed=9, steps=30)[:40]
    await stage.board.apply(WENZHOU, 1, entries(WENZHOU, there))
    with pytest.raises(AnotherLog, match="shouwang board rebuild"):
        await stage.project(alone(log[:50]))
    assert (await shown(stage.board, WENZHOU))[0] == len(there)
    await stage.rebuild({WENZHOU})
    await stage.assert_equal({WENZHOU: log[:50]})
    await stage.project(alone(log[50:]))
    await stage.assert_equal({WENZHOU: log})


async def test_a_rebuild_that_is_broken_off_leaves_the_board_as_it_is(stage: Stage) -> None:
    await stage.project(line())

    def give_up(name: AreaId, sequence: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await stage.rebuild(progress=give_up)
    await stage.assert_equal()
    assert await stage.generations() != {name: {1} for name in logs()}
    await stage.rebuild()
    await stage.assert_equal()
    assert await stage.generations() == {name: {3} for name in logs()}


async def test_of_two_rebuilds_the_later_one_counts(stage: Stage) -> None:
    stage.topic.write(line())
    later: list[asyncio.Task[None]] = []

    def overtake(name: AreaId, sequence: int) -> None:
        if not later:
            later.append(asyncio.create_task(stage.rebuild()))

    with pytest.raises(Overtaken):
        await stage.rebuild(progress=overtake)
    await later[0]
    await stage.assert_equal()
    assert await stage.generations() == {name: {3} for name in logs()}


async def test_only_the_boards_that_were_named_are_made_again(stage: Stage) -> None:
    async with stage.projecting() as projection:
        await projection.lay(stage.topic.write(line()))
        await stage.rebuild({WENZHOU})
        assert await stage.generations() == {WENZHOU: {2}, LETTERS: {2}, HANGZHOU: {1}}
        await projection.inspect()
    await stage.assert_equal()
    with pytest.raises(LookupError):
        await stage.rebuild({AreaId("3399")})
