"""Aliyun SMS: sends by template, and is found again by its OutId."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from api.reach.channels import signing
from api.reach.channels.awaiting import Awaiting, Waiting
from api.reach.channels.channel import (
    Broken,
    Dead,
    Handed,
    Message,
    Outbound,
    Outcome,
    Raw,
    Receipt,
    Reply,
    Retry,
    Rung,
    Setting,
    Unknown,
)
from api.reach.channels.shared import (
    TEMPLATES,
    Basic,
    body_of,
    by_code,
    handed,
    mainland,
    template,
    unsent,
)

VERSION: Final = "2017-05-25"
CHINA: Final = timezone(timedelta(hours=8))
LATE_S: Final = 60.0  # a message that is not listed so long after it was first asked for was lost
MISSED_MOST: Final = 1_000

CODES: Final[dict[str, Outcome]] = {
    "isv.BUSINESS_LIMIT_CONTROL": Dead("limit"),
    "isv.DAY_LIMIT_CONTROL": Broken("limit"),
    "isv.MONTH_LIMIT_CONTROL": Broken("limit"),
    "isv.OUT_OF_SERVICE": Broken("balance"),
    "isv.AMOUNT_NOT_ENOUGH": Broken("balance"),
    "isv.SMS_CONTENT_ILLEGAL": Dead("content"),
    "isv.BLACK_KEY_CONTROL_LIMIT": Dead("content"),
    "isv.PARAM_LENGTH_LIMIT": Dead("content"),
    "isv.DENY_IP_RANGE": Broken("sender_ip"),
    "isv.MOBILE_NUMBER_ILLEGAL": Dead("address"),
    "isv.MOBILE_COUNT_OVER_LIMIT": Dead("address"),
    "isv.SMS_TEMPLATE_ILLEGAL": Broken("template"),
    "isv.TEMPLATE*": Broken("template"),
    "isv.TTS*": Broken("template"),
    "isv.SMS_SIGN*": Broken("template"),
    "isv.ACCOUNT*": Broken("access"),
    "isv.PRODUCT*": Broken("access"),
    "isp.RAM_PERMISSION_DENY": Broken("access"),
    "Forbidden*": Broken("access"),
    "NoPermission*": Broken("access"),
    "InvalidAccessKeyId*": Broken("access"),
    "SignatureDoesNotMatch*": Broken("sign"),
    "IncompleteSignature*": Broken("sign"),
    "SignatureNonceUsed": Retry("busy"),
    "InvalidTimeStamp*": Broken("clock"),
    "Throttling*": Retry("rate", 60),
    "ServiceUnavailable*": Retry("gateway"),
    "InternalError*": Unknown("gateway"),
    "isp.*": Unknown("gateway"),
}
KEYS: Final = (
    Setting("access_key", "AccessKey ID", "AccessKey ID"),
    Setting("access_secret", "AccessKey Secret", "AccessKey Secret", secret=True),
)
SETTINGS_SMS = (
    *KEYS,
    Setting("sender", "短信签名", "sender name (sign)"),
    *TEMPLATES,
    Setting("base", "接口地址", "base URL", default="https://dysmsapi.aliyuncs.com"),
)


class AliyunSms(Basic):
    """One SMS by template. A lost answer is found by OutId before anything is repeated."""

    rung = Rung.SMS

    def __init__(self, settings: Mapping[str, str]) -> None:
        super().__init__(settings)
        self._awaiting = Awaiting()
        self._missed: dict[str, float] = {}

    async def send(self, outbound: Outbound, message: Message) -> Raw:
        chosen = template(self.settings, message)
        if not chosen:
            return unsent(b"template")
        order = {
            "PhoneNumbers": mainland(message.to),
            "SignName": self.settings["sender"],
            "TemplateCode": chosen,
            "TemplateParam": filled(message),
            "OutId": message.id,
        }
        raw = await call(outbound, self.settings, "SendSms", order)
        outcome = self.judge(raw, message)
        if isinstance(outcome, Handed):
            self._awaiting.add(message, outcome.reference, outbound.now())
        return raw

    def judge(self, raw: Raw, message: Message) -> Outcome:  # noqa: ARG002  # the seam has it
        return judged(raw, "BizId")

    async def found(self, outbound: Outbound, message: Message) -> Outcome:
        """By OutId; Retry only once Aliyun has not listed it for a minute of being asked."""
        rows = await self._rows(outbound, message.to, outbound.now())
        if rows is None:
            return Unknown("lost")
        row = next((row for row in rows if row.get("OutId") == message.id), None)
        if row is None:
            return self._not_listed(message.id, outbound.now())
        self._missed.pop(message.id, None)
        if row.get("SendStatus") == 2:
            return Dead("carrier")
        self._awaiting.add(message, "", outbound.now())
        return Handed("")

    def _not_listed(self, id: str, now: float) -> Outcome:
        since = self._missed.setdefault(id, now)
        if len(self._missed) > MISSED_MOST:
            del self._missed[next(iter(self._missed))]
        if now - since < LATE_S:
            return Unknown("pending")
        self._missed.pop(id, None)
        return Retry("lost")

    async def poll(self, outbound: Outbound) -> list[Receipt | Reply]:
        """Receipts of what this process has sent, number by number, at most 20 a time."""
        told = [await self._told(outbound, each) for each in self._awaiting.due(outbound.now())]
        return [receipt for receipt in told if receipt is not None]

    async def _told(self, outbound: Outbound, waiting: Waiting) -> Receipt | None:
        rows = await self._rows(outbound, waiting.to, waiting.since) or []
        status = next((r.get("SendStatus") for r in rows if r.get("OutId") == waiting.id), None)
        if status not in (2, 3):
            return None
        self._awaiting.done(waiting.id)
        if status == 3:
            return Receipt("delivered", waiting.reference, waiting.id)
        return Receipt("failed", waiting.reference, waiting.id, "carrier")

    async def _rows(
        self, outbound: Outbound, number: str, when: float
    ) -> list[dict[str, Any]] | None:
        """What Aliyun lists for the number around that time; None where it does not say."""
        rows: list[dict[str, Any]] = []
        for day in sorted({_day(when - 600), _day(when)}):
            order = {
                "PhoneNumber": mainland(number),
                "SendDate": day,
                "PageSize": "50",
                "CurrentPage": "1",
            }
            body = body_of(await call(outbound, self.settings, "QuerySendDetails", order))
            if not isinstance(body, dict) or body.get("Code") != "OK":
                return None
            rows += _details(body)
        return rows


def judged(raw: Raw, name: str) -> Outcome:
    """What Aliyun's answer means; it was taken where `Code` is OK and `name` names what it is."""
    body = body_of(raw)
    if not isinstance(body, dict):
        return body
    code = body.get("Code")
    return handed(raw, body.get(name)) if code == "OK" else by_code(CODES, code)


async def call(
    outbound: Outbound, settings: Mapping[str, str], action: str, order: Mapping[str, str]
) -> Raw:
    """One signed POST with everything in the query; never raises for what the network does."""
    host = urlsplit(settings["base"]).netloc
    headers = signing.acs3_headers(host, action, VERSION, outbound.now(), secrets.token_hex(16))
    headers["Authorization"] = signing.acs3(
        settings["access_key"], settings["access_secret"], order, headers
    )
    url = f"{settings['base']}/?{signing.canonical_query(order)}"
    return await outbound.post(url, headers=headers)


def filled(message: Message) -> str:
    """The fields of a template as Aliyun wants them: JSON."""
    return msgspec.json.encode(dict(sorted(message.fields.items()))).decode()


def _day(when: float) -> str:
    return datetime.fromtimestamp(when, UTC).astimezone(CHINA).strftime("%Y%m%d")


def _details(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    outer = body.get("SmsSendDetailDTOs")
    rows = outer.get("SmsSendDetailDTO") if isinstance(outer, dict) else None
    return (row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else iter(())
