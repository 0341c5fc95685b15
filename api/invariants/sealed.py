"""Sealed texts: under the key of a known incident, and under none that is destroyed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from api.invariants.law import Breaches, Invariant
from api.invariants.ledger import Ledger
from api.invariants.record import Fact


def _keys(value: Any) -> Iterator[str]:
    """The keys of all sealed texts within."""
    if isinstance(value, dict):
        if "ciphertext" in value:
            yield value["key"]
        for inner in value.values():
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def under_live_keys(ledger: Ledger) -> Breaches:
    """Asked once a turn that holds a sealed text."""
    for key in {key for fact in ledger.turn.facts for key in _keys(fact)}:
        incident = ledger.incidents.get(key)
        if incident is not None and not incident.readable:
            yield f"a text is sealed under the key of {key}, which was destroyed"


def _opened(ledger: Ledger, fact: Fact) -> Breaches:
    incident = ledger.incidents[ledger.demands[fact["demand"]].incident]
    if not incident.readable:
        yield f"sealed texts of {fact['demand']} are opened after their key was destroyed"
    if not any(grant.holds(ledger.turn.at) for grant in ledger.grants.get(fact["account"], ())):
        yield f"sealed texts of {fact['demand']} are opened by {fact['account']}, without a role"


SEALED = Invariant(
    "sealed",
    "密钥销毁后不再有密文使用它，也不再打开；打开者有角色。",
    "Nothing is sealed or opened under a destroyed key; whoever opens has a role.",
    {"SealedTextOpened": (_opened,)},
)
