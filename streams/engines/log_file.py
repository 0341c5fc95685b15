"""The log as one SQLite file: turns keyed (area, sequence), durable when `append` returns.

Each row carries a sum of its bytes, so no reader is given a turn that a disk has changed. Against
whoever changes it on purpose there is the chain, and a head that is kept elsewhere.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple
from zlib import crc32

import apsw

from schemas.values import AreaId
from streams.engines.folder import FolderUnfit

OLDEST_SQLITE: Final = (3, 51, 3)  # before it, a WAL reset could lose committed turns
APPLICATION: Final = 0x53574C47  # "SWLG", so `file` and we know the file as ours
LAYOUT: Final = 2
SYNCHRONOUS_FULL: Final = 2
READ_AT_ONCE: Final = 256
ROOM_BYTES: Final = 1 << 20  # a probe writes this much: a turn at its bound and then some
OLDER: Final = (
    "this log was written by a build from before rules had a version: what its turns mean only"
    " that build knows, so this one neither goes on with it nor checks it. Read and verify it with"
    " the build that wrote it, and begin a new folder with this one"
)
DISK_FULL: Final = (errno.ENOSPC, errno.EDQUOT)

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS turns (
    area TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    stored BLOB NOT NULL,
    crc32 INTEGER NOT NULL,
    PRIMARY KEY (area, sequence)
) STRICT;
CREATE TABLE IF NOT EXISTS room (bytes BLOB NOT NULL) STRICT;
"""
_INSERT: Final = "INSERT INTO turns (area, sequence, stored, crc32) VALUES (?, ?, ?, ?)"
_BEHIND: Final = (
    "SELECT sequence, stored, crc32 FROM turns WHERE area = ? AND sequence > ?"
    " ORDER BY sequence LIMIT ?"
)
_ONE: Final = "SELECT sequence, stored, crc32 FROM turns WHERE area = ? AND sequence = ?"
_LAST: Final = "SELECT max(sequence) FROM turns WHERE area = ?"
_NEXT_AREA: Final = "SELECT min(area) FROM turns WHERE area > ?"


class Row(NamedTuple):
    """A turn on its way into the file."""

    area: AreaId
    sequence: int
    stored: bytes


class NotOurLog(Exception):
    """The file cannot be used: another program's or release's, or an unsafe SQLite."""


class LogDamaged(FolderUnfit):
    """The file is not as it was written. `place`: the turn and its area, or None for the file."""

    def __init__(self, path: Path, place: tuple[AreaId, int] | None) -> None:
        what = f"{path}" if place is None else f"turn {place[1]} of area {place[0]} in {path}"
        super().__init__(
            f"{what} is damaged: the disk, or somebody, has changed it. Keep the folder as it is,"
            " and bring back its copy (shouwang restore), then `shouwang verify` it"
        )
        self.path = path
        self.place = place


class NoRoom(Exception):
    """The disk is full. Nothing of what was to be written is in the file."""


def refuse_old_sqlite(version: str) -> None:
    """NotOurLog where this SQLite ("3.51.2") may lose committed turns."""
    if tuple(int(part) for part in version.split(".")[:3]) < OLDEST_SQLITE:
        oldest = ".".join(map(str, OLDEST_SQLITE))
        raise NotOurLog(f"SQLite {version} can lose committed turns; {oldest} or newer is needed")


def sum_of(area: AreaId, sequence: int, stored: bytes) -> int:
    """Of a turn in its place: CRC-32 of "area sequence " and its bytes."""
    return crc32(stored, crc32(f"{area} {sequence} ".encode()))


