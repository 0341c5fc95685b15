"""Rows of shifts."""

from __future__ import annotations

from schemas.shifts import Shift, ShiftRow
from schemas.views import Audience, Put
from streams.area import Operation


def shift(known: Operation, item: Shift) -> Put:
    row = ShiftRow(
        id=f"{known.id}-{item.division}",
        operation=known.id,
        mode=known.mode,
        division=item.division,
        account=item.account,
        since=item.since,
        handed_at=item.handed_at,
        untaken_at=item.untaken_at,
        climbs_at=item.wakes_at if item.untaken_at is not None else None,
        climbed_at=item.climbed_at,
        noted_in=item.said_in,
    )
    return Put(row=row, audience=Audience(division=item.division))
