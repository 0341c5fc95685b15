"""Somebody who types the commands of an import, and reads what they tell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.cli import command as cli
from api.records import Record
from schemas.turns import Turn
from schemas.values import AreaId
from schemas.wire import decode_turn
from streams.engines.logs import open_reader
from tests.records.world import CONTENT, PROFILE, lines

Captured = pytest.CaptureFixture[str]


class Clerk:
    """Somebody who types the commands, and reads the last line."""

    def __init__(self, folder: Path, capsys: Captured) -> None:
        self.folder, self.capsys = folder, capsys
        self.data = folder / "data"
        self.profile = folder / "profile.toml"
        self.profile.write_text(PROFILE)
        (folder / "divisions.json").write_bytes(CONTENT.canonical())

    def file(self, *records: Record) -> Path:
        return lines(self.folder / "records.ndjson", *records)

    def bring_in(self, file: Path, *flags: str) -> tuple[int, dict[str, Any]]:
        where = ("--data", str(self.data), "--divisions", str(self.folder / "divisions.json"))
        profile = ("--profile", str(self.profile))
        return self.run("import", "demands", str(file), *profile, *where, *flags)

    def run(self, *typed: str) -> tuple[int, dict[str, Any]]:
        self.capsys.readouterr()
        code = cli.main([*typed, "--json"])
        self.said = self.capsys.readouterr()
        answer: dict[str, Any] = json.loads(self.said.out.splitlines()[-1])
        return code, answer

    def turns(self) -> list[Turn]:
        reader = open_reader(self.data)
        try:
            return [decode_turn(stored) for stored in reader.read(AreaId("C"))]
        finally:
            reader.close()

    def commands(self) -> list[str]:
        quiet = ("OpenLog", "GrantRole", "OpenIncident", "Tick")
        names = [type(turn.command).__name__ for turn in self.turns()]
        return [name for name in names if name not in quiet]
