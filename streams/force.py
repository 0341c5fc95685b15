"""Force: how many units of an organization may be asked for, and what holds the others.

Of one skill, and of all together where it cannot man them all at once.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from schemas.values import Instant
from streams.entities import Organization
from streams.parameters import URGENCY
from streams.remembered import Asks, Load

NOTHING: Final = Load()
ALL: Final = ""  # where a skill stands: all of them together


class Held(NamedTuple):
    """What holds units of an organization: those of one skill, and those of all together; what it
    was asked for lately; and whether a crew of it is unheard, with people in danger."""

    load: Load
    together: Load
    asks: Asks | None
    unheard: bool = False


class Levels(NamedTuple):
    """The least urgent priority at which some units can be manned, are neither given away nor asked
    for, and are rested besides; 0 for none."""

    crews: int
    units: int
    rested: int


class Free(NamedTuple):
    """How many units are free, the most urgent priority first: if all were rested, and now."""

    rested: tuple[int, ...]
    now: tuple[int, ...]


def levels(organization: Organization, skill: str, held: Held, at: Instant) -> Levels:
    units, most = organization.units(skill) or 0, organization.crews_most
    own = _level(units, held.load, 0)
    now = _level(units, held.load, _resting(held.load, at))
    if most is None:
        return Levels(max(URGENCY), own, now)
    crews = _level(most, held.together, 0)
    return Levels(crews, own, min(now, _level(most, held.together, _resting(held.together, at))))


def _level(units: int, load: Load, resting: int) -> int:
    left = units - load.committed - resting
    for priority in URGENCY:
        left -= load.asked[priority - 1]
        if left <= 0:
            return priority - 1
    return max(URGENCY)


def by_priority(organization: Organization, skill: str, held: Held, at: Instant) -> Free:
    rested, now = (
        tuple(free(organization, skill, held, priority, at, rested=rested) for priority in URGENCY)
        for rested in (True, False)
    )
    return Free(rested, now)


def free(
    organization: Organization,
    skill: str,
    held: Held,
    priority: int,
    at: Instant,
    *,
    rested: bool = False,
) -> int:
    """Units that may be asked for at a priority: not committed, nor asked for as urgently, nor at
    rest; `rested`: as if nobody had to rest."""
    left = _left(organization.units(skill) or 0, held.load, priority, at, rested)
    if organization.crews_most is not None:
        most = organization.crews_most
        left = min(left, _left(most, held.together, priority, at, rested))
    return max(0, left)


def _left(units: int, load: Load, priority: int, at: Instant, rested: bool) -> int:
    resting = 0 if rested else _resting(load, at)
    return units - load.committed - sum(load.asked[:priority]) - resting


def _resting(load: Load, at: Instant) -> int:
    return sum(rest.units for rest in load.resting if at < rest.until)


def rested_at(organization: Organization, held: Held, at: Instant) -> Instant:
    """When the first units that rest are rested; 0 where none do."""
    limited = organization.crews_most is not None
    resting = (*held.load.resting, *(held.together.resting if limited else ()))
    return min((rest.until for rest in resting if rest.until > at), default=0)
