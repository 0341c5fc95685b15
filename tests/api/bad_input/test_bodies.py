"""Bad bodies: the right code in both languages, nothing written, nothing echoed."""

import json
from typing import Any

import pytest

from tests.api.bad_input.told import KEYED, SECRET, body, told
from tests.api.house import POINT, TOWN, House, Person, demand_body

pytestmark = pytest.mark.asyncio(loop_scope="module")


def text(raw: bytes) -> bytes:
    """A body whose risk statement is this JSON text."""
    return body(risk_statement="@@").replace(b'"@@"', raw)


def line(**changed: Any) -> list[dict[str, Any]]:
    return [{"skill": "PUMP_DRAIN", "minimum": 1, "target": 2} | changed]


def place(**changed: Any) -> dict[str, Any]:
    return {name: value for name, value in (POINT | changed).items() if value is not None}


def ring(*points: tuple[Any, Any]) -> dict[str, Any]:
    return {"crs": "WGS-84", "ring": [list(point) for point in points], "division": TOWN}


DEEP = b"[" * 100_00 + b"]" * 100_00
QUOTED = json.dumps(SECRET).encode()

BODIES: list[tuple[str, bytes, int, str, str | None]] = [
    ("empty", b"", 422, "body_missing", None),
    ("only spaces", b"  \n", 422, "body_missing", None),
    ("array", b"[" + QUOTED + b"]", 422, "body_not_object", None),
    ("text", QUOTED, 422, "body_not_object", None),
    ("null", b"null", 422, "body_not_object", None),
    ("truncated", body()[:-5], 400, "json_invalid", None),
    ("no JSON", b"kind=" + SECRET.encode(), 400, "json_invalid", None),
    ("two objects", b"{}{}", 400, "json_invalid", None),
    ("NaN", body(priority=float("nan")), 422, "number_not_finite", None),
    ("infinity", body(priority=float("-inf")), 422, "number_not_finite", None),
    ("1e999", body(priority="@").replace(b'"@"', b"1e999"), 422, "number_not_finite", "priority"),
    ("repeated name", b'{"kind": "farm", ' + body()[1:], 400, "duplicate_key", None),
    (
        "repeated name inside",
        body().replace(b'{"skill"', b'{"skill": "DRONE", "skill"'),
        400,
        "duplicate_key",
        None,
    ),
    ("deep", DEEP, 400, "too_deep", None),
    ("deep inside", body(kind="@").replace(b'"@"', b"[" * 300 + b"]" * 300), 400, "too_deep", None),
    ("lone surrogate", text(rb'"a\ud800b"'), 422, "text_invalid", None),
    ("lone trail", text(rb'"a\udc00"'), 422, "text_invalid", None),
    ("NUL escaped", text(rb'"a\u0000b"'), 422, "text_invalid", "risk_statement"),
    ("NUL raw", text(b'"a\0b"'), 422, "text_invalid", None),
    ("bell", text(rb'"a\u0007b"'), 422, "text_invalid", "risk_statement"),
    ("ANSI", text(rb'"\u001b[31m"'), 422, "text_invalid", "risk_statement"),
    ("C1", text(rb'"a\u0085b"'), 422, "text_invalid", "risk_statement"),
    ("bidi override", text(rb'"a\u202eb"'), 422, "text_invalid", "risk_statement"),
    ("bidi isolate", text(rb'"a\u2066b"'), 422, "text_invalid", "risk_statement"),
    ("zero width", text(rb'"a\u200bb"'), 422, "text_invalid", "risk_statement"),
    ("piled marks", text(b'"a' + rb"\u0301" * 50 + b'"'), 422, "text_invalid", "risk_statement"),
    ("invalid UTF-8", text(b'"\xff\xfe"'), 400, "encoding", None),
    ("GBK", text('"注意"'.encode("gbk")), 400, "encoding", None),
    ("BOM", b"\xef\xbb\xbf" + body(), 400, "encoding", None),
    ("UTF-16", body().decode().encode("utf-16"), 400, "encoding", None),
    ("UTF-16 without BOM", body().decode().encode("utf-16-le"), 400, "encoding", None),
    ("5,000 digits", body(priority="@").replace(b'"@"', b"9" * 5_000), 422, "out_of_range", None),
    ("30 digits", body(priority=10**30), 422, "out_of_range", "priority"),
    ("number as text", body(priority="1"), 422, "type_wrong", "priority"),
    ("boolean as number", body(priority=True), 422, "type_wrong", "priority"),
    ("fraction", body(lines=line(minimum=1.5)), 422, "type_wrong", "lines.0.minimum"),
    ("number as boolean", body(lines=line(hazardous=1)), 422, "type_wrong", "lines.0.hazardous"),
    ("number as code", body(place=place(division=330324001)), 422, "type_wrong", "place.division"),
    ("object as list", body(lines={"0": {}}), 422, "type_wrong", "lines"),
    ("unknown field", body(is_admin=True), 422, "unknown_field", None),
    ("unknown field with a secret name", body(**{SECRET: 1}), 422, "unknown_field", None),
    ("unknown field inside", body(lines=line(**{SECRET: 1})), 422, "unknown_field", "lines.0"),
    ("forged scope", body(mode="actual"), 422, "unknown_field", None),
    (
        "missing field",
        json.dumps({"kind": "farm"}).encode(),
        422,
        "field_missing",
        "risk_statement",
    ),
    ("priority 0", body(priority=0), 422, "out_of_range", "priority"),
    ("priority 5", body(priority=5), 422, "out_of_range", "priority"),
    ("minus one", body(lines=line(minimum=-1)), 422, "out_of_range", "lines.0.minimum"),
    ("a million", body(lines=line(target=10**6)), 422, "out_of_range", "lines.0.target"),
    ("grade 4", body(lines=line(grade=4)), 422, "out_of_range", "lines.0.grade"),
    ("minimum over target", body(lines=line(minimum=3)), 422, "minimum_over_target", "lines.0"),
    ("part of a whole", body(lines=line(whole=True)), 422, "whole_minimum", "lines.0"),
    ("blank way in", body(way_in=" "), 422, "blank", "way_in"),
    ("blank lead", body(lead=" "), 422, "blank", "lead"),
    ("no lines", body(lines=[]), 422, "too_few", "lines"),
    ("21 lines", body(lines=line() * 21), 422, "lines_too_many", "lines"),
    ("unknown skill", body(lines=line(skill=SECRET)), 422, "skill_unknown", "lines.0.skill"),
    ("homoglyph skill", body(lines=line(skill="DIVЕ")), 422, "skill_unknown", "lines.0.skill"),
    ("unknown kind", body(kind=SECRET), 422, "code_unknown", "kind"),
    ("blank", body(risk_statement=""), 422, "blank", "risk_statement"),
    ("spaces", body(risk_statement="   "), 422, "blank", "risk_statement"),
    ("full-width spaces", body(risk_statement="\u3000\u3000"), 422, "blank", "risk_statement"),
    ("looks empty", body(risk_statement="\u3164"), 422, "blank", "risk_statement"),
    ("long", body(risk_statement="水" * 501), 422, "too_long", "risk_statement"),
    ("grows", body(risk_statement="\U0001d160" * 400), 422, "too_long", "risk_statement"),
    ("long secret", body(contact=SECRET * 20), 422, "too_long", "contact"),
    ("secret of another type", body(contact=[SECRET]), 422, "type_wrong", "contact"),
]


