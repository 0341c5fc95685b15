"""When the owner of live logs sends ticks: as they fall due, at a bearable pace, for ever."""

from __future__ import annotations

import logging
from typing import Final, NamedTuple

from schemas.commands import Tick
from schemas.ids import tick_id
from schemas.turns import OWNER, Envelope
from schemas.values import AreaId, Instant, OperationId
from streams.area import Area
from streams.clock import TICK, next_due

PACE: Final = 100  # milliseconds from one tick of an operation to its next: ten a second at most
LOST_AFTER: Final = 5_000  # a tick on its way that has not come back by then goes again
FAILURES_BORNE: Final = 3
SLOW_PACE: Final = 60_000  # once a tick has failed that often

Place = tuple[AreaId, OperationId]

_logger = logging.getLogger("shouwang.ticks")


class _Wait(NamedTuple):
    """The earliest moment of an operation's next tick, and how often it has failed in a row."""

    until: Instant
    failures: int


class Ticker:
    """What is due in each operation of the live areas.

    Each operation has its own pace: one whose rules fail keeps no other from its ticks. Whoever
    does not carry a tick out at once says `sent`, so that the next waits until the last is back.
    """

    def __init__(self) -> None:
        self._due: dict[Place, Instant] = {}
        self._waits: dict[Place, _Wait] = {}

    def expect(self, area: Area) -> None:
        """Note when the ticks of an area are due after its latest turn."""
        for operation in area.operations.rows.values():
            when = None if area.moved else next_due(operation)
            if when is None:
                self._due.pop((area.id, operation.id), None)
            else:
                self._due[area.id, operation.id] = when

    def forget(self) -> None:
        """The state is gone; what is due will be noted again once it is back."""
        self._due.clear()

    def ready(self, now: Instant) -> list[Place]:
        """Where a tick is to be sent now."""
        return [place for place in self._due if self._moment(place) <= now]

    def rest(self, now: Instant) -> int | None:
        """Milliseconds until there is something to send, None while nothing is due at all."""
        if not self._due:
            return None
        return max(0, min(map(self._moment, self._due)) - now)

    def sent(self, place: Place, now: Instant) -> None:
        """A tick is on its way to where it will be carried out."""
        failures = self._waits[place].failures if place in self._waits else 0
        self._waits[place] = _Wait(now + LOST_AFTER, failures)

    def came_back(self, place: Place, now: Instant) -> None:
        """A tick has been carried out: the next may follow after the pace."""
        self._waits[place] = _Wait(now + PACE, 0)

    def failed(self, place: Place, now: Instant) -> None:
        """A rule failed on a tick: try again, slowly from the third time on."""
        failures = self._waits[place].failures + 1 if place in self._waits else 1
        slow = failures >= FAILURES_BORNE
        self._waits[place] = _Wait(now + (SLOW_PACE if slow else PACE), failures)
        if slow:
            _logger.critical("a tick of %s has failed %d times in a row", place, failures)

    def _moment(self, place: Place) -> Instant:
        wait = self._waits.get(place)
        return self._due[place] if wait is None else max(self._due[place], wait.until)


def next_tick(area: Area, operation: OperationId) -> Envelope:
    """The owner's next tick for an operation of the area."""
    found = area.operations[operation]
    number = found.count(TICK) + 1
    return Envelope(
        area=area.id,
        operation=operation,
        mode=found.mode,
        actor=OWNER,
        command_id=tick_id(area.id, operation, number),
        command=Tick(number=number),
    )
