"""The `shouwang` command: make a data folder, serve it, play an exercise, verify a log."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import apsw

from api import links, playing
from api.drill.progress import say
from api.people import wall_ms
from api.serving import Stop, areas_of, listening, opened, opened_as, run, serve, tree_of
from api.settings import HELP, PREFIX, Settings, read
from api.vault import Vault
from schemas.values import AreaId, Purpose, Role, TimeSource
from schemas.wire import NotReadable
from streams.area import Area
from streams.engines.embedded import ClockDoubtful
from streams.engines.folder import LOG, FolderHeld, FolderUnfit, create
from streams.engines.log_file import NotOurLog, Reader
from streams.verify import Verdict, verify

EXERCISE = Path("data/exercise")
HISTORY = Path("data/history")
TOLD_EVERY = 5_000  # turns between two words of progress
TROUBLE = 2

Answer = dict[str, Any]


class Trouble(Exception):
    """Something that whoever typed the command can put right; says how, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command: 0 done, 1 a difference was found or a player failed, 2 trouble."""
    typed = parser().parse_args(arguments)
    try:
        code, answer = typed.run(typed)
    except Trouble as trouble:
        code, answer = TROUBLE, {"error": trouble.en}
        print(say(trouble.zh, trouble.en), file=sys.stderr)
    except KeyboardInterrupt:
        code, answer = 130, {"error": "interrupted"}
    if typed.json and answer:
        print(json.dumps(answer, ensure_ascii=False), flush=True)
    return int(code)


# What can be typed


def parser() -> argparse.ArgumentParser:
    """Every subcommand with its flags."""
    found = argparse.ArgumentParser(
        prog="shouwang",
        description="守望:乡镇发布需求,就近邀约社会力量。"
        " Townships publish demands, organizations are asked, every step is on record.",
        epilog=f"Settings may also stand in the environment, as {PREFIX}DATA, {PREFIX}PORT …",
    )
    commands = found.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add(commands, "init", init, "建立数据目录。 Make a data folder.", _init_flags)
    _add(commands, "serve", serve_folder, "启动服务。 Serve a data folder.", _serve_flags)
    _add(commands, "link", link, "签发一次性登录链接。 Make a one-time link.", _link_flags)
    _add(commands, "run", run_exercise, "运行一场演练。 Play an exercise.", _run_flags)
    _add(commands, "drill", drill, "用历史灾情演练。 Play a real history.", _drill_flags)
    _add(commands, "verify", verify_folder, "校验日志。 Verify a log.", _verify_flags)
    return found


def _add(
    commands: Any,
    name: str,
    handle: Callable[[argparse.Namespace], tuple[int, Answer]],
    words: str,
    flags: Callable[[argparse.ArgumentParser], None],
) -> None:
    made = commands.add_parser(name, help=words, description=f"{words} {handle.__doc__ or ''}")
    made.set_defaults(run=handle)
    made.add_argument("--json", action="store_true", help="end with one JSON object on a line")
    flags(made)


def _settings_flags(made: argparse.ArgumentParser, *names: str) -> None:
    """Flags that are settings: left out, the environment and then the default count."""
    kinds = {"data": Path, "divisions": Path, "port": int, "session_hours": int, "link_hours": int}
    for name in names:
        flag, words = f"--{name.replace('_', '-')}", f"{HELP[name]} [{PREFIX}{name.upper()}]"
        if name == "https":
            made.add_argument(flag, action="store_true", default=None, help=words)
        elif name == "purpose":
            made.add_argument(flag, type=Purpose, choices=list(Purpose), help=words)
        else:
            made.add_argument(flag, type=kinds.get(name, str), help=words)


def _init_flags(made: argparse.ArgumentParser) -> None:
    _settings_flags(made, "data", "area", "divisions", "purpose", "address", "https")
    made.add_argument("--name", default="", help="name of the first steward")


def _serve_flags(made: argparse.ArgumentParser) -> None:
    _settings_flags(made, "data", "area", "host", "port", "address", "https")
    _settings_flags(made, "session_hours", "link_hours")
    words = "the machine's clock is right although the log is ahead of it"
    made.add_argument("--accept-clock", action="store_true", help=words)


def _link_flags(made: argparse.ArgumentParser) -> None:
    _settings_flags(made, "data", "area", "host", "port", "address", "link_hours")
    who = made.add_mutually_exclusive_group()
    who.add_argument("--account", help="id of the account")
    who.add_argument("--name", help="name of the account")
    made.add_argument("--role", type=Role, choices=list(Role), help="where it has several")


def _run_flags(made: argparse.ArgumentParser) -> None:
    _settings_flags(made, "data", "area", "divisions", "host", "port", "address")
    words = "end so many seconds after the first post"
    made.add_argument("--for", dest="seconds", type=float, metavar="SECONDS", help=words)
    made.add_argument("--pace", type=float, metavar="FACTOR", help="rule seconds per second")


def _drill_flags(made: argparse.ArgumentParser) -> None:
    _settings_flags(made, "data", "host", "port")
    made.add_argument("--history", type=Path, required=True, metavar="CASES", help="its folder")
    words = "what its records mean, as in docs/profiles/"
    made.add_argument("--profile", type=Path, required=True, metavar="FILE", help=words)
    made.add_argument("--limit", type=int, help="play only so many cases (default: all)")


def _verify_flags(made: argparse.ArgumentParser) -> None:
    made.add_argument("folder", nargs="?", type=Path, metavar="DATA", help=HELP["data"])
    _settings_flags(made, "data")
    made.add_argument("--area", type=AreaId, help="this area only; all of them if left out")


# What they do


def _settings(typed: argparse.Namespace, **given: Any) -> Settings:
    try:
        return read(typed, os.environ, **given)
    except ValueError as error:
        raise Trouble(f"设置有误:{error}", f"A setting is wrong: {error}") from None


def init(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Its log's purpose is decided for good; prints the first steward's sign-in link."""
    settings = _settings(typed)
    steward = links.new_account()
    live = settings.purpose is Purpose.OPERATIONS
    with _told_plainly():
        if not settings.data.exists():
            settings.data.mkdir(parents=True, mode=0o700)  # what is in it is nobody else's
        create(
            settings.data,
            settings.area,
            settings.divisions,
            settings.purpose,
            TimeSource.LIVE if live else TimeSource.GIVEN,
            steward,
            None if live else wall_ms(),
        )
        Vault(settings.data / "keys.db").close()
        name = typed.name or say("管理员", "Steward")
        address = links.new_link(settings, steward, Role.STEWARD, name)
    print(say(f"已建立 {settings.data}。", f"{settings.data} is ready."))
    print(say("管理员一次性登录链接:", "The steward's one-time sign-in link:"), address)
    print(say("接着运行:", "Next:"), f"shouwang serve --data {settings.data}")
    answer = {"data": str(settings.data), "area": settings.area, "purpose": settings.purpose}
    return 0, {**answer, "account": steward, "link": address}


