"""A folder of actual work to be kept, and the commands that keep it."""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from api.cli import command as cli
from api.safe import MasterKey
from streams.engines.log_file import Reader
from tests.api.house import AREA, demand_body, opened

Captured = pytest.CaptureFixture[str]
NOTE = "老人行动不便，请带担架"


def a_folder(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With its master key beside it, and beside where it is brought back to."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for name in [name for name in os.environ if name.startswith("SHOUWANG_")]:
        monkeypatch.delenv(name)
    asyncio.run(work(place / "data"))
    (place / "back.key").write_text((place / "data.key").read_text())
    return place / "data"


async def work(folder: Path, demands: int = 2) -> None:
    async with opened(folder) as house:
        house.keys = count(house.context.feed.sequence * 1_000)  # none of an earlier opening's
        await house.organization()
        desk = await house.desk()
        there = [put.row.id for put in house.context.feed.rows("incident")]
        incident = there[0] if there else await house.incident(desk)
        for _ in range(demands):
            await desk.post("/demands", demand_body(incident, note=NOTE))


def shouwang(capsys: Captured, *typed: object) -> tuple[int, dict[str, Any], str]:
    """One command: its code, what it ends with as JSON, and what it says in words."""
    capsys.readouterr()
    code = cli.main([*map(str, typed), "--json"])
    said = capsys.readouterr()
    return code, json.loads(said.out.splitlines()[-1]), said.out + said.err


def state_of(capsys: Captured, folder: Path) -> tuple[str, str]:
    code, told, _ = shouwang(capsys, "verify", folder)
    assert code == 0
    return told["state_hash"], told["head"]


def turns_of(folder: Path) -> list[bytes]:
    with closing(Reader(folder / "log.db")) as reader:
        return list(reader.read(AREA))


def master(data: Path) -> MasterKey:
    return MasterKey.read(data.with_name("data.key").read_text())
