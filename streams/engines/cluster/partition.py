"""One partition in memory: its areas, how far its commands are decided, and its dead letters.

No I/O, no clock: the decider and the projector both stand on it, and so does every proof.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

import msgspec

from geo.divisions import DivisionTree
from schemas.commands import OpenLog
from schemas.registry_facts import LogOpened
from schemas.turns import FORMAT, GENESIS, DeadLetter, DeadReason, Envelope, Turn
from schemas.values import AreaId, Instant, TimeSource
from schemas.wire import (
    UNREADABLE,
    NotReadable,
    decode_dead_letter,
    decode_envelope,
    decode_turn,
    digest,
    encode,
)
from streams.area import Area
from streams.engines.cluster.records import (
    COMMAND_BYTES_MOST,
    CommandRecord,
    Outgoing,
    TurnRecord,
    dead_letter_out,
    turn_out,
)
from streams.turning import KeyReused, MovedAway, Repeat, RuleFailed, Taken, fold, follow, take
from streams.versions import RulesMissing

NO_AREA: Final = AreaId("")


class _Link(msgspec.Struct, frozen=True):
    """How any stored record hangs on its chain, read without reading the rest."""

    sequence: int
    previous: str


_links: Final = msgspec.json.Decoder(_Link)

Trees = Callable[[str], DivisionTree]
"""The division tree with a SHA-256; raises where it is not at hand."""


class Hole(Exception):
    """A record is missing before this one: whoever goes on would decide on a wrong state."""


class NotInTable(Exception):
    """The turns hold an area that the table has on another partition, or not at all."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A command's turn, and its record for the topic of turns."""

    taken: Taken
    envelope: Envelope
    out: Outgoing


@dataclass(frozen=True, slots=True)
class Repeated:
    """A command that leads to no turn: a used key, a key reused, a tick out of its order."""

    envelope: Envelope


@dataclass(frozen=True, slots=True)
class SetAside:
    """A dead letter, its record, and what went wrong where a rule failed on a command."""

    letter: DeadLetter
    out: Outgoing
    envelope: Envelope | None = None
    failure: RuleFailed | None = None


Decided = Applied | Repeated | SetAside


class _Dead(Exception):
    """What is read is no command for a rule."""

    def __init__(self, reason: DeadReason) -> None:
        super().__init__(reason)
        self.reason = reason


