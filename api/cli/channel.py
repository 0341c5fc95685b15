"""`shouwang channel`: sets channels up, tries them, and shows how they stand."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from api.cli.trouble import Answer, Trouble, settings_of, told_plainly
from api.language import say
from api.people import mobile, national, wall_ms
from api.reach import (
    KINDS,
    SETUPS,
    About,
    Broken,
    Channel,
    Dead,
    Handed,
    Kind,
    Message,
    Outbound,
    Outcome,
    Retry,
    Rung,
    Setting,
    Setup,
    Setups,
    Unknown,
    make,
    push_secret,
    words,
)
from api.safe import Vault, master_key
from api.serving import areas_of, opened_as
from api.settings import PREFIX, Settings
from schemas.values import Purpose
from streams.days import time_of_day
from streams.engines.folder import FolderUnfit

VARIABLE: Final = f"{PREFIX}CHANNEL_"
FILE: Final = "@"  # before the name of a file that holds the value

NEEDED: Final = ("template_over", "template_needed", "template_told", "template_desk")


class Recipient(NamedTuple):
    """Whom a test message goes to, and the secret of that address alone."""

    to: str
    secret: str


def channel(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Add, test, list, pause, resume or remove; also while the server and the worker run."""
    settings = settings_of(typed)
    with told_plainly():
        if not areas_of(settings.data):
            raise FolderUnfit(f"no log has been made in {settings.data}")
        with _setups(settings) as setups:
            return _ACTIONS[typed.action](setups, settings, typed)


@contextmanager
def _setups(settings: Settings) -> Iterator[Setups]:
    with (
        closing(Vault(settings.data / "keys.db", master_key(settings))) as vault,
        closing(Setups(settings.data / SETUPS, vault)) as setups,
    ):
        yield setups


# Adding


def _add(setups: Setups, _settings: Settings, typed: argparse.Namespace) -> tuple[int, Answer]:
    kind = _kind(typed.what)
    name = typed.name or typed.what
    before = setups.find(name)
    if before is not None and not (typed.replace and before.kind == typed.what):
        raise Trouble(
            f"通道 {name} 已存在；请用 --name 另取名称，或加 --replace 修改同类通道的设置。",
            f"There is a channel {name} already: take another --name,"
            " or --replace to change the settings of one of this kind",
        )
    known = before.settings if before is not None else {}
    given = _given(kind, typed, known)
    make(typed.what, given)  # ValueError: what the kind itself finds wrong
    allowed = tuple(typed.allow or (before.allowed if before else ()))
    if before is None:
        setups.add(name, typed.what, given, allowed)
    else:
        setups.replace(name, given, allowed)
    print(say(f"通道 {name} 已设置（{kind.zh}）。", f"The channel {name} is set up ({kind.en})."))
    hint = f"shouwang channel test {name} --to …"
    print(say(f"请发一条测试消息：{hint}", f"Now send a test message: {hint}"))
    return 0, {"channel": name, "kind": typed.what}


def _kind(name: str | None) -> Kind:
    if name not in KINDS:
        listed = "\n".join(f"  {each:<16}{say(kind.zh, kind.en)}" for each, kind in KINDS.items())
        raise Trouble(f"请指明通道类型：\n{listed}", f"Say which kind of channel:\n{listed}")
    return KINDS[name]


def _given(kind: Kind, typed: argparse.Namespace, known: Mapping[str, str]) -> dict[str, str]:
    """What was typed, else the environment, else what is known, else what is asked for."""
    values = dict(known) | _from_environment(kind) | _typed(kind, typed.set or [])
    missing = [each for each in kind.settings if each.default is None and not values.get(each.name)]
    if missing and not sys.stdin.isatty():
        raise _lacking(missing)
    for setting in missing:
        values[setting.name] = _asked(setting)
    return values


def _from_environment(kind: Kind) -> dict[str, str]:
    told = {each.name: os.environ.get(VARIABLE + each.name.upper()) for each in kind.settings}
    return {name: value for name, value in told.items() if value}


def _typed(kind: Kind, pairs: list[str]) -> dict[str, str]:
    """The values of --set. A secret is never one: other users of a machine see what is typed."""
    known = {each.name: each for each in kind.settings}
    values = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if name not in known or not equals:
            listed = "、".join(known), ", ".join(known)
            raise Trouble(
                f"--set 须为 名称=值，名称是：{listed[0]}",
                f"--set takes NAME=VALUE; the names are {listed[1]}",
            )
        if known[name].secret and value and not value.startswith(FILE):
            raise Trouble(
                f"{name} 是密钥，不要写在命令行上：用 --set {name}=@文件，或 {_variable(name)}。",
                f"{name} is a secret and must not be typed here:"
                f" use --set {name}=@FILE, or {_variable(name)}",
            )
        values[name] = _read(value)[0] if value.startswith(FILE) else value
    return values


