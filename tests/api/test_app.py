"""Around the doors: headers, pages, the description, health, and what happens in trouble."""

import asyncio
import gzip
import json
import logging
from typing import Any

import pytest
from fastapi.openapi.models import OpenAPI

from api.app import Application
from api.problem_words import PROBLEMS
from api.safe import patience
from schemas.refusals import REFUSALS
from schemas.turns import Envelope
from streams.engines import (
    Defect,
    Moved,
    NewerSchema,
    Receipt,
    Stopping,
    StorageFull,
    Unavailable,
)
from streams.engines.pressure import Overloaded
from tests.api.house import COUNTY, JSON_HEADERS, House, Reply, ask, demand_body

EDITED = ("amend", "publish", "close", "reopen", "take-back", "refile", "appeal")
EDITS = tuple(f"/demands/{{demand}}/{edit}" for edit in EDITED)


async def get(house: House, path: str, *headers: tuple[str, str]) -> Reply:
    return await ask(house.app, "GET", path, headers)


async def test_a_bad_signal_is_spared(house: House) -> None:
    """Code lists go out packed to who takes them so, and say the same."""
    desk = await house.desk()
    cookie, takes = ("cookie", desk.cookie), ("accept-encoding", "gzip")
    plain = await get(house, "/api/v1/codes", cookie)
    packed = await get(house, "/api/v1/codes", cookie, takes)
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 2


@pytest.mark.parametrize("path", ["/", "/sign-in", "/desk", "/organization", "/review"])
async def test_pages(house: House, path: str) -> None:
    page = await get(house, path)
    assert page.status == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.content.startswith(b"<!doctype html>")
    packed = await get(house, path, ("accept-encoding", "gzip, br"))
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.content) == page.content
    same = await get(house, path, ("if-none-match", page.headers["etag"]))
    assert (same.status, same.content) == (304, b"")


async def test_static_files(house: House) -> None:
    script = await get(house, "/static/http.js")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert (await get(house, "/static/words.zh.json")).json


@pytest.mark.parametrize("path", ["/", "/api/docs", "/api/v1/codes", "/api/v1/me", "/nowhere"])
async def test_security_headers_are_on_everything(house: House, path: str) -> None:
    headers = (await get(house, path)).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert policy.endswith("; require-trusted-types-for 'script'; trusted-types 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "cache-control" in headers
    assert "strict-transport-security" not in headers  # this server speaks plain http


async def test_the_description_is_shown_to_whoever_is_signed_in(house: House) -> None:
    for path in ("/api/docs", "/api/docs/start.js", "/api/v1/openapi.json"):
        assert (await get(house, path)).code == "session_missing"
        assert (await get(house, path, ("cookie", "shouwang_desk=x"))).code == "session_missing"
    desk, steward = await house.desk(), await house.steward()
    both = ("cookie", f"{desk.cookie}; {steward.cookie}")
    assert (await get(house, "/api/v1/openapi.json", both)).status == 200
    shown = await get(house, "/api/docs", both)
    assert "trusted-types" not in shown.headers["content-security-policy"]


async def test_the_description_page_has_nothing_inline(house: House) -> None:
    mine = ("cookie", (await house.desk()).cookie)
    page = (await get(house, "/api/docs", mine)).content.decode()
    assert "<style" not in page
    assert "<script>" not in page
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "start.js"):
        assert f"/api/docs/{name}" in page
        assert (await get(house, f"/api/docs/{name}", mine)).status == 200
    assert b"/api/v1/openapi.json" in (await get(house, "/api/docs/start.js", mine)).content
    assert (await get(house, "/api/docs/index.html", mine)).status == 404


async def description(house: House) -> Any:
    cookie = ("cookie", (await house.steward()).cookie)
    return (await get(house, "/api/v1/openapi.json", cookie)).json


async def test_the_description_is_openapi(house: House) -> None:
    written = await description(house)
    OpenAPI.model_validate(written)
    assert written["openapi"].startswith("3.0")
    text = json.dumps(written)
    defined = set(written["components"]["schemas"])
    for reference in text.split('"#/components/schemas/')[1:]:
        assert reference.partition('"')[0] in defined
    for newer in ('"type": "null"', '"prefixItems"', '"const"', "HTTPValidationError"):
        assert newer not in text


async def test_every_door_is_described(house: House) -> None:
    paths = (await description(house))["paths"]
    posts = {path: operations["post"] for path, operations in paths.items() if "post" in operations}
    assert len(posts) >= 50
    for path, operation in posts.items():
        body = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        assert body.startswith("#/components/schemas/"), path
        parameters = {parameter["name"]: parameter for parameter in operation["parameters"]}
        assert parameters["Idempotency-Key"]["required"], path
        assert ("If-Match" in parameters) == path.endswith(EDITS), path
        assert [name for name, each in parameters.items() if each["in"] == "path"] == [
            part[1:-1] for part in path.split("/") if part.startswith("{")
        ]
        well = next(answer for status, answer in operation["responses"].items() if status < "3")
        assert "$ref" in json.dumps(well["content"]), path
        assert "application/problem+json" in operation["responses"]["4XX"]["content"]
        assert operation["description"], path


async def test_the_description_knows_every_code(house: House) -> None:
    problem = (await description(house))["components"]["schemas"]["ProblemDocument"]
    codes = set(problem["properties"]["code"]["enum"])
    assert set(PROBLEMS) | {refusal.value for refusal in REFUSALS} <= codes


def test_problems_and_refusals_share_no_code() -> None:
    assert not set(PROBLEMS) & {refusal.value for refusal in REFUSALS}
    for code, message in PROBLEMS.items():
        assert 400 <= message.status < 600, code
        assert message.zh.endswith("。"), code
        assert message.en.endswith("."), code


