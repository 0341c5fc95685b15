"""Small SQLite files beside the log: people and keys. Durable, private to the owner's account."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def writing(store: apsw.Connection) -> Iterator[None]:
    """One transaction, all or nothing, while which this process's other threads go on.

    `with store` would hold the interpreter while it waits for another process, up to BUSY_MS.
    """
    store.execute("BEGIN IMMEDIATE")
    try:
        yield
        store.execute("COMMIT")
    except BaseException:
        if store.in_transaction:
            store.execute("ROLLBACK")
        raise
