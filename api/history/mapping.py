"""Demands, lines without help and crews as points of a map, for other programs and for pictures.

A home cannot be told from another place, so every place goes by a grid of a thousandth of a degree,
some 100 m: nobody's door is in a file that leaves. Nothing that is typed about a need is in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import apsw
import msgspec

from api.history.reading import Sight
from api.history.store import opened
from api.history.waits import LINES, WITHDRAWN, Waited
from schemas.values import AreaId, Instant, OperationId
from streams.days import ZONE

GRID: Final = 10_000  # of 1e-7 degree
SCALE: Final = 1_000
_WITHIN: Final = """
WHERE demands.area = ? AND demands.operation = ? AND demands.number > 0
    AND demands.published_at >= ? AND demands.published_at < ?
    AND (demands.division IN (SELECT value FROM json_each(?))
        OR demands.sender IN (SELECT value FROM json_each(?)))
"""
_DEMAND: Final = """
SELECT demands.lon, demands.lat, demands.number, incidents.number, demands.mode, demands.kind,
    demands.priority, demands.division
"""
_ITS: Final = ("number", "incident", "mode", "kind", "priority", "division")

DEMANDS: Final = f"""
{_DEMAND}, demands.approximate, demands.state, demands.reason,
    count(*), sum(lines.target), sum(lines.covered),
    sum(lines.open AND lines.covered < lines.minimum),
    demands.published_at, demands.closed_at, json_group_array(lines.id)
FROM demands JOIN incidents ON incidents.id = demands.incident
    JOIN lines ON lines.demand = demands.id
{_WITHIN} GROUP BY demands.id ORDER BY demands.published_at, demands.id
"""
_OF_DEMANDS: Final = (
    *("approximate", "state", "reason", "lines", "units_wanted", "units_covered", "lines_short"),
    *("published", "closed"),
)
SHORT: Final = f"""
{_DEMAND}, lines.skill, lines.minimum, lines.target, lines.covered, lines.open, lines.id
FROM demands JOIN incidents ON incidents.id = demands.incident
    JOIN lines ON lines.demand = demands.id
WHERE lines.id IN (SELECT value FROM json_each(?))
ORDER BY demands.published_at, demands.id, lines.number
"""
_OF_LINES: Final = ("skill", "minimum", "target", "covered", "open", "why")
CREWS: Final = f"""
{_DEMAND}, crews.skill, crews.organization_name, crews.quantity, crews.state,
    crews.committed_at, crews.set_off_at, crews.arrived_at, crews.ended_at
FROM demands JOIN incidents ON incidents.id = demands.incident
    JOIN assignments AS crews ON crews.demand = demands.id
{_WITHIN} ORDER BY crews.committed_at, crews.id
"""
_OF_CREWS: Final = (
    *("skill", "organization", "units", "state", "committed", "set_off", "arrived", "ended"),
)
_FLAGS: Final = ("approximate", "open")
_MOMENTS: Final = ("published", "closed", "committed", "set_off", "arrived", "ended")

OPEN, LACKING, MET, UNMET, NOT_NEEDED = "open", "short", "met", "unmet", "not_needed"
OUTCOMES: Final = (LACKING, OPEN, MET, UNMET, NOT_NEEDED)
"""How a demand stands: open, a line of it with less than its minimum under way, or none; ended,
none of its lines unmet as measures have it, or one; or nobody needed it any longer."""


class Point(NamedTuple):
    """Something at a place: by the grid, in WGS-84 degrees; when it began and ended, where it is a
    demand; and what is said of it."""

    lon: float
    lat: float
    published: Instant
    closed: Instant | None
    said: dict[str, str | int | bool | None]


class Places(NamedTuple):
    """What lies on the map of a period: demands, lines that lack help or ended without it, crews
    at their demands."""

    demands: list[Point]
    short: list[Point]
    crews: list[Point]


def demand_points(
    path: Path, area: AreaId, operation: OperationId, sight: Sight, since: Instant, until: Instant
) -> list[Point]:
    """Of demands published in `since` ≤ t < `until`. HistoryUnfit where there is no history."""
    codes = msgspec.json.encode(sight.divisions).decode()
    with opened(path) as file:
        about = (area, operation, since, until, codes, codes)
        lines = list(map(Waited._make, file.execute(LINES, about)))
        return _demands(file, about, lines)


def places(
    path: Path, area: AreaId, operation: OperationId, sight: Sight, since: Instant, until: Instant
) -> Places:
    """The same with what belongs to them."""
    codes = msgspec.json.encode(sight.divisions).decode()
    about = (area, operation, since, until, codes, codes)
    with opened(path) as file:
        lines = list(map(Waited._make, file.execute(LINES, about)))
        reasons = {one.line: one.reason if one.unmet else None for one in lines}
        demands = _demands(file, about, lines)
        short: Any = file.execute(SHORT, (_ids(lines),)).fetchall()
        crews: Any = file.execute(CREWS, about).fetchall()
    return Places(
        demands,
        [_point((*row[:-1], reasons[row[-1]]), _OF_LINES) for row in short],
        [_point(row, _OF_CREWS) for row in crews],
    )


def _ids(lines: Iterable[Waited]) -> str:
    wanted = [one.line for one in lines if one.unmet or one.waiting]
    return msgspec.json.encode(wanted).decode()


def _demands(file: apsw.Connection, about: tuple[Any, ...], lines: Iterable[Waited]) -> list[Point]:
    unmet = {one.line for one in lines if one.unmet}
    found = []
    for *row, ids in file.execute(DEMANDS, about):
        point = _point(row, _OF_DEMANDS)
        lacks = not unmet.isdisjoint(msgspec.json.decode(ids))
        point.said["outcome"] = _outcome(point.said, lacks)
        found.append(point._replace(published=row[-2], closed=row[-1]))
    return found


def _outcome(said: dict[str, str | int | bool | None], lacks: bool) -> str:
    if said["reason"] is None:
        return LACKING if said["lines_short"] else OPEN
    if said["reason"] in WITHDRAWN:
        return NOT_NEEDED
    return UNMET if lacks else MET


def _point(row: Any, names: tuple[str, ...]) -> Point:
    lon, lat, *values = row
    said = dict(zip((*_ITS, *names), values, strict=True))
    said |= {name: bool(said[name]) for name in _FLAGS if name in said}
    said |= {name: iso(said[name]) for name in _MOMENTS if name in said}
    return Point(on_grid(lon), on_grid(lat), 0, None, said)


def on_grid(degrees: int) -> float:
    """The nearest crossing of the grid, in degrees."""
    return round(degrees / GRID) / SCALE


def iso(at: Instant | None) -> str | None:
    """A moment as other programs read it, on the country's one clock."""
    if at is None:
        return None
    local = datetime.fromtimestamp(at // 1_000, UTC) + timedelta(milliseconds=ZONE)
    return local.strftime("%Y-%m-%dT%H:%M:%S+08:00")


def as_geojson(points: Iterable[Point]) -> bytes:
    """RFC 7946: a point for each, longitude before latitude."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [point.lon, point.lat]},
            "properties": point.said,
        }
        for point in points
    ]
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})
