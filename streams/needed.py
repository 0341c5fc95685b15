"""Needed by: what a demand for later leaves for answering, and from when its crews are on the way.

A demand without a time is needed as soon as possible. One with a time asks nobody to hurry
tonight for tomorrow: its answers have a fourth of what is left, and whoever says yes is reserved.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from schemas.values import Instant, Milliseconds
from streams.area import Operation
from streams.entities import Line
from streams.parameters import ANSWER_MOST, ANSWER_SHARE, NEEDED_WITHIN, QUIET_AFTER, URGENCY


class Expected(NamedTuple):
    """From when a crew should be on its way, and when it arrives."""

    starts_at: Instant
    arrives_at: Instant


def possible(needed_by: Instant | None, at: Instant) -> bool:
    """Whether it lies ahead, and not farther than anybody plans."""
    return needed_by is None or at < needed_by <= at + NEEDED_WITHIN


def answer_by(priority: int, needed_by: Instant | None, at: Instant) -> Instant:
    """Until when there is time to answer: the priority's, or a fourth of what is left, to 12 h."""
    left = 0 if needed_by is None else min((needed_by - at) // ANSWER_SHARE, ANSWER_MOST)
    return at + max(URGENCY[priority].answer, left)


def expected(needed_by: Instant | None, way: Milliseconds, at: Instant) -> Expected:
    """A crew that says yes now, and is so long on its way."""
    arrives_at = max(at + way, needed_by or at)
    return Expected(arrives_at - way, arrives_at)


def sooner(before: Instant | None, after: Instant | None) -> bool:
    """Whether it is needed sooner than was said before."""
    return before is not None and (after is None or after < before)


def quiet_from(needed_by: Instant | None, at: Instant) -> Instant:
    """When its desk is asked whether it is still needed, if nothing happens about it until then.

    Half a day behind what was just done, and behind the time it is needed by.
    """
    return max(at, needed_by or at) + QUIET_AFTER


def moved(
    operation: Operation, line: Line, before: Instant | None, after: Instant | None, at: Instant
) -> None:
    """Another time: who was reserved for the old one, and has not arrived, comes by the new one."""
    if before is None or before == after:
        return
    for crew in operation.assignments_on.of(line.id):
        if crew.promised_at != before or crew.arrived_at is not None or crew.overdue:
            continue
        starts_at, arrives_at = expected(after, crew.promised_at - crew.starts_at, at)
        late_at = arrives_at + URGENCY[line.priority].grace
        operation.assignments.put(
            crew.id,
            replace(crew, starts_at=starts_at, promised_at=arrives_at, late_at=late_at),
        )
