"""An invariant: a sentence that holds for every log, with the code that looks for a breach."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from api.invariants.ledger import Ledger
from api.invariants.record import Fact

Breaches = Iterator[str]
OfFact = Callable[[Ledger, Fact], Breaches]


class Invariant(NamedTuple):
    """`looks`: by kind of fact, asked with what was known before that fact."""

    name: str
    zh: str
    en: str
    looks: dict[str, tuple[OfFact, ...]]
