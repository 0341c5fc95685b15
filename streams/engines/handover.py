"""What the writer thread and the event loop hand to each other, in order."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import NamedTuple

from schemas.turns import Envelope, Turn
from schemas.values import AreaId, Instant, OperationId
from streams.engines import Published, Receipt, StorageFull
from streams.engines.log_file import Row
from streams.turning import Taken

Waiter = asyncio.Future[Receipt]
Due = tuple[Instant, OperationId, int]


class Asked(NamedTuple):
    """A command on its way in, and who waits for its answer."""

    waiter: Waiter
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class WantRows:
    """Somebody on the event loop waits for every row of the state."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The last item that the writer is given: what came before it is still answered."""


Item = Asked | WantRows | Stop


@dataclass(slots=True)
class Batch:
    """What one commit made durable: rows for the file, changes for listeners, answers."""

    asked: list[Asked]
    rows: list[Row] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    published: list[Published] = field(default_factory=list)
    answers: list[tuple[Waiter, Receipt | Exception]] = field(default_factory=list)
    due: dict[AreaId, Due | None] = field(default_factory=dict)
    full: bool | None = None  # set where the disk has become full, or has room again

    @property
    def worth_telling(self) -> bool:
        return bool(self.answers or self.published) or self.full is not None

    def add(self, taken: Taken) -> None:
        turn = taken.turn
        self.turns.append(turn)
        self.rows.append(Row(turn.area, turn.sequence, taken.stored))
        self.published.append(Published(turn.area, turn.sequence, turn.at, taken.changes))

    def refuse(self) -> None:
        """The disk is full: nothing of this has happened."""
        self.answers = [(asked.waiter, StorageFull("the disk is full")) for asked in self.asked]
        self.published.clear()
        self.due.clear()

    def turn(self, area: AreaId, sequence: int) -> Turn | None:
        """A turn of this very batch, which is not in the file yet."""
        for turn in reversed(self.turns):
            if turn.sequence == sequence and turn.area == area:
                return turn
        return None


@dataclass(frozen=True, slots=True)
class Rows:
    """Every row of the state, as it is behind all batches handed over before."""

    published: list[Published]


@dataclass(frozen=True, slots=True)
class Failed:
    """The writer cannot go on; these still wait for an answer. The process is about to end."""

    waiters: list[Waiter]


@dataclass(frozen=True, slots=True)
class Ended:
    """The writer has answered everything and closed the log."""


Delivery = Batch | Rows | Failed | Ended
