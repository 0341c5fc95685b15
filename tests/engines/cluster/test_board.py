"""The board in Redis: a prefix of the log at every moment, whoever writes and how often."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from schemas.values import Role
from schemas.views import Removed
from schemas.wire import digest
from streams.area import Area
from streams.engines.cluster.board import (
    ENTRIES_MOST,
    STREAM_LENGTH,
    Board,
    Entry,
    Gap,
    Lost,
    Position,
    Switched,
    dead_letters,
)
from streams.engines.cluster.layout import Layout
from streams.parameters import DAY, KEY_LIFE
from streams.turning import fold, follow
from tests.engines.cluster.boards import Screen, entries, fresh, letters, played, shown, told
from tests.engines.cluster.conftest import ELSEWHERE
from tests.engines.given import HANGZHOU, WENZHOU, divisions
from tests.streams.play import Play
from tests.streams.world import World

LETTERS = dead_letters(0)


@pytest.fixture
async def board(layout: Layout) -> AsyncIterator[Board]:
    board = Board(layout)
    yield board
    await board.close()


@pytest.fixture
async def redis(layout: Layout) -> AsyncIterator[Redis]:
    async with Redis.from_url(layout.redis) as redis:
        yield redis


async def everything_in(redis: Redis, layout: Layout) -> dict[bytes, bytes | None]:
    """Every key of the layout with its whole content, as the server would write it to a file."""
    names = [name async for name in redis.scan_iter(match=f"{layout.prefix}*")]
    return {name: await redis.dump(name) for name in names}


def plain(first: int, count: int) -> list[Entry]:
    """Entries without meaning, where only their number matters."""
    return [
        Entry(number, digest(b"%d" % number), number, f"c{number}", number, number, b"{}", ())
        for number in range(first, first + count)
    ]


def test_what_is_followed_changes_what_taking_the_turn_has_changed() -> None:
    for seed in range(6):
        world = Play(seed).run(150)
        followed = Area(WENZHOU, divisions())
        for taken in world.turns:
            told_again = follow(followed, taken.stored)
            assert told_again.turn == taken.turn
            assert told_again.changes == taken.changes


async def test_where_there_is_no_board_everything_is_empty(board: Board) -> None:
    assert await board.position(WENZHOU) == Position(1, 0, "0" * 64, 0)
    assert await board.rows(WENZHOU) == (Position(1, 0, "0" * 64, 0), [])
    assert await board.first(WENZHOU, "unknown") is None
    assert await board.arrivals({WENZHOU: 0, LETTERS: 0}) == {}


async def test_a_page_with_what_arrives_is_a_fresh_page(board: Board) -> None:
    log = played(WENZHOU, seed=1, steps=250)
    given, middle = entries(WENZHOU, log), len(log) // 2
    await board.apply(WENZHOU, 1, given[:middle])
    screen = Screen(board)
    await screen.open(WENZHOU)
    assert screen.pages[WENZHOU] == fresh(WENZHOU, log[:middle])
    await board.apply(WENZHOU, 1, given[middle:])
    await screen.wait({WENZHOU: len(log)})
    assert screen.heard[WENZHOU] == log[middle:]
    assert screen.pages[WENZHOU] == fresh(WENZHOU, log)
    assert await shown(board, WENZHOU) == (len(log), fresh(WENZHOU, log))


async def test_repeats_change_nothing_wherever_they_begin(
    board: Board, redis: Redis, layout: Layout
) -> None:
    given = entries(WENZHOU, played(WENZHOU, seed=2, steps=40))
    await board.apply(WENZHOU, 1, given[:20])
    before = await everything_in(redis, layout)
    await board.apply(WENZHOU, 1, given[:20])
    await board.apply(WENZHOU, 1, given[5:15])
    await board.apply(WENZHOU, 1, [])
    assert await everything_in(redis, layout) == before
    await board.apply(WENZHOU, 1, given[10:])
    assert (await board.position(WENZHOU)).sequence == len(given)


async def test_after_a_gap_nothing_is_written(board: Board, redis: Redis, layout: Layout) -> None:
    given = entries(WENZHOU, played(WENZHOU, seed=2, steps=40))
    await board.apply(WENZHOU, 1, given[:20])
    before = await everything_in(redis, layout)
    with pytest.raises(Gap) as gap:
        await board.apply(WENZHOU, 1, given[21:])
    assert gap.value.position == 20
    with pytest.raises(ValueError, match="does not follow"):
        await board.apply(WENZHOU, 1, [given[20], given[22]])
    assert await everything_in(redis, layout) == before


async def test_a_generation_that_is_not_the_board_is_not_written(
    board: Board, redis: Redis, layout: Layout
) -> None:
    given = entries(WENZHOU, played(WENZHOU, seed=2, steps=40))
    await board.apply(WENZHOU, 1, given[:20])
    before = await everything_in(redis, layout)
    for strange in (0, 2):
        with pytest.raises(Switched):
            await board.apply(WENZHOU, strange, given[20:])
    assert await everything_in(redis, layout) == before


async def test_a_server_that_has_forgotten_the_script_is_told_again(
    board: Board, redis: Redis
) -> None:
    given = entries(WENZHOU, played(WENZHOU, seed=2, steps=10))
    await board.apply(WENZHOU, 1, given[:5])
    await redis.script_flush()
    await board.apply(WENZHOU, 1, given[5:])
    assert (await board.position(WENZHOU)).sequence == len(given)


async def test_areas_and_dead_letters_arrive_in_order_at_one_reader(board: Board) -> None:
    logs = {
        area: played(area, seed, steps=60)
        for seed, area in enumerate((WENZHOU, HANGZHOU, ELSEWHERE))
    }
    given = {area: entries(area, log) for area, log in logs.items()}
    logs[LETTERS] = letters(0, 30)
    given[LETTERS] = [
        Entry(number + 1, digest(stored), number, "", number, number, stored, ())
        for number, stored in enumerate(logs[LETTERS])
    ]
    screen = Screen(board)
    for area in logs:
        await screen.open(area)
    for start in range(0, max(map(len, given.values())), 20):
        for area, all_of_them in given.items():
            await board.apply(area, 1, all_of_them[start : start + 20])
        await screen.wait({area: min(start + 20, len(log)) for area, log in logs.items()})
    assert screen.heard == logs
    assert screen.pages == {
        area: fresh(area, log) for area, log in logs.items() if area != LETTERS
    } | {LETTERS: {}}


async def test_a_row_that_leaves_is_gone_from_page_and_screen(board: Board) -> None:
    taken = entries(WENZHOU, World().log)[1]
    [(name, _)] = taken.rows
    kind, _, row = name.partition(" ")
    await board.apply(WENZHOU, 1, [taken._replace(sequence=1)])
    screen = Screen(board)
    await screen.open(WENZHOU)
    assert screen.pages[WENZHOU]
    await board.apply(WENZHOU, 1, [taken._replace(sequence=2, rows=((name, None),))])
    [arrival] = (await board.arrivals({WENZHOU: 1}))[WENZHOU]
    assert told(arrival) == (Removed(kind=kind, id=row),)
    assert await shown(board, WENZHOU) == (2, {})


async def test_a_used_key_is_found_for_thirty_days_of_rule_time(board: Board) -> None:
    """The index holds what the rules hold: the same keys, dropped by the same turn."""
    world = Play(3).run(60)
    played_until, ended_at = len(world.log), world.at
    for later in (0, KEY_LIFE - DAY, KEY_LIFE, KEY_LIFE + 1, 3 * KEY_LIFE):
        world.at = ended_at + later
        world.grant("a reviewer", Role.REVIEWER, division=world.county)
    given, state = entries(WENZHOU, world.log), Area(WENZHOU, divisions())
    turns = [fold(state, stored) for stored in world.log[:played_until]]
    await board.apply(WENZHOU, 1, given[:played_until])
    held = []
    for entry in given[played_until:]:
        await board.apply(WENZHOU, 1, [entry])
        turns.append(fold(state, entry.stored))
        for turn in turns:
            known = state.keys.get(turn.command_id)
            found = await board.first(WENZHOU, turn.command_id)
            assert found == (known and (known.sequence, known.sequence - 1))
        held.append(len(state.keys))
    assert held[1] > held[2] > held[3] > held[4] == 1


async def test_expired_keys_do_not_gather(board: Board, redis: Redis, layout: Layout) -> None:
    """Each call drops more keys than it can bring, so a long pause is worked off."""
    await board.apply(WENZHOU, 1, plain(1, 4_000))
    late = [entry._replace(at=entry.at + 2 * KEY_LIFE) for entry in plain(4_001, 5 * ENTRIES_MOST)]
    await board.apply(WENZHOU, 1, late)
    [keys, ages] = [f"{layout.prefix}{{{WENZHOU}}}:1:{name}" for name in ("keys", "ages")]
    assert await redis.hlen(keys) == await redis.zcard(ages) == len(late)


async def test_whoever_is_too_far_behind_is_told_to_read_the_page_again(
    board: Board, redis: Redis, layout: Layout
) -> None:
    count = STREAM_LENGTH + 3 * ENTRIES_MOST + 7
    await board.apply(WENZHOU, 1, plain(1, count))
    length = await redis.xlen(f"{layout.prefix}{{{WENZHOU}}}:1:stream")
    assert STREAM_LENGTH <= length < STREAM_LENGTH + ENTRIES_MOST
    for behind in (0, count - length - 1):
        with pytest.raises(Lost) as lost:
            await board.arrivals({HANGZHOU: 0, WENZHOU: behind})
        assert lost.value.area == WENZHOU
    arrived = await board.arrivals({HANGZHOU: 0, WENZHOU: count - length})
    assert arrived[WENZHOU][0].sequence == count - length + 1


async def test_a_new_generation_is_built_beside_the_board(board: Board) -> None:
    log = played(WENZHOU, seed=4, steps=60)
    given = entries(WENZHOU, log)
    await board.apply(WENZHOU, 1, given[:30])
    screen = Screen(board)
    await screen.open(WENZHOU)
    generation = await board.begin(WENZHOU)
    await board.build(WENZHOU, generation, given[:50])
    assert await shown(board, WENZHOU) == (30, fresh(WENZHOU, log[:30]))
    await board.switch(WENZHOU, generation)
    assert await shown(board, WENZHOU) == (50, fresh(WENZHOU, log[:50]))
    with pytest.raises(Switched):
        await board.apply(WENZHOU, 1, given[30:])
    await board.apply(WENZHOU, generation, given[50:])
    await screen.wait({WENZHOU: len(log)})
    assert screen.heard[WENZHOU] == log[30:]
    assert screen.pages[WENZHOU] == fresh(WENZHOU, log)


async def test_only_the_generation_begun_last_can_become_the_board(
    board: Board, redis: Redis, layout: Layout
) -> None:
    given = entries(WENZHOU, played(WENZHOU, seed=4, steps=30))
    await board.apply(WENZHOU, 1, given)
    earlier = await board.begin(WENZHOU)
    await board.build(WENZHOU, earlier, given[:10])
    later = await board.begin(WENZHOU)
    for step in (board.build(WENZHOU, earlier, given[10:]), board.switch(WENZHOU, earlier)):
        with pytest.raises(Switched):
            await step
    left = f"{layout.prefix}{{{WENZHOU}}}:{earlier}:*"
    assert [name async for name in redis.scan_iter(match=left)] == []
    await board.build(WENZHOU, later, given)
    await board.switch(WENZHOU, later)
    await board.drop(WENZHOU)
    assert (await board.position(WENZHOU)).generation == later
    names = [name async for name in redis.scan_iter(match=f"{layout.prefix}*:rows")]
    assert names == [f"{layout.prefix}{{{WENZHOU}}}:{later}:rows".encode()]
