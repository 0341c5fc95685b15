"""One record of a log as its JSON says it, without the types that the rules are written in."""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple

Fact = dict[str, Any]


class Turn(NamedTuple):
    """A turn, read from its bytes alone. `digest` is the SHA-256 of those, hexadecimal."""

    sequence: int
    at: int
    previous: str
    digest: str
    area: str
    operation: str
    mode: str | None
    actor: str
    command_id: str
    command: Fact
    facts: list[Fact]
    refusal: str | None


class NotReadable(ValueError):
    """A record is not JSON, or lacks what every turn has."""


def read(stored: bytes) -> Turn:
    """The turn in a record. NotReadable where it is none."""
    try:
        found = json.loads(stored)
        named = {name: found[name] for name in Turn._fields if name != "digest"}
    except (ValueError, KeyError, TypeError) as error:
        raise NotReadable(type(error).__name__) from error
    return Turn(**named, digest=hashlib.sha256(stored).hexdigest())


def kind(fact: Fact) -> str:
    """The name in its tag, without the number of its shape: `OfferSent` of `OfferSent.1`."""
    name, _, _ = fact["type"].rpartition(".")
    return str(name)
