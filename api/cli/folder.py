"""Commands on a data folder: make it, serve it, make a link, play an exercise or a history."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from shutil import rmtree

from api.cli import network, playing, setting_up
from api.cli.trouble import Answer, Trouble, settings_of, told_plainly
from api.language import say
from api.listening import note_served
from api.people import (
    Holder,
    forget_password,
    holders,
    link_for,
    new_account,
    new_link,
    sign_out,
    wall_ms,
)
from api.reach import ANSWER, SIGN_IN, Sheet, in_terminal, sheet
from api.safe import (
    SECURITY,
    Happened,
    NotPrivate,
    SecurityRecord,
    Vault,
    What,
    key_there,
    make_master_key,
    make_private,
    master_key,
    place_of,
)
from api.serving import Stop, areas_of, listening, opened, opened_as, run, serve
from api.settings import PREFIX, Settings
from schemas.values import Purpose, Role, TimeSource
from streams.engines.logs import create

EXERCISE = Path("data/exercise")
HISTORY = Path("data/history")

_KEY_ZH = "请把其中那一行抄在纸上，锁进保险柜：没有它，目录和备份谁也打不开。"
_SHARED_ZH = "主密钥：用的是已有的那一把；凡用它建立的目录和备份，有它就都能打开。"
_SHARED_EN = "The master key is one that was there: it opens every folder and copy made with it."
_KEY_EN = "Keep its one line on paper, in a safe: without it nobody opens the folder or a copy."


_IN_USE_ZH = "该账户正在登录：用此链接开始的登录 24 小时后结束；使用情况会记入日志，并告知管理员。"
_IN_USE_EN = (
    "Somebody is signed in to this account: what begins by this link ends after 24 hours. Its use "
    "goes into the log, and stewards are told."
)


def init(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Its log's purpose is decided for good; prints the first steward's sign-in link."""
    settings, name, copy = settings_of(typed), typed.name or say("管理员", "Steward"), typed.copy
    if typed.ask:
        with told_plainly():
            settings, name, copy = setting_up.asked(settings, name, copy)
    network.check_own(settings)
    steward = new_account()
    live = settings.purpose is Purpose.OPERATIONS
    with told_plainly():
        with _new_folder(settings.data):
            _keep_private(settings.data)
            if key_there(settings):
                master_key(settings)  # what is wrong with it is said before a log is made
            create(
                settings.data,
                settings.area,
                settings.divisions,
                settings.purpose,
                TimeSource.LIVE if live else TimeSource.GIVEN,
                steward,
                None if live else wall_ms(),
            )
            made = make_master_key(settings)
            Vault(settings.data / "keys.db", master_key(settings)).close()
        _note_served(settings)
        if typed.environment is not None:
            setting_up.keep_environment(typed.environment, settings)
        address = new_link(settings, steward, Role.STEWARD, name)
    print(say(f"已建立 {settings.data}。", f"{settings.data} is ready."))
    print(say("管理员一次性登录链接：", "The steward's one-time sign-in link:"), address)
    if made:
        print(say("主密钥：", "The master key:"), place_of(settings))
        print(say(_KEY_ZH, _KEY_EN))
    else:
        print(say(_SHARED_ZH, _SHARED_EN))
    print(say("接下来：", "Next:"))
    for number, step in enumerate(setting_up.next_steps(settings, copy), 1):
        print(f"{number}. {step}")
    answer = {"data": str(settings.data), "area": settings.area, "purpose": settings.purpose}
    return 0, {**answer, "account": steward, "link": address, "address": settings.url}


