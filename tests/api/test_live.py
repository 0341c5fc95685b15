"""Streams over real sockets: what arrives, when, and how a stream ends."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any, Self

import aiohttp
import pytest

from api import serving
from api.live import start
from api.live import streams as live
from api.live.start import GZIP, Start
from api.people import open_people
from schemas.values import Role
from tests.api.house import OTHER_TOWN, TOWN, House, Person, demand_body, opened

SOON_S = 2.0  # generous: a loaded machine is not what these tests are about


@dataclass
class Street:
    """A house that is reached from outside."""

    house: House
    url: str
    client: aiohttp.ClientSession
    stop: asyncio.Event

    @asynccontextmanager
    async def stream(self, person: Person, after: str = "", **headers: str) -> AsyncIterator[Ear]:
        cookie = {"Cookie": person.cookie, **headers}
        query = f"?after={after}" if after else ""
        async with self.client.get(f"{self.url}/live{query}", headers=cookie) as response:
            yield Ear(response)

    async def followers(self, count: int) -> None:
        """Wait until so many streams are open."""
        for _ in range(int(SOON_S / 0.005)):
            if len(self.house.context.feed.subscribers) == count:
                return
            await asyncio.sleep(0.005)
        raise AssertionError(f"there are {len(self.house.context.feed.subscribers)} streams")


@dataclass
class Ear:
    """Hears the events of one stream."""

    response: aiohttp.ClientResponse
    rest: bytes = b""
    waiting: list[dict[str, Any]] = field(default_factory=list)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> dict[str, Any]:
        while not self.waiting:
            chunk = await self.response.content.readany()
            if not chunk:
                raise StopAsyncIteration
            *blocks, self.rest = (self.rest + chunk).split(b"\n\n")
            self.waiting += [event_of(block.decode()) for block in blocks]
        return self.waiting.pop(0)

    async def next(self, kind: str = "changes") -> dict[str, Any]:
        """The next event of a kind; fails where it does not come soon."""
        async with asyncio.timeout(SOON_S):
            async for event in self:
                if event["event"] == kind:
                    return event
        raise AssertionError("the stream has ended")

    async def end(self) -> float:
        """Read until the server ends the stream; the seconds that it took."""
        began = monotonic()
        async with asyncio.timeout(SOON_S + 2):
            async for _ in self:
                pass
        return monotonic() - began


def event_of(block: str) -> dict[str, Any]:
    event: dict[str, Any] = dict(line.split(": ", 1) for line in block.split("\n"))
    return {**event, "data": json.loads(event["data"])}


def rows(event: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    puts = [change["put"] for change in event["data"]["changes"] if "put" in change]
    return [row for row in puts if row["type"] == kind]


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with opened(tmp_path / "data") as house:
        listener = serving.listening("127.0.0.1", 0)
        port = listener.getsockname()[1]
        house.context.settings = replace(house.context.settings, port=port)
        stop = asyncio.Event()
        served = asyncio.ensure_future(serving.serve(house.context, listener, stop.wait()))
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
            yield Street(house, f"http://127.0.0.1:{port}/api/v1", client, stop)
        stop.set()
        with suppress(asyncio.CancelledError):
            await served


async def test_a_demand_reaches_the_desk_and_the_organization_that_is_asked(
    street: Street,
) -> None:
    house = street.house
    organization, crew = await house.organization()
    desk, away = await house.desk(), await house.desk(OTHER_TOWN)
    incident = await house.incident(desk)
    async with (
        street.stream(desk) as at_desk,
        street.stream(crew) as at_crew,
        street.stream(away) as far,
    ):
        await street.followers(3)
        posted = (await desk.post("/demands", demand_body(incident))).json
        seen = await at_crew.next()
        assert seen["id"] == f"3303:{posted['sequence']}"
        [offer] = rows(seen, "offer")
        assert offer["organization"] == organization
        assert rows(seen, "demand") == []
        seen = await at_desk.next()
        assert [row["id"] for row in rows(seen, "demand")] == [posted["id"]]
        assert [row["id"] for row in rows(seen, "offer")] == [offer["id"]]
        joined = {"hazard": "rainstorm_flood", "division": OTHER_TOWN}
        other = (await away.post("/incidents", joined)).json
        assert (await far.next())["id"] == f"3303:{other['sequence']}"


async def test_the_stream_says_what_it_is_and_where_the_log_is(street: Street) -> None:
    desk = await street.house.desk()
    async with street.stream(desk) as ear:
        headers = ear.response.headers
        assert headers["content-type"] == "text/event-stream; charset=utf-8"
        assert headers["cache-control"] == "no-store"
        assert headers["x-accel-buffering"] == "no"
        first = await ear.next("alive")
        assert first["id"] == street.house.context.feed.event
        assert [*first["data"]] == ["at"]


async def test_a_quiet_stream_says_now_and_then_that_it_lives(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "BEAT_S", 0.001)
    desk = await street.house.desk()
    async with street.stream(desk) as ear:
        for _ in range(4):
            assert (await ear.next("alive"))["id"] == street.house.context.feed.event


@pytest.mark.parametrize("by_header", [True, False])
async def test_a_stream_goes_on_where_it_stopped(street: Street, by_header: bool) -> None:
    desk = await street.house.desk()
    page = (await desk.get("/board")).json
    incident = await street.house.incident(desk)
    missed = (await desk.post("/demands", demand_body(incident))).json
    told = {"Last-Event-ID": page["event"]} if by_header else {}
    after = "3303:0" if by_header else page["event"]
    async with street.stream(desk, after, **told) as ear:
        assert rows(await ear.next(), "incident")[0]["id"] == incident
        event = await ear.next()
        assert event["id"] == f"3303:{missed['sequence']}"
        assert rows(event, "demand")[0]["id"] == missed["id"]


async def test_what_cannot_be_resumed_asks_for_a_new_page(street: Street) -> None:
    desk = await street.house.desk()
    for after in ("3303:0", "3303:999999", "3301:1", "nonsense", "3303:-1", ":1", "3303:²"):
        async with street.stream(desk, after) as ear:
            assert ear.response.status == 410, after
            assert ear.response.content_type == "application/problem+json"
            assert (await ear.response.json())["code"] == "resume_lost"


async def test_a_large_board_is_the_same_packed_and_plain_and_stays_of_its_moment(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its bytes are made beside the event loop, while the board goes on."""
    desk = await street.house.desk()
    incident = await street.house.incident(desk)
    small = (await desk.get("/board")).json
    feed, packings = street.house.context.feed, list[int]()
    packed = Start.packed

    def counted(start: Start) -> Iterator[bytes]:
        packings.append(len(start.entries))
        return packed(start)

    monkeypatch.setattr(start, "LARGE", 1)
    monkeypatch.setattr(start, "PORTION", 2)
    monkeypatch.setattr(Start, "packed", counted)
    for coding in ("gzip", "identity"):
        headers = {"Cookie": desk.cookie, "Accept-Encoding": coding}
        async with street.client.get(f"{street.url}/board", headers=headers) as response:
            assert response.headers.get("Content-Encoding") == (
                "gzip" if coding == "gzip" else None
            )
            assert _known(await response.json()) == _known(small)
    assert packings == [len(small["rows"])]
    moment = feed.start(feed.reader(desk.account, Role.DESK, feed.at))
    assert (await desk.post("/demands", demand_body(incident))).status == 201
    assert json.loads(moment.plain())["rows"] == small["rows"]
    for pieces in (moment.pieces(), map(zlib.decompressobj(GZIP).decompress, moment.packed())):
        assert _known(json.loads(b"".join(pieces))) == _known(json.loads(moment.plain()))


