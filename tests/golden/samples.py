"""Samples of every stored kind, made from fixed values: one as full, one as bare as can be.

What a field holds follows from its type alone, so a new kind has its samples at once and no
sample changes with another kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast, get_args

import msgspec
from msgspec import inspect

from schemas import wire
from schemas.commands import Command, Tick
from schemas.facts import Fact
from schemas.turns import FORMAT, Envelope, Turn
from schemas.values import Stored
from schemas.write import tag_of

COMMANDS: tuple[type[Stored], ...] = get_args(Command)
FACTS: tuple[type[Stored], ...] = get_args(Fact)

# Two scripts, an emoji beyond the first plane, everything that JSON escapes, and U+2028.
TEXT = '守望 "Wenzhou" \\ / é 😀 \n\t\u0000\u2028'
PATTERNS = {
    "^[a-z0-9-]{0,40}$": ("typhoon-2025-" + "a" * 27, ""),
    "^[0-9a-f]{64}$": ("0123456789abcdef" * 4, "0" * 64),
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}$": ("9999-12-31", "2025-01-01"),
    "^[0-9A-Z]{18}$": ("51330324MJ8000001X", "0" * 18),
}
UNBOUNDED = 2**53 + 1, -(2**53) - 1  # what a double could not hold


def sample(kind: type[Stored], *, full: bool) -> Stored:
    """A value of the kind with everything there and at its largest, or with the least."""
    return cast(Stored, _value(inspect.type_info(kind), full=full))


def goldens() -> Iterator[tuple[str, bytes]]:
    """Where each kind's golden file is, and what belongs in it: a line full, a line bare."""
    for part, kinds, record in (("commands", COMMANDS, envelope), ("facts", FACTS, turn)):
        for kind in kinds:
            lines = [record(sample(kind, full=full), full=full) for full in (True, False)]
            yield f"{part}/{tag_of(kind)}.ndjson", b"".join(wire.encode(r) + b"\n" for r in lines)


def envelope(command: Any, *, full: bool) -> Envelope:
    """The command on its way in."""
    others = _fields(Envelope, full=full, but=("command",))
    return Envelope(command=command, **others)


def turn(fact: Any, *, full: bool) -> Turn:
    """A turn that led to the fact."""
    others = _fields(Turn, full=full, but=("format", "command", "facts"))
    return Turn(format=FORMAT, command=Tick(number=1), facts=(fact,), **others)


def _fields(kind: type[msgspec.Struct], *, full: bool, but: tuple[str, ...] = ()) -> dict[str, Any]:
    info = cast(inspect.StructType, inspect.type_info(kind))
    return {
        field.name: _value(field.type, full=full) for field in info.fields if field.name not in but
    }


def _value(info: inspect.Type, *, full: bool) -> Any:
    match info:
        case inspect.StructType(cls=kind):
            return kind(**_fields(kind, full=full))
        case inspect.UnionType(types=types):
            [other] = [item for item in types if not isinstance(item, inspect.NoneType)]
            return _value(other, full=True) if full else None
        case inspect.VarTupleType(item_type=item, min_length=least):
            return tuple(_value(item, full=full) for _ in range(2 if full else least or 0))
        case inspect.EnumType(cls=codes):
            return next(iter(cast(Any, codes)))  # lists grow at their end
        case inspect.BoolType():
            return full
        case inspect.IntType():
            return _integer(info, full=full)
        case inspect.StrType():
            return _text(info, full=full)
        case _:
            raise AssertionError(f"the house rule stores no {type(info).__name__}")


def _integer(info: inspect.IntType, *, full: bool) -> int:
    bound, unbounded = (info.le, UNBOUNDED[0]) if full else (info.ge, UNBOUNDED[1])
    return unbounded if bound is None else bound


def _text(info: inspect.StrType, *, full: bool) -> str:
    if info.pattern is not None:
        return PATTERNS[info.pattern][0 if full else 1]
    if full:
        return TEXT[: info.max_length]
    return "a" * (info.min_length or 0)
