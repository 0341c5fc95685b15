"""A log held against every invariant, turn by turn, from its JSON alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from api.invariants.answers import ONE_OUTCOME
from api.invariants.appeals import public
from api.invariants.cover import CAPACITY, NO_OVERFILL
from api.invariants.law import Breaches, Invariant, OfFact
from api.invariants.learning import learn
from api.invariants.ledger import Ledger
from api.invariants.moves import LEGAL_MOVES, known_before
from api.invariants.qualified import QUALIFIED
from api.invariants.record import Fact, NotReadable, Turn, kind, read
from api.invariants.scope import ISOLATION, Parents, Scope, mode_kept
from api.invariants.sealed import SEALED, under_live_keys
from api.invariants.waiting import NEVER_SILENT, Waiting

GENESIS = "0" * 64
KEY_LIFE = 30 * 86_400_000  # milliseconds for which a key counts once
CHAINED = Invariant(
    "chain",
    "各轮连续，每轮含上一轮的散列；命令编号不重复；时间不倒退；被拒绝者无事实。",
    "Turns follow one another by hash, keys count once, time goes on, a refusal leads to nothing.",
    {},
)


class Finding(NamedTuple):
    """A breach: of which invariant, in which turn; ids, never what people wrote."""

    invariant: str
    sequence: int
    text: str


class Checker:
    """Takes a log in, record by record, from its first; what it finds is final at once.

    `parents`: the parent of each division's code. A record that is not readable ends the check.
    """

    def __init__(self, parents: Parents) -> None:
        self.turns = 0
        self.invariants: tuple[Invariant, ...] = (
            CHAINED, LEGAL_MOVES, ONE_OUTCOME, CAPACITY, NO_OVERFILL, QUALIFIED,
            Scope(parents).invariant(), ISOLATION, public(parents), SEALED,
            NEVER_SILENT,
        )  # fmt: skip
        self._ledger, self._waiting = Ledger(), Waiting()
        self._previous, self._at, self._ids = GENESIS, 0, dict[str, int]()
        self._looks: dict[str, list[tuple[str, OfFact]]] = defaultdict(list)
        for one in self.invariants:
            for tag, looks in one.looks.items():
                self._looks[tag] += [(one.name, look) for look in looks]

    def take(self, stored: bytes) -> Iterator[Finding]:
        """What is wrong with the next record."""
        try:
            turn = read(stored)
        except NotReadable as error:
            yield Finding(CHAINED.name, self.turns + 1, f"is not readable: {error}")
            return
        self._ledger.turn = turn
        found = [(CHAINED.name, text) for text in self._chained(turn)]
        found += [(ISOLATION.name, text) for text in mode_kept(self._ledger)]
        counted: list[Fact] = []
        for fact in turn.facts:
            found += self._looked_at(fact, counted)
        if b'"ciphertext"' in stored:
            found += [(SEALED.name, text) for text in under_live_keys(self._ledger)]
        waiting = self._waiting.after(self._ledger, counted)
        found += [(NEVER_SILENT.name, text) for text in waiting]
        yield from (Finding(name, turn.sequence, text) for name, text in found)

    def _looked_at(self, fact: Fact, counted: list[Fact]) -> list[tuple[str, str]]:
        """What is wrong with a fact, before it counts. About nothing known: that alone."""
        try:
            strange = list(known_before(self._ledger, fact))
            if strange:
                return [(LEGAL_MOVES.name, text) for text in strange]
            looks = self._looks.get(kind(fact), ())
            found = [(name, text) for name, look in looks for text in look(self._ledger, fact)]
            learn(self._ledger, fact)
        except (LookupError, TypeError, ValueError) as error:
            return [(LEGAL_MOVES.name, f"a fact cannot be read: {type(error).__name__}")]
        counted.append(fact)
        return found

    def _chained(self, turn: Turn) -> Breaches:
        self.turns += 1
        if turn.sequence != self.turns:
            yield f"sequence {turn.sequence} where {self.turns} belongs"
        if turn.previous != self._previous:
            yield "does not hold the hash of the turn before it"
        before = self._ids.pop(turn.command_id, None)
        if before is not None and turn.at < before + KEY_LIFE:
            yield f"command {turn.command_id} counts twice"
        if turn.at < self._at or any(fact["at"] != turn.at for fact in turn.facts):
            yield "time goes back, or a fact is of another time than its turn"
        if turn.refusal is not None and turn.facts:
            yield "is refused, and leads to facts"
        self._previous, self._at = turn.digest, turn.at
        self._ids[turn.command_id] = turn.at
        while self._ids and next(iter(self._ids.values())) + KEY_LIFE <= turn.at:
            del self._ids[next(iter(self._ids))]


def check(
    stored: Iterable[bytes], parents: Parents, progress: Callable[[int], None] | None = None
) -> tuple[Checker, list[Finding]]:
    """A whole log: the checker, for what it has looked at, and everything that it has found."""
    checker = Checker(parents)
    findings: list[Finding] = []
    for record in stored:
        findings += checker.take(record)
        if progress is not None:
            progress(checker.turns)
    return checker, findings
