"""Demands as points of a map for other programs, with what became of them.

A home cannot be told from another place, so every place goes by a grid of a thousandth of a degree,
some 100 m: nobody's door is in a file that leaves. Nothing that people have typed is in it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from api.history.reading import Sight
from api.history.store import opened
from schemas.values import AreaId, Instant, OperationId
from streams.days import ZONE

GRID: Final = 10_000  # of 1e-7 degree
SCALE: Final = 1_000
POINTS: Final = """
SELECT demands.lon, demands.lat, demands.number, incidents.number, demands.mode, demands.kind,
    demands.priority, demands.division, demands.approximate, demands.state, demands.reason,
    count(*), sum(lines.target), sum(lines.covered), sum(lines.open AND lines.unmet),
    demands.published_at, demands.closed_at
FROM demands JOIN incidents ON incidents.id = demands.incident
    JOIN lines ON lines.demand = demands.id
WHERE demands.area = ? AND demands.operation = ? AND demands.number > 0
    AND demands.published_at >= ? AND demands.published_at < ?
    AND (demands.division IN (SELECT value FROM json_each(?))
        OR demands.sender IN (SELECT value FROM json_each(?)))
GROUP BY demands.id ORDER BY demands.published_at, demands.id
"""
SAID: Final = (
    *("number", "incident", "mode", "kind", "priority", "division", "approximate", "state"),
    *("reason", "lines", "units_wanted", "units_covered", "lines_unmet", "published", "closed"),
)


class Point(NamedTuple):
    """One demand: where, by the grid, in WGS-84 degrees, and what is said of it."""

    lon: float
    lat: float
    said: dict[str, str | int | None]


def demand_points(
    path: Path, area: AreaId, operation: OperationId, sight: Sight, since: Instant, until: Instant
) -> list[Point]:
    """Of demands published in `since` ≤ t < `until`. HistoryUnfit where there is no history."""
    codes = msgspec.json.encode(sight.divisions).decode()
    with opened(path) as file:
        rows: Any = file.execute(POINTS, (area, operation, since, until, codes, codes))
        return [_point(*row) for row in rows]


def _point(lon: int, lat: int, *values: Any) -> Point:
    *said, published, closed = values
    told = dict(zip(SAID, (*said, iso(published), iso(closed)), strict=True))
    told["approximate"] = bool(told["approximate"])
    return Point(on_grid(lon), on_grid(lat), told)


def on_grid(degrees: int) -> float:
    """The nearest crossing of the grid, in degrees."""
    return round(degrees / GRID) / SCALE


def iso(at: Instant | None) -> str | None:
    """A moment as other programs read it, on the country's one clock."""
    if at is None:
        return None
    local = datetime.fromtimestamp(at // 1_000, UTC) + timedelta(milliseconds=ZONE)
    return local.strftime("%Y-%m-%dT%H:%M:%S+08:00")


def as_geojson(points: list[Point]) -> bytes:
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
