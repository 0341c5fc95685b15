"""Who is calling: the session behind a request's cookie, and what its role may see just now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Scope

from api.live import Feed, Reader
from api.people.accounts import People, Session
from api.problems import Problem
from schemas.values import AccountId, Instant, Role
from schemas.views import AccountRow

COOKIE = "shouwang_"
REMEMBERED_MAX = 100_000
HOST_PREFIX = "__Host-"  # browsers then insist on https, path / and no domain
FAMILIAR = "shouwang-device"  # with a hyphen: no role's
FAMILIAR_S = 90 * 24 * 3_600
FAMILIAR_MOST = 12  # accounts at one device: who takes turns at a desk's computer


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in account in one role. Made anew when its grants change or one of them ends."""

    session: Session
    reader: Reader
    row: AccountRow

    @property
    def account(self) -> AccountId:
        return self.session.account

    @property
    def role(self) -> Role:
        return self.session.role


class Callers:
    """Tells who sends a request, and remembers whom it has told of late.

    `now` is the time that grants are held against, in milliseconds; sessions have the wall's.
    """

    def __init__(
        self, people: People, feed: Feed, now: Callable[[], Instant], *, https: bool
    ) -> None:
        self._people = people
        self._feed = feed
        self._now = now
        self._https = https
        self._remembered: dict[bytes, Caller] = {}  # by session

    def identify(self, request: HTTPConnection) -> Caller:
        """Who sends this request. Raises Problem: not signed in, ended, or without the role now."""
        session = self.session_of(request)
        if not session.live(self._people.now()):
            raise Problem("session_ended")
        row, now = self._feed.account(session.account), self._now()
        known = self._remembered.get(session.token)
        if known is None or known.row is not row or _over(known.reader, now):
            known = self._remembered[session.token] = self._caller(session, row, now)
        return known

    def anybody(self, request: HTTPConnection) -> None:
        """Raises Problem unless somebody with a right to anything sends this, in whatever role."""
        cookie = dict(request.scope["headers"]).get(b"cookie", b"").decode("latin-1")
        for role, secret in _held(cookie, self._https).items():
            session = self._people.session(secret)
            if session is None or session.role.value != role:
                continue
            if session.live(self._people.now()):
                self._caller(session, self._feed.account(session.account), self._now())
                return
        raise Problem("session_missing")

    def session_of(self, request: HTTPConnection) -> Session:
        """The session behind a request's cookie, live or not. Raises Problem `session_missing`."""
        role, secret = _held_for(request, self._https)
        session = self._people.session(secret)
        if session is None or session.role.value != role:  # a cookie under another role's name
            raise Problem("session_missing")
        return session

    def forget(self, session: Session) -> None:
        """Its session has ended; the next request with it is looked at anew."""
        self._remembered.pop(session.token, None)

    def _caller(self, session: Session, row: AccountRow | None, now: Instant) -> Caller:
        """A live session's caller; Problem `role_missing` where no grant of its role is left."""
        reader = self._feed.reader(session.account, session.role, now)
        if row is None or not reader.topics:
            raise Problem("role_missing")
        if len(self._remembered) >= REMEMBERED_MAX:
            self._remembered.clear()
        return Caller(session, reader, row)


def _over(reader: Reader, now: Instant) -> bool:
    return reader.until is not None and now >= reader.until


def cookie_name(role: Role, https: bool) -> str:
    return f"{HOST_PREFIX if https else ''}{COOKIE}{role.value}"


def set_cookie(
    response: Response, session: Session, secret: str, *, seconds: int, https: bool
) -> None:
    """Give the browser its session; it lasts as long as the session does."""
    response.set_cookie(
        cookie_name(session.role, https),
        secret,
        max_age=seconds,
        secure=https,
        httponly=True,
        samesite="strict",
    )


def drop_cookie(response: Response, role: Role, *, https: bool) -> None:
    response.delete_cookie(cookie_name(role, https), secure=https, httponly=True, samesite="strict")


def set_familiar(response: Response, kept: tuple[str, ...], *, https: bool) -> None:
    """Let a device be known again when it signs in by password; it opens nothing.

    `kept`: one for each account that has signed in here, the newest last.
    """
    response.set_cookie(
        f"{HOST_PREFIX if https else ''}{FAMILIAR}",
        "~".join(kept[-FAMILIAR_MOST:]),
        max_age=FAMILIAR_S,
        secure=https,
        httponly=True,
        samesite="strict",
    )


def familiar_of(scope: Scope) -> tuple[str, ...]:
    """What a device kept of earlier sign-ins by password, of each account that did."""
    header = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
    parts = (part.strip().partition("=") for part in header.split(";"))
    named = (FAMILIAR, HOST_PREFIX + FAMILIAR)
    kept = next((value for name, _, value in parts if name in named), "")
    return tuple(each for each in kept.split("~")[-FAMILIAR_MOST:] if each)


def _held_for(request: HTTPConnection, https: bool) -> tuple[str, str]:
    """The role that the request names, or its only one, and the browser's secret for it."""
    headers = dict(request.scope["headers"])
    held = _held(headers.get(b"cookie", b"").decode("latin-1"), https)
    named = headers.get(b"shouwang-role", b"").decode("latin-1")
    if not named and request.scope["query_string"]:  # event streams can set no header
        named = request.query_params.get("role", "")
    if not named and len(held) > 1:
        raise Problem("role_ambiguous")
    role = named or next(iter(held), "")
    if role not in held:
        raise Problem("session_missing")
    return role, held[role]


def _held(header: str, https: bool) -> dict[str, str]:
    """Our cookies by their role; whatever else a browser sends is passed over."""
    start = f"{HOST_PREFIX if https else ''}{COOKIE}"
    held = {}
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        if name.startswith(start):
            held[name[len(start) :]] = value
    return held
