"""A script in a folder of its own, whose time is given: a program, as that of `make run` is.

    python -m api.drill.script_player BASE_URL SCRIPT DATA DIVISIONS [--pace FACTOR] [--people WHO]

The steward's one-time link comes in the environment as SHOUWANG_STEWARD_LINK.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from api.client import Doors
from api.drill.clock import SECOND
from api.drill.company import gathered, launch
from api.drill.progress import as_json
from api.drill.script import read_script
from api.drill.scripted import Plot, performed
from api.history import Exercises
from geo.divisions import DivisionTree

WINDOW = 20 * SECOND
PACE = 600.0  # rule seconds for each wall second


async def main(arguments: argparse.Namespace) -> bool:
    """Play a script in a folder of its own, whose time is given."""
    tree = DivisionTree.load(arguments.divisions)
    script = read_script(arguments.script, tree)
    plot = Plot(script, Exercises(arguments.data), arguments.people == "simulated", beside=False)
    pace = arguments.pace or PACE
    async with (
        Doors(arguments.base) as doors,
        gathered(doors, script.seed, pace, WINDOW, script.habits) as company,
    ):
        _, told = await performed(company, doors, plot)
    if arguments.json:
        print(as_json(told), flush=True)
    return True


def parser() -> argparse.ArgumentParser:
    """What this program takes."""
    found = argparse.ArgumentParser(prog="python -m api.drill.scripted", description=__doc__)
    found.add_argument("base", help="where the server is, as in http://127.0.0.1:8000")
    found.add_argument("script", type=Path, help="the script, as TOML")
    found.add_argument("data", type=Path, help="the data folder, where what was played is kept")
    found.add_argument("divisions", type=Path, help="the divisions file of its log")
    found.add_argument("--pace", type=float, help=f"rule seconds per second (default {PACE:g})")
    found.add_argument("--people", choices=("real", "simulated"), default="simulated")
    found.add_argument("--json", action="store_true", help="print what was played as JSON, too")
    return found


if __name__ == "__main__":
    sys.exit(launch(main(parser().parse_args())))
