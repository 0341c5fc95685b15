"""DingTalk: the robot of a group, and the work notice to one person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec

from api.reach.channels import signing
from api.reach.channels.awaiting import Awaiting, Token, Waiting
from api.reach.channels.channel import (
    Broken,
    Dead,
    Message,
    Outbound,
    Outcome,
    Raw,
    Receipt,
    Reply,
    Retry,
    Setting,
    Unknown,
)
from api.reach.channels.reasons import other
from api.reach.channels.shared import (
    Basic,
    Once,
    body_of,
    by_code,
    chat_text,
    handed,
    hook,
    unsent,
    zero,
)

BASE: Final = "https://oapi.dingtalk.com"
BLOCKED_S: Final = 600.0  # what DingTalk blocks a robot for that was too fast
TEXT_BYTES_MAX: Final = 2_048
NOTICE = "/topapi/message/corpconversation"

ROBOT_CODES: Final[dict[str, Outcome]] = {
    "-1": Retry("busy"),
    "130101": Retry("rate", BLOCKED_S),
    "410100": Retry("rate", BLOCKED_S),
    "400013": Dead("address"),
    "400101": Dead("address"),
    "400102": Dead("stopped"),
    "300001": Dead("address"),
    "300005": Dead("address"),
    "4301*": Dead("content"),
}
NOTICE_CODES: Final[dict[str, Outcome]] = {
    "-1": Retry("busy"),
    "143103": Retry("rate", 60),
    "143104": Retry("rate", 60),
    "90018": Retry("rate", 60),
    "40014": Retry("token"),
    "42001": Retry("token"),
    "33012": Dead("address"),
    "33003": Dead("address"),
    "60020": Broken("sender_ip"),
    "400*": Broken("access"),
    "410*": Broken("access"),
    "60011": Broken("access"),
}
SETTINGS_ROBOT = (
    Setting("base", "接口地址", "base URL", default=BASE),
    Setting("keyword", "机器人的关键词", "the robots' keyword", default=""),
)
SETTINGS = (
    Setting("app_key", "应用 AppKey", "AppKey of the application"),
    Setting("app_secret", "应用 AppSecret", "AppSecret of the application", secret=True),
    Setting("agent_id", "应用 AgentId", "AgentId of the application"),
    Setting("base", "接口地址", "base URL", default=BASE),
)


class DingTalkRobot(Once):
    """One group's robot: its address is the hook's URL or token, its secret the one for signing."""

    async def send(self, outbound: Outbound, message: Message) -> Raw:
        text = chat_text(message, TEXT_BYTES_MAX, self.settings["keyword"])
        url = hook(self.settings["base"], "/robot/send?access_token=", message.to)
        if not url:
            return unsent(b"address")
        if message.secret:
            now = int(outbound.now() * 1000)
            sign = quote(signing.dingtalk(message.secret, now), safe="")
            url += f"&timestamp={now}&sign={sign}"
        return await outbound.post(url, json={"msgtype": "text", "text": {"content": text}})

    def judge(self, raw: Raw, message: Message) -> Outcome:
        body = body_of(raw)
        if not isinstance(body, dict):
            return body
        code = body.get("errcode")
        if zero(code):
            return handed(raw, message.id)
        if str(code) == "310000":
            return Broken(_security(str(body.get("errmsg"))))
        return by_code(ROBOT_CODES, code)


def _security(told: str) -> str:
    """Which of a robot's three safeguards a message failed: only the words tell them apart."""
    if "关键词" in told or "keyword" in told.lower():
        return "keyword"
    return "sender_ip" if "ip" in told.lower().replace("description", "") else "sign"


