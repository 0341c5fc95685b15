"""What years of incidents leave behind: the state, the board, and what a turn costs, by tenths."""

from __future__ import annotations

import gc
import os
import resource
import statistics
import time
from typing import Any

from schemas import commands as c
from schemas.values import CloseReason
from schemas.views import IncidentRow, Put
from schemas.wire import encode
from streams.board import everything
from streams.parameters import LEAVES_AFTER
from tests.streams.world import COUNTY, DESK, World, asked

INCIDENTS = int(os.environ.get("SHOUWANG_BENCH_INCIDENTS", "3650"))
DEMANDS = 6
TEAMS = 12
DAY_MINUTES = 24 * 60


def run() -> dict[str, Any]:
    """One incident every four days, each with demands, yes and no, crews at work, and recovery."""
    world, tenths = World(), list[dict[str, float]]()
    for number in range(TEAMS):
        world.organization(f"team {number}")
    print(f"years: {INCIDENTS} incidents, {DEMANDS} demands each, {TEAMS} organizations")
    part = max(1, INCIDENTS // 10)
    for _ in range(10):
        costs: list[float] = []
        for _ in range(part):
            _incident(world, costs)
        tenths.append(_measured(world, costs))
        print("  " + ", ".join(f"{name} {value:.1f}" for name, value in tenths[-1].items()))
    early, late = tenths[1], tenths[-1]
    return {
        "bench": "years",
        "incidents": part * 10,
        "turns": world.area.sequence,
        "rows": late["rows"],
        "rows_ratio": round(late["rows"] / early["rows"], 3),
        "board_ratio": round(late["board_bytes"] / early["board_bytes"], 3),
        "turn_ratio": round(late["turn_us"] / early["turn_us"], 3),
        "rss_mb": late["rss_mb"],
    }


def _incident(world: World, costs: list[float]) -> None:
    incident = world.incident()
    for number in range(DEMANDS):
        begun = time.perf_counter()
        facts = world.demand(incident)
        costs.append(time.perf_counter() - begun)
        offers = asked(facts)
        if offers and number % 2:
            crew = world.at_work(offers[0])
            name = world.name(offers[0].organization)
            world.send(name, c.ReportDone(assignment=crew))
            world.send(DESK, c.ConfirmAssignment(assignment=crew))
        world.close(facts[0].demand, CloseReason.MET)
    world.close_incident(incident)
    world.wait(minutes=5)
    for place in list(world.operation.tasks_in.within(incident)):
        if world.operation.tasks[place[-1]].live:
            world.send(COUNTY, c.DropTask(task=place[-1]))
    world.wait(minutes=4 * DAY_MINUTES)
    world.at += LEAVES_AFTER
    world.log.clear()  # the log is on disk, as are the turns
    world.turns.clear()
    world.sent.clear()


def _measured(world: World, costs: list[float]) -> dict[str, float]:
    gc.collect()
    incidents = len(world.operation.incidents)
    rows = [change.row for change in everything(world.area) if isinstance(change, Put)]
    others = [row for row in rows if not isinstance(row, IncidentRow)]  # of each a stub stays
    return {
        "incidents": incidents,
        "rows": sum(len(table) for table in world.operation.tables()) - incidents,
        "board_bytes": sum(len(encode(row)) for row in others),
        "turn_us": statistics.median(costs) * 1e6,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
