"""Reach: 12,000 offers by SMS and robots that throttle; and what the messenger costs the server."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

import apsw

from api.history import HISTORY
from api.people import Addresses, Persons, Whose
from api.reach import NOTICES, SETUPS, Setups
from api.safe import Vault
from schemas.values import OrganizationId
from schemas.views import OrganizationRow, Put
from streams.engines.embedded import Embedded
from tests.bench import stage, thread
from tests.bench.load import Client, percentile
from tests.reach.gateway import Gateway, running, settings_for

SEED: Final = 12
OFFERS: Final = int(os.environ.get("SHOUWANG_BENCH_OFFERS", "12000"))
ORGANIZATIONS: Final = 3_000  # of which some have a group's robot instead of a telephone
ROBOTS: Final = {"dingtalk_robot": 150, "wecom_robot": 150}
URGENT: Final = 0.05  # share of priority 1; the others are of priority 2
CLIENTS: Final = 4
POSTS_A_SECOND: Final = 60.0
POST_MOST_S: Final = 400.0
QUIET_S: Final = 90.0  # for what waits after the last post
ROUNDS: Final = 3
PATHS: Final = {
    "dingtalk_robot": "/robot/send?access_token=",
    "wecom_robot": "/cgi-bin/webhook/send?key=",
}


class Seen(NamedTuple):
    """What a run has shown."""

    offers: int
    states: Counter[str]
    urgent_ms: list[int]
    twice: int
    forgotten: int
    messages: int
    rss_mb: list[float]
    seconds: float


def run() -> dict[str, Any]:
    """The hour, as fast as the throttles and the machine let it pass; then turns a second."""
    with tempfile.TemporaryDirectory() as folder:
        gateway_port = stage.free_port()
        at, robots = _built(Path(folder) / "data", gateway_port)
        seen = asyncio.run(_hour(at, robots, gateway_port))
        print(f"{seen.offers} offers, {seen.messages} messages in {seen.seconds:.0f} s:")
        print(f"{seen.twice} twice, {seen.forgotten} forgotten, {dict(seen.states)}")
        ratio = _beside(at, robots, gateway_port)
    third = max(1, len(seen.rss_mb) // 3)
    return {
        "seed": SEED,
        "organizations": ORGANIZATIONS,
        "robots": sum(ROBOTS.values()),
        "offers": seen.offers,
        "seconds": round(seen.seconds),
        "notices": dict(seen.states),
        "messages": seen.messages,
        "twice": seen.twice,
        "forgotten": seen.forgotten,
        "p1_handed": len(seen.urgent_ms),
        "p1_handed_p50_ms": percentile([*map(float, seen.urgent_ms)], 0.5),
        "p1_handed_p99_ms": percentile([*map(float, seen.urgent_ms)], 0.99),
        "rss_first_third_mb": round(statistics.median(seen.rss_mb[:third])),
        "rss_last_third_mb": round(statistics.median(seen.rss_mb[-third:])),
        **ratio,
    }


# The folder


def _built(data: Path, gateway_port: int) -> tuple[stage.Stage, dict[str, str]]:
    """Everybody can be reached by one channel; the tokens of robots by their address."""
    at = asyncio.run(stage.build(data, ORGANIZATIONS, 0, SEED))
    organizations = asyncio.run(_registered(data))
    kinds = [kind for kind, count in ROBOTS.items() for _ in range(count)]
    kinds += ["sms"] * (len(organizations) - len(kinds))
    Random(SEED).shuffle(kinds)
    robots: dict[str, str] = {}
    with closing(Vault(data / "keys.db")) as vault:
        _set_up(data, vault, f"127.0.0.1:{gateway_port}")
        persons, addresses = Persons(data / "people.db"), Addresses(data / "people.db", vault)
        for number, (organization, kind) in enumerate(zip(organizations, kinds, strict=True)):
            whose, telephone, token = Whose(organization, None), f"139{number:08d}", f"{number:08x}"
            if kind == "sms":
                person = persons.add("甲", telephone, organization=organization, order=1)
                id = addresses.add("sms", telephone, whose, person=person)
            else:
                hook = f"http://127.0.0.1:{gateway_port}{PATHS[kind]}{token}"
                id = addresses.add(kind, hook, whose)
                robots[id] = token
            addresses.vouch(id, "-", by="steward")
            addresses.consent(id, ["ask"], by="steward")
        persons.close()
        addresses.close()
    return at, robots


async def _registered(data: Path) -> list[OrganizationId]:
    engine = Embedded.open(data)
    rows = [each.row for area in engine.changes() for each in area.changes if isinstance(each, Put)]
    await engine.close()
    return [row.id for row in rows if isinstance(row, OrganizationRow)]


def _set_up(data: Path, vault: Vault, place: str) -> None:
    setups = Setups(data / SETUPS, vault)
    for kind in ("aliyun_sms", *ROBOTS):
        setups.add(kind, kind, settings_for(kind, f"http://{place}"), (place,))
    setups.close()


@contextmanager
def _serving(data: Path, messages: bool) -> Iterator[tuple[int, int]]:
    """The whole product, with messages or without: its port, and the id of its process."""
    port = stage.free_port()
    command = [
        *(sys.executable, "-m", "api.cli", "serve"),
        "--data",
        str(data),
        "--port",
        str(port),
    ]
    told = os.environ | {"SHOUWANG_MESSAGES": str(messages).lower()}
    process = subprocess.Popen(command, env=told, stdout=subprocess.DEVNULL)
    try:
        stage.wait_until_ready(f"http://127.0.0.1:{port}/health/ready", process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


# The hour


async def _hour(at: stage.Stage, robots: dict[str, str], gateway_port: int) -> Seen:
    """Posts until so many offers are out; then until nothing waits, or nothing moves."""
    gateway, rss = Gateway(), [0.0]
    gateway.accounts.robots.update(dict.fromkeys(robots.values(), ""))
    started = time.perf_counter()
    async with running(gateway, gateway_port):
        with _serving(at.data, messages=True) as (port, server):
            await asyncio.sleep(2)
            watching = asyncio.ensure_future(_watch(server, rss))
            await _load(at, port)
            await _calm(at.data)
            watching.cancel()
            seconds = time.perf_counter() - started
            await asyncio.sleep(1)
    return _seen(at.data, gateway, robots, rss[1:], seconds)


async def _load(at: stage.Stage, port: int) -> None:
    random, done = Random(SEED), asyncio.Event()

    async def post(number: int) -> None:
        client = await Client(number, at.desk).open(port)
        while not done.is_set():
            started = time.perf_counter()
            priority = 1 if random.random() < URGENT else 2
            body = thread.demand(at, random, priority)
            body["lines"][0]["target"] = 4
            status, answer = await client.post("/demands", body)
            assert status == 201, answer
            spent = time.perf_counter() - started
            await asyncio.sleep(max(0.0, CLIENTS / POSTS_A_SECOND - spent))
        await client.close()

    clients = [asyncio.create_task(post(number)) for number in range(CLIENTS)]
    end = time.perf_counter() + POST_MOST_S
    while (  # noqa: ASYNC110  # a file has no event
        _count(at.data / HISTORY, "offers") < OFFERS and time.perf_counter() < end
    ):
        await asyncio.sleep(1)
    done.set()
    await asyncio.gather(*clients)


async def _calm(data: Path) -> None:
    waiting = "notices WHERE state IN ('queued', 'sending', 'unknown')"
    for _ in range(round(QUIET_S)):
        if not _count(data / NOTICES, waiting):
            return
        await asyncio.sleep(1)


def _count(path: Path, what: str) -> int:
    return int(_rows(path, f"SELECT count(*) FROM {what}")[0][0])


def _rows(path: Path, asked: str) -> list[Any]:
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as file:
        file.set_busy_timeout(5_000)
        return file.execute(asked).fetchall()


async def _watch(server: int, rss: list[float]) -> None:
    """The resident memory of the server's child, every second, in megabytes."""
    while True:
        rss += _memory(server)
        await asyncio.sleep(1)