def serve_folder(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Runs until Ctrl-C or SIGTERM. One process holds a folder."""
    settings = _of_folder(typed)

    async def whole() -> None:
        with Stop() as stop:
            async with opened(settings, typed.accept_clock) as context:
                listener = listening(settings.host, settings.port)
                port = listener.getsockname()[1]
                context.settings = replace(context.settings, port=port)
                _say_where(context.settings, context.feed.sequence, typed.json)
                await serve(context, listener, stop.wait())

    with _told_plainly():
        run(whole)
    return 0, {}


def _say_where(settings: Settings, turns: int, as_json: bool) -> None:
    print(say("守望已启动:", "Shouwang is at"), f"{settings.url}/", flush=True)
    if settings.host not in ("127.0.0.1", "::1", "localhost") and not settings.https:
        zh = "注意:未经 https,同一网络中的人可以读到传输内容。"
        print(say(zh, "Mind: without https, whoever is on this network can read along."))
    if as_json:
        answer = {"address": settings.url, "area": settings.area, "turns": turns}
        print(json.dumps(answer), flush=True)


def link(typed: argparse.Namespace) -> tuple[int, Answer]:
    """For the account named, else the first steward's; also while the server runs."""
    settings = _of_folder(typed)
    with _told_plainly():
        opened_as(settings.data, settings.area)  # says what is missing
        there = links.holders(settings)
        holder = _chosen(there, typed)
        address = links.new_link(settings, holder.account, holder.role, holder.name or "?")
    print(address)
    return 0, {"account": holder.account, "role": holder.role, "link": address}


def _chosen(there: list[links.Holder], typed: argparse.Namespace) -> links.Holder:
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
        f"请用 --account 和 --role 指明账户:\n{listed}",
        f"Say which one by --account and --role:\n{listed}",
    )


