"""The laws of demands that tell of one need: asked for once, by who leads, and never forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from schemas import facts as f
from schemas.turns import Turn

if TYPE_CHECKING:
    from tests.streams.laws import Watch


def grouped(watch: Watch, at: int) -> Iterator[str]:
    """Whoever is led waits for nobody, is led by one that is open, and its leader leads on."""
    needs = watch.books.needs
    members = Counter(need.leader for need in needs.values() if need.leader is not None)
    for need in needs.values():
        row = watch.rows[need.id]
        if (row.leader, row.members) != (need.leader, members[need.id]):
            yield f"{at}: {need.id} shows {row.leader} and {row.members} reports"
        if need.leader is None:
            continue
        leader = needs[need.leader]
        if leader.leader is not None:
            yield f"{at}: {need.id} is led by one that is led itself"
        if need.open and not leader.open:
            yield f"{at}: {need.id} sleeps, and nobody asks for it"
        if any(ask.line in need.lines for ask in watch.books.open_asks.values()):
            yield f"{at}: somebody is asked for {need.id}, and for its leader"
        if any(view.unmet or view.retry_at is not None for view in row.lines):
            yield f"{at}: {need.id} sleeps, and is said to be unmet"


def asked_once(watch: Watch, fact: Any, turn: Turn) -> Iterator[str]:
    """At no moment is anybody asked for what another demand is asked for."""
    if isinstance(fact, f.OfferSent):
        need = watch.books.needs[watch.books.lines[fact.line].need]
        if need.leader is not None:
            yield f"{turn.sequence}: {fact.organization} is asked for {need.id}, which sleeps"
