"""The watch: a frozen server is heard, a calm one is not, and the command gets each alarm."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.api.browsing import ROOT, shouwang

TAKE = "import sys; open(sys.argv[1], 'a').write(sys.stdin.read() + chr(10))"


def test_a_frozen_server_is_heard_and_its_alarm_ends(tmp_path: Path) -> None:
    """Given a server, when it is frozen, then the command hears of it, and of the end."""
    data, heard = tmp_path / "data", tmp_path / "heard"
    subprocess.run(shouwang("init", "--data", str(data)), cwd=ROOT, check=True, capture_output=True)
    serve = shouwang("serve", "--data", str(data), "--port", "0")
    with subprocess.Popen(serve, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        told = next(line for line in server.stdout if line.startswith("{"))
        flags = ["--data", str(data), "--address", json.loads(told)["address"]]
        small = [*flags, "--bound", "1", "--every", "0.2"]
        calm = subprocess.run(shouwang("watch", *small, "--once"), cwd=ROOT, capture_output=True)
        assert calm.returncode == 0, calm
        take = f"{sys.executable} -c {json.dumps(TAKE)} {heard}"
        watch = shouwang("watch", *small, "--run", take)
        with subprocess.Popen(watch, cwd=ROOT, stdout=subprocess.DEVNULL) as watching:
            os.kill(server.pid, signal.SIGSTOP)
            try:
                began = _heard(heard, 1)
            finally:
                os.kill(server.pid, signal.SIGCONT)
            ended = _heard(heard, 2)
            watching.kill()
        server.terminate()
    assert [one["kind"] for one in (*began, ended[-1])] == ["server_silent"] * 2
    assert [one["state"] for one in ended] == ["began", "ended"]


def _heard(path: Path, count: int) -> list[dict[str, str]]:
    until = time.monotonic() + 12
    while time.monotonic() < until:
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        if len(lines) >= count:
            return [json.loads(line) for line in lines]
        time.sleep(0.1)
    pytest.fail(f"{count} alarms were not heard")


def test_without_a_server_there_is_an_alarm(tmp_path: Path) -> None:
    data = tmp_path / "data"
    subprocess.run(shouwang("init", "--data", str(data)), cwd=ROOT, check=True, capture_output=True)
    flags = ["--data", str(data), "--port", "9", "--once", "--bound", "0.5", "--every", "0.2"]
    told = subprocess.run(shouwang("watch", *flags), cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 1
    assert json.loads(told.stdout.splitlines()[-1])["alarms"][0]["kind"] == "server_silent"
