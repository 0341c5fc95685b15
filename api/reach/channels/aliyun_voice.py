"""Aliyun voice: calls that play a template and are answered by a key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from api.reach.channels.aliyun import KEYS, call, filled, judged
from api.reach.channels.awaiting import Awaiting, Waiting
from api.reach.channels.channel import (
    Handed,
    Message,
    Outbound,
    Outcome,
    Raw,
    Receipt,
    Reply,
    Rung,
    Setting,
)
from api.reach.channels.shared import TEMPLATES, Basic, body_of, mainland, template, unsent

IVR: Final = "11000000300005"  # Aliyun's number for calls with a menu

SETTINGS_VOICE = (
    *KEYS,
    Setting("shown_number", "主叫号码", "number that calls"),
    *TEMPLATES,
    Setting("template_yes", "按 1 后播放的模板", "template played after key 1"),
    Setting("template_no", "按 2 后播放的模板", "template played after key 2"),
    Setting("base", "接口地址", "base URL", default="https://dyvmsapi.aliyuncs.com"),
)


class AliyunVoice(Basic):
    """A call that plays a template and takes key 1 or 2; it is never repeated when in doubt.

    The key that was pressed comes by Aliyun's VoiceReport: see `told.py`.
    """

    rung = Rung.VOICE

    def __init__(self, settings: Mapping[str, str]) -> None:
        super().__init__(settings)
        self._awaiting = Awaiting()

    async def send(self, outbound: Outbound, message: Message) -> Raw:
        chosen = template(self.settings, message)
        if not chosen:
            return unsent(b"template")
        order = {
            "CalledNumber": mainland(message.to),
            "CalledShowNumber": self.settings["shown_number"],
            "StartCode": chosen,
            "StartTtsParams": filled(message),
            "MenuKeyMap.1.Key": "1",
            "MenuKeyMap.1.Code": self.settings["template_yes"],
            "MenuKeyMap.2.Key": "2",
            "MenuKeyMap.2.Code": self.settings["template_no"],
            "PlayTimes": "2",
            "OutId": message.id,
        }
        raw = await call(outbound, self.settings, "IvrCall", order)
        outcome = self.judge(raw, message)
        if isinstance(outcome, Handed):
            self._awaiting.add(message, outcome.reference, outbound.now())
        return raw

    def judge(self, raw: Raw, message: Message) -> Outcome:  # noqa: ARG002  # the seam has it
        return judged(raw, "CallId")

    async def poll(self, outbound: Outbound) -> list[Receipt | Reply]:
        """Who has picked up, of the calls of this process; at most 20 a time."""
        told = [await self._told(outbound, each) for each in self._awaiting.due(outbound.now())]
        return [receipt for receipt in told if receipt is not None]

    async def _told(self, outbound: Outbound, waiting: Waiting) -> Receipt | None:
        order = {
            "CallId": waiting.reference,
            "ProdId": IVR,
            "QueryDate": str(int(waiting.since * 1000)),
        }
        body = body_of(await call(outbound, self.settings, "QueryCallDetailByCallId", order))
        detail = _detail(body.get("Data")) if isinstance(body, dict) else {}
        if not detail.get("endDate"):
            return None
        self._awaiting.done(waiting.id)
        if detail.get("bStartTime") or detail.get("startDate"):
            return Receipt("delivered", waiting.reference, waiting.id)
        return Receipt("failed", waiting.reference, waiting.id, "carrier")


def _detail(data: object) -> dict[str, Any]:
    if not isinstance(data, str):
        return {}
    try:
        detail = msgspec.json.decode(data)
    except ValueError:
        return {}
    return detail if isinstance(detail, dict) else {}
