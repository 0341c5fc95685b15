"""Bounds: how many messages an address bears, and how fast a channel may be used.

Providers block whoever is too fast, for longer than waiting would have taken; and nobody reads
the ninth text message of a day.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from api.reach.channels import About, Rung
from api.reach.notices import Notice, Notices
from api.reach.routes import Route
from api.reach.states import State
from schemas.values import Instant

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

SMS_A_DAY: Final = 8
SMS_KEPT: Final = 2  # of these, for priority 1
CALLS_AN_HOUR: Final = 5
BETWEEN_CALLS: Final = 61_000
TOGETHER: Final = MINUTE  # routine messages to one person come at most so often
OF_A_KIND: Final = 5 * MINUTE  # what a desk is told of one kind, but for what is more urgent
NOT_SENT: Final = (State.QUEUED, State.FAILED, State.EXPIRED, State.CANCELED)


class Bounds:
    """What has gone out of late, by address; remembered here and, over a restart, in the file."""

    def __init__(self, notices: Notices) -> None:
        self._notices = notices
        self._went: dict[str, deque[Instant]] = {}
        self._paused: dict[str, Instant] = {}

    def check(self, notice: Notice, route: Route, now: Instant) -> Instant | str:
        """When it may go, now or later; or the reason for which it may not today."""
        paused = self.paused(notice, route)
        if paused > now:
            return paused
        held = self._of_a_kind(notice, now) if notice.about is About.DESK else now
        if held > now:
            return held
        if route.a_minute:
            return self._by_bucket(notice.address, route.a_minute, now)
        if notice.rung is Rung.SMS:
            return self._by_day(notice, now)
        if notice.rung is Rung.VOICE:
            return self._by_call(notice, now)
        return self._together(notice, now)

    def paused(self, notice: Notice, route: Route) -> Instant:
        """Until when the service has had enough; 0 where it has not."""
        return max(self._paused.get(route.name, 0), self._paused.get(notice.address, 0))

    def _by_bucket(self, address: str, a_minute: int, now: Instant) -> Instant:
        went = self._went.get(address)
        if went is None:  # of an earlier process
            went = self._went[address] = deque(self._messages(address, now - MINUTE))
        while went and went[0] <= now - MINUTE:
            went.popleft()
        return now if len(went) < a_minute else went[0] + MINUTE

    def _by_day(self, notice: Notice, now: Instant) -> Instant | str:
        sent = len(self._messages(notice.address, now - DAY))
        if sent >= SMS_A_DAY - (SMS_KEPT if notice.priority > 1 else 0):
            return "limit"
        return self._together(notice, now)

    def _by_call(self, notice: Notice, now: Instant) -> Instant | str:
        calls = self._messages(notice.address, now - HOUR)
        if len(calls) >= CALLS_AN_HOUR:
            return "limit"
        return max(now, calls[-1] + BETWEEN_CALLS) if calls else now

    def _together(self, notice: Notice, now: Instant) -> Instant:
        """The first goes at once; what follows within a minute waits, to go as one.

        Nothing waits for longer than that, however many urgent ones go out meanwhile.
        """
        if notice.priority == 1 or notice.about is About.DESK:
            return now
        sent = self._messages(notice.address, now - TOGETHER)
        return max(now, min(sent[-1], notice.made_at) + TOGETHER) if sent else now

    def _of_a_kind(self, notice: Notice, now: Instant) -> Instant:
        """The first to a desk goes at once; further ones of its kind that are no more urgent wait,
        to go as one that counts them."""
        sent = [
            one.sent_at
            for one in self._notices.sent_to(notice.address, now - OF_A_KIND)
            if one.about is About.DESK and one.item == notice.item and one.sent_at is not None
            if one.priority <= notice.priority and one.state not in NOT_SENT
        ]
        return max(sent) + OF_A_KIND if sent else now

    def _messages(self, address: str, since: Instant) -> list[Instant]:
        """When messages went to an address; several notices that went as one are one."""
        times = (one.sent_at for one in self._notices.sent_to(address, since) if one.tries)
        return sorted({time for time in times if time is not None})

    def went(self, notice: Notice, route: Route, now: Instant) -> None:
        """A message is on its way."""
        if route.a_minute:
            self._went[notice.address].append(now)

    def pause(self, notice: Notice, route: Route, until: Instant) -> None:
        """The service has had enough: of this robot, or of everything that the account sends."""
        self._paused[notice.address if route.robot else route.name] = until
