"""Setting a folder up: what is asked for, what is kept for the service, and what to do next."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

from api.cli.trouble import Trouble
from api.language import say
from api.listening import never_covered
from api.safe import place_of
from api.settings import PREFIX, Https, Settings, own_address
from geo.divisions import DivisionTree
from schemas.values import AreaId
from streams.engines.folder import LOG, write_whole

NAMES: Final = ("data", "area", "host", "port", "https", "address", "key_file", "key_command")
REACHES: Final = ("1", "2", "3")

T = TypeVar("T")


def asked(settings: Settings, name: str, copy: Path | None) -> tuple[Settings, str, Path | None]:
    """The same, each confirmed or changed by whoever sits there. Trouble where nobody answers."""
    print(say(_BEGIN_ZH, _BEGIN_EN), file=sys.stderr)
    data = _ask("数据目录", "Data folder", str(settings.data), _new_folder)
    tree = DivisionTree.load(settings.divisions)
    area = _ask("指挥区代码", "Command area, by its code", settings.area, lambda t: _area(tree, t))
    name = _ask("管理员姓名", "Name of the first steward", name, str)
    settings = _reached(replace(settings, data=data, area=area))
    where = _ask(
        "副本放在哪个目录（最好是另一块盘；暂不备份请直接回车）",
        "Folder for the copy, best on another disk (empty: none yet)",
        str(copy or ""),
        lambda text: Path(text) if text else None,
    )
    return settings, name, where


def _ask(zh: str, en: str, default: str, read: Callable[[str], T]) -> T:
    """Until the answer is good; what is wrong is said. ValueError of `read` is (zh, en)."""
    while True:
        print(f"{say(zh, en)} [{default}]: ", end="", file=sys.stderr, flush=True)
        try:
            typed = input().strip() or default
        except EOFError:
            raise Trouble(
                "无人应答；请用参数说明，不加 --ask。",
                "Nobody answers: say it by flags, without --ask.",
            ) from None
        try:
            return read(typed)
        except ValueError as problem:
            print("  " + say(*problem.args), file=sys.stderr)


def _new_folder(text: str) -> Path:
    path = Path(text)
    if (path / LOG).exists():
        raise ValueError(
            f"{path} 中已有日志，请换一个目录", f"{path} has a log already: another one"
        )
    return path


def _area(tree: DivisionTree, text: str) -> AreaId:
    node = tree.get(text)
    if node is None or node.level is not tree.area_level:
        raise ValueError(
            f"{text} 不是区划表中的指挥区（如 3303 温州市）",
            f"{text} is no command area of the divisions, as 3303 (Wenzhou)",
        )
    print(f"  {node.name}", file=sys.stderr)
    return AreaId(text)


def _reached(settings: Settings) -> Settings:
    print(say(_REACH_ZH, _REACH_EN), file=sys.stderr)
    which = _ask("请选择", "Which", "1", _choice)
    if which == "2":
        return _within(replace(settings, https=Https.SELF, host="0.0.0.0"))  # phones come in
    if which == "3":
        address = _ask("对外地址", "Its address", settings.address or "https://", _https)
        return replace(settings, https=Https.PROXY, address=address)
    return settings


def _within(settings: Settings) -> Settings:
    """By an address that a root of our own is good for; asked for, where this machine's is not."""
    if not never_covered(urlsplit(settings.url).hostname or ""):
        return settings
    own = _ask("本机的内网地址", "This machine's private address", own_address(), _private)
    return replace(settings, host=own)


def _private(text: str) -> str:
    if never_covered(text):
        raise ValueError(
            f"{text} 是公网地址，本机的根证书对它无效；公网请选 3",
            f"{text} is a public address, for which no root of one's own is good: choose 3 for it",
        )
    return text


def _choice(text: str) -> str:
    if text not in REACHES:
        raise ValueError("请输入 1、2 或 3", "1, 2 or 3")
    return text


def _https(text: str) -> str:
    if not text.startswith("https://") or len(text) == len("https://"):
        raise ValueError("应以 https:// 开头", "it begins with https://")
    return text


def flags_of(settings: Settings) -> list[str]:
    """What `serve` has to be told to be reached as `settings` say; defaults left out."""
    plain = Settings()
    found = []
    for name in NAMES:
        value = getattr(settings, name)
        if value != getattr(plain, name):
            found += [f"--{name.replace('_', '-')}", str(value)]
    return found


def keep_environment(path: Path, settings: Settings) -> None:
    """The same as variables, for a service to read. OSError."""
    plain = Settings()
    lines = [
        f'{PREFIX}{name.upper()}="{value}"\n'
        for name in NAMES
        if (value := getattr(settings, name)) != getattr(plain, name) or name == "data"
    ]
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, "".join(lines).encode())


def next_steps(settings: Settings, copy: Path | None) -> Iterator[str]:
    """What to do now, in order, each as a line to be typed where it is one."""
    data = ["--data", str(settings.data)]
    key = key_flags(settings)
    if not os.environ.get(f"{PREFIX}KEY") and not settings.key_command:
        path = place_of(settings)
        yield say(
            f"把 {path} 中的一行抄在纸上，锁好", f"Copy the line in {path} onto paper, lock it up"
        )
    yield f"{_line('serve', *flags_of(settings))}\n   → {settings.url}/"
    where = str(copy) if copy else say("另一块盘上的目录", "FOLDER-ON-ANOTHER-DISK")
    yield _line("backup", *data, *key, "--to", where, "--follow")
    yield _line("watch", *data)
    yield _line("doctor", *flags_of(settings))


def key_flags(settings: Settings) -> list[str]:
    """Where the master key is, for commands that need it; nothing where it is beside the folder."""
    return list(flags_of(replace(Settings(), key_file=settings.key_file)))


def _line(*words: str) -> str:
    return shlex.join(["shouwang", *words])


_BEGIN_ZH = "建立数据目录。每一项直接回车即用方括号中的值。"
_BEGIN_EN = "A data folder is made. Enter alone takes what stands in brackets."
_REACH_ZH = """如何访问：
  1  只在本机（试用）
  2  同一网络中的电脑和手机，由本服务提供 https
  3  互联网，前面有提供 https 的代理（见 deploy/nginx）"""
_REACH_EN = """How people reach it:
  1  on this machine alone, for a look
  2  computers and phones in the same network; this server speaks https
  3  the internet, behind a proxy that speaks https (see deploy/nginx)"""
