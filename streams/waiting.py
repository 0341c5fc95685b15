"""Waiting: what a demand's desk is asked, or owes to it."""

from __future__ import annotations

from msgspec.structs import replace

from streams.entities import Demand


def calm(demand: Demand) -> Demand:
    """The demand with nothing that its desk is asked, or owes to it."""
    return replace(
        demand,
        quiet_at=None,
        asked_at=None,
        climbs_at=None,
        climbed_at=None,
        held_at=None,
        question="",
        asked_by=None,
    )
