"""Divisions found by names as people write them, and by points."""

from __future__ import annotations

import pytest

from api.settings import DIVISIONS
from geo.divisions import DivisionTree
from geo.finder import Finder, Found
from tests.records.world import REGIONS, TREE

WENZHOU = Finder(DivisionTree.load(DIVISIONS), "3303")


@pytest.mark.parametrize(
    ("above", "name", "found"),
    [
        ("永嘉县", "桥头镇", ["330324102"]),
        ("永嘉", "桥头", ["330324102"]),
        ("", "桥头镇", ["330324102"]),
        ("330324", "桥头镇", ["330324102"]),
        ("Yongjia County", "Qiaotou Town", ["330324102"]),
        ("", "330324102", ["330324102"]),
        ("永嘉县", "", ["330324"]),
        ("龙港市", "", ["330383"]),
        ("乐清市", "桥头镇", []),
        ("杭州市", "", []),
        ("", "不存在", []),
    ],
)
def test_a_division_is_found_by_names_with_what_people_leave_off(
    above: str, name: str, found: list[str]
) -> None:
    assert WENZHOU.named(above, name) == found


def test_a_point_lies_in_its_polygon_and_else_near_a_seat() -> None:
    with_polygons, without = Finder(TREE, "C", REGIONS), Finder(TREE, "C")
    edge = 1_201_999_000, 231_000_000
    assert with_polygons.at(*edge) == Found("T1")
    assert without.at(*edge) == Found("T1", nearest=True)
    assert without.at(1_202_600_000, 231_000_000) == Found("T2", nearest=True)
