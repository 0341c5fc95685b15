"""What every answer to bad input must be, and what bad input is made from."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.api.house import JSON_HEADERS, Reply, demand_body

SECRET = "zhang-san-13800138000"  # what must never come back
KEYED = {**JSON_HEADERS, "idempotency-key": "bad-1"}


def told(reply: Reply, status: int, code: str, field: str | None = None) -> None:
    """A whole problem document, and nothing of what was sent."""
    assert (reply.status, reply.code) == (status, code), reply.content
    problem = reply.json
    assert reply.headers["content-type"] == "application/problem+json"
    assert problem["type"].endswith(code)
    assert problem["status"] == status
    assert re.search("[\u4e00-\u9fff]", problem["message"]["zh"])
    assert re.search("[a-z]{2}", problem["message"]["en"])
    assert problem["title"]
    assert problem["trace"]
    assert problem.get("field") == field
    assert SECRET not in reply.content.decode()


def body(**changed: Any) -> bytes:
    return json.dumps(demand_body("i" * 27, **changed)).encode()
