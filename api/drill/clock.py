"""Rule time: what is planned, played in order by advancing the conductor's time."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic

import msgspec

from api.client import Session
from schemas.values import Instant, Milliseconds, OperationId

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

BREATH_S = 0.1  # the longest a paced clock sleeps, so that people's acts get fresh stamps
NAP_S = 0.001  # the shortest
CREDIT_S = 1.0  # a machine that was too slow makes up for at most so much
PERSON_MS = 2 * MINUTE  # for so long after a person's act the pace is 1

Act = Callable[[], Awaitable[object]]


@dataclass(order=True, slots=True)
class Plan:
    """Something to do at a rule time; one that was dropped is passed over."""

    at: Instant
    number: int
    act: Act = field(compare=False)
    dropped: bool = field(default=False, compare=False)

    def drop(self) -> None:
        self.dropped = True


class Moment(msgspec.Struct, frozen=True):
    """The conductor's answer: where time is, and when the rules have something to do."""

    at: Instant
    next_due: Instant | None = None
    person_acted_at: Milliseconds | None = None  # how long ago, by the wall clock
    behind: bool = False  # more is due by the time that was asked for
    sequence: int = 0  # of the last turn


class Clock:
    """The only source of time of a given-time log.

    `pace` is rule seconds per wall second, None for as fast as the machine goes. `window`: plans
    so close together (in rule milliseconds) go out at once, stamped with the last one's time.
    `settled` is awaited after each step, so that time waits for what the streams still carry.
    """

    def __init__(
        self, conductor: Session, operation: OperationId, pace: float | None, window: Milliseconds
    ) -> None:
        self.now: Instant = 0
        self.pace = pace
        self.window = window
        self.settled: Callable[[int], Awaitable[None]] | None = None
        self.plans_done = 0
        self._conductor = conductor
        self._operation = operation
        self._plans: list[Plan] = []
        self._planned = 0
        self._calls = 0
        self._moment = Moment(0)
        self._credit = 0.0  # rule milliseconds that the wall clock has given and nobody has used
        self._wall = monotonic()

    async def start(self) -> None:
        """Take over the log's present time."""
        answer = await self._conductor.get("/conductor")
        self.now = answer["at"]
        self._wall = monotonic()

    def plan(self, at: Instant, act: Act) -> Plan:
        """Have something done at a rule time, or at once where that is past."""
        self._planned += 1
        plan = Plan(max(at, self.now), self._planned, act)
        heapq.heappush(self._plans, plan)
        return plan

    def since(self, began: Instant, after: Milliseconds) -> Instant:
        """When a script that began then has come so far."""
        return began + after

    def passed(self, began: Instant) -> Milliseconds:
        """How far such a script has come by now."""
        return self.now - began

    def plan_script(self, began: Instant, after: Milliseconds, act: Act) -> Plan:
        """Have something of a script done."""
        return self.plan(self.since(began, after), act)

    @property
    def person_is_acting(self) -> bool:
        ago = self._moment.person_acted_at
        return ago is not None and ago < PERSON_MS

    @property
    def idle(self) -> bool:
        """Whether nobody intends anything any more."""
        while self._plans and self._plans[0].dropped:
            heapq.heappop(self._plans)
        return not self._plans

    def next(self) -> Instant | None:
        """When something happens next, in the plans or in the rules; None: never."""
        times = [] if self.idle else [self._plans[0].at]
        if self._moment.next_due is not None:
            times.append(self._moment.next_due)
        return min(times, default=None)

    async def step(self) -> None:
        """Play what is next, or let a breath of time pass where the pace does not reach it."""
        following, reach = self.next(), self._reach()
        if following is None or following > reach:
            await self._wait(following, reach)
            return
        last = self._last(min(following + self.window, reach))
        await self.advance(max(last, following))
        due = self._due(last)  # taken now: what time brought on the way may have changed it
        await asyncio.gather(*(plan.act() for plan in due))
        self.plans_done += len(due)
        if self.settled:
            await self.settled(self._moment.sequence)

    def _last(self, until: Instant) -> Instant:
        """The time of the last plan by then; 0 where there is none."""
        times = (plan.at for plan in self._plans if plan.at <= until and not plan.dropped)
        return max(times, default=0)

    def _due(self, until: Instant) -> list[Plan]:
        due = []
        while self._plans and self._plans[0].at <= until:
            plan = heapq.heappop(self._plans)
            if not plan.dropped:
                due.append(plan)
        return due

    async def advance(self, to: Instant) -> None:
        """Move the log's time forward; what falls due on the way happens at its own time."""
        to = max(to, self.now)
        if self.pace is not None:
            self._credit = max(0.0, self._credit - (to - self.now))
        body = {"to": to, "operation": self._operation, "pace": self._pace()}
        behind = True
        while behind:
            self._calls += 1
            raw = await self._conductor.send("/conductor/advance", body, f"advance-{self._calls}")
            self._moment = msgspec.json.decode(raw, type=Moment)
            behind = self._moment.behind
        self.now = self._moment.at

    def _pace(self) -> float | None:
        """The pace just now; None: as fast as the machine goes, which screens measure."""
        return 1.0 if self.pace is not None and self.person_is_acting else self.pace

    def _reach(self) -> Instant:
        """How far time may go by now."""
        pace, wall = self._pace(), monotonic()
        if pace is None:
            return max(self.next() or self.now, self.now) + self.window
        self._credit += (wall - self._wall) * SECOND * pace
        self._credit = min(self._credit, CREDIT_S * SECOND * pace)
        self._wall = wall
        return self.now + int(self._credit)

    async def _wait(self, following: Instant | None, reach: Instant) -> None:
        await self.advance(reach)
        pace, wanted = self._pace(), BREATH_S
        if following is not None and pace:
            wanted = min(wanted, (following - self.now) / SECOND / pace)
        await asyncio.sleep(max(wanted, NAP_S))
