"""Whole plays through `shouwang`: they end by themselves, go on after a kill, and verify."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from api.cli.command import main
from api.client import Doors
from schemas.values import Role

PROFILE = Path(__file__).parents[2] / "docs" / "profiles" / "danas.toml"
SHOUWANG = [sys.executable, "-c", "import sys; from api.cli.command import main; sys.exit(main())"]
QUICK = "8000"  # rule seconds per second: the whole arc in some seven of them
LIFE = {  # why a player may be refused: somebody was quicker, or at work elsewhere
    "already_answered",
    "already_asked",
    "assignment_ended",
    "capacity_taken",
    "crew_called_out",  # the county waits until it is out
    "crew_silent",  # the county waits until its township has heard of it
    "demand_closed",
    "demand_taken_up",
    "incident_has_assignments",
    "incident_not_open",
    "no_longer_needed",
    "not_found",  # moved to another desk, which answers for it from then on
    "offer_stood_down",
    "revision_stale",
    "standby_over",
    "task_claimed",
    "task_not_claimable",
    "task_not_claimed",
    "task_not_reportable",
    "task_reported",
    "undo_too_late",
    "words_changed",  # a yes to what was amended meanwhile
}


def started(*arguments: str) -> subprocess.Popen[str]:
    """A `shouwang` whose output can be read, in a process group of its own."""
    return subprocess.Popen(
        [*SHOUWANG, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "LANG": "en_US.UTF-8", "LC_ALL": "", "LC_MESSAGES": ""},
    )


def played(*arguments: str) -> dict[str, Any]:
    """Run to the end; the JSON of the last line."""
    process = started(*arguments, "--json")
    output, _ = process.communicate(timeout=150)
    assert process.returncode == 0, output
    last: dict[str, Any] = json.loads(output.splitlines()[-1])
    return last


def verified(folder: Path) -> bool:
    return main(["verify", str(folder), "--invariants"]) == 0


def test_an_exercise_ends_by_itself_and_the_next_start_goes_on(tmp_path: Path) -> None:
    where = ("run", "--data", str(tmp_path), "--port", "0", "--pace", QUICK)
    first = played(*where, "--for", "2")
    assert (first["round"], first["complete"], first["missed_events"]) == (1, False, 0)
    assert first["demands"] > 5
    assert first["accepted"] > 5
    starts = iter(range(10))  # a busy machine does not keep the pace
    while not (later := played(*where, "--for", "12"))["key_destroyed"]:
        assert next(starts, None) is not None, "the round never ends"
    assert (later["round"], later["complete"]) == (1, True)
    assert later["tasks_verified"] > 10
    assert first["assignments_done"] < later["assignments_done"]
    assert first["demands"] <= later["demands"] <= 50, "something was posted twice"
    assert first["late_yes"] <= later["late_yes"] > 0
    assert later["asked_again"] > 0
    assert set(later["refused"]) <= LIFE, later["refused"]
    assert played(*where, "--for", "1")["round"] == 2
    assert verified(tmp_path)


def test_after_a_kill_the_same_exercise_goes_on(tmp_path: Path) -> None:
    where = ("run", "--data", str(tmp_path), "--port", "0", "--pace", QUICK)
    process = started(*where)
    line_with("round 1", process)
    process.kill()
    process.communicate(timeout=90)  # waits for the player, too: it notices and ends
    second = played(*where, "--for", "3")
    assert second["round"] == 1
    assert second["demands"] > 5
    assert verified(tmp_path)


def line_with(wanted: str, process: subprocess.Popen[str]) -> str:
    """The next line of the output with this in it."""
    assert process.stdout is not None
    for line in process.stdout:
        if wanted in line:
            return line
    raise AssertionError(f"ended without {wanted!r}")


async def test_a_person_s_act_slows_it_down_and_a_signal_ends_it(tmp_path: Path) -> None:
    process = started("run", "--data", str(tmp_path), "--port", "0")
    try:
        line = await asyncio.to_thread(line_with, "role=desk", process)
        link = "http" + line.rpartition("http")[2].strip()
        async with Doors(link.partition("/sign-in")[0]) as doors:
            desk = await doors.sign_in(link, Role.DESK, "sign-in")
            for _ in range(300):
                if (await desk.get("/conductor"))["pace"] > 100:
                    break
                await asyncio.sleep(0.1)
            body = {"hazard": "forest_fire", "division": "330324"}
            await desk.post("/incidents", body, "a-person-s-incident")
            await asyncio.sleep(0.5)
            before = await desk.get("/conductor")
            await asyncio.sleep(1)
            after = await desk.get("/conductor")
        assert (before["pace"], after["pace"]) == (1.0, 1.0)
        assert 0 < after["at"] - before["at"] < 3_000
    finally:
        asked = monotonic()
        process.send_signal(signal.SIGINT)
        await asyncio.to_thread(process.communicate, timeout=90)
    assert process.returncode == 0
    assert monotonic() - asked < 10


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real profile, with as many organizations as so few cases want."""
    text, counted = re.subn("^count = .*$", "count = 240", PROFILE.read_text(), flags=re.MULTILINE)
    assert counted == 1
    smaller = tmp_path_factory.mktemp("profile") / PROFILE.name
    smaller.write_text(text)
    return smaller


@pytest.fixture(scope="module")
def drilled(
    cases: Path, profile: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("history")
    where = ("drill", "--data", str(folder), "--port", "0", "--history", str(cases))
    return folder, played(*where, "--profile", str(profile), "--limit", "150")


def test_a_history_is_played_whole(drilled: tuple[Path, dict[str, Any]]) -> None:
    _, sums = drilled
    assert sums["cases"] == 150 == sums["demands"] + sum(sums["left_out"].values())
    assert sums["adds_up"]
    assert sums["missed_events"] == 0
    assert set(sums["refused"]) <= LIFE, sums["refused"]
    assert sums["commands"] > 150 * 6
    assert sums["offers"] > sums["accepted"] > 100
    assert sums["turns"] > sums["commands"]


def test_a_played_history_verifies(drilled: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = drilled
    assert verified(folder)


def test_a_history_is_not_played_twice_in_one_folder(
    drilled: tuple[Path, dict[str, Any]], cases: Path
) -> None:
    folder, _ = drilled
    where = ("drill", "--data", str(folder), "--port", "0", "--history", str(cases))
    process = started(*where, "--profile", str(PROFILE), "--limit", "10")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "take a new folder" in output
