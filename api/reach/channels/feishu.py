"""Feishu, abroad Lark: the robot of a group."""

from __future__ import annotations

from typing import Any, Final

from api.reach.channels import signing
from api.reach.channels.channel import Broken, Dead, Message, Outbound, Outcome, Raw, Retry, Setting
from api.reach.channels.shared import (
    Once,
    body_of,
    by_code,
    chat_text,
    handed,
    hook,
    unsent,
    zero,
)

TEXT_BYTES_MAX: Final = 16 * 1024

CODES: Final[dict[str, Outcome]] = {
    "11232": Retry("rate", 60),
    "9499": Dead("content"),
    "19001": Dead("address"),
    "19007": Dead("stopped"),
    "19021": Broken("sign"),
    "19022": Broken("sender_ip"),
    "19024": Broken("keyword"),
}
SETTINGS_ROBOT = (
    Setting("base", "接口地址", "base URL", default="https://open.feishu.cn"),
    Setting("keyword", "机器人的关键词", "the robots' keyword", default=""),
)


class FeishuRobot(Once):
    """One group's robot: its address is the hook's URL or token, its secret the one for signing."""

    async def send(self, outbound: Outbound, message: Message) -> Raw:
        text = chat_text(message, TEXT_BYTES_MAX, self.settings["keyword"])
        url = hook(self.settings["base"], "/open-apis/bot/v2/hook/", message.to)
        if not url:
            return unsent(b"address")
        order: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
        if message.secret:
            now = int(outbound.now())
            order |= {"timestamp": str(now), "sign": signing.feishu(message.secret, now)}
        return await outbound.post(url, json=order)

    def judge(self, raw: Raw, message: Message) -> Outcome:
        body = body_of(raw)
        if not isinstance(body, dict):
            return body
        code = body.get("code")
        return handed(raw, message.id) if zero(code) else by_code(CODES, code)
