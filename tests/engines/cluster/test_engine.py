"""What only the cluster's engine has to cope with: two servers in between, and other processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from time import monotonic, sleep
from typing import cast

import pytest
import redis
from aiokafka.errors import KafkaConnectionError

from schemas import commands as c
from schemas.turns import OWNER, Envelope
from schemas.values import Purpose, Stored, TimeSource
from streams.engines import Defect, NewerSchema, NotYet, Published, Receipt, Unavailable
from streams.engines.cluster import waiting
from streams.engines.cluster.board import ARRIVALS_MOST
from streams.engines.cluster.engine import Cluster
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.rebuild import rebuild
from streams.engines.folder import Divisions, FolderUnfit, opening
from tests.engines.cluster.broken_decider import POISON
from tests.engines.given import (
    HANGZHOU,
    START,
    STEWARD,
    WENZHOU,
    ClusterBench,
    Scene,
    board,
    commands_in,
    turns,
)
from tests.servers import Servers

PATIENCE_S = 20
TOO_MANY = ARRIVALS_MOST + 100  # turns for a reader to hear of at once


class SetDutyTomorrow(Stored, tag="SetDuty.2"):
    """A command in a shape that is not invented yet."""

    organization: str


@asynccontextmanager
async def opened(bench: ClusterBench) -> AsyncIterator[Cluster]:
    """The engine of an API process, which is this one."""
    engine = await bench.start()
    try:
        yield engine
    finally:
        await engine.close()


@asynccontextmanager
async def another(bench: ClusterBench, folder: Path) -> AsyncIterator[Cluster]:
    """The engine of another API process on the same cluster."""
    engine = await Cluster.open(bench.again(folder))
    try:
        yield engine
    finally:
        await engine.close()


def asks(engine: Cluster, name: str) -> Envelope:
    return Scene(engine).envelope(STEWARD, Scene(engine).registration(name))


async def answer(engine: Cluster, envelope: Envelope) -> Receipt:
    """What a client is told that sends the same key until it is answered."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                return await engine.submit(envelope)
            except Unavailable:
                await asyncio.sleep(0.1)


# Whose turn it is


async def test_a_used_key_is_answered_long_after_its_turn_left_the_stream(
    cluster: ClusterBench,
) -> None:
    cluster.make()
    async with opened(cluster) as engine:
        envelopes = [asks(engine, f"team-{n}") for n in range(20)]
        first = await asyncio.gather(*map(engine.submit, envelopes))
    with redis.Redis.from_url(cluster.layout.redis) as store:
        store.xtrim(stream_of(cluster.layout), maxlen=1, approximate=False)
    async with opened(cluster) as engine:
        again = await asyncio.gather(*map(engine.submit, envelopes))
        assert again == [Receipt(one.turn, repeated=True) for one in first]
        assert len(turns(engine)) == 21


