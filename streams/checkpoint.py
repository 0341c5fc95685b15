"""The state as bytes: for its hash, in the order of ids, and to be put back, in its own order.

Both are derived from the tables that the state's classes name; caches are left out, and follow
by themselves when rows are put back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from itertools import chain, islice
from typing import Any, Final, NamedTuple

import msgspec

from schemas.values import AreaId, CommandId, Instant, Mode, OperationId, Stored
from streams.area import Area
from streams.remembered import Key
from streams.table import NO_OPERATION, Table

PORTION: Final = 5_000  # rows in one frame

_encode = msgspec.json.Encoder().encode
_pack = msgspec.msgpack.Encoder().encode


def state_hash(area: Area) -> str:
    """SHA-256 of the state: equal on every engine and machine that folded the same turns."""
    total = sha256()
    for part in canonical(area):
        total.update(part)
        total.update(b"\n")
    return total.hexdigest()


def canonical(area: Area) -> list[bytes]:
    """The state as lines of JSON: a header, then every table's rows in the order of their ids."""
    lines = [_encode((area.id, area.sequence, area.at, area.previous))]
    for table in chain(area.tables(), area.registry.tables()):
        lines += _rows(table)
    for key in sorted(area.operations):
        operation = area.operations[key]
        lines.append(_encode((operation.id, operation.mode)))
        for table in operation.tables():
            lines += _rows(table)
    lines += [_encode(("key", key, area.keys[key])) for key in sorted(area.keys)]
    return lines


def _rows(table: Table[Any, Any]) -> list[bytes]:
    return [_encode((table.name, key, table[key])) for key in sorted(table)]


class Working(Stored):
    """An operation that there is, and in which turn something was last done in it."""

    id: OperationId
    mode: Mode
    sequence: int


class Part(Stored):
    """So many rows of a table."""

    scope: OperationId
    table: str
    rows: int


class Contents(Stored):
    """The first frame: of which log, as of which turn, and what follows."""

    area: AreaId
    sequence: int
    at: Instant
    previous: str
    operations: tuple[Working, ...]
    parts: tuple[Part, ...]


class NotFit(ValueError):
    """Frames that are no state of this area, as this program has states."""


KEYS: Final = "keys"
_contents = msgspec.msgpack.Decoder(Contents)


class _Place(NamedTuple):
    """Rows of the state, and the types of key and row that they have."""

    scope: OperationId
    name: str
    rows: dict[Any, Any]
    table: Table[Any, Any] | None
    types: tuple[Any, Any]


def packed(area: Area) -> Iterator[bytes]:
    """The whole state in frames, every table in the order in which its rows came.

    The area must not change meanwhile. The same turns, folded, give the same frames.
    """
    places = list(_places(area))
    contents = Contents(
        area=area.id,
        sequence=area.sequence,
        at=area.at,
        previous=area.previous,
        operations=tuple(
            Working(id=one.id, mode=one.mode, sequence=one.sequence)
            for one in area.operations.rows.values()
        ),
        parts=tuple(_part(place) for place in places),
    )
    yield _pack(contents)
    for place in places:
        rows = iter(place.rows.items())
        while portion := list(islice(rows, PORTION)):
            yield _pack(portion)


def unpack(area: Area, frames: Iterable[bytes]) -> None:
    """Put a state into an area that is empty still. NotFit, which may leave it half filled."""
    coming = iter(frames)
    try:
        contents = _contents.decode(next(coming, b""))
        if contents.area != area.id or area.sequence:
            raise NotFit("a state of another area")
        area.sequence, area.at, area.previous = contents.sequence, contents.at, contents.previous
        for one in contents.operations:
            area.open_operation(one.id, one.mode).sequence = one.sequence
        for place, part in zip(_places(area), contents.parts, strict=True):
            if (place.scope, place.name) != (part.scope, part.table):
                raise NotFit("other tables")
            _fill(place, part.rows, coming)
    except (msgspec.DecodeError, ValueError) as problem:
        raise NotFit(str(problem)) from problem
    area.journal.forget()
    if next(coming, None) is not None:
        raise NotFit("more rows than it says")


def _fill(place: _Place, rows: int, frames: Iterator[bytes]) -> None:
    """At once, since what follows a table takes many rows sooner than one after the other."""
    decoder = _decoder(*place.types)
    found: list[tuple[Any, Any]] = []
    while len(found) < rows:
        found += decoder.decode(next(frames, b""))
    if place.table is None:
        place.rows.update(found)
    else:
        place.table.fill(found)
    if len(place.rows) != rows:
        raise NotFit("other rows than it says")


@cache
def _decoder(key: Any, row: Any) -> msgspec.msgpack.Decoder[list[tuple[Any, Any]]]:
    return msgspec.msgpack.Decoder(list[tuple[key, row]])


def _places(area: Area) -> Iterator[_Place]:
    """Everything that is state, in a fixed order: operations in that in which they came."""
    for owner in (area, area.registry, *area.operations.rows.values()):
        for table, types in zip(owner.tables(), owner.kinds.values(), strict=True):
            yield _Place(table.scope, table.name, table.rows, table, types)
    yield _Place(NO_OPERATION, KEYS, area.keys, None, (CommandId, Key))


def _part(place: _Place) -> Part:
    return Part(scope=place.scope, table=place.name, rows=len(place.rows))
