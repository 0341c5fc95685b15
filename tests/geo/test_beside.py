"""Neighbors: by shared borders where these are known, else whoever has the same parent."""

from __future__ import annotations

from shapely import box

from geo.beside import beside
from geo.regions import Regions
from tests.api.house import COUNTY, OTHER_COUNTY_TOWN, OTHER_TOWN, TOWN, divisions


def test_without_borders_the_others_of_its_parent_are_its_neighbors() -> None:
    tree = divisions()
    near = beside(tree, [TOWN, COUNTY, "nowhere"])
    assert OTHER_TOWN in near[TOWN]
    assert TOWN not in near[TOWN]
    assert all(tree.contains(COUNTY, code) for code in near[TOWN])
    assert "330381" in near[COUNTY]
    assert near["nowhere"] == ()


def test_borders_know_neighbors_across_a_county_and_none_that_do_not_touch() -> None:
    """Given three squares in a row, of which the third is in another county, and an island."""
    regions = Regions([
        (TOWN, box(0, 0, 1, 1)),
        (OTHER_TOWN, box(5, 5, 6, 6)),
        (OTHER_COUNTY_TOWN, box(1, 0, 2, 1)),
    ])  # fmt: skip
    near = beside(divisions(), [TOWN, OTHER_TOWN, OTHER_COUNTY_TOWN], regions)
    assert near[TOWN] == (OTHER_COUNTY_TOWN,)
    assert near[OTHER_COUNTY_TOWN] == (TOWN,)
    assert near[OTHER_TOWN] == (), "an island has none"


def test_a_township_without_a_polygon_is_held_against_its_county() -> None:
    regions = Regions([(TOWN, box(0, 0, 1, 1))])
    assert TOWN in beside(divisions(), [OTHER_TOWN], regions)[OTHER_TOWN]
