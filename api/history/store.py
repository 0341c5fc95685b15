"""`history.db`: a file that anybody may copy and count in, and that can be built anew at will."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple
from zlib import crc32

import apsw
import msgspec

from api.history.tables import TABLES, Table, Value, entries
from schemas.values import AreaId, Instant
from schemas.views import Put

HISTORY: Final = "history.db"  # in the data folder
OURS: Final = 0x53574854  # in the file's head
BUSY_MS: Final = 5_000

# A checkpoint writes each page once, however often it has changed: the rarer, the cheaper.
PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "wal_autocheckpoint=8000",  # pages: 32 MB
    "cache_size=-32000",  # KiB
)

MARKS_TABLE: Final = """
CREATE TABLE IF NOT EXISTS marks (
    area TEXT PRIMARY KEY, origin TEXT NOT NULL, sequence INTEGER NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID
"""

SCHEMA: Final = (MARKS_TABLE, *(made for table in TABLES for made in table.schema()))
SHAPE: Final = crc32("\n".join(SCHEMA).encode()) & 0x7FFFFFFF
"""Of its tables, in the file's head: a file of another shape is built anew."""


class HistoryUnfit(Exception):
    """The file is damaged, of another shape, or none of ours; it has to be built anew."""


class WrittenByOthers(Exception):
    """Somebody else has written in the file meanwhile: what it holds has to be looked at anew."""


class Mark(NamedTuple):
    """How far history is: of which log (the digest of its first turn), up to which turn."""

    origin: str
    sequence: int
    at: Instant


class Store:
    """The one hold that writes. Raises HistoryUnfit and apsw.Error.

    A write may be lost with the power, never torn: what is missing is seen from the mark, and
    written again.
    """

    def __init__(self, path: Path) -> None:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._file = connected(path, apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)
        self._last: dict[AreaId, Mark | None] = {}  # as this hold has read or written them
        try:
            for pragma in PRAGMAS:
                self._file.execute(f"PRAGMA {pragma}").fetchall()
            with self._at_once():
                self._file.execute(f"PRAGMA application_id={OURS}")
                self._file.execute(f"PRAGMA user_version={SHAPE}")
                for statement in SCHEMA:
                    self._file.execute(statement)
        except BaseException:
            self._file.close()
            raise

    def mark(self, area: AreaId) -> Mark | None:
        """How far it is with an area. What is written next is written behind this."""
        self._last[area] = mark_of(self._file, area)
        return self._last[area]

    def moved(self, area: AreaId) -> bool:
        """Whether somebody else has written since this hold has last read or written."""
        return mark_of(self._file, area) != self._last.get(area)

    def write(self, area: AreaId, puts: Iterable[tuple[int, Put]], mark: Mark) -> None:
        """Put rows, each with the turn that changed it, and move the mark: all of it or nothing.

        WrittenByOthers where the mark is not the one that this hold has last read or written.
        """
        wanted: dict[Table, list[tuple[Value, ...]]] = {}
        for sequence, put in puts:
            for table, values in entries(area, sequence, put):
                wanted.setdefault(table, []).append(values)
        with self._at_once():
            if mark_of(self._file, area) != self._last.get(area):
                raise WrittenByOthers
            for table, rows in wanted.items():
                self._file.executemany(table.replacing, rows)
            self._file.execute("INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?)", (area, *mark))
        self._last[area] = mark

    def take(self, path: Path, areas: Iterable[AreaId]) -> None:
        """Put what another history holds of some areas in the place of all that is here of them.

        In one transaction: whoever reads sees what was there, or all that comes.
        """
        self._file.execute("ATTACH ? AS other", (str(path),))
        with self._at_once():
            for area in areas:
                for name in ("marks", *(table.name for table in TABLES)):
                    self._file.execute(f"DELETE FROM main.{name} WHERE area = ?", (area,))
                    copied = f"INSERT INTO main.{name} SELECT * FROM other.{name} WHERE area = ?"
                    self._file.execute(copied, (area,))
        self._file.execute("DETACH other")

    def copy(self, path: Path) -> None:
        """All that it holds, as a file of its own. apsw.Error where that cannot be written."""
        self._file.execute("VACUUM INTO ?", (str(path),))

    def forget(self, area: AreaId, after: int) -> None:
        """Rows that turns behind a sequence have changed are none of this log's."""
        with self._at_once():
            for table in TABLES:
                self._file.execute(
                    f"DELETE FROM {table.name} WHERE area = ? AND as_of > ?", (area, after)
                )

    def close(self) -> None:
        self._file.close()

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        """One transaction, which nobody else can have written before."""
        self._file.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._file.in_transaction:  # a full disk has ended it already
                self._file.execute("ROLLBACK")
            raise
        self._file.execute("COMMIT")


def connected(path: Path, flags: int) -> apsw.Connection:
    """A connection to a history. HistoryUnfit where the file is none; apsw.CantOpenError."""
    file = apsw.Connection(str(path), flags=flags)
    try:
        file.set_busy_timeout(BUSY_MS)
        told = [file.pragma(name) for name in ("application_id", "user_version", "page_count")]
    except (apsw.NotADBError, apsw.CorruptError) as damage:
        file.close()
        raise HistoryUnfit(f"{path.name} is damaged") from damage
    if told[2] and told[:2] != [OURS, SHAPE]:
        file.close()
        raise HistoryUnfit(f"{path.name} is of another program, or of another release")
    return file


@contextmanager
def opened(path: Path) -> Iterator[apsw.Connection]:
    """One moment of a history, for reading. HistoryUnfit where there is none that can be read."""
    try:
        with closing(connected(path, apsw.SQLITE_OPEN_READONLY)) as file, file:
            yield file
    except (apsw.Error, msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise HistoryUnfit(f"{path.name} cannot be read: {type(problem).__name__}") from problem


def mark_of(file: apsw.Connection, area: AreaId) -> Mark | None:
    """How far a history is with an area; None where it knows nothing of it."""
    asked = "SELECT origin, sequence, at FROM marks WHERE area = ?"
    found: tuple[Any, ...] | None = file.execute(asked, (area,)).fetchone()
    return None if found is None else Mark(*found)


def written(path: Path, area: AreaId) -> Mark | None:
    """How far a history is with an area; None where it cannot be read or knows nothing of it."""
    try:
        with opened(path) as file:
            return mark_of(file, area)
    except HistoryUnfit:
        return None


def drop(path: Path) -> None:
    """Remove a history, with what SQLite keeps beside it."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)