class Partition:
    """A partition's areas with the position of all that they were folded and decided from."""

    def __init__(self, partition: int, table: Collection[AreaId], trees: Trees) -> None:
        self.partition = partition
        self.areas: dict[AreaId, Area] = {}
        self.next_turn = 0  # offset among the turns behind everything that is folded
        self.decided = -1  # offset of the last command that is known to have been decided
        self.letters = 0
        self.last_letter = GENESIS
        self._table = table
        self._trees = trees

    # Learning what has been decided

    def fold(self, record: TurnRecord) -> Turn | DeadLetter | None:
        """Lay a record of the turns over the state; None where an earlier one said the same.

        Raises Hole, NotReadable and NotInTable: nobody can go on from there.
        """
        if not self._is_next(record):
            return None
        if record.area == NO_AREA:
            return self._learned(record)
        return fold(self._area(record.area, record.stored), record.stored)

    def follow(self, record: TurnRecord) -> Taken | DeadLetter | None:
        """As `fold`, with what the turn changes on the board."""
        if not self._is_next(record):
            return None
        if record.area == NO_AREA:
            return self._learned(record)
        return follow(self._area(record.area, record.stored), record.stored)

    def _is_next(self, record: TurnRecord) -> bool:
        """The first record of a sequence counts, for ever; whatever repeats it does not."""
        if record.offset < self.next_turn:
            return False
        self.next_turn = record.offset + 1
        sequence, previous = self._position(record.area)
        link = _linked(record.stored)
        if link.sequence <= sequence:
            return False
        if (link.sequence, link.previous) != (sequence + 1, previous):
            where = f"turn {link.sequence} of {record.area or 'the dead letters'}"
            raise Hole(f"{where} does not follow turn {sequence} of partition {self.partition}")
        if record.command is not None:
            self.decided = max(self.decided, record.command)
        return True

    def _position(self, area: AreaId) -> tuple[int, str]:
        if area == NO_AREA:
            return self.letters, self.last_letter
        known = self.areas.get(area)
        return (0, GENESIS) if known is None else (known.sequence, known.previous)

    def _learned(self, record: TurnRecord) -> DeadLetter:
        letter = decode_dead_letter(record.stored)
        self.letters, self.last_letter = letter.sequence, digest(record.stored)
        return letter

    def _area(self, name: AreaId, stored: bytes) -> Area:
        if name not in self.areas:
            if name not in self._table:
                raise NotInTable(f"area {name} is on partition {self.partition}, not in its table")
            self.areas[name] = Area(name, self._trees(_divisions(stored)))
        return self.areas[name]

    # Deciding

    def decide(self, record: CommandRecord) -> Decided | None:
        """Decide the next command; None for one that has been decided before.

        Raises Hole where a command is missing before it.
        """
        if record.offset <= self.decided:
            return None
        if record.offset != self.decided + 1:
            missing = f"{self.decided + 1} to {record.offset - 1} of partition {self.partition}"
            raise Hole(f"the commands {missing} are not there")
        self.decided = record.offset
        try:
            return self._taken(record, self._envelope(record))
        except _Dead as dead:
            return self._set_aside(record, dead.reason)

    def _taken(self, record: CommandRecord, envelope: Envelope) -> Decided:
        area = self._opened(envelope)
        try:
            taken = take(area, envelope, _stamp(area, envelope, record.at))
        except KeyReused:
            return Repeated(envelope)
        except RulesMissing as missing:
            if missing.newer:  # it costs that command alone; without the log's own, nobody goes on
                raise _Dead(DeadReason.NEWER_SCHEMA) from None
            raise
        except MovedAway:
            raise _Dead(DeadReason.MOVED) from None
        except RuleFailed as failure:
            return self._set_aside(record, DeadReason.DEFECT, envelope, failure)
        if isinstance(taken, Repeat):
            return Repeated(envelope)
        if area.purpose is None:
            raise _Dead(DeadReason.ANOTHER_AREA)  # what would not open is no log
        self.areas[area.id] = area
        return Applied(taken, envelope, turn_out(area.id, taken.stored, record.offset))

    def _envelope(self, record: CommandRecord) -> Envelope:
        if not record.value:
            raise _Dead(DeadReason.EMPTY)
        if len(record.value) > COMMAND_BYTES_MOST:
            raise _Dead(DeadReason.TOO_LARGE)
        try:
            envelope = decode_envelope(record.value)
        except NotReadable as problem:
            newer = DeadReason.NEWER_SCHEMA if problem.newer else DeadReason.NOT_OURS
            raise _Dead(newer) from problem
        if envelope.area not in self._table or record.key != envelope.area.encode():
            raise _Dead(DeadReason.ANOTHER_AREA)
        return envelope

    def _opened(self, envelope: Envelope) -> Area:
        """The command's area; a new one only for the command that opens its log."""
        if envelope.area in self.areas:
            return self.areas[envelope.area]
        if not isinstance(envelope.command, OpenLog):
            raise _Dead(DeadReason.ANOTHER_AREA)
        return Area(envelope.area, self._trees(envelope.command.divisions))

    def _set_aside(
        self,
        record: CommandRecord,
        reason: DeadReason,
        envelope: Envelope | None = None,
        failure: RuleFailed | None = None,
    ) -> SetAside:
        letter = DeadLetter(
            format=FORMAT,
            partition=self.partition,
            sequence=self.letters + 1,
            previous=self.last_letter,
            at=record.at,
            offset=record.offset,
            size=len(record.value or b""),
            reason=reason,
        )
        stored = encode(letter)
        self.letters, self.last_letter = letter.sequence, digest(stored)
        out = dead_letter_out(stored, record.offset)
        return SetAside(letter, out, envelope, failure)


def _linked(stored: bytes) -> _Link:
    try:
        return _links.decode(stored)
    except UNREADABLE as problem:
        raise NotReadable(str(problem)) from problem


def _divisions(stored: bytes) -> str:
    """Which divisions an area's first turn was written with."""
    for fact in decode_turn(stored).facts:
        if isinstance(fact, LogOpened):
            return fact.divisions
    raise NotReadable("the first turn does not open a log")


def _stamp(area: Area, envelope: Envelope, appended_at: Instant) -> Instant:
    """Rule time: the conductor's in a log on given time, else when the broker appended it."""
    source = area.time_source
    if isinstance(envelope.command, OpenLog) and source is None:
        source = envelope.command.time_source
    if source is not TimeSource.GIVEN:
        return appended_at
    if envelope.at is None:
        raise _Dead(DeadReason.TIME_MISSING)
    return envelope.at
