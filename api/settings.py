"""What a server is told from outside: flags of the command line before SHOUWANG_* variables."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

from schemas.turns import REGISTRY
from schemas.values import AreaId, Mode, OperationId, Purpose

PREFIX = "SHOUWANG_"
WENZHOU = AreaId("3303")
DIVISIONS = Path(str(files("geo"))) / "data" / "zhejiang-2023.json"

_MODES = {
    Purpose.OPERATIONS: Mode.ACTUAL,
    Purpose.EXERCISE: Mode.EXERCISE,
    Purpose.HISTORY: Mode.ACTUAL,
    Purpose.COMPARISON: Mode.TEST,
}


HELP = {
    "data": "data folder",
    "area": "command area, a code of the divisions file",
    "divisions": "divisions file of a folder that is made anew",
    "purpose": "what the log is for; decided when it is made, read from it afterwards",
    "host": "address to listen on",
    "port": "port to listen on; where it is taken, the next free one",
    "https": "a proxy in front speaks https: cookies are bound to it",
    "address": "where people reach the server, for links (default: host and port)",
    "session_hours": "how long a sign-in lasts, in hours",
    "link_hours": "how long an unused sign-in link lasts, in hours",
    "messages": "whether messages go out to people whose page is closed",
    "key_file": "file with the master key (default: beside the data folder, its name and .key)",
    "key_command": "command that prints the master key, instead of a file",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """One server over one data folder and one command area; `HELP` says what each is."""

    data: Path = Path("data/operations")
    area: AreaId = WENZHOU
    divisions: Path = DIVISIONS
    purpose: Purpose = Purpose.OPERATIONS
    host: str = "127.0.0.1"
    port: int = 8000
    https: bool = False
    address: str = ""
    session_hours: int = 12
    link_hours: int = 72
    messages: bool = True
    key_file: str = ""
    key_command: str = ""

    def __post_init__(self) -> None:
        """ValueError, saying what to change, where a number is out of its bounds."""
        if not 0 <= self.port <= 65_535:
            raise ValueError("the port must be 0 to 65535; 0 takes any free one")
        if not 1 <= self.session_hours <= 168:
            raise ValueError("session hours must be 1 to 168")
        if not 1 <= self.link_hours <= 168:
            raise ValueError("link hours must be 1 to 168")

    @property
    def mode(self) -> Mode:
        """The mode of everything that people do on this server; a folder never mixes two."""
        return _MODES[self.purpose]

    @property
    def operation(self) -> OperationId:
        """The one operation that this server's doors write to, named like its mode."""
        return OperationId(self.mode.value)

    def mode_of(self, operation: OperationId) -> Mode | None:
        """The mode of a turn in an operation; a turn of the registry has none."""
        return None if operation == REGISTRY else self.mode

    @property
    def url(self) -> str:
        """Where people reach the server, without a final slash."""
        return self.address.rstrip("/") or f"http://{self.host}:{self.port}"


def read(arguments: argparse.Namespace, environment: Mapping[str, str], **given: Any) -> Settings:
    """Settings from what was typed, else the environment, else `given`, else the default.

    ValueError names the variable whose text is of the wrong kind.
    """
    values = dict(given)
    for entry in fields(Settings):
        typed = getattr(arguments, entry.name, None)
        told = environment.get(PREFIX + entry.name.upper())
        if typed is not None:
            values[entry.name] = typed
        elif told is not None:
            values[entry.name] = _parsed(entry, told)
    return Settings(**values)


def _parsed(entry: Field[Any], text: str) -> Any:
    """The text of a variable as its setting's kind, which the default shows."""
    kind: Any = type(entry.default)
    try:
        return _TRUTH[text.lower()] if kind is bool else kind(text)
    except (KeyError, ValueError):
        raise ValueError(f"{PREFIX}{entry.name.upper()} is no {kind.__name__}") from None


_TRUTH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}
