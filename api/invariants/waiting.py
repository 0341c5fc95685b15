"""Never silent: whoever waits for an answer, a word or a look gets it in time, or is told why not.

A tick does what is due. What it leaves, the next may do; what is still due a minute of log time
after the first tick that might have done it was forgotten.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator

from api.invariants.law import Breaches, Invariant
from api.invariants.ledger import Ledger
from api.invariants.record import Fact, kind

GRACE = 60_000
Due = Callable[[Ledger, str], int | None]


def _answer_due(ledger: Ledger, id: str) -> int | None:
    """When the time to answer is over; after a standstill a fourth of it is left, at the least."""
    offer = ledger.offers[id]
    if offer.state != "sent":
        return None
    lost = ledger.lost - offer.lost
    return offer.answer_by + (lost + (offer.answer_by - offer.sent_at) // 4 + GRACE if lost else 0)


def _standby_due(ledger: Ledger, id: str) -> int | None:
    offer = ledger.offers[id]
    newest = ledger.newest[offer.line, offer.organization]
    if offer.state != "standby" or offer.until is None or newest != id:
        return None
    return offer.until + ledger.lost - offer.lost


def _look_due(ledger: Ledger, id: str) -> int | None:
    line = ledger.lines[id]
    if line.offers or not ledger.missing(id) or line.look_at is None:
        return None
    return line.look_at + ledger.lost - line.lost


OUTSTANDING: dict[str, Due] = {
    "offer": _answer_due,
    "standby": _standby_due,
    "line": _look_due,
}


def _touched(ledger: Ledger, fact: Fact) -> Iterator[str]:
    """Lines whose cover, or whose next look, a fact may have changed."""
    if "offer" in fact:
        yield ledger.offers[fact["offer"]].line
    elif fact.get("assignment") is not None:
        yield ledger.crews[fact["assignment"]].line
    elif "demand" in fact:
        yield from ledger.demands[fact["demand"]].lines
    elif fact.get("line") is not None:
        yield fact["line"]
    elif kind(fact) == "LinesLookedAt":
        yield from fact["lines"]


class Waiting:
    """Everything that somebody waits for, by when it is due; the soonest first."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, str, str]] = []
        self._looks: dict[tuple[str, str], int] = {}  # when each is looked at next
        self._left: dict[tuple[str, str], int] = {}  # by the first tick that left it
        self._aside: set[str] = set()

    def after(self, ledger: Ledger, facts: list[Fact]) -> Breaches:
        """Asked once a turn, with those of its facts that the ledger has taken in."""
        self._learn(ledger, facts)
        if ledger.turn.command["type"].startswith("Tick."):
            yield from self._forgotten(ledger, ledger.turn.at)

    def _learn(self, ledger: Ledger, facts: list[Fact]) -> None:
        lines = set[str]()
        for fact in facts:
            lines.update(_touched(ledger, fact))
            if "offer" in fact:
                self._push(ledger, "offer", fact["offer"])
                self._push(ledger, "standby", fact["offer"])
            if kind(fact) == "WorkSetAside":
                self._aside.add(fact["id"])
        for line in lines:
            self._begin(ledger, line, ledger.turn.at)

    def _begin(self, ledger: Ledger, id: str, at: int) -> None:
        line = ledger.lines[id]
        if line.look_at is None and not line.offers and ledger.missing(id):
            line.look_at, line.lost = at, ledger.lost
        self._push(ledger, "line", id)

    def _push(self, ledger: Ledger, what: str, id: str) -> None:
        """Have it looked at when it is due, once."""
        due, known = OUTSTANDING[what](ledger, id), self._looks.get((what, id))
        if due is None:
            self._left.pop((what, id), None)
        elif known is None or due < known:
            self._looks[what, id] = due
            heapq.heappush(self._heap, (due, what, id))

    def _forgotten(self, ledger: Ledger, at: int) -> Breaches:
        for what, id in list(self._left):
            since, due = self._left[what, id], OUTSTANDING[what](ledger, id)
            over = due is not None and due < at and id not in self._aside
            if not over or at > since + GRACE:
                del self._left[what, id]
                self._push(ledger, what, id)
            if over and at > since + GRACE:
                late = (at - (due or at)) // 1000
                yield f"{what} {id} was due {late} s ago, and nothing came of it"
        self._leave(ledger, at)

    def _leave(self, ledger: Ledger, at: int) -> None:
        """What this tick might have done, and has not; maybe the next one does."""
        while self._heap and self._heap[0][0] < at:
            when, what, id = heapq.heappop(self._heap)
            if self._looks.get((what, id)) != when:
                continue  # looked at sooner
            del self._looks[what, id]
            due = OUTSTANDING[what](ledger, id)
            if due is not None and due < at and id not in self._aside:
                self._left[what, id] = at
            elif due is not None and id not in self._aside:
                self._push(ledger, what, id)


NEVER_SILENT = Invariant(
    "never silent",
    "到期未答、备勤到点、需求项该再找人时，总有下文。",
    "What is due, an answer, a standby, a look for organizations, comes to something in time.",
    {},
)