def _memory(server: int) -> list[float]:
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    told = (Path(f"/proc/{child}/status").read_text().split() for child in children)
    return [int(fields[fields.index("VmRSS:") + 1]) / 1e3 for fields in told]


def _seen(
    data: Path, gateway: Gateway, robots: dict[str, str], rss: list[float], seconds: float
) -> Seen:
    notices = _rows(
        data / NOTICES, "SELECT offer, address, priority, state, why, handed_at, id FROM notices"
    )
    offers = dict(_rows(data / HISTORY, "SELECT id, sent_at FROM offers"))
    awaited = _rows(data / HISTORY, "SELECT id FROM offers WHERE state = 'sent'")
    told = {offer for offer, _, _, state, why, *_ in notices if state == "handed" or why == "limit"}
    telephones = Counter(one.id for one in gateway.taken if one.service == "aliyun")
    twice = sum(count - 1 for count in telephones.values())
    planned = Counter(robots[address] for _, address, *_ in notices if address in robots)
    plain = Counter(
        one.to for one in gateway.taken if one.service in ROBOTS and "(重发)" not in one.text
    )
    twice += sum(max(0, count - planned[token]) for token, count in plain.items())
    urgent = [at - offers[offer] for offer, _, priority, _, _, at, _ in notices
              if priority == 1 and at]  # fmt: skip
    return Seen(
        offers=len(offers),
        states=Counter(f"{state} {why}".strip() for _, _, _, state, why, *_ in notices),
        urgent_ms=urgent,
        twice=twice,
        forgotten=sum(offer not in told for (offer,) in awaited),
        messages=len(gateway.taken),
        rss_mb=rss or [0.0],
        seconds=seconds,
    )


# Turns a second


def _beside(at: stage.Stage, robots: dict[str, str], gateway_port: int) -> dict[str, Any]:
    """Whole threads through HTTP with the messenger and without, one after the other."""
    rates: dict[bool, list[float]] = {True: [], False: []}
    ready = threading.Event()
    providers = threading.Thread(
        target=asyncio.run, args=(_provide(robots, gateway_port, ready),), daemon=True
    )
    providers.start()
    ready.wait()
    for number in range(ROUNDS):
        for messages in (True, False):
            with _serving(at.data, messages) as (port, _):
                time.sleep(4)  # until the messenger has read what is open
                rates[messages].append(thread.rate(at, port, 16, number))
                print(f"messages {messages}: {rates[messages][-1]:.0f} turns/s")
    ratios = [on / off for on, off in zip(rates[True], rates[False], strict=True)]
    return {
        "turns_with": round(statistics.median(rates[True])),
        "turns_without": round(statistics.median(rates[False])),
        "ratio": round(statistics.median(ratios), 3),
    }


async def _provide(robots: dict[str, str], port: int, ready: threading.Event) -> None:
    """The providers, until the process ends."""
    gateway = Gateway()
    gateway.accounts.robots.update(dict.fromkeys(robots.values(), ""))
    async with running(gateway, port):
        ready.set()
        await asyncio.Event().wait()
