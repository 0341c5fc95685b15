"""Verification: the chain on the stored bytes, then every command decided again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import starmap
from typing import NamedTuple

from schemas import wire
from schemas.turns import GENESIS, Turn
from streams import board
from streams.area import Area
from streams.checkpoint import state_hash
from streams.turning import KeyReused, MovedAway, RuleFailed, Taken, envelope_of, fold, take
from streams.versions import VERSIONS, RulesMissing, present, release_of

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found. `bad` is the first sequence at fault, with what is wrong there.

    `head`: of the last sound turn. Whoever keeps it elsewhere knows every turn up to it again.
    """

    area: str
    turns: int
    facts: int
    chain: str  # "ok", or what is broken
    replay: str  # "equal", with what only another release can decide again, or what differs
    state_hash: str
    head: str  # "sequence:digest"
    rules: int | None
    bad: int | None

    @property
    def sound(self) -> bool:
        return self.bad is None


_HEAD = re.compile("([1-9][0-9]{0,15}):([0-9a-f]{64})")


class Head(NamedTuple):
    """A turn as it was noted elsewhere: by its digest every turn up to it is known to the byte."""

    sequence: int
    digest: str

    def __str__(self) -> str:
        return f"{self.sequence}:{self.digest}"

    @classmethod
    def read(cls, text: str) -> Head:
        """From "sequence:digest". ValueError for anything else."""
        found = _HEAD.fullmatch(text)
        if found is None:
            raise ValueError("not a head")
        return cls(int(found[1]), found[2])


class _Fault(Exception):
    """One turn that does not stand; says whether the chain or the replay is at fault."""

    def __init__(self, chain: str = "ok", replay: str = "equal") -> None:
        super().__init__(chain, replay)
        self.chain, self.replay = chain, replay


def verify(
    area: Area,
    stored: Iterable[bytes],
    progress: Progress | None = None,
    heads: Iterable[Head] = (),
) -> Verdict:
    """Decide a log again on an empty area and compare it byte by byte, up to the first fault.

    With `heads` that were kept elsewhere, each one's turn has to be there as it was then. Turns by
    rules that are here no longer are folded, and the verdict says who can decide them again.
    """
    kept: dict[int, list[Head]] = {}
    for head in heads:
        kept.setdefault(head.sequence, []).append(head)
    turns = facts = 0
    older = dict[int, list[int]]()
    previous = GENESIS
    fault = _Fault()
    bad = None
    for record in stored:
        try:
            turn = _linked(record, turns + 1, previous)
            if turn.rules in VERSIONS:
                _decided_again(area, turn, wire.today(record))
            else:
                fold(area, record)
                older.setdefault(turn.rules, []).append(turn.sequence)
            _as_kept(kept.get(turns + 1), Head(turns + 1, wire.digest(record)))
        except _Fault as found:
            fault, bad = found, turns + 1
            break
        previous = wire.digest(record)
        area.previous = previous  # an older encoding is compared lifted, but chained as stored
        turns, facts = turns + 1, facts + len(turn.facts)
        if progress is not None:
            progress(turns)
    last = max(kept, default=0)
    if bad is None and turns < last:
        fault, bad = _Fault(chain=f"ends before turn {last}, which was kept"), turns + 1
    if bad is None and turns and not _shown(area):
        fault, bad = _Fault(replay="decided again, and its rows cannot be shown"), turns
    return Verdict(
        area=area.id,
        turns=turns,
        facts=facts,
        chain=fault.chain,
        replay="; ".join((fault.replay, *starmap(_for_another, older.items()))),
        state_hash=state_hash(area),
        head=str(Head(turns, previous)),
        rules=None if area.told is None else area.told.rules,
        bad=bad,
    )


def _shown(area: Area) -> bool:
    """Whether a server could start from it: every row of what is known can be made."""
    try:
        board.everything(area)
    except Exception:
        return False
    return True


def _linked(record: bytes, sequence: int, previous: str) -> Turn:
    """The turn, if it is readable and follows the one before."""
    try:
        turn = wire.decode_turn(record)
    except wire.NotReadable as error:
        raise _Fault(chain=f"not readable: {error}") from error
    if turn.sequence != sequence:
        raise _Fault(chain=f"sequence {turn.sequence} where {sequence} belongs")
    if turn.previous != previous:
        raise _Fault(chain="does not follow the turn before it")
    if turn.rules > present().number:
        raise _Fault(replay=f"decided by rules {turn.rules}, newer than this program's")
    return turn


def _for_another(rules: int, turns: list[int]) -> str:
    span = f"turns {turns[0]} to {turns[-1]} by rules {rules}"
    return f"{span} are folded: to decide them again takes {release_of(rules)}"


def _as_kept(heads: list[Head] | None, found: Head) -> None:
    if heads is not None and any(head != found for head in heads):
        raise _Fault(chain="is not the turn whose hash was kept")


def _decided_again(area: Area, turn: Turn, written: bytes) -> None:
    try:
        again = take(area, envelope_of(turn), turn.at, settled=turn.settled)
    except (KeyReused, MovedAway, RuleFailed, RulesMissing) as error:
        raise _Fault(replay=f"cannot be decided again: {type(error).__name__}") from error
    if not isinstance(again, Taken):
        raise _Fault(replay="a repeated command holds a turn of its own")
    if again.stored != written:
        raise _Fault(replay=_difference(again.turn, turn))


def _difference(again: Turn, turn: Turn) -> str:
    """The first field that differs, by name only: verification output shows no content."""
    for name in Turn.__struct_fields__:
        if getattr(again, name) != getattr(turn, name):
            return f"decided again, {name} differs"
    return "decided again, the bytes differ"
