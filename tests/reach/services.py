"""The services of the gateway, one function a door, with checks written apart from our signers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

from aiohttp import web

if TYPE_CHECKING:
    from tests.reach.gateway import Gateway

Door = Callable[[web.Request], Awaitable[Any]]
NOTHING = hashlib.sha256(b"").hexdigest()
HOUR_S = 3_600
SKEW_S = 900
TEXT_BYTES_MAX = 2_048


def doors(gateway: Gateway) -> Iterator[tuple[str, str, str, Door]]:
    """Method, path, name of the service, and what it does."""
    chat, work, cloud = Robots(gateway), Work(gateway), Cloud(gateway)
    yield "POST", "/robot/send", "dingtalk_robot", chat.dingtalk
    yield "POST", "/cgi-bin/webhook/send", "wecom_robot", chat.wecom
    yield "POST", "/open-apis/bot/v2/hook/{token}", "feishu_robot", chat.feishu
    yield "GET", "/gettoken", "dingtalk_token", work.dingtalk_token
    yield "POST", "/topapi/message/corpconversation/asyncsend_v2", "dingtalk", work.dingtalk
    yield "POST", "/topapi/message/corpconversation/getsendresult", "dingtalk_result", work.result
    yield "GET", "/cgi-bin/gettoken", "wecom_token", work.wecom_token
    yield "POST", "/cgi-bin/message/send", "wecom", work.wecom
    yield "POST", "/aliyun/", "aliyun", cloud.aliyun
    yield "POST", "/tencent/", "tencent", cloud.tencent
    yield "POST", "/ntfy/", "ntfy", chat.ntfy
    yield "POST", "/bark/push", "bark", chat.bark
    yield "POST", "/hook/{name}", "webhook", chat.webhook


def signed(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")


class Robots:
    """Groups, duty phones and webhooks."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.accounts = gateway.accounts

    async def dingtalk(self, request: web.Request) -> Any:
        token = request.query.get("access_token", "")
        if token not in self.accounts.robots:
            return {"errcode": 400101, "errmsg": "access_token 不存在"}
        secret = self.accounts.robots[token]
        if secret and not self._dingtalk_signed(request, secret):
            return {"errcode": 310000, "errmsg": "description:机器人发送签名不匹配"}
        text = (await request.json())["text"]["content"]
        if self.accounts.keywords.get(token, "") not in text:
            return {"errcode": 310000, "errmsg": "description:关键词不匹配"}
        if self.gateway.too_fast(f"dingtalk {token}"):
            return {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}
        self.gateway.take("dingtalk_robot", token, text)
        return {"errcode": 0, "errmsg": "ok"}

    def _dingtalk_signed(self, request: web.Request, secret: str) -> bool:
        stamp, sign = request.query.get("timestamp", ""), request.query.get("sign", "")
        if not stamp.isdigit() or abs(self.gateway.clock() - int(stamp) / 1000) > HOUR_S:
            return False
        expected = signed(secret.encode(), b"%s\n%s" % (stamp.encode(), secret.encode()))
        return hmac.compare_digest(base64.standard_b64encode(expected).decode(), sign)

    async def wecom(self, request: web.Request) -> Any:
        key = request.query.get("key", "")
        if key not in self.accounts.robots:
            return {"errcode": 93000, "errmsg": "invalid webhook url"}
        text = (await request.json())["text"]["content"]
        if len(text.encode()) > TEXT_BYTES_MAX:
            return {"errcode": 40058, "errmsg": "content exceed max length"}
        if self.gateway.too_fast(f"wecom {key}"):
            return {"errcode": 45009, "errmsg": "api freq out of limit"}
        self.gateway.take("wecom_robot", key, text)
        return {"errcode": 0, "errmsg": "ok"}

    async def feishu(self, request: web.Request) -> Any:
        token, body = request.match_info["token"], await request.json()
        if token not in self.accounts.robots:
            return {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"}
        secret = self.accounts.robots[token]
        if secret and not self._feishu_signed(body, secret):
            return {"code": 19021, "msg": "sign match fail or timestamp is not within one hour"}
        text = body["content"]["text"]
        if self.accounts.keywords.get(token, "") not in text:
            return {"code": 19024, "msg": "Key Words Not Found"}
        self.gateway.take("feishu_robot", token, text)
        return {"code": 0, "msg": "success", "data": {}}

    def _feishu_signed(self, body: dict[str, Any], secret: str) -> bool:
        stamp = body.get("timestamp", "")
        if not stamp.isdigit() or abs(self.gateway.clock() - int(stamp)) > HOUR_S:
            return False
        expected = base64.standard_b64encode(signed(f"{stamp}\n{secret}".encode(), b"")).decode()
        return hmac.compare_digest(expected, body.get("sign", ""))

    async def ntfy(self, request: web.Request) -> Any:
        body = await request.json()
        if not body.get("topic"):
            return 400, {"code": 40009, "http": 400, "error": "invalid topic"}
        reference = self.gateway.take("ntfy", body["topic"], body["message"])
        return {"id": reference, "event": "message", "topic": body["topic"]}

    async def bark(self, request: web.Request) -> Any:
        body = await request.json()
        if body["device_key"] not in self.accounts.phones:
            return 400, {"code": 400, "message": "failed to get device token", "timestamp": 0}
        self.gateway.take("bark", body["device_key"], body["body"], body.get("id", ""))
        return {"code": 200, "message": "success", "timestamp": 0}

    async def webhook(self, request: web.Request) -> Any:
        name, body = request.match_info["name"], await request.read()
        key = self.accounts.hooks.get(name)
        if key is None:
            return web.Response(status=404)
        id, stamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        if abs(self.gateway.clock() - int(stamp)) > 300:
            return 400, {"error": "too old"}
        content = b".".join((id.encode(), stamp.encode(), body))
        expected = base64.standard_b64encode(signed(base64.standard_b64decode(key), content))
        if request.headers["webhook-signature"] != f"v1,{expected.decode()}":
            return 401, {"error": "signature"}
        if all(taken.id != id for taken in self.gateway.arrived(name, "webhook")):
            self.gateway.take("webhook", name, json.loads(body)["data"]["text"], id)
        return web.Response(status=204)


class Work:
    """Messages of an application to one person, behind a token that was fetched before."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.accounts = gateway.accounts
        self._seen: set[tuple[str, str]] = set()

    def _token(self, right: bool, wrong: int) -> Any:
        if not right:
            return {"errcode": wrong, "errmsg": "invalid credential"}
        token = f"token/{self.gateway.number()}+="
        self.gateway.tokens[token] = self.gateway.clock() + 7_200
        return {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": 7_200}

    def _expired(self, request: web.Request) -> bool:
        until = self.gateway.tokens.get(request.query.get("access_token", ""), 0)
        return self.gateway.clock() >= until

    async def dingtalk_token(self, request: web.Request) -> Any:
        known = (self.accounts.app_key, self.accounts.app_secret)
        given = (request.query.get("appkey"), request.query.get("appsecret"))
        return self._token(given == known, 40089)

    async def dingtalk(self, request: web.Request) -> Any:
        if self._expired(request):
            return {"errcode": 40014, "errmsg": "不合法的access_token"}
        body = await request.json()
        user, text, task = body["userid_list"], body["msg"]["text"]["content"], self._task()
        result = self.gateway.tasks[task]
        if user not in self.accounts.users:
            result["invalid_user_id_list"].append(user)
        elif user in self.accounts.forbidden or (user, text) in self._seen:
            result["forbidden_user_id_list"].append(user)
        else:
            self._seen.add((user, text))
            result["unread_user_id_list"].append(user)
            self.gateway.take("dingtalk", user, text, str(task))
        return {"errcode": 0, "task_id": task, "request_id": "r"}

    def _task(self) -> int:
        task = self.gateway.number()
        names = ("invalid", "forbidden", "failed", "read", "unread")
        self.gateway.tasks[task] = {f"{name}_user_id_list": [] for name in names}
        return task

    async def result(self, request: web.Request) -> Any:
        if self._expired(request):
            return {"errcode": 40014, "errmsg": "不合法的access_token"}
        task = (await request.json())["task_id"]
        return {"errcode": 0, "send_result": self.gateway.tasks.get(task, {}), "request_id": "r"}

    async def wecom_token(self, request: web.Request) -> Any:
        known = (self.accounts.corporation, self.accounts.corporation_secret)
        given = (request.query.get("corpid"), request.query.get("corpsecret"))
        return self._token(given == known, 40001)

    async def wecom(self, request: web.Request) -> Any:
        if self._expired(request):
            return {"errcode": 42001, "errmsg": "access_token expired"}
        body = await request.json()
        user, text = body["touser"], body["text"]["content"]
        if user not in self.accounts.users:
            return {"errcode": 0, "errmsg": "ok", "invaliduser": user, "msgid": "m"}
        repeated = (user, text) in self._seen and body.get("enable_duplicate_check") == 1
        self._seen.add((user, text))
        if not repeated:
            self.gateway.take("wecom", user, text)
        return {"errcode": 0, "errmsg": "ok", "msgid": f"m{self.gateway.number()}"}


class Cloud:
    """SMS and voice of both clouds."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.accounts = gateway.accounts

    async def aliyun(self, request: web.Request) -> Any:
        wrong = self._aliyun_wrong(request)
        if wrong:
            return 400, {"Code": wrong, "Message": "refused", "RequestId": "r"}
        query = request.query
        actions: dict[str, Callable[[Any], Any]] = {
            "SendSms": self._send_sms,
            "QuerySendDetails": self._details,
            "IvrCall": self._call,
            "QueryCallDetailByCallId": self._call_detail,
        }
        return actions[request.headers["x-acs-action"]](query)

    def _aliyun_wrong(self, request: web.Request) -> str:
        head = request.headers
        sent = datetime.strptime(head["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        if abs(self.gateway.clock() - sent.timestamp()) > SKEW_S:
            return "InvalidTimeStamp.Expired"
        if head["x-acs-signature-nonce"] in self.gateway.nonces:
            return "SignatureNonceUsed"
        self.gateway.nonces.add(head["x-acs-signature-nonce"])
        parts = dict(p.split("=", 1) for p in head["Authorization"].split(" ", 1)[1].split(","))
        if parts["Credential"] != self.accounts.aliyun_key:
            return "InvalidAccessKeyId.NotFound"
        names = parts["SignedHeaders"].split(";")
        pairs = sorted(parse_qsl(request.query_string, keep_blank_values=True))
        query = "&".join(f"{quote(n, safe='~')}={quote(v, safe='~')}" for n, v in pairs)
        listed = "\n".join(f"{name}:{head[name]}" for name in names) + "\n"
        plain = "\n".join(["POST", "/", query, listed, ";".join(names), NOTHING])
        digest = hashlib.sha256(plain.encode()).hexdigest()
        expected = signed(
            self.accounts.aliyun_secret.encode(), f"ACS3-HMAC-SHA256\n{digest}".encode()
        )
        return "" if parts["Signature"] == expected.hex() else "SignatureDoesNotMatch"

    def _send_sms(self, query: Any) -> Any:
        if query["TemplateCode"] not in self.accounts.templates:
            return {"Code": "isv.SMS_TEMPLATE_ILLEGAL", "Message": "模版不合法"}
        text = f"{query['TemplateCode']}:{query['TemplateParam']}"
        reference = self.gateway.take("aliyun", query["PhoneNumbers"], text, query["OutId"])
        self.gateway.receipts.setdefault(query["OutId"], 1)
        return {"Code": "OK", "Message": "OK", "BizId": reference, "RequestId": "r"}

    def _details(self, query: Any) -> Any:
        rows = [
            {
                "OutId": taken.id,
                "SendStatus": self.gateway.receipts.get(taken.id, 1),
                "PhoneNum": taken.to,
                "TemplateCode": taken.text.split(":")[0],
            }
            for taken in self.gateway.arrived(query["PhoneNumber"], "aliyun")
            if _day(taken.at) == query["SendDate"]
        ]
        return {
            "Code": "OK",
            "TotalCount": len(rows),
            "SmsSendDetailDTOs": {"SmsSendDetailDTO": rows},
        }

    def _call(self, query: Any) -> Any:
        keys = {query["MenuKeyMap.1.Key"], query["MenuKeyMap.2.Key"]}
        if query["StartCode"] not in self.accounts.templates or keys != {"1", "2"}:
            return {"Code": "isv.TTS_TEMPLATE_ILLEGAL", "Message": "文本转语音模板不合法"}
        text = f"{query['StartCode']}:{query['StartTtsParams']}"
        reference = self.gateway.take("aliyun", query["CalledNumber"], text, query["OutId"])
        return {"Code": "OK", "Message": "OK", "CallId": reference, "RequestId": "r"}

    def _call_detail(self, query: Any) -> Any:
        detail = self.gateway.calls.get(query["CallId"])
        return {"Code": "OK", "Data": json.dumps(detail) if detail else ""}

    async def tencent(self, request: web.Request) -> Any:
        body = await request.read()
        wrong = self._tencent_wrong(request, body)
        if wrong:
            error = {"Code": wrong, "Message": "refused"}
            return {"Response": {"Error": error, "RequestId": "r"}}
        action, order = request.headers["X-TC-Action"], json.loads(body)
        if action == "SendSms":
            return {"Response": {"SendStatusSet": self._sent(order), "RequestId": "r"}}
        kind = "receipts" if action == "PullSmsSendStatus" else "replies"
        name = "PullSmsSendStatusSet" if kind == "receipts" else "PullSmsReplyStatusSet"
        rows, self.gateway.pulled[kind] = self.gateway.pulled[kind], []
        return {"Response": {name: rows, "RequestId": "r"}}

    def _sent(self, order: dict[str, Any]) -> list[dict[str, Any]]:
        text = f"{order['TemplateId']}:{','.join(order['TemplateParamSet'])}"
        id = order["SessionContext"]
        return [
            {
                "SerialNo": self.gateway.take("tencent", number, text, id),
                "PhoneNumber": number,
                "Fee": 1,
                "SessionContext": id,
                "Code": "Ok",
                "Message": "send success",
            }
            for number in order["PhoneNumberSet"]
        ]

    def _tencent_wrong(self, request: web.Request, body: bytes) -> str:
        head, accounts = request.headers, self.accounts
        stamp = head["X-TC-Timestamp"]
        if abs(self.gateway.clock() - int(stamp)) > 300:
            return "AuthFailure.SignatureExpire"
        parts = dict(p.split("=", 1) for p in head["Authorization"].split(" ", 1)[1].split(", "))
        identity, _, scope = parts["Credential"].partition("/")
        if identity != accounts.tencent_id:
            return "AuthFailure.SecretIdNotFound"
        listed = "".join(f"{n}:{head[n].lower()}\n" for n in parts["SignedHeaders"].split(";"))
        whole = hashlib.sha256(body).hexdigest()
        plain = f"POST\n/\n\n{listed}\n{parts['SignedHeaders']}\n{whole}"
        key = b"TC3" + accounts.tencent_key.encode()
        for part in scope.split("/"):
            key = signed(key, part.encode())
        digest = hashlib.sha256(plain.encode()).hexdigest()
        expected = signed(key, f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{digest}".encode())
        day = datetime.fromtimestamp(int(stamp), UTC).strftime("%Y-%m-%d")
        right = parts["Signature"] == expected.hex() and scope == f"{day}/sms/tc3_request"
        return "" if right else "AuthFailure.SignatureFailure"


def _day(at: float) -> str:
    return (datetime.fromtimestamp(at, UTC) + timedelta(hours=8)).strftime("%Y%m%d")
