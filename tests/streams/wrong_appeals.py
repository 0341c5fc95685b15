"""Wrong rules of what is public, which the law must notice."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from schemas import facts as f
from streams import appeal, rules
from streams.area import Operation

Patch = pytest.MonkeyPatch


def covered_and_still_read(patch: Patch) -> None:
    """What is marked is shown, whatever is missing."""
    patch.setattr(appeal, "_shown", lambda *_: True)


def moved_and_still_read(patch: Patch) -> None:
    """Another township's desk has said nothing, and its demand is public."""
    patch.setattr(appeal, "carried", lambda before, *_: before.appeal)


def closed_and_still_marked(patch: Patch) -> None:
    """It ends, and is public again with its next round."""
    closed = rules.EVOLVE[f.DemandClosed]

    def kept(operation: Operation, fact: f.DemandClosed) -> None:
        before = operation.demands[fact.demand].appeal
        closed(operation, fact)
        after = operation.demands[fact.demand]
        operation.demands.put(after.id, replace(after, appeal=before))

    patch.setitem(rules.EVOLVE, f.DemandClosed, kept)
