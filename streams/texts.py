"""Texts: what of a demand is sealed, said anew, or taken out.

Ciphertexts stay in the log; the state knows only in which turn each of them is.
"""

from __future__ import annotations

from msgspec.structs import replace

from schemas.commands import AmendDemand
from schemas.facts import DemandAmended, DemandDrafted, DemandPublished
from schemas.values import SealedAt, SealedText
from streams.entities import Demand


def contradictory(command: AmendDemand) -> bool:
    """Whether a text is to be taken out and said anew at once."""
    return any(getattr(command, text.value) is not None for text in command.removed)


def said(
    fact: DemandPublished | DemandDrafted | DemandAmended, sequence: int
) -> tuple[SealedAt, ...]:
    """The sealed texts that a fact brings, in their order."""
    return tuple(
        SealedAt(text=text, sequence=sequence, at=fact.at)
        for text in SealedText
        if getattr(fact, text.value) is not None
    )


def amended(demand: Demand, fact: DemandAmended, sequence: int) -> Demand:
    """With what was said anew in place of what it was, and without what was taken out.

    Whoever is at work learns that something has changed, though not what.
    """
    anew = said(fact, sequence)
    gone = (*fact.removed, *(one.text for one in anew))
    kept = tuple(one for one in demand.sealed if one.text not in gone)
    if not anew and len(kept) == len(demand.sealed):
        return demand
    order = tuple(SealedText)
    texts = sorted((*kept, *anew), key=lambda one: order.index(one.text))
    return replace(demand, sealed=tuple(texts), sealed_in=sequence, sealed_at=fact.at)
