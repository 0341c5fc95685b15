"""WeCom: the robot of a group, and a message of an application to one person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlencode

import msgspec

from api.reach.channels.awaiting import Token
from api.reach.channels.channel import Broken, Dead, Message, Outbound, Outcome, Raw, Retry, Setting
from api.reach.channels.shared import (
    Once,
    Recognized,
    body_of,
    by_code,
    chat_text,
    handed,
    hook,
    unsent,
    zero,
)

BASE: Final = "https://qyapi.weixin.qq.com"
TEXT_BYTES_MAX: Final = 2_048
REPEAT_S: Final = 1_800  # within which WeCom drops the same message to the same person

CODES: Final[dict[str, Outcome]] = {
    "-1": Retry("busy"),
    "45009": Retry("rate", 60),
    "45033": Retry("rate", 60),
    "93000": Dead("address"),
    "93004": Dead("stopped"),
    "93008": Dead("address"),
    "81013": Dead("address"),
    "40003": Dead("address"),
    "45002": Dead("content"),
    "44004": Dead("content"),
    "40008": Dead("content"),
    "40014": Retry("token"),
    "42001": Retry("token"),
    "60020": Broken("sender_ip"),
    "40001": Broken("access"),
    "40013": Broken("access"),
    "40056": Broken("access"),
    "41*": Broken("access"),
    "48002": Broken("access"),
    "60011": Broken("access"),
    "301002": Broken("access"),
}
SETTINGS_ROBOT = (Setting("base", "接口地址", "base URL", default=BASE),)
SETTINGS = (
    Setting("corporation", "企业 ID", "id of the corporation"),
    Setting("secret", "应用 Secret", "Secret of the application", secret=True),
    Setting("agent_id", "应用 AgentId", "AgentId of the application"),
    Setting("base", "接口地址", "base URL", default=BASE),
)


class WeComRobot(Once):
    """One group's robot: its address is the hook's URL or key; nothing is signed."""

    async def send(self, outbound: Outbound, message: Message) -> Raw:
        text = chat_text(message, TEXT_BYTES_MAX)
        url = hook(self.settings["base"], "/cgi-bin/webhook/send?key=", message.to)
        if not url:
            return unsent(b"address")
        return await outbound.post(url, json={"msgtype": "text", "text": {"content": text}})

    def judge(self, raw: Raw, message: Message) -> Outcome:
        body = body_of(raw)
        if not isinstance(body, dict):
            return body
        code = body.get("errcode")
        return handed(raw, message.id) if zero(code) else by_code(CODES, code)


class WeComApplication(Recognized):
    """A message to one user; WeCom itself drops a repeated one, so a lost answer does no harm."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        super().__init__(settings)
        self._token = Token()

    async def send(self, outbound: Outbound, message: Message) -> Raw:
        first = msgspec.structs.replace(message, tries=1)
        order = {
            "touser": message.to,
            "msgtype": "text",
            "agentid": self.settings["agent_id"],
            # The same text on every try, or WeCom would not know it again.
            "text": {"content": chat_text(first, TEXT_BYTES_MAX)},
            "enable_duplicate_check": 1,
            "duplicate_check_interval": REPEAT_S,
        }
        base, settings = self.settings["base"], self.settings
        key = urlencode({"corpid": settings["corporation"], "corpsecret": settings["secret"]})
        token = await self._token.get(outbound, f"{base}/cgi-bin/gettoken?{key}")
        if isinstance(token, Raw):
            return token
        url = f"{base}/cgi-bin/message/send?access_token={quote(token, safe='')}"
        raw = await outbound.post(url, json=order)
        body = body_of(raw)
        if isinstance(body, dict) and body.get("errcode") in (40014, 42001):
            self._token.drop()
        return raw

    def judge(self, raw: Raw, message: Message) -> Outcome:
        body = body_of(raw)
        if not isinstance(body, dict):
            return body
        if not zero(body.get("errcode")):
            return by_code(CODES, body.get("errcode"))
        missed = f"{body.get('invaliduser', '')}|{body.get('unlicenseduser', '')}".split("|")
        return Dead("address") if message.to in missed else handed(raw, body.get("msgid"))
