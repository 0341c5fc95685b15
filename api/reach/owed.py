"""Owed: what a crew has to be told, and has not said or shown yet that it knows. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple

from api.reach.channels import About
from api.reach.crews import Crew
from schemas.values import Instant

HOUR: Final = 3_600_000
URGENT: Final = 2  # what concerns a crew now is no less: no quiet hours hold it back


TO_CREWS: Final = (About.NEEDED,)


class Word(NamedTuple):
    """Something that a crew has to be told. `item`: which of several of its kind.

    `priority` is the pace of its ladder; after `until` it is not worth sending any more.
    """

    about: About
    item: str
    priority: int
    since: Instant
    until: Instant
    called: bool  # whether it climbs to calls, the next person and the desk's call list


def owed(crew: Crew, shown: bool) -> tuple[Word, ...]:
    """What is owed to a crew now; `shown`: a page of its own has shown it that it is at work."""
    return tuple(_needed(crew, shown))


def _needed(crew: Crew, shown: bool) -> list[Word]:
    """Its yes was kept, or it came by itself, and now it counts: until it sets off, or knows.

    Whoever a desk has taken on that came by itself has just spoken with it: nobody rings.
    """
    heard = shown or crew.new_times or crew.seen_at is not None
    if crew.state != "committed" or heard or not (crew.kept or crew.unasked):
        return []
    later = crew.starts_at > crew.committed_at
    priority = crew.priority if later else min(crew.priority, URGENT)
    since = crew.committed_at
    return [Word(About.NEEDED, "", priority, since, since + HOUR, crew.kept)]
