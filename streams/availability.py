"""Availability: everybody of a skill by place and standing, as one operation sees them.

A cache of the state, made by and by while nobody waits, at the latest at a first search, and never
stored. Whoever changes is only noted; they are looked at again at leisure, or by the next search
for the skill, as are those whom time has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Iterator
from itertools import islice, takewhile
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sortedcontainers import SortedList

from geo.distance import square_within
from geo.index import new_index
from schemas.values import AssignmentId, Gate, Instant, OrganizationId
from streams.entities import Assignment, Organization
from streams.force import ALL, NOTHING, Held
from streams.gates import Bar, How, Standing, see
from streams.remembered import Asks, Load
from streams.table import Table

IN_ORDER = tuple(Gate)
NONE = len(IN_ORDER)  # after the gates: those who fail at none
OWN_TIMES = ((Gate.DAILY_CAP,), (Gate.LEAVE, Gate.HOURS, Gate.REST))
"""Gates that time opens, for each organization at another one: which of an entry's times it is."""
Holding = tuple[OrganizationId, str]
SOME = 1_000  # that are noted at once


class Crowd(NamedTuple):
    """How many failed, by gate in their order; of how many; when time opens the first gate."""

    failed: list[int]
    considered: int
    ends: Instant | None


class Sieve(NamedTuple):
    """By code, what bars from a line; the place of that gate in the order; who passes; and within
    which distance."""

    bars: list[Bar | None]
    gates: list[int]
    passes: NDArray[np.bool_]
    limits: list[int]  # squares of distances, in cm²


class Standings:
    """The holders of one skill. `of`: the standing that each code of the index stands for.

    `nobody`: the searches that found nobody since anything in the index has last changed.
    `counted`: whether standings tell free units apart, which only a line that is of use as a whole
    asks for; without one, those who have some are all alike.
    """

    def __init__(self) -> None:
        self.index = new_index()
        self.of: list[Standing] = []
        self.nobody: dict[Hashable, Crowd] = {}
        self.stale: dict[OrganizationId, None] = {}
        self.counted = False
        self._codes: dict[Standing, int] = {}
        self._sieves: dict[tuple[int | None, int, bool, int, bool], Sieve] = {}
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

    def sieve(
        self, grade: int | None, priority: int, hazardous: bool, together: int, proved: bool
    ) -> Sieve:
        """What bars from a line that asks for the grade with that urgency, for so many at once;
        `proved`: of those who can say yes."""
        key = (grade, priority, hazardous, together, proved)
        known = self._sieves.get(key)
        if known is None or len(known.bars) < len(self.of):
            bars = [
                # Nobody stands any more as was noted before free units were counted.
                standing.bar(
                    grade, priority, hazardous, together if standing.free else 1, proved=proved
                )
                for standing in self.of
            ]
            gates = [IN_ORDER.index(bar.gate) if bar else NONE for bar in bars]
            passes = np.array([bar is None for bar in bars], dtype=bool)
            limits = [square_within(standing.radius[grade or 0]) for standing in self.of]
            known = self._sieves[key] = Sieve(bars, gates, passes, limits)
        return known

    def change_at(self, key: OrganizationId, next: Instant | None) -> None:
        """Note when time changes somebody's standing."""
        known = self._next.pop(key, None)
        if known is not None:
            self._changing.remove((known, key))
        if next is not None:
            self._next[key] = next
            self._changing.add((next, key))

    def some_changed(self, at: Instant, most: int) -> list[OrganizationId]:
        """As `changed_by`, but no more than so many; the others are left for later."""
        some = list(islice(self.stale, most))
        for key in some:
            del self.stale[key]
        self._at = max(self._at, at)
        later = islice(self._changing, most - len(some))
        return [*some, *(key for _, key in takewhile(lambda one: one[0] <= at, later))]

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
        enrolled_only: Callable[[], bool],
        unheard: Container[OrganizationId] = (),
    ) -> None:
        self._organizations, self._load, self._asks = organizations, load, asks
        self._unheard = unheard
        self._enrolled_only = enrolled_only
        self._skills: dict[str, Standings] = {}
        self._unnoted: Iterator[OrganizationId] | None = None  # None: it has not begun to note
        organizations.watch(self._organization_changed)
        asks.watch(self._asks_changed)
        load.watch(self._load_changed)

    def of(self, skill: str, at: Instant, *, counted: bool = False) -> Standings:
        """The holders of a skill as they stand at a time; `counted`: with their free units."""
        while self._note_some(SOME):
            pass
        known = self._standings(skill)
        if counted and not known.counted:
            known.counted = True
            known.stale.update(dict.fromkeys(map(OrganizationId, known.index.ids)))
        self._look_at(known, skill, known.changed_by(at), at)
        return known

    def _standings(self, skill: str) -> Standings:
        known = self._skills.get(skill)
        if known is None:
            known = self._skills[skill] = Standings()
        return known

    def look_ahead(self, at: Instant, most: int) -> bool:
        """Look at some of those whom the next searches would have to; whether any may be left.

        Whenever nobody waits: then no search has to look at a crowd first. It changes no answer.
        """
        if self._note_some(most):
            return True
        for skill, known in self._skills.items():
            some = known.some_changed(at, most)
            self._look_at(known, skill, some, at)
            most -= len(some)
            if not most:
                return True
        return False

    def _note_some(self, most: int) -> bool:
        """Note who has which skill, at first everybody by and by, later whoever changes; whether
        anybody may be left."""
        if self._unnoted is None:
            self._unnoted = iter(list(self._organizations))
        some = list(islice(self._unnoted, most))
        for key in some:
            self._note(key, self._organizations.get(key))
        return bool(some)

    def _look_at(
        self, known: Standings, skill: str, keys: Iterable[OrganizationId], at: Instant
    ) -> None:
        changes = known.index.changes
        for key in keys:
            self._look(known, skill, key, at)
        if known.index.changes != changes:
            known.nobody.clear()

    def _look(self, known: Standings, skill: str, key: OrganizationId, at: Instant) -> None:
        organization = self._organizations.get(key)
        if organization is None or organization.retired or organization.units(skill) is None:
            if key in known.index:
                known.index.remove(key)
                known.change_at(key, None)
            return
        held = Held(
            self._load.get((key, skill)) or NOTHING,
            self._load.get((key, ALL)) or NOTHING,
            self._asks.get(key),
            key in self._unheard,
        )
        how = How(counted=known.counted, enrolled_only=self._enrolled_only())
        seen = see(organization, skill, held, at, how)
        code, times = known.code(seen.standing), (seen.cap_ends, seen.back_at)
        known.index.put(key, organization.place, code, times)
        known.change_at(key, seen.next)

    def _load_changed(self, key: Holding, _before: Load | None, _after: Load | None) -> None:
        known = self._skills.get(key[1])
        if known is not None:
            known.stale[key[0]] = None
        if key[1] == ALL:
            organization = self._organizations.get(key[0])
            if organization is not None and organization.crews_most is not None:
                self._note(key[0], organization)

    def crew_changed(
        self, _key: AssignmentId, before: Assignment | None, after: Assignment | None
    ) -> None:
        """Only whether it is unheard of matters to what its organization is asked for."""
        crew = after or before
        if crew is not None and (before is not None and before.unheard) is not (
            after is not None and after.unheard
        ):
            self._note(crew.organization, self._organizations.get(crew.organization))

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
        if organization is not None and self._unnoted is not None:
            for capability in organization.capabilities:
                self._standings(capability.skill).stale[key] = None
