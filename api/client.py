"""A client of the doors: sign in by link, post under a key, read the board, follow the stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from http import HTTPStatus
from http.cookies import SimpleCookie
from ssl import SSLContext
from types import TracebackType
from typing import Any, Self

import aiohttp
import msgspec

from schemas.values import Instant, Role
from schemas.views import Row

PREFIX = "/api/v1"
POSTS_MOST = 64  # requests under way at once, all accounts together
TRIES = 6  # how often something is tried while the server cannot take it
PAUSE_S = 0.2  # before the first new try; each further one waits twice as long
USED_UP = b'"quota_used_up"'  # of an account that was too quick: it waits as told, and goes on
SILENCE_S = 40  # a stream says something every 15 seconds, or it is broken


class Refused(Exception):
    """The doors said no, with a stable code, the ids that it is about, and the field, if one."""

    def __init__(self, status: int, code: str, subjects: tuple[str, ...], field: str = "") -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.subjects = subjects
        self.field = field


class ServerGone(Exception):
    """The server does not answer any more."""


class ServerUntrusted(Exception):
    """Somebody answers, whose certificate is not trusted here."""


class ResumeLost(Exception):
    """The stream cannot go on where it stopped: a new board page is wanted."""


class Made(msgspec.Struct, frozen=True):
    """Something that a turn brought into being."""

    fact: str
    id: str


class Answer(msgspec.Struct, frozen=True):
    """What a post led to; `account` and `link` only where an account was made."""

    id: str | None = None
    sequence: int = 0
    at: Instant = 0
    repeated: bool = False
    made: tuple[Made, ...] = ()
    account: str | None = None
    link: str | None = None


class Gone(msgspec.Struct, frozen=True):
    """A row that has left the reader's board."""

    kind: str
    id: str


class LiveChange(msgspec.Struct, frozen=True):
    """One of both: a row as it is now, or a row that is gone."""

    put: Row | None = None
    removed: Gone | None = None


class LiveData(msgspec.Struct, frozen=True):
    """The data of an event; an `alive` event has no changes."""

    at: Instant
    changes: tuple[LiveChange, ...] = ()


class Event(msgspec.Struct, frozen=True):
    """An event of a stream: where the stream is now, and what changed."""

    id: str
    data: LiveData

    @property
    def sequence(self) -> int:
        return sequence_of(self.id)


class Page(msgspec.Struct, frozen=True):
    """Every row that an account may see, and the event that the page stands for."""

    event: str
    at: Instant
    rows: tuple[Row, ...]


class Past(msgspec.Struct, frozen=True):
    """A part of history, newest first, and where what is behind it begins."""

    rows: tuple[Row, ...]
    before: str | None


def sequence_of(event: str) -> int:
    """The sequence in an event's id (`3303:12`)."""
    return int(event.rpartition(":")[2] or 0)


_answers = msgspec.json.Decoder(Answer)
_pages = msgspec.json.Decoder(Page)
_pasts = msgspec.json.Decoder(Past)
_data = msgspec.json.Decoder(LiveData)


class Doors:
    """The server as its clients see it: one pool of connections for all accounts."""

    def __init__(self, base: str, trust: SSLContext | None = None) -> None:
        """`trust`: in whose certificates, where that is not left to this machine."""
        self.base = base.rstrip("/") + PREFIX
        self._trust = trust or True
        self._posts: aiohttp.ClientSession
        self._streams: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        self._posts = self._pool(POSTS_MOST, aiohttp.ClientTimeout(total=60))
        patience = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=SILENCE_S)
        self._streams = self._pool(0, patience)  # one connection for each account, without limit
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._posts.close()
        await self._streams.close()

    def _pool(self, most: int, timeout: aiohttp.ClientTimeout) -> aiohttp.ClientSession:
        """Without a cookie jar: each account brings its own cookie."""
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=most, ssl=self._trust),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=timeout,
        )

    async def sign_in(self, link: str, role: Role, key: str) -> Session:
        """A session for the account that a one-time link belongs to. Raises as `request`."""
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        content = msgspec.json.encode({"link": link, "role": role})
        _, cookies = await self.request("POST", "/sessions", headers, content)
        cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
        return Session(self, role, cookie)

    async def request(
        self, method: str, path: str, headers: dict[str, str], content: bytes | None = None
    ) -> tuple[bytes, SimpleCookie]:
        """The body and cookies of a good answer.

        Raises Refused, ServerUntrusted; ServerGone after some tries.
        """
        attempt = 0
        while attempt < TRIES:
            try:
                async with self._posts.request(
                    method, self.base + path, headers=headers, data=content
                ) as response:
                    body = await response.read()
                    if response.status == HTTPStatus.TOO_MANY_REQUESTS and USED_UP in body:
                        await asyncio.sleep(int(response.headers["Retry-After"]))
                        continue
                    if response.status not in _TRY_AGAIN:
                        _raise_unless_ok(response.status, body)
                        return body, response.cookies
            except aiohttp.ClientConnectorCertificateError:
                raise ServerUntrusted from None
            except (aiohttp.ClientConnectionError, TimeoutError):
                pass  # not known whether it was carried out: the same key may be sent again
            await asyncio.sleep(PAUSE_S * 2**attempt)
            attempt += 1
        raise ServerGone

    async def stream(self, path: str, headers: dict[str, str]) -> AsyncGenerator[Event, None]:
        """The events of one connection, until it ends. Raises ResumeLost, ClientError."""
        async with self._streams.get(self.base + path, headers=headers) as response:
            if response.status == HTTPStatus.GONE:
                raise ResumeLost
            if response.status in _TRY_AGAIN:
                return
            if response.status != HTTPStatus.OK:
                _raise_unless_ok(response.status, await response.read())
            async for event in _events(response.content):
                yield event


