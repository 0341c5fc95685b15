"""The command: each subcommand for real, what it prints, and what it says when it cannot."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import apsw
import pytest

from api import serving
from api.cli import command as cli
from api.cli import playing, verify
from api.people import open_people
from api.settings import HELP, Https, Settings, read
from schemas.values import Mode, Purpose, Role
from tests.api.house import AREA, STEWARD, demand_body, opened
from tests.engines.forging import rewrite

ROOT = Path(__file__).parents[2]
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for name in [name for name in os.environ if name.startswith("SHOUWANG_")]:
        monkeypatch.delenv(name)


def told(capsys: Captured) -> dict[str, Any]:
    """The last line of what was printed, as JSON."""
    last: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return last


def subcommands() -> dict[str, argparse.ArgumentParser]:
    for action in cli.parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    raise AssertionError("there are no subcommands")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with some turns of actual work."""
    asyncio.run(_work(tmp_path / "data"))
    return tmp_path / "data"


async def _work(data: Path) -> None:
    async with opened(data) as house:
        await house.organization()
        desk = await house.desk()
        await desk.post("/demands", demand_body(await house.incident(desk)))


# Words


def test_every_flag_has_its_place_in_the_page_of_commands() -> None:
    page = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    for name, made in subcommands().items():
        section = page.split(f"\n## shouwang {name}\n")[1].split("\n## ")[0]
        assert "```" in section, f"{name} has no example"
        for action in made._actions:
            assert action.help, f"{name}: {action.dest} has no help"
            for flag in action.option_strings[-1:]:
                assert f"`{flag}" in section or flag in ("--help", "--json"), f"{name} {flag}"


def test_help_is_in_english_with_a_line_of_chinese(capsys: Captured) -> None:
    for name, made in subcommands().items():
        words = made.format_help()
        assert any("\u4e00" <= char <= "\u9fff" for char in words), name
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    assert "守望" in capsys.readouterr().out


def test_every_setting_has_its_help() -> None:
    assert {entry.name for entry in fields(Settings)} == set(HELP)


# Settings


def test_what_is_typed_comes_before_the_environment() -> None:
    environment = {
        "SHOUWANG_PORT": "9000",
        "SHOUWANG_HTTPS": "1",
        "SHOUWANG_DATA": "/there",
        "SHOUWANG_PURPOSE": "exercise",
    }
    typed = argparse.Namespace(port=9001, host=None)
    settings = read(typed, environment, host="::1", data=Path("elsewhere"))
    assert settings.port == 9001
    assert settings.https is Https.PROXY
    assert settings.data == Path("/there")
    assert settings.host == "::1"
    assert settings.mode is Mode.EXERCISE
    assert read(argparse.Namespace(), {}) == Settings()
    assert Settings().mode is Mode.ACTUAL


