"""`make bench [ONLY=name] [AGAINST=folder]`: each prints what it does and, last, one JSON line."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable
from os import cpu_count
from pathlib import Path
from typing import Any

from tests.bench import (
    against,
    assignment,
    board,
    board_open,
    cluster_pause,
    cluster_restart,
    cluster_stores,
    cluster_turns,
    cluster_visible,
    fairness,
    flood,
    history,
    matching,
    parts,
    reach,
    restart,
    shortage,
    surge,
    thread,
    voiding,
    years,
)
from tests.bench.cluster import with_servers

BENCHES: dict[str, Callable[[], dict[str, Any]]] = {
    "thread": thread.turns,
    "visible": thread.visible,
    "parts": parts.run,
    "shortage": shortage.run,
    "fairness": fairness.run,
    "matching": matching.run,
    "assignment_10k_50k": assignment.run,
    "surge": surge.run,
    "flood": flood.run,
    "voiding": voiding.run,
    "years": years.run,
    "board": board.run,
    "board-open": board_open.run,
    "history": history.run,
    "reach": reach.run,
    "restart": restart.run,
    "cluster-turns": with_servers(cluster_turns.turns),
    "cluster-visible": with_servers(cluster_visible.visible),
    "cluster-pause": with_servers(cluster_pause.pause),
    "cluster-restart": with_servers(cluster_restart.restart),
    "cluster-replay": with_servers(cluster_stores.replay),
    "cluster-board": with_servers(cluster_stores.board),
}
GROUPS = {
    "all": tuple(BENCHES),
    "thread": ("thread", "visible", "parts"),
    "cluster": tuple(name for name in BENCHES if name.startswith("cluster")),
}


def main(only: str = "all", other: str | None = None) -> int:
    """Run every bench, one by name, or a group of them; beside another build's, if one is named."""
    names = GROUPS.get(only, (only,))
    if any(name not in BENCHES for name in names):
        print(f"no such bench; there are: {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    if other is not None:
        print(json.dumps({"bench": only, **against.compare(only, Path(other))}))
        return 0
    machine = {"python": platform.python_version(), "cores": cpu_count()}
    lines = [json.dumps({"bench": name, **BENCHES[name](), **machine}) for name in names]
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
