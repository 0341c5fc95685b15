"""Needed by: what a demand for later leaves for answering, and from when its crews are on the way.

A demand without a time is needed as soon as possible. One with a time asks nobody to hurry
tonight for tomorrow: its answers have a fourth of what is left, and whoever says yes is reserved.
"""

from __future__ import annotations

from typing import NamedTuple

from schemas.values import Instant, Milliseconds
from streams.days import ZONE
from streams.parameters import (
    ANSWER_MOST,
    ANSWER_SHARE,
    AT_DAY,
    DAY,
    GATHERING,
    METERS_A_MINUTE,
    MINUTE,
    NEEDED_WITHIN,
    NIGHT,
    QUIET_AFTER,
    URGENCY,
)


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
    return max(clock_starts(priority, needed_by, at) + URGENCY[priority].answer, at + left)


def clock_starts(priority: int, needed_by: Instant | None, at: Instant) -> Instant:
    """From when the time to answer runs: nobody answers a routine request at night, unless it is
    needed before there was time to answer it by day."""
    if priority < AT_DAY:
        return at
    day = morning(at)
    before = needed_by is not None and needed_by < day + URGENCY[priority].answer
    return at if before else day


def morning(at: Instant) -> Instant:
    """The end of the night that an instant falls into; by day the instant itself."""
    falls, ends = NIGHT
    clock = (at + ZONE) % DAY
    if ends <= clock < falls:
        return at
    return at - clock + ends + (DAY if clock >= falls else 0)


def expected(needed_by: Instant | None, way: Milliseconds, at: Instant) -> Expected:
    """A crew that says yes now, and is so long on its way."""
    arrives_at = max(at + way, needed_by or at)
    return Expected(arrives_at - way, arrives_at)


def sooner(before: Instant | None, after: Instant | None, at: Instant) -> bool:
    """Whether it is needed so much sooner that people are asked anew: in half of the time left.

    A minute sooner, said ten times, would else ask the same people ten times.
    """
    if before is None or after is None:
        return before is not None
    return after < before and 2 * (after - at) < before - at


def way(meters: int) -> Milliseconds:
    """How long a crew that does not say so takes, from setting out to being there: a straight line
    at the speed of roads that wind."""
    return meters * MINUTE // METERS_A_MINUTE + GATHERING


def quiet_from(needed_by: Instant | None, at: Instant) -> Instant:
    """When its desk is asked whether it is still needed, if nothing happens about it until then.

    Half a day behind what was just done, and behind the time it is needed by.
    """
    return max(at, needed_by or at) + QUIET_AFTER
