"""Sending: what is due goes out, once; what came of it is judged and kept.

`sending` is durable before the request. A request that may have gone out is never simply repeated:
`receiving` asks what became of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

import apsw
from msgspec.structs import replace

from api.reach.bounds import Bounds
from api.reach.channels import (
    About,
    Broken,
    Dead,
    Handed,
    Message,
    Outcome,
    Retry,
    Unknown,
)
from api.reach.composing import Composer
from api.reach.notices import Notice, Notices, Report
from api.reach.outbound import Guarded
from api.reach.routes import Route, Routes
from api.reach.states import ARRIVED, State
from schemas.values import Instant

TRIES_MOST: Final = 4
AWAY: Final = ("network", "portal")  # why nothing can have been sent
AWAY_MS: Final = 10_000
BACK_OFF_MS: Final = 5_000  # doubles
BACK_OFF_MOST: Final = 60_000
AT_ONCE: Final = 50  # requests under way; urgent ones beside them
A_LOOK: Final = 8  # messages that are not urgent, begun between two looks for urgent ones
WRITE_AGAIN_S: Final = 1.0  # after a file was full or busy

_logger = logging.getLogger("shouwang.reach")


class Batch(NamedTuple):
    """Notices that go out as one message."""

    notices: tuple[Notice, ...]
    route: Route


class Sender:
    """Hands messages over. `changed` is told of every notice whose state has changed."""

    def __init__(
        self,
        notices: Notices,
        routes: Routes,
        outbound: Guarded,
        composer: Composer,
        changed: Callable[[Notice], None],
        now: Callable[[], Instant],
    ) -> None:
        self._notices, self._routes, self._outbound = notices, routes, outbound
        self._composer, self._changed, self._now = composer, changed, now
        self._bounds = Bounds(notices)
        self._under_way: set[asyncio.Task[None]] = set()

    async def send(self, due: Iterable[Notice]) -> bool:
        """Let what is due go out beside whatever else is done; urgent ones do not queue.

        Whether more could go out at once, after a look at what has become urgent meanwhile.
        """
        now = self._now()
        groups: dict[tuple[str, About, str, bool], list[Notice]] = {}
        for notice in due:
            alone = not self._composer.together(notice)
            to = notice.address if not alone else notice.id
            groups.setdefault((to, notice.about, notice.item, alone), []).append(notice)
        begun = 0
        for group in groups.values():
            if group[0].priority > 1:
                if begun >= A_LOOK or len(self._under_way) >= AT_ONCE:
                    return begun >= A_LOOK
                begun += 1
            latest = (self._notices.with_id(one.id) for one in self._whole(group))
            self._begin([one for one in latest if one and one.state is State.QUEUED], now)
            await asyncio.sleep(0)  # on its way before the next: a crash leaves few in doubt
        return False

    def _whole(self, group: list[Notice]) -> list[Notice]:
        """With all that waits to be told to the same desk: its message counts them."""
        return self._notices.queued_with(group[0]) if group[0].about is About.DESK else group

    def _begin(self, group: list[Notice], now: Instant) -> None:
        late = [one for one in group if now > one.until]
        self.keep(replace(one, state=State.EXPIRED, ended_at=now) for one in late)
        over = [one for one in group if now <= one.until and not self._composer.wanted(one)]
        self.keep(canceled(one, now) for one in over)
        fresh = [one for one in group if now <= one.until and one not in over]
        if fresh:
            self._send(fresh, now)

    def _send(self, fresh: list[Notice], now: Instant) -> None:
        route = self._routes.of(fresh[0])
        if route is None:  # every channel to it is gone, or the address or the consent
            why = "withdrawn" if self._routes.addressed(fresh[0]) is None else "channel"
            self.keep(failed(one, why, now) for one in fresh)
            return
        verdict = self._bounds.check(fresh[0], route, now)
        if isinstance(verdict, str):
            self.keep(failed(one, verdict, now) for one in fresh)
        elif verdict > now:
            paused = self._bounds.paused(fresh[0], route) > now
            # Which makes room for the next rung.
            self.keep(replace(one, due=verdict, why="rate" if paused else one.why) for one in fresh)
        else:
            self._go(Batch(tuple(fresh), route), now)

    def _go(self, batch: Batch, now: Instant) -> None:
        message = self._composer.message(batch.notices, batch.route)
        if message is None:  # over, or said otherwise
            self.keep(canceled(one, now) for one in batch.notices)
            return
        going = tuple(
            replace(
                one,
                state=State.SENDING,
                tries=one.tries + 1,
                channel=batch.route.name,
                sent_at=now,
                why="",
                reference=batch.notices[0].id,
            )
            for one in batch.notices
        )
        message = replace(message, tries=going[0].tries)
        self.keep(going)
        self._bounds.went(going[0], batch.route, now)
        task = asyncio.ensure_future(self._carry(Batch(going, batch.route), message))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _carry(self, batch: Batch, message: Message) -> None:
        """Nothing ends it but its outcome's being kept, however long the file takes no writing."""
        outcome = await self._outcome(batch, message)
        while True:
            try:
                self.settle(batch, outcome)
            except apsw.Error as error:
                _logger.error("an outcome waits: %s", type(error).__name__)
                await asyncio.sleep(WRITE_AGAIN_S)
            else:
                return

    async def _outcome(self, batch: Batch, message: Message) -> Outcome:
        channel = batch.route.channel
        try:
            outbound = self._outbound.within(batch.route.allowed)
            raw = await channel.send(outbound, message)
            judged: Outcome = channel.judge(raw, message)
        except Exception as error:  # a defect of ours, or of an address
            _logger.error("%s has failed: %s", batch.route.name, type(error).__name__)
            return Unknown("defect")
        return judged

    def settle(self, batch: Batch, outcome: Outcome) -> None:
        """Keep what came of a message; a channel that is broken is set aside for everybody."""
        now = self._now()
        if isinstance(outcome, Broken):
            self._routes.broken(batch.route, outcome.why, now)
        elif isinstance(outcome, Handed):
            self._routes.worked(batch.route, now)
        elif isinstance(outcome, Retry) and outcome.after:
            self._bounds.pause(batch.notices[0], batch.route, now + round(outcome.after * 1_000))
        latest = (self._notices.with_id(one.id) or one for one in batch.notices)
        self.keep(self._after(one, batch.route, outcome, now) for one in latest)

    def _after(self, one: Notice, route: Route, outcome: Outcome, now: Instant) -> Notice:
        """What a receipt has told before the answer came stands."""
        if isinstance(outcome, Handed):
            one = replace(one, reference=outcome.reference or one.reference)
        if one.state not in (State.SENDING, State.UNKNOWN):
            return one
        match outcome:
            case Handed():
                return replace(one, state=State.HANDED, handed_at=now, why="")
            case Unknown(why):
                return replace(one, state=State.UNKNOWN, why=why)
            case Dead(why):
                return failed(one, why, now)
            case Broken(why):
                other = self._routes.of(one)
                if other is None or other.name == route.name:
                    return failed(one, why, now)
                return replace(one, state=State.QUEUED, tries=one.tries - 1, due=now, why=why)
            case Retry(why, after):
                away = why in AWAY  # and back as suddenly: nobody is given up for it
                if one.tries >= TRIES_MOST and not after and not away:
                    return failed(one, "tries", now)
                pause = AWAY_MS if away else max(round(after * 1_000), _back_off(one.tries))
                tries = one.tries - 1 if after or away else one.tries  # throttled is no try
                return replace(one, state=State.QUEUED, tries=tries, due=now + pause, why=why)

    def keep(self, notices: Iterable[Notice]) -> None:
        kept = list(notices)
        if not kept:
            return
        self._notices.put(kept, [report for one in kept for report in _reports(one)])
        for one in kept:
            self._changed(one)

    async def rest(self) -> None:
        """Until nothing is under way."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def close(self, seconds: float) -> None:
        """What does not come to its end in time is given up; its fate is asked for later."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=seconds)
        for task in self._under_way:
            task.cancel()
        await self.rest()


def canceled(notice: Notice, now: Instant) -> Notice:
    return replace(notice, state=State.CANCELED, ended_at=now)


def failed(notice: Notice, why: str, now: Instant) -> Notice:
    return replace(notice, state=State.FAILED, why=why, ended_at=now)


def _reports(notice: Notice) -> list[Report]:
    """The first hand-over of an offer is told to the rules; later ones are the same report."""
    if notice.state not in ARRIVED or notice.about is not About.ASK:
        return []
    assert notice.handed_at is not None
    return [
        Report(0, "reached", notice.offer, {"by": notice.rung.value}, notice.handed_at),
    ]


def _back_off(tries: int) -> int:
    return min(BACK_OFF_MS << max(tries - 1, 0), BACK_OFF_MOST)