async def test_both_ways_to_a_door_are_the_same(house: House) -> None:
    """The look-up at the entrance, and the framework's own route with a query or without."""
    desk = await house.desk()
    body = {"hazard": "typhoon", "division": "330324001"}
    first = await desk.post("/incidents", body, key="k")
    assert isinstance(house.app, Application)
    entrance, house.app.guard = house.app.guard, super(Application, house.app).__call__
    again = await desk.post("/incidents", body, key="k")
    late = await desk.post(f"/incidents/{first.json['id']}/join", {"division": "330324001"})
    house.app.guard = entrance
    assert again.json == first.json | {"repeated": True}
    assert late.json["id"] == first.json["id"]


class Troubled:
    """An engine that cannot just now."""

    def __init__(self, engine: Any, trouble: Exception) -> None:
        self._engine = engine
        self._trouble = trouble

    async def submit(self, _envelope: Envelope) -> Receipt:
        raise self._trouble

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


@pytest.mark.parametrize(
    ("trouble", "status", "code", "retry"),
    [
        (StorageFull("disk"), 507, "storage_full", False),
        (Stopping("bye"), 503, "stopping", True),
        (Moved("away"), 503, "log_moved", True),
        (NewerSchema("old"), 503, "newer_schema", True),
        (Unavailable("log"), 503, "unavailable", True),
        (Defect("rule"), 500, "defect", False),
        (RuntimeError("secret-13800138000"), 500, "defect", False),
    ],
)
async def test_trouble(
    house: House, trouble: Exception, status: int, code: str, retry: bool, caplog: Any
) -> None:
    desk = await house.desk()
    incident = await house.incident(desk)
    engine, before = house.context.engine, house.sequence
    house.context.engine = Troubled(engine, trouble)
    with caplog.at_level(logging.ERROR):
        reply = await desk.post("/demands", demand_body(incident), key="again")
    assert (reply.status, reply.code) == (status, code)
    assert ("retry-after" in reply.headers) == retry
    assert reply.json["message"]["zh"]
    assert "13800138000" not in reply.content.decode() + caplog.text
    house.context.engine = engine
    assert house.sequence == before
    assert (await desk.post("/demands", demand_body(incident), key="again")).status == 201


async def test_health(house: House) -> None:
    assert (await get(house, "/health/live")).status == 200
    assert (await get(house, "/health/ready")).json["ready"]
    desk = await house.desk()
    engine = house.context.engine
    house.context.engine = Troubled(engine, StorageFull("disk"))
    await desk.post("/incidents", {"hazard": "typhoon", "division": "330324001"})
    house.context.engine = engine
    assert (await get(house, "/health/ready")).status == 503
    assert (await get(house, "/health/live")).status == 200
    await house.incident(desk)
    assert (await get(house, "/health/ready")).status == 200


async def test_a_body_that_does_not_arrive(house: House, monkeypatch: Any) -> None:
    monkeypatch.setattr(patience, "ARRIVAL_S", 0.01)
    monkeypatch.setattr(patience, "LOOK_S", 0.02)
    desk = await house.desk()
    sent: list[Any] = []

    async def never() -> Any:
        await asyncio.sleep(60)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = {**JSON_HEADERS, "cookie": desk.cookie, "idempotency-key": "slow"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/demands",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    await house.app(scope, never, send)
    assert sent[0]["status"] == 408
    assert json.loads(sent[1]["body"])["code"] == "body_slow"
    current = asyncio.current_task()
    assert current is not None
    assert not current.cancelling()


async def test_a_name_that_is_none_of_ours_gets_nothing(house: House) -> None:
    """A page of a foreign name that is pointed here would be of our doors' origin."""
    desk = await house.desk()
    foreign = ("host", "desk.example:8000")
    reply = await ask(house.app, "GET", "/api/v1/board", [("cookie", desk.cookie), foreign])
    assert (reply.status, reply.code) == (421, "host_foreign")
    twice = [("cookie", desk.cookie), ("host", "localhost"), ("host", "127.0.0.1")]
    assert (await ask(house.app, "GET", "/api/v1/board", twice)).code == "header_repeated"


async def test_same_origin_requests_pass(house: House) -> None:
    desk = await house.desk()
    body = b'{"hazard": "typhoon", "division": "330324001"}'
    keyed = {**JSON_HEADERS, "host": "localhost:8000"}
    for number, own in enumerate(
        (
            {"origin": "http://localhost:8000"},
            {"origin": "http://127.0.0.1:8000"},  # what the server calls itself
            {"sec-fetch-site": "same-origin", "origin": "http://rewritten.by.a.proxy"},
            {"sec-fetch-site": "none"},
        )
    ):
        headers = {**keyed, **own, "idempotency-key": f"own-{number}"}
        reply = await desk.send("/incidents", body, headers.items())
        assert reply.code == "incident_exists" if number else reply.status == 201


async def test_who_is_turned_away_is_told_when_to_come_again(house: House) -> None:
    """It is no trouble of the server's: it stays ready, and the same key is taken later."""
    desk, engine = await house.desk(COUNTY), house.context.engine
    body = {"hazard": "typhoon", "division": COUNTY}
    house.context.engine = Troubled(engine, Overloaded(7))
    reply = await desk.post("/incidents", body, key="one")
    assert (reply.status, reply.code, reply.headers["retry-after"]) == (503, "overloaded", "7")
    house.context.engine = engine
    assert (await get(house, "/health/ready")).status == 200
    assert (await desk.post("/incidents", body, key="one")).status == 201
