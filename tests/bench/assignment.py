"""Assignment: ten thousand needs, fifty thousand crews, each need with its twenty nearest.

Seven in ten needs lie in one hot spot. The answer proves itself by its prices (`certified`);
OR-Tools and scipy solve the same where they are installed, whole milliseconds as costs.
"""

from __future__ import annotations

import importlib
import time
from random import Random
from typing import Any

import numpy as np
from shapely import STRtree, points

from api.planner.solving import Need, Solution, solve

SEED = 17
NEEDS, CREWS, NEAREST = 10_000, 50_000, 20
HOT = 0.7
UNSERVED = 240 * 60_000
MS_A_METER = 60_000 // 416


def instance(needs: int, crews: int, seed: int) -> list[Need]:
    """Places in a square of 300 km, and the nearest crews of each need by straight lines."""
    random = Random(seed)
    there = np.array([(random.uniform(0, 3e5), random.uniform(0, 3e5)) for _ in range(crews)])
    tree = STRtree(list(np.asarray(points(there))))
    found = []
    for _ in range(needs):
        hot = random.random() < HOT
        spot = (random.gauss(1.5e5, 1e4), random.gauss(1.5e5, 1e4))
        place = spot if hot else (random.uniform(0, 3e5), random.uniform(0, 3e5))
        weight = random.choice((1, 2, 4, 8))
        radius = 3e3
        while True:
            near = tree.query(points(place), predicate="dwithin", distance=radius)
            if len(near) >= NEAREST:
                break
            radius *= 1.6
        away = np.hypot(*(there[near] - place).T)
        order = np.argsort(away, kind="stable")[:NEAREST]
        costs = tuple((int(near[n]), weight * int(away[n] * MS_A_METER)) for n in order)
        found.append(Need(1, weight * UNSERVED, costs))
    return found


def certified(units: list[int], needs: list[Need], found: Solution) -> bool:
    """Whether the prices prove it: nobody is worth more than what they cost anywhere."""
    fair = all(
        worth <= need.unserved
        and all(worth <= cost + found.rent[source] for source, cost in need.costs)
        for need, worth in zip(needs, found.worth, strict=True)
    )
    return fair and found.cost == found.bound and min(found.rent, default=0) >= 0


def run() -> dict[str, Any]:
    needs, units = instance(NEEDS, CREWS, SEED), [1] * CREWS
    begun = time.perf_counter()
    found = solve(units, needs)
    ours = time.perf_counter() - begun
    told: dict[str, Any] = {
        "seed": SEED,
        "milliseconds": round(ours * 1_000),
        "certified": int(certified(units, needs, found)),
        "cost": found.cost,
    }
    for name, other in (("ortools", _ortools), ("scipy", _scipy)):
        try:
            seconds, cost = other(needs)
        except ModuleNotFoundError:
            print(f"{name} is not installed: no {name}_ratio")
            continue
        told |= {
            f"{name}_ratio": round(seconds / ours, 2),
            f"{name}_equal": int(cost == found.cost),
        }
    return told


def _ortools(needs: list[Need]) -> tuple[float, int]:
    """As a minimum-cost flow, with one arc a need to go without."""
    flow = importlib.import_module("ortools.graph.python.min_cost_flow").SimpleMinCostFlow()
    crews, end = len(needs), len(needs) + CREWS
    tails, heads, costs = [], [], []
    for number, need in enumerate(needs):
        tails += [number] * (len(need.costs) + 1)
        heads += [*(crews + source for source, _ in need.costs), end]
        costs += [*(cost for _, cost in need.costs), need.unserved]
    used = sorted({source for need in needs for source, _ in need.costs})
    tails += [crews + source for source in used]
    heads += [end] * len(used)
    costs += [0] * len(used)
    begun = time.perf_counter()
    ones = np.ones(len(tails), dtype=np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(
        np.array(tails), np.array(heads), ones, np.array(costs)
    )
    flow.set_nodes_supplies(np.arange(len(needs)), np.ones(len(needs), dtype=np.int64))
    flow.set_node_supply(end, -len(needs))
    flow.solve()
    return time.perf_counter() - begun, int(flow.optimal_cost())


def _scipy(needs: list[Need]) -> tuple[float, int]:
    """As a sparse matching, with one column a need to go without; columns nobody wants left out."""
    sparse = importlib.import_module("scipy.sparse")
    graph = importlib.import_module("scipy.sparse.csgraph")
    used = sorted({source for need in needs for source, _ in need.costs})
    column = {source: number for number, source in enumerate(used)}
    rows, columns, costs = [], [], []
    for number, need in enumerate(needs):
        rows += [number] * (len(need.costs) + 1)
        columns += [*(column[source] for source, _ in need.costs), len(used) + number]
        costs += [*(cost + 1 for _, cost in need.costs), need.unserved + 1]  # none may be 0
    shape = (len(needs), len(used) + len(needs))
    begun = time.perf_counter()
    matrix = sparse.csr_matrix((np.array(costs, dtype=float), (rows, columns)), shape=shape)
    one, other = graph.min_weight_full_bipartite_matching(matrix)
    seconds = time.perf_counter() - begun
    return seconds, round(matrix[one, other].sum()) - len(needs)
