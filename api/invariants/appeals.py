"""What everybody may read: on a desk's word, of an open demand, and never a number by accident."""

from __future__ import annotations

import re

from api.invariants.law import Breaches, Invariant
from api.invariants.ledger import Ledger
from api.invariants.record import Fact
from api.invariants.scope import Parents, Scope

_NUMBER = re.compile(r"[0-9]{7,}")


def _made(ledger: Ledger, fact: Fact) -> Breaches:
    demand = ledger.demands[fact["demand"]]
    if demand.state != "published" or demand.leader is not None:
        yield f"demand {fact['demand']} is made public, and is not asked for itself"
    if fact["public_numbers"] is None and _NUMBER.search(fact["text"] or ""):
        yield f"demand {fact['demand']} is made public with a number, and nobody says why"


def _ended(ledger: Ledger, fact: Fact) -> Breaches:
    if not ledger.demands[fact["demand"]].public:
        yield f"demand {fact['demand']} is public no longer, and was not"


def public(parents: Parents) -> Invariant:
    """With the tree of divisions, of whose desks one has said so."""
    return Invariant(
        "public",
        "向社会公开须有该辖区（或其上级）值班室的决定，且需求未结束；文字中的长号码须说明理由。",
        "A desk of the place or above it makes an open demand public; a long number has a reason.",
        {"AppealMade": (_made, Scope(parents).published), "AppealEnded": (_ended,)},
    )
