"""A data folder: one owner, its own divisions, one purpose, and nothing that loses turns."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import apsw
import pytest

from schemas.commands import OpenLog
from schemas.values import AreaId, Purpose, TimeSource
from streams.engines import log_file
from streams.engines.embedded import Embedded
from streams.engines.folder import LOG, Folder, FolderHeld, FolderUnfit
from streams.engines.log_file import LogFile, NotOurLog
from tests.engines.forging import rewrite
from tests.engines.given import (
    HANGZHOU,
    START,
    WENZHOU,
    EmbeddedBench,
    Scene,
    opened,
    turns,
)

HOLD = """
import sys, time
from pathlib import Path
from typing import Any
from streams.engines.folder import Folder
held = Folder(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


async def test_a_new_folder_holds_its_first_turn_and_its_divisions(folder: EmbeddedBench) -> None:
    folder.make()
    async with opened(folder) as engine:
        (first,) = turns(engine)
    assert (first.sequence, first.at, first.actor) == (1, START, "owner")
    (divisions,) = (folder.path / "divisions").iterdir()
    assert isinstance(first.command, OpenLog)
    assert divisions.stem == first.command.divisions == sha256(divisions.read_bytes()).hexdigest()


async def test_an_area_is_made_once(folder: EmbeddedBench) -> None:
    folder.make()
    with pytest.raises(FolderUnfit, match="in this folder already"):
        folder.make()
    folder.make(HANGZHOU)
    async with opened(folder) as engine:
        assert [one.area for one in engine.changes()] == [HANGZHOU, WENZHOU]


def test_an_exercise_folder_never_holds_actual_work(folder: EmbeddedBench) -> None:
    folder.make(WENZHOU, Purpose.EXERCISE, TimeSource.GIVEN)
    with pytest.raises(FolderUnfit, match="purpose"):
        folder.make(HANGZHOU, Purpose.OPERATIONS, TimeSource.LIVE)


@pytest.mark.parametrize("area", ["330324", "999999"])
def test_only_a_command_area_of_the_divisions_can_be_made(folder: EmbeddedBench, area: str) -> None:
    with pytest.raises(FolderUnfit, match="prefecture"):
        folder.make(AreaId(area))


async def test_a_folder_that_broke_off_while_being_made_is_made_anew(
    folder: EmbeddedBench,
) -> None:
    folder.path.mkdir()
    LogFile(folder.path / LOG, create=True).close()
    folder.make()
    async with opened(folder) as engine:
        assert len(turns(engine)) == 1


# The lock


async def test_the_holder_of_a_folder_is_named(folder: EmbeddedBench) -> None:
    folder.make()
    async with opened(folder):
        with pytest.raises(FolderHeld, match=f"process {os.getpid()}"):
            folder.open()
    await folder.open().close()


def test_the_lock_goes_with_its_process(folder: EmbeddedBench) -> None:
    folder.make()
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder.path)], stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(FolderHeld) as held:
            Folder(folder.path)
        assert held.value.process == holder.pid
        holder.kill()
        holder.wait()
        Folder(folder.path).release()


async def test_a_folder_that_could_not_be_opened_is_let_go(folder: EmbeddedBench) -> None:
    folder.make()
    (divisions,) = (folder.path / "divisions").iterdir()
    kept = divisions.read_bytes()
    divisions.unlink()
    with pytest.raises(FolderUnfit):
        folder.open()
    divisions.write_bytes(kept)
    await folder.open().close()


# What is missing


async def test_missing_divisions_are_named(folder: EmbeddedBench) -> None:
    folder.make()
    (divisions,) = (folder.path / "divisions").iterdir()
    divisions.unlink()
    with pytest.raises(FolderUnfit, match=divisions.name):
        folder.open()


async def test_divisions_of_another_content_are_refused(folder: EmbeddedBench) -> None:
    folder.make()
    (divisions,) = (folder.path / "divisions").iterdir()
    content = divisions.read_bytes()
    divisions.write_bytes(content.replace("杭州市".encode(), "航州市".encode()))
    with pytest.raises(FolderUnfit, match="changed"):
        folder.open()


async def test_a_folder_without_a_log_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FolderUnfit, match="no log has been made"):
        Embedded.open(tmp_path)
    with pytest.raises(FolderUnfit, match="no data folder"):
        Embedded.open(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


# What would lose turns


@pytest.mark.parametrize("version", ["3.40.1", "3.51.2", "3.9.0"])
def test_an_sqlite_that_may_lose_turns_is_refused(version: str) -> None:
    with pytest.raises(NotOurLog, match=r"3\.51\.3"):
        log_file.refuse_old_sqlite(version)


@pytest.mark.parametrize("version", ["3.51.3", "3.54.1", "4.0.0"])
def test_an_sqlite_that_keeps_them_is_taken(version: str) -> None:
    log_file.refuse_old_sqlite(version)


def test_the_engine_asks_the_library_that_it_runs_on(
    folder: EmbeddedBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: "3.51.2")
    with pytest.raises(NotOurLog):
        folder.make()


def test_a_log_is_flushed_in_full(folder: EmbeddedBench) -> None:
    folder.make()
    log = LogFile(folder.path / LOG)
    assert log._db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert log._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    log.close()


def test_a_log_that_cannot_be_flushed_in_full_is_refused(
    folder: EmbeddedBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.make()

    class Lax(apsw.Connection):
        """A library whose build does not do what it is asked to."""

        def execute(self, statements: Any, *rest: Any, **named: Any) -> Any:
            return super().execute(statements.replace("= FULL", "= NORMAL"), *rest, **named)

    monkeypatch.setattr(apsw, "Connection", Lax)
    with pytest.raises(NotOurLog, match="not durable"):
        LogFile(folder.path / LOG)


@pytest.mark.parametrize("content", [b"", b"not a database, whatever its name says" * 100])
async def test_a_file_that_is_no_log_is_refused_and_let_go(
    folder: EmbeddedBench, content: bytes
) -> None:
    folder.path.mkdir()
    (folder.path / LOG).write_bytes(content)
    for _ in range(2):
        with pytest.raises(NotOurLog):
            folder.open()


async def test_a_turn_of_a_newer_program_is_not_guessed_at(folder: EmbeddedBench) -> None:
    folder.make()
    async with opened(folder) as engine:
        await Scene(engine).staffed()
    newer = (b'"format":1', b'"format":2')
    rewrite(folder.path / LOG, 2, lambda stored: stored.replace(*newer))
    with pytest.raises(FolderUnfit, match="turn 2 of area 3303: "):
        folder.open()


def test_another_programs_file_is_not_touched(folder: EmbeddedBench) -> None:
    folder.path.mkdir()
    other = apsw.Connection(str(folder.path / LOG))
    other.execute("CREATE TABLE theirs (content TEXT)")
    other.close()
    with pytest.raises(NotOurLog):
        folder.make()
