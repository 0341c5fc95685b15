"""Hours: when an organization can be asked by itself; its week, and its leave.

Both are said by itself or its steward. A desk may ask past them by hand, and whoever says yes
outside its hours is there.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from schemas.values import Gate, Instant, Shift
from streams.days import ZONE
from streams.entities import Organization
from streams.parameters import DAY, MINUTE

WEEK: Final = 7 * DAY
_MONDAY: Final = 3 * DAY  # the first day of all was a Thursday


class Away(NamedTuple):
    """Why an organization is not asked by itself, and when leave and hours let it be again."""

    gate: Gate
    until: Instant


def away(organization: Organization, at: Instant) -> Away | None:
    """None while it can be asked; the first of the two that keeps it is named."""
    gate, until = None, at
    while True:
        ends = [leave.ends for leave in organization.leaves if leave.begins <= until < leave.ends]
        if ends:
            gate, until = gate or Gate.LEAVE, max(ends)
        elif (opens := _opens(organization.hours, until)) > until:
            gate, until = gate or Gate.HOURS, opens
        else:
            return None if gate is None else Away(gate, until)


def next_change(organization: Organization, at: Instant) -> Instant | None:
    """When the clock next moves it into its hours or its leave, or out of them."""
    leaves = [edge for leave in organization.leaves for edge in (leave.begins, leave.ends)]
    edges = [edge for edge in leaves if edge > at]
    clock = _clock(at)
    for shift in organization.hours:
        begins, length = _span(shift)
        edges += [at + ((edge - clock) % WEEK or WEEK) for edge in (begins, begins + length)]
    return min(edges, default=None)


def _opens(hours: tuple[Shift, ...], at: Instant) -> Instant:
    """The first instant from one on that lies in some hours; itself where there are none."""
    clock, waits = _clock(at), []
    for shift in hours:
        begins, length = _span(shift)
        if (clock - begins) % WEEK < length:
            return at
        waits.append((begins - clock) % WEEK)
    return at + min(waits, default=0)


def _clock(at: Instant) -> int:
    """Milliseconds since the week began."""
    return (at + ZONE + _MONDAY) % WEEK


def _span(shift: Shift) -> tuple[int, int]:
    """When in the week it begins, and how long it is."""
    minutes = (shift.ends - shift.begins - 1) % 1440 + 1
    return (shift.day - 1) * DAY + shift.begins * MINUTE, minutes * MINUTE
