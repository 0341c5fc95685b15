"""Township polygons: small ones made here, and the real ones where they are at hand."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import shapely

from geo.divisions import DivisionTree, Level
from geo.regions import Columns, Header, Regions, divisions_from_polygons, tree_from_polygons

DEGREE = 10_000_000


def feature(code: str, west: int, east: int) -> dict[str, object]:
    properties = {"T": code, "TN": f"臺{code}鎮", "TE": f"Town {code}"}
    properties |= {"C": "c", "CN": "臺東縣", "CE": "Taitung County"}
    ring = [[west, 0], [east, 0], [east, 1], [west, 1], [west, 0]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


@pytest.fixture(params=["towns.geojson", "towns.geojson.gz"])
def towns(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    features = [feature("b", 1, 2), feature("a", 0, 1), feature("b", 3, 4)]
    text = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    path = tmp_path / str(request.param)
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


def test_a_point_is_in_the_township_that_holds_it(towns: Path) -> None:
    regions = Regions.load(towns, "T")
    half = DEGREE // 2
    assert regions.codes() == ("a", "b")
    assert regions.township_at(half, half) == "a"
    assert regions.township_at(DEGREE + half, half) == "b"
    assert regions.township_at(3 * DEGREE + half, half) == "b"
    assert regions.township_at(2 * DEGREE + half, half) is None
    assert regions.inside("a", half, half) is True
    assert regions.inside("b", half, half) is False
    assert regions.inside("c", half, half) is None


def test_a_border_belongs_to_both_and_is_owned_by_the_lowest_code(towns: Path) -> None:
    regions = Regions.load(towns, "T")
    assert regions.township_at(DEGREE, 0) == "a"
    assert regions.inside("a", DEGREE, 5)
    assert regions.inside("b", DEGREE, 5)
    assert regions.township_at(DEGREE - 1, 5) == "a"
    assert regions.inside("b", DEGREE - 1, 5) is False


def test_the_owner_of_a_border_does_not_depend_on_the_order_of_polygons() -> None:
    shapes = [("n", shapely.box(0, 0, 1, 1)), ("m", shapely.box(1, 0, 2, 1))]
    for order in (shapes, shapes[::-1]):
        assert Regions(order).township_at(DEGREE, 5) == "m"


def test_a_missing_property_is_named(towns: Path) -> None:
    with pytest.raises(ValueError, match="TOWNCODE"):
        Regions.load(towns)


def test_no_polygons_know_nothing() -> None:
    assert Regions([]).township_at(0, 0) is None
    assert Regions([]).inside("a", 0, 0) is None


def test_towns_that_come_twice_are_refused_as_a_tree(towns: Path) -> None:
    with pytest.raises(ValueError, match="b is listed twice"):
        tree_from_polygons(towns, Columns("C", "CN", "CE", "T", "TN", "TE"))


@pytest.fixture(scope="module")
def real_towns(cases: Path) -> Path:
    return cases / "danas2025" / "towns.geojson.gz"


@pytest.fixture(scope="module")
def real_tree(real_towns: Path) -> DivisionTree:
    return tree_from_polygons(real_towns)


@pytest.fixture(scope="module")
def real_regions(real_towns: Path) -> Regions:
    return Regions.load(real_towns)


def test_the_real_tree_has_22_counties_with_all_their_towns(real_tree: DivisionTree) -> None:
    assert len(real_tree.codes(Level.COUNTY)) == 22
    assert len(real_tree.codes(Level.TOWNSHIP)) == 368
    assert real_tree.scheme == "TW-MOI"
    for code in real_tree.codes(Level.TOWNSHIP):
        assert real_tree.area_of(code) == real_tree.ancestors(code)[1]
        assert not real_tree.seat(code).approximate


def test_every_real_seat_lies_in_its_own_township(
    real_tree: DivisionTree, real_regions: Regions
) -> None:
    assert real_regions.codes() == real_tree.codes(Level.TOWNSHIP)
    for code in real_regions.codes():
        seat = real_tree.seat(code)
        assert real_regions.inside(code, seat.lon, seat.lat)
        assert real_regions.township_at(seat.lon, seat.lat) == code


def test_real_names_are_found_in_both_forms(real_tree: DivisionTree) -> None:
    found = real_tree.find("臺東縣", "成功鎮")
    assert found is not None
    assert found.code == "10014020"
    assert real_tree.find("台東縣", "成功鎮") == found
    assert real_tree.search("成功")[0] == found


def test_a_written_tree_reads_back_the_same(real_towns: Path, tmp_path: Path) -> None:
    content = divisions_from_polygons(real_towns, header=Header(edition="test"))
    path = tmp_path / "towns.json"
    path.write_bytes(content.canonical())
    tree = DivisionTree.load(path)
    assert (tree.edition, tree.sha256) == ("test", DivisionTree(content).sha256)
