"""Bodies: read within bounds, validated strictly from the raw JSON, refused without an echo.

The framework's own parsing takes NaN, broken surrogates, repeated names and "7" for 7, and it
sends back what it did not like; none of that happens here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Container, Mapping
from typing import Annotated, Any, ClassVar, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError
from starlette.requests import Request
from starlette.types import Receive

from api.context import context_of
from api.problems import Problem
from schemas.values import LATEST

BYTES_MAX = 64 * 1024
JSON_TYPE = b"application/json"
BYTE_ORDER_MARK = "\ufeff"

YEAR_1990 = 631_152_000_000  # seconds taken for milliseconds fall before it, and are refused
Time = Annotated[int, Field(ge=YEAR_1990, le=LATEST, description="Milliseconds.")]
Id = Annotated[str, Field(min_length=1, max_length=64)]

B = TypeVar("B", bound="Body")


class Body(BaseModel):
    """Base of every body. Fields named in `personal` stay out of the body's digest."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)
    personal: ClassVar[set[str]] = set()


class Empty(Body):
    """`{}`: the address says it all."""


async def read_body(
    request: Request,
    headers: dict[bytes, bytes],
    kind: bytes = JSON_TYPE,
    most: int = BYTES_MAX,
) -> bytes:
    """The raw body. Refused before it is parsed: of another type, compressed, or over `most`."""
    if headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != kind:
        raise Problem("content_type" if kind == JSON_TYPE else "form_invalid")
    if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
        raise Problem("content_encoding")
    length = headers.get(b"content-length", b"")
    if length.isdigit() and (len(length) > 9 or int(length) > most):
        raise _too_large()
    with context_of(request).patience.waiting():
        return await _gathered(request.receive, most)


async def _gathered(receive: Receive, most: int) -> bytes:
    """All parts of a body; one that has no end is cut off at the bound."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem("body_slow")
        part, more = message.get("body", b""), message.get("more_body", False)
        size += len(part)
        if size > most:
            raise _too_large()
        parts.append(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _too_large() -> Problem:
    return Problem("body_too_large", headers={"Connection": "close"})


def one_of(codes: Container[str], problem: str) -> Callable[[str], str]:
    """A validator for a code of a list."""

    def check(code: str) -> str:
        if code not in codes:
            raise PydanticCustomError(problem, problem)
        return code

    return check


def parse(model: type[B], raw: bytes) -> B:
    """The body as a model. Raises Problem with one code and, where there is one, its field."""
    _check_json(raw)
    try:
        return model.model_validate_json(raw, strict=True)
    except ValidationError as error:
        raise problem_of(error.errors(include_url=False)[0]) from None


def _check_json(raw: bytes) -> None:
    """What the strict parser would let pass or call by one name: encoding, repeated names."""
    text = _decoded(raw)
    try:
        top = _lenient.decode(text)
    except json.JSONDecodeError as error:
        broken_text = error.msg.startswith("Invalid control character")
        raise Problem("text_invalid" if broken_text else "json_invalid") from None
    except RecursionError:
        raise Problem("too_deep") from None
    except ValueError:  # an integer of thousands of digits
        raise Problem("out_of_range") from None
    if not isinstance(top, _Object):
        raise Problem("body_not_object")


def _decoded(raw: bytes) -> str:
    if not raw.strip():
        raise Problem("body_missing")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Problem("encoding") from None
    if text.startswith(BYTE_ORDER_MARK) or "\0" in text[:2]:  # the latter is UTF-16 or UTF-32
        raise Problem("encoding")
    return text


class _Object:
    """Stands for any JSON object: only that there was one is of interest."""


_OBJECT = _Object()


def _pairs(pairs: list[tuple[str, Any]]) -> _Object:
    if len(dict(pairs)) != len(pairs):
        raise Problem("duplicate_key")
    return _OBJECT


def _constant(_name: str) -> NoReturn:
    raise Problem("number_not_finite")


_lenient = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant)

_CODES = {
    "missing": "field_missing",
    "extra_forbidden": "unknown_field",
    "finite_number": "number_not_finite",
    "string_too_long": "too_long",
    "string_too_short": "blank",
    "too_long": "too_many",
    "too_short": "too_few",
    "string_pattern_mismatch": "format_invalid",
    "enum": "code_unknown",
    "literal_error": "code_unknown",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "int_parsing_size": "out_of_range",
    "string_unicode": "text_invalid",
}
"""pydantic's kinds of errors and our codes."""


def problem_of(error: Mapping[str, Any]) -> Problem:
    """The problem for one of pydantic's errors; what was sent is looked at, never passed on."""
    kind, location = error["type"], error["loc"]
    if kind == "json_invalid":
        return Problem(_broken(str(error.get("ctx", {}).get("error", ""))))
    if kind == "extra_forbidden":
        location = location[:-1]  # the last name is not ours
    code = _CODES.get(kind) or (kind if kind in OWN_CODES else "type_wrong")
    if code == "type_wrong" and error.get("input") in (math.inf, -math.inf):
        code = "number_not_finite"
    if code == "too_many" and location == ("lines",):
        code = "lines_too_many"
    return Problem(code, ".".join(map(str, location)))


def _broken(reason: str) -> str:
    """Why the strict parser calls JSON invalid that the lenient one took."""
    if "recursion" in reason:
        return "too_deep"
    return "text_invalid" if "surrogate" in reason or "escape" in reason else "json_invalid"


OWN_CODES = frozenset(
    {"blank", "code_unknown", "format_invalid", "minimum_over_target", "skill_unknown"}
    | {"text_given_and_removed", "text_invalid", "whole_minimum"}
)
"""What our own validators raise."""
