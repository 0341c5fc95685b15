"""What a watch finds by itself: in the log, at the server's door, and between two clocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import HTTPSHandler, OpenerDirector, ProxyHandler, build_opener

import msgspec

from api.listening import trusting, untrusted
from schemas.facts import WorkSetAside
from schemas.values import AreaId, Instant, TimeSource
from schemas.wire import NotReadable, decode_turn
from streams.area import Area, Operation
from streams.engines.clock import WALL_TOLERANCE, Clock
from streams.engines.folder import Divisions, opening
from streams.engines.log_file import Reader
from streams.turning import fold
from streams.worklist import next_due

EVENT_LASTS: Final = 3_600_000  # milliseconds for which an alarm about one fact stands
ANSWER_S: Final = 5.0
PORTION: Final = 20_000  # turns folded in one look, so that the door is asked meanwhile

WORDS: Final = {
    "server_silent": (
        "服务没有应答，请改用电话，并通知管理员。",
        "The server does not answer: use the telephone, and call whoever runs it.",
    ),
    "server_untrusted": (
        "服务在应答，但值守程序不信任它的证书，无法确认是否正常；请通知管理员。",
        "The server answers, but the watch does not trust its certificate and cannot say whether "
        "all is well: call whoever runs it.",
    ),
    "writer_silent": (
        "有事项到时未办，系统没有新记录；请改用电话，并通知管理员。",
        "Something is due and nothing is being recorded: use the telephone, and call whoever "
        "runs the server.",
    ),
    "demand_overdue": (
        "有需求超过应办时间，系统仍未处理；请直接打电话联系队伍。",
        "A demand is past the time of its next step: telephone the teams yourself.",
    ),
    "set_aside": (
        "系统反复未能处理一件事项，已搁置；请查看时间线，人工跟进。",
        "The program failed on something again and again and set it aside: look into the "
        "timeline, and see to it by hand.",
    ),
    "clock_jumped": (
        "服务器时钟与日志时间不符，期限可能不准；请通知管理员。",
        "The server's clock does not fit the log and deadlines may be wrong: call whoever runs it.",
    ),
    "log_unreadable": (
        "日志无法读取，无法值守；请通知管理员。",
        "The log cannot be read, so nobody watches over it: call whoever runs the server.",
    ),
}

"""What is wrong, for whoever looks at a desk's page."""

CURES: Final = {
    "server_silent": (
        "在服务器上运行 shouwang serve；若它在别处应答，用 --address 告诉值守程序",
        "run shouwang serve; where it answers elsewhere, tell the watch by --address",
    ),
    "server_untrusted": (
        "让值守程序按证书上的名称访问（--address），或信任签发它的根证书（SSL_CERT_FILE=文件）",
        "have the watch ask by a name that the certificate has (--address), or trust the root that "
        "signed it (SSL_CERT_FILE=FILE)",
    ),
    "writer_silent": (
        "看 shouwang serve 的输出；磁盘是否已满；必要时重启它，已记录的不会丢",
        "look at what shouwang serve says, and at the disk; restart it: nothing recorded is lost",
    ),
    "demand_overdue": (
        "请值班室打电话联系队伍，并看 shouwang serve 的输出",
        "have the desk telephone the teams, and look at what shouwang serve says",
    ),
    "set_aside": (
        "把数据目录中的 defects.ndjson 交给开发者；该事项请人工跟进",
        "give defects.ndjson in the data folder to the developers; see to the matter by hand",
    ),
    "clock_jumped": (
        "校准时钟（timedatectl），再重启服务",
        "set the clock right (timedatectl), then restart the server",
    ),
    "log_unreadable": (
        "运行 shouwang verify；损坏时用 shouwang restore 恢复副本",
        "run shouwang verify; bring back a copy (shouwang restore) where it is damaged",
    ),
}
"""What whoever runs the server can do about it."""


class Finding(msgspec.Struct, frozen=True):
    """Something that is wrong, and for how many milliseconds; an alarm once over the bound."""

    kind: str
    area: str
    age: int
    subjects: tuple[str, ...] = ()


