"""The seam between the doors and a log: the same for every engine, proven by one suite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from schemas.turns import Envelope, Turn
from schemas.values import AreaId, Instant, OperationId, Piece
from schemas.views import Change
from streams.turning import KeyReused


@dataclass(frozen=True, slots=True)
class Receipt:
    """The durable answer to a command: its turn, and whether the key had been used before."""

    turn: Turn
    repeated: bool


@dataclass(frozen=True, slots=True)
class Published:
    """One durable turn with the board changes that it made, in the order of the log."""

    area: AreaId
    sequence: int
    at: Instant
    changes: tuple[Change, ...]


Listener = Callable[[list[Published]], None]


class Unavailable(Exception):
    """The command was not carried out; nothing is bound, the same key may be sent again."""


class StorageFull(Unavailable):
    """The disk is full: 507. The board goes on serving; writing resumes when there is space."""


class Stopping(Unavailable):
    """The engine is stopping: 503."""


class Defect(Unavailable):
    """A rule failed on this one command: 500. It is recorded beside the log.

    `piece`: what settling was doing, where it failed in that.
    """

    def __init__(self, words: str, piece: Piece | None = None) -> None:
        super().__init__(words)
        self.piece = piece


class TickStale(Unavailable):
    """A tick that is not the next one of its operation; it never leads to a turn."""


class Moved(Unavailable):
    """The log has been moved and goes on elsewhere: 503; the key is good there."""


class NotYet(Unavailable, LookupError):
    """An area of this engine's whose log has not been opened yet: 503 at the doors."""


class NewerSchema(Unavailable):
    """The deciders are older than this program and cannot read the command: 503."""


class Engine(Protocol):
    """One process's hold on one or more command areas."""

    async def submit(self, envelope: Envelope) -> Receipt:
        """Decide a command and make its turn durable. Raises Unavailable or KeyReused."""

    def listen(self, listener: Listener) -> None:
        """Have every further durable turn's changes handed over, once per batch, in order.

        Called on the event loop, before the answers of the batch are given.
        """

    def changes(self) -> list[Published]:
        """Every row of the present state as puts, one Published per area: the board's start."""

    def read(self, area: AreaId, after: int = 0) -> Iterator[bytes]:
        """The stored bytes of the turns behind a sequence, in order, from a read connection."""

    def next_due(self, area: AreaId) -> tuple[Instant, OperationId, int] | None:
        """When, in which operation and as which number the next tick is due, if any is."""

    async def close(self) -> None:
        """Stop taking commands, answer those taken, let go of the log."""


class LogReader(Protocol):
    """A read-only hold on a log, for one thread at a time."""

    def areas(self) -> list[AreaId]:
        """Every area with a turn, ordered."""

    def stored(self, area: AreaId, sequence: int) -> bytes:
        """One turn's bytes; LookupError where the log does not reach so far."""

    def read(self, area: AreaId, after: int = 0) -> Iterator[bytes]:
        """Stored bytes behind a sequence, in order, to the end that the log has meanwhile."""

    def close(self) -> None: ...


__all__ = [
    "Defect",
    "Engine",
    "KeyReused",
    "Listener",
    "LogReader",
    "Moved",
    "NewerSchema",
    "NotYet",
    "Published",
    "Receipt",
    "Stopping",
    "StorageFull",
    "TickStale",
    "Unavailable",
]
