"""Requests to the outside: only where they may go, never further than asked, bounded in all."""

from __future__ import annotations

import ipaddress
import ssl
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from socket import AF_INET, AddressFamily
from types import SimpleNamespace, TracebackType
from typing import Any, Final, Self

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from api.reach.channels.channel import Outbound, Raw

ANSWER_BYTES_MAX: Final = 64 * 1024
SECONDS_MAX: Final = 10.0
URL_LENGTH_MAX: Final = 8 * 1024
NOT_ALLOWED: Final = b"address"  # body of a refused request whose target may not be called

_TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b::/96")  # an IPv4 address behind NAT64
_HEADERS: Final = {"Accept-Encoding": "identity", "User-Agent": "shouwang"}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


# What is listed for the request at hand; a task that resolves a name has its request's context.
_ALLOWED: ContextVar[frozenset[str]] = ContextVar("allowed", default=frozenset())


class Guarded:
    """The `Outbound` of a delivery: https to public addresses, and to nothing else unless listed.

    `allowed` lists "host:port" that may be private and may be spoken to without TLS. No redirect
    is followed, no cookie kept, no environment read. A body beyond 64 KiB is cut, a request over
    `seconds` given up. Whatever the network does, the answer is a `Raw`; nothing is raised.
    """

    def __init__(
        self,
        *,
        allowed: frozenset[str] = frozenset(),
        clock: Callable[[], float] = time.time,
        tls: ssl.SSLContext | None = None,
        seconds: float = SECONDS_MAX,
    ) -> None:
        self._allowed = allowed
        self._clock = clock
        self._tls = tls
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None

    def within(self, places: frozenset[str]) -> Outbound:
        """The same, but that these "host:port" are listed: those of one channel and no other's."""
        return _Within(self, places)

    async def __aenter__(self) -> Self:
        # A kept connection may be closed just as it is used again, and then nobody knows whether
        # the request went out: each one gets its own.
        connector = aiohttp.TCPConnector(
            resolver=_Checked(),
            use_dns_cache=False,
            force_close=True,
            ssl=self._tls or True,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=_HEADERS,
            timeout=aiohttp.ClientTimeout(total=self._seconds),
            auto_decompress=False,
            trace_configs=[_tracing()],
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def now(self) -> float:
        """The wall clock, seconds."""
        return self._clock()

    async def get(self, url: str, *, headers: Mapping[str, str] = {}) -> Raw:
        """What came of a GET; never raises for what the network does."""
        return await self.request("GET", url, None, headers, self._allowed)

    async def post(
        self,
        url: str,
        *,
        json: Any = None,
        data: bytes | None = None,
        headers: Mapping[str, str] = {},
    ) -> Raw:
        """What came of a POST of `data`, or of `json` encoded; never raises for the network."""
        return await self.request("POST", url, *_written(json, data, headers), self._allowed)

    async def request(
        self,
        method: str,
        url: str,
        data: bytes | None,
        headers: Mapping[str, str],
        allowed: frozenset[str],
    ) -> Raw:
        """What came of a request, with places that are listed for this one."""
        if self._session is None:
            raise RuntimeError("Guarded is used inside `async with`")
        target = _target(url, allowed)
        _ALLOWED.set(allowed)
        if target is None or not _sendable(headers):
            return Raw(0, NOT_ALLOWED, {}, "refused")
        went = _Went()
        try:
            return await self._exchange(method, target, data, headers, went)
        except (NotAllowed, aiohttp.InvalidURL):
            return Raw(0, NOT_ALLOWED, {}, "refused")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            not_allowed = isinstance(error.__cause__, NotAllowed)
            return _unanswered(went, NOT_ALLOWED if not_allowed else b"")

    async def _exchange(
        self, method: str, url: URL, data: bytes | None, headers: Mapping[str, str], went: _Went
    ) -> Raw:
        assert self._session is not None
        async with self._session.request(
            method, url, data=data, headers=headers, allow_redirects=False, trace_request_ctx=went
        ) as response:
            body = await _bounded(response.content)
            return Raw(response.status, body, dict(response.headers))


class _Within:
    """A view of `Guarded` with other places listed."""

    def __init__(self, guarded: Guarded, allowed: frozenset[str]) -> None:
        self._guarded, self._allowed = guarded, allowed

    def now(self) -> float:
        return self._guarded.now()

    async def get(self, url: str, *, headers: Mapping[str, str] = {}) -> Raw:
        return await self._guarded.request("GET", url, None, headers, self._allowed)

    async def post(
        self,
        url: str,
        *,
        json: Any = None,
        data: bytes | None = None,
        headers: Mapping[str, str] = {},
    ) -> Raw:
        written = _written(json, data, headers)
        return await self._guarded.request("POST", url, *written, self._allowed)


def _written(
    json: Any, data: bytes | None, headers: Mapping[str, str]
) -> tuple[bytes, Mapping[str, str]]:
    """A body, and the headers with what it is."""
    if data is not None:
        return data, headers
    if json is None:
        return b"", headers
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return msgspec.json.encode(json), {**kind, **headers}


class NotAllowed(OSError):
    """A name leads to an address that may not be called."""


@dataclass(slots=True)
class _Went:
    """Whether a connection stood, from when on anything may have been sent."""

    out: bool = False


class _Checked(AbstractResolver):
    """Resolves a name once and hands on only what may be called: that is what is connected to."""

    def __init__(self) -> None:
        self._inner = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily = AF_INET
    ) -> list[ResolveResult]:
        try:
            found = await self._inner.resolve(host, port, family)
        except UnicodeError as error:  # a name that no name server can be asked for
            raise NotAllowed("not a name") from error
        if _named(host, port) in _ALLOWED.get():
            return found
        public = [each for each in found if callable_address(each["host"])]
        if not public:
            raise NotAllowed("address not allowed")
        return public

    async def close(self) -> None:
        await self._inner.close()


def callable_address(text: str) -> bool:
    """Whether an address is a public one, also where it carries an IPv4 address inside."""
    try:
        address: Address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = _inside(address)
        if inner is not None:
            return callable_address(str(inner))
        if address.is_site_local:
            return False
    special = address.is_multicast or address.is_reserved or address.is_unspecified
    return address.is_global and not special


def _inside(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour


def _target(url: str, allowed: frozenset[str]) -> URL | None:
    """The URL where it may be called as far as it can be told without asking for its name."""
    if len(url) > URL_LENGTH_MAX:
        return None
    try:
        target = URL(url)
        host, port = target.host, target.port
    except ValueError:
        return None
    if not host or not port or target.user is not None or target.password is not None:
        return None
    if _named(host, port) in allowed:
        return target if target.scheme in ("http", "https") else None
    if target.scheme != "https" or (_literal(host) and not callable_address(host)):
        return None
    return target


def _literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _named(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _sendable(headers: Mapping[str, str]) -> bool:
    return all(part.isprintable() for pair in headers.items() for part in pair)


def _unanswered(went: _Went, body: bytes) -> Raw:
    return Raw(0, b"", {}, "lost") if went.out else Raw(0, body, {}, "refused")


async def _bounded(content: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    while len(body) < ANSWER_BYTES_MAX:
        part = await content.read(ANSWER_BYTES_MAX - len(body))
        if not part:
            break
        body += part
    return bytes(body)


def _tracing() -> aiohttp.TraceConfig:
    async def connected(_session: object, context: SimpleNamespace, _what: object) -> None:
        context.trace_request_ctx.out = True

    config = aiohttp.TraceConfig()
    config.on_connection_create_end.append(connected)
    return config
