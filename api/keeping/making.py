"""Making a copy: a pass over the folder, from what the last good stand has to what is there now."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing, suppress
from itertools import chain, islice
from pathlib import Path
from typing import Final

import msgspec

from api.keeping.copies import Copy, newest
from api.keeping.reading import Beside
from api.keeping.sealing import Damaged, Unkept
from api.keeping.stands import FORMAT, Stand, superfluous
from api.keeping.turns import End, Turns
from schemas.turns import GENESIS
from schemas.values import AreaId
from schemas.wire import decode_turn, digest
from streams.engines.folder import private
from streams.engines.log_file import Reader

COPIED: Final = "copied.json"  # in the data folder: how old its newest copy is
PORTION: Final = 500  # turns in a frame
EVERY_S: Final = 0.4  # from one look to the next, so that a second is never full
NOTED_MS: Final = 5_000
AGAIN_S: Final = 5.0

Progress = Callable[[AreaId, int], None]


class Copied(msgspec.Struct, frozen=True):
    """What the folder knows of its newest copy: no more than its owner may know anyway."""

    to: str
    at: int  # when it was last known to lack nothing
    turns: int


class _Log:
    """One area on its way into the copy."""

    def __init__(self, turns: Turns, end: End) -> None:
        self.turns, self.end = turns, end

    def take(self, reader: Reader, progress: Progress) -> None:
        """Whatever has come since; on the disk when it returns."""
        area, after = self.end.area, self.end.turns
        stored = reader.read(area, after)
        while portion := list(islice(stored, PORTION)):
            self.turns.append(after + 1, portion)
            after += len(portion)
            last = portion[-1]
            progress(area, after)
        if after == self.end.turns:
            return
        file, size = self.turns.sync()
        self.end = End(area, after, digest(last), decode_turn(last).at, file, size)


class Making:
    """A copy that is being made or kept up. Used by one thread."""

    def __init__(self, folder: Path, copy: Copy) -> None:
        self._folder, self._copy = folder, copy
        self._reader = Reader(folder / "log.db")
        self._beside = Beside(folder)
        self._logs: dict[AreaId, _Log] = {}
        self._stands = _all(copy)
        self._noted = 0
        last = newest(copy)
        self._last = last
        for end in () if last is None else last.logs:
            self._refuse_another(end)
            self._begin(end.area, end)
        self._sweep()

    def _refuse_another(self, end: End) -> None:
        """What was copied has to be there as it was: then nothing has been cut or decided anew."""
        try:
            same = digest(self._reader.stored(end.area, end.turns)) == end.digest
        except LookupError:
            same = False
        if not same:
            raise Unkept(
                f"数据目录的日志与副本 {self._copy.path} 不符：区域 {end.area} 的第 {end.turns} 轮"
                "已不是备份时的那一轮（被截短、改写，或是另一份日志）。副本未动。"
                "请先查明原因；如确属新的日志，请备份到另一个空目录。",
                f"The log is not the one in the copy {self._copy.path}: turn {end.turns} of area"
                f" {end.area} is not what was copied. It was cut short, decided anew, or is another"
                " log. The copy was left as it is. Find out why first; a new log goes into an"
                " empty folder.",
            )

    def _begin(self, area: AreaId, end: End | None) -> _Log:
        turns = self._copy.turns(area)
        turns.begin(end)
        log = _Log(turns, end or End(area, 0, GENESIS, 0, 0, 0))
        self._logs[area] = log
        return log

    def step(self, progress: Progress) -> Stand | None:
        """One pass. The new stand, on the disk; None where nothing had changed.

        What others do meanwhile is in this one or in the next. The order is the promise: keys
        come after the log, so that every turn kept can be read; marks of what was told before.
        """
        now = wall_ms()
        first = self._beside.first(self._copy.pieces)
        for area in self._reader.areas():
            (self._logs.get(area) or self._begin(area, None)).take(self._reader, progress)
        keys = self._beside.keys(self._copy.keys)
        files = tuple(chain(first, self._beside.rest(self._copy.pieces)))
        logs = tuple(log.end for log in self._logs.values())
        last = self._last
        if last is not None and (last.logs, last.files, last.keys) == (logs, files, keys):
            self._copy.see(now)
            self._drop_old(now)
            return None
        number = max(self._copy.stands.numbers(), default=0) + 1
        self._write(Stand(FORMAT, number, now, logs, files, keys))
        self._copy.see(now)
        self._drop_old(now)
        return self._last

    @property
    def stand(self) -> Stand:
        """The last good one; there is one after the first step."""
        assert self._last is not None
        return self._last

    def _write(self, stand: Stand) -> None:
        self._copy.pieces.sync()
        self._copy.keys.sync()
        self._copy.stands.write(stand)
        self._stands.append(stand)
        self._last = stand

    def _drop_old(self, now: int) -> None:
        if gone := superfluous(self._stands, now):
            for stand in gone:
                self._copy.stands.remove(stand.number)
                self._stands.remove(stand)
            self._sweep()

    def _sweep(self) -> None:
        self._copy.pieces.keep_only(chain.from_iterable(s.pieces() for s in self._stands))
        self._copy.keys.keep_only(chain.from_iterable(s.key_pieces() for s in self._stands))

    def note(self, now: int) -> None:
        """Leave word in the folder of how old its copy is. A full disk loses the word alone."""
        if now - self._noted < NOTED_MS:
            return
        self._noted = now
        turns = sum(log.end.turns for log in self._logs.values())
        copied = Copied(str(self._copy.path.resolve()), now, turns)
        part = self._folder / f"{COPIED}.part"
        with suppress(OSError):
            with open(part, "wb", opener=private) as file:  # Path has no opener
                file.write(msgspec.json.encode(copied))
            part.replace(self._folder / COPIED)

    def close(self) -> None:
        self._reader.close()
        self._beside.close()
        for log in self._logs.values():
            log.turns.close()


def _all(copy: Copy) -> list[Stand]:
    """Every stand that can be read. One that cannot is of no use, and goes with its pieces."""
    found = []
    for number in copy.stands.numbers()[1:]:
        try:
            found.append(copy.stands.read(number))
        except Damaged:
            copy.stands.remove(number)
    last = newest(copy)
    return found if last is None else [*found, last]


def follow(
    folder: Path, copy: Copy, stopped: Callable[[], bool], told: Callable[[Stand | OSError], None]
) -> None:
    """Keep a copy up until it is stopped: at most a second behind while both disks keep up.

    What a disk refuses is told, and tried again from the last good stand. Unkept, apsw.Error.
    """
    while not stopped():
        try:
            with closing(Making(folder, copy)) as making:
                _keep_up(making, stopped, told)
        except OSError as problem:
            told(problem)
            time.sleep(AGAIN_S)


def _keep_up(
    making: Making, stopped: Callable[[], bool], told: Callable[[Stand | OSError], None]
) -> None:
    while not stopped():
        stand = making.step(lambda _area, _turns: None)
        if stand is not None:
            told(stand)
        making.note(wall_ms())
        time.sleep(EVERY_S)


def noted(folder: Path) -> Copied | None:
    """What a folder knows of its newest copy; None where there is none, or no word of it."""
    try:
        return msgspec.json.decode((folder / COPIED).read_bytes(), type=Copied)
    except (OSError, ValueError):
        return None


def wall_ms() -> int:
    return time.time_ns() // 1_000_000