_TRY_AGAIN = (
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
    HTTPStatus.INSUFFICIENT_STORAGE,
)


class Session:
    """One signed-in account in one role."""

    def __init__(self, doors: Doors, role: Role, cookie: str) -> None:
        self.role = role
        self.doors = doors
        self._headers = {"Cookie": cookie, "Shouwang-Role": str(role)}

    async def get(self, path: str) -> Any:
        """The answer of a GET as plain JSON. Raises Refused, ServerGone."""
        body, _ = await self.doors.request("GET", path, self._headers)
        return msgspec.json.decode(body)

    async def board(self) -> Page:
        """Every row within this account's scope. Raises Refused, ServerGone."""
        body, _ = await self.doors.request("GET", "/board", self._headers)
        return _pages.decode(body)

    async def past(self, kind: str) -> AsyncGenerator[Row, None]:
        """Every row of a kind that history has within this account's scope, newest first."""
        before: str | None = ""
        while before is not None:
            path = f"/history/{kind}?limit=200&before={before}"
            body, _ = await self.doors.request("GET", path, self._headers)
            part = _pasts.decode(body)
            for row in part.rows:
                yield row
            before = part.before

    async def post(
        self, path: str, body: dict[str, Any], key: str, revision: int | None = None
    ) -> Answer:
        """Send a command under its key. Raises Refused, ServerGone."""
        return _answers.decode(await self.send(path, body, key, revision))

    async def send(
        self, path: str, body: dict[str, Any], key: str, revision: int | None = None
    ) -> bytes:
        """The same, with the answer as it came."""
        headers = {**self._headers, "Idempotency-Key": key, "Content-Type": "application/json"}
        if revision is not None:
            headers["If-Match"] = f'"{revision}"'
        content = msgspec.json.encode(body)
        return (await self.doors.request("POST", path, headers, content))[0]

    async def follow(self, after: str) -> AsyncGenerator[Event, None]:
        """Every event behind `after`; a broken connection is taken up where it stopped.

        Raises ResumeLost where it cannot be, ServerGone where nobody answers any more.
        """
        failures = 0
        while failures < TRIES:
            headers = {**self._headers, "Accept": "text/event-stream", "Last-Event-ID": after}
            try:
                async with aclosing(self.doors.stream("/live", headers)) as events:
                    async for event in events:
                        after, failures = event.id, 0
                        yield event
            except (aiohttp.ClientError, TimeoutError):
                pass
            failures += 1
            await asyncio.sleep(PAUSE_S * 2**failures)
        raise ServerGone


async def _events(content: aiohttp.StreamReader) -> AsyncIterator[Event]:
    """Cut a stream into events at the blank lines between them."""
    rest = b""
    async for chunk in content.iter_any():
        *whole, rest = (rest + chunk).split(b"\n\n")
        for block in whole:
            if event := _event(block):
                yield event


def _event(block: bytes) -> Event | None:
    """An event from its lines, or None for a comment."""
    fields = dict(line.split(b": ", 1) for line in block.splitlines() if b": " in line[1:])
    if b"id" not in fields or b"data" not in fields:
        return None
    return Event(fields[b"id"].decode(), _data.decode(fields[b"data"]))


def _raise_unless_ok(status: int, body: bytes) -> None:
    if status < HTTPStatus.BAD_REQUEST:
        return
    try:
        problem = msgspec.json.decode(body)
    except ValueError:
        problem = {}
    code, subjects = problem.get("code", "unknown"), tuple(problem.get("subjects") or ())
    raise Refused(status, code, subjects, problem.get("field") or "")
