"""From the turns to the boards, whatever happens to Redis and to the topic's readers."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from deploy.servers.processes import Process
from schemas.values import AreaId
from streams.engines.cluster.ending import EXIT_FAILED
from streams.engines.cluster.follower import AnotherLog
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.partition import Hole, NotInTable
from streams.engines.cluster.records import Outgoing
from tests.engines.cluster.boards import Screen, entries, played
from tests.engines.cluster.conftest import ELSEWHERE
from tests.engines.cluster.projecting import (
    LETTERS,
    Stage,
    alone,
    assert_caught_up,
    line,
    logs,
)
from tests.engines.given import WENZHOU
from tests.servers import Servers

PATIENCE_S = 30.0
ENDS = {area: len(log) for area, log in logs().items()}


@pytest.fixture
async def stage(layout: Layout, home: Path) -> AsyncIterator[Stage]:
    async with Stage.of(layout, home) as stage:
        yield stage


async def test_boards_hold_what_the_topic_holds(stage: Stage) -> None:
    screen, out = await stage.screen(), line()
    async with stage.projecting() as projection:
        stage.topic.write(out[:300])
        await projection.ready({0, 1})
        for start in range(300, len(out), 70):
            await projection.lay(stage.topic.write(out[start : start + 70]))
        await screen.wait(ENDS)
    await stage.assert_equal()
    assert_caught_up(screen)


async def test_two_that_have_the_same_partition_do_no_harm(stage: Stage) -> None:
    """As after a rebalance that one of them has not heard of yet."""
    out = line()
    async with stage.projecting() as one, stage.projecting() as other:
        await asyncio.gather(one.ready({0}), other.ready({0}))
        for start in range(0, len(out), 50):
            records = stage.topic.write(out[start : start + 50])
            await asyncio.gather(one.lay(records), other.lay(records))
        await stage.assert_equal()
        other.forget({0})
        await other.ready({0})
    await stage.assert_equal()


async def test_records_that_come_again_or_not_at_all_are_read_from_the_log(stage: Stage) -> None:
    out = line()
    async with stage.projecting() as projection:
        first = stage.topic.write(out[:100])
        await projection.lay(first)
        await projection.lay(first)
        stage.topic.write(out[100:200])  # nobody has handed these over
        await projection.lay(stage.topic.write([*out[150:200], *out[200:]]))
    await stage.assert_equal()


async def test_new_turns_do_not_wait_behind_old_records(stage: Stage) -> None:
    """A new group begins with the first record, though the boards are long past it."""
    out = line()
    first = stage.topic.write(out[:100])
    stage.topic.write(out[100:-10])
    async with stage.projecting() as projection:
        await projection.ready({0})
        await projection.lay(first)
        stage.topic.write(out[-10:])
        await projection.inspect()
    await stage.assert_equal()


async def test_a_missing_turn_is_not_passed_over(stage: Stage) -> None:
    log = logs()[WENZHOU]
    async with stage.projecting() as projection:
        await projection.lay(stage.topic.write(alone(log[:20])))
        with pytest.raises(Hole):
            await projection.lay(stage.topic.write(alone(log[21:22])))
    await stage.assert_equal({WENZHOU: log[:20]})


async def test_an_area_on_the_wrong_partition_is_refused(stage: Stage) -> None:
    stray = alone(played(ELSEWHERE, seed=1, steps=0), ELSEWHERE)
    with pytest.raises(NotInTable):
        await stage.project(stray)


# Redis goes, and comes back with less


async def test_a_redis_that_has_gone_is_waited_for(stage: Stage, broker_and_redis: Servers) -> None:
    out = line()
    async with stage.projecting() as projection:
        await projection.lay(stage.topic.write(out[:200]))
        broker_and_redis.redis.kill()
        try:
            laying = asyncio.create_task(projection.lay(stage.topic.write(out[200:])))
            done, _ = await asyncio.wait([laying], timeout=1)
            assert not done
        finally:
            await asyncio.to_thread(broker_and_redis.redis.start)
        await laying
    await stage.assert_equal()


@pytest.mark.parametrize("with_news", [True, False])
async def test_what_a_killed_redis_has_lost_is_given_to_it_again(
    stage: Stage, broker_and_redis: Servers, with_news: bool
) -> None:
    """The next turn shows that something is missing; without one, the projector looks."""
    out = line()
    await keep_to_one_file(stage.layout)
    async with stage.projecting() as projection:
        await projection.lay(stage.topic.write(out[:200]))
        screen = await stage.screen()
        kept = append_only(broker_and_redis).stat().st_size
        await projection.lay(stage.topic.write(out[200:-1]))
        before = {area: (await stage.board.position(area)).sequence for area in ENDS}
        await screen.wait(before)
        lost = append_only(broker_and_redis).stat().st_size - kept
        try:
            cut(broker_and_redis, kept + lost // 2)
        finally:
            await asyncio.to_thread(broker_and_redis.redis.start)
        after = {area: (await stage.board.position(area)).sequence for area in ENDS}
        assert any(after[area] < before[area] for area in ENDS)
        last = stage.topic.write(out[-1:])
        await (projection.lay(last) if with_news else projection.inspect())
        await screen.wait(ENDS)
    await stage.assert_equal()
    assert_caught_up(screen)


async def keep_to_one_file(layout: Layout) -> None:
    """Until its next start, Redis writes on where it writes now, and begins no file anew."""
    async with Redis.from_url(layout.redis) as redis:
        await redis.config_set("auto-aof-rewrite-percentage", 0)
        while await is_rewriting(redis):  # noqa: ASYNC110  # Redis tells nobody when it is done
            await asyncio.sleep(0.05)


async def is_rewriting(redis: Redis) -> bool:
    told = await redis.info("persistence")
    return bool(told["aof_rewrite_in_progress"])


def cut(servers: Servers, length: int) -> None:
    """End Redis, and take from its file what it had not brought to the disk: a lost second."""
    servers.redis.kill()
    with append_only(servers).open("r+b") as opened:
        opened.truncate(length)


def append_only(servers: Servers) -> Path:
    [file] = (servers.redis.folder / "data" / "appendonlydir").glob("*.incr.aof")
    return file


async def test_a_board_that_is_exchanged_while_it_is_followed_is_noticed(stage: Stage) -> None:
    log, strange = logs()[WENZHOU][:40], played(WENZHOU, seed=9, steps=30)[:40]
    async with stage.projecting() as projection:
        await projection.lay(stage.topic.write(alone(log)))
        async with Redis.from_url(stage.layout.redis) as redis:
            keys = [key async for key in redis.scan_iter(f"{stage.layout.prefix}*")]
            await redis.delete(*keys)
        await stage.board.apply(WENZHOU, 1, entries(WENZHOU, strange))
        with pytest.raises(AnotherLog):
            await projection.inspect()


# The process


async def test_the_process_goes_on_where_the_boards_end(stage: Stage, tmp_path: Path) -> None:
    """Killed again and again, and given turns while it is away and while it is there."""
    screen, out, process = await stage.screen(), line(), Process(tmp_path, "projector")
    cuts = [share * len(out) // 6 for share in range(7)]
    for start, middle, end in zip(cuts[::2], cuts[1::2], cuts[2::2], strict=False):
        stage.topic.write(out[start:middle])
        process.start(command(stage))
        try:
            await reach(screen, out[:middle])
            stage.topic.write(out[middle:end])
            await reach(screen, out[:end])
        finally:
            process.kill()
        assert process.code() == -signal.SIGKILL
    await stage.assert_equal()
    assert_caught_up(screen)


async def reach(screen: Screen, out: list[Outgoing]) -> None:
    """Wait until the screen has heard of all these turns."""
    heard = Counter(LETTERS if one.key is None else AreaId(one.key.decode()) for one in out)
    async with asyncio.timeout(PATIENCE_S):
        await screen.wait(heard)


async def test_the_process_says_what_to_do_where_a_board_is_of_another_log(stage: Stage) -> None:
    strange = played(WENZHOU, seed=9, steps=30)[:40]
    await stage.board.apply(WENZHOU, 1, entries(WENZHOU, strange))
    stage.topic.write(alone(logs()[WENZHOU]))
    ended = await asyncio.to_thread(
        subprocess.run,
        command(stage),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ended.returncode == EXIT_FAILED
    assert "shouwang board rebuild" in ended.stderr
    assert "Traceback" not in ended.stderr
    await stage.rebuild()
    await stage.assert_equal({WENZHOU: logs()[WENZHOU]})


def command(stage: Stage) -> list[str]:
    program = [sys.executable, "-m", "api.cli", "project", "--data", str(stage.home)]
    return [*program, "--worker", "projector"]
