"""A history's cases as demands of a drill: read by its profile, as they were when filed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from api import records
from api.records import Profile, Reader, Reading, Record
from geo.divisions import fold_name
from schemas.values import CloseReason, Instant, Mode, Place, PlaceKind

CASES = "cases.ndjson.gz"
SCALE = 10_000_000  # 1e-7 degree


class Wanted(NamedTuple):
    """A case that becomes a demand. `public`: skills that only a public crew has; `marks`: what
    was marked about its place."""

    at: Instant
    key: str
    town: str
    body: dict[str, Any]
    public: tuple[str, ...]
    marks: tuple[str, ...]


class LeftOut(NamedTuple):
    """A case that becomes none."""

    reason: str


def cases_of(folder: Path, profile: Profile) -> Iterator[Record]:
    """The cases of the profile's county, in the order of the file."""
    county = fold_name(profile.county)
    for raw in records.read(folder / CASES).rows:
        if raw.record is not None and fold_name(records.county_of(raw.record, profile)) == county:
            yield raw.record


def read(record: Record, reader: Reader) -> Wanted | LeftOut:
    """What becomes of one case: nobody is asked to go to an exercise, or for nothing."""
    try:
        reading = records.life(0, record, reader).moments[0].reading
    except records.Refused as refused:
        return LeftOut(refused.code)
    if reading.mode is not Mode.ACTUAL:
        return LeftOut("exercise_or_test")
    if reading.reason is CloseReason.UNFOUNDED:
        return LeftOut("false_report")
    public = tuple(line.request.skill for line in reading.lines if line.public)
    marks = tuple(flag for flag in reading.flags if flag in records.OF_PLACES)
    town = reading.place.division
    return Wanted(reading.at, reading.id, town, _body(reading), public, marks)


def _body(reading: Reading) -> dict[str, Any]:
    """As the doors take it."""
    lines = [line.request for line in reading.lines]
    return {
        "kind": reading.kind,
        "priority": reading.priority,
        "place": _place(reading.place),
        "lines": [{name: getattr(one, name) for name in one.__struct_fields__} for one in lines],
        "risk_statement": reading.risk,
        "rally_point": reading.rally_point,
        **reading.texts,
    }


def _place(place: Place) -> dict[str, Any]:
    if place.kind is not PlaceKind.POINT:
        return {"division": place.division}
    point = {"lon": place.lon / SCALE, "lat": place.lat / SCALE}
    return {"crs": "WGS-84", **point, "division": place.division}