def _read(value: str) -> list[str]:
    """The lines of the file that a value names, without spaces around; at least one."""
    text = Path(value.removeprefix(FILE)).read_text(encoding="utf-8")
    return [line.strip() for line in text.strip().splitlines()] or [""]


def _lacking(missing: list[Setting]) -> Trouble:
    zh = "\n".join(f"  {each.name}：{each.zh}；{_how(each, '文件')}" for each in missing)
    en = "\n".join(f"  {each.name}: {each.en}; {_how(each, 'FILE')}" for each in missing)
    return Trouble(f"缺少设置：\n{zh}", f"These settings are missing:\n{en}")


def _how(setting: Setting, file: str) -> str:
    value = f"{FILE}{file}" if setting.secret else "…"
    return f"--set {setting.name}={value} | {_variable(setting.name)}"


def _variable(name: str) -> str:
    return VARIABLE + name.upper()


def _asked(setting: Setting) -> str:
    prompt = say(f"{setting.zh}（{setting.name}）：", f"{setting.en} ({setting.name}): ")
    ask: Callable[[str], str] = getpass.getpass if setting.secret else input
    while True:
        try:
            value = ask(prompt).strip()
        except EOFError:
            raise _lacking([setting]) from None
        if value:
            return value


# Testing


def _test(setups: Setups, settings: Settings, typed: argparse.Namespace) -> tuple[int, Answer]:
    """0 where every recipient's message was handed over, 1 where one was not."""
    setup = _named(setups, typed)
    recipients = [_recipient(KINDS[setup.kind], each) for each in typed.to or []]
    if not recipients:
        to = KINDS[setup.kind]
        raise Trouble(f"请用 --to 给出{to.to_zh}。", f"Give {to.to_en} by --to")
    drill = opened_as(settings.data, settings.area).purpose is Purpose.EXERCISE
    messages = [_message(one, drill) for one in recipients]
    outcomes = asyncio.run(_sent(make(setup.kind, setup.settings), setup, messages))
    setups.tested(setup.name)
    told = []
    for message, outcome in zip(messages, outcomes, strict=True):
        _note(setups, setup, outcome)
        zh, en = _words(outcome)
        print(f"{_shown(message.to)}  {say(zh, en)}")
        state, why = type(outcome).__name__.lower(), getattr(outcome, "why", "")
        told.append({"to": _shown(message.to), "outcome": state, "why": why, "zh": zh, "en": en})
    handed = all(isinstance(outcome, Handed) for outcome in outcomes)
    return int(not handed), {"channel": setup.name, "recipients": told}


def _recipient(kind: Kind, typed: str) -> Recipient:
    """As typed, or @FILE: the address on its first line, its own secret on the second."""
    to, *more = _read(typed) if typed.startswith(FILE) else [typed]
    if kind.rung is not Rung.CHAT:
        number = mobile(to)
        if number is None:
            raise Trouble("--to 须为手机号码。", "--to must be a mainland mobile number")
        to = national(number)
    return Recipient(to, more[0] if more else "")


def _message(recipient: Recipient, drill: bool) -> Message:
    now = wall_ms()
    time = time_of_day(now, now)  # of the people who read it
    text = f"守望测试 {time}：收到即表示通道可用，无需答复。 Shouwang test, no answer needed."
    return Message(
        id=secrets.token_hex(13),
        to=recipient.to,
        secret=recipient.secret,
        text=f"【演练】{text}" if drill else text,
        about=About.TEST,
        fields={"code": "TEST0000", "time": time},
        drill=drill,
    )


async def _sent(channel: Channel, setup: Setup, messages: list[Message]) -> list[Outcome]:
    from api.reach.outbound import Guarded  # what speaks to the outside loads when it is needed

    async with Guarded(allowed=frozenset(setup.allowed)) as outbound:
        return [await _one(channel, outbound, message) for message in messages]


async def _one(channel: Channel, outbound: Outbound, message: Message) -> Outcome:
    outcome = channel.judge(await channel.send(outbound, message), message)
    if isinstance(outcome, Unknown):
        return await channel.found(outbound, message)
    return outcome


def _note(setups: Setups, setup: Setup, outcome: Outcome) -> None:
    """A robot that refuses is its owner's alone: the kind goes on working for all others."""
    if isinstance(outcome, Handed):
        setups.ok(setup.name)
    elif isinstance(outcome, Broken) and not KINDS[setup.kind].robot:
        setups.broken(setup.name, outcome.why)


