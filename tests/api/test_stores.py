"""Small files that several processes and threads write."""

from __future__ import annotations

from contextlib import closing, suppress
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest

from api.safe import open_store, writing

SCHEMA = "CREATE TABLE IF NOT EXISTS kept (number INTEGER) STRICT"


def test_whoever_waits_for_a_file_lets_the_other_threads_go_on(tmp_path: Path) -> None:
    """Given a file that somebody holds, then a thread that waits for it stops nobody else."""
    path = tmp_path / "kept.db"
    with closing(open_store(path, SCHEMA)) as holder, closing(open_store(path, SCHEMA)) as waiter:
        holder.execute("BEGIN IMMEDIATE")

        def write() -> None:
            with writing(waiter):
                waiter.execute("INSERT INTO kept VALUES (1)")

        begun, thread = monotonic(), Thread(target=write)
        thread.start()
        sleep(0.2)
        assert monotonic() - begun < 1, "the interpreter was held"
        holder.execute("COMMIT")
        thread.join(3)
        assert not thread.is_alive()
        assert waiter.execute("SELECT number FROM kept").fetchall() == [(1,)]


def test_a_transaction_that_fails_leaves_nothing_and_nothing_open(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "kept.db", SCHEMA)) as store:
        with suppress(LookupError), writing(store):
            store.execute("INSERT INTO kept VALUES (1)")
            raise LookupError
        assert store.execute("SELECT number FROM kept").fetchall() == []
        assert not store.in_transaction
        with pytest.raises(LookupError), writing(store):
            raise LookupError
