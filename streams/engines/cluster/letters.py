"""The chain of a partition's dead letters, checked as an area's chain is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.turns import GENESIS, DeadLetter
from schemas.wire import NotReadable, decode_dead_letter, digest, encode
from streams.engines.cluster.records import TurnRecord


@dataclass(frozen=True, slots=True)
class LettersVerdict:
    """What checking found. `bad` is the first sequence at fault, with what is wrong there."""

    partition: int
    letters: int
    chain: str  # "ok", or what is broken
    bad: int | None

    @property
    def sound(self) -> bool:
        return self.bad is None


def verify_letters(partition: int, records: Iterable[TurnRecord]) -> LettersVerdict:
    """Check the dead letters of a partition, as `Replay.letters` gives them."""
    letters, previous, fault = 0, GENESIS, ""
    try:
        for record in records:
            fault = _fault(record, partition, letters + 1, previous)
            if fault:
                break
            letters, previous = letters + 1, digest(record.stored)
    except ValueError as problem:  # a record that no decider has written
        fault = str(problem)
    return LettersVerdict(partition, letters, fault or "ok", letters + 1 if fault else None)


def _fault(record: TurnRecord, partition: int, sequence: int, previous: str) -> str:
    """What is wrong with a dead letter at this place, or nothing."""
    try:
        letter = decode_dead_letter(record.stored)
    except NotReadable as problem:
        return f"not readable: {problem}"
    if letter.sequence != sequence:
        return f"sequence {letter.sequence} where {sequence} belongs"
    if letter.previous != previous:
        return "does not follow the dead letter before it"
    if not _is_as_written(letter, record, partition):
        return "is not as a decider writes it"
    return ""


def _is_as_written(letter: DeadLetter, record: TurnRecord, partition: int) -> bool:
    same_place = (letter.partition, letter.offset) == (partition, record.command)
    return same_place and encode(letter) == record.stored
