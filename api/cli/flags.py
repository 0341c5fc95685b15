"""What the flags of every command have in common."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.settings import HELP, PREFIX, Https
from schemas.values import Purpose

Flags = Callable[[argparse.ArgumentParser], None]


def add(commands: Any, name: str, handle: tuple[str, str], words: str, flags: Flags) -> None:
    """A subcommand; what does it is imported when it is typed."""
    made = commands.add_parser(name, help=words, description=words)
    made.set_defaults(run=handle)
    made.add_argument("--json", action="store_true", help="end with one JSON object on a line")
    flags(made)


def settings_flags(made: argparse.ArgumentParser, *names: str) -> None:
    """Flags that are settings: left out, the environment and then the default count."""
    kinds = {"data": Path, "divisions": Path, "port": int, "session_hours": int, "link_hours": int}
    for name in names:
        flag, words = f"--{name.replace('_', '-')}", f"{HELP[name]} [{PREFIX}{name.upper()}]"
        if name == "https":
            known: dict[str, Any] = {"choices": [Https.PROXY, Https.SELF], "const": Https.PROXY}
            made.add_argument(flag, type=Https, nargs="?", help=words, **known)
        elif name == "plain":
            made.add_argument(flag, action="store_true", default=None, help=words)
        elif name == "purpose":
            made.add_argument(flag, type=Purpose, choices=list(Purpose), help=words)
        else:
            made.add_argument(flag, type=kinds.get(name, str), help=words)


def head(typed: str) -> Any:
    """A head as typed. argparse.ArgumentTypeError says what is expected."""
    from streams.verify import Head  # only here: most commands start without the rules

    try:
        return Head.read(typed)
    except ValueError:
        raise argparse.ArgumentTypeError("not a head as `shouwang verify` prints it") from None
