"""The map as a picture: townships, and in them demands by state and priority."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import cos, radians
from typing import TYPE_CHECKING, Any, Final

from api.history import OUTCOMES, Point, iso
from api.pictures.layers import Ground
from api.pictures.lettering import Lettering
from api.pictures.looks import COLORS, MARKS, PRIORITIES, WORDS
from schemas.values import Instant

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from matplotlib.figure import Figure

MARGIN: Final = 0.03  # degrees around what is drawn
NAMED_MOST: Final = 50  # names of townships in sight: more cover one another


def map_of(
    ground: Ground,
    townships: GeoDataFrame,
    demands: Sequence[Point],
    at: Instant,
    letters: Lettering,
) -> Figure:
    """As far as demands reach, as they stand `at` a time; of an area without any, all of it."""
    from matplotlib.figure import Figure

    with letters.drawn():
        view = _view(demands, townships)
        figure = Figure(figsize=(11, 9), layout="constrained")
        axes = figure.subplots()
        title = letters.say("需求分布，截至 ", "Demands as of ") + (iso(at) or "")[:16]
        axes.set_title(title.replace("T", " "), loc="left")
        _ground(axes, ground, townships, view, letters)
        _demands(axes, demands)
        west, south, east, north = view
        axes.set_xlim(west, east)
        axes.set_ylim(south, north)
        axes.set_aspect(1 / cos(radians((south + north) / 2)))
        axes.set_xlabel(
            letters.say(
                "经度（WGS-84；位置约至 100 米）", "longitude (WGS-84; places to some 100 m)"
            )
        )
        axes.set_ylabel(letters.say("纬度", "latitude"))
        _legend(figure, demands, letters)
        return figure


def _view(demands: Sequence[Point], townships: GeoDataFrame) -> tuple[float, float, float, float]:
    if demands:
        lon, lat = [point.lon for point in demands], [point.lat for point in demands]
        box = (min(lon), min(lat), max(lon), max(lat))
    else:
        west, south, east, north = map(float, townships.total_bounds)
        box = (west, south, east, north)
    return (box[0] - MARGIN, box[1] - MARGIN, box[2] + MARGIN, box[3] + MARGIN)


def _ground(
    axes: Any,
    ground: Ground,
    townships: GeoDataFrame,
    view: tuple[float, float, float, float],
    letters: Lettering,
) -> None:
    """Borders where these are known, else seats; names of what is in sight, but for those whose own
    seat nobody knows: they would all stand at the county's."""
    from matplotlib.patheffects import withStroke

    seats = townships.geom_type == "Point"
    if not seats.all():
        townships[~seats].plot(ax=axes, facecolor="#f4f4ef", edgecolor="#9a9a90", linewidth=0.7)
    if seats.any():
        townships[seats].plot(ax=axes, color="#b9b9ae", markersize=9)
    known = townships[~seats | townships["code"].map(ground.has_seat)]
    inside = known.cx[view[0] : view[2], view[1] : view[3]]
    if len(inside) > NAMED_MOST:
        inside = inside.nlargest(NAMED_MOST, "lines")
    halo = [withStroke(linewidth=2, foreground="white")]
    there = inside.representative_point()
    for code, lon, lat in zip(inside["code"], there.x, there.y, strict=True):
        name = letters.name(ground.tree, code)
        axes.annotate(name, (lon, lat), xytext=(0, -9), textcoords="offset points",
                      ha="center", fontsize=8, color="#55554e", clip_on=True,
                      path_effects=halo, zorder=3)  # fmt: skip


LOUD: Final = ("short", "open", "unmet")  # above what has ended well


def _demands(axes: Any, demands: Sequence[Point]) -> None:
    """What needs somebody, and the more urgent, above the others; several at one crossing of the
    grid are one larger sign."""
    there = Counter(
        (int(str(point.said["priority"])), str(point.said["outcome"]), point.lon, point.lat)
        for point in demands
    )
    least = 46 * min(1.0, max(0.15, 200 / max(1, len(there))))  # or they would cover one another
    for (priority, outcome, lon, lat), many in sorted(there.items(), reverse=True):
        size = least * min(many, 9) ** 0.7
        above = 10 - priority + 4 * (outcome in LOUD)
        axes.scatter([lon], [lat], s=size, marker=MARKS[priority], color=COLORS[outcome],
                     edgecolors="white", linewidths=0.5, zorder=above)  # fmt: skip


def _legend(figure: Figure, demands: Sequence[Point], letters: Lettering) -> None:
    from matplotlib.lines import Line2D

    counted = Counter(str(point.said["outcome"]) for point in demands)
    plain: Any = {"color": "white", "markersize": 8}
    signs = [
        Line2D([], [], marker="o", markerfacecolor=COLORS[one], **plain,
               label=f"{letters.say(*WORDS[one])} {counted[one]}")
        for one in OUTCOMES
    ]  # fmt: skip
    signs += [
        Line2D(
            [], [], marker=MARKS[one], markerfacecolor="#555", **plain, label=letters.say(*words)
        )
        for one, words in PRIORITIES.items()
    ]
    figure.legend(handles=signs, loc="outside lower center", ncols=5, frameon=False)
