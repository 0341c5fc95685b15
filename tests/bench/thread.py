"""The thread's figures: durable turns a second, and how soon an organization sees an offer."""

from __future__ import annotations

import asyncio
import statistics
import time
from random import Random
from typing import Any

import uvloop

from tests.bench import stage
from tests.bench.load import Client, closed_loop, percentile

SEED = 20_200_731
ORGANIZATIONS = 5_000
ROUNDS = 3
SECONDS = 4.0
CLIENTS = (1, 16, 64)
STREAMS = 1_000
RATES = ((50, 20.0), (400, 15.0))


def demand(at: stage.Stage, random: Random, priority: int) -> dict[str, Any]:
    """A demand's body like a desk's, at a random place of a random township."""
    code, lon, lat = random.choice(at.townships)
    return {
        "incident": at.incident,
        "kind": "drainage",
        "priority": priority,
        "place": {
            "crs": "WGS-84",
            "lon": round(lon + random.uniform(-0.02, 0.02), 6),
            "lat": round(lat + random.uniform(-0.02, 0.02), 6),
            "division": code,
        },
        "lines": [{"skill": random.choice(stage.SKILLS), "minimum": 1, "target": 1}],
        "risk_statement": "低洼处积水约一米,注意用电安全和暗流",
        "rally_point": "镇政府门口",
        "contact": "王 138 0000 0000",
    }


def turns() -> dict[str, Any]:
    """Whole threads (publish, decline, accept, done, confirm, close) by 1, 16 and 64 clients.

    Interleaved with the bare handler in the same run; medians of the rounds.
    """
    rates: dict[int, list[tuple[float, float]]] = {clients: [] for clients in CLIENTS}
    with stage.product(ORGANIZATIONS, 0, SEED) as (at, port), stage.bare() as bare_port:
        for round_number in range(ROUNDS):
            for clients in CLIENTS:
                ours = rate(at, port, clients, round_number)
                bare = _bare(at, bare_port, clients, round_number)
                rates[clients].append((ours, bare))
                print(f"{clients} clients: {ours:.0f} turns/s, bare handler {bare:.0f}/s")
    return {
        "organizations": ORGANIZATIONS,
        "seed": SEED,
        "rounds": ROUNDS,
        "seconds": SECONDS,
        "clients": {str(clients): _summary(found) for clients, found in rates.items()},
    }


def _summary(found: list[tuple[float, float]]) -> dict[str, float]:
    return {
        "turns_per_second": round(statistics.median(ours for ours, _ in found)),
        "bare_per_second": round(statistics.median(bare for _, bare in found)),
        "ratio": round(statistics.median(ours / bare for ours, bare in found), 3),
    }


def rate(at: stage.Stage, port: int, clients: int, round_number: int) -> float:
    """Turns per second by so many clients."""
    random = Random(SEED + round_number)

    async def script(client: Client, _number: int) -> int:
        return await whole_thread(client, demand(at, random, priority=2))

    turns_per_second, _ = closed_loop(port, clients, SECONDS, script, cookie=at.desk)
    return turns_per_second


def _bare(at: stage.Stage, port: int, clients: int, round_number: int) -> float:
    random = Random(SEED + round_number)

    async def script(client: Client, _number: int) -> int:
        status, _ = await client.post("/demands", demand(at, random, priority=2))
        assert status == 201
        return 1

    posts_per_second, _ = closed_loop(port, clients, SECONDS, script, prefix="")
    return posts_per_second


