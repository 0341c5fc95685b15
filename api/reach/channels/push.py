"""Push to a duty phone: ntfy, and Bark for iPhones."""

from __future__ import annotations

from typing import Any, Final

from api.reach.channels.channel import Broken, Dead, Message, Outbound, Outcome, Raw, Retry, Setting
from api.reach.channels.reasons import other
from api.reach.channels.shared import Once, Recognized, body_of, chat_text, handed

TEXT_BYTES_MAX: Final = 3_500  # beyond 4,096 ntfy makes a file of it
TITLE: Final = "守望"

SETTINGS_NTFY = (
    Setting("token", "访问令牌", "access token", secret=True, default=""),
    Setting("base", "服务器地址", "server's address", default="https://ntfy.sh"),
)
SETTINGS_BARK = (Setting("base", "服务器地址", "server's address", default="https://api.day.app"),)


class Ntfy(Once):
    """One topic of an ntfy server; a secret of the address stands before the server's token."""

    async def send(self, outbound: Outbound, message: Message) -> Raw:
        order: dict[str, Any] = {
            "topic": message.to,
            "title": TITLE,
            "message": chat_text(message, TEXT_BYTES_MAX),
            "priority": 5 if message.urgent else 3,
        }
        if message.link:
            order["click"] = message.link
        token = message.secret or self.settings["token"]
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await outbound.post(f"{self.settings['base']}/", json=order, headers=headers)

    def judge(self, raw: Raw, message: Message) -> Outcome:
        if raw.status in (401, 403):
            return Dead("sign") if message.secret else Broken("access")
        if raw.status == 413:
            return Dead("content")
        body = body_of(raw)
        if not isinstance(body, dict):
            return body
        if raw.status != 200:
            return Retry(other(body.get("code", raw.status)))
        named = body.get("event") == "message" and body.get("topic") == message.to
        return handed(raw, body.get("id") if named else "")


class Bark(Recognized):
    """One iPhone's key; a repeated message replaces the one with its id."""

    async def send(self, outbound: Outbound, message: Message) -> Raw:
        order: dict[str, Any] = {
            "device_key": message.to,
            "title": TITLE,
            "body": chat_text(message, TEXT_BYTES_MAX),
            "level": "critical" if message.urgent else "timeSensitive",
            "id": message.id,
        }
        if message.urgent:
            order["call"] = "1"
        if message.link:
            order["url"] = message.link
        return await outbound.post(f"{self.settings['base']}/push", json=order)

    def judge(self, raw: Raw, message: Message) -> Outcome:
        body = body_of(raw)
        if not isinstance(body, dict):
            return body
        code = body.get("code")
        if type(code) is int and code == 200:
            return handed(raw, message.id)
        return Dead("address") if code in (400, 404, 410) else Retry(other(code))
