"""The end of a key: until no byte of it is left in the file of keys or beside it.

SQLite writes over what is deleted, but the write-ahead log holds older pages until it is cut, and
it is not cut while anybody reads. So a destruction has two marks: the key is gone from its row,
and the file beside was empty afterwards. What lacks the second is tried again, also after a crash.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from time import time_ns
from typing import Final

import apsw

LOOK_S: Final = 1.0
WAIT_MS: Final = 50  # for somebody else's write; whoever destroys may hold the event loop

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS keys (
    incident TEXT PRIMARY KEY, key BLOB, made_at INTEGER NOT NULL, destroyed_at INTEGER,
    purged_at INTEGER
) STRICT, WITHOUT ROWID;
"""
_OWED: Final = "SELECT incident FROM keys WHERE destroyed_at IS NOT NULL AND purged_at IS NULL"
_DESTROY: Final = (
    "INSERT INTO keys VALUES (?1, NULL, ?2, ?2, NULL) ON CONFLICT (incident) DO UPDATE "
    "SET key = NULL, destroyed_at = ?2 WHERE key IS NOT NULL"
)
_PURGED: Final = "UPDATE keys SET purged_at = ? WHERE incident = ?"

_logger = logging.getLogger("shouwang.vault")


def owed(store: apsw.Connection) -> list[str]:
    """The incidents whose destruction was begun and is not known to be finished."""
    return [str(incident) for (incident,) in store.execute(_OWED).fetchall()]


def finish(path: Path, incidents: Iterable[str]) -> list[str]:
    """Destroy the keys of incidents, as far as can be done now; gives those that are finished.

    Repeatable, on a connection of its own, from any thread. Nothing is raised: whoever asks tries
    again, and meanwhile the board goes on.
    """
    incidents = list(incidents)
    try:
        with closing(_connected(path)) as store:
            _delete(store, incidents)
            if not _cut(store, path):
                return []
            with store:
                store.executemany(_PURGED, [(_now(), incident) for incident in incidents])
            return incidents
    except apsw.Error as problem:
        _logger.warning("a key is not destroyed yet: %s; tried again", type(problem).__name__)
        return []


def _connected(path: Path) -> apsw.Connection:
    store = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    store.set_busy_timeout(WAIT_MS)
    store.execute("PRAGMA secure_delete = ON; PRAGMA synchronous = FULL").fetchall()
    store.transaction_mode = "IMMEDIATE"
    return store


def _delete(store: apsw.Connection, incidents: list[str]) -> None:
    with store:
        store.executemany(_DESTROY, [(incident, _now()) for incident in incidents])


def _cut(store: apsw.Connection, path: Path) -> bool:
    """Have everything in the file, and nothing beside it; whether that has come about."""
    try:
        store.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    except apsw.BusyError:  # somebody reads as of an earlier moment
        return False
    beside = path.with_name(f"{path.name}-wal")
    return not beside.exists() or beside.stat().st_size == 0


def _now() -> int:
    return time_ns() // 1_000_000