class Log:
    """The state of every area, brought up to date by each look with the new turns only."""

    def __init__(self, folder: Path, reader: Reader) -> None:
        self._reader = reader
        self._divisions = Divisions(folder)
        self._areas: dict[AreaId, Area] = {}
        self._aside: dict[AreaId, Instant] = {}
        self._broken = False

    def look(self, now: Instant) -> list[Finding]:
        """Read on, and say what is wrong at a time; nothing of areas not read to their end."""
        if not self._broken:
            try:
                return [found for name in self._reader.areas() for found in self._area(name, now)]
            except (NotReadable, LookupError):  # never folded from the beginning again by itself
                self._broken = True
        return [Finding("log_unreadable", "", EVENT_LASTS)]

    def _area(self, name: AreaId, now: Instant) -> Iterator[Finding]:
        area = self._areas.get(name)
        if area is None:
            first = decode_turn(self._reader.stored(name, 1))
            area = self._areas[name] = Area(name, self._divisions.tree(opening(first).divisions))
        whole = self._read_on(area)
        if now - self._aside.get(name, now - EVENT_LASTS) < EVENT_LASTS:
            yield Finding("set_aside", name, EVENT_LASTS)
        if whole and area.moved is None and area.time_source is TimeSource.LIVE:
            yield from _late(area, now)
            if area.at - now > WALL_TOLERANCE:
                yield Finding("clock_jumped", name, EVENT_LASTS)

    def _read_on(self, area: Area) -> bool:
        for count, stored in enumerate(self._reader.read(area.id, area.sequence)):
            turn = fold(area, stored)
            if any(isinstance(fact, WorkSetAside) for fact in turn.facts):
                self._aside[area.id] = turn.at
            if count >= PORTION:
                return False
        return True


def _late(area: Area, now: Instant) -> Iterator[Finding]:
    for operation in area.operations.rows.values():
        due = next_due(operation, area.at)
        if due is not None and now > max(due, area.at):
            yield Finding("writer_silent", area.id, now - max(due, area.at))
        late = list(_overdue(operation, area.at, now))
        if late:
            ids = tuple(id for _, id in late)
            yield Finding("demand_overdue", area.id, max(age for age, _ in late), ids)


def _overdue(operation: Operation, at: Instant, now: Instant) -> Iterator[tuple[int, str]]:
    """Of each priority the demand that has waited longest past its time."""
    for _, wake_at, key in operation.waking.firsts():
        if (wake_at or at) < now:
            yield now - (wake_at or at), operation.lines[key].demand


class Door:
    """Whether the server answers that it is ready, where it is served at the time.

    The root of the folder is trusted by itself: whoever watches over a folder knows it.
    """

    def __init__(self, folder: Path, where: Callable[[], str]) -> None:
        self._folder, self._where = folder, where
        self._opener: OpenerDirector | None = None  # made anew once something was wrong
        self._silent_since: Instant | None = None

    def look(self, clock: Clock) -> list[Finding]:
        asked = clock.steady()
        try:
            self._ask()
            self._silent_since = None
        except (URLError, OSError, ValueError) as problem:
            self._opener = None
            if self._silent_since is None:
                self._silent_since = asked
            kind = "server_untrusted" if untrusted(problem) else "server_silent"
            return [Finding(kind, "", clock.steady() - self._silent_since)]
        return []

    def _ask(self) -> None:
        """Raises URLError, OSError, ValueError."""
        if self._opener is None:
            by_https = HTTPSHandler(context=trusting(self._folder))
            self._opener = build_opener(ProxyHandler({}), by_https)
        with self._opener.open(f"{self._where()}/health/ready", timeout=ANSWER_S) as answer:
            answer.read(1_000)


def clocks(clock: Clock) -> list[Finding]:
    """Whether the wall clock has departed from the one that never steps, since the start."""
    present = clock.now()
    away = max(clock.behind(present), clock.ahead(present))
    return [Finding("clock_jumped", "", EVENT_LASTS)] if away > WALL_TOLERANCE else []
