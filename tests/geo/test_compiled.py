"""The compiled index: made from this source or not taken; places all over the Earth."""

from __future__ import annotations

import shutil
from ctypes.util import find_library
from pathlib import Path
from random import Random
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy import native
from geo.compiled import CompiledIndex, Library, library
from geo.distance import ecef_centimeters, squared
from geo.index import new_index
from geo.nearest import FARTHEST, Point, SkillIndex
from tests.geo.kinds import New, both, compiled, made

EVERYWHERE = 1 << 62
DEGREE = 10_000_000
ANY = np.array([True])


@pytest.fixture(autouse=True)
def looked_up_anew() -> None:
    library.cache_clear()


def on_ground(lon: float, lat: float) -> Point:
    return Point(*ecef_centimeters(round(lon * DEGREE), round(lat * DEGREE)))


def names(count: int) -> dict[str, int]:
    return {f"o{n}": n for n in range(count)}


# Which one is used


def test_what_is_compiled_is_used() -> None:
    if not made():
        pytest.skip("no C compiler (Debian, as root: deploy/install-cc.sh)")
    with (
        patch("geo.compiled.LIBRARY", Path(made())),
        patch.object(Library.__init__, "__defaults__", (Path(made()),)),
    ):
        assert isinstance(new_index(), CompiledIndex)


@pytest.mark.parametrize("content", [None, b"", b"no library"])
def test_without_it_everything_goes_on(tmp_path: Path, content: bytes | None) -> None:
    """Given none, an empty one or something else in its place, then the plain one is used."""
    path = tmp_path / "crowd.so"
    if content is not None:
        path.write_bytes(content)
    with patch.object(Library.__init__, "__defaults__", (path,)):
        assert isinstance(new_index(), SkillIndex)


def test_what_was_compiled_from_another_source_is_not_taken(tmp_path: Path) -> None:
    if not made():
        pytest.skip("no C compiler (Debian, as root: deploy/install-cc.sh)")
    with patch("geo.compiled.digest", lambda: "another"), pytest.raises(OSError, match="another"):
        Library(Path(made()))


def test_some_other_library_is_not_taken() -> None:
    name = find_library("m")
    if name is None:
        pytest.skip("this system keeps its libraries elsewhere")
    with pytest.raises(OSError, match="something else"):
        Library(Path(name))


def test_without_a_compiler_it_is_said_how_to_get_one(tmp_path: Path) -> None:
    with patch.object(native, "compiler", lambda: None):
        assert "install-cc.sh" in (native.build(tmp_path / "crowd.so") or "")
    assert not list(tmp_path.iterdir())


def test_a_compiler_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    failing = shutil.which("false")
    assert failing
    with patch.object(native, "compiler", lambda: [failing]):
        assert "could not" in (native.build(tmp_path / "crowd.so") or "")
    assert not list(tmp_path.iterdir())


# Where people are


PLACES = {
    "across the antimeridian": [(179.9999, 10.0), (-179.9999, 10.0), (179.0, 10.0)],
    "about a pole": [(0.0, 89.99), (180.0, 89.99), (90.0, 89.9), (-90.0, 90.0)],
    "two on one spot": [(120.1, 28.2), (120.1, 28.2), (120.1001, 28.2)],
    "islands": [(122.1, 30.0), (122.4, 30.7), (121.9, 29.9), (121.0, 28.5)],
    "at the edges of a cube": [(120 + 1e-7 * n, 28.0) for n in range(40)],
}


@both
@pytest.mark.parametrize("where", PLACES)
def test_the_nearest_are_those_that_are_nearest(new: New, where: str) -> None:
    points = [on_ground(*place) for place in PLACES[where]]
    index = new()
    for name, number in names(len(points)).items():
        index.put(name, points[number], 0)
    for center in points:
        found = [seen[0] for seen in index.survey(center).nearest(ANY, EVERYWHERE, len)]
        assert found == sorted(squared(point, center) for point in points)


@both
def test_fewer_than_wanted_are_all_there_are(new: New) -> None:
    index = new()
    survey = index.survey(on_ground(120, 28))
    assert survey.first(EVERYWHERE, len, ANY, 20) == (EVERYWHERE, [])
    assert list(survey.nearest(ANY, EVERYWHERE, len)) == []
    assert survey.counts(EVERYWHERE, 2) == [0, 0]
    index.put("only", on_ground(121, 28), 0)
    survey = index.survey(on_ground(120, 28))
    assert [seen[1] for seen in survey.first(EVERYWHERE, len, ANY, 20)[1]] == ["only"]
    assert survey.first(100, len, ANY, 20) == (100, [])
    assert survey.first(EVERYWHERE, len, np.array([False]), 20)[1] == []


@both
@pytest.mark.parametrize("value", [FARTHEST + 1, -FARTHEST - 1, 1 << 40])
@pytest.mark.parametrize("axis", range(3))
def test_what_is_not_on_earth_is_refused(new: New, value: int, axis: int) -> None:
    where = Point(*(value if axis == each else 0 for each in range(3)))
    index = new()
    index.put("one", Point(0, 0, 0))
    with pytest.raises(ValueError, match="not on Earth"):
        index.put("far", where)
    with pytest.raises(ValueError, match="not on Earth"):
        index.put("one", where)
    with pytest.raises(ValueError, match="not on Earth"):
        index.survey(where)
    assert len(index) == 1
    assert index.survey(Point(0, 0, 0)).at(0) == ["one"]


# However much changes


@both
@given(st.integers(0, 2**32))
def test_many_codes_that_come_and_go(new: New, seed: int) -> None:
    """Given more codes than a processor's word has bits, and crowds that gather and scatter, then
    whoever is wanted is found and counted as by looking at everybody."""
    random = Random(seed)
    index, entries = new(), dict[str, tuple[Point, int]]()
    for _ in range(3):
        center, wide = on_ground(random.uniform(118, 123), 28), random.choice((1, 900, 9_000_000))
        for _ in range(150):
            name = f"o{random.randrange(200)}"
            if random.random() < 0.4 and name in entries:
                index.remove(name)
                del entries[name]
                continue
            point = Point(*(axis + random.randint(-wide, wide) for axis in center))
            entries[name] = point, random.randrange(150)
            index.put(name, *entries[name])
        wanted = np.array([random.random() < 0.05 for _ in range(150)])
        fits = [squared(point, center) for point, code in entries.values() if wanted[code]]
        assert [s for s, *_ in index.survey(center).nearest(wanted, EVERYWHERE, len)] == sorted(
            fits
        )
        codes = [code for point, code in entries.values() if squared(point, center) <= wide * wide]
        counts = index.survey(center).counts(wide * wide, 150)
        assert counts == [codes.count(code) for code in range(150)]


def test_what_one_is_told_no_other_one_changes() -> None:
    """Given two crowds, as a review has one in a thread beside the writer, when the other one is
    searched before an answer is read, then the answer is still there."""
    center = on_ground(120, 28)
    one, other = compiled(), compiled()
    for index, count in ((one, 3), (other, 40)):
        for name, number in names(count).items():
            index.put(name, Point(center.x + number + count, center.y, center.z), 0)
    assert isinstance(one, CompiledIndex)
    found = one.functions.nearest(one.crowd, *center, -1, EVERYWHERE, 9, None, 0)
    other.survey(center).first(EVERYWHERE, len, None, 40)
    other.survey(center).counts(EVERYWHERE, 1)
    assert found == 3
    assert one.few[: 3 * found : 3] == [9, 16, 25]
    assert (one.found.limit, one.found.ties) == (EVERYWHERE, 0)
