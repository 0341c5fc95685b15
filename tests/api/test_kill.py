"""The whole server killed under load: what a client was told is still so, and only once."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from subprocess import DEVNULL, Popen
from typing import Any

import pytest

from geo.divisions import DivisionTree
from streams.area import Area
from streams.engines.log_file import Reader
from streams.verify import verify
from tests.bench import stage
from tests.bench.load import Client
from tests.bench.thread import demand

CLIENTS = 8
ACKNOWLEDGED_LEAST = 200  # between two kills
SEED = 11


@dataclass
class Journal:
    """What the clients remember, outside the server: bodies sent and ids answered, by key."""

    sent: dict[str, Any] = field(default_factory=dict)
    answered: dict[str, str] = field(default_factory=dict)


def started(data: Path, port: int) -> Popen[bytes]:
    script = str(Path(sys.executable).with_name("shouwang"))
    command = [script, "serve", "--data", str(data), "--port", str(port)]
    many = {**os.environ, "SHOUWANG_QUOTAS": "0"}  # one account posts for a whole county
    process = Popen(command, stdout=DEVNULL, stderr=DEVNULL, env=many)
    stage.wait_until_ready(f"http://127.0.0.1:{port}/health/ready", process)
    return process


async def load(at: stage.Stage, port: int, journal: Journal, number: int, random: Random) -> None:
    """Post until the server is gone; an answer that never came leaves its key unanswered."""
    client = await Client(number, at.desk).open(port)
    while True:
        key, body = f"c{number}-{len(journal.sent)}", demand(at, random, priority=2)
        journal.sent[key] = body
        try:
            status, answer = await client.post("/demands", body, key=key)
        except (asyncio.IncompleteReadError, ConnectionError):
            await client.close()
            return
        assert status == 201, answer
        journal.answered[key] = answer["id"]


async def load_and_kill(
    at: stage.Stage, port: int, server: Popen[bytes], journal: Journal, random: Random
) -> None:
    enough = len(journal.answered) + ACKNOWLEDGED_LEAST
    clients = [
        asyncio.create_task(load(at, port, journal, number, random)) for number in range(CLIENTS)
    ]
    while len(journal.answered) < enough:  # noqa: ASYNC110  # the journal has no event
        await asyncio.sleep(0.01)
    await asyncio.sleep(random.uniform(0, 0.2))
    server.kill()
    server.wait()
    await asyncio.gather(*clients)


async def send_all_again(at: stage.Stage, port: int, journal: Journal) -> int:
    """Every key once more. Gives how many were acknowledged, yet are no repeats: the lost."""
    client, lost = await Client(0, at.desk).open(port), 0
    for key, body in journal.sent.items():
        status, answer = await client.post("/demands", body, key=key)
        assert status == 201, answer
        lost += key in journal.answered and not answer["repeated"]
        assert journal.answered.setdefault(key, answer["id"]) == answer["id"]
    await client.close()
    return lost


def published(data: Path) -> int:
    """How many demands the log holds, once it is verified."""
    reader = Reader(data / "log.db")
    records = list(reader.read(stage.AREA))
    reader.close()
    assert verify(Area(stage.AREA, DivisionTree.load(stage.DIVISIONS)), records).sound
    return sum(b'"type":"DemandPublished.1"' in record for record in records)


def test_a_killed_server_has_kept_its_word(
    tmp_path: Path, prove: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Given kills under load, then every acknowledged post is there, and every key just once."""
    kills, random, journal = 20 if prove else 3, Random(SEED), Journal()
    at = asyncio.run(stage.build(tmp_path / "data", 300, 0, SEED))
    port = stage.free_port()
    for _ in range(kills):
        server = started(at.data, port)
        asyncio.run(load_and_kill(at, port, server, journal, random))
    acknowledged = len(journal.answered)
    server = started(at.data, port)
    try:
        lost = asyncio.run(send_all_again(at, port, journal))
    finally:
        server.terminate()
        server.wait(20)
    doubled = published(at.data) - len(journal.sent)
    with capsys.disabled():
        told = f"{kills} kills, {acknowledged} acknowledged, {lost} lost, {doubled} doubled"
        sys.stdout.write(f"\nthe whole server: {told}\n")
    assert (lost, doubled) == (0, 0)
    assert acknowledged >= kills * ACKNOWLEDGED_LEAST
