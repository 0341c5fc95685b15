"""Live: where a screen starts (`/board`), and the stream of what follows (`/live`)."""

from __future__ import annotations

from contextlib import suppress

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.context import Context, context_of
from api.doors.callers import SignedIn
from api.live import EventStream, ResumeLost, Subscriber
from api.problems import Problem
from api.safe import Work, check_streams

JSON = "application/json"
NO_STORE = {"Cache-Control": "no-store"}
PACKED = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}

router = APIRouter(tags=["live"])


@router.get("/board")
async def board(request: Request, caller: SignedIn) -> Response:
    """Every row within your scope, a row a line, and the event to go on from.

    Many rows come the worst first, so that they can be shown before the last one has come.
    """
    context = context_of(request)
    context.count(caller, Work.BOARD)
    start = context.feed.start(caller.reader)
    if not start.is_large:
        return Response(start.plain(), headers=NO_STORE, media_type=JSON)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return StreamingResponse(start.pieces(), headers=NO_STORE, media_type=JSON)
    return StreamingResponse(start.packed(), headers={**NO_STORE, **PACKED}, media_type=JSON)


@router.get("/live", responses={200: {"content": {"text/event-stream": {}}}})
async def live(request: Request, caller: SignedIn, after: str = "") -> Response:
    """Server-sent events: all changes of one turn that you may see, as one event.

    `Last-Event-ID`, which a browser sends by itself, comes before `after`.
    """
    context = context_of(request)
    feed = context.feed
    check_streams(feed.streams_of(caller.account), len(feed.subscribers), context.streams_most)
    told = request.headers.get("last-event-id") or after
    try:
        subscriber = context.feed.subscribe(caller.reader, _number(context, told))
    except ResumeLost:
        raise Problem("resume_lost") from None
    return EventStream(context.pulse, subscriber, lambda: _entitled(context, request, subscriber))


def _number(context: Context, event: str) -> int | None:
    """The number in an event's id; ResumeLost for an id of another log, or of no kind of ours."""
    area, _, number = event.rpartition(":")
    if not event:
        return None
    if area != context.feed.area or not (number.isascii() and number.isdigit()):
        raise ResumeLost
    return int(number[:18])


def _entitled(context: Context, request: Request, subscriber: Subscriber) -> bool:
    """Whether the session lives and may see what it could see when the stream began."""
    with suppress(Problem):
        return context.callers.identify(request).reader.topics == subscriber.reader.topics
    return False
