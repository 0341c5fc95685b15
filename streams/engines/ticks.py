"""When the owner of live logs sends ticks: as they fall due, at a bearable pace, for ever.

While somebody has to answer or to arrive, it sends one now and then although nothing is due: a
sign of life. Where the last is too old, the log stood still, and `Resume` goes before any tick:
nobody's time is over before the time that was lost is given back.
"""

from __future__ import annotations

import logging
from typing import Final, NamedTuple

from schemas.commands import Resume, Tick
from schemas.ids import tick_id
from schemas.turns import OWNER, Envelope
from schemas.values import AreaId, Instant, OperationId, Piece
from streams.area import Area, Operation
from streams.clock import TICK
from streams.parameters import SETTLE_FACTS, STANDSTILL
from streams.wakes import AT_ONCE, Wait
from streams.worklist import next_due

PACE: Final = 100  # milliseconds from one tick of an operation to its next: ten a second at most
LOST_AFTER: Final = 5_000  # a tick on its way that has not come back by then goes again
TIMED: Final = (
    Wait.ANSWER,
    Wait.CREW,
    Wait.CHECK_IN,
    Wait.REPORT,
    Wait.INSTRUCTION,
    Wait.STANDBY,
    Wait.HAND_UP,
    Wait.HELPERS,
    Wait.CLIMB,
)
SIGN_OF_LIFE: Final = 20_000  # milliseconds behind the last turn
ALARMING: Final = 3  # failures in a row
FAILURES_BORNE: Final = 30  # enough to halve the budget to one, and to set a score of pieces aside
SLOW_PACE: Final = 60_000  # once a tick has failed that often, or nothing can be left out

Place = tuple[AreaId, OperationId]

_logger = logging.getLogger("shouwang.ticks")


class Retry(NamedTuple):
    """How a tick is tried again: with half the budget, then without what it has failed on twice."""

    failures: int = 0
    budget: int | None = None
    aside: tuple[Piece, ...] = ()
    piece: Piece | None = None  # what the last one has failed on, where that is known

    def failed(self, piece: Piece | None) -> Retry:
        """What to do after a failure."""
        again = piece is not None and (piece == self.piece or self.budget == 1)
        return Retry(
            failures=self.failures + 1,
            budget=max(1, (self.budget or SETTLE_FACTS) // 2),
            aside=(*self.aside, piece) if again and piece is not None else self.aside,
            piece=piece,
        )

    @property
    def hopeless(self) -> bool:
        """Whether nothing is left to be left out: it is tried seldom."""
        return self.budget == 1 and self.piece is None

    def tick(self, number: int) -> Tick:
        return Tick(number=number, budget=self.budget, aside=self.aside)

    def resume(self, number: int, since: Instant) -> Resume:
        return Resume(number=number, since=since, budget=self.budget, aside=self.aside)


class _Wait(NamedTuple):
    """The earliest moment of an operation's next tick, and how it is tried."""

    until: Instant
    retry: Retry = Retry()


class Ticker:
    """What is due in each operation of the live areas.

    Each operation has its own pace: one whose rules fail keeps no other from its ticks. Whoever
    does not carry a tick out at once says `sent`, so that the next waits until the last is back.
    """

    def __init__(self) -> None:
        self._due: dict[Place, Instant] = {}
        self._since: dict[Place, Instant] = {}  # from when on time was lost and is not given back
        self._waits: dict[Place, _Wait] = {}

    def expect(self, area: Area) -> None:
        """Note when the ticks of an area are due after its latest turn."""
        for operation in area.operations.rows.values():
            place, when = (area.id, operation.id), None if area.moved else _due(area, operation)
            if when is None:
                self._due.pop(place, None)
                self._since.pop(place, None)
            else:
                self._due[place] = when

    def stood_still(self, area: Area, since: Instant) -> None:
        """Wherever somebody waits in an area, the time since then is to be given back first."""
        for operation in area.operations.rows.values():
            if waited_for(operation):
                self._since.setdefault((area.id, operation.id), since)

    def forget(self) -> None:
        """The state is gone; what is due will be noted again once it is back."""
        self._due.clear()
        self._since.clear()

    def resuming(self, now: Instant) -> list[Place]:
        """Where lost time is to be given back now."""
        return [place for place in self.ready(now) if place in self._since]

    def next(self, area: Area, operation: OperationId) -> Envelope:
        """The owner's next command for an operation: a tick, or that the log goes on again."""
        found = area.operations[operation]
        number, since = found.count(TICK) + 1, self._since.get((area.id, operation))
        retry = self._retry((area.id, operation))
        return Envelope(
            area=area.id,
            operation=operation,
            mode=found.mode,
            actor=OWNER,
            command_id=tick_id(area.id, operation, number),
            command=retry.tick(number) if since is None else retry.resume(number, since),
        )

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
        self._waits[place] = _Wait(now + LOST_AFTER, self._retry(place))

    def came_back(self, place: Place, now: Instant) -> None:
        """A tick has been carried out: the next may follow after the pace."""
        self._waits[place] = _Wait(now + PACE)

    def gave_back(self, place: Place, until: Instant, now: Instant) -> None:
        """Time has been given back up to a moment, which may be long ago in its turn."""
        self._since.pop(place, None)
        if now - until > STANDSTILL:
            self._since[place] = until

    def failed(self, place: Place, piece: Piece | None, now: Instant) -> None:
        """A rule failed on a tick, in a piece of work if that is known: try without it."""
        retry = self._retry(place).failed(piece)
        pace = SLOW_PACE if retry.hopeless or retry.failures > FAILURES_BORNE else PACE
        self._waits[place] = _Wait(now + pace, retry)
        if retry.failures >= ALARMING:
            _logger.critical("a tick of %s has failed %d times in a row", place, retry.failures)

    def _retry(self, place: Place) -> Retry:
        wait = self._waits.get(place)
        return Retry() if wait is None else wait.retry

    def _moment(self, place: Place) -> Instant:
        due = AT_ONCE if place in self._since else self._due[place]
        wait = self._waits.get(place)
        return due if wait is None else max(due, wait.until)


def _due(area: Area, operation: Operation) -> Instant | None:
    """What is due next, or the next sign of life."""
    due = next_due(operation, area.at)
    if not waited_for(operation):
        return due
    sign = area.at + SIGN_OF_LIFE
    return sign if due is None else min(due, sign)


def waited_for(operation: Operation) -> bool:
    """Whether somebody has to answer, to arrive, to give word or to decide soon, whom a standstill
    would take time from."""
    return any(operation.wakes.any_for(wait) for wait in TIMED)


def silent_since(area: Area, first: Instant, now: Instant) -> Instant | None:
    """From when on a log has stood still; None where it has not, for all that can be told.

    Asked before anything is decided. A log gives signs of life only while somebody waits;
    otherwise it is known to have stood still from when the `first` command came in that is to be
    decided.
    """
    if area.moved is not None:
        return None
    since = area.at if any(map(waited_for, area.operations.rows.values())) else first
    return since if now - since > STANDSTILL else None
