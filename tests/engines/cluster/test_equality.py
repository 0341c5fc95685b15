"""The same commands give the same turns on both engines, to the byte, whatever the workers do."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from aiokafka import AIOKafkaProducer
from kafka import KafkaAdminClient

from api.drill.history import DIVISIONS as DIVISIONS_FILE
from deploy.servers.processes import Process
from schemas.commands import (
    AskByHand,
    CorrectStep,
    MergeOrganizations,
    Resume,
    TakeStandby,
    Tick,
    UndoStep,
)
from schemas.turns import Envelope
from schemas.values import AreaId
from schemas.wire import decode_turn, encode
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.records import command_key
from streams.engines.cluster.replay import Replay
from streams.engines.command_file import lines_of, read
from streams.engines.feeding import play
from streams.engines.folder import LOG
from streams.engines.log_file import Reader
from streams.turning import envelope_of
from tests.engines.cluster import command_files
from tests.engines.cluster.conftest import ELSEWHERE, ON_ONE_PARTITION, housed, made
from tests.engines.given import DIVISIONS, state_of
from tests.servers import Servers

AREAS: Final = (*ON_ONE_PARTITION, ELSEWHERE)
EVERY: Final = 50  # commands between two changes of who decides
PATIENCE_S: Final = 120.0
MOST_KINDS: Final = 40  # of commands, which are some fifty

Logs = dict[AreaId, list[bytes]]


def on_file(folder: Path, envelopes: Sequence[Envelope], divisions: Path = DIVISIONS) -> Logs:
    """What the embedded engine makes of a command file."""
    file = folder.with_suffix(".ndjson")
    file.write_bytes(b"".join(encode(envelope) + b"\n" for envelope in envelopes))
    play(folder, file, divisions, 64, lambda _: None)
    with closing(Reader(folder / LOG)) as reader:
        return {area: list(reader.read(area)) for area in reader.areas()}


async def write(layout: Layout, envelopes: Sequence[Envelope]) -> None:
    """Put commands on their topic, in order."""
    producer = AIOKafkaProducer(bootstrap_servers=layout.brokers, enable_idempotence=True)
    async with producer:
        sent = []
        for envelope in envelopes:
            key, value = command_key(envelope)
            place = layout.partition(envelope.area)
            sent.append(await producer.send(layout.commands, value, key=key, partition=place))
        await asyncio.gather(*sent)


@contextmanager
def decider(home: Path, name: str) -> Iterator[Process]:
    """A dynamic member that decides for as long as it is wanted."""
    shutil.rmtree(home / name, ignore_errors=True)
    process = Process(home / name, "decider")
    command = [sys.executable, "-m", "api.cli", "decide", "--data", str(home), "--worker", ""]
    process.start(command, {"PYTHONPATH": str(Path(__file__).parents[3])})
    try:
        yield process
    finally:
        process.stop()


async def until_ready(worker: Process) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while "caught up" not in worker.tail():
            assert worker.running(), worker.tail()
            await asyncio.sleep(0.1)


async def on_topics(layout: Layout, expected: Logs) -> Logs:
    """The turns on the topics, once there are as many as expected."""
    with closing(Replay(layout)) as replay:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                found = {area: list(replay.read(area)) for area in expected}
                if all(len(found[area]) >= len(turns) for area, turns in expected.items()):
                    return found
                await asyncio.sleep(0.2)


def assert_equal(found: Logs, expected: Logs) -> None:
    assert found.keys() == expected.keys()
    for area, turns in expected.items():
        unlike = (
            n for n, pair in enumerate(zip(found[area], turns, strict=True)) if len({*pair}) > 1
        )
        assert next(unlike, None) is None, f"area {area}: the first turn that differs"
        assert state_of(found[area], area) == state_of(turns, area)


async def both(home: Path, layout: Layout, envelopes: Sequence[Envelope], folder: Path) -> Logs:
    expected = await asyncio.to_thread(on_file, folder, envelopes)
    with decider(home, "only"):
        await write(layout, envelopes)
        found = await on_topics(layout, expected)
    assert_equal(found, expected)
    return expected


async def test_the_story_of_the_thread(home: Path, layout: Layout, tmp_path: Path) -> None:
    story = [one for one in command_files.scenario() if one.area in AREAS]
    log = await both(home, layout, on_given_time(story, tmp_path), tmp_path / "file")
    assert sum(map(len, log.values())) == len(story) > 50


def on_given_time(story: Sequence[Envelope], tmp_path: Path) -> list[Envelope]:
    """A live log's commands at the times that they were stamped with then."""
    lines = (command_files.GOLDEN / "thread.log.ndjson").read_bytes().splitlines()
    file = tmp_path / "story.ndjson"
    file.write_bytes(b"".join(lines_of(lines)))
    found = [envelope for _, envelope in read(file)]
    assert len(found) == len(story)
    return found


