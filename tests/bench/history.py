"""History: what writing it costs beside deciding, and how long reading takes after years."""

from __future__ import annotations

import json
import tempfile
import time
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any, Final

import apsw

from api.history import HISTORY, KINDS, Mark, Sight, Store, Wanted, measures, page
from api.history.tables import TABLES, kept
from schemas.values import LATEST, DivisionCode
from schemas.views import Put
from tests.bench.parts import SEED, staffed, thread
from tests.streams.world import EXERCISE, WENZHOU, World, divisions

DEMANDS: Final = 1_500
BATCH: Final = 250  # turns in one transaction: 500 a second
TURNS: Final = 1_000_000  # that history is blown up to
ALL: Final = Sight(divisions=tuple(map(DivisionCode, divisions().below(WENZHOU))))


def run() -> dict[str, Any]:
    """The cost of writing as a share of deciding; then the file is copied within itself until it
    has the rows of a million turns, and a review and a page are read in it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / HISTORY
        world, deciding = _played()
        writing, rows = _written(path, world)
        copies = TURNS // len(world.turns)
        _blow_up(path, copies)
        size = path.stat().st_size
        return {
            "seed": SEED,
            "turns": len(world.turns),
            "rows_per_turn": round(rows / len(world.turns), 2),
            "decide_us_per_turn": round(deciding / len(world.turns) * 1e6),
            "write_us_per_turn": round(writing / len(world.turns) * 1e6),
            "write_share": round(writing / deciding, 3),
            "turns_blown_up": copies * len(world.turns),
            "megabytes": round(size / 1e6),
            **_read(path),
        }


def _played() -> tuple[World, float]:
    """Turns of whole demands, and the seconds that deciding them took."""
    random = Random(SEED)
    world, incident = staffed(random)
    world.turns.clear()
    started = time.perf_counter()
    for _ in range(DEMANDS):
        thread(world, random, incident)
    return world, time.perf_counter() - started


def _written(path: Path, world: World) -> tuple[float, int]:
    """Seconds of this thread's work, and how many rows; each once a batch, as it last was."""
    rows, started = 0, time.thread_time()
    with closing(Store(path)) as store:
        for first in range(0, len(world.turns), BATCH):
            taken = world.turns[first : first + BATCH]
            latest = {
                (type(change.row), change.row.id): (one.turn.sequence, change)
                for one in taken
                for change in one.changes
                if isinstance(change, Put) and kept(change)
            }
            rows += len(latest)
            last = taken[-1].turn
            store.write(WENZHOU, latest.values(), Mark("origin", last.sequence, last.at))
    return time.thread_time() - started, rows


def _blow_up(path: Path, copies: int) -> None:
    """Every row again under other ids, so often."""
    with closing(apsw.Connection(str(path))) as file, file:
        for table in TABLES:
            if table.time is None and table.name != "lines":
                continue
            renamed = [
                f"its.{column.name} || '-' || copy.value"
                if column.name in ("id", "demand", "line", "offer")
                else f"its.{column.name}"
                for column in table.columns
            ]
            file.execute(
                f"INSERT INTO {table.name} SELECT {', '.join(renamed)}"
                f" FROM {table.name} AS its, json_each(?) AS copy",
                (json.dumps(list(range(2, copies + 1))),),
            )
        file.execute("ANALYZE")


def _read(path: Path) -> dict[str, float]:
    started = time.perf_counter()
    found = measures(path, WENZHOU, EXERCISE, ALL, 0, LATEST)
    review = time.perf_counter() - started
    started = time.perf_counter()
    page(path, WENZHOU, KINDS["offers"], Wanted(), ALL, before=None, limit=200)
    return {
        "lines": found.groups[0].lines,
        "review_s": round(review, 2),
        "page_ms": round((time.perf_counter() - started) * 1e3, 1),
    }
