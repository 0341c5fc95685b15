"""Availability: everybody of a skill by place and standing, as one operation sees them.

A cache of the state, made at the first search for a skill and never stored. Whoever changes is
only noted; the next search for the skill looks at them again, and at those whom time has changed.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sortedcontainers import SortedList

from geo.nearest import SkillIndex
from schemas.values import Gate, Instant, OrganizationId
from streams.entities import Organization
from streams.gates import NOTHING, Bar, Standing, see
from streams.remembered import Asks, Load
from streams.table import Table

IN_ORDER = tuple(Gate)
NONE = len(IN_ORDER)  # after the gates: those who fail at none
Holding = tuple[OrganizationId, str]


class Crowd(NamedTuple):
    """How many failed, by gate in their order; of how many; when time opens the first gate."""

    failed: list[int]
    considered: int
    ends: Instant | None


class Sieve(NamedTuple):
    """By code, what bars from a line; the place of that gate in the order; and who passes."""

    bars: list[Bar | None]
    gates: list[int]
    passes: NDArray[np.bool_]


class Standings:
    """The holders of one skill. `of`: the standing that each code of the index stands for.

    `nobody`: the searches that found nobody since anything in the index has last changed.
    `counted`: whether standings tell free units apart, which only a line that is of use as a whole
    asks for; without one, those who have some are all alike.
    """

    def __init__(self) -> None:
        self.index = SkillIndex()
        self.of: list[Standing] = []
        self.nobody: dict[Hashable, Crowd] = {}
        self.stale: dict[OrganizationId, None] = {}
        self.counted = False
        self._codes: dict[Standing, int] = {}
        self._sieves: dict[tuple[int | None, int, int], Sieve] = {}
        self._next: dict[OrganizationId, Instant] = {}
        self._changing: SortedList[tuple[Instant, OrganizationId]] = SortedList()
        self._at: Instant = 0

    def __contains__(self, organization: str) -> bool:
        return organization in self.index

    def code(self, standing: Standing) -> int:
        """The number of a standing: nobody's order depends on it."""
        if standing not in self._codes:
            self._codes[standing] = len(self.of)
            self.of.append(standing)
        return self._codes[standing]

    def sieve(self, grade: int | None, priority: int, together: int) -> Sieve:
        """What bars from a line that asks for the grade with that urgency, for so many at once."""
        key = (grade, priority, together)
        known = self._sieves.get(key)
        if known is None or len(known.bars) < len(self.of):
            bars = [self._bar(standing, *key) for standing in self.of]
            gates = [IN_ORDER.index(bar.gate) if bar else NONE for bar in bars]
            passes = np.array([bar is None for bar in bars], dtype=bool)
            known = self._sieves[key] = Sieve(bars, gates, passes)
        return known

    @staticmethod
    def _bar(standing: Standing, grade: int | None, priority: int, together: int) -> Bar | None:
        """Nobody stands any more as was noted before free units were counted."""
        known = together if standing.free else 1
        return standing.bar(grade, priority, known)

    def change_at(self, key: OrganizationId, next: Instant | None) -> None:
        """Note when time changes somebody's standing."""
        known = self._next.pop(key, None)
        if known is not None:
            self._changing.remove((known, key))
        if next is not None:
            self._next[key] = next
            self._changing.add((next, key))

    def changed_by(self, at: Instant) -> list[OrganizationId]:
        """Whoever is to be looked at again at a time, which a turn undone may have gone beyond."""
        if at < self._at:
            self.stale.update(dict.fromkeys(self._next))
        for when, key in self._changing:
            if when > at:
                break
            self.stale[key] = None
        changed, self.stale, self._at = list(self.stale), {}, at
        return changed


class Availability:
    """Everybody by skill, as the load of one operation leaves them."""

    def __init__(
        self,
        organizations: Table[OrganizationId, Organization],
        load: Table[Holding, Load],
        asks: Table[OrganizationId, Asks],
    ) -> None:
        self._organizations, self._load, self._asks = organizations, load, asks
        self._skills: dict[str, Standings] = {}
        organizations.watch(self._organization_changed)
        asks.watch(self._asks_changed)
        load.watch(self._load_changed)

    def of(self, skill: str, at: Instant, *, counted: bool = False) -> Standings:
        """The holders of a skill as they stand at a time; `counted`: with their free units."""
        known = self._skills.get(skill)
        if known is None:
            known = self._skills[skill] = Standings()
            known.stale = dict.fromkeys(self._organizations)
        if counted and not known.counted:
            known.counted = True
            known.stale.update(dict.fromkeys(map(OrganizationId, known.index.ids)))
        changes = known.index.changes
        for key in known.changed_by(at):
            self._look(known, skill, key, at)
        if known.index.changes != changes:
            known.nobody.clear()
        return known

    def _look(self, known: Standings, skill: str, key: OrganizationId, at: Instant) -> None:
        organization = self._organizations.get(key)
        if organization is None or organization.retired or organization.units(skill) is None:
            if key in known.index:
                known.index.remove(key)
                known.change_at(key, None)
            return
        load = self._load.get((key, skill)) or NOTHING
        asks = self._asks.get(key)
        seen = see(organization, skill, load, asks, at, counted=known.counted)
        known.index.put(key, organization.place, known.code(seen.standing), seen.cap_ends)
        known.change_at(key, seen.next)

    def _load_changed(self, key: Holding, _before: Load | None, _after: Load | None) -> None:
        known = self._skills.get(key[1])
        if known is not None:
            known.stale[key[0]] = None

    def _asks_changed(self, key: OrganizationId, before: Asks | None, after: Asks | None) -> None:
        """Only what the daily cap counts matters; each asking changes the rest."""
        counted = () if before is None else before.counted
        if counted == (() if after is None else after.counted):
            return
        self._note(key, self._organizations.get(key))

    def _organization_changed(
        self, key: OrganizationId, before: Organization | None, after: Organization | None
    ) -> None:
        self._note(key, before)
        self._note(key, after)

    def _note(self, key: OrganizationId, organization: Organization | None) -> None:
        if organization is not None:
            for capability in organization.capabilities:
                known = self._skills.get(capability.skill)
                if known is not None:
                    known.stale[key] = None
