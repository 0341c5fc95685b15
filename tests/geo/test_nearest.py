"""The index of one skill: equal to sorting everything, whatever happened before."""

from __future__ import annotations

from hashlib import sha256
from itertools import islice
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.nearest import SkillIndex


class At(NamedTuple):
    x: int
    y: int
    z: int


Entries = dict[str, At]
ORIGIN = At(0, 0, 0)


def tie(id: str) -> int:
    return int.from_bytes(sha256(id.encode()).digest()[:8], "big")


def by_sorting(entries: Entries, place: At) -> list[tuple[int, str]]:
    rows = [(sum((a - b) ** 2 for a, b in zip(at, place, strict=True)), i)
            for i, at in entries.items()]  # fmt: skip
    return sorted(rows, key=lambda row: (row[0], tie(row[1]), row[1]))


def indexed(entries: Entries) -> SkillIndex:
    index = SkillIndex()
    for id, at in entries.items():
        index.put(id, at)
    return index


def crowd(count: int, seed: int, spread: int) -> Entries:
    """A small spread makes many equal distances."""
    random = Random(seed)
    values = range(-spread, spread + 1)
    return {f"org-{n}": At(*random.choices(values, k=3)) for n in range(count)}


@settings(deadline=None)
@given(st.data())
def test_any_history_of_updates_gives_the_order_of_sorting(data: st.DataObject) -> None:
    random = Random(data.draw(st.integers(0, 2**32)))
    spread = data.draw(st.sampled_from([1, 3, 10_000, 600_000_000]))
    ids = [f"org-{n}" for n in range(data.draw(st.integers(1, 160)))]
    index, entries = SkillIndex(), Entries()
    for _ in range(data.draw(st.integers(0, 400))):
        id = random.choice(ids)
        if id in entries and random.random() < 0.3:
            index.remove(id)
            del entries[id]
        else:
            entries[id] = At(*(random.randint(-spread, spread) for _ in range(3)))
            index.put(id, entries[id])
    assert len(index) == len(entries)
    assert all((id in index) == (id in entries) for id in ids)
    for place in (ORIGIN, At(*(random.randint(-spread, spread) for _ in range(3)))):
        assert list(index.nearest(place, tie)) == by_sorting(entries, place)


@pytest.mark.parametrize("count", [0, 1, 31, 32, 33, 63, 64, 65, 255, 256, 257, 3000])
@pytest.mark.parametrize("spread", [0, 2, 9_000_000])
def test_every_size_yields_everybody_once_and_in_order(count: int, spread: int) -> None:
    entries = crowd(count, count, spread)
    found = list(indexed(entries).nearest(ORIGIN, tie))
    assert found == by_sorting(entries, ORIGIN)
    assert all(type(square) is int for square, _ in found)


def test_the_order_does_not_depend_on_insertion_or_deletion() -> None:
    entries = crowd(500, 4, 3)
    straight = indexed(entries)
    shuffled = list(entries.items())
    Random(9).shuffle(shuffled)
    index = indexed(crowd(200, 5, 3))
    for id, at in shuffled:
        index.put(id, at)
    assert list(index.nearest(ORIGIN, tie)) == list(straight.nearest(ORIGIN, tie))


def test_ties_are_asked_for_only_where_distances_are_equal() -> None:
    index = indexed({f"org-{n}": At(n, 0, 0) for n in range(300)})
    index.put("twin", At(-3, 0, 0))
    asked: list[str] = []

    def noted(id: str) -> int:
        asked.append(id)
        return tie(id)

    first = [id for _, id in islice(index.nearest(ORIGIN, noted), 16)]
    assert first == [id for _, id in islice(index.nearest(ORIGIN, tie), 16)]
    assert sorted(asked) == ["org-3", "twin"]


def test_equal_ties_fall_by_id() -> None:
    index = indexed(dict.fromkeys(("c", "a", "b"), ORIGIN))
    assert [id for _, id in index.nearest(ORIGIN, lambda _: 0)] == ["a", "b", "c"]


def test_distances_across_the_planet_are_exact() -> None:
    far = 637_813_700
    entries = {f"org-{n}": At(-far + n, n, -n) for n in range(100)}
    place = At(far, 0, 0)
    assert list(indexed(entries).nearest(place, tie)) == by_sorting(entries, place)


def test_taking_out_what_is_not_in_is_an_error() -> None:
    with pytest.raises(KeyError):
        SkillIndex().remove("nobody")


def test_reading_on_after_a_change_is_an_error() -> None:
    index = indexed(crowd(100, 1, 9_000_000))
    reader = index.nearest(ORIGIN, tie)
    next(reader)
    index.remove("org-7")
    with pytest.raises(RuntimeError, match="changed"):
        list(reader)
