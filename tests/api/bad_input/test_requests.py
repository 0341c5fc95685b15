"""Bad requests around the body: headers, lengths, origins, addresses."""

from itertools import count

import pytest

from api.doors.body import BYTES_MAX
from tests.api.bad_input.told import KEYED, SECRET, body, told
from tests.api.house import JSON_HEADERS, House, Person, ask

pytestmark = pytest.mark.asyncio(loop_scope="module")

HEADERS: list[tuple[str, list[tuple[str, str]], int, str]] = [
    ("no content type", [("idempotency-key", "k")], 415, "content_type"),
    ("form", [("idempotency-key", "k"), ("content-type", "text/plain")], 415, "content_type"),
    ("packed", [*KEYED.items(), ("content-encoding", "gzip")], 415, "content_encoding"),
    ("no key", [*JSON_HEADERS.items()], 400, "key_missing"),
    ("empty key", [*JSON_HEADERS.items(), ("idempotency-key", "")], 400, "key_invalid"),
    ("odd key", [*JSON_HEADERS.items(), ("idempotency-key", "a b")], 400, "key_invalid"),
    ("long key", [*JSON_HEADERS.items(), ("idempotency-key", "k" * 65)], 400, "key_invalid"),
    ("two keys", [*KEYED.items(), ("idempotency-key", "other")], 400, "header_repeated"),
    ("two types", [*KEYED.items(), ("content-type", "text/plain")], 400, "header_repeated"),
    ("odd tap", [*KEYED.items(), ("shouwang-tapped-at", "now")], 400, "tapped_at_invalid"),
    ("late tap", [*KEYED.items(), ("shouwang-tapped-at", "9" * 15)], 400, "tapped_at_invalid"),
    ("large by its length", [*KEYED.items(), ("content-length", "65537")], 413, "body_too_large"),
    ("endless length", [*KEYED.items(), ("content-length", "9" * 30)], 413, "body_too_large"),
    ("foreign origin", [*KEYED.items(), ("origin", "https://evil.example")], 403, "origin_foreign"),
    ("null origin", [*KEYED.items(), ("origin", "null")], 403, "origin_foreign"),
    ("cross-site", [*KEYED.items(), ("sec-fetch-site", "cross-site")], 403, "origin_foreign"),
    ("same site", [*KEYED.items(), ("sec-fetch-site", "same-site")], 403, "origin_foreign"),
    ("64 KiB of headers", [*KEYED.items(), ("x", "x" * 65_536)], 431, "headers_too_large"),
]


@pytest.mark.parametrize(
    ("headers", "status", "code"), [case[1:] for case in HEADERS], ids=[case[0] for case in HEADERS]
)
async def test_headers(
    house: House, desk: Person, headers: list[tuple[str, str]], status: int, code: str
) -> None:
    before = house.sequence
    told(await desk.send("/demands", body(), headers), status, code)
    assert house.sequence == before


@pytest.mark.parametrize(
    ("tag", "status", "code"),
    [
        (None, 428, "precondition_missing"),
        ("3", 400, "precondition_invalid"),
        ('W/"3"', 400, "precondition_invalid"),
        ("*", 400, "precondition_invalid"),
        ('"0"', 400, "precondition_invalid"),
        ('"' + "9" * 30 + '"', 400, "precondition_invalid"),
    ],
)
async def test_if_match(
    house: House, desk: Person, tag: str | None, status: int, code: str
) -> None:
    headers = [*KEYED.items()] + ([] if tag is None else [("if-match", tag)])
    before = house.sequence
    reply = await desk.send("/demands/x/close", b'{"reason": "met"}', headers)
    told(reply, status, code)
    assert house.sequence == before


async def test_an_endless_body_is_cut_off(house: House, desk: Person) -> None:
    taken = count(1)
    endless = (b" " * 8_192 for _ in taken)
    headers = [("cookie", desk.cookie), *KEYED.items()]
    reply = await ask(house.app, "POST", "/api/v1/demands", headers, endless)
    told(reply, 413, "body_too_large")
    assert reply.headers["connection"] == "close"
    assert next(taken) <= BYTES_MAX // 8_192 + 2


async def test_a_body_of_just_64_kib_is_read(house: House, desk: Person) -> None:
    raw = body()
    told(
        await desk.send("/demands", raw + b" " * (BYTES_MAX - len(raw)), KEYED.items()),
        404,
        "not_found",  # of the incident: the body was fine
    )


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", f"/api/v1/{SECRET}", 404, "not_found"),
        ("GET", f"/{SECRET}", 404, "not_found"),
        ("GET", "/static/../settings.py", 404, "not_found"),
        ("GET", "/static/%2e%2e/settings.py", 404, "not_found"),
        ("POST", f"/api/v1/demands/{SECRET}/burn", 404, "not_found"),
        ("POST", "/api/v1/demands/", 404, "not_found"),
        ("GET", "/api/v1/demands", 405, "method_not_allowed"),
        ("DELETE", "/api/v1/demands/x/close", 405, "method_not_allowed"),
        ("TRACE", "/api/v1/me", 405, "method_not_allowed"),
        ("GET", f"/api/v1/me?{'a' * 3_000}", 414, "query_too_long"),
        ("GET", f"/{'a' * 2_000}", 414, "query_too_long"),
        ("GET", f"/api/v1/divisions?under={'a' * 90}", 422, "too_long"),
    ],
)
async def test_addresses(
    house: House, desk: Person, method: str, path: str, status: int, code: str
) -> None:
    reply = await ask(house.app, method, path, [("cookie", desk.cookie)])
    told(reply, status, code, "query.under" if code == "too_long" else None)
