"""What is proposed is taken whole, unless something happened meanwhile; and then nothing more."""

from __future__ import annotations

from random import Random

from api.planner.instance import Instance
from api.planner.proposing import proposal, solved
from schemas import facts as f
from schemas.plans import LeftWhy
from schemas.turns import PLANNER
from streams.parameters import MOVED
from tests.streams.test_plans import Short
from tests.streams.world import World, asked, only


def test_whoever_is_asked_beyond_need_is_proposed_where_nobody_is() -> None:
    short = Short()
    plan = proposal(short.world.area, short.world.operation)
    assert plan is not None
    taken = only(short.world.send(PLANNER, plan), f.PlanTaken)
    assert (taken.taken, taken.left) == (1, ())
    assert plan.grounds.after == plan.grounds.bound
    assert taken.saved - MOVED <= plan.grounds.before - plan.grounds.after + 1


def test_after_a_plan_was_taken_no_other_is_better() -> None:
    short = Short()
    plan = proposal(short.world.area, short.world.operation)
    assert plan is not None
    short.world.send(PLANNER, plan)
    assert proposal(short.world.area, short.world.operation) is None


def test_one_short_line_alone_is_nothing_to_plan() -> None:
    world = World()
    world.organization("one")
    world.demand(world.incident(), priority=2)
    assert proposal(world.area, world.operation) is None


HARMLESS = (LeftWhy.IN_HAND, LeftWhy.SAVES_TOO_LITTLE)
"""A nearer one, for a line that has enough who are asked: nobody is asked for that alone."""


def surge(seed: int) -> World:
    """Demands here and there, one after another, among few crews, and some answers."""
    random, world = Random(seed), World()
    for number in range(random.randint(4, 9)):
        world.organization(f"{number}", township=random.randint(0, 14), units=random.randint(1, 3))
    incident = world.incident()
    for _ in range(random.randint(2, 7)):
        command = world.demand_command(
            incident,
            priority=random.randint(1, 4),
            target=(target := random.randint(1, 3)),
            minimum=target,
            whole=random.random() < 0.2,
        )
        for offer in asked(world.send("desk", command)):
            if random.random() < 0.2:
                world.no(offer)
    world.wait(minutes=2)
    return world


def test_plans_of_many_surges_are_taken_and_no_worse_than_said() -> None:
    """What the rules count as saved is what the planner has counted, and what it moves them for."""
    plans = whole = 0
    for seed in range(60):
        world = surge(seed)
        plan = proposal(world.area, world.operation)
        if plan is None:
            continue
        plans += 1
        grounds = plan.grounds
        assert grounds.bound <= grounds.after < grounds.before
        taken = only(world.send(PLANNER, plan), f.PlanTaken)
        assert taken.taken + len(taken.left) == len(plan.pairs)
        assert all(one.why in HARMLESS for one in taken.left)
        whole += not taken.left
        if not taken.left:
            assert taken.saved >= MOVED
    assert plans > 10
    assert whole > plans // 2


def test_without_lines_that_go_as_a_whole_a_plan_is_the_best_there_is() -> None:
    for seed in range(30):
        world = surge(seed)
        instance = Instance(world.area, world.operation, world.area.at)
        best = solved(instance)
        whole = any(short.line.whole for short in instance.lines)
        assert best.bound <= best.cost
        assert whole or best.bound == best.cost
