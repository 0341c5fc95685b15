"""Coordinates as records have them: text, two fields, degrees-minutes-seconds, or a shape."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

import shapely
from shapely.errors import ShapelyError

from api.records.fields import Record, number_of, text_of, value_at
from api.records.profile import Profile
from geo.datums import wgs_of_bd, wgs_of_gcj

SHIFTED: Final = {"GCJ-02": wgs_of_gcj, "BD-09": wgs_of_bd}
WGS84: Final = "WGS-84"
_DMS: Final = re.compile(
    r"""([NSEW东西南北東])?[经纬經緯]?\s*(\d{1,3})[°度]\s*(?:(\d{1,2})['′分]\s*)?"""
    r"""(?:(\d{1,2}(?:\.\d+)?)["″秒]\s*)?([NSEW东西南北東])?""",
    re.IGNORECASE,
)
_SOUTH_AND_WEST: Final = "SW南西"
_NORTH_AND_SOUTH: Final = "NS北南"
_EAST_AND_WEST: Final = "EW东西東"


class Coordinate(NamedTuple):
    """A point in degrees, what was done to it, and its name in the datum that it came in."""

    lon: float
    lat: float
    flags: tuple[str, ...] = ()


class CoordinateRefused(Exception):
    """`code`: coordinate_missing or coordinate_unreadable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def coordinate(record: Record, profile: Profile) -> Coordinate:
    """Where a record says it is, in WGS-84 degrees. Raises CoordinateRefused."""
    fields = profile.fields
    if fields.lon and fields.lat:
        flags: tuple[str, ...] = ()
        pair = value_at(record, fields.lon), value_at(record, fields.lat)
        if not any(map(text_of, pair)):
            raise CoordinateRefused("coordinate_missing")
    else:
        pair, flags = _pair(value_at(record, fields.coordinate), profile)
    one, two = pair
    numbers = [_degrees(one, _EAST_AND_WEST), _degrees(two, _NORTH_AND_SOUTH)]
    if numbers[0] is None or numbers[1] is None:
        raise CoordinateRefused("coordinate_unreadable")
    return _in_wgs(numbers[0], numbers[1], flags, profile.place.crs)


def _pair(value: Any, profile: Profile) -> tuple[tuple[Any, Any], tuple[str, ...]]:
    """Longitude and latitude as they stand there."""
    place = profile.place
    if isinstance(value, dict):
        return _of_shape(value, profile)
    if isinstance(value, list):
        parts: list[Any] = value
    else:
        text = text_of(value)
        if not text.strip(" ,;，"):
            raise CoordinateRefused("coordinate_missing")
        turned = _turned(text)
        if turned is not None:
            return turned, ()
        parts = text.split(None if place.separator == " " else place.separator)
    if len(parts) != 2:
        raise CoordinateRefused("coordinate_unreadable")
    first, second = parts
    return ((first, second) if place.order == "lon,lat" else (second, first)), ()


def _of_shape(value: dict[str, Any], profile: Profile) -> tuple[tuple[Any, Any], tuple[str, ...]]:
    """A GeoJSON geometry: its point, or one inside it where the profile lets that count."""
    try:
        shape = shapely.from_geojson(text_of(value))
    except ShapelyError:
        raise CoordinateRefused("coordinate_unreadable") from None
    if shape.is_empty:
        raise CoordinateRefused("coordinate_missing")
    if isinstance(shape, shapely.Point):
        return (shape.x, shape.y), ()
    if "center" not in profile.place.repair:
        raise CoordinateRefused("coordinate_unreadable")
    inner = shape.representative_point()
    return (inner.x, inner.y), ("shape_center",)


def _turned(text: str) -> tuple[float, float] | None:
    """Degrees, minutes, seconds with the letters of their directions, in either order."""
    found = {}
    for hit in _DMS.finditer(text):
        letter = (hit[1] or hit[5] or "").upper()
        if letter:
            found[letter in _NORTH_AND_SOUTH] = _dms(hit) * (-1 if letter in _SOUTH_AND_WEST else 1)
    if len(found) != 2:
        return None
    return found[False], found[True]


def _dms(hit: re.Match[str]) -> float:
    return int(hit[2]) + int(hit[3] or 0) / 60 + float(hit[4] or 0) / 3600


def _degrees(value: Any, letters: str) -> float | None:
    """A number, or degrees, minutes and seconds; a direction of the other axis is none of these."""
    number = number_of(value)
    if number is not None:
        return float(number)
    hit = _DMS.fullmatch(text_of(value).strip())
    letter = "" if hit is None else (hit[1] or hit[5] or "").upper()
    if hit is None or letter not in letters:
        return None
    return _dms(hit) * (-1 if letter and letter in _SOUTH_AND_WEST else 1)


def _in_wgs(lon: float, lat: float, flags: tuple[str, ...], crs: str) -> Coordinate:
    """Converted from what the profile says the datum is; never guessed."""
    undo = SHIFTED.get(crs)
    if undo is not None:
        lon, lat = undo((lon, lat))
        return Coordinate(round(lon, 7), round(lat, 7), (*flags, "datum_converted"))
    if crs.startswith("EPSG:"):
        lon, lat = _projected(crs, lon, lat)
        return Coordinate(round(lon, 7), round(lat, 7), (*flags, "datum_converted"))
    return Coordinate(lon, lat, flags)


def _projected(crs: str, east: float, north: float) -> Any:
    return transformer(crs).transform(east, north)


_TRANSFORMERS: dict[str, Any] = {}


def transformer(crs: str) -> Any:
    """From a projected system to WGS-84 degrees. ValueError where EPSG has none of that number."""
    if crs not in _TRANSFORMERS:
        from pyproj import Transformer  # here, not above: few files need it
        from pyproj.exceptions import ProjError

        try:
            _TRANSFORMERS[crs] = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
        except ProjError:
            raise ValueError(f"there is no {crs}") from None
    return _TRANSFORMERS[crs]
