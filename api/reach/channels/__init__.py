"""The front of the channels: what a channel is, every kind there is, and how one is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from api.reach.channels import (
    aliyun,
    aliyun_voice,
    dingtalk,
    feishu,
    modem,
    push,
    tencent,
    webhook,
    wecom,
)
from api.reach.channels.channel import (
    RESENT,
    About,
    Broken,
    Channel,
    Dead,
    Handed,
    Kind,
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
from api.reach.channels.reasons import REASONS, Words, words
from api.reach.channels.told import told

__all__ = [
    "KINDS",
    "REASONS",
    "RESENT",
    "About",
    "Broken",
    "Channel",
    "Dead",
    "Handed",
    "Kind",
    "Message",
    "Outbound",
    "Outcome",
    "Raw",
    "Receipt",
    "Reply",
    "Retry",
    "Rung",
    "Setting",
    "Unknown",
    "Words",
    "make",
    "told",
    "words",
]

ROBOTS_A_MINUTE: Final = 18  # of the 20 after which DingTalk and WeCom block a robot

_HOOK = ("机器人地址", "the robot's address")
_USER = ("用户 ID", "user id")
_NUMBER = ("手机号码", "mobile number")

KINDS: Final[dict[str, Kind]] = {
    "dingtalk_robot": Kind(
        Rung.CHAT,
        "钉钉群机器人",
        "DingTalk group robot",
        *_HOOK,
        dingtalk.SETTINGS_ROBOT,
        dingtalk.DingTalkRobot,
        robot=True,
        a_minute=ROBOTS_A_MINUTE,
    ),
    "dingtalk": Kind(
        Rung.CHAT,
        "钉钉工作通知",
        "DingTalk work notice",
        *_USER,
        dingtalk.SETTINGS,
        dingtalk.DingTalkNotice,
    ),
    "wecom_robot": Kind(
        Rung.CHAT,
        "企业微信群机器人",
        "WeCom group robot",
        *_HOOK,
        wecom.SETTINGS_ROBOT,
        wecom.WeComRobot,
        robot=True,
        a_minute=ROBOTS_A_MINUTE,
    ),
    "wecom": Kind(
        Rung.CHAT,
        "企业微信应用消息",
        "WeCom application",
        *_USER,
        wecom.SETTINGS,
        wecom.WeComApplication,
        a_minute=25,  # beyond 30 WeCom drops what is sent to a person, and says nothing
    ),
    "feishu_robot": Kind(
        Rung.CHAT,
        "飞书群机器人",
        "Feishu group robot",
        *_HOOK,
        feishu.SETTINGS_ROBOT,
        feishu.FeishuRobot,
        robot=True,
        a_minute=90,  # of 100
    ),
    "aliyun_sms": Kind(
        Rung.SMS, "阿里云短信", "Aliyun SMS", *_NUMBER, aliyun.SETTINGS_SMS, aliyun.AliyunSms
    ),
    "tencent_sms": Kind(
        Rung.SMS, "腾讯云短信", "Tencent SMS", *_NUMBER, tencent.SETTINGS, tencent.TencentSms
    ),
    "aliyun_voice": Kind(
        Rung.VOICE,
        "阿里云语音",
        "Aliyun voice",
        *_NUMBER,
        aliyun_voice.SETTINGS_VOICE,
        aliyun_voice.AliyunVoice,
        a_minute=1,
    ),
    "modem": Kind(Rung.SMS, "短信猫", "modem", *_NUMBER, modem.SETTINGS, modem.Modem),
    "ntfy": Kind(
        Rung.CHAT, "ntfy 推送", "ntfy push", "主题", "topic", push.SETTINGS_NTFY, push.Ntfy
    ),
    "bark": Kind(
        Rung.CHAT,
        "Bark 推送",
        "Bark push",
        "设备密钥",
        "device key",
        push.SETTINGS_BARK,
        push.Bark,
    ),
    "webhook": Kind(
        Rung.CHAT,
        "签名网络回调",
        "signed webhook",
        "接收地址",
        "receiving address",
        webhook.SETTINGS,
        webhook.Webhook,
        robot=True,
    ),
}


def make(kind: str, settings: Mapping[str, str]) -> Channel:
    """The channel of a kind with its settings; ValueError names what is missing or unknown.

    What is not given takes its default. A value is never part of an error.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no such kind of channel: {kind}")
    asked = {setting.name: setting for setting in KINDS[kind].settings}
    for name in settings:
        if name not in asked:
            raise ValueError(f"{kind} has no setting {name}")
    for name, setting in asked.items():
        if setting.default is None and not settings.get(name):
            raise ValueError(f"{kind} lacks its setting {name}")
    whole = {n: settings.get(n) or s.default or "" for n, s in asked.items()}
    if "base" in whole:
        whole["base"] = whole["base"].rstrip("/")
    channel: Channel = KINDS[kind].make(whole)
    return channel
