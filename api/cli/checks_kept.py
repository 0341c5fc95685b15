"""What `shouwang doctor` looks at in the folder: keys, copies, heads, watch, integrity."""

from __future__ import annotations

import stat
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import apsw

from api.cli.checks import BAD, OK, WARN, Check
from api.keeping import last_head, noted
from api.safe import MasterKeyUnfit, Vault, master_key, owed, place_of
from api.settings import Settings
from api.watch import CURES, standing
from schemas.wire import decode_turn, digest
from streams.engines.folder import FolderUnfit
from streams.engines.log_file import Reader

READING: Final = apsw.SQLITE_OPEN_READONLY
MINUTE_MS: Final = 60_000
FRESH_MS, OLD_MS = 10 * MINUTE_MS, 26 * 60 * MINUTE_MS
HEAD_OLD_MS: Final = 2 * 24 * 60 * MINUTE_MS
CHAIN: Final = 5_000  # turns at the log's end whose chain is looked at


def keys(settings: Settings) -> Iterator[Check]:
    """The master key: to be had, outside the folder, and nobody else's."""
    try:
        Vault(settings.data / "keys.db", master_key(settings)).close()  # opens each key
    except MasterKeyUnfit as problem:
        yield Check(
            "key", BAD, problem.zh, str(problem), "见 docs/keeping.md", "see docs/keeping.md"
        )
        return
    path = place_of(settings)
    if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        do = (f"请运行 chmod 600 {path}", f"run: chmod 600 {path}")
        yield Check(
            "key", BAD, f"主密钥 {path} 别人也能读", f"others can read the master key {path}", *do
        )
    elif path.is_file() and path.parent == settings.data.resolve().parent:
        zh, en = f"主密钥 {path} 就在数据目录旁", f"the master key {path} lies beside the folder"
        do = (
            "整盘拷走会一并带走；请移到别处（--key-file），并抄在纸上锁好",
            "who copies the disk has both: move it (--key-file), and keep it on paper",
        )
        yield Check("key", WARN, zh, en, *do)
    else:
        yield Check(
            "key", OK, "主密钥可用，不在数据目录旁", "the master key is there, and lies elsewhere"
        )


def destruction(settings: Settings) -> Iterator[Check]:
    """Keys that were destroyed on record, and may yet be found in their file."""
    try:
        with closing(apsw.Connection(str(settings.data / "keys.db"), flags=READING)) as store:
            pending = len(owed(store))
    except apsw.Error as problem:
        zh, en = f"密钥库读不出：{problem}", f"keys.db cannot be read: {problem}"
        again = ("请从副本恢复：shouwang restore", "restore a copy: shouwang restore")
        yield Check("keys", BAD, zh, en, *again)
        return
    if pending:
        do = (
            "有程序正在读取 keys.db，或磁盘已满；服务会不断重试，请关掉其他读取它的程序",
            "somebody reads keys.db, or the disk is full: end that; the server goes on trying",
        )
        zh = f"{pending} 把密钥的销毁尚未完成"
        yield Check("keys", WARN, zh, f"the destruction of {pending} keys is not finished", *do)
    else:
        yield Check("keys", OK, "应销毁的密钥均已清除", "no destroyed key is left in keys.db")


def copies(settings: Settings) -> Iterator[Check]:
    """How old the newest copy is, and whether it is on a disk of its own."""
    copied = noted(settings.data)
    follow = f"shouwang backup --data {settings.data} --to /mnt/…/ --follow"
    if copied is None:
        yield Check(
            "copy", BAD, "没有备份", "there is no copy", f"请运行 {follow}", f"run: {follow}"
        )
        return
    age = time.time_ns() // 1_000_000 - copied.at
    zh = f"副本 {copied.to}，{_span_zh(age)}前"
    en = f"the copy {copied.to} is {_span_en(age)} old"
    if age > FRESH_MS:
        state = BAD if age > OLD_MS else WARN
        yield Check("copy", state, zh, en, f"请运行 {follow}", f"run: {follow}")
    elif _same_disk(settings.data, Path(copied.to)):
        do = (
            "副本与数据在同一块盘上，盘坏全失；请换一块盘",
            "it lies on the same disk, and goes with it: use another",
        )
        yield Check("copy", WARN, zh, en, *do)
    else:
        yield Check("copy", OK, zh, en)


