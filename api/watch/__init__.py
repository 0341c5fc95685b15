"""The watch beside the server: what it finds wrong, and how the server's pages learn of it."""

from api.watch.alarms import Alarm, Written, standing, write
from api.watch.watching import CURES, WORDS, Door, Finding, Log, clocks

__all__ = [
    "CURES",
    "WORDS",
    "Alarm",
    "Door",
    "Finding",
    "Log",
    "Written",
    "clocks",
    "standing",
    "write",
]
