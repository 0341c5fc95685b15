"""Layers for a geographic information system: townships, demands, lines without help, crews.

A GeoPackage has each as a layer of its own with its style, which QGIS takes when the layer is
opened; a GeoJSON has all in one, told apart by `layer`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from api.history import Measures, Places, Point
from api.pictures.styles import STYLES, add_styles
from geo.divisions import DivisionTree, Level
from geo.regions import Regions

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

WGS84: Final = "EPSG:4326"
SCALE: Final = 10_000_000
MEASURED: Final = ("lines", "withdrawn", "waiting", "unmet", "requests", "crews")


class Ground(NamedTuple):
    """What a map lies on: the divisions of an area, with polygons where these were imported."""

    tree: DivisionTree
    area: str
    regions: Regions | None

    def townships(self) -> list[str]:
        """Whatever holds demands itself: townships, and what has none below it."""
        inside = self.tree.below(self.area)
        level = (Level.TOWNSHIP, Level.COUNTY)
        found = [(code, self.tree.get(code)) for code in inside]
        return [
            code
            for code, node in found
            if node is not None and node.level in level and not self._split(code)
        ]

    def has_seat(self, code: str) -> bool:
        """Whether its own seat is known."""
        node = self.tree.get(code)
        return node is not None and not node.approximate

    def _split(self, code: str) -> bool:
        below = (self.tree.get(child) for child in self.tree.children(code))
        return any(node is not None and node.level is Level.TOWNSHIP for node in below)


def layers(ground: Ground, found: Measures, there: Places) -> dict[str, GeoDataFrame]:
    """Each layer under its name, in WGS-84."""
    return {
        "townships": _townships(ground, found),
        "demands": _points(there.demands),
        "lines_unmet": _points(there.short),
        "crews": _points(there.crews),
    }


def _townships(ground: Ground, found: Measures) -> GeoDataFrame:
    """Polygons where these are known, else seats."""
    from geopandas import GeoDataFrame
    from shapely import Point as Dot
    from shapely import union_all

    shapes: dict[str, list[Any]] = {}
    for code, shape in () if ground.regions is None else ground.regions.shapes():
        shapes.setdefault(code, []).append(shape)
    counted = {one.key: one for one in found.groups if one.by == "division"}
    rows: list[dict[str, Any]] = []
    for code in ground.townships():
        node, known = ground.tree.get(code), counted.get(code)
        assert node is not None
        row: dict[str, Any] = {"code": code, "name": node.name, "name_en": node.english}
        row |= {name: 0 if known is None else getattr(known, name) for name in MEASURED}
        polygons = shapes.get(code)
        seat = Dot(node.lon / SCALE, node.lat / SCALE)
        rows.append(row | {"geometry": union_all(polygons) if polygons else seat})
    return GeoDataFrame(rows, geometry="geometry", crs=WGS84)


def _points(points: Iterable[Point]) -> GeoDataFrame:
    from geopandas import GeoDataFrame
    from shapely import Point as Dot

    rows = [{**point.said, "geometry": Dot(point.lon, point.lat)} for point in points]
    return GeoDataFrame(
        rows, columns=None if rows else ["geometry"], geometry="geometry", crs=WGS84
    )


def write_layers(file: Path, made: dict[str, GeoDataFrame]) -> None:
    """A GeoPackage with styles, or a GeoJSON, by the name's end. Raises OSError."""
    if file.suffix == ".gpkg":
        for name, frame in made.items():
            frame.to_file(file, layer=name, driver="GPKG", mode="a" if file.exists() else "w")
        add_styles(file, [name for name in made if name in STYLES])
        return
    from pandas import concat

    together = concat([frame.assign(layer=name) for name, frame in made.items() if len(frame)])
    together.to_file(file, driver="GeoJSON")
