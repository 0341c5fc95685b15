"""All providers in one: as picky as the real ones, and as nasty as it is told to be.

It checks signatures, keywords and rates by code of its own, answers HTTP 200 to failures, and
keeps whatever really arrived, so that a caller can count. It needs no test runner: `Gateway` is
an aiohttp app, `async with running(Gateway()) as url` puts it on a free port of loopback.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.reach.services import doors

PORTAL = "<html><title>Wi-Fi</title><form action=/login></form></html>"
ROBOTS_A_MINUTE = 20
BLOCKED_S = 600.0
MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class Act:
    """What a service does with one request: answers so, or waits, or does its work and is mute."""

    status: int = 200
    body: Any = None
    html: bool = False
    wait_s: float = 0
    lost: bool = False
    early: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


UNAVAILABLE = Act(status=503, body={})
CAPTIVE = Act(html=True)
LOST = Act(lost=True)
EARLY = Act(early=True)  # the receipt is told before the answer


def says(body: Any, status: int = 200, **headers: str) -> Act:
    """An answer with this body, and nothing is done."""
    return Act(status=status, body=body, headers=headers)


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that really arrived."""

    service: str
    to: str
    text: str
    id: str = ""
    reference: str = ""
    at: float = 0


@dataclass(slots=True)
class Accounts:
    """What the providers know of us; the gateway's own side of every secret."""

    robots: dict[str, str] = field(default_factory=dict)  # token -> secret, "" for none
    keywords: dict[str, str] = field(default_factory=dict)
    users: set[str] = field(default_factory=set)  # of DingTalk and WeCom
    forbidden: set[str] = field(default_factory=set)  # has had the same text today
    phones: set[str] = field(default_factory=set)  # Bark's devices
    hooks: dict[str, str] = field(default_factory=dict)  # webhook path -> base64 of the key
    app_key: str = "ding-key"
    app_secret: str = "ding-secret"
    corporation: str = "ww-corporation"
    corporation_secret: str = "ww-secret"
    aliyun_key: str = "ali-key"
    aliyun_secret: str = "ali-secret"
    tencent_id: str = "tencent-id"
    tencent_key: str = "tencent-key"
    templates: set[str] = field(default_factory=lambda: {"SMS_1", "SMS_2", "TTS_1", "TTS_2"})


Listener = Callable[[str, Any], Awaitable[None]]


