"""The plan of an import: every row looked at first, and what is to be played in order of time.

What is to be played lies in a file that ends with it, so a long history needs no more memory than
a short one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import apsw
import msgspec

from api.records.fields import Record
from api.records.ledger import Ledger, Refusal
from api.records.life import Life, Moment, life, logged
from api.records.reading import Reader, Refused, content_of
from api.records.source import Raw, Source
from schemas.values import Instant

_TABLE: Final = """
CREATE TABLE moments (
    at INTEGER, row INTEGER, number INTEGER, stored BLOB, PRIMARY KEY (at, row, number)
) STRICT, WITHOUT ROWID
"""
_NEXT: Final = "SELECT stored FROM moments ORDER BY at, row, number"

Looked = Callable[[int], None]
"""Told how many rows have been looked at."""


class Met:
    """Which records came before, by their ids."""

    def __init__(self) -> None:
        self._contents: dict[str, str] = {}

    def before(self, record: Record, reader: Reader) -> bool:
        """Whether the very same record came before. Raises Refused where another of its id did."""
        own, content = reader.id(record), content_of(record)
        if own not in self._contents:
            self._contents[own] = content
            return False
        if self._contents[own] != content:
            raise Refused("id_twice", "id")
        return True


class Plan:
    """Everything that is to be played, in order; and the rows that are not."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.contents: dict[int, str] = {}  # of the rows that become demands
        self.moments = 0
        self._store = apsw.Connection("")  # a file of SQLite's own, deleted with this
        self._store.execute(_TABLE)
        self._met = Met()

    def close(self) -> None:
        self._store.close()

    def look(self, source: Source, reader: Reader, told: Looked) -> None:
        """Look at every row of a file."""
        with self._store:
            for raw in source.rows:
                self.ledger.rows += 1
                self._row(raw, reader)
                told(self.ledger.rows)

    @property
    def begins(self) -> Instant | None:
        """When the first of it happened."""
        found = self._store.execute("SELECT min(at) FROM moments").fetchone()
        return found[0] if found is not None and isinstance(found[0], int) else None

    def play(self) -> Iterator[Moment]:
        """Every moment in the order of time, those of one time in the order of the file."""
        for (stored,) in self._store.execute(_NEXT):
            assert isinstance(stored, bytes)
            yield msgspec.msgpack.decode(stored, type=Moment)

    def expect(self) -> None:
        """Count what would be played, without playing it."""
        for moment in self.play():
            if moment.filed:
                self.ledger.demand(moment.reading)
            self.ledger.changes += len(moment.steps) + len(moment.edits)

    def _row(self, raw: Raw, reader: Reader) -> None:
        record, changes = raw.record, 0
        try:
            if record is None:
                raise Refused(raw.problem)
            changes = logged(record, reader.profile)
            self._refuse_damaged(raw, reader)
            if self._met.before(record, reader):
                self.ledger.double(changes)
                return
            self._take(raw.number, life(raw.number, record, reader), content_of(record))
        except Refused as refused:
            self.ledger.refuse(Refusal.of(raw.number, refused), changes)

    def _refuse_damaged(self, raw: Raw, reader: Reader) -> None:
        """A cell whose content is lost, if the profile asks for it."""
        for name, why in raw.cells:
            if name in reader.profile.used:
                raise Refused(why, name)

    def _take(self, row: int, found: Life, content: str) -> None:
        self.contents[row] = content
        for reason in found.refused:
            self.ledger.not_played(reason)
        for number, moment in enumerate(found.moments):
            stored = msgspec.msgpack.encode(moment)
            self._store.execute(
                "INSERT INTO moments VALUES (?, ?, ?, ?)", (moment.at, row, number, stored)
            )
        self.moments += len(found.moments)
