"""Around everything: bounds of a head, foreign names and origins, security headers, defects."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem
from api.safe.names import Names

HEADERS_MAX = 16 * 1024
QUERY_MAX = 2 * 1024
PATH_MAX = 1_024
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITES = frozenset({b"same-origin", b"none"})  # none: typed or from a bookmark

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)

TRUSTED_TYPES = "; require-trusted-types-for 'script'; trusted-types 'none'"
POLICY_HEADER = "content-security-policy"

_logger = logging.getLogger("shouwang.doors")
Headers = list[tuple[bytes, bytes]]
Denied = Callable[[Scope, Problem], None]


def security_headers(https: bool) -> Headers:
    """On every answer, pages and data alike."""
    headers = [
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"permissions-policy", b"geolocation=(self), camera=(), microphone=()"),
    ]
    if https:
        headers.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))
    return headers


_STRICT = (POLICY_HEADER.encode(), (POLICY + TRUSTED_TYPES).encode())


def described_policy() -> str:
    """For the page that shows the description: a script of others, which writes markup."""
    return POLICY


class Guard:
    """Pure ASGI: costs a request some microseconds and no task."""

    def __init__(
        self,
        app: ASGIApp,
        url: str,
        https: bool,
        names: Iterable[str] = (),
        denied: Denied = lambda _scope, _problem: None,
    ) -> None:
        self._app = app
        self._names = Names(names)
        self._denied = denied
        self._scheme = b"https" if https else b"http"
        self._origin = _origin(url)
        self._headers = security_headers(https)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = self._with_headers(message["headers"])
            await send(message)

        problem = self._problem(scope)
        if problem is None:
            try:
                await self._app(scope, receive, guarded)
            except Exception as error:
                problem = _defect(error)
        if problem is not None and not started:
            self._denied(scope, problem)
            await problem.response()(scope, receive, guarded)

    def _with_headers(self, headers: Headers) -> Headers:
        """What the answer says of itself, the security headers, and not to keep it."""
        guarded, said = [*headers, *self._headers], {name for name, _ in headers}
        if b"cache-control" not in said:
            guarded.append((b"cache-control", b"no-store"))
        if POLICY_HEADER.encode() not in said:
            guarded.append(_STRICT)
        return guarded

    def _problem(self, scope: Scope) -> Problem | None:
        listed = scope["headers"]
        if sum([len(name) + len(value) for name, value in listed]) > HEADERS_MAX:
            return Problem("headers_too_large")
        if len(scope["query_string"]) > QUERY_MAX or len(scope["path"]) > PATH_MAX:
            return Problem("query_too_long")
        hosts = [value for name, value in listed if name == b"host"]
        if not all(map(self._names.ours, hosts)):
            return Problem("host_foreign")
        if len(hosts) > 1:
            return Problem("header_repeated")
        if scope["method"] in SAFE or self._own(dict(listed)):
            return None
        return Problem("origin_foreign")

    def _own(self, headers: dict[bytes, bytes]) -> bool:
        """Whether a request that changes something comes from our own pages, or from no page.

        Browsers that leave out both headers keep our cookies back from other sites (SameSite).
        """
        site = headers.get(b"sec-fetch-site")
        if site is not None:  # no page can forge it
            return site in OWN_SITES
        origin = headers.get(b"origin")
        if origin is None:
            return True
        return origin in (self._origin, self._scheme + b"://" + headers.get(b"host", b""))


def _origin(url: str) -> bytes:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".encode()


def _defect(error: Exception) -> Problem:
    """The problem for an exception that nobody foresaw; the log gets places, never values."""
    problem = Problem("defect")
    places = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    _logger.error("defect %s: %s at %s", problem.trace, type(error).__name__, " > ".join(places))
    return problem
