"""Nearby: the nearest first, whatever comes and goes; whoever becomes able meets no crowd."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

import pytest

from geo.distance import squared
from schemas import commands as c
from streams.nearby import CUBE, Lying, Nearby, Point
from streams.table import Journal, Table
from tests.streams.growing import steps
from tests.streams.world import STEWARD, World


class Thing(NamedTuple):
    group: str
    place: Point
    id: int


def lying(thing: Thing) -> Lying | None:
    return Lying(thing.group, thing.place, thing.id) if thing.group else None


@pytest.mark.parametrize("seed", range(20))
def test_it_is_a_plain_sort_by_distance(seed: int) -> None:
    """Given things that come, move and go, then those of a group come in the order of their
    distance, of their spots where that is equal, and of their ids at one spot."""
    random = Random(seed)
    table: Table[int, Thing] = Table("things", Journal())
    nearby = Nearby(table, lying)
    spread = random.choice((CUBE // 2, 3 * CUBE, 40 * CUBE))

    def point() -> Point:
        x, y, z = (random.randrange(-spread, spread) for _ in range(3))
        return Point(x // 1_000 * 1_000, y // 1_000 * 1_000, z // 1_000 * 1_000)

    spots = [point() for _ in range(8)]
    for _ in range(300):
        id = random.randrange(60)
        if random.random() < 0.2 and id in table:
            table.remove(id)
        else:
            where = random.choice(spots) if random.random() < 0.5 else point()
            table.put(id, Thing(random.choice(("a", "b", "")), where, id))
    for group in ("a", "b"):
        center = point()
        things = [one for one in table.rows.values() if one.group == group]
        found = list(nearby.around(group, center))
        assert found == [
            (away, id)
            for away, _, id in sorted(
                (squared(one.place, center), tuple(one.place), one.id) for one in things
            )
        ]
        with_first = next(iter(nearby.around(group, center)), None)
        assert with_first == (found[0] if found else None)
    assert list(nearby.around("nothing", Point(0, 0, 0))) == []


def able(lines: int) -> int:
    """Bytecodes of the turn in which a team comes on duty amid so many lines that lack it."""
    world = World()
    team = world.organization("a", units=1)
    world.send(STEWARD, c.SetDuty(organization=team, on_duty=False))
    incident = world.incident()
    for _ in range(lines):
        world.demand(incident)
    envelope = world.envelope(STEWARD, c.SetDuty(organization=team, on_duty=True))
    count, _ = steps(world, envelope)
    return count


def test_who_becomes_able_costs_no_more_in_a_flood() -> None:
    """Given ten times the lines that lack a team, then its coming costs about as many steps."""
    few, many = able(30), able(300)
    assert many < 1.3 * few, (few, many)