def serve_folder(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Runs until Ctrl-C or SIGTERM. One process holds a folder."""
    settings = _of_folder(typed)

    async def whole() -> None:
        with Stop() as stop:
            async with opened(settings, typed.accept_clock) as context:
                listener = listening(settings.host, settings.port)
                port = listener.getsockname()[1]
                context.settings = replace(context.settings, port=port)
                _note_served(context.settings)
                papers = network.papers_of(context.settings)
                async with network.shown(context.settings, papers) as page:
                    network.say_where(context.settings, papers, page)
                    if typed.json:
                        _tell_where(context.settings, context.feed.sequence, page)
                    await serve(context, listener, stop.wait(), papers)

    network.check(settings)
    with told_plainly():
        _keep_private(settings.data)
        run(whole)
    return 0, {}


@contextmanager
def _new_folder(folder: Path) -> Iterator[None]:
    """A folder that is refused leaves nothing behind, unless it was there before."""
    there = folder.exists()
    if not there:
        folder.mkdir(parents=True, mode=0o700)  # what is in it is nobody else's
    try:
        yield
    except BaseException:
        if not there:
            rmtree(folder, ignore_errors=True)
        raise


def _note_served(settings: Settings) -> None:
    """For whoever asks at the server on this machine: a watch, an import, an export."""
    note_served(settings.data, settings.host, settings.port, settings.https)


def _keep_private(folder: Path) -> None:
    """What others may do in the folder is taken from them, and said. Raises Trouble."""
    try:
        changed = make_private(folder)
    except NotPrivate as error:
        raise Trouble(
            f"{error} 允许其他用户访问，且不属于当前用户；请由其所有者执行 chmod -R go= {folder}。",
            f"{error} is open to others and not ours to change; its owner has to run"
            f" chmod -R go= {folder}",
        ) from None
    if changed:
        zh = f"已收回其他用户对 {len(changed)} 个文件的权限：{folder}"
        print(say(zh, f"{len(changed)} files in {folder} were open to others, and are no longer."))


def _tell_where(settings: Settings, turns: int, page: str) -> None:
    """`root`: the page with the root, where https is our own."""
    answer = {"address": settings.url, "area": settings.area, "turns": turns}
    answer |= {"root": page} if page else {}
    print(json.dumps(answer), flush=True)


def link(typed: argparse.Namespace) -> tuple[int, Answer]:
    """For the account named, else the first steward's; also while the server runs."""
    settings = _of_folder(typed)
    with told_plainly():
        opened_as(settings.data, settings.area)  # says what is missing
        there = holders(settings)
        holder = _chosen(there, typed)
        if typed.end_password:
            forget_password(settings, holder.account)
        if typed.end_sessions:
            sign_out(settings, holder)
        made = link_for(settings, holder)
        with closing(SecurityRecord(settings.data / SECURITY)) as record:
            if typed.end_sessions:
                record.note(Happened(What.SESSIONS_ENDED, "", "", "machine", holder.account))
            record.note(Happened(What.LINK_MADE, "", "", "machine", holder.account))
    address = made.address
    print(address)
    if made.until is not None:
        print(say(_IN_USE_ZH, _IN_USE_EN), file=sys.stderr)
    _as_qr(typed, SIGN_IN, address)
    return 0, {"account": holder.account, "role": holder.role, "link": address}


def poster(typed: argparse.Namespace) -> tuple[int, Answer]:
    """For the wall: where to enter the code of a message; the same sheet is at /answer/poster."""
    address = f"{settings_of(typed).url}/answer"
    print(address)
    _as_qr(typed, ANSWER, address)
    return 0, {"address": address}


def _as_qr(typed: argparse.Namespace, told: Sheet, address: str) -> None:
    """The address as a QR code, in the terminal or on a sheet, as was asked for."""
    if typed.qr:
        print(in_terminal(address), end="")
    if typed.paper:
        with told_plainly():
            _write_privately(typed.paper, sheet(told, address))
        print(say("已写入", "Written:"), typed.paper)


def _write_privately(path: Path, content: str) -> None:
    """A new file for its owner alone, since a sign-in link opens whatever its account may."""
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(content)


def _chosen(there: list[Holder], typed: argparse.Namespace) -> Holder:
    """The one account and role that is meant; Trouble with a list where that is not clear."""
    role = typed.role
    if not (typed.account or typed.name or role):
        role = Role.STEWARD
    fitting = [
        holder
        for holder in there
        if (not typed.account or holder.account == typed.account)
        and (not typed.name or holder.name == typed.name)
        and (role is None or holder.role is role)
    ]
    if len(fitting) == 1 or (fitting and role is Role.STEWARD and not typed.name):
        return fitting[0]
    listed = "\n".join(f"  {h.account}  {h.role}  {h.scope}  {h.name}" for h in fitting or there)
    raise Trouble(
        f"请用 --account 和 --role 指明账户：\n{listed}",
        f"Say which one by --account and --role:\n{listed}",
    )


def run_exercise(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Serves the folder and plays a typhoon in it; the next start goes on from the same log."""
    settings = settings_of(typed, data=EXERCISE, purpose=Purpose.EXERCISE)
    with told_plainly():
        player = playing.exercise(settings, typed.seconds, typed.pace, typed.json)
        ending = run(lambda: playing.play(settings, player, _welcome))
    return ending.code, {"data": str(settings.data), **ending.told}


def _welcome(address: str, by_role: dict[Role, str]) -> None:
    """Where to look, in both languages: whoever starts it may not be who plays."""
    names = {
        Role.DESK: "值班室 Desk",
        Role.ORGANIZATION: "组织 Organization",
        Role.REVIEWER: "复盘 Reviewer",
    }
    print(f"守望演练 · Shouwang exercise: {address}/")
    for role, one_time in by_role.items():
        print(f"  {names[role]}: {one_time}")
    print("每个链接只能用一次；Ctrl-C 停止。 Each link works once; Ctrl-C stops.", flush=True)


def drill(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Real cases become demands in an exercise of their own; invented organizations answer."""
    settings = settings_of(typed, data=HISTORY / f"{wall_ms() // 1000}", purpose=Purpose.EXERCISE)
    with told_plainly():
        settings, player = playing.history(
            settings, typed.history, typed.profile, typed.limit, typed.json
        )
        print(say("数据目录：", "Data folder:"), settings.data, flush=True)
        ending = run(lambda: playing.play(settings, player))
    return ending.code, {"data": str(settings.data), **ending.told}


def _of_folder(typed: argparse.Namespace) -> Settings:
    """Settings for a folder that is there; its only area, where none is named."""
    settings = settings_of(typed)
    named = typed.area or os.environ.get(f"{PREFIX}AREA")
    with told_plainly():
        there = areas_of(settings.data)
    return replace(settings, area=there[0]) if len(there) == 1 and not named else settings