def run_exercise(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Serves the folder and plays a typhoon in it; the next start goes on from the same log."""
    settings = _settings(typed, data=EXERCISE, purpose=Purpose.EXERCISE)
    with _told_plainly():
        player = playing.exercise(settings, typed.seconds, typed.pace, typed.json)
        ending = run(lambda: playing.play(settings, player, _welcome))
    return ending.code, {"data": str(settings.data), **ending.told}


def _welcome(address: str, by_role: dict[Role, str]) -> None:
    """Where to look, in both languages: whoever starts it may not be who plays."""
    names = {
        Role.DESK: "值班台 Desk",
        Role.ORGANIZATION: "组织 Organization",
        Role.REVIEWER: "复盘 Reviewer",
    }
    print(f"守望演练 · Shouwang exercise: {address}/")
    for role, one_time in by_role.items():
        print(f"  {names[role]}: {one_time}")
    print("每个链接只能用一次;Ctrl-C 停止。 Each link works once; Ctrl-C stops.", flush=True)


def drill(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Real cases become demands in an exercise of their own; invented organizations answer."""
    settings = _settings(typed, data=HISTORY / f"{wall_ms() // 1000}", purpose=Purpose.EXERCISE)
    with _told_plainly():
        settings, player = playing.history(
            settings, typed.history, typed.profile, typed.limit, typed.json
        )
        print(say("数据目录:", "Data folder:"), settings.data, flush=True)
        ending = run(lambda: playing.play(settings, player))
    return ending.code, {"data": str(settings.data), **ending.told}


def verify_folder(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Checks the chain and decides every command again; also while the server runs."""
    folder = typed.folder or _settings(typed).data
    with _told_plainly():
        areas = [typed.area] if typed.area else areas_of(folder)
        if not areas:
            raise FolderUnfit(f"{folder / LOG} is missing; no log has been made here")
        verdicts = [_verified(folder, area) for area in areas]
    for verdict in verdicts:
        _tell(verdict)
    sound = all(verdict.sound for verdict in verdicts)
    found = [asdict(verdict) for verdict in verdicts]
    told = found[0] if len(found) == 1 else {"areas": found}
    return int(not sound), {"sound": sound, **told}


def _verified(folder: Path, area: AreaId) -> Verdict:
    tree = tree_of(folder, opened_as(folder, area))
    reader = Reader(folder / LOG)
    try:
        return verify(Area(area, tree), reader.read(area), _progress)
    finally:
        reader.close()


def _progress(turns: int) -> None:
    if turns % TOLD_EVERY == 0:
        end = "\r" if sys.stderr.isatty() else "\n"
        print(say(f"已校验 {turns} 轮", f"{turns} turns verified"), end=end, file=sys.stderr)


def _tell(verdict: Verdict) -> None:
    zh = f"区域 {verdict.area}:{verdict.turns} 轮,{verdict.facts} 条事实"
    print(say(zh, f"area {verdict.area}: {verdict.turns} turns, {verdict.facts} facts"))
    print(f"  chain   {verdict.chain}")
    print(f"  replay  {verdict.replay}")
    print(f"  state   {verdict.state_hash}")
    print(f"  rules   {verdict.rules}")
    if verdict.bad is not None:
        print(say(f"  首个不符:第 {verdict.bad} 轮", f"  first bad sequence: {verdict.bad}"))


def _of_folder(typed: argparse.Namespace) -> Settings:
    """Settings for a folder that is there; its only area, where none is named."""
    settings = _settings(typed)
    named = typed.area or os.environ.get(f"{PREFIX}AREA")
    with _told_plainly():
        there = areas_of(settings.data)
    return replace(settings, area=there[0]) if len(there) == 1 and not named else settings


@contextmanager
def _told_plainly() -> Iterator[None]:
    """What can go wrong with a folder, as words that say what to do."""
    try:
        yield
    except FolderHeld as error:
        raise Trouble(
            f"数据目录正被进程 {error.process} 使用;请先停止它,或换一个目录。",
            f"{error}; stop it first, or take another folder (--data)",
        ) from None
    except ClockDoubtful as error:
        raise Trouble(
            f"本机时钟比日志落后 {error.behind // 1000} 秒;校准时钟,或加 --accept-clock。",
            f"{error}: --accept-clock",
        ) from None
    except (FolderUnfit, NotOurLog, NotReadable, ValueError) as error:
        raise Trouble(f"数据目录或文件不可用:{error}", f"This cannot be used: {error}") from None
    except (OSError, apsw.Error) as error:
        raise Trouble(f"无法读写:{error}", f"Cannot read or write: {error}") from None


if __name__ == "__main__":
    sys.exit(main())
