"""`make bench ONLY=thread AGAINST=<folder>`: this build and another one's, in turn, in one run."""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[2]
ROUNDS = 3


def compare(name: str, other: Path) -> dict[str, Any]:
    """Every figure of a bench: median of ours, median of theirs, median ratio of the rounds.

    `other`: a checkout that is installed (`make venv`) and knows the bench by the same name.
    """
    found: list[tuple[dict[str, float], dict[str, float]]] = []
    for number in range(ROUNDS):
        pair = (HERE, other) if number % 2 else (other, HERE)
        lines = {folder: _figures(folder, name) for folder in pair}
        found.append((lines[HERE], lines[other]))
        print(json.dumps({"round": number, "ours": lines[HERE], "theirs": lines[other]}))
    return {"rounds": ROUNDS, "figures": {key: _summary(found, key) for key in _shared(found)}}


def _figures(folder: Path, name: str) -> dict[str, float]:
    """The numbers of the JSON lines that a build prints for a bench, or a group of them."""
    command = [str(folder / ".venv" / "bin" / "python"), "-m", "tests.bench", name]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return dict(_leaves("", {line["bench"]: line for line in lines}))


def _leaves(path: str, found: Any) -> Iterator[tuple[str, float]]:
    if isinstance(found, dict):
        for key, inner in found.items():
            yield from _leaves(f"{path}.{key}".lstrip("."), inner)
    elif isinstance(found, int | float) and not isinstance(found, bool):
        yield path, found


def _shared(found: list[tuple[dict[str, float], dict[str, float]]]) -> list[str]:
    """The figures that both have, except for those that say what was measured."""
    return [
        key
        for key in found[0][0]
        if all(key in ours and key in theirs for ours, theirs in found)
        and len({ours[key] for ours, _ in found} | {theirs[key] for _, theirs in found}) > 1
    ]


def _summary(
    found: list[tuple[dict[str, float], dict[str, float]]], key: str
) -> dict[str, float | None]:
    ours, theirs = [pair[0][key] for pair in found], [pair[1][key] for pair in found]
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True) if other]
    return {
        "ours": statistics.median(ours),
        "theirs": statistics.median(theirs),
        "ratio": round(statistics.median(ratios), 3) if ratios else None,
    }
