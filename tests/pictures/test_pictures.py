"""Pictures and layers of a review: what is drawn, with which letters, and what is refused."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pyogrio
import pytest
from shapely import box

from api import pictures
from api.cli import command as cli
from api.history import Measures, Places, Point
from api.pictures import Ground, Lettering
from geo.regions import Regions
from tests.api.house import AREA, COUNTY, OTHER_TOWN, TOWN, divisions
from tests.api.test_cli import Captured, english, folder

__all__ = ["english", "folder"]  # fixtures

SIGNATURE = b"\x89PNG\r\n\x1a\n"
WITHOUT = not any((Path(path) / "matplotlib").is_dir() for path in sys.path)
drawing = pytest.mark.skipif(WITHOUT, reason="matplotlib is not installed (extra `pictures`)")
NOTHING = Measures(0, 0, 0, 1_790_000_000_000, {}, [])


def points() -> list[Point]:
    """Two demands at one crossing of the grid, and one elsewhere that has ended."""
    said: dict[str, Any] = {"priority": 1, "outcome": "short", "division": TOWN}
    ended: dict[str, Any] = {"priority": 3, "outcome": "met", "division": OTHER_TOWN}
    begin = NOTHING.at - 3_600_000
    return [
        Point(120.691, 28.151, begin, None, said),
        Point(120.691, 28.151, begin + 60_000, None, said),
        Point(120.75, 28.2, begin, begin + 1_800_000, ended),
    ]


def ground(regions: Regions | None = None) -> Ground:
    return Ground(divisions(), AREA, regions)


def texts(figure: Any) -> set[str]:
    """Every text in a picture."""
    from matplotlib.text import Text

    return {one.get_text() for one in figure.findobj(Text) if one.get_text()}


# Pictures


@drawing
def test_a_review_is_drawn_into_a_folder_that_nothing_is_overwritten_in(
    folder: Path, tmp_path: Path, capsys: Captured
) -> None:
    out = tmp_path / "pictures"
    command = ["review", "--data", str(folder), "--plot", str(out)]
    assert cli.main(command) == 0
    names = ["clocks.png", "map.png", "open.png", "townships.png"]
    assert sorted(path.name for path in out.iterdir()) == names
    assert all((out / name).read_bytes().startswith(SIGNATURE) for name in names)
    assert cli.main(command) == cli.TROUBLE
    assert "nothing is overwritten" in capsys.readouterr().err


@drawing
def test_a_map_is_drawn_of_a_folder(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "map.png"
    assert cli.main(["map", str(folder), "--out", str(out)]) == 0
    assert out.read_bytes().startswith(SIGNATURE)
    assert cli.main(["map", str(folder), "--out", str(out)]) == cli.TROUBLE
    assert cli.main(["map", str(tmp_path / "none"), "--out", str(tmp_path / "b.png")]) == (
        cli.TROUBLE
    )
    assert not (tmp_path / "b.png").exists()
    nowhere = tmp_path / "none" / "map.png"
    assert cli.main(["map", str(folder), "--out", str(nowhere)]) == cli.TROUBLE
    assert "does not exist" in capsys.readouterr().err


@drawing
@pytest.mark.parametrize("chinese", [True, False])
def test_a_chart_names_what_it_shows_in_letters_that_are_there(chinese: bool) -> None:
    """Where no font has Chinese, names are the English ones: no picture has boxes in it."""
    letters = pictures.lettering(chinese)
    drawn = pictures.charts(NOTHING, points(), divisions(), letters)
    node = divisions().get(TOWN)
    assert node is not None
    name = node.name if letters.chinese else node.english
    assert name in texts(drawn["townships.png"])
    assert letters.font is not None or not letters.chinese
    for figure in drawn.values():
        plain = all(sign < "\u2e80" for text in texts(figure) for sign in text)
        assert plain is not letters.chinese


@drawing
def test_no_demand_at_all_is_a_picture_too() -> None:
    letters = pictures.lettering(chinese=False)
    assert pictures.charts(NOTHING, [], divisions(), letters).keys() == {
        *("townships.png", "open.png", "clocks.png"),
    }
    nothing = Places([], [], [])
    townships = pictures.layers(ground(), NOTHING, nothing)["townships"]
    assert pictures.map_of(ground(), townships, [], 0, letters) is not None


@drawing
def test_a_map_has_borders_where_these_are_known() -> None:
    regions = Regions([(TOWN, box(120.6, 28.1, 120.8, 28.25))])
    on, letters = ground(regions), pictures.lettering(chinese=False)
    townships = pictures.layers(on, NOTHING, Places(points(), [], []))["townships"]
    kinds = dict(zip(townships["code"], townships.geom_type, strict=True))
    assert (kinds[TOWN], kinds[OTHER_TOWN]) == ("Polygon", "Point")
    figure = pictures.map_of(on, townships, points(), NOTHING.at, letters)
    assert {"open, short of help 2", "ended with help 1"} <= texts(figure)


def test_who_has_nothing_to_draw_with_is_told_what_to_install(
    folder: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for command in (
        ["map", str(folder), "--out", str(tmp_path / "map.png")],
        ["review", "--data", str(folder), "--plot", str(tmp_path / "pictures")],
    ):
        assert cli.main(command) == cli.TROUBLE
        assert "pip install 'shouwang[pictures]'" in capsys.readouterr().err
    assert not (tmp_path / "pictures").exists()


def test_without_a_font_there_is_english_though_chinese_was_wanted() -> None:
    letters = Lettering(chinese=False, font=None)
    assert letters.name(divisions(), COUNTY) == "Yongjia County"
    assert letters.name(divisions(), "nowhere") == "nowhere"


# Layers


def test_layers_go_into_a_package_with_their_styles(
    folder: Path, tmp_path: Path, capsys: Captured
) -> None:
    file = tmp_path / "now.gpkg"
    command = ["export", "geo", str(file), "--data", str(folder)]
    assert cli.main(command) == 0
    listed = {str(name) for name, _ in pyogrio.list_layers(file)}
    assert {"townships", "demands", "lines_unmet"} <= listed
    with closing(apsw.Connection(str(file))) as package:
        styled = package.execute(
            "SELECT f_table_name, useAsDefault, styleQML LIKE '<qgis%' FROM layer_styles"
        ).fetchall()
    assert ("demands", 1, 1) in styled
    assert cli.main(command) == cli.TROUBLE
    assert "nothing is overwritten" in capsys.readouterr().err


def test_one_file_of_points_tells_its_layers_apart(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "now.geojson"
    assert cli.main(["export", "geo", str(file), "--data", str(folder)]) == 0
    rows = pyogrio.read_dataframe(file)
    [demand] = rows[rows["layer"] == "demands"].to_dict("records")
    assert (demand["geometry"].x, demand["geometry"].y) == (120.69, 28.15)
    assert demand["outcome"] == "short"
    assert len(rows[rows["layer"] == "townships"]) > 100


def test_another_kind_of_file_is_refused_by_name(
    folder: Path, tmp_path: Path, capsys: Captured
) -> None:
    file = tmp_path / "now.shp"
    assert cli.main(["export", "geo", str(file), "--data", str(folder)]) == cli.TROUBLE
    assert ".gpkg or .geojson" in capsys.readouterr().err
    assert not file.exists()
