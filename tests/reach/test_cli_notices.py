"""`shouwang notices` for real: after messages that arrived, failed and wait."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from api.cli import command as cli
from api.reach.notices import NOTICES
from tests.reach.gateway import says
from tests.reach.stage import Stage, Team, staged

Captured = pytest.CaptureFixture[str]
NO_MONEY = says({"Code": "isv.OUT_OF_SERVICE", "Message": "-", "RequestId": "1"})


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for name in [name for name in os.environ if name.startswith("SHOUWANG_")]:
        monkeypatch.delenv(name)


def told(capsys: Captured, *typed: str) -> tuple[str, Any]:
    """What is printed, and the JSON object at its end."""
    assert cli.main(["notices", *typed, "--json"]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    return "\n".join(lines), json.loads(last)


async def played(stage: Stage) -> tuple[Team, str]:
    """One that is reached; then the account is empty, and the next is not."""
    stage.sms()
    await stage.team("sms")
    (reached,) = await stage.publish()
    await stage.rounds(2)
    stage.gateway.script("aliyun", NO_MONEY)
    team = await stage.team("sms")
    await stage.rounds(3)
    return team, reached.id


def test_the_operator_sees_how_messages_stand_and_who_was_not_reached(
    tmp_path: Path, capsys: Captured
) -> None:
    async def play() -> tuple[Team, str]:
        async with staged(tmp_path) as stage:
            return await played(stage)

    team, offer = asyncio.run(play())
    data = ("--data", str(tmp_path))
    text, answer = told(capsys, *data)
    counts = {(one["channel"], one["state"]): one["count"] for one in answer["counts"]}
    assert counts == {("aliyun", "handed"): 1, ("aliyun", "failed"): 1}
    assert answer["waiting_since"] is None
    (broken,) = answer["broken"]
    assert (broken["channel"], broken["zh"]) == ("aliyun", "账户余额或套餐不足")
    assert "aliyun is broken since" in text

    text, answer = told(capsys, *data, "--failed")
    (unreached,) = answer["unreached"]
    assert unreached["organization"] == team.organization
    assert unreached["name"].startswith("永嘉排涝队")
    assert unreached["name"] in text
    assert "run out of money" in text
    assert team.number not in text + str(answer)
    assert told(capsys, *data, "--failed", "--since", "0")[1] == {"unreached": []}

    text, answer = told(capsys, *data, "--offer", offer)
    (notice,) = answer["notices"]
    assert (notice["rung"], notice["person"], notice["state"]) == ("sms", 1, "handed")
    assert "handed over" in text


def test_a_folder_without_messages_says_so(tmp_path: Path, capsys: Captured) -> None:
    async def play() -> None:
        async with staged(tmp_path):
            pass

    asyncio.run(play())
    assert told(capsys, "--data", str(tmp_path))[1]["counts"] == []
    for path in tmp_path.glob(f"{NOTICES}*"):
        path.unlink()
    assert cli.main(["notices", "--data", str(tmp_path)]) == cli.TROUBLE
    assert cli.main(["notices", "--data", str(tmp_path / "none")]) == cli.TROUBLE
