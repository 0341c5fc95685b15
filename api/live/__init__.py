"""Live: the board in memory, who sees which of its rows, and the streams that follow it."""

from api.live.alike import Like
from api.live.appeals import KeptPage
from api.live.feed import Feed, ResumeLost, Subscriber
from api.live.readers import Reader
from api.live.short import lacking
from api.live.streams import EventStream, Pulse

__all__ = [
    "EventStream",
    "Feed",
    "KeptPage",
    "Like",
    "Pulse",
    "Reader",
    "ResumeLost",
    "Subscriber",
    "lacking",
]