@pytest.mark.parametrize(
    ("name", "text"),
    [("PORT", "x"), ("PORT", "70000"), ("HTTPS", "maybe"), ("SESSION_HOURS", "0"), ("PURPOSE", "")],
)
def test_a_wrong_variable_is_named(capsys: Captured, name: str, text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(f"SHOUWANG_{name}", text)
        assert cli.main(["serve", "--data", "nowhere"]) == cli.TROUBLE
    words = capsys.readouterr().err.lower()
    assert name.lower().replace("_", " ") in words.replace("_", " ")


# Folders


def test_init_makes_a_folder_with_a_steward(tmp_path: Path, capsys: Captured) -> None:
    data = tmp_path / "a" / "data"
    assert cli.main(["init", "--data", str(data), "--json"]) == 0
    made = told(capsys)
    assert made["link"].startswith("http://127.0.0.1:8000/sign-in#role=steward&link=")
    assert made["purpose"] == "operations"
    assert (data.stat().st_mode & 0o777) == 0o700
    people = open_people(Settings(data=data))
    _, session = people.sign_in(made["link"][-43:], Role.STEWARD)
    assert session.account == made["account"]
    people.close()


def test_a_folder_is_made_once(folder: Path, capsys: Captured) -> None:
    before = (folder / "log.db").read_bytes()
    assert cli.main(["init", "--data", str(folder), "--json"]) == cli.TROUBLE
    printed = capsys.readouterr()
    assert "in this folder already" in printed.err
    assert "error" in json.loads(printed.out.splitlines()[-1])
    assert (folder / "log.db").read_bytes() == before


def test_an_area_that_is_none_is_refused(tmp_path: Path, capsys: Captured) -> None:
    assert cli.main(["init", "--data", str(tmp_path / "x"), "--area", "330324"]) == cli.TROUBLE
    assert "330324" in capsys.readouterr().err


def test_a_missing_folder_is_said_plainly(tmp_path: Path, capsys: Captured) -> None:
    for command in ("serve", "link", "verify"):
        assert cli.main([command, "--data", str(tmp_path / "no")]) == cli.TROUBLE
        words = capsys.readouterr().err
        assert "log.db is missing" in words
        assert "Traceback" not in words


# Links


def test_a_link_is_for_the_first_steward_unless_another_is_named(
    folder: Path, capsys: Captured
) -> None:
    assert cli.main(["link", "--data", str(folder), "--json"]) == 0
    assert told(capsys)["account"] == STEWARD
    assert cli.main(["link", "--data", str(folder), "--role", "desk", "--json"]) == 0
    made = told(capsys)
    people = open_people(Settings(data=folder))
    _, session = people.sign_in(made["link"][-43:], Role.DESK)
    people.close()
    assert (session.account, session.role) == (made["account"], Role.DESK)
    assert cli.main(["link", "--data", str(folder), "--account", made["account"]]) == 0


def test_a_link_for_nobody_lists_who_there_is(folder: Path, capsys: Captured) -> None:
    assert cli.main(["link", "--data", str(folder), "--name", "甲"]) == cli.TROUBLE
    listed = capsys.readouterr().err
    assert "desk" in listed
    assert "organization" in listed
    assert cli.main(["link", "--data", str(folder), "--account", "none"]) == cli.TROUBLE
    assert STEWARD in capsys.readouterr().err


# Verification


def test_a_sound_log_is_verified(folder: Path, capsys: Captured) -> None:
    assert cli.main(["verify", str(folder), "--json"]) == 0
    answer = told(capsys)
    assert answer["sound"] is True
    area = answer
    assert (area["area"], area["chain"], area["replay"], area["bad"]) == (AREA, "ok", "equal", None)
    assert area["turns"] >= 6
    assert cli.main(["verify", "--data", str(folder), "--area", AREA]) == 0
    assert f"{area['turns']} turns" in capsys.readouterr().out


def test_a_head_that_was_kept_finds_a_log_that_was_rewritten_or_cut(
    folder: Path, tmp_path: Path, capsys: Captured
) -> None:
    """Given a log that is sound in itself, then whoever kept a head of the true one finds it."""
    assert cli.main(["verify", str(folder), "--json"]) == 0
    head = told(capsys)["head"]
    assert cli.main(["verify", str(folder), "--head", head]) == 0
    assert f"head    {head}" in capsys.readouterr().out
    other = tmp_path / "other"
    asyncio.run(_work(other))
    assert cli.main(["verify", str(other), "--head", head, "--json"]) == 1
    rewritten = told(capsys)
    assert rewritten["chain"] == "is not the turn whose hash was kept"
    with tampered(folder) as log:
        log.execute("DELETE FROM turns WHERE sequence = ?", (int(head.partition(":")[0]),))
    assert cli.main(["verify", str(folder), "--json"]) == 0
    assert cli.main(["verify", str(folder), "--head", head]) == 1
    for wrong in ("12", "12:ab", f"x:{'0' * 64}", f"1:{'g' * 64}"):
        with pytest.raises(SystemExit):
            cli.main(["verify", str(folder), "--head", wrong])


def test_progress_is_told(folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "TOLD_EVERY", 2)
    assert cli.main(["verify", str(folder)]) == 0
    assert "4 turns verified" in capsys.readouterr().err


@contextmanager
def tampered(folder: Path) -> Iterator[apsw.Connection]:
    log = apsw.Connection(str(folder / "log.db"))
    yield log
    log.close()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"people":12', '"people":13'),  # a fact without its command
        ('"format":1', '"format":1 '),  # other bytes with the same meaning
    ],
)
def test_the_first_turn_at_fault_is_named(
    folder: Path, capsys: Captured, old: str, new: str
) -> None:
    def changed(stored: bytes) -> bytes:
        head, _, tail = stored.decode().rpartition(old)
        return (head + new + tail).encode()

    rewrite(folder / "log.db", 2, changed)
    assert cli.main(["verify", str(folder), "--json"]) == 1
    area = told(capsys)
    assert (area["sound"], area["bad"], area["chain"]) == (False, 2, "ok")
    assert area["replay"].startswith("decided again")


