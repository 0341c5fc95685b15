"""Why something was not handed over: short stable codes, and what people read instead of them."""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class Words(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str


REASONS: Final[dict[str, Words]] = {
    "access": Words("密钥、应用或权限不被接受", "keys, application or permission not accepted"),
    "address": Words("地址不存在或已失效", "the address does not exist, or no longer"),
    "answer": Words("服务商的回复无法理解", "the provider's answer makes no sense"),
    "balance": Words("账户余额或套餐不足", "the account has run out of money or messages"),
    "blacklist": Words("号码在黑名单中", "the number is on a black list"),
    "busy": Words("服务商繁忙", "the provider is busy"),
    "carrier": Words("运营商未能送达", "the carrier could not deliver it"),
    "channel": Words("没有可用的通知渠道", "no working channel is set up for it"),
    "clock": Words("本机时间不准", "this machine's clock is wrong"),
    "content": Words("内容被拒绝", "the content was refused"),
    "defect": Words("本软件故障", "a defect of this software"),
    "gateway": Words("服务商内部故障", "the provider has a defect"),
    "keyword": Words("缺少机器人要求的关键词", "the robot's keyword is missing"),
    "limit": Words("已达到今日上限", "today's limit is reached"),
    "lost": Words("未收到回复，可能已发出", "no answer came; it may have been sent"),
    "modem": Words("短信猫不可用", "the modem does not work"),
    "network": Words("网络不通", "no network"),
    "other": Words("服务商拒绝", "the provider refused"),
    "pending": Words("尚无结果", "no result yet"),
    "portal": Words("被网页登录或代理拦截", "a sign-in page or proxy stands in between"),
    "rate": Words("发送过快", "too fast"),
    "sender_ip": Words("本机网络地址不被允许", "this machine's network address is not allowed"),
    "settings": Words("渠道设置不完整", "the settings of the channel are not complete"),
    "sign": Words("签名校验失败", "the signature was not accepted"),
    "stopped": Words("机器人已停用", "the robot is switched off"),
    "target": Words("不允许访问该地址", "this address may not be called"),
    "template": Words("模板或短信签名不可用", "template or sender name cannot be used"),
    "token": Words("访问令牌已过期", "the access token has run out"),
    "tries": Words("多次尝试均未成功", "several tries have failed"),
    "unreadable": Words("设置无法解密，请重新填写", "settings cannot be opened; enter them anew"),
    "withdrawn": Words(
        "已撤回同意，或地址已更换", "agreed to no longer, or the address has changed"
    ),
}

_DETAIL = re.compile(r"[^\w.\-]+", re.ASCII)


def other(code: object) -> str:
    """A reason for a provider's own code that has no word of ours: `other:` and the code, cut."""
    return "other:" + _DETAIL.sub("", str(code))[:48]


def words(why: str) -> Words:
    """What people read; a provider's own code stands behind it. Never fails, never empty."""
    code, _, detail = why.partition(":")
    known = REASONS.get(code, REASONS["other"])
    if code not in REASONS:
        detail = code
    return Words(f"{known.zh}（{detail}）", f"{known.en} ({detail})") if detail else known
