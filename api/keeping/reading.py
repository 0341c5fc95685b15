"""What a data folder holds beside its log, as of one moment, while others write it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import apsw

from api.keeping.copies import Pieces
from api.keeping.stands import KeptFile

BUSY_MS: Final = 5_000
KEYS: Final = "keys.db"
FIRST: Final = ("notices.db",)  # before the log: what it has marked as told is then in the log

# What is made anew by itself, or is of this machine and this moment alone.
_ELSEWHERE: Final = frozenset(
    {"log.db", KEYS, "lock", "alive.json", "alarms.json", "copied.json", "served.json"}
)
_ANEW: Final = ("history.", "arriving", "restoring", "checkpoints")
_BESIDE: Final = ("-wal", "-shm", "-journal", ".part")


class Kept:
    """One file of the folder: its pieces are made again only when it has changed."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._store: apsw.Connection | None = None
        self._sign: object = None
        self._kept: KeptFile | None = None

    def into(self, pieces: Pieces) -> KeptFile | None:
        """As it is now; None where it has gone."""
        path = self._folder / self._name
        try:
            if path.suffix == ".db":
                return self._of_store(path, pieces)
            sign = (path.stat().st_mtime_ns, path.stat().st_size)
            if self._kept is None or sign != self._sign:
                self._kept, self._sign = pieces.put(self._name, path.read_bytes()), sign
            return self._kept
        except FileNotFoundError:
            return None

    def _of_store(self, path: Path, pieces: Pieces) -> KeptFile:
        """A whole database as of one moment; nobody waits for it, and it waits for nobody."""
        if self._store is None:
            path.stat()  # FileNotFoundError, where SQLite would only say that it cannot
            self._store = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
            self._store.set_busy_timeout(BUSY_MS)
        sign = self._store.pragma("data_version")
        if self._kept is None or sign != self._sign:
            self._kept, self._sign = pieces.put(self._name, _content(self._store)), sign
        return self._kept

    def close(self) -> None:
        if self._store is not None:
            self._store.close()


def _content(store: apsw.Connection) -> bytes:
    store.execute("BEGIN")
    try:
        store.execute("SELECT count(*) FROM sqlite_schema").fetchall()  # the moment is now
        return store.serialize("main")
    finally:
        store.execute("COMMIT")


class Beside:
    """Everything of a folder beside its log that is worth keeping, also what is new to us."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, Kept] = {}

    def first(self, pieces: Pieces) -> list[KeptFile]:
        return list(self._into(pieces, [name for name in self._names() if name in FIRST]))

    def rest(self, pieces: Pieces) -> list[KeptFile]:
        return list(self._into(pieces, [name for name in self._names() if name not in FIRST]))

    def keys(self, pieces: Pieces) -> KeptFile | None:
        return next(self._into(pieces, [KEYS]), None)

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    def _into(self, pieces: Pieces, names: list[str]) -> Iterator[KeptFile]:
        for name in names:
            kept = self._files.setdefault(name, Kept(self._folder, name)).into(pieces)
            if kept is not None:
                yield kept

    def _names(self) -> list[str]:
        """Two levels deep; in a folder that is changing, what has gone meanwhile is left out."""
        found: list[str] = []
        for path in sorted(self._folder.iterdir()):
            if path.name in _ELSEWHERE or path.name.startswith(_ANEW):
                continue
            with suppress(FileNotFoundError):
                inside = sorted(path.iterdir()) if path.is_dir() else [path]
                found += [str(one.relative_to(self._folder)) for one in inside if one.is_file()]
        return [name for name in found if not name.endswith(_BESIDE)]
