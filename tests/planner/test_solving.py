"""The solver is exact, and proves it: on thousands of problems, ties and hopeless ones included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

from api.planner.solving import Need, Solution, solve
from tests.planner.flows import least, some

FEW, MANY = 2_000, 40


def proved(units: Sequence[int], needs: Sequence[Need], found: Solution) -> None:
    """The answer keeps to what there is, and its prices prove that none costs less."""
    used = Counter[int]()
    cost = 0
    for need, flow in zip(needs, found.flows, strict=True):
        costs, served = dict(need.costs), sum(flow.values())
        assert all(given > 0 for given in flow.values())
        assert served <= need.units
        used.update(flow)
        cost += sum(costs[source] * given for source, given in flow.items())
        cost += (need.units - served) * need.unserved
    assert all(used[source] <= there for source, there in enumerate(units))
    assert cost == found.cost == found.bound
    assert all(rent >= 0 for rent in found.rent)
    for need, worth in zip(needs, found.worth, strict=True):
        assert worth <= need.unserved
        assert all(worth <= price + found.rent[source] for source, price in need.costs)


def test_small_problems_cost_what_the_plainest_way_finds() -> None:
    random = Random(17)
    for _ in range(FEW):
        units, needs = some(random, 6)
        found = solve(units, needs)
        proved(units, needs, found)
        assert found.cost == least(units, needs)


def test_larger_ones_prove_themselves() -> None:
    random = Random(4)
    for _ in range(MANY):
        units, needs = some(random, 60)
        proved(units, needs, solve(units, needs))


def test_nothing_costs_nothing() -> None:
    assert solve([], []) == Solution((), 0, 0, (), ())
    assert solve([2], [Need(0, 5, ((0, 1),))]).cost == 0


def test_whom_nobody_serves_costs_what_that_costs() -> None:
    found = solve([], [Need(3, 7, ())])
    assert (found.cost, found.bound, found.flows) == (21, 21, ({},))


def test_who_comes_first_gives_way_where_that_is_cheaper_for_all() -> None:
    """Given that the nearest to the first is the only one for the second, then the first has the
    next one."""
    first, second = Need(1, 100, ((0, 1), (1, 5))), Need(1, 100, ((0, 2),))
    assert solve([1, 1], [first, second]).flows == ({1: 1}, {0: 1})


def test_equal_problems_have_equal_answers() -> None:
    units, needs = some(Random(3), 30)
    assert solve(units, needs) == solve(list(units), list(needs))
