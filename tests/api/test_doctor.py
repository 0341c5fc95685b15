"""The doctor: each finding by its state, with what to do, and nothing changed."""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

from api.cli import checks
from api.cli import command as cli
from api.cli.checks import Check
from tests.api.house import opened
from tests.api.keeping import Captured, a_folder, shouwang


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = a_folder(tmp_path, monkeypatch)
    (tmp_path / "data.key").chmod(0o600)
    return folder


def found(capsys: Captured, data: Path, *more: object) -> dict[str, dict[str, Any]]:
    _, told, _ = shouwang(capsys, "doctor", "--data", data, *more)
    return {check["name"]: check for check in told["checks"]}


def test_a_new_folder_lacks_a_copy_and_says_how_to_make_one(data: Path, capsys: Captured) -> None:
    code, told, words = shouwang(capsys, "doctor", "--data", data)
    assert code == 1
    assert not told["well"]
    names = {check["name"]: check for check in told["checks"]}
    assert set(names) == {
        "sqlite", "commit", "space", "clock", "modes", "open_files", "way_in", "server",
        "search", "key", "copy", "head", "watch", "whole", "keys",
    }  # fmt: skip
    assert names["copy"]["state"] == "bad"
    assert "shouwang backup --data" in names["copy"]["do_en"]
    assert "✗ bad  there is no copy" in words
    for name in ("sqlite", "modes", "whole"):
        assert names[name]["state"] == "ok", names[name]
    for check in names.values():
        assert check["zh"] != check["en"] or check["name"] == "sqlite"
        assert bool(check["do_zh"]) == bool(check["do_en"]) == (check["state"] != "ok")


def test_it_changes_nothing(data: Path, capsys: Captured) -> None:
    def there() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()}

    before = there()
    shouwang(capsys, "doctor", "--data", data)
    after = there()
    assert {name for name in after if not name.endswith(("-wal", "-shm"))} == {
        name for name in before if not name.endswith(("-wal", "-shm"))
    }
    assert after["log.db"] == before["log.db"]


def test_nothing_is_bad_once_it_is_cared_for(data: Path, tmp_path: Path, capsys: Captured) -> None:
    shouwang(capsys, "backup", "--data", data, "--to", tmp_path / "copy")
    shouwang(capsys, "head", "--data", data, "--to", tmp_path / "county")
    code, told, _ = shouwang(capsys, "doctor", "--data", data, "--heads", tmp_path / "county")
    assert code == 0, told
    names = {check["name"]: check for check in told["checks"]}
    assert names["head"]["state"] == "ok"
    assert names["copy"]["state"] == "warn", "it is on the same disk"
    assert "same disk" in names["copy"]["do_en"]


def test_an_old_copy_and_an_old_head_are_said(data: Path, tmp_path: Path, capsys: Captured) -> None:
    copied = {"to": str(tmp_path), "at": 1_700_000_000_000, "turns": 3}
    (data / "copied.json").write_text(json.dumps(copied))
    shouwang(capsys, "head", "--data", data)
    (file,) = (data / "heads").iterdir()
    state = found(capsys, data)
    assert state["copy"]["state"] == "bad"
    assert " h old" in state["copy"]["en"]
    assert state["head"]["state"] == "warn"
    assert "this folder alone" in state["head"]["do_en"]
    file.unlink()
    assert found(capsys, data)["head"]["en"] == "no head has been signed yet"


def test_what_others_can_read_is_named(data: Path, tmp_path: Path, capsys: Captured) -> None:
    (data / "people.db").chmod(0o644)
    (tmp_path / "data.key").chmod(0o640)
    state = found(capsys, data)
    assert state["modes"]["state"] == "bad"
    assert "people.db" in state["modes"]["en"]
    assert state["modes"]["do_en"] == f"run: chmod -R go= {data}"
    assert state["key"]["state"] == "bad"


def test_without_its_master_key_it_is_bad(data: Path, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "data.key").unlink()
    assert found(capsys, data)["key"]["state"] == "bad"


def test_a_damaged_file_is_named(data: Path, capsys: Captured) -> None:
    path = data / "people.db"
    with closing(apsw.Connection(str(path))) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    content = bytearray(path.read_bytes())
    content[4_096:12_288] = b"\xa5" * 8_192
    path.write_bytes(content)
    state = found(capsys, data)["whole"]
    assert state["state"] == "bad"
    assert "people.db is damaged" in state["en"]
    assert "restore" in state["do_en"]


@pytest.mark.parametrize(
    ("kind", "milliseconds", "state"),
    [("ext4", 1.0, "ok"), ("tmpfs", 0.1, "bad"), ("nfs4", 1.0, "bad"), ("ext4", 90.0, "warn"),
     ("ext4", 900.0, "bad")],
)  # fmt: skip
def test_a_disk_is_judged_by_a_measured_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, milliseconds: float, state: str
) -> None:
    monkeypatch.setattr(checks, "_file_system", lambda _folder: kind)
    check: Check = checks._commit(tmp_path, [milliseconds] * 3)
    assert check.state == state


def test_beside_a_server_it_names_the_process(data: Path, capsys: Captured) -> None:
    async def beside() -> dict[str, dict[str, Any]]:
        async with opened(data):
            return await asyncio.to_thread(found, capsys, data)

    assert f"process {os.getpid()}" in asyncio.run(beside())["server"]["en"]


def test_the_way_in_is_judged_as_serve_would_be(data: Path, capsys: Captured) -> None:
    assert found(capsys, data)["way_in"]["state"] == "warn"
    assert found(capsys, data, "--host", "0.0.0.0")["way_in"]["state"] == "bad"
    proxied = ("--https", "proxy", "--address", "https://help.example")
    assert found(capsys, data, *proxied)["way_in"]["state"] == "ok"


def test_where_there_is_no_folder_it_says_so(tmp_path: Path, capsys: Captured) -> None:
    code, told, _ = shouwang(capsys, "doctor", "--data", tmp_path / "none")
    assert code == cli.TROUBLE
    assert "no log has been made here" in told["error"]


def test_commands_write_for_the_owner_alone_whatever_the_umask(
    data: Path, tmp_path: Path, capsys: Captured
) -> None:
    before = os.umask(0)
    try:
        shouwang(capsys, "init", "--data", tmp_path / "new")
        shouwang(capsys, "head", "--data", tmp_path / "new")
        shouwang(capsys, "backup", "--data", tmp_path / "new", "--to", tmp_path / "copy")
    finally:
        os.umask(before)
    for place in (tmp_path / "new", tmp_path / "copy"):
        for path in (place, *place.rglob("*")):
            assert not path.stat().st_mode & 0o077, path