def _words(outcome: Outcome) -> tuple[str, str]:
    if isinstance(outcome, Handed):
        return "已交给服务商或设备", "handed over"
    zh, en = {
        Retry: ("暂时未发出", "not sent just now"),
        Dead: ("未发给此收件人", "not sent to this recipient"),
        Broken: ("通道故障，未发出", "the channel is broken, nothing was sent"),
        Unknown: ("不能确定是否已发出", "nobody can say whether it was sent"),
    }[type(outcome)]
    why = words(outcome.why)
    return f"{zh}：{why.zh}", f"{en}: {why.en}"


def _shown(to: str) -> str:
    """A number whole; a hook's path may hold its key, so only its host and how it ends."""
    host, slash, _ = to.partition("://")[2].partition("/")
    if host:
        return f"{host}{slash}…{to[-4:]}"
    return to if mobile(to) else f"…{to[-4:]}"


# Showing and switching


def _list(setups: Setups, settings: Settings, _typed: argparse.Namespace) -> tuple[int, Answer]:
    found = setups.list()
    for setup in found:
        kind = KINDS.get(setup.kind)
        named = say(kind.zh, kind.en) if kind else setup.kind
        print(f"{setup.name}  {named}  {say(*_state(setup))}  {_last(setup)}")
        unset = _unset(setup)
        if unset:
            print("    " + say("未设置，因此不发：", "not set, so nothing of it is sent: ") + unset)
    if not found:
        hint = "shouwang channel add"
        print(say(f"还没有通道：{hint}", f"There is no channel yet: {hint}"))
    with closing(Vault(settings.data / "keys.db", master_key(settings))) as vault:
        address = f"{settings.url}/api/v1/push/{push_secret(vault)}"
    zh = "服务商推送回执、短信回复和按键的地址（保密）："
    print(say(zh, "Where providers push receipts, replies and keys (keep it secret):"), address)
    return 0, {"channels": [_told(setup) for setup in found], "push": address}


def _unset(setup: Setup) -> str:
    """What its provider has no template for: that something is over, and what desks are told."""
    kind = KINDS.get(setup.kind)
    asked = [one for one in kind.settings if one.name in NEEDED] if kind else []
    return ", ".join(
        f"{say(one.zh, one.en)} ({one.name})" for one in asked if not setup.settings.get(one.name)
    )


def _state(setup: Setup) -> tuple[str, str]:
    if setup.broken_at is not None:
        if not setup.readable:
            return "故障：密钥文件不符，请重新设置", "broken: sealed with another folder's key"
        why = words(setup.broken_why or "")
        return f"故障：{why.zh}", f"broken: {why.en}"
    if setup.paused_at is not None:
        return "已暂停", "paused"
    return ("可用", "works") if setup.last_ok_at else ("未验证", "not tried yet")


def _last(setup: Setup) -> str:
    if setup.last_ok_at is None:
        return ""
    moment = datetime.fromtimestamp(setup.last_ok_at / 1000, UTC).astimezone()
    text = moment.strftime("%Y-%m-%d %H:%M")
    return say(f"最近发出 {text}", f"last handed over {text}")


def _told(setup: Setup) -> dict[str, Any]:
    """All but its secrets, and but what cannot be told apart from them."""
    kind = KINDS.get(setup.kind)
    public = [each.name for each in kind.settings if not each.secret] if kind else []
    zh, en = _state(setup)
    return {
        "name": setup.name,
        "kind": setup.kind,
        "settings": {name: setup.settings[name] for name in public if name in setup.settings},
        "allowed": list(setup.allowed),
        "paused_at": setup.paused_at,
        "broken_at": setup.broken_at,
        "broken_why": setup.broken_why,
        "last_ok_at": setup.last_ok_at,
        "tested_at": setup.tested_at,
        "zh": zh,
        "en": en,
    }


def _switch(setups: Setups, _settings: Settings, typed: argparse.Namespace) -> tuple[int, Answer]:
    """Pause, resume or remove."""
    setup = _named(setups, typed)
    getattr(setups, typed.action)(setup.name)
    zh, en = {
        "pause": ("已暂停", "is paused"),
        "resume": ("已恢复", "is in use again"),
        "remove": ("已删除", "is removed"),
    }[typed.action]
    print(say(f"通道 {setup.name} {zh}。", f"The channel {setup.name} {en}."))
    return 0, {"channel": setup.name, "action": typed.action}


def _named(setups: Setups, typed: argparse.Namespace) -> Setup:
    found = setups.find(typed.what or "")
    if found is None:
        listed = "、".join(each.name for each in setups.list()) or "（无）"
        listed_en = ", ".join(each.name for each in setups.list()) or "none"
        raise Trouble(f"请指明通道，现有：{listed}", f"Say which channel; there are: {listed_en}")
    return found


_ACTIONS: Final[dict[str, Callable[[Setups, Settings, argparse.Namespace], tuple[int, Answer]]]] = {
    "add": _add,
    "test": _test,
    "list": _list,
    "pause": _switch,
    "resume": _switch,
    "remove": _switch,
}
