"""A gateway that is running, a guarded way to it, one clock for both; a message for each kind."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from api.reach.channels import (
    KINDS,
    Channel,
    Message,
    Outcome,
    make,
)
from api.reach.outbound import Guarded
from tests.reach.gateway import (
    Accounts,
    Gateway,
    running,
    settings_for,
)

NUMBER = "13800000001"
TEXT = "守望：双溪街道需要抽水泵 2 台，请在 12:30 前答复"
DRILL_TEXT = "守望演练：双溪街道需要抽水泵 2 台"
KEY = base64.b64encode(b"0123456789abcdef01234567").decode()
FIELDS = {"code": "AB12CD34", "time": "12:30"}


class Sundial:
    """A wall clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


class Place:
    """A gateway that is running, a guarded way to it, and a clock for both."""

    def __init__(self, gateway: Gateway, url: str, outbound: Guarded, clock: Sundial) -> None:
        self.gateway, self.url, self.outbound, self.clock = gateway, url, outbound, clock

    def channel(self, kind: str, **settings: str) -> Channel:
        return make(kind, {**settings_for(kind, self.url), **settings})

    def message(self, kind: str, **changes: Any) -> Message:
        to, secret = self.address(kind)
        known: dict[str, Any] = {"id": "m1", "to": to, "text": TEXT, "secret": secret}
        return Message(**{**known, "fields": FIELDS, **changes})

    def address(self, kind: str) -> tuple[str, str]:
        robots = {
            "dingtalk_robot": (f"{self.url}/robot/send?access_token=signed", "SECsecret"),
            "wecom_robot": (f"{self.url}/cgi-bin/webhook/send?key=plain", ""),
            "feishu_robot": (f"{self.url}/open-apis/bot/v2/hook/signed", "SECsecret"),
            "webhook": (f"{self.url}/hook/county", f"whsec_{KEY}"),
            "ntfy": ("duty", ""),
            "bark": ("phone", ""),
        }
        own = (NUMBER, "") if KINDS[kind].to_en == "mobile number" else ("u1", "")
        return robots.get(kind, own)

    async def send(self, channel: Channel, message: Message) -> Outcome:
        return channel.judge(await channel.send(self.outbound, message), message)


@asynccontextmanager
async def placed(seconds: float = 3.0) -> AsyncIterator[Place]:
    accounts = Accounts(
        robots={"signed": "SECsecret", "plain": ""},
        users={"u1"},
        phones={"phone"},
        hooks={"county": KEY},
    )
    clock = Sundial()
    gateway = Gateway(accounts, clock)
    async with running(gateway) as url:
        allowed = frozenset({urlsplit(url).netloc})
        async with Guarded(allowed=allowed, clock=clock, seconds=seconds) as outbound:
            yield Place(gateway, url, outbound, clock)


ONLINE = sorted(set(KINDS) - {"modem"})
SERVICES = {
    "aliyun_sms": "aliyun",
    "aliyun_voice": "aliyun",
    "tencent_sms": "tencent",
}


def service(kind: str) -> str:
    return SERVICES.get(kind, kind)
