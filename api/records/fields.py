"""Fields of a record: found by name or nested path, read as text or as a number."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import msgspec

Record = dict[str, Any]

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_COMPARED: Final = re.compile(r"(>=|<=|>|<|!=)\s*([+-]?[0-9]+(?:\.[0-9]+)?)")
_SIGNS: Final[dict[str, Callable[[Decimal, Decimal], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "!=": operator.ne,
}


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
    if isinstance(field, str):
        return (field,)
    found = field.path if isinstance(field, FieldTable) else field
    return (found,) if isinstance(found, str) else found


def value_at(record: Record, field: Field) -> Any:
    """The field's value; "" where there is none."""
    if isinstance(field, str):
        found = value_of(record, field)
        return "" if found is None else found
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
        case str():
            return value.strip()
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


class Condition:
    """What a value is to be: one of several texts, a number compared as in ">0", or "*": any."""

    def __init__(self, wanted: Wanted) -> None:
        every = wanted if isinstance(wanted, tuple) else (wanted,)
        compared = [_COMPARED.fullmatch(one.strip()) for one in every if isinstance(one, str)]
        self._bounds = [(_SIGNS[hit[1]], Decimal(hit[2])) for hit in compared if hit is not None]
        self._texts = {text_of(one).casefold() for one in every}
        self._any = "*" in every

    def fits(self, value: Any) -> bool:
        text = text_of(value)
        if (self._any and text) or text.casefold() in self._texts:
            return True
        number = number_of(value) if self._bounds else None
        return number is not None and any(is_so(number, bound) for is_so, bound in self._bounds)