class DingTalkNotice(Basic):
    """A work notice to one user; it counts once DingTalk lists the user as having it."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        super().__init__(settings)
        self._token = Token()
        self._awaiting = Awaiting()

    async def send(self, outbound: Outbound, message: Message) -> Raw:
        content = {"msgtype": "text", "text": {"content": chat_text(message, TEXT_BYTES_MAX)}}
        order = {
            "agent_id": self.settings["agent_id"],
            "userid_list": message.to,
            "msg": content,
        }
        raw = await self._post(outbound, "asyncsend_v2", order)
        body = body_of(raw)
        task = body.get("task_id") if isinstance(body, dict) and raw.status == 200 else None
        if not isinstance(body, dict) or not zero(body.get("errcode")) or type(task) is not int:
            return raw
        self._awaiting.add(message, str(task), outbound.now())
        return await self._result(outbound, str(task))

    def judge(self, raw: Raw, message: Message) -> Outcome:
        body = body_of(raw)
        if not isinstance(body, dict):
            return body
        if not zero(body.get("errcode")):
            return by_code(NOTICE_CODES, body.get("errcode"))
        result = body.get("send_result")
        lists: dict[str, Any] = result if isinstance(result, dict) else {}
        if _listed(lists, "forbidden_user_id_list", message.to):
            return Dead("limit")
        if _listed(lists, "invalid_user_id_list", message.to):
            return Dead("address")
        if _listed(lists, "failed_user_id_list", message.to):
            return Retry(other("failed"))
        has = _state(lists, message.to)
        return handed(raw, body.get("task")) if has else Unknown("pending")

    async def found(self, outbound: Outbound, message: Message) -> Outcome:
        """What the task says, if this process knows it; DingTalk drops the same text of a day."""
        waiting = self._awaiting.get(message.id)
        if waiting is None:
            return Retry("lost") if message.tries < 2 else Unknown("lost")
        outcome = self.judge(await self._result(outbound, waiting.reference), message)
        return Unknown("pending") if isinstance(outcome, Retry | Broken) else outcome

    async def poll(self, outbound: Outbound) -> list[Receipt | Reply]:
        """Delivered and read, for up to three days."""
        told = [await self._told(outbound, each) for each in self._awaiting.due(outbound.now())]
        return [receipt for receipt in told if receipt is not None]

    async def _told(self, outbound: Outbound, waiting: Waiting) -> Receipt | None:
        body = body_of(await self._result(outbound, waiting.reference))
        result = body.get("send_result") if isinstance(body, dict) else None
        state = _state(result, waiting.to) if isinstance(result, dict) else ""
        if not state or state == waiting.told:
            return None
        waiting.told = state
        if state == "read":
            self._awaiting.done(waiting.id)
            return Receipt("read", waiting.reference, waiting.id)
        return Receipt("delivered", waiting.reference, waiting.id)

    async def _result(self, outbound: Outbound, task: str) -> Raw:
        """What `getsendresult` says, with the task's number in it; without one where it fails."""
        order = {"agent_id": self.settings["agent_id"], "task_id": int(task)}
        raw = await self._post(outbound, "getsendresult", order)
        body = body_of(raw)
        kept = body if isinstance(body, dict) and zero(body.get("errcode")) else {"errcode": 0}
        return Raw(200, msgspec.json.encode({**kept, "task": task}))

    async def _post(self, outbound: Outbound, action: str, order: dict[str, Any]) -> Raw:
        base, settings = self.settings["base"], self.settings
        key = urlencode({"appkey": settings["app_key"], "appsecret": settings["app_secret"]})
        token = await self._token.get(outbound, f"{base}/gettoken?{key}")
        if isinstance(token, Raw):
            return token
        url = f"{base}{NOTICE}/{action}?access_token={quote(token, safe='')}"
        raw = await outbound.post(url, json=order)
        body = body_of(raw)
        if isinstance(body, dict) and body.get("errcode") in (40014, 42001):
            self._token.drop()
        return raw


def _listed(lists: Mapping[str, Any], name: str, user: str) -> bool:
    listed = lists.get(name)
    return isinstance(listed, list) and user in listed


def _state(lists: Mapping[str, Any], user: str) -> str:
    if _listed(lists, "read_user_id_list", user):
        return "read"
    return "delivered" if _listed(lists, "unread_user_id_list", user) else ""
