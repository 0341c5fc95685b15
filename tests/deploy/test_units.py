"""The systemd units: commands that there are, one account, and as little as can be allowed."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from api.cli import parser

UNITS = sorted((Path(__file__).parents[2] / "deploy" / "systemd").glob("*.service"))
EXPOSED_MOST = 20  # tenths, as `systemd-analyze security` counts; a bare unit has 96


def settings(unit: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", unit.read_text("utf-8"), re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


def test_there_is_one_for_the_server_its_copy_and_the_watch() -> None:
    names = sorted(unit.stem for unit in UNITS)
    assert names == ["shouwang", "shouwang-backup", "shouwang-watch"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_runs_a_command_that_there_is_under_an_account_of_its_own(unit: Path) -> None:
    found = settings(unit)
    (command,) = found["ExecStart"]
    assert parser().parse_args(shlex.split(command)[1:]).run
    assert found["User"] == ["shouwang"]
    assert found["UMask"] == ["0077"]
    assert found["Restart"] == ["always"]
    assert found["CapabilityBoundingSet"] == [""]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_is_as_closed_as_it_says(unit: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd-analyze on this machine (Debian: package systemd)")
    command = [analyze, "security", "--offline=true", f"--threshold={EXPOSED_MOST}", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-400:]
