"""Alarms on the desk's page: what a watch beside the server has written down, while it holds, and
what keeps messages from going out."""

from __future__ import annotations

from collections.abc import Iterator
from time import time_ns

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context, context_of
from api.doors.call import answered
from api.doors.callers import SignedIn
from api.doors.confirming import waiting
from api.doors.hanging import answering
from api.people import Caller
from api.reach import ALIVE, KINDS, UNREADABLE, Setup, words
from api.watch import Written, standing
from schemas.values import AccountId, Instant, Role
from schemas.views import DemandRow
from streams.parameters import CONFIRM_WITHIN

router = APIRouter(tags=["reference"])

LINK_TOLD_MS = 24 * 3_600_000
LINKS_TOLD = 5
SILENT_MS = 60_000  # without a sign of life the messenger is not at work
HEARERS = (Role.DESK, Role.STEWARD)  # of what is wrong with the channels


class DemandNamed(msgspec.Struct):
    """A demand that an alarm is about, as far as the caller sees it."""

    id: str
    number: int


class AlarmShown(msgspec.Struct):
    """One alarm as a person reads it."""

    kind: str
    since: Instant
    demands: tuple[DemandNamed, ...]
    zh: str
    en: str


class Alarms(msgspec.Struct):
    """`watched`: whether a watch is looking at all; without one nothing is known."""

    watched: bool
    alarms: tuple[AlarmShown, ...]


@router.get("/alarms", response_model=None, responses=answering(Alarms))
async def alarms(request: Request, caller: SignedIn) -> Response:
    """What a watch beside the server finds wrong now, with the demands that the caller sees.

    To desks and stewards also, watched or not, what keeps messages from going out.
    """
    context, now = context_of(request), time_ns() // 1_000_000
    written = standing(context.settings.data, now)
    found = [] if written is None else list(_shown(context, caller, written))
    if caller.role in HEARERS:
        found.extend(_unsent(context, now))
        found.extend(_undestroyed(context))
        found.extend(_tried(context))
    if _watches_stewards(context, caller):
        found.extend(_let_in(context))
        found.extend(_passwords_set(context))
        found.extend(_waits(context, caller))
    return answered(Alarms(watched=written is not None, alarms=tuple(found)))


def _shown(context: Context, caller: Caller, written: Written) -> Iterator[AlarmShown]:
    for alarm in written.alarms:
        if alarm.area in ("", context.settings.area):
            rows = [context.feed.shown(caller.reader, "demand", id) for id in alarm.subjects]
            demands = tuple(
                DemandNamed(put.row.id, put.row.number)
                for put in rows
                if put is not None and isinstance(put.row, DemandRow)
            )
            yield AlarmShown(alarm.kind, alarm.since, demands, alarm.zh, alarm.en)


def _unsent(context: Context, now: Instant) -> Iterator[AlarmShown]:
    """Channels that do not work, and a messenger that does not; times are the wall's."""
    setups = [setup for setup in context.setups.list() if setup.paused_at is None]
    alive = context.notices.mark(ALIVE)
    heard_at = max(alive or 0, context.begun_at)
    if setups and context.conductor is None and now - heard_at > SILENT_MS:
        yield AlarmShown(
            "messenger_silent",
            alive or context.begun_at,
            (),
            "消息没有在发送，请通知系统管理员；恢复之前请打电话。",
            "Messages are not being sent: tell the steward, and call by telephone until they are.",
        )
    for setup in setups:
        if not setup.working:
            yield _broken(setup)


def _undestroyed(context: Context) -> Iterator[AlarmShown]:
    """Keys that nobody can use any more and that may still be found on the disk."""
    if pending := context.vault.pending:
        count = len(pending)
        yield AlarmShown(
            "key_pending",
            context.begun_at,
            (),
            f"{count} 个突发事件的密钥已停用，但尚未从磁盘上清除干净"
            "（有程序正在读取密钥库，或磁盘已满）。系统正在重试；此提示消失前，销毁尚未完成。",
            f"The keys of {count} incidents are out of use and not yet gone from the disk: somebody"
            " reads their file, or the disk is full. It is tried again; until this disappears,"
            " their destruction is not finished.",
        )


def _tried(context: Context) -> Iterator[AlarmShown]:
    """Somebody tries the doors more often than people do by mistake."""
    for burst in context.record.bursts():
        zh, en = _BURSTS[burst.what]
        told = {"count": burst.times}
        yield AlarmShown(burst.what, burst.since, (), zh.format(**told), en.format(**told))


