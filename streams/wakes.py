"""Waits: what somebody or something waits for until a time, in one order over all tables.

Like every ordering it is a cache of the entities, so no wait can differ from what the state says.
A row waits for one thing at a time. A new kind of wait is a member of `Wait`, a case of what its
table waits for in `streams.waited`, and one function in `settle`.
Lines are not here: matching takes them by priority, from lanes of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from enum import IntEnum
from typing import Any, NamedTuple

from sortedcontainers import SortedList

from schemas.values import Instant
from streams.table import Table

AT_ONCE: Instant = 0


class Wait(IntEnum):
    """What is waited for; of those due at the same time, the first is done first."""

    STAND_DOWN = 1  # an offer that is needed no longer
    END = 2  # an assignment that is needed no longer
    ANSWER = 3  # an offer's answer
    STANDBY = 4  # the desk's word to somebody who would still come
    CREW = 5  # an arrival, and later an answer where it is
    CHECK_IN = 6  # a word from the scene
    INSTRUCTION = 7  # a crew's word that it has read what it is told
    BESIDE = 8  # a desk's word to whoever is where another crew was told to leave
    REPORT = 9  # an answer to what was reported from there
    RELIEF = 10  # a crew that is relieved, or is to be
    HAND_UP = 11  # the word of a desk that a demand was handed up to
    HELPERS = 12  # the desk's word to people who belong to no organization
    TASK = 13  # a proposal's opening, or a claim's report
    PROPOSAL = 14  # a closed line's recovery task
    GROUP = 15  # what becomes of a demand's further reports
    BATCH = 16  # the next step of a batch, the rest of its list, or the end of its hour
    QUIET = 17  # something to happen about a demand
    CLIMB = 18  # the next step of a demand's desk
    SHIFT = 19  # somebody who takes a shift that was handed over
    CLOSING = 20  # what the end of an incident entails
    DESTRUCTION = 21  # of an incident's key


class Wake(NamedTuple):
    """One wait: when it is over, its kind, and the id of what waits."""

    when: Instant
    wait: Wait
    id: Any


class Wakes:
    """Every wait of an operation but those of its lines, the earliest first."""

    def __init__(self) -> None:
        self._sorted: SortedList[tuple[Instant, Wait, Any]] = SortedList()
        self._counts = dict.fromkeys(Wait, 0)

    def hold(
        self, table: Table[Any, Any], waiting: Callable[[Any], tuple[Instant, Wait] | None]
    ) -> None:
        """Follow a table: `waiting` says until when a row waits for what, None for nothing."""

        def follow(key: Any, before: Any, after: Any) -> None:
            old = None if before is None else waiting(before)
            new = None if after is None else waiting(after)
            if old != new:
                self._move(key, old, new)

        def fill(rows: Collection[tuple[Any, Any]]) -> None:
            found = [(*until, key) for key, row in rows if (until := waiting(row)) is not None]
            self._sorted.update(found)
            for _, wait, _ in found:
                self._counts[wait] += 1

        table.watch(follow, fill)

    def _move(
        self, key: Any, old: tuple[Instant, Wait] | None, new: tuple[Instant, Wait] | None
    ) -> None:
        if old is not None:
            self._sorted.remove((*old, key))
            self._counts[old[1]] -= 1
        if new is not None:
            self._sorted.add((*new, key))
            self._counts[new[1]] += 1

    def first(self) -> Wake | None:
        """The wait that is over first."""
        return Wake(*self._sorted[0]) if self._sorted else None

    def all(self) -> Iterator[Wake]:
        """Every wait, the earliest first."""
        return (Wake(*place) for place in self._sorted)

    def any_for(self, wait: Wait) -> bool:
        """Whether anything waits for this."""
        return self._counts[wait] > 0

    def all_for(self, wait: Wait) -> list[Wake]:
        """Everything that waits for this, the earliest first."""
        return [Wake(*place) for place in self._sorted if place[1] is wait]
