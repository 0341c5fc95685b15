"""A script played for real: in a folder of its own, across a kill, and beside actual work."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from socket import create_server
from time import monotonic, sleep
from typing import Any

import pytest

from api.cli.command import main
from api.cli.stewarding import at_running
from api.client import Session
from api.history import Exercises
from api.settings import Settings
from schemas.values import AreaId, Mode
from schemas.views import AccountRow, DemandRow, IncidentRow, OfferRow, OrganizationRow, Row
from tests.drill.test_play import line_with, played, started, verified

SCRIPT = """[exercise]
name = "小演练"
hazard = "typhoon"
division = "永嘉县"
lasts = "0:20"

[people]
accepts = 1.0
declines = 0.0

[[demand]]
at = "0:01"
name = "pump"
kind = "drainage"
place = "东城街道"
risk = "积水下有窨井。"
rally = "泵站门口"
lines = [{ skill = "PUMP_DRAIN", target = 1 }]

[[inject]]
at = "0:03"
what = "false_flood"
count = 3
kind = "drainage"
place = "北城街道"
text = "网传被淹"

[[inject]]
at = "0:04"
what = "road_cut"
demand = "pump"
radius = 500

[[inject]]
at = "0:06"
what = "silence"
share = 1.0
minutes = 5
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


def scored(folder: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    capsys.readouterr()
    assert main(["exercise", "score", "--data", str(folder), "--json"]) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_after_a_kill_a_script_goes_on_and_doubles_nothing(
    tmp_path: Path, script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Given a play that was killed behind its false reports, then the next start plays the rest:
    one demand, three reports, each inject once; the start after that is the next exercise."""
    folder = tmp_path / "data"
    where = ("exercise", "run", str(script), "--data", str(folder), "--port", "0")
    process = started(*where, "--pace", "120")
    line_with("false reports", process)
    process.kill()
    process.communicate(timeout=90)
    ended = played(*where, "--pace", "1200")
    assert (ended["entries"], ended["ended"], ended["not_taken"]) == (4, True, {})
    found = scored(folder, capsys)
    [column] = found["columns"]
    assert (column["measured"]["lines"], column["measured"]["withdrawn"]) == (4, 3)
    told = {one["what"]: one for one in found["noticed"]}
    assert (told["false_flood"]["about"], told["false_flood"]["noticed"]) == (3, 3)
    assert told["road_cut"]["led_in"] == 0
    assert verified(folder)


@pytest.fixture
def operations(tmp_path: Path) -> Iterator[Settings]:
    """A server of actual work, with two organizations of which one has enrolled."""
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    data = tmp_path / "operations"
    assert main(["init", "--data", str(data), "--area", "3303", "--port", str(port)]) == 0
    process = started("serve", "--data", str(data), "--port", str(port))
    settings = Settings(data=data, area=AreaId("3303"), port=port)
    line_with(str(port), process)
    end = monotonic() + 20
    while monotonic() < end:
        with suppress(OSError, Exception):
            at_running(settings, _registered)
            break
        sleep(0.2)
    yield settings
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=90)


async def _registered(session: Session) -> None:
    for number in range(2):
        body = {
            "name": f"排涝队{number}",
            "registration_class": "filed",
            "home": "330324001",
            "place": {"division": "330324001"},
            "capabilities": [{"skill": "PUMP_DRAIN", "units": 2}],
            "people": 9,
        }
        made = await session.post("/organizations", body, f"organization-{number}")
        if number:
            path = f"/organizations/{made.id}/enrollment"
            await session.post(path, {"enrolled": True}, "enrolled")


def rows_of(settings: Settings) -> list[Row]:
    async def board(session: Session) -> list[Row]:
        return list((await session.board()).rows)

    return at_running(settings, board)


def test_beside_actual_work_only_the_enrolled_play_and_nothing_is_left(
    operations: Settings, script: Path
) -> None:
    """Given a server of actual work, when a script is played there at sixty times its pace, then
    all of it is an exercise, only who has enrolled was asked, and its accounts have ended."""
    where = ("exercise", "run", str(script), "--data", str(operations.data))
    told = played(*where, "--people", "simulated", "--pace", "240")
    assert (told["whole"], told["entries"]) == (True, 4)
    rows = rows_of(operations)
    mine = [row for row in rows if isinstance(row, IncidentRow | DemandRow | OfferRow)]
    assert {row.mode for row in mine} == {Mode.EXERCISE}
    [incident] = [row for row in rows if isinstance(row, IncidentRow)]
    assert incident.state == "closed"
    assert {row.organization_name for row in rows if isinstance(row, OfferRow)} == {"排涝队1"}
    accounts = [row for row in rows if isinstance(row, AccountRow)]
    assert [row for row in accounts if any(one.role == "desk" for one in row.grants)] == []
    process = started(*where, "--people", "real")
    line_with("begun", process)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=90)
    assert "stopped, and is closed" in output
    assert process.returncode == 0
    ends = [one.ended_at for one in Exercises(operations.data).all()]
    assert len(ends) == 2
    assert None not in ends
    at_running(operations, _withdrawn)
    process = started(*where, "--people", "simulated")
    output, _ = process.communicate(timeout=60)
    assert "nobody to simulate" in output
    assert process.returncode != 0
    states = [row.state for row in rows_of(operations) if isinstance(row, IncidentRow)]
    assert states == ["closed", "closed"], "nothing was opened for it"


async def _withdrawn(session: Session) -> None:
    for row in (await session.board()).rows:
        if isinstance(row, OrganizationRow) and row.enrolled:
            await session.post(f"/organizations/{row.id}/enrollment", {"enrolled": False}, row.id)
