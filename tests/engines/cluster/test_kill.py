"""Every part of a cluster struck under load: what was acknowledged is there, once, and goes on."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import median
from time import monotonic
from typing import Final, cast

import pytest

from deploy.servers.processes import Process
from schemas.turns import Envelope
from schemas.values import Purpose, TimeSource
from schemas.wire import decode_turn, encode
from streams.area import Area
from streams.board import everything
from streams.engines import Engine, Receipt
from streams.engines.cluster.board import Board
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.replay import Replay
from streams.engines.logs import create
from streams.turning import fold
from tests.engines.given import DIVISIONS, STEWARD, WENZHOU, Scene, divisions, verdict
from tests.engines.remote import ROOT, Gone, Journal, Remote
from tests.engines.test_kill import TEAMS, Client
from tests.servers import Servers

CLIENTS: Final = 8
ANSWERS_BETWEEN: Final = 30  # at least, between two strikes
VICTIMS: Final = ("decider", "projector", "api", "broker", "redis")
SIGNALS: Final = (signal.SIGKILL, signal.SIGTERM)
AGAIN_S: Final = 0.1  # what a client waits before it sends the same key again


class Stubborn:
    """Sends a command again under the same key until it is answered, or its server has gone."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    async def submit(self, envelope: Envelope) -> Receipt:
        while True:
            try:
                return await self._remote.submit(envelope)
            except Gone as gone:
                if not gone.args:
                    raise
                await asyncio.sleep(AGAIN_S)


@dataclass
class Survey:
    """How often each part was struck, and how long nobody was answered afterwards, seconds."""

    pauses: dict[str, list[float]] = field(default_factory=dict)

    @property
    def strikes(self) -> int:
        return sum(map(len, self.pauses.values()))

    def __str__(self) -> str:
        return "\n".join(
            f"  {name:<20} {len(pauses):>3} strikes, pause median {median(pauses):.2f} s, "
            f"longest {max(pauses):.2f} s"
            for name, pauses in self.pauses.items()
        )


class Ground:
    """The parts of one cluster, each struck and started again by its name."""

    def __init__(self, home: Path, servers: Servers) -> None:
        self.home = home
        self.journal = Journal()
        self._servers = servers
        self._workers = {name: Process(home, name) for name in ("decider", "projector")}
        self.remote: Remote | None = None

    async def begin(self) -> Remote:
        for name in self._workers:
            self._start(name)
        birth = (Purpose.OPERATIONS, TimeSource.LIVE, STEWARD)
        await asyncio.to_thread(create, self.home, WENZHOU, DIVISIONS, *birth)
        return await self.connect()

    async def connect(self) -> Remote:
        self.remote = await Remote.start(self.home, self.journal)
        return self.remote

    async def strike(self, victim: str, number: signal.Signals) -> None:
        """End one part, and start it again at once."""
        if victim == "api":
            assert self.remote is not None
            self.remote.process.send_signal(number)
            await self.remote.ended()
            await self.connect()
        elif victim in self._workers:
            await asyncio.to_thread(self._restart, victim, number)
        else:
            server = self._servers.broker if victim == "broker" else self._servers.redis
            end = server.kill if number is signal.SIGKILL else server.stop
            await asyncio.to_thread(_in_turn, end, server.start)

    async def end(self) -> None:
        if self.remote is not None:
            await self.remote.kill()
        for worker in self._workers.values():
            worker.kill()

    def _restart(self, name: str, number: signal.Signals) -> None:
        assert self._workers[name].running(), f"the {name} had ended by itself"
        _in_turn(self._workers[name].kill if number is signal.SIGKILL else self._workers[name].stop)
        self._start(name)

    def _start(self, name: str) -> None:
        role = "decide" if name == "decider" else "project"
        command = [sys.executable, "-m", "api.cli", role, "--data", str(self.home)]
        self._workers[name].start([*command, "--worker", name], {"PYTHONPATH": str(ROOT)})


def _in_turn(*steps: Callable[[], None]) -> None:
    for step in steps:
        step()