@pytest.mark.parametrize("fails", [False, True], ids=["late", "failing"])
async def test_a_turn_that_is_back_before_its_acknowledgment_is_the_answer(
    cluster: ClusterBench, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    cluster.make()
    async with opened(cluster) as engine:
        post, heard = engine._posting.post, asyncio.Event()
        engine.listen(lambda _: heard.set())

        async def late(envelope: Envelope) -> int:
            offset = await post(envelope)
            await heard.wait()
            await asyncio.sleep(0.1)
            if fails:
                raise KafkaConnectionError("the acknowledgment got lost")
            return offset

        monkeypatch.setattr(engine._posting, "post", late)
        envelope = asks(engine, "one")
        receipt = await engine.submit(envelope)
        assert (receipt.turn.command_id, receipt.repeated) == (envelope.command_id, False)


async def test_a_turn_that_arrives_during_the_look_up_is_not_missed(
    cluster: ClusterBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.make()
    async with opened(cluster) as engine, another(cluster, tmp_path / "other") as other:
        look_up, heard = engine._board.first, asyncio.Event()
        engine.listen(lambda _: heard.set())
        envelope = asks(engine, "one")

        async def slow(area: str, command_id: str) -> tuple[int, int] | None:
            found = await look_up(WENZHOU, command_id)
            await other.submit(envelope)
            await heard.wait()
            return found

        monkeypatch.setattr(engine._board, "first", slow)
        receipt = await engine.submit(envelope)
        assert receipt.repeated
        assert commands_in(engine).count(envelope.command_id) == 1


async def test_api_processes_see_each_others_turns(cluster: ClusterBench, tmp_path: Path) -> None:
    cluster.make()
    async with opened(cluster) as engine, another(cluster, tmp_path / "other") as other:
        heard: list[Published] = []
        other.listen(heard.extend)
        envelopes = [asks(engine, f"team-{n}") for n in range(100)]
        halves = engine, other
        told = await asyncio.gather(
            *(halves[n % 2].submit(envelope) for n, envelope in enumerate(envelopes)),
            *(halves[(n + 1) % 2].submit(envelope) for n, envelope in enumerate(envelopes)),
        )
        assert [one.turn for one in told[:100]] == [one.turn for one in told[100:]]
        assert all(a.repeated != b.repeated for a, b in zip(told[:100], told[100:], strict=True))
        await until(lambda: other.changes()[0].sequence == 101)
        assert [one.sequence for one in heard] == list(range(2, 102))
        assert board(other.changes()) == board(engine.changes())


# What is set aside


async def test_a_defect_costs_its_own_command_alone(cluster: ClusterBench) -> None:
    cluster.make()
    cluster.workers["decide"].kill()
    poison = cluster.path / "processes" / POISON
    poison.touch()
    cluster.begin("decide", "tests.engines.cluster.broken_decider")
    async with opened(cluster) as engine:
        envelopes = [asks(engine, name) for name in ("one", POISON, "two")]
        one, broken, two = await asyncio.gather(
            *map(engine.submit, envelopes), return_exceptions=True
        )
        assert isinstance(one, Receipt)
        assert isinstance(broken, Defect)
        assert isinstance(two, Receipt)
        poison.unlink()
        mended = await engine.submit(envelopes[1])
        assert not mended.repeated, "the key was bound although nothing had happened"


async def test_what_the_deciders_cannot_read_yet_binds_no_key(cluster: ClusterBench) -> None:
    cluster.make()
    async with opened(cluster) as engine:
        command = SetDutyTomorrow(organization="one")
        strange = Scene(engine).envelope(STEWARD, cast(c.Command, command), key="k")
        with pytest.raises(NewerSchema):
            await engine.submit(strange)
        receipt = await Scene(engine).sent(STEWARD, Scene(engine).registration("one"), key="k")
        assert not receipt.repeated


async def test_a_tick_that_leads_to_no_turn_is_not_waited_for_in_vain(
    cluster: ClusterBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.make()
    async with opened(cluster) as engine:
        scene = Scene(engine)
        await scene.staffed()
        await scene.incident()
        monkeypatch.setattr(engine._mirror, "is_stale", lambda _: False)
        began = monotonic()
        stale = asyncio.create_task(scene.sent(OWNER, c.Tick(number=7)))
        await asyncio.sleep(0.2)
        await scene.sent(STEWARD, scene.registration("one"))
        with pytest.raises(Unavailable):
            await stale
        assert monotonic() - began < 5


# Servers that go away


async def test_without_kafka_nothing_is_taken_and_the_key_stays_good(
    cluster: ClusterBench, broker_and_redis: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.make()
    async with opened(cluster) as engine:
        kept, given_up, before = (asks(engine, name) for name in ("kept", "given up", "before"))
        await engine.submit(before)
        page = engine.changes()
        broker_and_redis.broker.kill()
        try:
            with monkeypatch.context() as hurried:
                hurried.setattr(waiting, "PATIENCE_S", 1.0)
                for envelope in (kept, given_up, kept):
                    with pytest.raises(Unavailable):
                        await engine.submit(envelope)
            assert engine.changes() == page
        finally:
            await asyncio.to_thread(broker_and_redis.broker.start)
        receipt = await answer(engine, kept)
        assert receipt.turn.sequence == 3
        assert await engine.submit(kept) == Receipt(receipt.turn, repeated=True)
        assert await engine.submit(before) == Receipt(turns(engine)[1], repeated=True)
        assert commands_in(engine).count(kept.command_id) == 1
        assert given_up.command_id not in commands_in(engine), "refused, and yet carried out"


async def test_without_redis_nothing_is_taken_and_the_key_stays_good(
    cluster: ClusterBench, broker_and_redis: Servers
) -> None:
    cluster.make()
    async with opened(cluster) as engine:
        envelopes = [asks(engine, f"team-{n}") for n in range(3)]
        heard = engine.changes()
        engine.listen(heard.extend)
        await engine.submit(envelopes[0])
        broker_and_redis.redis.kill()
        try:
            for envelope in envelopes:
                with pytest.raises(Unavailable):
                    await engine.submit(envelope)
        finally:
            await asyncio.to_thread(broker_and_redis.redis.start)
        told = [await answer(engine, envelope) for envelope in envelopes]
        assert [one.repeated for one in told] == [True, False, False]
        assert [commands_in(engine).count(one.command_id) for one in envelopes] == [1, 1, 1]
        assert board(heard) == board(engine.changes())


# The board


async def test_the_reader_follows_a_board_that_is_built_anew(cluster: ClusterBench) -> None:
    cluster.make()
    async with opened(cluster) as engine:
        heard = engine.changes()
        engine.listen(heard.extend)
        envelopes = [asks(engine, f"team-{n}") for n in range(60)]
        building = asyncio.create_task(
            rebuild(cluster.layout, Divisions(cluster.path).tree, {WENZHOU}, lambda *_: None)
        )
        for envelope in envelopes[:30]:
            await engine.submit(envelope)
        await building
        told = await asyncio.gather(*map(engine.submit, envelopes))
        assert [one.repeated for one in told] == [True] * 30 + [False] * 30
        assert [one.sequence for one in heard] == list(range(1, 62))
    async with opened(cluster) as engine:
        assert board(engine.changes()) == board(heard)


async def test_who_falls_behind_the_stream_reads_the_page_again(cluster: ClusterBench) -> None:
    cluster.make()
    async with opened(cluster) as engine:
        heard = engine.changes()
        engine.listen(heard.extend)
        cluster.workers["project"].signal(SIGSTOP)
        envelopes = [asks(engine, f"team-{n}") for n in range(TOO_MANY)]
        asking = [asyncio.create_task(engine.submit(envelope)) for envelope in envelopes]
        await until(lambda: len(acknowledged(engine)) == TOO_MANY)
        cluster.workers["project"].signal(SIGCONT)
        shorten(cluster.layout, TOO_MANY + 1)  # this whole process stands still meanwhile
        told = await asyncio.gather(*asking)
        assert [one.turn.command_id for one in told] == [one.command_id for one in envelopes]
        assert not any(one.repeated for one in told)
        numbers = [one.sequence for one in heard]
        assert numbers == sorted(set(numbers))
        assert (numbers[-1], len(numbers) < TOO_MANY) == (TOO_MANY + 1, True)
        assert board(heard) == board(engine.changes())
    async with opened(cluster) as engine:
        assert board(heard) == board(engine.changes())


# The birth of a log


def test_a_log_is_opened_once_however_often_it_is_asked_for(cluster: ClusterBench) -> None:
    assert cluster.make() == cluster.make()
    with pytest.raises(FolderUnfit, match="in this folder already"):
        cluster.make(purpose=Purpose.HISTORY)


def test_a_cluster_holds_logs_of_one_purpose(cluster: ClusterBench) -> None:
    cluster.make()
    with pytest.raises(FolderUnfit, match="purpose"):
        cluster.make(HANGZHOU, Purpose.OPERATIONS, TimeSource.LIVE)


async def test_an_area_may_get_its_log_while_others_are_served(
    cluster: ClusterBench, tmp_path: Path
) -> None:
    cluster.make()
    async with another(cluster, tmp_path / "other") as engine:
        scene = Scene(engine, HANGZHOU)
        with pytest.raises(NotYet):
            await scene.sent(STEWARD, scene.registration("one"))
        await asyncio.to_thread(cluster.make, HANGZHOU)
        await until(lambda: len(engine.changes()) == 2)
        receipt = await scene.sent(STEWARD, scene.registration("one"))
        assert receipt.turn.sequence == 2
        first = turns(engine, HANGZHOU)[0]
        assert (opening(first).area, first.at) == (HANGZHOU, START)


# Help


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110  # nobody tells of what is waited for
            await asyncio.sleep(0.01)


def acknowledged(engine: Cluster) -> list[int]:
    """Where the commands stand that are on their way."""
    return [flight.ack for flight in engine._flights if flight.ack is not None]


def stream_of(layout: Layout) -> str:
    return f"{layout.prefix}{{{WENZHOU}}}:1:stream"


def shorten(layout: Layout, until: int) -> None:
    """Wait for a turn to be in the stream, and leave nothing else in it."""
    with redis.Redis.from_url(layout.redis) as store:
        while store.xrevrange(stream_of(layout), count=1)[0][0] != b"%d-0" % until:
            sleep(0.01)
        store.xtrim(stream_of(layout), maxlen=1, approximate=False)
