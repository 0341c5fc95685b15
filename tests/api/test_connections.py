"""Connections on real sockets: what is answered as ever, and who waits for how long."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

import pytest

from api import serving
from api.listening import keeper
from tests.api.house import House, demand_body, opened

SIMPLE = b"GET /health/live HTTP/1.1\r\nhost: 127.0.0.1\r\n"
SHORT_S = 0.3  # instead of every limit, so that a test waits for none
ENDED_S = 4.0  # one look a second, and a busy machine


@dataclass
class Line:
    """One end of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def say(self, content: bytes) -> None:
        self.writer.write(content)

    async def answer(self) -> tuple[int, bytes]:
        """Status and body of the next answer."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        return int(head.split()[1]), await self.reader.readexactly(length)

    async def ended(self) -> float:
        """Seconds until the server has ended it, whatever it says before."""
        began = monotonic()
        async with asyncio.timeout(ENDED_S):
            with suppress(ConnectionError):
                while await self.reader.read(65_536):
                    pass
        return monotonic() - began


@dataclass
class Serving:
    house: House
    port: int

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        found = Line(*await asyncio.open_connection("127.0.0.1", self.port))
        try:
            yield found
        finally:
            found.writer.transport.abort()


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[Serving]:
    async with opened(folder) as house:
        listener = serving.listening("127.0.0.1", 0)
        port = listener.getsockname()[1]
        house.context.settings = replace(house.context.settings, port=port)
        stop = asyncio.Event()
        running = asyncio.ensure_future(serving.serve(house.context, listener, stop.wait()))
        await asyncio.sleep(0.1)
        yield Serving(house, port)
        stop.set()
        with suppress(asyncio.CancelledError):
            await running


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    async with served(tmp_path / "data") as found:
        yield found


@pytest.fixture
async def hasty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Serving]:
    """A server that waits for nothing longer than SHORT_S."""
    for name in ("HEAD_S", "BODY_S", "IDLE_S", "STALL_S"):
        monkeypatch.setattr(keeper, name, SHORT_S)
    monkeypatch.setattr(keeper, "LOOK_S", SHORT_S / 3)
    async with served(tmp_path / "data") as found:
        yield found


# What is answered as ever


async def test_a_head_may_come_in_pieces_and_more_requests_after_it(server: Serving) -> None:
    async with server.line() as line:
        for _ in range(3):
            for place in range(0, len(SIMPLE), 7):
                line.say(SIMPLE[place : place + 7])
                await asyncio.sleep(0.001)
            line.say(b"\r\n")
            assert (await line.answer())[0] == 200


async def test_requests_sent_together_are_answered_in_their_order(server: Serving) -> None:
    async with server.line() as line:
        paths = ("/health/live", "/nowhere", "/static/http.js", "/nowhere", "/health/live")
        line.say(
            b"".join(SIMPLE.replace(b"/health/live", path.encode()) + b"\r\n" for path in paths)
        )
        assert [(await line.answer())[0] for _ in paths] == [200, 404, 200, 404, 200]


@pytest.mark.parametrize("piece", [1, 1_000])
async def test_a_body_may_come_in_chunks_and_after_asking_whether_it_may(
    server: Serving, piece: int
) -> None:
    desk = await server.house.desk()
    incident = await server.house.incident(desk)
    raw = json.dumps(demand_body(incident)).encode()
    head = (
        f"POST /api/v1/demands HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: {desk.cookie}\r\n"
        "content-type: application/json\r\nidempotency-key: k1\r\nexpect: 100-continue\r\n"
        "transfer-encoding: chunked\r\n\r\n"
    )
    async with server.line() as line:
        line.say(head.encode())
        assert (await line.answer())[0] == 100
        for place in range(0, len(raw), piece):
            part = raw[place : place + piece]
            line.say(b"%x\r\n%s\r\n" % (len(part), part))
        line.say(b"0\r\nx-trailer: 1\r\n\r\n")
        assert (await line.answer())[0] == 201
        line.say(SIMPLE + b"\r\n")
        assert (await line.answer())[0] == 200


async def test_an_old_client_is_answered_and_hung_up_on(server: Serving) -> None:
    async with server.line() as line:
        line.say(b"GET /health/live HTTP/1.0\r\n\r\n")
        assert (await line.answer())[0] == 200
        assert await line.ended() < 1


async def test_a_stream_goes_on_for_longer_than_anything_may_wait(hasty: Serving) -> None:
    desk = await hasty.house.desk()
    async with hasty.line() as line:
        line.say(b"GET /api/v1/live HTTP/1.1\r\nhost: 127.0.0.1\r\n")
        line.say(f"cookie: {desk.cookie}\r\n\r\n".encode())
        await line.reader.readuntil(b"id: ")
        await asyncio.sleep(SHORT_S * 4)
        await hasty.house.incident(desk)
        async with asyncio.timeout(1):
            await line.reader.readuntil(b'"incident"')


# What is refused


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (SIMPLE + b"a: b\r\n" * 100 + b"\r\n", 431, "headers_too_large"),
        (SIMPLE + b"a: " + b"b" * 20_000 + b"\r\n\r\n", 431, "headers_too_large"),
        (b"HELLO\r\n\r\n", 400, "request_invalid"),
        (
            b"POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
            400,
            "request_invalid",
        ),
    ],
)
async def test_what_is_no_request_hears_why(
    server: Serving, sent: bytes, status: int, code: str
) -> None:
    async with server.line() as line:
        line.say(sent)
        told, content = await line.answer()
        assert (told, json.loads(content)["code"]) == (status, code)


# Who is not waited for


@pytest.mark.parametrize(
    "said",
    [
        b"",
        SIMPLE,
        SIMPLE + b"\r\n",
        b"POST /nowhere HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 9\r\n\r\n1",
        b"POST /api/v1/sessions HTTP/1.1\r\nhost: 127.0.0.1\r\nidempotency-key: k\r\n"
        b"content-type: application/json\r\ncontent-length: 9\r\n\r\n1",
    ],
    ids=["nothing", "a head", "kept after an answer", "a body, answered", "a body, awaited"],
)
async def test_nobody_is_waited_for_for_ever(hasty: Serving, said: bytes) -> None:
    async with hasty.line() as line:
        line.say(said)
        assert await line.ended() >= SHORT_S * 0.5


async def test_dripping_gives_no_more_time(hasty: Serving) -> None:
    async with hasty.line() as line:
        ending = asyncio.ensure_future(line.ended())
        line.say(SIMPLE)
        while not ending.done():
            line.say(b"x")
            await asyncio.sleep(SHORT_S / 5)
        assert await ending < SHORT_S * 3


async def read_all(one: socket.socket) -> None:
    while await asyncio.get_running_loop().sock_recv(one, 65_536):
        pass


async def test_who_reads_nothing_of_a_long_answer_is_dropped(
    hasty: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        one.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(one, ("127.0.0.1", hasty.port))
        asked = SIMPLE.replace(b"/health/live", b"/api/docs/swagger-ui-bundle.js")
        asked += f"cookie: {(await hasty.house.desk()).cookie}\r\n\r\n".encode()
        await loop.sock_sendall(one, asked * 8)  # 12 MB: more than the kernel keeps for one
        await asyncio.sleep(SHORT_S * 5)
        with pytest.raises(ConnectionResetError):
            await read_all(one)


async def test_when_all_are_taken_the_longest_idle_makes_room_and_no_stream_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "most_connections", lambda: 3)
    async with served(tmp_path / "data") as server:
        desk = await server.house.desk()
        async with server.line() as stream, server.line() as first, server.line() as second:
            stream.say(b"GET /api/v1/live HTTP/1.1\r\nhost: 127.0.0.1\r\n")
            stream.say(f"cookie: {desk.cookie}\r\n\r\n".encode())
            await stream.reader.readuntil(b"id: ")
            for line in (first, second):
                line.say(SIMPLE + b"\r\n")
                assert (await line.answer())[0] == 200
            async with server.line() as newcomer:
                newcomer.say(SIMPLE + b"\r\n")
                assert (await newcomer.answer())[0] == 200
                assert await first.ended() < 1
                second.say(SIMPLE + b"\r\n")
                assert (await second.answer())[0] == 200
            await server.house.incident(desk)
            await stream.reader.readuntil(b'"incident"')