def _same_disk(one: Path, other: Path) -> bool:
    try:
        return one.stat().st_dev == other.stat().st_dev
    except OSError:
        return False


def heads(settings: Settings) -> Iterator[Check]:
    head = last_head(settings.data, settings.area)
    do = (
        "服务运行时每天自动签署；也可运行 shouwang head",
        "the server signs one a day while it runs; or run: shouwang head",
    )
    if head is None:
        yield Check("head", WARN, "还没有签署的链头", "no head has been signed yet", *do)
        return
    zh, en = (
        f"链头签署到 {head.day} 第 {head.sequence} 轮",
        f"signed on {head.day}, turn {head.sequence}",
    )
    if time.time_ns() // 1_000_000 - head.signed_at > HEAD_OLD_MS:
        yield Check("head", WARN, zh, en, *do)
    elif not settings.heads:
        away = (
            "只存在本目录中；请设 SHOUWANG_HEADS，或定期用 shouwang head --to 交给另一方",
            "it lies in this folder alone: set SHOUWANG_HEADS, or hand one over (head --to)",
        )
        yield Check("head", WARN, zh, en, *away)
    else:
        yield Check("head", OK, zh, en)


def watch(settings: Settings) -> Iterator[Check]:
    written = standing(settings.data, time.time_ns() // 1_000_000)
    if written is None:
        run = f"shouwang watch --data {settings.data} --run …"
        yield Check("watch", WARN, "没有值守", "nobody watches", f"请运行 {run}", f"run: {run}")
    elif written.alarms:
        for alarm in written.alarms:
            yield Check("watch", BAD, alarm.zh, alarm.en, *CURES.get(alarm.kind, ("", "")))
    else:
        yield Check("watch", OK, "值守正常，没有告警", "a watch looks on, and all is calm")


def whole(settings: Settings) -> Iterator[Check]:
    """Every database as SQLite sees it, and the chain at the log's end."""
    anew = (
        "停止服务后从副本恢复：shouwang restore",
        "stop the server and restore a copy: shouwang restore",
    )
    for path in sorted(settings.data.glob("*.db")):
        found = _checked(path)
        if found != "ok":
            rebuild = path.name == "history.db"
            do = ("shouwang history rebuild",) * 2 if rebuild else anew
            yield Check(
                "whole",
                BAD,
                f"{path.name} 已损坏：{found}",
                f"{path.name} is damaged: {found}",
                *do,
            )
            return
    try:
        turns = _chain(settings.data / "log.db")
    except (FolderUnfit, ValueError) as problem:
        yield Check(
            "whole", BAD, f"日志不完整：{problem}", f"the log is not whole: {problem}", *anew
        )
        return
    zh = f"各库完好，日志共 {turns} 轮；逐轮校验请运行 shouwang verify"
    yield Check(
        "whole", OK, zh, f"every file is sound, {turns} turns; `shouwang verify` checks each"
    )


def _checked(path: Path) -> str:
    try:
        with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as store:
            store.set_busy_timeout(5_000)
            return str(store.pragma("quick_check"))
    except apsw.Error as problem:
        return type(problem).__name__


def _chain(path: Path) -> int:
    """How many turns there are. ValueError, FolderUnfit where one does not follow the other."""
    total = 0
    with closing(Reader(path)) as reader:
        for area in reader.areas():
            end = reader.length(area)
            first = max(1, end - CHAIN)
            previous = digest(reader.stored(area, first))
            for stored in reader.read(area, first):
                if decode_turn(stored).previous != previous:
                    raise ValueError(f"the chain of area {area} is broken")
                previous = digest(stored)
            total += end
    return total


def _span_zh(age: int) -> str:
    return _span(age, (" 秒", " 分钟", " 小时"))


def _span_en(age: int) -> str:
    return _span(age, (" s", " min", " h"))


def _span(age: int, units: tuple[str, str, str]) -> str:
    seconds = max(0, age // 1_000)
    if seconds < 120:
        return f"{seconds}{units[0]}"
    return f"{seconds // 60}{units[1]}" if seconds < 7_200 else f"{seconds // 3_600}{units[2]}"


KEPT: Final = (keys, destruction, copies, heads, watch, whole)
