"""How layers look when QGIS opens them: a GeoPackage carries styles in a table of its own.

The table is QGIS's (`layer_styles`); other programs pass over it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

import apsw

from api.pictures.looks import COLORS, SHADES, WORDS

TABLE: Final = """
CREATE TABLE IF NOT EXISTS layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
    f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
    styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
    owner TEXT(30), ui TEXT(30), update_time DATETIME DEFAULT CURRENT_TIMESTAMP
)
"""
LISTED: Final = """
INSERT OR IGNORE INTO gpkg_contents (table_name, data_type, identifier)
VALUES ('layer_styles', 'attributes', 'layer_styles')
"""
ADDED: Final = """
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column,
    styleName, styleQML, styleSLD, useAsDefault, description, owner)
SELECT '', '', table_name, column_name, 'shouwang', ?, '', 1, 'Shouwang', ''
FROM gpkg_geometry_columns WHERE table_name = ?
"""
BY_OUTCOME: Final = {code: (COLORS[code], f"{WORDS[code].zh} {WORDS[code].en}") for code in COLORS}
BY_PRIORITY: Final = {str(one): (color, f"P{one}") for one, color in SHADES.items()}
CREWS: Final = {
    "committed": ("#9ecae1", "已答应 committed"),
    "en_route": ("#4292c6", "途中 on the way"),
    "on_scene": ("#08519c", "在现场 on scene"),
    "reported_done": ("#74c476", "已报完成 reported done"),
    "released": ("#238b45", "已结束 released"),
    "given_up": ("#7b3294", "中途退出 gave up"),
    "stood_down": ("#999999", "已撤回 stood down"),
}


def _style(field: str, looks: Mapping[str, tuple[str, str]], shape: str, size: str) -> str:
    """A marker of another color for each value of a field, as QGIS writes it down."""
    root = Element("qgis", version="3.22.0", styleCategories="Symbology")
    renderer = SubElement(
        root, "renderer-v2", type="categorizedSymbol", attr=field, symbollevels="0"
    )
    categories, symbols = SubElement(renderer, "categories"), SubElement(renderer, "symbols")
    for number, (value, (color, label)) in enumerate(looks.items()):
        named = {"value": value, "label": label, "symbol": str(number), "render": "true"}
        SubElement(categories, "category", named)
        symbol = SubElement(symbols, "symbol", type="marker", name=str(number), alpha="0.9")
        layer = SubElement(symbol, "layer", {"class": "SimpleMarker", "enabled": "1"})
        marker = {"name": shape, "color": _rgb(color), "outline_color": "255,255,255,255",
                  "size": size, "size_unit": "MM"}  # fmt: skip
        for key, told in marker.items():
            SubElement(layer, "prop", k=key, v=told)
    return tostring(root, encoding="unicode")


def _rgb(color: str) -> str:
    parts = [str(int(color[at : at + 2], 16)) for at in (1, 3, 5)]
    return ",".join((*parts, "255"))


STYLES: Final = {
    "demands": _style("outcome", BY_OUTCOME, "circle", "3"),
    "lines_unmet": _style("priority", BY_PRIORITY, "cross2", "3.5"),
    "crews": _style("state", CREWS, "triangle", "3"),
}


def add_styles(file: Path, names: Iterable[str]) -> None:
    """Put them into a GeoPackage, each as its layer's default."""
    with closing(apsw.Connection(str(file))) as package, package:
        package.execute(TABLE)
        package.execute(LISTED)
        for name in names:
            package.execute(ADDED, (STYLES[name], name))
