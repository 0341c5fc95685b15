"""Division trees out of files: polygons of any form, or tables, and what they decide."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from api.cli import command as cli
from geo.divisions import DivisionTree, Level
from geo.regions import Regions
from tests.records.world import CONTENT, PROFILE, lines, record

PROFILE_OF_TOWNS = """
scheme = "invented"
edition = "1"
source = "nobody"
area_level = "county"
[[levels]]
level = "county"
code = "CO"
name = "COUNTY"
[[levels]]
level = "township"
code = "TO"
name = "TOWN"
"""
TABLE = "CO,COUNTY,CLON,CLAT,TO,TOWN,TLON,TLAT\nC,甲县,120.2,23.1,T1,乙镇,120.15,23.1\n"
TABLE += "C,甲县,120.2,23.1,T2,丙乡,,\n,,,,T3,无主镇,,\n"
SEATS = PROFILE_OF_TOWNS.replace('name = "COUNTY"', 'name = "COUNTY"\nlon = "CLON"\nlat = "CLAT"')
SEATS = SEATS.replace('name = "TOWN"', 'name = "TOWN"\nlon = "TLON"\nlat = "TLAT"')

Captured = pytest.CaptureFixture[str]


def frame() -> Any:
    return geopandas.GeoDataFrame(
        {"CO": ["C", "C"], "COUNTY": ["甲县"] * 2, "TO": ["T1", "T2"], "TOWN": ["乙镇", "丙乡"]},
        geometry=[shapely.box(120.1, 23.0, 120.2, 23.2), shapely.box(120.2, 23.0, 120.3, 23.2)],
        crs="EPSG:4326",
    )


def bring_in(folder: Path, file: Path, profile: str, capsys: Captured) -> tuple[int, Any]:
    path = folder / "towns.toml"
    path.write_text(profile)
    capsys.readouterr()
    where = ("--profile", str(path), "--data", str(folder / "data"))
    code = cli.main(["import", "divisions", str(file), *where, "--json"])
    return code, json.loads(capsys.readouterr().out.splitlines()[-1])


def kept(folder: Path) -> tuple[DivisionTree, Regions | None]:
    (file,) = (folder / "data" / "divisions").glob("*.json")
    return DivisionTree.load(file), Regions.kept(file.with_suffix(".polygons"))


@pytest.mark.parametrize("form", ["towns.geojson", "towns.gpkg", "towns.shp"])
def test_polygons_in_any_form_give_a_tree_with_seats(
    tmp_path: Path, form: str, capsys: Captured
) -> None:
    file = tmp_path / form
    frame().to_file(file, encoding="utf-8")
    code, told = bring_in(tmp_path, file, PROFILE_OF_TOWNS, capsys)
    assert (code, told["rows"], told["levels"]) == (0, 2, {"county": 1, "township": 2})
    tree, regions = kept(tmp_path)
    assert (tree.area_level, tree.children("C")) == (Level.COUNTY, ("T1", "T2"))
    assert regions is not None
    assert regions.township_at(1_201_500_000, 231_000_000) == "T1"
    node = tree.get("T2")
    assert node is not None
    assert regions.inside("T2", node.lon, node.lat)
    assert not node.approximate


def test_another_system_of_coordinates_is_converted(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "towns.gpkg"
    frame().to_crs("EPSG:3826").to_file(file)
    assert bring_in(tmp_path, file, PROFILE_OF_TOWNS, capsys)[0] == 0
    _, regions = kept(tmp_path)
    assert regions is not None
    assert regions.township_at(1_201_500_000, 231_000_000) == "T1"


def test_a_table_needs_seats_and_what_has_none_is_approximate(
    tmp_path: Path, capsys: Captured
) -> None:
    file = tmp_path / "towns.csv"
    file.write_text(TABLE, encoding="utf-8")
    code, told = bring_in(tmp_path, file, SEATS, capsys)
    assert (code, told["rows"], told["refused"], told["divisions"]) == (0, 3, 1, 3)
    tree, regions = kept(tmp_path)
    approximate = [node.approximate for code in ["C", "T1", "T2"] if (node := tree.get(code))]
    assert (approximate, regions) == ([False, False, True], None)


def test_a_root_stands_above_what_the_file_has(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "towns.geojson"
    frame().to_file(file)
    root = '[root]\ncode = "R"\nname = "全域"\nlevel = "province"\n[[levels]]'
    profile = PROFILE_OF_TOWNS.replace("[[levels]]", root, 1).replace(
        '"county"\n[', '"province"\n[', 1
    )
    assert bring_in(tmp_path, file, profile, capsys)[1]["divisions"] == 4
    assert kept(tmp_path)[0].ancestors("T1") == ("T1", "C", "R")


def test_the_right_file_after_a_wrong_one_takes_its_place(tmp_path: Path, capsys: Captured) -> None:
    wrong, right = tmp_path / "wrong.csv", tmp_path / "towns.geojson"
    wrong.write_text(TABLE.replace("乙镇", "丁镇"), encoding="utf-8")
    frame().to_file(right)
    assert bring_in(tmp_path, wrong, SEATS, capsys)[0] == 0
    assert bring_in(tmp_path, right, PROFILE_OF_TOWNS, capsys)[0] == 0
    assert kept(tmp_path)[0].find("甲县", "乙镇") is not None


def test_records_go_by_what_was_read_in_and_a_log_keeps_its_divisions(
    tmp_path: Path, capsys: Captured
) -> None:
    file, profile = tmp_path / "towns.geojson", tmp_path / "profile.toml"
    frame().to_file(file)
    bring_in(tmp_path, file, PROFILE_OF_TOWNS, capsys)
    profile.write_text(PROFILE)
    found = lines(tmp_path / "records", record(), record(ID="2", XY="120.25,23.1"))
    where = ("--profile", str(profile), "--data", str(tmp_path / "data"))
    assert cli.main(["import", "demands", str(found), *where, "--keep-good"]) == 0
    assert "outside_township  1" in capsys.readouterr().err
    code, told = bring_in(tmp_path, file, PROFILE_OF_TOWNS, capsys)
    assert code == 2
    assert "another folder" in told["error"]


@pytest.mark.parametrize(
    ("old", "new"),
    [('level = "township"', 'level = "town"'), ("scheme", "schema"), ('"TO"', '"NO"')],
)
def test_a_wrong_profile_is_named(tmp_path: Path, capsys: Captured, old: str, new: str) -> None:
    file = tmp_path / "towns.csv"
    file.write_text(TABLE, encoding="utf-8")
    code, told = bring_in(tmp_path, file, SEATS.replace(old, new), capsys)
    assert code == 2 if old != '"TO"' else told["divisions"] == 1


def test_divisions_that_are_named_come_before_those_that_were_read_in(
    tmp_path: Path, capsys: Captured
) -> None:
    file, profile, named = (tmp_path / name for name in ("t.csv", "profile.toml", "named.json"))
    file.write_text(TABLE.replace("乙镇", "丁镇"), encoding="utf-8")
    bring_in(tmp_path, file, SEATS, capsys)
    profile.write_text(PROFILE)
    named.write_bytes(CONTENT.canonical())
    found = lines(tmp_path / "records", record())
    where = ("--profile", str(profile), "--data", str(tmp_path / "data"))
    assert cli.main(["import", "demands", str(found), *where]) == 1
    assert cli.main(["import", "demands", str(found), *where, "--divisions", str(named)]) == 0
