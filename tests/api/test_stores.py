"""Small files that several processes and threads write."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest

from api.safe import make_private, open_store, writing
from tests.api.browsing import Server, served

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


def test_what_others_may_do_in_a_folder_is_taken_from_them(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "file").write_text("x")
    for path in (folder, folder / "deep"):
        path.chmod(0o755)
    (folder / "deep" / "file").chmod(0o664)
    (folder / "elsewhere").symlink_to("/dev/null")
    changed = make_private(folder)
    assert {path.name for path in changed} == {"data", "deep", "file"}
    assert (folder / "deep" / "file").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert make_private(folder) == []


def test_every_file_of_a_folder_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    """Made, served, signed in to and written to, by a shell that lets everybody write."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    before = os.umask(0)
    try:
        with served(folder) as (address, link):
            server = Server(address)
            server.sign_in(link)
            server.incident("typhoon")
    finally:
        os.umask(before)
    files = [folder, *folder.rglob("*")]
    assert len(files) > 5
    assert [path for path in files if path.stat().st_mode & 0o077] == []
