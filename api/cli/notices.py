"""`shouwang notices`: how messages stand, what one offer led to, and who was not reached."""

from __future__ import annotations

import argparse
from contextlib import closing
from datetime import UTC, datetime
from time import time_ns
from typing import Any, Final

import msgspec

from api.cli.trouble import Answer, Trouble, settings_of, told_plainly
from api.history import HISTORY
from api.language import say
from api.reach import SETUPS, Notice, Overview, Setups, Unreached, open_notices, words
from api.safe import Vault, master_key
from api.serving import areas_of
from api.settings import Settings
from schemas.values import Instant
from streams.engines.folder import FolderUnfit

HOUR: Final = 3_600_000
STATES: Final = {
    "queued": ("等待发送", "queued"),
    "sending": ("正在发送", "going out"),
    "unknown": ("结果不明", "in doubt"),
    "failed": ("失败", "failed"),
    "expired": ("过期未发", "too late"),
    "canceled": ("已取消", "canceled"),
    "handed": ("已交付", "handed over"),
    "delivered": ("已送达", "delivered"),
    "read": ("已读", "read"),
    "answered": ("已答复", "answered"),
}
RUNGS: Final = {"chat": ("群聊", "chat"), "sms": ("短信", "SMS"), "voice": ("电话", "voice")}


def notices(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Show how messages stand, also while the server and the messenger run."""
    settings = settings_of(typed)
    with told_plainly():
        if not areas_of(settings.data):
            raise FolderUnfit(f"no log has been made in {settings.data}")
        with closing(_overview(settings)) as overview:
            if typed.offer:
                return _offer(settings, typed.offer)
            if typed.failed:
                return _failed(overview, typed.since)
            return _summary(overview, settings)


def _overview(settings: Settings) -> Overview:
    try:
        return Overview(settings.data, settings.data / HISTORY)
    except LookupError as error:
        raise Trouble("尚未发送过任何通知。", str(error)) from None


# All of them


def _summary(overview: Overview, settings: Settings) -> tuple[int, Answer]:
    counts, oldest, broken = overview.counts(), overview.oldest_queued(), _broken(settings)
    for count in counts:
        last = f"  {_moment(count.handed_at)}" if count.handed_at else ""
        channel = count.channel or "-"
        print(f"{_rung(count.rung)}  {channel}  {say(*STATES[count.state])}  {count.count}{last}")
    if not counts:
        print(say("没有通知记录。", "There are no messages."))
    if oldest is not None:
        print(say(f"最早等待发送：{_moment(oldest)}", f"waiting since {_moment(oldest)}"))
    for each in broken:
        since, told = _moment(each["since"]), f"{each['channel']}"
        zh, en = each["zh"], each["en"]
        print(say(f"通道 {told} 自 {since} 故障：{zh}", f"{told} is broken since {since}: {en}"))
    listed = [msgspec.to_builtins(count) for count in counts]
    return 0, {"counts": listed, "waiting_since": oldest, "broken": broken}


def _broken(settings: Settings) -> list[dict[str, Any]]:
    if not (settings.data / SETUPS).is_file():
        return []
    with (
        closing(Vault(settings.data / "keys.db", master_key(settings))) as vault,
        closing(Setups(settings.data / SETUPS, vault)) as setups,
    ):
        found = [setup for setup in setups.list() if setup.broken_at is not None]
    whys = [words(setup.broken_why or "") for setup in found]
    return [
        {"channel": setup.name, "since": setup.broken_at, "zh": why.zh, "en": why.en}
        for setup, why in zip(found, whys, strict=True)
    ]


# One offer


def _offer(settings: Settings, offer: str) -> tuple[int, Answer]:
    with closing(open_notices(settings)) as kept:
        found = kept.of_offer(offer)
    persons: dict[str | None, int] = {None: 0}
    told = [_told(one, persons.setdefault(one.person, len(persons))) for one in found]
    for one, each in zip(found, told, strict=True):
        rung = f"{_rung(one.rung)}{each['person'] or ''}"
        why = say(each["zh"], each["en"])
        state = say(*STATES[one.state])
        print(f"{_moment(one.made_at)}  {rung}  {one.about}  {one.channel or '-'}  {state}  {why}")
    if not found:
        print(say(f"请求 {offer} 没有通知。", f"No message is about the offer {offer}."))
    return 0, {"offer": offer, "notices": told}


def _told(one: Notice, person: int) -> dict[str, Any]:
    """All but the address and the person, who is told by a number: 0 is the organization."""
    why = words(one.why) if one.why else None
    times = ("made_at", "sent_at", "handed_at", "delivered_at", "read_at", "ended_at")
    return {
        "rung": one.rung.value,
        "person": person,
        "about": one.about.value,
        "channel": one.channel,
        "state": one.state.value,
        "tries": one.tries,
        **{name: getattr(one, name) for name in times},
        "why": one.why,
        "zh": why.zh if why else "",
        "en": why.en if why else "",
    }


# Who was not reached


def _failed(overview: Overview, hours: float) -> tuple[int, Answer]:
    found = overview.unreached(time_ns() // 1_000_000 - round(hours * HOUR))
    for one in found:
        why = "；".join(zh for zh, _ in one.words()), "; ".join(en for _, en in one.words())
        print(f"{_moment(one.at)}  {one.organization}  {one.name}  {say(*why)}")
    if not found:
        print(say("都已送达，或仍在进行。", "Everybody was reached, or still is being tried."))
    return 0, {"unreached": [_named(one) for one in found]}


def _named(one: Unreached) -> dict[str, Any]:
    reasons = [{"zh": zh, "en": en} for zh, en in one.words()]
    return {**msgspec.to_builtins(one), "reasons": reasons}


def _rung(rung: str) -> str:
    return say(*RUNGS[rung])


def _moment(at: Instant | None) -> str:
    if at is None:
        return ""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
