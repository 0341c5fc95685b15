"""What somebody else has written among our turns: the same as we, or one of us is wrong.

A worker that was thought dead may go on writing for a while. It decides as we do, so its turns
are ours, and the first one counts. A turn unlike ours means that the rules gave two answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from schemas.values import AreaId
from schemas.wire import decode_dead_letter, decode_turn
from streams.engines.cluster.ending import CannotGoOn
from streams.engines.cluster.partition import NO_AREA, Applied, Partition, SetAside
from streams.engines.cluster.records import TurnRecord

Name = tuple[AreaId, int]
"""A turn's area and sequence, or no area and a dead letter's sequence."""


class Unlike(CannotGoOn):
    """At a turn's place stands another one than ours."""


class Rivals:
    """The others' turns of one partition, each held against ours as soon as there are both."""

    def __init__(self, place: Partition) -> None:
        self._place = place
        self._ahead: dict[Name, bytes] = {}  # what we have not come to yet

    def forget(self) -> None:
        """All that is in the log has been folded: nobody is ahead of us."""
        self._ahead.clear()

    def check(self, ours: Mapping[Name, bytes]) -> None:
        """Hold new turns of ours against those that came before them. Raises Unlike."""
        for name, stored in ours.items():
            _hold(name, stored, self._ahead.pop(name, stored))

    def meet(self, theirs: Iterable[TurnRecord], ours: Mapping[Name, bytes]) -> None:
        """Hold records of others against ours, or keep them until we are there. Raises Unlike."""
        for record in theirs:
            name = named_record(record)
            if name in ours:
                _hold(name, ours[name], record.stored)
            elif name[1] > self._reached(name[0]):
                self._ahead.setdefault(name, record.stored)

    def _reached(self, area: AreaId) -> int:
        if area == NO_AREA:
            return self._place.letters
        return self._place.areas[area].sequence if area in self._place.areas else 0


def named(decided: Applied | SetAside) -> Name:
    if isinstance(decided, Applied):
        return decided.taken.turn.area, decided.taken.turn.sequence
    return NO_AREA, decided.letter.sequence


def named_record(record: TurnRecord) -> Name:
    """Raises NotReadable."""
    if record.area == NO_AREA:
        return NO_AREA, decode_dead_letter(record.stored).sequence
    return record.area, decode_turn(record.stored).sequence


def _hold(name: Name, ours: bytes, theirs: bytes) -> None:
    if ours != theirs:
        area, sequence = name
        raise Unlike(f"turn {sequence} of {area or 'the dead letters'} is there, unlike ours")
