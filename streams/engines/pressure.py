"""Pressure: how long whoever is taken now would wait, and who is still taken then.

What is waited for is counted and timed as it comes out, whatever made it slow: long turns, a slow
disk, a cluster that is away. People's posting and answering is the last to be turned away.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import ceil
from time import monotonic
from typing import Final

from schemas import commands as c
from schemas.commands import Command
from streams.engines import Unavailable

BORNE_S: Final = 1.0  # so long may a wait be for whatever is not urgent
BORNE_URGENT_S: Final = 8.0  # for posting and answering; a request is given up after ten
FEW: Final = 64  # under way at once are always taken: they say nothing about the time
ALONE: Final = 8  # with fewer under way nothing is learned about how long each takes
SHARE: Final = 1 / 32  # of the newest time in the mean

OWNERS: Final = (c.Tick, c.Resume, c.OpenLog, c.MoveLog, c.ReceiveLog, c.ChangeRules, c.UseLink)
URGENT: Final = (
    *(
        c.PublishDemand,
        c.DraftDemand,
        c.ReportNeed,
        c.PublishDraft,
        c.ResumeDemand,
        c.AmendDemand,
        c.HandUpDemand,
        c.TakeOnDemand,
        c.GiveBackDemand,
        c.AskByHand,
        c.ReceiveCrew,
        c.TakeStandby,
        c.EndStandby,
        c.ReceiveHelpers,
        c.EndAppeal,
        c.OpenIncident,
        c.ShowPersons,
    ),
    *(
        c.AcceptOffer,
        c.DeclineOffer,
        c.CounterOffer,
        c.OfferHelp,
        c.SetOff,
        c.Arrive,
        c.ReportDone,
        c.CannotComplete,
    ),
    *(
        c.CheckIn,
        c.CountHeads,
        c.SeeWords,
        c.ReportFromScene,
        c.AnswerReport,
        c.RelieveCrew,
        c.KeepCrewOn,
        c.VoidDemands,
        c.UndoBatch,
        c.InstructCrew,
        c.TellBeside,
        c.LetStay,
        c.InstructIncident,
        c.CloseZone,
        c.AcknowledgeInstruction,
        c.GiveNewTime,
        c.UndoStep,
        c.RecordReach,
    ),
)


class Overloaded(Unavailable):
    """Too much is under way: 503, with the seconds after which it is worth trying again."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too much is under way; try again in {retry_after} s")
        self.retry_after = retry_after


class Pressure:
    """Counts what is under way, first in, first out. For one thread."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._since: deque[float] = deque()
        self._mean = 0.0  # seconds from one answer to the next while many wait
        self._served_at = 0.0

    def wait(self) -> float:
        """Seconds that a command taken now would wait, as far as can be told."""
        if not self._since:
            return 0.0
        return max(self._clock() - self._since[0], len(self._since) * self._mean)

    def admit(self, command: Command) -> None:
        """Count a command that is taken. Raises Overloaded where it would wait too long."""
        if len(self._since) >= FEW and not isinstance(command, OWNERS):
            wait = self.wait()
            if wait > (BORNE_URGENT_S if isinstance(command, URGENT) else BORNE_S):
                raise Overloaded(ceil(wait))
        self._since.append(self._clock())

    def served(self, count: int = 1) -> None:
        """So many have their answers, the longest waiting ones."""
        if not count:
            return
        now, crowded = self._clock(), len(self._since) > ALONE
        passed = now - max(self._since[0], self._served_at)
        for _ in range(count):
            self._since.popleft()
        self._served_at = now
        if crowded:  # of few the time is that of the way, not that of the work
            self._mean += (passed / count - self._mean) * (1 - (1 - SHARE) ** count)
