"""The state's canonical bytes, entities in the order of their ids, caches left out."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import msgspec

from streams.area import Area
from streams.table import Table

EVOLVE = 1  # rises when a fold of the same facts gives another state

_encode = msgspec.json.Encoder().encode


def state_hash(area: Area) -> str:
    """SHA-256 of the state: equal on every engine and machine that folded the same turns."""
    total = sha256()
    for part in canonical(area):
        total.update(part)
        total.update(b"\n")
    return total.hexdigest()


def canonical(area: Area) -> list[bytes]:
    """The state as lines of JSON: a header, then every table's rows in the order of their ids."""
    header = (EVOLVE, area.id, area.sequence, area.at, area.previous)
    lines = [_encode(header)]
    registry = area.registry
    for table in (area.header, registry.grants, registry.organizations, registry.withdrawn):
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