class Gateway:
    """The state of all services; `script(service, act, …)` says what comes next of one of them."""

    def __init__(
        self, accounts: Accounts | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.accounts = accounts or Accounts()
        self.clock = clock
        self.taken: list[Taken] = []
        self.asked: list[tuple[str, str]] = []  # (service, path with its query) of every request
        self.listener: Listener | None = None
        self.receipts: dict[str, int] = {}  # OutId -> Aliyun's SendStatus
        self.pulled: dict[str, list[Any]] = {"receipts": [], "replies": []}
        self.calls: dict[str, dict[str, Any]] = {}
        self.tasks: dict[int, dict[str, list[str]]] = {}
        self.tokens: dict[str, float] = {}
        self.nonces: set[str] = set()
        self._acts: dict[str, deque[Act]] = defaultdict(deque)
        self._times: dict[str, deque[float]] = defaultdict(deque)
        self._blocked: dict[str, float] = {}
        self._number = 0

    def script(self, service: str, *acts: Act) -> None:
        """The next answers of a service, in this order; after them it behaves again."""
        self._acts[service].extend(acts)

    def next_act(self, service: str) -> Act | None:
        """What it was told to do with the request at hand, if anything."""
        waiting = self._acts[service]
        return waiting.popleft() if waiting else None

    def arrived(self, to: str, service: str = "") -> list[Taken]:
        """What really arrived at an address, in order."""
        return [t for t in self.taken if t.to == to and service in ("", t.service)]

    def take(self, service: str, to: str, text: str, id: str = "") -> str:
        """Something has arrived; the answer is the provider's number for it."""
        self._number += 1
        reference = f"{service}-{self._number}"
        self.taken.append(Taken(service, to, text, id, reference, self.clock()))
        return reference

    def number(self) -> int:
        """A number that was not given before."""
        self._number += 1
        return self._number

    def too_fast(self, robot: str) -> bool:
        """Whether a robot is blocked: over 20 in a minute blocks it for ten."""
        now, times = self.clock(), self._times[robot]
        if now < self._blocked.get(robot, 0):
            return True
        while times and times[0] <= now - MINUTE_S:
            times.popleft()
        times.append(now)
        if len(times) <= ROBOTS_A_MINUTE:
            return False
        self._blocked[robot] = now + BLOCKED_S
        return True

    async def tell(self, kind: str, body: Any) -> None:
        """Push something to whoever listens: a receipt, a reply, a key."""
        if self.listener is not None:
            await self.listener(kind, body)

    def application(self) -> web.Application:
        """The app with every service's doors."""
        app = web.Application()
        for method, path, service, door in doors(self):
            app.router.add_route(method, path, self._around(service, door))
        return app

    def _around(
        self, service: str, door: Callable[[web.Request], Awaitable[Any]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            self.asked.append((service, request.path_qs))
            act = self.next_act(service)
            if act is None:
                return _response(await door(request))
            return await self._perform(act, request, door)

        return handle

    async def _perform(
        self, act: Act, request: web.Request, door: Callable[[web.Request], Awaitable[Any]]
    ) -> web.StreamResponse:
        if act.wait_s:
            await asyncio.sleep(act.wait_s)
        if act.html:
            return web.Response(text=PORTAL, content_type="text/html")
        if act.body is not None:
            return web.json_response(act.body, status=act.status, headers=dict(act.headers))
        before = len(self.taken)
        answer = await door(request)
        if act.early:
            for taken in self.taken[before:]:
                await self.tell("receipt", _receipt(taken))
        if act.lost and request.transport is not None:
            request.transport.abort()
        return _response(answer)


def _receipt(taken: Taken) -> list[dict[str, Any]]:
    return [
        {
            "phone_number": taken.to,
            "success": True,
            "err_code": "DELIVERED",
            "biz_id": taken.reference,
            "out_id": taken.id,
        }
    ]


def _response(answer: Any) -> web.Response:
    if isinstance(answer, web.Response):
        return answer
    status, body = answer if isinstance(answer, tuple) else (200, answer)
    return web.json_response(body, status=status)


@asynccontextmanager
async def running(gateway: Gateway, port: int = 0) -> AsyncIterator[str]:
    """The gateway on loopback, on a free port unless one is named; its URL without a slash."""
    runner = web.AppRunner(gateway.application(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        host, bound = runner.addresses[0][:2]
        yield f"http://{host}:{bound}"
    finally:
        await runner.cleanup()


def settings_for(kind: str, url: str, accounts: Accounts | None = None) -> dict[str, str]:
    """Settings with which a channel of this kind finds the gateway and is known to it."""
    known = accounts or Accounts()
    aliyun = {"access_key": known.aliyun_key, "access_secret": known.aliyun_secret}
    aliyun["base"] = f"{url}/aliyun"
    sms = {"sender": "双溪街道", "template_ask": "SMS_1", "template_ask_drill": "SMS_2"}
    voice = {"shown_number": "057100000000", "template_ask": "TTS_1", "template_ask_drill": "TTS_2"}
    own: dict[str, dict[str, str]] = {
        "dingtalk": {
            "app_key": known.app_key,
            "app_secret": known.app_secret,
            "agent_id": "7",
        },
        "wecom": {
            "corporation": known.corporation,
            "secret": known.corporation_secret,
            "agent_id": "7",
        },
        "aliyun_sms": {**aliyun, **sms},
        "aliyun_voice": {**aliyun, **voice, "template_yes": "TTS_1", "template_no": "TTS_1"},
        "tencent_sms": {
            "secret_id": known.tencent_id,
            "secret_key": known.tencent_key,
            "application": "1400000000",
            "base": f"{url}/tencent",
            **sms,
        },
        "ntfy": {"base": f"{url}/ntfy"},
        "bark": {"base": f"{url}/bark"},
    }
    return {} if kind == "webhook" else {"base": url, **own.get(kind, {})}
