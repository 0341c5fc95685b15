"""Rows: one board row from one entity and what it refers to, with its audience."""

from __future__ import annotations

from streams.rows.assignments import assignment
from streams.rows.demands import demand, shown_with_offers, told
from streams.rows.offers import offer
from streams.rows.operations import clock, incident, operation
from streams.rows.registry import account, organization
from streams.rows.shifts import shift
from streams.rows.tasks import task

__all__ = [
    "account",
    "assignment",
    "clock",
    "demand",
    "incident",
    "offer",
    "operation",
    "organization",
    "shift",
    "shown_with_offers",
    "task",
    "told",
]
