"""Given logs to move, a cluster for them, and somebody who works there."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from api.people import People
from api.safe import Vault
from deploy.servers.processes import Process
from schemas import commands as c
from schemas.ids import command_id
from schemas.registry_facts import LogArrived, LogMoved
from schemas.turns import REGISTRY, Envelope
from schemas.values import (
    AccountId,
    AreaId,
    DivisionCode,
    IncidentId,
    Purpose,
    Role,
    Sealed,
    TimeSource,
)
from schemas.wire import decode_turn, encode
from streams.engines import Engine, Moved, Receipt, Unavailable
from streams.engines.cluster.engine import Cluster
from streams.engines.cluster.layout import is_cluster
from streams.engines.embedded import Embedded
from streams.engines.feeding import play
from streams.engines.logs import open_reader
from streams.engines.move import Summary
from tests.engines.cluster.command_files import randomly
from tests.engines.cluster.conftest import ELSEWHERE, ON_ONE_PARTITION, housed, made
from tests.engines.given import (
    DIVISIONS,
    HANGZHOU,
    STEWARD,
    WENZHOU,
    EmbeddedBench,
    Scene,
    opened,
    state_of,
    verdict,
)
from tests.servers import Servers

AREAS = (HANGZHOU, WENZHOU)
PATIENCE_S = 60.0
PERSON, SECRET = "张三", "三楼,腿脚不便"
Logs = dict[AreaId, list[bytes]]


def untold(*_: object) -> None:
    """Nobody looks at the progress."""


def logs_in(folder: Path) -> Logs:
    with closing(open_reader(folder)) as reader:
        return {area: list(reader.read(area)) for area in reader.areas()}


# Where logs are


def given_logs(path: Path, steps: int = 40, areas: Sequence[AreaId] = AREAS) -> Path:
    """A data folder whose logs are on given time, as random play makes them."""
    file = path.with_suffix(".ndjson")
    lines = [encode(envelope) + b"\n" for envelope in randomly(4, areas, steps)]
    file.write_bytes(b"".join(lines))
    play(path, file, DIVISIONS, 64, untold)
    return path


def live_logs(path: Path) -> Path:
    """A data folder of live logs, each with somebody who has been asked."""

    async def asked() -> None:
        bench = EmbeddedBench(path)
        for area in AREAS:
            bench.make(area, Purpose.EXERCISE, TimeSource.LIVE)
        async with opened(bench) as engine:
            for area in AREAS:
                scene = Scene(engine, area)
                await scene.staffed()
                await scene.organization("near")
                await scene.send("desk", scene.demand(await scene.incident()))

    asyncio.run(asked())
    return path


def peopled(folder: Path) -> Sealed:
    """Give a folder its people and keys; gives what is sealed under one of these."""
    with closing(People(folder / "people.db")) as people:
        people.make_account(PERSON, WENZHOU, STEWARD)
    with closing(Vault(folder / "keys.db")) as vault:
        return vault.seal(IncidentId("incident"), "note", SECRET)


def peopled_logs(path: Path) -> Path:
    """A data folder with two logs, people and keys."""
    peopled(given_logs(path))
    return path


def cluster_home(servers: Servers, path: Path, areas: Sequence[AreaId] = ON_ONE_PARTITION) -> Path:
    """A cluster's folder: these areas on one partition, one on another."""
    table = {**dict.fromkeys(areas, 0), ELSEWHERE: 1}
    folder = housed(made(servers, table, partitions=2), path)
    shutil.rmtree(folder / "divisions")  # they come with the logs
    return folder


# Who works there


@contextmanager
def working(home: Path, *names: str) -> Iterator[None]:
    """Workers of a cluster, for as long as they are wanted."""
    workers = [Process(home / "processes", name) for name in names]
    try:
        for worker in workers:
            command = [sys.executable, "-m", "api.cli", worker.name, "--data", str(home)]
            here = {"PYTHONPATH": str(Path(__file__).parents[2])}
            worker.start([*command, "--worker", ""], here)
        yield
    finally:
        for worker in workers:
            worker.kill()


def grant(area: AreaId, key: str, at: int) -> Envelope:
    """A command that every log takes: one more desk."""
    return Envelope(
        area=area,
        operation=REGISTRY,
        mode=None,
        actor=STEWARD,
        command_id=command_id(area, REGISTRY, STEWARD, key),
        command=c.GrantRole(account=AccountId(key), role=Role.DESK, division=DivisionCode(area)),
        at=at,
    )


def sent(folder: Path, *envelopes: Envelope) -> list[Receipt]:
    """The answers of the folder's engine; of workers that are still starting, in the end."""

    async def answers() -> list[Receipt]:
        engine = await Cluster.open(folder) if is_cluster(folder) else Embedded.open(folder)
        try:
            return [await answer(engine, envelope) for envelope in envelopes]
        finally:
            await engine.close()

    return asyncio.run(answers())


async def answer(engine: Engine, envelope: Envelope) -> Receipt:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return await engine.submit(envelope)
        except (Unavailable, LookupError) as problem:
            if isinstance(problem, Moved) or time.monotonic() > until:
                raise
            await asyncio.sleep(0.1)


def goes_on(folder: Path, key: str) -> None:
    """Commands are taken, behind the last turn and never before its time."""
    before = logs_in(folder)
    last = {area: decode_turn(turns[-1]) for area, turns in before.items()}
    receipts = sent(folder, *(grant(area, key, last[area].at) for area in AREAS))
    for receipt in receipts:
        turn, end = receipt.turn, last[receipt.turn.area]
        assert (receipt.repeated, turn.refusal) == (False, None)
        assert turn.sequence == end.sequence + 1
        assert turn.at >= end.at
    again = [grant(area, key, last[area].at) for area in AREAS]
    assert [one.repeated for one in sent(folder, *again)] == [True] * len(AREAS)


def assert_moved(summary: Summary, before: Logs, after: Logs) -> None:
    """Every turn is there, behind them the log's end and its arrival, and all of it is sound."""
    assert [log.area for log in summary.logs] == sorted(before)
    assert after.keys() == before.keys()
    for log in summary.logs:
        turns, end = after[log.area], len(before[log.area])
        assert turns[:end] == before[log.area]
        ended, arrived = (decode_turn(stored) for stored in turns[end:])
        for turn, kind in ((ended, LogMoved), (arrived, LogArrived)):
            (fact,) = turn.facts
            assert fact == kind(area=log.area, medium=summary.medium, at=turn.at)
            assert turn.at >= decode_turn(turns[end - 1]).at
        assert log.turns == ended.sequence == end + 1
        assert log.before == log.after == state_of(turns[: end + 1], log.area)
        assert verdict(turns, log.area).sound
