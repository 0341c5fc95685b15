"""What a turn costs grows with its answer: not with history, nor with the crowd around it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from streams.table import Journal
from streams.turning import Taken
from tests.streams.growing import Grow, crowd, history, past, steps
from tests.streams.state_commands import Row
from tests.streams.state_worlds import Build, Scene
from tests.streams.states import TABLES
from tests.streams.world import DESK, World

SMALL, LARGE = 12, 120
BORNE = 1.1, 400  # the one for orderings, whose depth grows a little; the other for noise in both

EXPECTED = {
    ("crowd", "CloseIncident"): "it closes the demands of the crowd, and that is its answer",
    ("crowd", "CloseZone"): "rare: every open demand is asked whether it lies inside",
    ("crowd", "InstructIncident"): "it tells the crews of the crowd, and that is its answer",
    ("past", "CloseZone"): "every request for what lies inside shows that it is shut",
    ("past", "AmendDemand"): "every request for the demand shows what has changed of it",
    ("history", "CorrectOrganization"): "a new name is looked for wherever the old one stands",
    ("crowd", "CorrectOrganization"): "a new name is looked for wherever the old one stands",
    ("crowd", "MergeOrganizations"): "rare: every account is asked whether it speaks for it",
    ("crowd", "WithdrawIssuer"): "rare: everybody's certificates are looked through",
    ("crowd", "SeparateOrganizations"): "rare: every account is asked whether it speaks for it",
}
"""Commands that cost more as something grows, and why that is right."""


def measured(scene: Scene, row: Row) -> tuple[int, Taken]:
    """Bytecodes of a command's turn, which is undone again."""
    area = scene.world.area
    envelope = scene.world.envelope(*row.send(scene))
    before = area.sequence, area.at, area.previous
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Journal, "forget", lambda _: None)
        count, taken = steps(scene.world, envelope)
    assert isinstance(taken, Taken)
    area.journal.undo()
    area.journal.forget()
    area.sequence, area.at, area.previous = before
    area.keys.pop(envelope.command_id, None)
    return count, taken


@cache
def acting() -> tuple[tuple[Build, Row], ...]:
    return tuple(_acting())


def _acting() -> Iterator[tuple[Build, Row]]:
    """Each command once, in the first state in which it leads to anything."""
    for table in TABLES:
        left = [row for row in table.rows if "later" not in row.words]
        for build in table.states.values():
            scene = build()
            for row in list(left):
                _, taken = measured(scene, row)
                if taken.turn.facts:
                    left.remove(row)
                    yield build, row


@pytest.mark.parametrize("grow", [history, crowd, past], ids=lambda grow: grow.__name__)
def test_no_command_costs_more_when_the_rest_has_grown_tenfold(grow: Grow) -> None:
    """Given ten times the served demands and past incidents, or ten times the organizations,
    accounts and open demands, or a demand that somebody has declined ten times as often, then the
    same command takes about as many steps."""
    worlds: dict[tuple[Build, int], Scene] = {}
    dear = {}
    for build, row in acting():
        if (grow.__name__, row.kind.__name__) in EXPECTED:
            continue
        counts = []
        for size in (SMALL, LARGE):
            if (build, size) not in worlds:
                worlds[build, size] = build()
                grow(worlds[build, size], size)
            counts.append(measured(worlds[build, size], row)[0])
        small, large = counts
        if large > small * BORNE[0] + BORNE[1]:
            dear[row.title] = small, large
    assert dear == {}


def test_asking_many_costs_as_much_each_whether_few_or_many_are_equally_far() -> None:
    """A sheet without coordinates has every team at its township's seat: equally far, all of them.
    Ten times as many of them, all asked, cost ten times as much, and not a hundred times."""
    few, many = _asking_everybody(20), _asking_everybody(200)
    assert many < 13 * few


def _asking_everybody(teams: int) -> int:
    """Bytecodes of a turn that asks so many teams at one place."""
    world = World()
    for name in range(teams):
        world.organization(f"team {name}")
    command = world.demand_command(world.incident(), target=teams)
    count, taken = steps(world, world.envelope(DESK, command))
    assert isinstance(taken, Taken)
    assert len(taken.turn.facts) == teams + 1
    return count