async def whole_thread(client: Client, body: dict[str, Any]) -> int:
    """One demand from its posting to its closing, the desk recording the answers; turns made."""
    status, posted = await client.post("/demands", body)
    assert status == 201, posted
    offers = [made["id"] for made in posted["made"] if made["fact"] == "OfferSent"]
    done = 1
    if len(offers) > 1:
        done += await _ok(client, f"/offers/{offers.pop(0)}/decline", {"reason": "no_crew"})
    if offers:
        status, accepted = await client.post(f"/offers/{offers[0]}/accept", {"quantity": 1})
        assert status == 200, accepted
        work = next(m["id"] for m in accepted["made"] if m["fact"] == "AssignmentCommitted")
        done += 1 + await _ok(client, f"/assignments/{work}/report-done", {})
        done += await _ok(client, f"/assignments/{work}/confirm", {"done": True})
    return done + await _ok(client, f"/demands/{posted['id']}/close", {"reason": "met"}, 1)


async def _ok(client: Client, path: str, body: Any, revision: int | None = None) -> int:
    status, answer = await client.post(path, body, revision)
    assert status == 200, answer
    return 1


def visible() -> dict[str, Any]:
    """From the moment a post is due to the bytes of its offer on an organization's own stream."""
    found = {}
    with stage.product(ORGANIZATIONS, STREAMS, SEED) as (at, port):
        for per_second, seconds in RATES:
            found[str(per_second)] = seen(at, port, per_second, seconds)
            print(f"{per_second} posts/s: {found[str(per_second)]}")
    return {
        "organizations": ORGANIZATIONS,
        "streams": STREAMS,
        "seed": SEED,
        "posts_per_second": found,
    }


def seen(at: stage.Stage, port: int, per_second: int, seconds: float) -> dict[str, float]:
    """How soon offers were seen, while so many demands a second were posted."""
    spent, posts = uvloop.run(_observe(at, port, per_second, seconds))
    return {
        "posts": posts,
        "seen": len(spent),
        "p50_ms": round(percentile(spent, 0.5) * 1e3, 2),
        "p99_ms": round(percentile(spent, 0.99) * 1e3, 2),
        "max_ms": round(max(spent) * 1e3, 2),
    }


async def _observe(
    at: stage.Stage, port: int, rate: int, seconds: float
) -> tuple[list[float], int]:
    """Poisson posts at a rate; each demand is closed a second later, so nobody stays busy."""
    seen: dict[str, float] = {}
    streams = [asyncio.create_task(_watch(port, cookie, seen)) for cookie in at.organizations]
    await asyncio.sleep(2)
    random = Random(SEED + rate)
    due: dict[str, float] = {}
    idle: asyncio.Queue[Client] = asyncio.Queue()
    for number in range(64):
        idle.put_nowait(await Client(number, at.desk).open(port))
    posts: list[asyncio.Task[None]] = []
    start = moment = time.perf_counter() + 0.5
    while moment < start + seconds:
        await asyncio.sleep(max(0.0, moment - time.perf_counter()))
        body = demand(at, random, priority=2)
        posts.append(asyncio.create_task(_post(idle, body, moment, due)))
        moment += random.expovariate(rate)
    await asyncio.gather(*posts)
    for stream in streams:
        stream.cancel()
    await asyncio.gather(*streams, return_exceptions=True)
    return [seen[key] - moment for key, moment in due.items() if key in seen], len(posts)


async def _post(
    idle: asyncio.Queue[Client], body: dict[str, Any], moment: float, due: dict[str, float]
) -> None:
    client = await idle.get()
    status, answer = await client.post("/demands", body)
    assert status == 201, answer
    due[answer["id"]] = moment
    idle.put_nowait(client)
    await asyncio.sleep(1)
    client = await idle.get()
    await _ok(client, f"/demands/{answer['id']}/close", {"reason": "met"}, 1)
    idle.put_nowait(client)


async def _watch(port: int, cookie: str, seen: dict[str, float]) -> None:
    """Note when each demand's first offer arrives on one organization's stream."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n"
    writer.write(request.encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 200 " in head.split(b"\r\n")[0] + b" ", head
    while line := await reader.readline():
        at = line.find(b'"demand":"')
        if line.startswith(b"data:") and at > 0:
            end = line.index(b'"', at + 10)
            seen.setdefault(line[at + 10 : end].decode(), time.perf_counter())
