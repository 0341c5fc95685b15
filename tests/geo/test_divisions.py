"""The division tree, on the shipped file and on small ones."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from geo.distance import ecef_centimeters, meters, squared
from geo.divisions import DivisionFile, DivisionRow, DivisionTree, Level
from schemas.values import Datum, PlaceKind

ZHEJIANG = Path(__file__).parents[2] / "geo" / "data" / "zhejiang-2023.json"
YONGJIA, WENZHOU, LONGGANG = "330324", "3303", "330383"


@pytest.fixture(scope="module")
def tree() -> DivisionTree:
    return DivisionTree.load(ZHEJIANG)


def small(*rows: DivisionRow) -> DivisionTree:
    return DivisionTree(DivisionFile("LOCAL", "1", "made up", Level.COUNTY, rows))


def row(
    code: str, level: Level, parent: str | None, point: tuple[int, int] | None, name: str = ""
) -> DivisionRow:
    lon, lat = point or (None, None)
    return DivisionRow(code, name or code, code.upper(), level, parent, lon, lat)


def test_zhejiang_has_11_cities_90_counties_and_1387_townships(tree: DivisionTree) -> None:
    assert [len(tree.codes(level)) for level in Level] == [1, 11, 90, 1387, 0]
    assert len(tree) == 1 + 11 + 90 + 1387


def test_the_shipped_file_is_canonical_small_and_named_by_its_hash(tree: DivisionTree) -> None:
    content = ZHEJIANG.read_bytes()
    assert tree.sha256 == sha256(content).hexdigest()
    assert len(content) < 350_000
    assert (tree.scheme, tree.edition, tree.area_level) == ("NBS", "2023-06-30", Level.PREFECTURE)
    assert "GeoNames" in tree.source


def test_every_township_hangs_under_county_city_and_province(tree: DivisionTree) -> None:
    for code in tree.codes(Level.TOWNSHIP):
        path = tree.ancestors(code)
        levels = [node.level for above in path if (node := tree.get(above))]
        assert levels == [Level.TOWNSHIP, Level.COUNTY, Level.PREFECTURE, Level.PROVINCE]
        assert all(tree.contains(above, code) for above in path)
        assert code in tree.children(path[1])


def test_every_division_has_names_and_a_seat_in_zhejiang(tree: DivisionTree) -> None:
    for level in Level:
        for code in tree.codes(level):
            node = tree.get(code)
            assert node is not None
            assert node.name
            assert node.english.isprintable()
            assert node.english[0].isupper()
            assert 1_180_000_000 < node.lon < 1_230_000_000
            assert 270_000_000 < node.lat < 312_000_000


def test_every_county_has_its_own_point_and_townships_near_it(tree: DivisionTree) -> None:
    for county in tree.codes(Level.COUNTY):
        seat = tree.seat(county)
        assert not seat.approximate
        for township in tree.children(county):
            assert meters(squared(seat, tree.seat(township))) < 60_000


def test_over_half_of_the_townships_have_their_own_seat(tree: DivisionTree) -> None:
    codes = tree.codes(Level.TOWNSHIP)
    assert sum(not tree.seat(code).approximate for code in codes) == 766


@pytest.mark.parametrize(
    ("code", "name", "english", "lon", "lat"),
    [
        ("330324102", "桥头镇", "Qiaotou Town", 120.47, 28.17),
        ("330324105", "大若岩镇", "Daruoyan Town", 120.61, 28.28),
        ("330324106", "碧莲镇", "Bilian Town", 120.56, 28.31),
        ("330324108", "岩头镇", "Yantou Town", 120.73, 28.34),
        ("330324109", "枫林镇", "Fenglin Town", 120.76, 28.32),
        ("330324009", "瓯北街道", "Oubei Subdistrict", 120.65, 28.05),
    ],
)
def test_yongjias_towns_are_where_they_are(
    tree: DivisionTree, code: str, name: str, english: str, lon: float, lat: float
) -> None:
    node = tree.get(code)
    assert node is not None
    assert not node.approximate
    assert (node.name, node.english) == (name, english)
    assert abs(node.lon - lon * 1e7) < 60_000
    assert abs(node.lat - lat * 1e7) < 60_000


def test_a_township_without_a_seat_stands_at_its_county_marked(tree: DivisionTree) -> None:
    jinxi, county = tree.seat("330324113"), tree.seat(YONGJIA)
    assert jinxi.approximate
    assert not county.approximate
    assert (jinxi.lon, jinxi.lat) == (county.lon, county.lat)
    assert jinxi.division == "330324113"
    assert (jinxi.kind, jinxi.crs) == (PlaceKind.DIVISION, Datum.WGS84)
    assert (jinxi.x, jinxi.y, jinxi.z) == ecef_centimeters(jinxi.lon, jinxi.lat)


def test_missing_seats_climb_to_the_first_ancestor_that_has_one() -> None:
    tree = small(
        row("v", Level.VILLAGE, "t", None),
        row("t", Level.TOWNSHIP, "c", None),
        row("c", Level.COUNTY, "p", None),
        row("p", Level.PROVINCE, None, (1_200_000_001, 300_000_002)),
    )
    village = tree.get("v")
    assert village is not None
    assert village.approximate
    assert (village.lon, village.lat) == (1_200_000_001, 300_000_002)


def test_longgang_works_without_a_township_tier(tree: DivisionTree) -> None:
    node = tree.get(LONGGANG)
    assert node is not None
    assert node.level is Level.COUNTY
    assert tree.area_of(LONGGANG) == WENZHOU
    assert tree.contains(LONGGANG, LONGGANG)
    assert tree.contains(WENZHOU, LONGGANG)
    assert not tree.seat(LONGGANG).approximate
    bare = small(
        row("c", Level.COUNTY, None, (0, 0)),
        row("v1", Level.VILLAGE, "c", None),
        row("v2", Level.VILLAGE, "c", None),
    )
    assert bare.children("c") == ("v1", "v2")
    assert bare.area_of("v1") == "c"
    assert bare.seat("v1").approximate


def test_scope_is_the_subtree_and_not_the_digits() -> None:
    tree = small(
        row("10", Level.COUNTY, None, (0, 0)),
        row("20", Level.COUNTY, None, (0, 0)),
        row("1001", Level.TOWNSHIP, "20", None),
    )
    assert tree.contains("20", "1001")
    assert not tree.contains("10", "1001")
    assert not tree.contains("1001", "20")
    assert not tree.contains("unknown", "unknown")


def test_the_command_area_is_the_ancestor_at_the_files_level(tree: DivisionTree) -> None:
    assert tree.area_of("330324102") == tree.area_of(YONGJIA) == tree.area_of(WENZHOU) == WENZHOU
    for code in ("33", "nowhere"):
        with pytest.raises(LookupError):
            tree.area_of(code)


def test_unknown_codes_are_nothing(tree: DivisionTree) -> None:
    assert tree.get("330399") is None
    assert tree.ancestors("330399") == tree.children("330399") == ()
    with pytest.raises(KeyError):
        tree.seat("330399")
    with pytest.raises(KeyError):
        tree.bounds("330399")


def test_bounds_hold_every_seat_below(tree: DivisionTree) -> None:
    west, south, east, north = tree.bounds(WENZHOU)
    below = [c for c in tree.codes(Level.TOWNSHIP) if tree.contains(WENZHOU, c)]
    seats = [tree.seat(code) for code in (WENZHOU, *tree.children(WENZHOU), *below)]
    assert (west, east) == (min(s.lon for s in seats), max(s.lon for s in seats))
    assert (south, north) == (min(s.lat for s in seats), max(s.lat for s in seats))


def test_search_finds_by_name_pinyin_code_and_path(tree: DivisionTree) -> None:
    assert [found.code for found in tree.search("桥头镇")][:2] == ["330282109", "330324102"]
    assert [found.code for found in tree.search("永嘉 桥头")] == ["330324102"]
    assert tree.search("yongjia qiaotou")[0].code == "330324102"
    assert tree.search("330324102")[0].name == "桥头镇"
    assert tree.search("温州市")[0].code == WENZHOU
    assert len(tree.search("白云街道")) == 5
    assert len(tree.search("镇", limit=7)) == 7
    assert tree.search("  ") == tree.search("不存在的地方") == ()


def test_names_fold_the_two_forms_of_tai() -> None:
    tree = small(
        row("c", Level.COUNTY, None, (0, 0), "臺東縣"),
        row("t", Level.TOWNSHIP, "c", None, "臺東市"),
    )
    found = tree.find("台東縣", "台東市")
    assert found is not None
    assert found.name == "臺東市"
    assert tree.find("臺東縣", "台東市 ") == found
    assert tree.search("台東市") == (found,)
    assert tree.find("台東縣", "成功鎮") is None


def test_a_name_that_two_siblings_share_is_not_found() -> None:
    tree = small(
        row("c", Level.COUNTY, None, (0, 0), "甲县"),
        row("t1", Level.TOWNSHIP, "c", None, "乙镇"),
        row("t2", Level.TOWNSHIP, "c", None, "乙镇"),
    )
    assert tree.find("甲县", "乙镇") is None


@pytest.mark.parametrize(
    "rows",
    [
        (row("c", Level.COUNTY, None, None),),
        (row("c", Level.COUNTY, "p", (0, 0)),),
        (row("c", Level.COUNTY, None, (0, 0)), row("c", Level.COUNTY, None, (1, 1))),
        (row("a", Level.COUNTY, None, (0, 0)), row("b", Level.COUNTY, "a", (1, 1))),
    ],
    ids=["root without a seat", "no parent", "twice", "parent on the same level"],
)
def test_a_file_that_is_no_tree_is_refused(rows: tuple[DivisionRow, ...]) -> None:
    with pytest.raises(ValueError, match="division"):
        small(*rows)


def test_the_hash_does_not_depend_on_the_order_of_rows(tmp_path: Path) -> None:
    top, low = row("c", Level.COUNTY, None, (0, 0)), row("t", Level.TOWNSHIP, "c", None)
    assert small(top, low).sha256 == small(low, top).sha256
    path = tmp_path / "divisions.json"
    path.write_bytes(DivisionFile("LOCAL", "1", "made up", Level.COUNTY, (low, top)).canonical())
    assert DivisionTree.load(path).sha256 == small(top, low).sha256