@pytest.mark.parametrize("seed", [5])
async def test_a_struck_cluster_keeps_its_word(
    home: Path,
    layout: Layout,
    broker_and_redis: Servers,
    prove: bool,
    seed: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    random, survey = Random(seed), Survey()
    rounds = 50 if prove else 5
    ground = Ground(home, broker_and_redis)
    try:
        scene = Scene(cast(Engine, Stubborn(await ground.begin())), purpose=Purpose.OPERATIONS)
        await scene.staffed()
        for number in range(TEAMS):
            await scene.organization(f"team-{number}", units=500, township=number % 8)
        incident = await scene.incident()
        for _ in range(rounds):
            strikes = [(victim, number) for victim in VICTIMS for number in SIGNALS]
            random.shuffle(strikes)
            for victim, number in strikes:
                clients = [Client(scene, incident, Random(random.random())) for _ in range(CLIENTS)]
                await struck(ground, scene, clients, survey, victim, number, random)
        await everything_is_answered(ground)
        said = len(ground.journal.told)
        await the_log_holds_it(layout, ground.journal)
        await the_board_is_the_log(layout)
    finally:
        await ground.end()
    with capsys.disabled():
        told = f"{survey.strikes} strikes, {said} acknowledged, 0 lost, 0 doubled, 0 gaps"
        sys.stdout.write(f"\n{told}\n{survey}\n")
    assert survey.strikes == rounds * len(VICTIMS) * len(SIGNALS)
    assert said >= survey.strikes * ANSWERS_BETWEEN


async def struck(
    ground: Ground,
    scene: Scene,
    clients: list[Client],
    survey: Survey,
    victim: str,
    number: signal.Signals,
    random: Random,
) -> None:
    """Load, one strike at any moment, and load until answers have come again."""
    assert ground.remote is not None
    scene.engine = cast(Engine, Stubborn(ground.remote))
    running = [asyncio.create_task(client.run()) for client in clients]
    await ground.remote.answers(ANSWERS_BETWEEN + random.randrange(30))
    begun = monotonic()
    await ground.strike(victim, number)
    if victim == "api":  # its clients have gone with it
        await asyncio.gather(*running)
        await everything_is_answered(ground)
        scene.engine = cast(Engine, Stubborn(ground.remote))
        running = [asyncio.create_task(client.run()) for client in clients]
    await ground.remote.answers(CLIENTS)
    times = [begun, *(at for at in ground.remote.answered_at if at > begun)]
    pause = max(later - earlier for earlier, later in pairwise(times))
    survey.pauses.setdefault(f"{victim} {number.name}", []).append(pause)
    for client in running:
        client.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def everything_is_answered(ground: Ground) -> None:
    """Whoever got no answer asks again under the same key."""
    assert ground.remote is not None
    stubborn = Stubborn(ground.remote)
    await asyncio.gather(*map(stubborn.submit, list(ground.journal.open.values())))
    assert not ground.journal.open


async def the_log_holds_it(layout: Layout, journal: Journal) -> None:
    log = await asyncio.to_thread(turns_of, layout)
    count = Counter(decode_turn(record).command_id for record in log)
    assert max(count.values()) == 1, "a command has two turns"
    there = set(log)
    lost = [turn for turn in journal.told.values() if turn not in there]
    assert not lost, f"{len(lost)} of {len(journal.told)} acknowledged turns are lost"
    found = verdict(log)
    assert found.sound, found


async def the_board_is_the_log(layout: Layout) -> None:
    """What the strikes have left of the board, and what its making anew would give."""
    board = Board(layout)
    position, rows = await board.rows(WENZHOU)
    await board.close()
    log = await asyncio.to_thread(turns_of, layout)
    area = Area(WENZHOU, divisions())
    for record in log[: position.sequence]:  # the owner goes on with its ticks meanwhile
        fold(area, record)
    assert (position.sequence, position.digest) == (area.sequence, area.previous)
    assert sorted(rows) == sorted(encode(put) for put in everything(area))


def turns_of(layout: Layout) -> list[bytes]:
    with closing(Replay(layout)) as replay:
        return list(replay.read(WENZHOU))
