"""What `shouwang doctor` looks at on the machine: disk, SQLite, clock, modes, files, the way in."""

from __future__ import annotations

import ctypes
import fcntl
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from shutil import disk_usage
from statistics import median
from typing import Final, NamedTuple

import apsw

from api.listening import CONNECTIONS_MAX, most_connections
from api.settings import THIS_MACHINE, Https, Settings
from geo.compiled import library
from schemas.values import AreaId, TimeSource
from schemas.wire import decode_turn
from streams.engines.alive import BEHIND_MOST
from streams.engines.folder import opening
from streams.engines.log_file import OLDEST_SQLITE, LogFile, NotOurLog, Reader, Row

OK, WARN, BAD = "ok", "warn", "bad"
COMMITS: Final = 20
SLOW_MS, TOO_SLOW_MS = 50.0, 500.0
MIB: Final = 1 << 20
SPACE_BAD, SPACE_WARN = 500 * MIB, 5_000 * MIB
IN_MEMORY: Final = ("tmpfs", "ramfs")
OVER_A_NETWORK: Final = ("nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs")
UNSYNCHRONIZED: Final = 5  # TIME_ERROR of adjtimex(2)
TRIAL: Final = "doctor.part"


class Check(NamedTuple):
    """One finding: how it stands, what was seen, and what to do, in both languages."""

    name: str
    state: str
    zh: str
    en: str
    do_zh: str = ""
    do_en: str = ""


def sqlite(settings: Settings) -> Iterator[Check]:
    """The version, and a commit as the log makes it, measured where the log is."""
    version = apsw.sqlite_lib_version()
    if tuple(map(int, version.split("."))) < OLDEST_SQLITE:
        oldest = ".".join(map(str, OLDEST_SQLITE))
        yield Check(
            "sqlite", BAD, f"SQLite {version} 可能丢失已提交的记录",
            f"SQLite {version} can lose committed turns",
            f"请升级 apsw 到 {oldest} 以上", f"upgrade apsw to {oldest} or newer",
        )  # fmt: skip
        return
    yield Check("sqlite", OK, f"SQLite {version}", f"SQLite {version}")
    try:
        times = _commits(settings.data / TRIAL)
    except (OSError, apsw.Error, NotOurLog) as problem:
        yield Check(
            "commit", BAD, f"数据目录写不进去：{problem}",
            f"the data folder cannot be written: {problem}",
            "请检查磁盘与目录权限", "look at the disk and the folder's owner",
        )  # fmt: skip
        return
    yield _commit(settings.data, times)


def _commits(path: Path) -> list[float]:
    """Milliseconds of each commit; NotOurLog where it would not be flushed in full."""
    times = []
    try:
        with closing(LogFile(path, create=True)) as log:
            for number in range(1, COMMITS + 1):
                begun = time.perf_counter()
                log.append([Row(AreaId("trial"), number, b"\xa5" * 4_096)])
                times.append(1_000 * (time.perf_counter() - begun))
    finally:
        for side in ("", "-wal", "-shm"):
            path.with_name(path.name + side).unlink(missing_ok=True)
    return times


def _commit(folder: Path, times: list[float]) -> Check:
    middle, longest, kind = median(times), max(times), _file_system(folder)
    zh = f"每次提交均落盘（FULL），中位 {middle:.1f} 毫秒，最长 {longest:.1f} 毫秒，{kind}"
    en = f"every commit is flushed (FULL): {middle:.1f} ms, at most {longest:.1f} ms, on {kind}"
    if kind in IN_MEMORY:
        do = (
            "该目录在内存中，断电即失；请换到磁盘上",
            "this lies in memory and goes with the power: use a disk",
        )
        return Check("commit", BAD, zh, en, *do)
    if kind in OVER_A_NETWORK:
        do = (
            "网络盘不保证落盘与加锁；请换到本机磁盘",
            "a network share keeps no promise: use a disk of this machine",
        )
        return Check("commit", BAD, zh, en, *do)
    if middle >= SLOW_MS:
        state = BAD if middle >= TOO_SLOW_MS else WARN
        do = (
            "磁盘太慢，答复会跟着变慢；请换固态盘",
            "the disk is slow, and answers with it: use an SSD",
        )
        return Check("commit", state, zh, en, *do)
    return Check("commit", OK, zh, en)


def _file_system(folder: Path) -> str:
    """The kind of file system that a folder lies on; "?" where that cannot be told."""
    best, kind = "", "?"
    with suppress(OSError):
        place = str(folder.resolve())
        for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
            _, mount, found, *_ = line.split(" ")
            inside = place == mount or place.startswith(mount.rstrip("/") + "/")
            if inside and len(mount) >= len(best):
                best, kind = mount, found
    return kind


def space(settings: Settings) -> Iterator[Check]:
    usage = disk_usage(settings.data)
    free = usage.free // MIB
    zh, en = f"剩余空间 {free:,} MiB", f"{free:,} MiB free"
    if usage.free >= SPACE_WARN:
        yield Check("space", OK, zh, en)
        return
    state = BAD if usage.free < SPACE_BAD else WARN
    do = ("请清理磁盘或换大盘；写满后发布会被拒绝", "make room: a full disk refuses postings")
    yield Check("space", state, zh, en, *do)


