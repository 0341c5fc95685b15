"""`shouwang channel` for real: setting up, trying out over HTTP, and what is never told."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from api.cli import command as cli
from api.reach import KINDS, SETUPS, Setups
from api.safe import Vault
from tests.api.house import opened

Captured = pytest.CaptureFixture[str]
SECRET = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ="


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for name in [name for name in os.environ if name.startswith("SHOUWANG_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    async def made() -> None:
        async with opened(tmp_path / "data"):
            pass

    asyncio.run(made())
    return tmp_path / "data"


class Service(BaseHTTPRequestHandler):
    """Answers as it is told to, and keeps what was posted to it."""

    answers: ClassVar[list[tuple[int, bytes]]] = []
    taken: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.taken.append(json.loads(body) | {"path": self.path})
        status, content = self.answers.pop(0) if self.answers else (200, b"{}")
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def service() -> Iterator[str]:
    """Its host and port."""
    Service.answers.clear()
    Service.taken.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def channel(data: Path, *typed: str) -> int:
    return cli.main(["channel", *typed, "--data", str(data), "--json"])


def told(capsys: Captured) -> dict[str, Any]:
    last: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return last


def listed(data: Path, capsys: Captured) -> list[Any]:
    capsys.readouterr()
    assert channel(data, "list") == 0
    return list(told(capsys)["channels"])


def kept(data: Path, name: str) -> dict[str, str]:
    """The settings as the worker has them."""
    with closing(Vault(data / "keys.db")) as vault, closing(Setups(data / SETUPS, vault)) as setups:
        found = setups.find(name)
        assert found is not None
        return found.settings


def test_a_channel_is_added_tried_and_listed(data: Path, service: str, capsys: Captured) -> None:
    """Given a set-up webhook, when it is tested, then each recipient is told of, in words."""
    assert channel(data, "add", "webhook", "--name", "hook", "--allow", service) == 0
    assert listed(data, capsys)[0]["en"] == "not tried yet"
    address = data.parent / "address"
    address.write_text(f"http://{service}/in/verysecretpath\n{SECRET}\n")
    Service.answers += [(200, b"{}"), (410, b"{}")]
    assert channel(data, "test", "hook", "--to", f"@{address}", "--to", f"@{address}") == 1
    printed = capsys.readouterr().out
    assert "handed over" in printed
    assert "not sent to this recipient: the address does not exist" in printed
    assert "verysecretpath" not in printed
    assert SECRET not in printed
    outcomes = [each["outcome"] for each in json.loads(printed.splitlines()[-1])["recipients"]]
    assert outcomes == ["handed", "dead"]
    assert [each["path"] for each in Service.taken] == ["/in/verysecretpath"] * 2
    assert "守望测试" in Service.taken[0]["data"]["text"]
    (row,) = listed(data, capsys)
    assert row["en"] == "works"
    assert min(row["tested_at"], row["last_ok_at"]) > 0


def test_a_private_address_that_is_not_allowed_is_not_reached(
    data: Path, service: str, capsys: Captured
) -> None:
    assert channel(data, "add", "webhook", "--name", "hook") == 0
    address = data.parent / "address"
    address.write_text(f"http://{service}/\n{SECRET}")
    assert channel(data, "test", "hook", "--to", f"@{address}") == 1
    assert told(capsys)["recipients"][0]["outcome"] != "handed"
    assert Service.taken == []


def test_pausing_resuming_and_removing(data: Path, capsys: Captured) -> None:
    assert channel(data, "add", "webhook") == 0
    for action, state in (("pause", "paused"), ("resume", "not tried yet")):
        assert channel(data, action, "webhook") == 0
        assert listed(data, capsys)[0]["en"] == state
    assert channel(data, "remove", "webhook") == 0
    assert listed(data, capsys) == []
    for action in ("pause", "resume", "remove", "test"):
        assert channel(data, action, "webhook") == 2
        assert "there are: none" in capsys.readouterr().err


def test_what_is_missing_is_told_where_nobody_can_be_asked(data: Path, capsys: Captured) -> None:
    wanted = [each for each in KINDS["aliyun_sms"].settings if each.default is None]
    assert wanted
    assert channel(data, "add", "aliyun_sms") == 2
    said = capsys.readouterr().err
    for setting in wanted:
        assert f"{setting.name}: {setting.en}" in said
        assert f"SHOUWANG_CHANNEL_{setting.name.upper()}" in said
    assert listed(data, capsys) == []


def test_at_a_terminal_what_is_missing_is_asked_for(
    data: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Secrets are typed unseen."""
    wanted = [each for each in KINDS["aliyun_sms"].settings if each.default is None]
    shown: list[str] = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)

    def answering(answer: str, words: str) -> str:
        shown.append(words)
        return answer

    monkeypatch.setattr("builtins.input", partial(answering, "seen"))
    monkeypatch.setattr(getpass, "getpass", partial(answering, "unseen"))
    assert channel(data, "add", "aliyun_sms") == 0
    assert all(setting.en in words for setting, words in zip(wanted, shown, strict=True))
    settings = kept(data, "aliyun_sms")
    for setting in wanted:
        assert settings[setting.name] == ("unseen" if setting.secret else "seen")
    assert "unseen" not in capsys.readouterr().out


