"""Places for a data folder that can be full."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any, Protocol

import pytest

from streams.engines.log_file import LogFile
from tests.engines.given import EmbeddedBench


class Disk(Protocol):
    """A place for a data folder that can be full."""

    folder: EmbeddedBench

    def fill(self) -> None: ...
    def free(self) -> None: ...


class SmallDisk:
    """A real file system of sixteen megabytes; something else fills it."""

    def __init__(self, path: Path) -> None:
        self.folder = EmbeddedBench(path / "data")
        self._ballast = path / "ballast"

    def fill(self) -> None:
        with self._ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"\xff" * 65_536)

    def free(self) -> None:
        self._ballast.unlink()


class SmallFile:
    """A database that may not grow beyond a number of pages."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = EmbeddedBench(path / "data")
        self._pages = 1 << 30
        append, probe = LogFile.append, LogFile.probe

        def limited_append(log: LogFile, rows: Any) -> None:
            log._db.execute(f"PRAGMA max_page_count = {self._pages}")
            append(log, rows)

        def limited_probe(log: LogFile) -> bool:
            log._db.execute(f"PRAGMA max_page_count = {self._pages}")
            return probe(log)

        monkeypatch.setattr(LogFile, "append", limited_append)
        monkeypatch.setattr(LogFile, "probe", limited_probe)

    def fill(self) -> None:
        self._pages = 1  # SQLite takes the present size for it, if that is greater

    def free(self) -> None:
        self._pages = 1 << 30
