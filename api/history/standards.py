"""Response standards: how long each priority may wait, and whether a line did not wait longer.

Of reviews alone. No rule asks them: another number changes what a review says, and no turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from schemas.values import Instant, Milliseconds
from streams.parameters import HOUR, MINUTE

STEPS: Final = ("asked", "yes", "arrived")
"""What a standard is about, in the order of a line's way; so are the fields of `Standard`."""


class Standard(msgspec.Struct, frozen=True):
    """So long after a line is published somebody is asked, has said yes, and is there."""

    asked: Milliseconds
    yes: Milliseconds
    arrived: Milliseconds


STANDARDS: Final[Mapping[int, Standard]] = {
    1: Standard(asked=MINUTE, yes=5 * MINUTE, arrived=HOUR),
    2: Standard(asked=2 * MINUTE, yes=15 * MINUTE, arrived=2 * HOUR),
    3: Standard(asked=5 * MINUTE, yes=45 * MINUTE, arrived=6 * HOUR),
    4: Standard(asked=15 * MINUTE, yes=12 * HOUR, arrived=24 * HOUR),
}


class Kept(msgspec.Struct, frozen=True):
    """Of `count` lines that a standard can be held against, `kept` waited no longer."""

    count: int
    kept: int


def judged(
    priority: int,
    opened: Instant,
    needed_by: Instant | None,
    reached: tuple[Instant | None, ...],
    end: Instant,
) -> Iterator[tuple[int, bool]]:
    """Of each step that can be judged, its number and whether it came in time.

    `reached`: when each step did come. What has not come by `end`, which is now for an open line,
    is judged once its time is up. Whoever is needed at an hour that is later is in time by it.
    """
    standard = STANDARDS.get(priority)
    if standard is None:
        return  # no priority of ours: the file is damaged
    for number, (name, at) in enumerate(zip(STEPS, reached, strict=True)):
        due = opened + getattr(standard, name)
        if name == "arrived" and needed_by is not None:
            due = max(due, needed_by)
        if at is not None:
            yield number, at <= due
        elif end > due:
            yield number, False