def _watches_stewards(context: Context, caller: Caller) -> bool:
    """Stewards watch each other, and so does the desk of a county."""
    if caller.role is Role.STEWARD:
        return True
    held = [grant.division for grant in caller.row.grants if grant.role is Role.DESK]
    found = [context.divisions.get(code) for code in held if code is not None]
    desk = caller.role is Role.DESK
    return desk and any(each is not None and each.level != "township" for each in found)


def _let_in(context: Context) -> Iterator[AlarmShown]:
    """For a day it is said who has made a link to sign in as whom."""
    people = context.people
    for account, link in people.links_since(people.now() - LINK_TOLD_MS)[:LINKS_TOLD]:
        by, whose = people.name(AccountId(link.made_by)), people.name(account) or "?"
        if not link.made_by:
            yield _by_machine(link.made_at, whose, link.used_at is not None)
            continue
        yield AlarmShown(
            "link_made",
            link.made_at,
            (),
            f"管理员“{by}”为“{whose}”的账户签发了登录链接"
            f"{'，已使用' if link.used_at else ''}。如不知情，请核实。",
            f"The steward {by} has made a link to sign in as {whose}"
            f"{', which was used' if link.used_at else ''}. If you know nothing of it, ask.",
        )


def _passwords_set(context: Context) -> Iterator[AlarmShown]:
    """For a day it is said who signs in by a password that is new: it outlasts any device."""
    since = context.people.now() - LINK_TOLD_MS
    for account, at in context.passwords.set_since(since)[:LINKS_TOLD]:
        whose = context.people.name(account) or "?"
        yield AlarmShown(
            "password_set",
            at,
            (),
            f"“{whose}”的账户设置了登录密码。如非本人所为，请结束该账户的登录，密码随之停用。",
            f"A password was set for the account of {whose}. If it was not {whose} who did, sign "
            "the account out; the password ends with it.",
        )


def _by_machine(at: Instant, whose: str, used: bool) -> AlarmShown:
    return AlarmShown(
        "link_made",
        at,
        (),
        f"有人在服务器上为“{whose}”的账户签发了登录链接{'，已使用' if used else ''}。"
        "如不知情，请核实。",
        f"Somebody at the server has made a link to sign in as {whose}"
        f"{', which was used' if used else ''}. If you know nothing of it, ask.",
    )


def _waits(context: Context, caller: Caller) -> Iterator[AlarmShown]:
    """What somebody has given alone, to those who can stand by it."""
    for each in waiting(context, caller):
        if each.yours:
            what, thing = ("登录链接", "link") if each.link else ("授权", "role")
            by, place = each.by or "?", each.place
            yield AlarmShown(
                "second_person",
                each.confirm_by - CONFIRM_WITHIN,
                (),
                f"“{by}”给“{each.name}”（{place}）的{what}待您确认："
                "请在“我的账户”中核实、确认；24 小时内无人确认即自动失效。",
                f"A {thing} that {by} has given to {each.name} ({place}) waits for your word: "
                "confirm it on your account's page, or it ends within 24 hours.",
            )


_BURSTS = {
    "sign_in_failed": (
        "十分钟内有 {count} 次登录失败，可能有人在试探；"
        "请告知系统管理员查看安全记录（shouwang audit）。",
        "{count} sign-ins have failed within ten minutes: somebody may be trying. Tell the steward "
        "to look at the security record (shouwang audit).",
    ),
    "denied": (
        "十分钟内有 {count} 次越权或无效请求被拒绝；"
        "请告知系统管理员查看安全记录（shouwang audit）。",
        "{count} requests were refused within ten minutes, for want of a right or a session. Tell "
        "the steward to look at the security record (shouwang audit).",
    ),
}


def _broken(setup: Setup) -> AlarmShown:
    kind, name = KINDS.get(setup.kind), setup.name
    zh, en = (setup.kind, setup.kind) if kind is None else (kind.zh, kind.en)
    why = words((setup.broken_why if setup.readable else UNREADABLE) or "other")
    return AlarmShown(
        "channel_broken",
        setup.broken_at or setup.added_at,
        (),
        f"通知渠道“{name}”（{zh}）不可用：{why.zh}。",
        f"The channel {name} ({en}) does not work: {why.en}.",
    )
