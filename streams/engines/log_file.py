"""The log as one SQLite file: turns keyed (area, sequence), durable when `append` returns."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import apsw

from schemas.values import AreaId

OLDEST_SQLITE: Final = (3, 51, 3)  # before it, a WAL reset could lose committed turns
APPLICATION: Final = 0x53574C47  # "SWLG", so `file` and we know the file as ours
LAYOUT: Final = 1
SYNCHRONOUS_FULL: Final = 2
READ_AT_ONCE: Final = 256
ROOM_BYTES: Final = 1 << 20  # a probe writes this much: a turn at its bound and then some
DISK_FULL: Final = (errno.ENOSPC, errno.EDQUOT)

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS turns (
    area TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    stored BLOB NOT NULL,
    PRIMARY KEY (area, sequence)
) STRICT;
CREATE TABLE IF NOT EXISTS room (bytes BLOB NOT NULL) STRICT;
"""
_INSERT: Final = "INSERT INTO turns (area, sequence, stored) VALUES (?, ?, ?)"
_BEHIND: Final = (
    "SELECT sequence, stored FROM turns WHERE area = ? AND sequence > ? ORDER BY sequence LIMIT ?"
)
_ONE: Final = "SELECT stored FROM turns WHERE area = ? AND sequence = ?"
_NEXT_AREA: Final = "SELECT min(area) FROM turns WHERE area > ?"


class Row(NamedTuple):
    """A turn on its way into the file."""

    area: AreaId
    sequence: int
    stored: bytes


class NotOurLog(Exception):
    """The file cannot be used: another program's, a newer layout's, or an unsafe SQLite."""


class NoRoom(Exception):
    """The disk is full. Nothing of what was to be written is in the file."""


def refuse_old_sqlite(version: str) -> None:
    """NotOurLog where this SQLite ("3.51.2") may lose committed turns."""
    if tuple(int(part) for part in version.split(".")[:3]) < OLDEST_SQLITE:
        oldest = ".".join(map(str, OLDEST_SQLITE))
        raise NotOurLog(f"SQLite {version} can lose committed turns; {oldest} or newer is needed")


class _Log:
    """What writing and reading connections have in common."""

    def __init__(self, path: Path, flags: int) -> None:
        refuse_old_sqlite(apsw.sqlite_lib_version())
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
        """One turn's bytes; LookupError where the log does not reach so far."""
        stored = self._value(_ONE, area, sequence)
        if not isinstance(stored, bytes):
            raise LookupError(f"area {area} has no turn {sequence}")
        return stored

    def read(self, area: AreaId, after: int = 0) -> Iterator[bytes]:
        """Stored bytes behind a sequence, in order, to the end that the log has meanwhile.

        Read in small portions: a reader that pauses keeps no transaction open, and so never
        keeps the file beside the log from being emptied.
        """
        while rows := self._db.execute(_BEHIND, (area, after, READ_AT_ONCE)).fetchall():
            for sequence, stored in rows:
                assert isinstance(sequence, int)
                assert isinstance(stored, bytes)
                after = sequence
                yield stored

    def close(self) -> None:
        self._db.close()

    def _value(self, sql: str, *values: apsw.SQLiteValue) -> object:
        row = self._db.execute(sql, values).fetchone()
        return None if row is None else row[0]


class Reader(_Log):
    """A read-only connection, for one thread at a time; it never waits for the writer."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, apsw.SQLITE_OPEN_READONLY)


class LogFile(_Log):
    """The one write connection. Whoever opens it holds the folder's lock."""

    def __init__(self, path: Path, create: bool = False) -> None:
        flags = apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if create else 0)
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
        except apsw.NotADBError as problem:
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
        elif application != APPLICATION or self._value("PRAGMA user_version") != LAYOUT:
            raise NotOurLog("not a log of this program, or of a newer one")

    def append(self, rows: Sequence[Row]) -> None:
        """All of the rows, flushed to the disk, or NoRoom and none of them.

        Any other exception leaves open whether they are in the file: the caller has to end.
        """
        self._write(lambda: self._db.executemany(_INSERT, rows))

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
