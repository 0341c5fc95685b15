"""A decider with a defect that is there for as long as a file is: arguments as of `decide`.

python -m tests.engines.cluster.broken_decider --data FOLDER --worker NAME
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from api.cli import command as cli
from schemas import commands as c
from streams import rules

POISON = "poison"  # the file, in the decider's own folder, and the name that it cannot bear


def main(arguments: list[str]) -> None:
    decide = rules.DECIDE[c.RegisterOrganization]

    def broken(area: Any, command: Any, cause: Any) -> Any:
        if command.name == POISON and Path(POISON).exists():
            raise LookupError(f"no such thing as {command.name}")
        return decide(area, command, cause)

    rules.DECIDE[c.RegisterOrganization] = broken
    cli.main(["decide", *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