def clock(settings: Settings) -> Iterator[Check]:
    """Against the log's last turn, and whether the machine itself says that nobody keeps it."""
    now = time.time_ns() // 1_000_000
    shown = time.strftime("%Y-%m-%d %H:%M:%S %z")
    behind = _log_at(settings) - now
    if behind > BEHIND_MOST:
        yield Check(
            "clock", BAD, f"本机时钟 {shown}，比日志落后 {behind // 60_000} 分钟",
            f"the clock says {shown}, {behind // 60_000} min behind the log",
            "请校准时钟后再启动", "set it right before the next start",
        )  # fmt: skip
    elif _unsynchronized():
        yield Check(
            "clock", WARN, f"本机时钟 {shown}，没有对时",
            f"the clock says {shown}, and nobody keeps it",
            "请启用 chrony 或 systemd-timesyncd", "enable chrony or systemd-timesyncd",
        )  # fmt: skip
    else:
        yield Check("clock", OK, f"本机时钟 {shown}", f"the clock says {shown}")


def _log_at(settings: Settings) -> int:
    latest = 0
    with closing(Reader(settings.data / "log.db")) as reader:
        for area in reader.areas():
            if opening(decode_turn(reader.stored(area, 1))).time_source is TimeSource.LIVE:
                latest = max(latest, decode_turn(reader.stored(area, reader.length(area))).at)
    return latest


def _unsynchronized() -> bool:
    """What the kernel says of its clock; False where it says nothing."""
    if not sys.platform.startswith("linux"):
        return False
    with suppress(OSError, AttributeError):
        return int(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512))) == UNSYNCHRONIZED
    return False


def modes(settings: Settings) -> Iterator[Check]:
    """Nobody but the owner reads a data folder, and one account owns all of it."""
    places = [settings.data, *settings.data.rglob("*")]
    open_to: list[Path] = []
    owners = set()
    for path in places:
        with suppress(FileNotFoundError):
            found = path.lstat()
            owners.add(found.st_uid)
            if stat.S_IMODE(found.st_mode) & 0o077:
                open_to.append(path)
    if open_to:
        count = len(open_to)
        yield Check(
            "modes", BAD, f"{count} 个文件别人也能读，如 {open_to[0]}",
            f"others can read {count} of its files, as {open_to[0]}",
            f"请运行 chmod -R go= {settings.data}", f"run: chmod -R go= {settings.data}",
        )  # fmt: skip
    elif len(owners) > 1:
        yield Check(
            "modes", WARN, "目录中的文件不属于同一账户", "the files belong to several accounts",
            f"请运行 chown -R 服务账户 {settings.data}", f"run: chown -R ACCOUNT {settings.data}",
        )  # fmt: skip
    else:
        yield Check("modes", OK, "仅属主可读", "only its owner can read it")


def open_files(_settings: Settings) -> Iterator[Check]:
    most = most_connections()
    zh, en = f"最多同时 {most} 个连接", f"{most} connections at once"
    if most >= CONNECTIONS_MAX:
        yield Check("open_files", OK, zh, en)
        return
    do = (
        "打开文件数上限太低；请在服务单元中设 LimitNOFILE=16384，或 ulimit -n 16384",
        "the limit of open files is low: LimitNOFILE=16384 in the unit, or ulimit -n 16384",
    )
    yield Check("open_files", WARN, zh, en, *do)


def way_in(settings: Settings) -> Iterator[Check]:
    """Whether people come in by https, and at an address that is good for them."""
    address = settings.url
    zh, en = f"对外地址 {address}", f"people reach it at {address}"
    outside = settings.host not in (*THIS_MACHINE, "localhost")
    if settings.https is Https.NOBODY and outside:
        do = (
            "未经 https，同一网络的人可读到内容；请加 --https self 或用代理",
            "whoever is on the network reads along: --https self, or a proxy",
        )
        yield Check("way_in", BAD, zh, en, *do)
    elif settings.https is Https.NOBODY:
        do = (
            "只有本机能打开；对外请用代理（deploy/nginx）或 --https self，并设 --address",
            "only this machine can open it: a proxy or --https self, and --address",
        )
        yield Check("way_in", WARN, zh, en, *do)
    elif settings.https is Https.PROXY and not settings.address.startswith("https://"):
        do = (
            "请设 --address https://…，否则登录链接打不开",
            "set --address https://…, or links lead nowhere",
        )
        yield Check("way_in", WARN, zh, en, *do)
    else:
        yield Check("way_in", OK, zh, en)


def owner_of(path: Path) -> str:
    """The process that holds a folder, or nothing."""
    with suppress(OSError), (path / "lock").open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return lock.read(32).decode("ascii", "replace").strip()
    return ""


def server(settings: Settings) -> Iterator[Check]:
    holder = owner_of(settings.data)
    if holder:
        yield Check(
            "server", OK, f"服务在运行（进程 {holder}）", f"it is being served (process {holder})"
        )
    else:
        do = (f"shouwang serve --data {settings.data}", f"shouwang serve --data {settings.data}")
        yield Check("server", WARN, "没有在运行", "it is not being served", *do)


def search(_settings: Settings) -> Iterator[Check]:
    if library() is not None:
        yield Check("search", OK, "队伍检索已编译", "the search over organizations is compiled")
        return
    yield Check(
        "search", WARN,
        "队伍检索没有编译：结果一样，队伍成千上万时较慢",
        "the search over organizations is not compiled: the same answers, slower for thousands",
        "安装 C 编译器（Debian：gcc、libc6-dev），然后重新安装守望",
        "install a C compiler (Debian: gcc, libc6-dev), then install Shouwang again",
    )  # fmt: skip


MACHINE: Final = (sqlite, space, clock, modes, open_files, way_in, server, search)
"""In the order in which they are told."""
