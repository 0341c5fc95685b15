"""Forms of plain pages: read within bounds, strictly, and without an echo."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from api.doors.body import read_body
from api.doors.call import headers_of
from api.problems import Problem

FORM_TYPE = b"application/x-www-form-urlencoded"
FORM_BYTES_MAX = 2 * 1024
_NUMBER = re.compile("[0-9]{1,15}")


async def read_form(request: Request, known: Collection[str]) -> dict[str, str]:
    """The filled fields of a form, by name; those left empty are left out.

    Raises Problem for another type, over 2 KiB, broken text, a repeated or an unknown field.
    """
    raw = await read_body(request, headers_of(request), FORM_TYPE, FORM_BYTES_MAX)
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=len(known) + 1,
        )
    except ValueError:
        raise Problem("form_invalid") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Problem("form_invalid")
    only(fields, known)
    return {name: value for name, value in fields.items() if value}


def only(fields: Mapping[str, str], known: Collection[str]) -> None:
    """Problem `unknown_field` where there is another field."""
    if not fields.keys() <= set(known):
        raise Problem("unknown_field")


def number_in(fields: Mapping[str, str], name: str, least: int, most: int) -> int | None:
    """A whole number, None where it was left empty. Raises Problem where it is none or too far."""
    text = fields.get(name)
    if text is None:
        return None
    if not _NUMBER.fullmatch(text):
        raise Problem("type_wrong", name)
    if not least <= int(text) <= most:
        raise Problem("out_of_range", name)
    return int(text)