def _known(page: dict[str, Any]) -> tuple[Any, ...]:
    """A page without the order of its rows."""
    return page["event"], page["at"], sorted(page["rows"], key=lambda row: (row["type"], row["id"]))


async def test_nobody_listens_without_a_session(street: Street) -> None:
    for path in ("/live", "/board"):
        async with street.client.get(street.url + path) as response:
            assert response.status == 401


async def test_signing_out_ends_the_stream_within_a_second(street: Street) -> None:
    desk = await street.house.desk()
    async with street.stream(desk) as ear:
        await ear.next("alive")
        assert (await desk.post("/sessions/end", {})).status == 200
        assert await ear.end() < 1.5
    await street.followers(0)


async def test_a_session_that_another_process_ended_ends_the_stream(street: Street) -> None:
    """The command line writes the same file of people while the server runs."""
    desk = await street.house.desk()
    async with street.stream(desk) as ear:
        await ear.next("alive")
        other = open_people(street.house.context.settings)
        other.end_all(desk.account, Role.DESK)
        other.close()
        assert await ear.end() < 3
    await street.followers(0)


async def test_a_role_that_is_taken_back_ends_the_stream(street: Street) -> None:
    house = street.house
    desk, steward = await house.desk(), await house.steward()
    async with street.stream(desk) as ear:
        await ear.next("alive")
        reply = await steward.post(f"/accounts/{desk.account}/end", {"role": "desk"})
        assert reply.status == 200
        assert await ear.end() < 1.5
        assert (await desk.get("/board")).status in (401, 403)


async def test_nothing_that_comes_after_the_end_of_a_role_is_heard_by_it(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a role that ends by time while its stream is open; when something is posted at once
    after that; then the stream ends with nothing of it, before anybody has looked around."""
    monkeypatch.setattr(live, "BEAT_S", 60.0)
    house = street.house
    desk = await house.desk()
    incident = await house.incident(desk)
    until = house.context.now() + 1_500
    guest = await house.person(Role.REVIEWER, division=TOWN, until=until)
    async with street.stream(guest) as ear:
        await street.followers(1)
        await asyncio.sleep((until - house.context.now()) / 1_000 + 0.02)
        await desk.post("/demands", demand_body(incident))
        async with asyncio.timeout(SOON_S):
            heard = [event async for event in ear if event["event"] == "changes"]
    assert [rows(event, "demand") for event in heard if rows(event, "demand")] == []


async def test_a_client_that_left_leaves_nothing_behind(street: Street) -> None:
    desk = await street.house.desk()
    async with street.stream(desk) as ear:
        await ear.next("alive")
        await street.followers(1)
        ear.response.close()
        await street.followers(0)


async def test_a_server_that_stops_ends_its_streams_at_once(street: Street) -> None:
    desk = await street.house.desk()
    async with street.stream(desk) as ear:
        await ear.next("alive")
        street.stop.set()
        assert await ear.end() < 1


async def test_events_come_within_milliseconds(street: Street) -> None:
    """The figure belongs to the benchmark; here it must only not be a matter of polling."""
    house = street.house
    _, crew = await house.organization()
    desk = await house.desk(TOWN)
    incident = await house.incident(desk)
    waited = []
    async with street.stream(crew) as ear:
        await street.followers(1)
        for _ in range(2):
            body = demand_body(incident, lines=[{"skill": "PUMP_DRAIN", "minimum": 1, "target": 1}])
            began = monotonic()
            reply = await desk.post("/demands", body)
            assert reply.status == 201
            assert rows(await ear.next(), "offer")
            waited.append(monotonic() - began)
    assert min(waited) < 0.1
