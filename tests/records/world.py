"""A made-up county with two townships, its profile, and records as a file of them has them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import shapely

from api.records import Ground, Profile, Record
from geo.divisions import DivisionFile, DivisionRow, DivisionTree, Level
from geo.regions import Regions

SCALE = 10_000_000
ROWS = (
    DivisionRow("C", "甲县", "Jia", Level.COUNTY, None, 1_202_000_000, 231_000_000),
    DivisionRow("T1", "乙镇", "Yi", Level.TOWNSHIP, "C", 1_201_500_000, 231_000_000),
    DivisionRow("T2", "丙乡", "Bing", Level.TOWNSHIP, "C", 1_202_500_000, 231_000_000),
)
CONTENT = DivisionFile("invented", "1", "nobody", Level.COUNTY, ROWS)
TREE = DivisionTree(CONTENT)
REGIONS = Regions(
    [("T1", shapely.box(120.1, 23.0, 120.2, 23.2)), ("T2", shapely.box(120.2, 23.0, 120.3, 23.2))]
)
GROUND = Ground(TREE, "C", REGIONS)

PROFILE = """
hazard = "typhoon"
[fields]
id = "ID"
time = "AT"
county = "COUNTY"
township = "TOWN"
coordinate = "XY"
address = "WHERE"
note = "WHAT"
status = "STATUS"
changes = "LOG"
[time]
zone = "Asia/Shanghai"
formats = ["iso", "%Y/%m/%d %p %I:%M:%S"]
[status]
open = ["new", "known"]
taken_up = ["working"]
done = ["done"]
[quantities.people]
fields = ["PEOPLE"]
words = ["人", "名", "people"]
[[rules]]
name = "exercise"
words = ["演练"]
mode = "exercise"
[[rules]]
name = "false"
words = ["误报"]
false_report = true
[[rules]]
name = "fire"
fields = { TYPE = "fire" }
leave_out = "fire_brigade"
[[rules]]
name = "trapped"
words = ["被困"]
raise = 1
demand = "rescue"
[[rules]]
name = "medical"
words = ["急救"]
except = ["紧急救援"]
demand = "medical"
[[rules]]
name = "flood"
fields = { TYPE = ["flood", "water"] }
demand = "drainage"
[[rules]]
name = "power"
fields = { TYPE = "power" }
demand = "power"
[demands.rescue]
kind = "rescue_water"
priority = 2
lines = [{ skill = "BOAT_OPERATE", units = { of = "people", per = 5, most = 4 } }]
risk = "水流湍急。"
[demands.medical]
kind = "medical"
priority = 2
lines = [{ skill = "FIRST_AID" }]
risk = "沿途有倒树。"
[demands.drainage]
kind = "drainage"
priority = 3
lines = [{ skill = "PUMP_DRAIN", units = 2 }]
risk = "积水下有人孔。"
[demands.power]
kind = "power"
priority = 3
lines = [{ skill = "ELECTRIC_REPAIR", public = true }]
risk = "由供电抢修队伍处置。"
"""


def profile(*changed: tuple[str, str]) -> Profile:
    """The profile, with some of its text replaced."""
    text = PROFILE
    for old, new in changed:
        assert old in text
        text = text.replace(old, new)
    return msgspec.toml.decode(text, type=Profile)


def record(**changed: Any) -> Record:
    plain = {
        "ID": "1",
        "AT": "2025-07-07 08:51:39",
        "COUNTY": "甲县",
        "TOWN": "乙镇",
        "XY": "120.15,23.1",
        "TYPE": "flood",
        "WHERE": "某村",
        "WHAT": "积水及膝",
        "STATUS": "new",
        "LOG": [],
    }
    return plain | changed


def change(at: str, field: str, old: Any, new: Any) -> Record:
    return {"time": f"2025-07-07 {at}", "field": field, "old": old, "new": new}


def lines(path: Path, *records: Record) -> Path:
    """A file with a record a line."""
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records))
    return path
