"""The machine-readable description of the doors, as OpenAPI 3.0.

The framework writes 3.1, which the page that shows it does not read; the few words that differ
are put into the older form here.
"""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.doors.hanging import COMPONENTS, answers, body_schemas
from api.problem_words import PROBLEMS
from api.problems import MEDIA_TYPE
from schemas.refusals import REFUSALS

VERSION = "3.0.3"


class Texts(msgspec.Struct):
    """One text in both languages."""

    zh: str
    en: str


class LiveDigest(msgspec.Struct):
    """How many assignments of an incident are live, and what closes it in the sight of them."""

    count: int
    digest: str


class ProblemDocument(msgspec.Struct):
    """RFC 9457. `code` is stable; `field` is a path of known names; `trace` names this answer.

    `live` comes with `incident_has_assignments` only.
    """

    type: str
    title: str
    status: int
    code: str
    message: Texts
    subjects: tuple[str, ...]
    trace: str
    field: str | None = None
    live: LiveDigest | None = None


def describe(app: FastAPI) -> dict[str, Any]:
    """The whole description; made once, kept by the application."""
    if app.openapi_schema is None:
        written = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            openapi_version=VERSION,
            routes=app.routes,
        )
        app.openapi_schema = _completed(written)
    return app.openapi_schema


def _completed(written: dict[str, Any]) -> dict[str, Any]:
    types = [ProblemDocument, *answers.values()]
    _, ours = msgspec.json.schema_components(types, ref_template=COMPONENTS + "{name}")
    schemas = body_schemas() | ours
    codes = sorted({*PROBLEMS, *(refusal.value for refusal in REFUSALS)})
    schemas["ProblemDocument"]["properties"]["code"] = {"type": "string", "enum": codes}
    written.setdefault("components", {})["schemas"] = schemas
    refused = {
        "description": "A problem, with words in zh and en.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"{COMPONENTS}ProblemDocument"}}},
    }
    for operations in written["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("422", None)  # the framework's own shape, never sent
            operation["responses"] |= {"4XX": refused, "5XX": refused}
    lowered: dict[str, Any] = _lowered(written)
    return lowered


def _lowered(value: Any) -> Any:
    """3.1 to 3.0: a null alternative, fixed items and constants have other words there."""
    if isinstance(value, list):
        return [_lowered(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {name: _lowered(item) for name, item in value.items() if name != "examples"}
    if isinstance(found.get("anyOf"), list):
        found = _nullable(found)
    if isinstance(found.get("prefixItems"), list):
        found["items"] = found.pop("prefixItems")[0]
    if "const" in found:
        found["enum"] = [found.pop("const")]
    return found


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """`anyOf` with null, as a nullable schema."""
    alternatives = [item for item in schema["anyOf"] if item.get("type") != "null"]
    if len(alternatives) == len(schema["anyOf"]):
        return schema
    rest = {name: item for name, item in schema.items() if name != "anyOf"}
    return {**rest, "nullable": True, "allOf": alternatives}
