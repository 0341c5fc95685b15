"""Live: where a screen starts (`/board`), and the stream of what follows (`/live`)."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.callers import Caller, identify, signed_in
from api.context import Context, context_of
from api.feed import ResumeLost, Subscriber
from api.problems import Problem

BEAT_S = 0.1
CHECK_BEATS = 10  # every stream's session is looked at once a second
ALIVE_BEATS = 150  # and it hears of the log every 15 seconds
PORTION = 64  # streams that a beat looks at before it lets others run

NO_STORE = {"Cache-Control": "no-store"}
STREAM_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # a proxy that collects before it sends would delay offers
]

router = APIRouter(tags=["live"])
SignedIn = Annotated[Caller, Depends(signed_in)]


@router.get("/board")
async def board(request: Request, caller: SignedIn) -> Response:
    """Every row within your scope, and the event to go on from."""
    page = context_of(request).feed.page(caller.reader)
    return Response(page, headers=NO_STORE, media_type="application/json")


@router.get("/live", responses={200: {"content": {"text/event-stream": {}}}})
async def live(request: Request, caller: SignedIn, after: str = "") -> Response:
    """Server-sent events: all changes of one turn that you may see, as one event.

    `Last-Event-ID`, which a browser sends by itself, comes before `after`.
    """
    context = context_of(request)
    told = request.headers.get("last-event-id") or after
    try:
        subscriber = context.feed.subscribe(caller.reader, _number(context, told))
    except ResumeLost:
        raise Problem("resume_lost") from None
    return EventStream(context, request, subscriber)


def _number(context: Context, event: str) -> int | None:
    """The number in an event's id; ResumeLost for an id of another log, or of no kind of ours."""
    area, _, number = event.rpartition(":")
    if not event:
        return None
    if area != context.feed.area or not (number.isascii() and number.isdigit()):
        raise ResumeLost
    return int(number[:18])


class EventStream(Response):
    """Sends a subscriber's events until one side ends it. No generator, no group of tasks."""

    def __init__(self, context: Context, request: Request, subscriber: Subscriber) -> None:
        super().__init__()
        self._context = context
        self._request = request
        self._subscriber = subscriber

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        subscriber, feed = self._subscriber, self._context.feed
        pulse = pulse_of(self._context, scope)
        watcher = asyncio.create_task(_end_when_gone(receive, subscriber))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": STREAM_HEADERS})
            subscriber.push(feed.alive(self._context.now()))
            pulse.add(subscriber, self._request)
            while events := await subscriber.take():
                await send(_body(events, more=True))
            await send(_body(b"", more=False))
        finally:
            pulse.drop(subscriber)
            feed.unsubscribe(subscriber)
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

    def __init__(self, context: Context) -> None:
        self._context = context
        self._slots: list[dict[Subscriber, Request]] = [{} for _ in range(ALIVE_BEATS)]
        self._slot_of: dict[Subscriber, int] = {}
        self._next_slot = 0
        self._task: asyncio.Task[None] | None = None

    def add(self, subscriber: Subscriber, request: Request) -> None:
        # Seven and 150 have no common divisor: neighbors in time come to lie far apart.
        self._next_slot = (self._next_slot + 7) % ALIVE_BEATS
        self._slots[self._next_slot][subscriber] = request
        self._slot_of[subscriber] = self._next_slot
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._turn())

    def drop(self, subscriber: Subscriber) -> None:
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
            alive = self._context.feed.alive(self._context.now())
            for subscriber in self._slots[beat]:
                subscriber.push(alive)

    async def _check(self, remainder: int) -> None:
        slots = self._slots[remainder::CHECK_BEATS]
        streams = [stream for slot in slots for stream in slot.items()]
        for start in range(0, len(streams), PORTION):
            for subscriber, request in streams[start : start + PORTION]:
                if not _entitled(subscriber, request):
                    subscriber.end()
            await asyncio.sleep(0)


def _entitled(subscriber: Subscriber, request: Request) -> bool:
    """Whether the session lives and may see what it could see when the stream began."""
    with suppress(Problem):
        return identify(request).reader.topics == subscriber.reader.topics
    return False


def pulse_of(context: Context, scope: Scope) -> Pulse:
    """The application's one pulse, made with its first stream."""
    state = scope["app"].state
    if not hasattr(state, "pulse"):
        state.pulse = Pulse(context)
    pulse: Pulse = state.pulse
    return pulse
