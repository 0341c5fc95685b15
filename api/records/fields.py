"""Fields of a record: found by name or nested path, read as text or as a number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

import msgspec

Record = dict[str, Any]

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_COMPARED: Final = re.compile(r"(>=|<=|>|<|!=)\s*([+-]?[0-9.]+)")


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """Base of a profile's tables; `dict` lets what follows from one be computed once."""


class FieldTable(Table, frozen=True):
    """Where a value stands: the first path that has one, else `default`; or a constant."""

    path: str | tuple[str, ...] = ()
    default: str = ""
    constant: str = ""


Field = str | tuple[str, ...] | FieldTable


def paths_of(field: Field) -> tuple[str, ...]:
    """The paths that a field is looked for at, in their order."""
    found = field.path if isinstance(field, FieldTable) else field
    return (found,) if isinstance(found, str) else found


def value_at(record: Record, field: Field) -> Any:
    """The field's value; "" where there is none."""
    if isinstance(field, FieldTable) and field.constant:
        return field.constant
    for path in paths_of(field):
        found = value_of(record, path)
        if found is not None and found != "":
            return found
    return field.default if isinstance(field, FieldTable) else ""


def value_of(record: Any, path: str) -> Any:
    """What stands at a path; a name with points in it comes before what is nested."""
    if isinstance(record, dict) and path in record:
        return record[path]
    found = record
    for part in path.split("."):
        match found:
            case dict():
                found = found.get(part)
            case list() if part.isdigit() and int(part) < len(found):
                found = found[int(part)]
            case _:
                return None
    return found


def text_of(value: Any) -> str:
    """A value as it would be typed: yes and no as true and false, 3.0 as 3."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case dict() | list():
            return msgspec.json.encode(value).decode()
        case _:
            return str(value).strip()


def number_of(value: Any) -> Decimal | None:
    """A number, also where it came as text; None where it is none."""
    text = text_of(value).replace(",", "")
    if text in ("true", "false"):
        return Decimal(text == "true")
    return Decimal(text) if _NUMBER.fullmatch(text) else None


Wanted = str | int | bool | tuple[str | int | bool, ...]


def fits(value: Any, wanted: Wanted) -> bool:
    """Whether a value is one of those: equal as text, compared as in ">0", "*" for any."""
    return any(_is(value, one) for one in _each(wanted))


def _each(wanted: Wanted) -> Iterator[str | int | bool]:
    if isinstance(wanted, tuple):
        yield from wanted
    else:
        yield wanted


def _is(value: Any, one: str | int | bool) -> bool:
    text = text_of(value)
    if one == "*" and isinstance(one, str):
        return text != ""
    compared = compared_with(one)
    if compared is None:
        return text.casefold() == text_of(one).casefold()
    sign, bound = compared
    number = number_of(value)
    if number is None:
        return False
    return {
        ">=": number >= bound,
        "<=": number <= bound,
        ">": number > bound,
        "<": number < bound,
        "!=": number != bound,
    }[sign]


def compared_with(one: str | int | bool) -> tuple[str, Decimal] | None:
    """What a condition as ">=2" compares with."""
    found = _COMPARED.fullmatch(one.strip()) if isinstance(one, str) else None
    return None if found is None else (found[1], Decimal(found[2]))
