"""Event streams: each sends what its subscriber takes, until one side ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.live.feed import Feed, Subscriber
from schemas.values import Instant

BEAT_S = 0.1
CHECK_BEATS = 10  # every stream's session is looked at once a second
ALIVE_BEATS = 150  # and it hears of the log every 15 seconds
PORTION = 64  # streams that a beat looks at before it lets others run

STREAM_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # a proxy that collects before it sends would delay offers
]

Entitled = Callable[[], bool]
"""Whether a stream's reader may still see what it saw when the stream began."""


class EventStream(Response):
    """Sends a subscriber's events until one side ends it. No generator, no group of tasks."""

    def __init__(self, pulse: Pulse, subscriber: Subscriber, entitled: Entitled) -> None:
        super().__init__()
        self._pulse = pulse
        self._subscriber = subscriber
        self._entitled = entitled

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        subscriber, pulse = self._subscriber, self._pulse
        watcher = asyncio.create_task(_end_when_gone(receive, subscriber))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": STREAM_HEADERS})
            pulse.add(subscriber, self._entitled)
            while events := await subscriber.take():
                if pulse.is_over(subscriber) and not self._entitled():
                    break  # the wheel would come by within a second, and that is too late
                await send(_body(events, more=True))
            await send(_body(b"", more=False))
        finally:
            pulse.drop(subscriber)
            watcher.cancel()


def _body(content: bytes, *, more: bool) -> MutableMapping[str, Any]:
    return {"type": "http.response.body", "body": content, "more_body": more}


async def _end_when_gone(receive: Receive, subscriber: Subscriber) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    subscriber.end()


class Pulse:
    """One slow wheel for all streams: it ends those whose session is over, and says "alive".

    Streams are spread over the slots of the wheel, so that no beat wakes all of them at once.
    """

    def __init__(self, feed: Feed, now: Callable[[], Instant]) -> None:
        self._feed = feed
        self._now = now
        self._slots: list[dict[Subscriber, Entitled]] = [{} for _ in range(ALIVE_BEATS)]
        self._slot_of: dict[Subscriber, int] = {}
        self._next_slot = 0
        self._task: asyncio.Task[None] | None = None

    def add(self, subscriber: Subscriber, entitled: Entitled) -> None:
        """A stream begins: it hears at once that the log is alive."""
        subscriber.push(self._feed.alive(self._now()))
        # Seven and 150 have no common divisor: neighbors in time come to lie far apart.
        self._next_slot = (self._next_slot + 7) % ALIVE_BEATS
        self._slots[self._next_slot][subscriber] = entitled
        self._slot_of[subscriber] = self._next_slot
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._turn())

    def is_over(self, subscriber: Subscriber) -> bool:
        """Whether a grant has ended by which a stream began; it may have been given anew."""
        until = subscriber.reader.until
        return until is not None and self._now() >= until

    def drop(self, subscriber: Subscriber) -> None:
        """A stream has ended."""
        self._feed.unsubscribe(subscriber)
        slot = self._slot_of.pop(subscriber, None)
        if slot is not None:
            self._slots[slot].pop(subscriber, None)

    async def _turn(self) -> None:
        """Turn for as long as there is a stream."""
        beat = 0
        while self._slot_of:
            await asyncio.sleep(BEAT_S)
            beat = (beat + 1) % ALIVE_BEATS
            await self._check(beat % CHECK_BEATS)
            alive = self._feed.alive(self._now())
            for subscriber in self._slots[beat]:
                subscriber.push(alive)

    async def _check(self, remainder: int) -> None:
        slots = self._slots[remainder::CHECK_BEATS]
        streams = [stream for slot in slots for stream in slot.items()]
        for start in range(0, len(streams), PORTION):
            for subscriber, entitled in streams[start : start + PORTION]:
                if not entitled():
                    subscriber.end()
            await asyncio.sleep(0)
