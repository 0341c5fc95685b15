"""Whether the search is compiled changes no byte of a log, and no order of a crowd."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.index import Index
from schemas.values import LineId
from streams.matching.candidates import Search
from tests.geo.kinds import New, compiled, plain
from tests.streams.play import Play
from tests.streams.scenes import HERE, NOW, line, organization, place, scene
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
