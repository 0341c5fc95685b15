"""Pictures and layers on the command line: `review --plot`, `map`, `export geo`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from api import history, pictures
from api.cli.exporting import note_export
from api.cli.period import Period, new_file
from api.cli.trouble import Answer, Trouble, told_plainly
from api.language import say
from api.pictures import Ground, Lettering

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHARP = 160  # dots an inch
FORMS = (".gpkg", ".geojson")


def letters_here() -> Lettering:
    """In the reader's language, where it can be drawn. Raises Trouble where nothing can."""
    try:
        found = pictures.lettering(chinese=say("zh", "en") == "zh")
    except pictures.Unlettered:
        raise Trouble(
            "绘图所需的软件包没有安装：请运行 pip install 'shouwang[pictures]'。",
            "Nothing is here to draw with: pip install 'shouwang[pictures]'",
        ) from None
    if found.font is None and say("zh", "en") == "zh":
        print(
            "本机没有中文字体，图中改用英文名称；可安装 fonts-noto-cjk 或 fonts-wqy-microhei。",
            file=sys.stderr,
        )
    return found


def new_folder(folder: Path) -> None:
    """Where pictures go: made where it is not there, and nothing in it is overwritten."""
    if folder.exists() and (not folder.is_dir() or any(folder.glob("*.png"))):
        raise Trouble(
            f"{folder} 不是目录，或其中已有图片；为免覆盖，请换一个目录。",
            f"{folder} is no folder, or has pictures already, and nothing is overwritten: name"
            " another folder.",
        )
    if not folder.absolute().parent.is_dir():
        raise Trouble(
            f"目录 {folder.parent} 不存在；请先建立。",
            f"The folder {folder.parent} does not exist; make it first.",
        )


def plot(folder: Path, period: Period, found: history.Measures, letters: Lettering) -> list[str]:
    """The charts of a review and its map, each a file. Raises OSError."""
    there = period.places()
    drawn = pictures.charts(found, there.demands, period.tree, letters)
    drawn["map.png"] = _map(period, found, there, letters)
    note_export(period.settings, "review")
    folder.mkdir(exist_ok=True)
    for name, figure in drawn.items():
        _save(figure, folder / name)
    return [str(folder / name) for name in drawn]


def draw_map(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Every demand of the folder on the map, as it stands now."""
    new_file(typed.out)
    typed.data = typed.folder or typed.data
    letters = letters_here()
    with told_plainly():
        period = Period(typed)
        figure = _map(period, period.measures(), period.places(), letters)
        note_export(period.settings, "map")
        _save(figure, typed.out)
    print(say("已写入", "Written:"), typed.out)
    return 0, {"file": str(typed.out)}


def export(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Organizations as a spreadsheet, or layers for a map."""
    if typed.what == "geo":
        return export_geo(typed)
    from api.cli.sheets import write_out  # only here: layers need no server

    return write_out(typed)


def export_geo(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Townships, demands, lines without help and crews as layers."""
    new_file(typed.file)
    if typed.file.suffix not in FORMS:
        raise Trouble(
            f"{typed.file} 的扩展名须是 .gpkg 或 .geojson。",
            f"{typed.file} has to end in .gpkg or .geojson.",
        )
    with told_plainly():
        period = Period(typed)
        made = pictures.layers(_ground(period), period.measures(), period.places())
        made = {name: frame for name, frame in made.items() if len(frame)}
        note_export(period.settings, "geo")
        pictures.write_layers(typed.file, made)
    counts = {name: len(frame) for name, frame in made.items()}
    told = ", ".join(f"{name} {count}" for name, count in counts.items())
    print(say("已写入", "Written:"), typed.file, f"({told})")
    return 0, {"file": str(typed.file), "layers": counts}


def _ground(period: Period) -> Ground:
    return Ground(period.tree, period.settings.area, period.regions)


def _map(
    period: Period, found: history.Measures, there: history.Places, letters: Lettering
) -> Figure:
    ground = _ground(period)
    townships = pictures.layers(ground, found, there)["townships"]
    return pictures.map_of(ground, townships, there.demands, found.at, letters)


def _save(figure: Figure, file: Path) -> None:
    with file.open("xb") as opened:
        figure.savefig(opened, dpi=SHARP, format="png")
