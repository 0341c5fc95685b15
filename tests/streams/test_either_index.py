"""Whether the search is compiled, or has looked ahead, changes no byte of a log and no order."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.index import Index
from schemas.values import LineId, OrganizationId
from streams.gates import see
from streams.matching.candidates import Search
from streams.remembered import Load
from tests.geo.kinds import New, compiled, plain
from tests.streams.play import Play
from tests.streams.scenes import HERE, NOW, WATER, line, organization, place, scene
from tests.streams.world import townships

STEPS = 150


def logged(new: New, seed: int) -> list[bytes]:
    with patch("streams.availability.new_index", new):
        return list(Play(seed).run(STEPS).log)


@pytest.mark.parametrize("seed", range(3))
def test_a_play_is_the_same_to_the_byte(seed: int) -> None:
    """Given what people do, then every turn is the same whichever index finds whom to ask."""
    made: list[Index] = []

    def noted() -> Index:
        made.append(compiled())
        return made[-1]

    assert logged(noted, seed) == logged(plain, seed)
    assert any(len(index) for index in made)


@settings(max_examples=20)
@given(st.integers(0, 2**32), st.sampled_from([3, 70, 700]))
def test_a_crowd_is_met_in_the_same_order_and_counted_alike(seed: int, size: int) -> None:
    """Given a crowd at a few seats, many on one spot and some without a unit left, then either
    index meets the same in the same order, with the same counts at each step."""

    def met(new: New) -> Iterator[object]:
        random = Random(seed)
        seats = random.sample(townships(), 6)
        made = [organization(f"o{n}", place=place(random.choice(seats))) for n in range(size)]
        busy = {f"o{n}": 2 for n in range(size) if random.random() < 0.4}
        with patch("streams.availability.new_index", new):
            area, operation = scene(made, busy)
            search = Search(area, operation, line(id=LineId(f"l{seed}")), HERE, NOW)
            yield from ((found, search.considered, search.gates()) for found in search)
            yield search.considered, search.gates(), search.ends

    assert list(met(compiled)) == list(met(plain))


def test_whoever_was_looked_at_ahead_is_not_looked_at_by_a_search() -> None:
    """Given a crowd that was looked at while nobody waited, when a line searches, then it looks at
    nobody before it finds the nearest; when one has changed, then at that one alone."""
    area, operation = scene([organization(f"o{n}") for n in range(30)])
    rounds = 0
    while area.look_ahead(NOW, 7):
        rounds += 1
    assert rounds >= 30 // 7
    with patch("streams.availability.see", side_effect=see) as looked:
        assert len(list(Search(area, operation, line(), HERE, NOW))) == 30
        assert looked.call_count == 0
        operation.load.put((OrganizationId("o3"), WATER), Load(committed=2))
        assert len(list(Search(area, operation, line(), HERE, NOW))) == 29
        assert looked.call_count == 1
        assert not area.look_ahead(NOW, 7)
        assert looked.call_count == 1
