"""Setting up: everything asked for, kept for a service, and ended with what to do next."""

from __future__ import annotations

import io
import os
import shlex
from pathlib import Path

import pytest

from api.cli import command as cli
from api.cli.trouble import at_server
from api.settings import Settings, read
from tests.api.keeping import Captured, shouwang


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for name in [name for name in os.environ if name.startswith("SHOUWANG_")]:
        monkeypatch.delenv(name)


def lines(words: str) -> list[str]:
    """The commands that are to be typed next."""
    numbered = [line.partition(". ")[2] for line in words.splitlines() if line[:1].isdigit()]
    return [line for line in numbered if line.startswith("shouwang ")]


def settings_of_line(line: str) -> Settings:
    return read(cli.parser().parse_args(shlex.split(line)[1:]), {})


@pytest.mark.parametrize(
    "more",
    [
        (),
        ("--port", "9001"),
        ("--https", "proxy", "--address", "https://help.example"),
        ("--https", "self", "--host", "192.168.1.7"),
    ],
)
def test_it_ends_with_what_to_do_next_and_the_address_that_serve_has(
    tmp_path: Path, capsys: Captured, more: tuple[str, ...]
) -> None:
    data = tmp_path / "a folder"
    code, told, words = shouwang(capsys, "init", "--data", data, "--copy", "/mnt/x", *more)
    assert code == 0
    serve, backup, watch, doctor = lines(words)
    settings = settings_of_line(serve)
    assert settings.data == data
    assert settings.url == told["address"]
    assert f"→ {settings.url}/" in words
    assert told["link"].startswith(f"{settings.url}/sign-in#")
    for line, name in ((backup, "backup"), (watch, "watch"), (doctor, "doctor")):
        typed = cli.parser().parse_args(shlex.split(line)[1:])
        assert typed.command == name
        assert typed.data == data
    assert "--to /mnt/x --follow" in backup
    assert "onto paper" in words


def test_a_watch_as_it_is_told_to_be_typed_asks_where_serve_will_answer(
    tmp_path: Path, capsys: Captured
) -> None:
    """So do import, export and doctor: the folder knows where and how it is served."""
    more = ("--host", "fd00::2", "--port", "8441", "--https", "self")
    _, told, words = shouwang(capsys, "init", "--data", tmp_path / "data", *more)
    watch = cli.parser().parse_args(shlex.split(lines(words)[2])[1:])
    assert at_server(watch).near == told["address"] == "https://[fd00::2]:8441"
    elsewhere = cli.parser().parse_args([*shlex.split(lines(words)[2])[1:], "--port", "9"])
    assert at_server(elsewhere).near == "https://[fd00::2]:9"


def test_what_is_asked_is_asked_until_it_is_good(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, data = tmp_path / "taken", tmp_path / "new"
    shouwang(capsys, "init", "--data", taken)
    answers = [str(taken), str(data), "9999", "3303", "李站长", "4", "3", "http://x",
               "https://help.example", "/mnt/copy"]  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(answers) + "\n"))
    code, told, words = shouwang(capsys, "init", "--ask")
    assert code == 0
    for said in ("has a log already", "is no command area", "1, 2 or 3", "begins with https://"):
        assert said in words
    assert told["address"] == "https://help.example"
    assert (data / "log.db").is_file()
    assert "--to /mnt/copy --follow" in lines(words)[1]


def test_an_address_that_serve_would_refuse_is_refused_before_a_folder_is_made(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is asked is asked for another one, and gets the address that serve will have."""
    data = tmp_path / "data"
    public = ("--https", "self", "--host", "203.0.113.7")
    code, told, _ = shouwang(capsys, "init", "--data", data, *public)
    assert (code, "203.0.113.7" in told["error"]) == (cli.TROUBLE, True)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr("api.settings.own_address", lambda: "203.0.113.7")
    answers = [str(data), "3303", "李站长", "2", "203.0.113.7", "192.168.1.7", ""]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(answers) + "\n"))
    code, told, words = shouwang(capsys, "init", "--ask")
    assert (code, told["address"]) == (0, "https://192.168.1.7:8000")
    assert "is a public address" in words


@pytest.mark.parametrize("more", [("--area", "9999"), ("--key-file", "{}/bad.key")])
def test_a_folder_that_is_refused_leaves_nothing_behind(
    tmp_path: Path, capsys: Captured, more: tuple[str, ...]
) -> None:
    (tmp_path / "bad.key").write_text("no key\n")
    typed = [word.format(tmp_path) for word in more]
    assert shouwang(capsys, "init", "--data", tmp_path / "data", *typed)[0] == cli.TROUBLE
    assert [path.name for path in tmp_path.iterdir()] == ["bad.key"]


def test_a_key_that_was_there_is_shared_and_that_is_said(tmp_path: Path, capsys: Captured) -> None:
    key = ("--key-file", tmp_path / "one.key")
    first = shouwang(capsys, "init", "--data", tmp_path / "first", *key)[2]
    second = shouwang(capsys, "init", "--data", tmp_path / "second", *key)[2]
    assert "Keep its one line on paper" in first
    assert "one that was there" in second


def test_enter_alone_takes_what_is_offered_and_nobody_there_is_said(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n" * 5))
    assert shouwang(capsys, "init", "--ask", "--data", tmp_path / "one")[0] == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    code, told, _ = shouwang(capsys, "init", "--ask", "--data", tmp_path / "two")
    assert code == cli.TROUBLE
    assert "Nobody answers" in told["error"]
    assert not (tmp_path / "two").exists()


def test_a_service_finds_the_same_settings(tmp_path: Path, capsys: Captured) -> None:
    data, file = tmp_path / "data", tmp_path / "etc" / "environment"
    more = ("--https", "proxy", "--address", "https://help.example", "--environment", file)
    _, told, _ = shouwang(capsys, "init", "--data", data, *more)
    pairs = (line.partition("=") for line in file.read_text().splitlines())
    environment = {name: value.strip('"') for name, _, value in pairs}
    settings = read(cli.parser().parse_args(["serve"]), environment)
    assert (settings.data, settings.url) == (data, told["address"])
    assert file.stat().st_mode & 0o777 == 0o600
