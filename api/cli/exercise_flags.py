"""What can be typed behind `shouwang exercise`."""

from __future__ import annotations

import argparse
from pathlib import Path

from api.cli.flags import settings_flags


def exercise_flags(made: argparse.ArgumentParser) -> None:
    words = "say what would happen, play it, or say what it came to"
    made.add_argument("action", choices=["check", "run", "score"], help=words)
    words = "check, run: the script, as docs/exercise.md has it"
    made.add_argument("file", nargs="?", type=Path, metavar="FILE", help=words)
    settings_flags(made, "data", "area", "divisions", "host", "port", "address")
    words = "run: how many times as fast the script goes (beside actual work 1, else 600)"
    made.add_argument("--pace", type=float, metavar="FACTOR", help=words)
    words = "run: who answers (beside actual work `real`, else `simulated`)"
    made.add_argument("--people", choices=["real", "simulated"], help=words)
    words = "score: the number of the exercise (default: the last one)"
    made.add_argument("--incident", type=int, metavar="NUMBER", help=words)
