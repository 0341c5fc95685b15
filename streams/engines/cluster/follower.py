"""One partition of the turns, folded for its boards: which entries each of them lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from schemas.commands import Resume, Tick
from schemas.turns import GENESIS, DeadLetter
from schemas.values import AreaId
from schemas.views import Change, Put
from schemas.wire import encode
from streams.engines.cluster.board import Entry, Position, dead_letters
from streams.engines.cluster.ending import CannotGoOn
from streams.engines.cluster.partition import NO_AREA, Partition, Trees
from streams.engines.cluster.records import TurnRecord
from streams.turning import Taken

Lacking = dict[AreaId, list[Entry]]
"""Entries that a board has not yet, in order, by its name."""


class AnotherLog(CannotGoOn):
    """The board was made from turns that this log does not have."""

    def __init__(self, name: AreaId, sequence: int) -> None:
        super().__init__(
            f"turn {sequence}, where the board of {name} ends, is not in this log; "
            "`shouwang board rebuild` makes the board again"
        )


class Follower:
    """Folds the turns of a partition. What a board has already is folded, but not told again.

    Boards go by the names of their areas; that of the dead letters is `dead_letters(partition)`.
    """

    def __init__(
        self,
        partition: int,
        areas: frozenset[AreaId],
        trees: Trees,
        begun: Partition | None = None,
    ) -> None:
        """`begun`: what its checkpoint has, if not from the beginning."""
        self.names = (*sorted(areas), dead_letters(partition))
        self.held: Mapping[AreaId, Position] = {}
        self._place = begun or Partition(partition, areas, trees)
        self._letters = dead_letters(partition)

    @property
    def next_turn(self) -> int:
        """The offset behind everything that has been folded."""
        return self._place.next_turn

    def is_past(self, held: Mapping[AreaId, Position]) -> bool:
        """Whether a board ends before what has been folded: its rows would have to be made again.

        They are those of a state that is gone, so a new follower has to make them.
        """
        return any(position.sequence < self._end(name)[0] for name, position in held.items())

    def hold(self, held: Mapping[AreaId, Position]) -> None:
        """Go on for boards that end here or later. Raises AnotherLog."""
        self.held = held
        for name in held:
            self._compare(name)

    def lacking(self, records: Iterable[TurnRecord]) -> Lacking:
        """Fold records, and give what the boards do not have of them yet.

        Raises AnotherLog, and whatever Partition raises where nobody can go on.
        """
        found: Lacking = defaultdict(list)
        for record in records:
            name = self._letters if record.area == NO_AREA else record.area
            if name in self.held and self._end(name)[0] < self.held[name].sequence:
                self._place.fold(record)
                self._compare(name)
            elif (learned := self._place.follow(record)) is not None:
                found[name].append(_entry(record, learned, self._end(name)[1]))
        return found

    def refuse_beyond(self) -> None:
        """AnotherLog where a board goes on behind everything that has been folded."""
        for name, position in self.held.items():
            if self._end(name)[0] < position.sequence:
                raise AnotherLog(name, position.sequence)

    def _compare(self, name: AreaId) -> None:
        sequence, digest = self._end(name)
        if sequence == self.held[name].sequence and digest != self.held[name].digest:
            raise AnotherLog(name, sequence)

    def _end(self, name: AreaId) -> tuple[int, str]:
        """Sequence and digest of the last turn of an area, or dead letter, that was folded."""
        if name == self._letters:
            return self._place.letters, self._place.last_letter
        area = self._place.areas.get(name)
        return (0, GENESIS) if area is None else (area.sequence, area.previous)


def _entry(record: TurnRecord, learned: Taken | DeadLetter, digest: str) -> Entry:
    told = learned.turn if isinstance(learned, Taken) else learned
    return Entry(
        sequence=told.sequence,
        digest=digest,
        at=told.at,
        command_id=_key(learned),
        command=record.command,
        offset=record.offset,
        stored=record.stored,
        rows=tuple(map(_row, learned.changes)) if isinstance(learned, Taken) else (),
    )


def _key(learned: Taken | DeadLetter) -> str:
    """The command id that the turn answers for 30 days; a tick has a number in its place."""
    if isinstance(learned, DeadLetter) or isinstance(learned.turn.command, Tick | Resume):
        return ""
    return learned.turn.command_id


def _row(change: Change) -> tuple[str, bytes | None]:
    if isinstance(change, Put):
        return f"{change.row.__struct_config__.tag} {change.row.id}", encode(change)
    return f"{change.kind} {change.id}", None
