"""What a turn moves on the board: entries with whom they reach, and changes as they are read."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from api.live.readers import Reader
from schemas.values import Instant
from schemas.views import Put

Key = tuple[str, str]
"""A row's kind and id."""

_encoder = msgspec.json.Encoder()


class Entry:
    """A row on the board. Its bytes are made when first asked for, then kept."""

    __slots__ = ("_bytes", "put", "reach", "topics")

    def __init__(self, put: Put, topics: tuple[str, ...], reach: tuple[str, ...]) -> None:
        self.put = put
        self.topics = topics
        self.reach = reach  # the topics that readers may hold and be reached by
        self._bytes = b""

    @property
    def encoded(self) -> bytes:
        if not self._bytes:
            self._bytes = _encoder.encode(self.put.row)
        return self._bytes


class Move(NamedTuple):
    """One change: the row as it is (None: gone), whom it reaches now, and whom it did before."""

    key: Key
    entry: Entry | None
    now: tuple[str, ...]
    before: tuple[str, ...]

    def for_those(self, gained: bool) -> bytes:
        """The change as one kind of its recipients reads it."""
        if gained and self.entry is not None:
            return b'{"put":%s}' % self.entry.encoded
        return removed(*self.key)


class Event(NamedTuple):
    sequence: int
    at: Instant
    moves: list[Move]


def pieces(event: Event, reader: Reader) -> list[bytes]:
    """A past turn's changes as this reader reads them."""
    found = []
    for move in event.moves:
        if not reader.topics.isdisjoint(move.now):
            found.append(move.for_those(True))
        elif not reader.topics.isdisjoint(move.before):
            found.append(move.for_those(False))
    return found


def removed(kind: str, id: str) -> bytes:
    return b'{"removed":%s}' % _encoder.encode({"kind": kind, "id": id})
