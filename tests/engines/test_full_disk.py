"""The disk is full at any write: nothing half is left, and it goes on once there is room."""

from __future__ import annotations

import builtins
import errno
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

from api.history import HISTORY, Mark, Store
from api.history.tables import kept
from schemas.views import Put
from schemas.wire import digest
from streams.area import Area
from streams.engines import checkpoints
from streams.engines.checkpoints import CHECKPOINTS, found
from streams.engines.folder import LOG
from streams.engines.log_file import LogFile, NoRoom, Row
from streams.turning import follow
from tests.engines.checkpointed import begun, folded, same
from tests.engines.given import WENZHOU, EmbeddedBench, divisions

AT_ONCE = 7


class Room:
    """So many writes, and no more."""

    def __init__(self) -> None:
        self.left = 1 << 30
        self.used = 0

    def take(self) -> bool:
        self.left -= 1
        self.used += 1
        return self.left >= 0

    def full_after(self, writes: int) -> None:
        self.left, self.used = writes, 0


class _Vfs(apsw.VFS):
    def __init__(self, room: Room) -> None:
        self._room = room
        super().__init__("full", "unix", makedefault=True)

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802  # SQLite's name
        return _File(self._room, name, flags)


class _File(apsw.VFSFile):
    """Full where a commit writes. Where pages are brought back to the file, behind a commit, SQLite
    keeps what fails to itself, and tries again; from here it cannot be made to.
    """

    def __init__(self, room: Room, name: Any, flags: list[int]) -> None:
        self._room = room
        self._commits = bool(flags[0] & (apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL))
        super().__init__("unix", name, flags)

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802  # SQLite's name
        if self._commits and not self._room.take():
            raise apsw.FullError
        super().xWrite(data, offset)


@pytest.fixture
def room() -> Iterator[Room]:
    made = Room()
    vfs = _Vfs(made)
    yield made
    vfs.unregister()


def at_each_write(room: Room, write: Callable[[], None]) -> Iterator[int]:
    """Given room for none, one, two … of the writes that something makes, until it has them all.

    `write` has to end with what it raises on a full disk. Yields with room again each time.
    """
    for writes in range(1_000):
        room.full_after(writes)
        write()
        done = room.used <= writes
        room.full_after(1 << 30)
        yield writes
        if done:
            return
    raise AssertionError("it never had room enough")


def test_a_log_has_all_of_a_batch_or_none(
    folder: EmbeddedBench, log: list[bytes], memory: Path, room: Room
) -> None:
    """Given pages are written back to the file at each commit, too."""
    rows = [Row(WENZHOU, number, record) for number, record in enumerate(log, 1)]
    with closing(LogFile(memory / LOG, create=True)) as file:
        file._db.execute("PRAGMA wal_autocheckpoint = 3")
        for first in range(0, len(rows), AT_ONCE):
            batch, told = rows[first : first + AT_ONCE], list[str]()

            def write(batch: list[Row] = batch, told: list[str] = told) -> None:
                try:
                    file.append(batch)
                except NoRoom:
                    told.append("full")
                else:
                    told.append("done")

            for _ in at_each_write(room, write):
                there = list(file.read(WENZHOU))
                assert there == log[: first + (len(batch) if told[-1] == "done" else 0)]
                if told[-1] == "done":
                    break
            assert file.probe()
    with closing(LogFile(memory / LOG)) as file:
        assert list(file.read(WENZHOU)) == log


def test_a_history_has_all_of_a_write_or_none(log: list[bytes], memory: Path, room: Room) -> None:
    area, at = Area(WENZHOU, divisions()), 0
    with closing(Store(memory / HISTORY)) as store:
        store._file.execute("PRAGMA wal_autocheckpoint = 3")
        assert store.mark(WENZHOU) is None
        for record in log:
            taken = follow(area, record)
            puts = [(area.sequence, one) for one in taken.changes if isinstance(one, Put)]
            known = [put for put in puts if kept(put[1])]
            mark, done = Mark(digest(log[0]), area.sequence, area.at), list[bool]()

            def write(
                known: list[tuple[int, Put]] = known, mark: Mark = mark, done: list[bool] = done
            ) -> None:
                try:
                    store.write(WENZHOU, known, mark)
                except apsw.FullError:
                    done.append(False)
                else:
                    done.append(True)

            for _ in at_each_write(room, write):
                there = store.mark(WENZHOU)
                known_of = 0 if there is None else there.sequence
                assert known_of == (mark.sequence if done[-1] else at)
                if done[-1]:
                    break
            at = mark.sequence
        assert store._file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_checkpoint_is_there_whole_or_not_at_all(
    folder: EmbeddedBench, log: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the one before it stays."""
    room, whole = Room(), folded(folder)
    older = checkpoints.write(folder.path, folded(folder, len(log) - 9))

    class Plain:
        def __init__(self, path: Path, mode: str, opener: Any) -> None:
            self._file = builtins.open(path, mode, opener=opener)  # noqa: SIM115  # in __exit__
            self.seek, self.flush, self.fileno = (
                self._file.seek,
                self._file.flush,
                self._file.fileno,
            )

        def write(self, data: bytes) -> None:
            if not room.take():
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self._file.write(data)

        def __enter__(self) -> Plain:
            return self

        def __exit__(self, *_: object) -> None:
            self._file.close()

    monkeypatch.setattr(checkpoints, "open", Plain, raising=False)
    full = list[bool]()

    def write() -> None:
        try:
            checkpoints.write(folder.path, whole)
        except OSError:
            full.append(True)
        else:
            full.append(False)

    for _ in at_each_write(room, write):
        names = [one.sequence for one in found(folder.path, WENZHOU)]
        assert names == ([len(log) - 9] if full[-1] else [len(log), len(log) - 9])
        assert len(list((folder.path / CHECKPOINTS).iterdir())) == len(names)
        assert same(begun(folder), whole)
    assert full.count(True) > 10
    assert older.path.exists()
