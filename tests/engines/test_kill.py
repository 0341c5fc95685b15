"""kill -9 at any moment: nothing acknowledged is lost, nothing is there twice, the log stands."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from random import Random
from typing import cast

import pytest

from schemas.commands import AcceptOffer, DeclineOffer
from schemas.facts import OfferSent
from schemas.values import DeclineReason, IncidentId, Purpose, TimeSource
from schemas.wire import decode_turn
from streams.engines import Engine
from streams.engines.folder import LOG
from streams.engines.log_file import Reader
from tests.engines.given import DESK, WENZHOU, EmbeddedBench, Scene, verdict
from tests.engines.remote import Gone, Journal, Remote

ACKNOWLEDGED_LEAST = 200
CLIENTS = 24
TEAMS = 40


class Client:
    """Publishes demands and answers its offers, without end, until the process is gone."""

    def __init__(self, scene: Scene, incident: IncidentId, random: Random) -> None:
        self.scene = scene
        self.incident = incident
        self.random = random

    async def run(self) -> None:
        try:
            while True:
                await self._demand()
        except Gone:
            return

    async def _demand(self) -> None:
        lines, priority = self.random.randint(1, 3), self.random.randint(1, 2)
        demand = self.scene.demand(self.incident, lines=lines, priority=priority)
        receipt = await self.scene.sent(DESK, demand)
        for fact in receipt.turn.facts:
            if isinstance(fact, OfferSent):
                await self._answer(fact)

    async def _answer(self, offer: OfferSent) -> None:
        command = AcceptOffer(offer=offer.offer, quantity=1, minutes=15)
        if self.random.random() < 0.6:
            decline = DeclineOffer(offer=offer.offer, reason=DeclineReason.TOO_FAR)
            await self.scene.sent(self.scene.names[offer.organization], decline)
        else:
            await self.scene.sent(self.scene.names[offer.organization], command)


class Survey:
    """What all the lives together have shown."""

    def __init__(self) -> None:
        self.kills = 0
        self.acknowledged = 0
        self.unanswered = 0
        self.durable_unanswered = 0

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.acknowledged} acknowledged, 0 lost, 0 doubled; "
            f"{self.unanswered} unanswered, of which {self.durable_unanswered} were durable"
        )


async def test_nothing_acknowledged_is_lost_or_doubled_by_kill_nine(
    folder: EmbeddedBench, prove: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.make(WENZHOU, Purpose.OPERATIONS, TimeSource.LIVE)
    journal, survey = Journal(), Survey()
    first = await Remote.start(folder.path, journal)
    scene = Scene(cast(Engine, first), purpose=Purpose.OPERATIONS)
    await scene.staffed()
    for number in range(TEAMS):
        await scene.organization(f"team-{number}", units=500, township=number % 8)
    incident = await scene.incident()
    assert await first.leave() == 0
    for life in range(20 if prove else 3):
        await live_and_die(folder, journal, survey, scene, incident, Random(life))
    last = await Remote.start(folder.path, journal)
    await ask_again(folder, last, journal, survey)
    assert await last.leave() == 0
    check(folder, journal)
    with capsys.disabled():
        sys.stderr.write(f"\n{survey}\n")
    assert survey.unanswered > 0, "no kill ever hit a command on its way"


async def live_and_die(
    folder: EmbeddedBench,
    journal: Journal,
    survey: Survey,
    scene: Scene,
    incident: IncidentId,
    random: Random,
) -> None:
    """One life: what was unanswered is asked again, then load, then the end at any moment."""
    remote = await Remote.start(folder.path, journal)
    scene.engine = cast(Engine, remote)
    await ask_again(folder, remote, journal, survey)
    clients = [Client(scene, incident, Random(random.random())) for _ in range(CLIENTS)]
    running = [asyncio.create_task(client.run()) for client in clients]
    await remote.answers(ACKNOWLEDGED_LEAST + random.randrange(100))
    await asyncio.sleep(random.random() / 50)
    await remote.kill()
    await asyncio.gather(*running)
    survey.kills += 1
    survey.acknowledged = len(journal.told)
    survey.unanswered += len(journal.open)
    check(folder, journal)


async def ask_again(
    folder: EmbeddedBench, remote: Remote, journal: Journal, survey: Survey
) -> None:
    """Whoever got no answer asks again under the same key, and is told what became of it."""
    there = {decode_turn(record).command_id for record in records(folder)}
    for envelope in list(journal.open.values()):
        receipt = await remote.submit(envelope)
        assert receipt.repeated == (envelope.command_id in there)
        survey.durable_unanswered += receipt.repeated
    assert not journal.open


def check(folder: EmbeddedBench, journal: Journal) -> None:
    """Every acknowledged turn is in the log, once, as acknowledged; the log is sound."""
    log = records(folder)
    count = Counter(decode_turn(record).command_id for record in log)
    assert max(count.values()) == 1, "a command has two turns"
    in_log = set(log)
    lost = [key for key, turn in journal.told.items() if turn not in in_log]
    assert not lost, f"{len(lost)} of {len(journal.told)} acknowledged turns are lost"
    found = verdict(log)
    assert found.sound, found


def records(folder: EmbeddedBench) -> list[bytes]:
    reader = Reader(folder.path / LOG)
    try:
        return list(reader.read(WENZHOU))
    finally:
        reader.close()
