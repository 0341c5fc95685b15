"""Tencent Cloud SMS: sends by template, and is asked for receipts and replies."""

from __future__ import annotations

import hashlib
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import msgspec

from api.reach.channels import signing
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

VERSION: Final = "2021-01-11"
PULLED_MOST: Final = 100

CODES: Final[dict[str, Outcome]] = {
    "LimitExceeded.PhoneNumber*": Dead("limit"),
    "LimitExceeded.DeliveryFrequencyLimit": Retry("rate", 60),
    "LimitExceeded*": Broken("limit"),
    "RequestLimitExceeded*": Retry("rate", 60),
    "FailedOperation.PhoneNumberInBlacklist": Dead("blacklist"),
    "FailedOperation.InsufficientBalanceInSmsPackage": Broken("balance"),
    "FailedOperation.ContainSensitiveWord": Dead("content"),
    "FailedOperation.Signature*": Broken("template"),
    "FailedOperation.MissingSignature*": Broken("template"),
    "FailedOperation.Template*": Broken("template"),
    "FailedOperation.FailResolvePacket": Broken("template"),
    "InvalidParameterValue.Template*": Broken("template"),
    "InvalidParameterValue.IncorrectPhoneNumber": Dead("address"),
    "InvalidParameterValue.ContentLengthLimit": Dead("content"),
    "UnsupportedOperation*": Dead("address"),
    "UnauthorizedOperation.RequestIpNotInWhitelist": Broken("sender_ip"),
    "UnauthorizedOperation*": Broken("access"),
    "AuthFailure.SignatureFailure": Broken("sign"),
    "AuthFailure.SignatureExpire": Broken("clock"),
    "AuthFailure*": Broken("access"),
    "InternalError*": Unknown("gateway"),
}
SETTINGS = (
    Setting("secret_id", "SecretId", "SecretId"),
    Setting("secret_key", "SecretKey", "SecretKey", secret=True),
    Setting("application", "短信应用 SdkAppId", "SdkAppId of the SMS application"),
    Setting("sender", "短信签名", "sender name (sign)"),
    *TEMPLATES,
    Setting("region", "地域", "region", default="ap-guangzhou"),
    Setting("base", "接口地址", "base URL", default="https://sms.tencentcloudapi.com"),
)


class TencentSms(Basic):
    """One SMS by template; a lost answer cannot be asked for, so it stays Unknown."""

    rung = Rung.SMS

    async def send(self, outbound: Outbound, message: Message) -> Raw:
        chosen = template(self.settings, message)
        if not chosen:
            return unsent(b"template")
        order = {
            "PhoneNumberSet": [f"+86{mainland(message.to)}"],
            "SignName": self.settings["sender"],
            "TemplateId": chosen,
            "TemplateParamSet": [message.fields[name] for name in sorted(message.fields)],
            "SessionContext": message.id,
        }
        return await self._call(outbound, "SendSms", order)

    def judge(self, raw: Raw, message: Message) -> Outcome:
        answer = _answer(raw)
        if not isinstance(answer, dict):
            return answer
        number = f"+86{mainland(message.to)}"
        status = next((e for e in _rows(answer, "SendStatusSet") if _of(e, number)), None)
        if status is None:
            return Unknown("answer")
        if status.get("Code") != "Ok":
            return by_code(CODES, status.get("Code"))
        return handed(raw, status.get("SerialNo"))

    async def poll(self, outbound: Outbound) -> list[Receipt | Reply]:
        """At most 100 receipts and 100 replies; Tencent tells each of them once."""
        receipts = _answer(await self._call(outbound, "PullSmsSendStatus", {"Limit": PULLED_MOST}))
        replies = _answer(await self._call(outbound, "PullSmsReplyStatus", {"Limit": PULLED_MOST}))
        told: list[Receipt | Reply] = []
        if isinstance(receipts, dict):
            told += [_receipt(row) for row in _rows(receipts, "PullSmsSendStatusSet")]
        if isinstance(replies, dict):
            told += [_reply(row) for row in _rows(replies, "PullSmsReplyStatusSet")]
        return told

    async def _call(self, outbound: Outbound, action: str, order: dict[str, Any]) -> Raw:
        settings, now = self.settings, int(outbound.now())
        body = msgspec.json.encode({**order, "SmsSdkAppId": settings["application"]})
        signed = {
            "content-type": "application/json; charset=utf-8",
            "host": urlsplit(settings["base"]).netloc,
            "x-tc-action": action,
        }
        authorization = signing.tc3(
            settings["secret_id"], settings["secret_key"], "sms", now, signed, body.decode()
        )
        headers = {
            "Authorization": authorization,
            "Content-Type": signed["content-type"],
            "X-TC-Action": action,
            "X-TC-Version": VERSION,
            "X-TC-Timestamp": str(now),
            "X-TC-Region": settings["region"],
        }
        return await outbound.post(f"{settings['base']}/", data=body, headers=headers)


def _answer(raw: Raw) -> dict[str, Any] | Outcome:
    body = body_of(raw)
    if not isinstance(body, dict):
        return body
    answer = body.get("Response")
    if not isinstance(answer, dict):
        return Unknown("answer")
    error = answer.get("Error")
    if error is not None:
        return by_code(CODES, error.get("Code") if isinstance(error, dict) else error)
    return answer


def _rows(answer: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rows = answer.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _of(row: dict[str, Any], number: str) -> bool:
    return row.get("PhoneNumber") == number


def _receipt(row: dict[str, Any]) -> Receipt:
    state: Literal["delivered", "failed"]
    state = "delivered" if row.get("ReportStatus") == "SUCCESS" else "failed"
    why = "" if state == "delivered" else "carrier"
    return Receipt(state, reference=str(row.get("SerialNo", "")), why=why)


def _reply(row: dict[str, Any]) -> Reply:
    sender, text = str(row.get("PhoneNumber", "")), str(row.get("ReplyContent", ""))
    known = f"{sender}\n{row.get('ReplyTime')}\n{text}".encode()
    return Reply(hashlib.sha256(known).hexdigest()[:32], mainland(sender), text)
