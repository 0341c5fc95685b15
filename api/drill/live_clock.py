"""The wall as a clock of players: in a log for operations nobody conducts time.

What the script and its players plan comes so many times as soon as it says; how long the rules
give people to answer and to arrive is real all the same.
"""

from __future__ import annotations

import asyncio
from time import time_ns

from api.client import Session
from api.drill.clock import BREATH_S, SECOND, Act, Clock, Plan
from schemas.values import Instant, Milliseconds, OperationId


class LiveClock(Clock):
    """A clock that waits where the other one has time moved on."""

    def __init__(self, session: Session, operation: OperationId, pace: float) -> None:
        super().__init__(session, operation, pace, 0)
        self._quicker = pace

    async def start(self) -> None:
        self.now = _wall()

    def plan(self, at: Instant, act: Act) -> Plan:
        """So much sooner as the pace says."""
        self.now = _wall()
        return super().plan(self.now + int((at - self.now) / self._quicker), act)

    def since(self, began: Instant, after: Milliseconds) -> Instant:
        return began + int(after / self._quicker)

    def passed(self, began: Instant) -> Milliseconds:
        return int((self.now - began) * self._quicker)

    def plan_script(self, began: Instant, after: Milliseconds, act: Act) -> Plan:
        self.now = _wall()
        return super().plan(self.since(began, after), act)

    async def step(self) -> None:
        """Play what is due; else wait for a moment."""
        self.now = _wall()
        due = self._due(self.now)
        if not due:
            left = (self._plans[0].at - self.now) / SECOND if not self.idle else BREATH_S
            await asyncio.sleep(min(max(left, 0.001), BREATH_S))
            return
        await asyncio.gather(*(plan.act() for plan in due))
        self.plans_done += len(due)


def _wall() -> Instant:
    return time_ns() // 1_000_000
