"""The master key: on paper, in a file, in the environment, or printed by a command."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.safe import MasterKey
from api.settings import Settings
from tests.api.keeping import Captured, a_folder, shouwang


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return a_folder(tmp_path, monkeypatch)


def test_a_master_key_can_be_copied_down_and_typed_in() -> None:
    key = MasterKey.new()
    typed = key.text.lower().replace("-", " ").replace("o", "0").replace("i", "1")
    assert MasterKey.read(typed).derived("x") == key.derived("x")
    wrong = key.text[:-1] + ("A" if key.text[-1] != "A" else "B")
    with pytest.raises(ValueError, match="letter"):
        MasterKey.read(wrong)


def test_the_master_key_comes_from_file_environment_or_command(
    data: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = data.with_name("data.key")
    moved = key.rename(tmp_path / "elsewhere")
    copy = ("--data", data, "--to", tmp_path / "copy")
    assert "cannot be read" in shouwang(capsys, "backup", *copy)[1]["error"]
    assert shouwang(capsys, "backup", *copy, "--key-file", moved)[0] == 0
    assert shouwang(capsys, "backup", *copy, "--key-command", f"cat {moved}")[0] == 0
    failed = shouwang(capsys, "backup", *copy, "--key-command", "false")
    assert "Run it by itself" in failed[1]["error"]
    monkeypatch.setenv("SHOUWANG_KEY", moved.read_text())
    assert shouwang(capsys, "backup", *copy)[0] == 0
    monkeypatch.delenv("SHOUWANG_KEY")
    inside = data / "key"
    inside.write_text(moved.read_text())
    refused = shouwang(capsys, "backup", *copy, "--key-file", inside)
    assert "lies inside the data folder" in refused[1]["error"]


def test_init_makes_a_master_key_and_says_to_keep_it_on_paper(
    tmp_path: Path, capsys: Captured
) -> None:
    data = tmp_path / "new"
    _, _, words = shouwang(capsys, "init", "--data", data)
    assert "on paper" in words
    key = tmp_path / "new.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert MasterKey.read(key.read_text())
    assert Settings(data=data).key_file == ""