class _Log:
    """What writing and reading connections have in common."""

    def __init__(self, path: Path, flags: int) -> None:
        refuse_old_sqlite(apsw.sqlite_lib_version())
        self._path = path
        self._db = apsw.Connection(str(path), flags=flags)
        self._db.set_busy_timeout(5_000)

    def areas(self) -> list[AreaId]:
        """Every area with a turn in the file, ordered; asked of the key alone, so it is quick."""
        found: list[AreaId] = []
        area = self._value(_NEXT_AREA, "")
        while isinstance(area, str):
            found.append(AreaId(area))
            area = self._value(_NEXT_AREA, area)
        return found

    def stored(self, area: AreaId, sequence: int) -> bytes:
        """One turn's bytes; LookupError where the log does not reach so far. LogDamaged."""
        for row in self._rows(_ONE, area, sequence):
            return self._whole(area, *row)
        raise LookupError(f"area {area} has no turn {sequence}")

    def length(self, area: AreaId) -> int:
        """The sequence of an area's last turn; 0 where it has none."""
        last = self._value(_LAST, area)
        return last if isinstance(last, int) else 0

    def read(self, area: AreaId, after: int = 0) -> Iterator[bytes]:
        """Stored bytes behind a sequence, in order, to the end that the log has meanwhile.

        Read in small portions: a reader that pauses keeps no transaction open, and so never
        keeps the file beside the log from being emptied. LogDamaged.
        """
        while True:
            last = self._last(area)  # asked before, so that it is no turn that came meanwhile
            rows = self._rows(_BEHIND, area, after, READ_AT_ONCE)
            for sequence, stored, sum_ in rows:
                yield self._whole(area, sequence, stored, sum_)
                after = sequence
            if not rows:
                if after < last:
                    raise LogDamaged(self._path, (area, after + 1))
                return

    def close(self) -> None:
        self._db.close()

    def _look(self) -> None:
        """NotOurLog, and LogDamaged where the end of an area is not to be found any more.

        Turns are never removed, so the number of the last row is that of all turns.
        """
        self._refuse_others()
        with self._db:  # one moment of it
            rows = self._value("SELECT max(rowid) FROM turns")
            lasts = [self._last(area) for area in self.areas()]
        if sum(lasts) != (rows or 0):
            raise LogDamaged(self._path, None)

    def _refuse_others(self) -> None:
        if self._value("PRAGMA application_id") != APPLICATION:
            raise NotOurLog(f"{self._path} is no log of this program")
        layout = self._value("PRAGMA user_version")
        if layout != LAYOUT:
            assert isinstance(layout, int)
            raise NotOurLog(OLDER if layout < LAYOUT else f"{self._path} is of a newer program")

    def _whole(self, area: AreaId, sequence: int, stored: Any, sum_: Any) -> bytes:
        """What damage has left of a row may be of any type."""
        if not isinstance(stored, bytes) or sum_of(area, sequence, stored) != sum_:
            raise LogDamaged(self._path, (area, sequence))
        return stored

    def _last(self, area: AreaId) -> int:
        last = self._value(_LAST, area)
        return last if isinstance(last, int) else 0

    def _value(self, sql: str, *values: apsw.SQLiteValue) -> object:
        for row in self._rows(sql, *values):
            return row[0]
        return None

    def _rows(self, sql: str, *values: apsw.SQLiteValue) -> list[Any]:
        try:
            return self._db.execute(sql, values).fetchall()
        except (apsw.CorruptError, apsw.NotADBError, apsw.SQLError) as problem:
            raise LogDamaged(self._path, None) from problem


class Reader(_Log):
    """A read-only connection, for one thread at a time; it never waits for the writer."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, apsw.SQLITE_OPEN_READONLY)
        try:
            self._look()
        except BaseException:
            self.close()
            raise


class LogFile(_Log):
    """The one write connection. Whoever opens it holds the folder's lock."""

    def __init__(self, path: Path, create: bool = False) -> None:
        flags = apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if create else 0)
        if create:  # SQLite gives its side files the same mode
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        super().__init__(path, flags)
        try:
            self._settle()
            self._lay_out(create)
        except BaseException:
            self.close()
            raise

    def _settle(self) -> None:
        """Ask for write-ahead log and full flushes, and believe only what is read back."""
        try:
            mode = self._value("PRAGMA journal_mode = WAL")
        except LogDamaged as problem:
            raise NotOurLog("this file is no database") from problem
        self._db.execute("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON")
        synchronous = self._value("PRAGMA synchronous")
        if mode != "wal" or synchronous != SYNCHRONOUS_FULL:
            raise NotOurLog(f"journal_mode is {mode}, synchronous is {synchronous}: not durable")

    def _lay_out(self, create: bool) -> None:
        application = self._value("PRAGMA application_id")
        if create and application == 0 and not self._value("SELECT count(*) FROM sqlite_schema"):
            self._db.execute(
                f"BEGIN IMMEDIATE; {_TABLES} PRAGMA application_id = {APPLICATION};"
                f"PRAGMA user_version = {LAYOUT}; COMMIT"
            )
        self._look()

    def append(self, rows: Sequence[Row]) -> None:
        """All of the rows, flushed to the disk, or NoRoom and none of them.

        Any other exception leaves open whether they are in the file: the caller has to end.
        """
        summed = [(*row, sum_of(*row)) for row in rows]
        self._write(lambda: self._db.executemany(_INSERT, summed))

    def probe(self) -> bool:
        """Whether there is room on the disk again: write a good deal, then take it back."""
        room = b"\xa5" * ROOM_BYTES
        try:
            self._write(lambda: self._db.execute("INSERT INTO room VALUES (?)", (room,)))
            self._write(lambda: self._db.execute("DELETE FROM room"))
        except NoRoom:
            return False
        return True

    def _write(self, change: Callable[[], object]) -> None:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            change()
            self._db.execute("COMMIT")
        except apsw.Error as failure:
            if not self._is_full(failure):
                raise
            if self._db.in_transaction:  # SQLite has mostly rolled it back by itself
                self._db.execute("ROLLBACK")
            raise NoRoom from failure

    def _is_full(self, failure: apsw.Error) -> bool:
        """A full disk; with an exhausted quota it comes as a failed write."""
        if isinstance(failure, apsw.FullError):
            return True
        return isinstance(failure, apsw.IOError) and self._db.system_errno in DISK_FULL