def test_a_lost_turn_is_a_broken_chain(folder: Path, capsys: Captured) -> None:
    with tampered(folder) as log:
        log.execute("DELETE FROM turns WHERE sequence = 4")
    assert cli.main(["verify", str(folder)]) == 1
    assert "first bad sequence: 4" in capsys.readouterr().out


# Serving, as a process of its own


@contextmanager
def started(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A server that says where it is."""
    command = [sys.executable, "-m", "api.cli", *arguments, "--json"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("{"):
                yield process, json.loads(line)
                break
        else:
            raise AssertionError("the server never said where it is")
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def test_a_server_starts_answers_and_stops(folder: Path, capsys: Captured) -> None:
    with started("serve", "--data", str(folder), "--port", "0") as (process, where):
        with urlopen(f"{where['address']}/health/ready", timeout=5) as answer:
            assert answer.status == 200
        assert cli.main(["serve", "--data", str(folder), "--port", "0"]) == cli.TROUBLE
        assert f"process {process.pid}" in capsys.readouterr().err
        assert cli.main(["link", "--data", str(folder)]) == 0
        assert cli.main(["verify", str(folder)]) == 0
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0


def test_a_port_that_is_taken_is_passed_over() -> None:
    with serving.listening("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with serving.listening("127.0.0.1", port) as second:
            assert port < second.getsockname()[1] <= port + serving.PORTS_TRIED


def test_an_address_of_another_machine_cannot_be_listened_on() -> None:
    with pytest.raises(OSError, match="assign"):
        serving.listening("192.0.2.1", 0)


# Exercises


def test_an_exercise_is_played_and_gone_on_with(tmp_path: Path, prove: bool) -> None:
    data = tmp_path / "exercise"
    first = _exercise(data)
    assert first["demands"] > 0
    for _ in range(3 if prove else 0):
        second = _exercise(data)
        assert second["turns"] > first["turns"]
        assert second["demands"] >= first["demands"]
        first = second
    assert cli.main(["verify", str(data)]) == 0


def _exercise(data: Path) -> dict[str, Any]:
    flags = ["--for", "1", "--pace", "3600", "--port", "0", "--data", str(data), "--json"]
    command = [sys.executable, "-m", "api.cli", "run", *flags]
    played = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert played.returncode == 0, played.stderr
    assert played.stdout.count("/sign-in#role=") == 3
    assert "\r" not in played.stdout, "no carriage returns where no terminal is"
    last: dict[str, Any] = json.loads(played.stdout.splitlines()[-1])
    return last


def test_the_link_of_the_player_is_on_no_command_line(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", purpose=Purpose.EXERCISE)
    player = playing.exercise(settings, 1.5, None, json=True)
    command = player.command("http://127.0.0.1:1")
    assert command[1:] == [
        "-m",
        "api.drill.exercise",
        "http://127.0.0.1:1",
        "--for",
        "1.5",
        "--json",
    ]


def test_an_exercise_never_plays_in_a_folder_of_actual_work(folder: Path, capsys: Captured) -> None:
    assert cli.main(["run", "--data", str(folder), "--for", "1"]) == cli.TROUBLE
    assert "an exercise has its own" in capsys.readouterr().err


def test_an_exercise_that_is_stopped_ends_with_its_player(tmp_path: Path) -> None:
    arguments = ["run", "--port", "0", "--data", str(tmp_path / "x")]
    command = [sys.executable, "-m", "api.cli", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines = iter(process.stdout)
    address = next(line for line in lines if "Shouwang exercise" in line).split()[-1]
    next(line for line in lines if "signing in" in line or "typhoon" in line)
    process.send_signal(signal.SIGINT)
    process.stdout.read()
    assert process.wait(timeout=15) == 0
    process.stdout.close()
    host, port = address.removeprefix("http://").rstrip("/").split(":")
    with socket.socket() as caller:
        assert caller.connect_ex((host, int(port))) != 0


def test_a_drill_without_its_cases_says_so(tmp_path: Path, capsys: Captured) -> None:
    missing = ["--history", str(tmp_path / "none"), "--profile", "docs/profiles/danas.toml"]
    assert cli.main(["drill", *missing, "--data", str(tmp_path / "d")]) == cli.TROUBLE
    assert "none" in capsys.readouterr().err