@pytest.mark.parametrize(
    ("raw", "status", "code", "field"),
    [case[1:] for case in BODIES],
    ids=[case[0] for case in BODIES],
)
async def test_bodies(
    house: House, desk: Person, raw: bytes, status: int, code: str, field: str | None
) -> None:
    before = house.sequence
    told(await desk.send("/demands", raw, KEYED.items()), status, code, field)
    assert house.sequence == before


PLACES: list[tuple[str, Any, str, str]] = [
    ("no crs", place(crs=None), "crs_missing", "place.crs"),
    ("GCJ-02", place(crs="GCJ-02"), "crs_unsupported", "place"),
    ("swapped", place(lon=28.15, lat=120.69), "lat_lon_swapped", "place"),
    ("latitude 91", place(lat=91.0), "out_of_range", "place"),
    ("longitude 181", place(lon=181.0), "out_of_range", "place"),
    ("null island", place(lon=0.0, lat=0.0), "null_island", "place"),
    ("pole", place(lon=0.0, lat=90.0), "outside_area", "place"),
    ("whole degrees", place(lon=121, lat=28), "too_coarse", "place"),
    ("degrees as text", place(lon="120°41'"), "type_wrong", "place.lon"),
    ("no latitude", place(lat=None), "field_missing", "place.lat"),
    ("only a crs", place(lon=None, lat=None), "field_missing", "place.lon"),
    ("unknown division", place(division=SECRET[:20]), "division_unknown", "place"),
    ("other area", place(division="330106001"), "division_unknown", "place"),
    ("point and ring", ring((1, 1), (1, 2), (2, 2)) | {"lon": 1.5}, "place_twofold", "place.ring"),
    ("two corners", ring((120.6, 28.1), (120.7, 28.1)), "too_few", "place.ring"),
    (
        "bow tie",
        ring((120.61, 28.11), (120.71, 28.21), (120.71, 28.11), (120.61, 28.21)),
        "shape_invalid",
        "place",
    ),
    ("no numbers", ring(*[("a", "b")] * 3), "type_wrong", "place.ring.0.0"),
    ("1,002 corners", ring(*[(1, 1)] * 1_002), "too_many", "place.ring"),
]


@pytest.mark.parametrize(
    ("where", "code", "field"), [case[1:] for case in PLACES], ids=[case[0] for case in PLACES]
)
async def test_places(
    house: House, desk: Person, incident: str, where: Any, code: str, field: str
) -> None:
    before = house.sequence
    told(await desk.post("/demands", demand_body(incident, place=where)), 422, code, field)
    assert house.sequence == before