async def test_five_areas_on_a_partition_with_repeats_refusals_and_ticks(
    home: Path, layout: Layout, tmp_path: Path, prove: bool
) -> None:
    envelopes = command_files.randomly(42, AREAS, steps=400 if prove else 160)
    log = await both(home, layout, envelopes, tmp_path / "file")
    turns = [decode_turn(stored) for turns in log.values() for stored in turns]
    assert len(turns) < len(envelopes), "nothing was repeated"
    assert any(turn.refusal for turn in turns)
    done = {type(turn.command) for turn in turns if not turn.refusal}
    assert done > {Tick, Resume, AskByHand, TakeStandby, UndoStep, CorrectStep, MergeOrganizations}
    assert len(done) > MOST_KINDS
    assert any(b'"late":true' in stored for turns in log.values() for stored in turns)


async def test_a_surge(home: Path, layout: Layout, tmp_path: Path, prove: bool) -> None:
    log = await both(home, layout, command_files.surge(60 if prove else 20), tmp_path / "file")
    assert max(turn.count(b'"type":"OfferStoodDown.1"') for turn in log[AreaId("3303")]) > 100


async def test_workers_joining_and_leaving_every_fifty_commands(
    home: Path, layout: Layout, tmp_path: Path, prove: bool
) -> None:
    envelopes = command_files.randomly(43, AREAS, steps=300 if prove else 40)
    expected = await asyncio.to_thread(on_file, tmp_path / "file", envelopes)
    joined = 0
    with decider(home, "first") as first:
        await until_ready(first)
        for start in range(0, len(envelopes), 2 * EVERY):
            with decider(home, "second") as second:
                await write(layout, envelopes[start : start + EVERY])
                if start < 10 * EVERY or prove:  # being given a partition takes seconds
                    await until_ready(second)
                    joined += 1
            await write(layout, envelopes[start + EVERY : start + 2 * EVERY])
        found = await on_topics(layout, expected)
    assert joined >= 5
    assert_equal(found, expected)


async def test_the_last_hundred_commands_delivered_again(
    home: Path, layout: Layout, tmp_path: Path
) -> None:
    group = f"{layout.prefix}decider"
    envelopes = command_files.randomly(47, AREAS, steps=60)
    expected = await asyncio.to_thread(on_file, tmp_path / "file", envelopes)
    with decider(home, "first"):
        await write(layout, envelopes)
        await on_topics(layout, expected)
        await asyncio.to_thread(until_acknowledged, layout, group)
    await asyncio.to_thread(deliver_again, layout, group, 100)
    with decider(home, "second") as second:
        await until_ready(second)
        await write(layout, envelopes[-100:])
        more = await both_continue(home, layout, envelopes, tmp_path)
        found = await on_topics(layout, more)
    assert_equal(found, more)


async def both_continue(
    home: Path, layout: Layout, envelopes: Sequence[Envelope], tmp_path: Path
) -> Logs:
    """What follows the repeats: without it nobody could tell that they have been read."""
    further = command_files.further(envelopes, AREAS)
    await write(layout, further)
    line = [*envelopes, *envelopes[-100:], *further]
    return await asyncio.to_thread(on_file, tmp_path / "again", line)


def until_acknowledged(layout: Layout, group: str) -> None:
    until = monotonic() + PATIENCE_S
    with closing(KafkaAdminClient(bootstrap_servers=layout.brokers)) as admin:
        while len(admin.list_group_offsets([group])[group]) < layout.partitions:
            assert monotonic() < until, "nothing was acknowledged"
            sleep(0.2)


def deliver_again(layout: Layout, group: str, number: int) -> None:
    """Set the group back, as a worker does that ended before it had acknowledged."""
    with closing(KafkaAdminClient(bootstrap_servers=layout.brokers)) as admin:
        ends = admin.list_group_offsets([group])[group]
        earlier = {
            place: end._replace(offset=max(0, end.offset - number)) for place, end in ends.items()
        }
        until = monotonic() + PATIENCE_S
        while any(told.errno for told in admin.alter_group_offsets(group, earlier).values()):
            assert monotonic() < until, "the group still has a member"
            sleep(0.5)  # a member that has gone is counted until its session is over


# Real cases

PROFILE: Final = Path(__file__).parents[3] / "docs" / "profiles" / "danas.toml"


def drilled(cases: Path, folder: Path, limit: Sequence[str]) -> None:
    """Real cases of a typhoon, played over HTTP, with organizations that answer."""
    command = [sys.executable, "-m", "api.cli", "drill", "--history", str(cases)]
    flags = ["--profile", str(PROFILE), "--data", str(folder), *limit]
    subprocess.run([*command, *flags], check=True, capture_output=True)


async def test_the_real_cases_of_a_city(
    cases: Path, broker_and_redis: Servers, tmp_path: Path, prove: bool
) -> None:
    drill = tmp_path / "drill"
    await asyncio.to_thread(drilled, cases, drill, [] if prove else ["--limit", "200"])
    with closing(Reader(drill / LOG)) as reader:
        [area] = reader.areas()
        played = list(reader.read(area))
    layout = made(broker_and_redis, {area: 0}, partitions=1)
    home = housed(layout, tmp_path / "home", drill / DIVISIONS_FILE)
    with decider(home, "only"):
        await write(layout, [envelope_of(decode_turn(turn)) for turn in played])
        found = await on_topics(layout, {area: played})
    assert len(played) > 1_000
    assert found == {area: played}
