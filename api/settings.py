"""What a server is told from outside: flags of the command line before SHOUWANG_* variables."""

from __future__ import annotations

import argparse
import socket
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields, replace
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

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


EVERY_ADDRESS = ("0.0.0.0", "::", "")
THIS_MACHINE = ("127.0.0.1", "::1")


class Https(StrEnum):
    """Who speaks https; false where nobody does."""

    NOBODY = ""
    PROXY = "proxy"
    SELF = "self"


HELP = {
    "data": "data folder",
    "area": "command area, a code of the divisions file",
    "divisions": "divisions file of a folder that is made anew",
    "purpose": "what the log is for; decided when it is made, read from it afterwards",
    "host": "address to listen on",
    "port": "port to listen on; where it is taken, the next free one",
    "https": "who speaks https: a `proxy` in front (so without a word), or this server it`self`, "
    "by a root certificate of its own, for phones in the same network",
    "proxy": "addresses of the proxy in front, with commas: whom it forwards for is believed, and "
    "from other machines nobody else is let in (default with --https: this machine)",
    "names": "further host names under which it is reached, with commas",
    "plain": "serve other machines without https although whoever is on the network reads along",
    "address": "where people reach the server, for links (default: host and port)",
    "session_hours": "how long a sign-in lasts, in hours",
    "link_hours": "how long an unused sign-in link lasts, in hours",
    "quotas": "whether an account can ask for too much; no only where that is measured",
    "messages": "whether messages go out to people whose page is closed",
    "planner": "whether a planner weighs all short lines together, beside the server",
    "key_file": "file with the master key (default: beside the data folder, its name and .key)",
    "heads": "second folder for the daily signed head, as a share of another body",
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
    https: Https = Https.NOBODY
    proxy: str = ""
    names: str = ""
    plain: bool = False
    address: str = ""
    session_hours: int = 12
    link_hours: int = 72
    messages: bool = True
    planner: bool = False
    quotas: bool = True
    key_file: str = ""
    key_command: str = ""
    heads: str = ""

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

    def beside(self, exercise: bool) -> tuple[OperationId, Mode]:
        """Where an incident is opened: in this server's operation, or as an exercise beside it."""
        mode = Mode.EXERCISE if exercise else self.mode
        return OperationId(mode.value), mode

    def mode_of(self, operation: OperationId) -> Mode | None:
        """The mode of a turn in an operation, which is named like it; of the registry, none."""
        if operation == REGISTRY:
            return None
        named = next((mode for mode in Mode if mode.value == operation), None)
        return named or self.mode

    @property
    def secure(self) -> bool:
        """Whether people reach the server by https, which their cookies are bound to then."""
        return bool(self.https)

    @property
    def url(self) -> str:
        """Where people reach the server, without a final slash."""
        scheme = "https" if self.https is Https.SELF else "http"
        host = own_address() if self.host in EVERY_ADDRESS else self.host
        host = f"[{host}]" if ":" in host else host
        return self.address.rstrip("/") or f"{scheme}://{host}:{self.port}"

    @property
    def near(self) -> str:
        """Where programs on this machine reach the server: at `address` only where it is told."""
        if self.host not in EVERY_ADDRESS:
            return self.url
        return replace(self, host="::1" if self.host == "::" else "127.0.0.1").url

    @property
    def proxies(self) -> tuple[str, ...]:
        """The addresses whose word on whom they forward for is believed; none without a proxy."""
        named = listed(self.proxy)
        return named or (THIS_MACHINE if self.https is Https.PROXY else ())

    @property
    def host_names(self) -> tuple[str, ...]:
        """Every name that people may have typed to get here."""
        known = (urlsplit(self.url).hostname or "", self.host, *listed(self.names))
        return tuple(name.lower() for name in known if name)


def own_address() -> str:
    """The address by which others in the network reach this machine; its own, where none do."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        try:
            one.connect(("192.0.2.1", 9))  # sends nothing; the system says which way it would go
            return str(one.getsockname()[0])
        except OSError:
            return THIS_MACHINE[0]


def listed(text: str) -> tuple[str, ...]:
    """What stands between commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


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
        if kind is Https and text.lower() in _TRUTH:
            return Https.PROXY if _TRUTH[text.lower()] else Https.NOBODY
        return _TRUTH[text.lower()] if kind is bool else kind(text)
    except (KeyError, ValueError):
        raise ValueError(f"{PREFIX}{entry.name.upper()} is no {kind.__name__}") from None


_TRUTH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}
