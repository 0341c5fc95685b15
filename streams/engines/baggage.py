"""What moves with a log: who its people are, the keys of what is sealed in it, its divisions.

Everything is put together in a folder inside the target's, which stays until the move has ended.
So whoever comes again after a crash knows which move it was, and what in the target is of it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import apsw
import msgspec

from schemas.values import AreaId
from streams.engines.folder import DIVISIONS, Divisions, sync_names, write_whole

PEOPLE: Final = "people.db"
KEYS: Final = "keys.db"
STORES: Final = (KEYS, PEOPLE)
ARRIVING: Final = "arriving"
LOGS: Final = "logs.json"

Logs = Mapping[AreaId, str]
"""The logs that are moved, each with the SHA-256 of its first turn: no two logs share that."""


class AnotherMove(Exception):
    """The target holds what is left of a move of other logs, which has not ended."""


class Baggage:
    """What goes along from one data folder to another. Both are held by this process."""

    def __init__(self, source: Path, target: Path) -> None:
        self._source = source
        self._target = target
        self.arriving = target / ARRIVING

    # Before the move

    def missing(self) -> list[Path]:
        """What should go along and is not there."""
        return [self._source / name for name in STORES if not (self._source / name).is_file()]

    def in_the_way(self) -> list[Path]:
        """What the target holds already of what would be written over."""
        return [self._target / name for name in STORES if (self._target / name).exists()]

    def is_under_way(self, logs: Logs) -> bool:
        """Whether this very move has been begun before. Raises AnotherMove."""
        try:
            begun = msgspec.json.decode((self.arriving / LOGS).read_bytes(), type=dict[str, str])
        except FileNotFoundError:
            return False
        if begun != logs:
            raise AnotherMove(str(self.arriving))
        return True

    def begin(self, logs: Logs) -> None:
        """Leave word of the move, before anything else is changed."""
        self.arriving.mkdir(mode=0o700, exist_ok=True)
        write_whole(self.arriving / LOGS, msgspec.json.encode(logs))
        sync_names(self._target)

    # At its end

    def carry(self, divisions: Iterable[str]) -> None:
        """Bring everything into the target; what an earlier try has left is written over."""
        kept = Divisions(self._target)
        for digest in divisions:
            kept.keep(self._source / DIVISIONS / f"{digest}.json")
        for name in STORES:
            copy_store(self._source / name, self.arriving / name)
            _into_place(self.arriving / name, self._target / name)

    def end(self) -> None:
        """The move is whole: from now on it is not known any more. Repeatable."""
        shutil.rmtree(self.arriving, ignore_errors=True)
        sync_names(self._target)


def copy_store(source: Path, target: Path) -> None:
    """Copy a SQLite file as of one moment, durable, readable by its owner only."""
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    copied = apsw.Connection(str(target))
    store = apsw.Connection(str(source), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        with copied.backup("main", store, "main") as backup:
            backup.step()
    finally:
        store.close()
        copied.close()
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _into_place(part: Path, path: Path) -> None:
    part.replace(path)
    sync_names(path.parent)
