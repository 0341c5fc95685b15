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
        elif name in ("plain", "planner"):
            made.add_argument(flag, action="store_true", default=None, help=words)
        elif name == "purpose":
            made.add_argument(flag, type=Purpose, choices=list(Purpose), help=words)
        else:
            made.add_argument(flag, type=kinds.get(name, str), help=words)


def heads(typed: str) -> Any:
    """Heads as typed: SEQUENCE:HASH, or a file or folder of signed ones. ArgumentTypeError."""
    from api.keeping import Unkept, read_heads  # only here: most commands start without the rules
    from streams.verify import Head

    try:
        return [Head.read(typed)]
    except ValueError:
        pass
    if not Path(typed).exists():
        words = "neither a head as `shouwang verify` prints it, nor a file or folder of heads"
        raise argparse.ArgumentTypeError(words)
    try:
        return read_heads(Path(typed))
    except Unkept as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def heads_flag(made: argparse.ArgumentParser, words: str) -> None:
    made.add_argument("--head", type=heads, default=[], metavar="SEQUENCE:HASH|FILE", help=words)