def test_secrets_come_from_a_file_or_the_environment_and_are_never_told(
    data: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [each for each in KINDS["aliyun_sms"].settings if each.default is None]
    secret = next(each.name for each in wanted if each.secret)
    file = data.parent / "key"
    file.write_text("FROM-A-FILE\n")
    for each in wanted:
        monkeypatch.setenv(f"SHOUWANG_CHANNEL_{each.name.upper()}", "FROM-OUTSIDE")
    assert channel(data, "add", "aliyun_sms", "--set", f"{secret}=typed") == 2
    assert "must not be typed" in capsys.readouterr().err
    assert channel(data, "add", "aliyun_sms", "--set", f"{secret}=@{file}") == 0
    settings = kept(data, "aliyun_sms")
    assert settings[secret] == "FROM-A-FILE"
    assert all(settings[each.name] == "FROM-OUTSIDE" for each in wanted if each.name != secret)
    (row,) = listed(data, capsys)
    assert secret not in row["settings"]
    assert "FROM-A-FILE" not in json.dumps(row)


def test_one_setting_is_changed_and_the_others_stay(data: Path, capsys: Captured) -> None:
    assert channel(data, "add", "ntfy", "--set", "base=https://push.example") == 0
    assert channel(data, "add", "ntfy", "--set", "base=https://other.example") == 2
    assert "--replace" in capsys.readouterr().err
    typed = ("--replace", "--set", "base=https://other.example")
    assert channel(data, "add", "ntfy", *typed) == 0
    assert channel(data, "add", "bark", "--name", "ntfy", "--replace") == 2, "of another kind"
    (row,) = listed(data, capsys)
    assert row["settings"]["base"] == "https://other.example"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("add",), "Say which kind of channel"),
        (("add", "pigeon"), "aliyun_sms"),
        (("add", "webhook", "--set", "speed=9"), "--set takes NAME=VALUE"),
        (("add", "webhook", "--set", "secret"), "--set takes NAME=VALUE"),
        (("add", "webhook", "--set", "secret=@/none"), "Cannot read"),
        (("add", "webhook", "--name", "a b"), "letters, digits"),
        (("test",), "Say which channel"),
    ],
)
def test_what_is_typed_wrong_is_told(
    data: Path, capsys: Captured, typed: tuple[str, ...], said: str
) -> None:
    assert channel(data, *typed) == 2
    assert said in capsys.readouterr().err


def test_a_test_needs_a_recipient_of_its_kind(data: Path, capsys: Captured) -> None:
    assert channel(data, "add", "webhook") == 0
    assert channel(data, "test", "webhook") == 2
    assert "Give receiving address by --to" in capsys.readouterr().err


def test_without_a_log_there_is_nothing_to_set_up(tmp_path: Path, capsys: Captured) -> None:
    assert channel(tmp_path / "nothing", "list") == 2
    assert not (tmp_path / "nothing").exists()
    capsys.readouterr()
