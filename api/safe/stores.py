"""Small SQLite files beside the log: people and keys. Durable, private to the owner's account."""

from __future__ import annotations

import os
from pathlib import Path

import apsw

BUSY_MS = 5_000  # the command line may write while the server runs


class StoreUnsafe(RuntimeError):
    """SQLite did not take a setting without which an answer could be lost."""


def open_store(path: Path, schema: str) -> apsw.Connection:
    """The file, made with mode 0600 where it is new; WAL and a full sync at every commit."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives its side files the same
    store = apsw.Connection(str(path))
    store.set_busy_timeout(BUSY_MS)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
        store.execute(f"PRAGMA {pragma}").fetchall()
    if store.pragma("synchronous") != 2 or store.pragma("journal_mode") != "wal":
        raise StoreUnsafe(f"{path.name}: no full sync or no write-ahead log")
    store.transaction_mode = "IMMEDIATE"  # a deferred one could fail at its first write
    with store:
        store.execute(schema)
    return store
