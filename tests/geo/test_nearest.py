"""The index of one skill, either of the two: equal to sorting everything, whatever happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import islice
from random import Random
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.index import Index
from geo.nearest import FIRST, SkillIndex
from tests.geo.kinds import New, both, plain


class At(NamedTuple):
    x: int
    y: int
    z: int


Entries = dict[str, At]
ORIGIN = At(0, 0, 0)
EVERYBODY = 1 << 62
ANY = np.array([False, True])


def tie(id: str) -> int:
    return int.from_bytes(sha256(id.encode()).digest()[:8], "big")


def by_sorting(entries: Entries, place: At) -> list[tuple[int, str]]:
    rows = [(sum((a - b) ** 2 for a, b in zip(at, place, strict=True)), i)
            for i, at in entries.items()]  # fmt: skip
    return sorted(rows, key=lambda row: (row[0], tie(row[1]), row[1]))


def indexed(entries: Entries, new: New = plain) -> Index:
    index = new()
    for id, at in entries.items():
        index.put(id, at)
    return index


def in_order(index: Index, place: At, tie: Callable[[str], int] = tie) -> Iterator[tuple[int, str]]:
    return (seen[:2] for seen in index.survey(place).nearest(ANY, EVERYBODY, tie))


def crowd(count: int, seed: int, spread: int) -> Entries:
    """A small spread makes many equal distances."""
    random = Random(seed)
    values = range(-spread, spread + 1)
    return {f"org-{n}": At(*random.choices(values, k=3)) for n in range(count)}


@both
@settings(deadline=None)
@given(st.data())
def test_any_history_of_updates_gives_the_order_of_sorting(new: New, data: st.DataObject) -> None:
    random = Random(data.draw(st.integers(0, 2**32)))
    spread = data.draw(st.sampled_from([1, 3, 10_000, 600_000_000]))
    ids = [f"org-{n}" for n in range(data.draw(st.integers(1, 160)))]
    index, entries = new(), Entries()
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
        assert list(in_order(index, place)) == by_sorting(entries, place)


@both
@pytest.mark.parametrize("count", [0, 1, 31, 32, 33, 63, 64, 65, 255, 256, 257, 3000])
@pytest.mark.parametrize("spread", [0, 2, 9_000_000])
def test_every_size_yields_everybody_once_and_in_order(new: New, count: int, spread: int) -> None:
    entries = crowd(count, count, spread)
    found = list(in_order(indexed(entries, new), ORIGIN))
    assert found == by_sorting(entries, ORIGIN)
    assert all(type(square) is int for square, _ in found)


@both
def test_the_order_does_not_depend_on_insertion_or_deletion(new: New) -> None:
    entries = crowd(500, 4, 3)
    straight = indexed(entries, new)
    shuffled = list(entries.items())
    Random(9).shuffle(shuffled)
    index = indexed(crowd(200, 5, 3), new)
    for id, at in shuffled:
        index.put(id, at)
    assert list(in_order(index, ORIGIN)) == list(in_order(straight, ORIGIN))


@both
def test_ties_are_asked_for_only_where_distances_are_equal(new: New) -> None:
    index = indexed({f"org-{n}": At(n, 0, 0) for n in range(300)}, new)
    index.put("twin", At(-3, 0, 0))
    asked: list[str] = []

    def noted(id: str) -> int:
        asked.append(id)
        return tie(id)

    first = [id for _, id in islice(in_order(index, ORIGIN, noted), 16)]
    assert first == [id for _, id in islice(in_order(index, ORIGIN), 16)]
    assert sorted(asked) == ["org-3", "twin"]


@both
def test_equal_ties_fall_by_id(new: New) -> None:
    index = indexed(dict.fromkeys(("c", "a", "b"), ORIGIN), new)
    assert [id for _, id in in_order(index, ORIGIN, lambda _: 0)] == [
        "a",
        "b",
        "c",
    ]


class Kind(NamedTuple):
    at: At
    code: int
    times: tuple[int, int]


@both
@settings(deadline=None)
@given(st.data())
def test_kinds_are_found_and_counted_as_by_looking_at_everybody(
    new: New, data: st.DataObject
) -> None:
    """After any history of updates: who of the wanted kinds is where, how many of each are within
    a distance or exactly at it, and whose time comes first; nobody of those set apart."""
    random = Random(data.draw(st.integers(0, 2**32)))
    spread = data.draw(st.sampled_from([2, 300_000, 5_000_000, 600_000_000]))
    index, kinds = new(), dict[str, Kind]()
    for n in random.choices(range(120), k=data.draw(st.integers(0, 400))):
        id = f"org-{n}"
        if id in kinds and random.random() < 0.3:
            index.remove(id)
            del kinds[id]
        else:
            at = At(*(random.randint(-spread, spread) for _ in range(3)))
            kinds[id] = Kind(
                at, random.randrange(12), (random.randint(1, 99), random.randint(1, 99))
            )
            index.put(id, *kinds[id])
    apart = [id for id in kinds if random.random() < 0.1]
    wanted = np.array([random.random() < 0.5 for _ in range(12)])
    ordered = by_sorting({id: kind.at for id, kind in kinds.items()}, ORIGIN)
    most = random.choice(ordered)[0] if ordered else 7
    near = [(square, id) for square, id in ordered if square <= most]
    found = [pair for pair in near if wanted[kinds[pair[1]].code] and pair[1] not in apart]
    survey = index.survey(ORIGIN)
    assert [seen[:2] for seen in survey.nearest(wanted, most, tie, apart)] == found
    limit, first = survey.first(most, tie)
    assert [(square, id) for square, id, _ in first] == [pair for pair in near if pair[0] <= limit]
    assert limit == most or len(first) >= FIRST
    few = random.choice((1, 3, 20, 500))
    limit, some = survey.first(most, tie, wanted, few)
    fits = [(square, id) for square, id in near if wanted[kinds[id].code]]
    assert [seen[:2] for seen in some] == [pair for pair in fits if pair[0] <= limit]
    assert limit == most or len(some) >= few
    limit, first = survey.first(most, tie)
    beyond = [pair for pair in found if pair[0] > limit]
    assert [s[:2] for s in survey.nearest(wanted, most, tie, apart, beyond=limit)] == beyond
    codes = [kinds[id].code for _, id in near]
    assert survey.counts(most, 12) == [codes.count(code) for code in range(12)]
    assert sorted(survey.at(most)) == sorted(id for square, id in near if square == most)
    for which in (0, 1):
        times = [kinds[id].times[which] for _, id in found]
        assert survey.earliest(which, wanted, most, apart) == min(times, default=None)
    assert {id: index.code(id) for id in kinds} == {id: kind.code for id, kind in kinds.items()}


@both
def test_putting_in_the_same_again_changes_nothing(new: New) -> None:
    index = indexed(crowd(3, 1, 9), new)
    changes = index.changes
    index.put("org-1", crowd(3, 1, 9)["org-1"])
    assert index.changes == changes


@pytest.mark.parametrize("size", [1_000, 10_000])
def test_who_is_not_wanted_costs_nothing(size: int) -> None:
    """Given ten times as many in the same land, then a search for the one who is wanted looks at
    no more entries than its cell holds."""
    index = SkillIndex()
    for id, at in crowd(size, 3, 9_000_000).items():
        index.put(id, at, 0)
    index.put("wanted", At(1, 2, 3), 1)
    with patch.object(index.cells, "slots", side_effect=index.cells.slots) as slots:
        assert [id for _, id in in_order(index, ORIGIN)] == ["wanted"]
    assert [len(call.args[0]) for call in slots.call_args_list] == [1]


@both
def test_distances_across_the_planet_are_exact(new: New) -> None:
    far = 637_813_700
    entries = {f"org-{n}": At(-far + n, n, -n) for n in range(100)}
    place = At(far, 0, 0)
    assert list(in_order(indexed(entries, new), place)) == by_sorting(entries, place)


@both
def test_taking_out_what_is_not_in_is_an_error(new: New) -> None:
    with pytest.raises(KeyError):
        new().remove("nobody")


@both
def test_reading_on_after_a_change_is_an_error(new: New) -> None:
    index = indexed(crowd(100, 1, 9_000_000), new)
    reader = in_order(index, ORIGIN)
    next(reader)
    index.remove("org-7")
    with pytest.raises(RuntimeError, match="changed"):
        list(reader)
