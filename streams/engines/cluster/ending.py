"""Ending the process rather than guess: what is not known to be written was not done."""

from __future__ import annotations

import logging
import os
from collections.abc import Awaitable
from typing import Final, NoReturn

from streams.engines.cluster.obstacles import BrokerAway, TopicMissing
from streams.engines.cluster.partition import Hole, NotInTable

EXIT_FAILED: Final = 70
EXIT_ASKED: Final = 0

_logger = logging.getLogger("shouwang.ending")


class CannotGoOn(Exception):
    """The text says all that there is to say; no line of code would add to it."""


PLAIN: Final = (CannotGoOn, BrokerAway, TopicMissing, Hole, NotInTable)


async def or_end(work: Awaitable[None]) -> None:
    """Do it, or end the process; a cancellation is no exception, for it leaves things half done."""
    try:
        await work
    except BaseException as failure:
        fail(failure)


def fail(failure: BaseException) -> NoReturn:
    """End at once: whoever cleans up first acknowledges what has not been done."""
    lines = None if isinstance(failure, PLAIN) else failure
    _logger.critical("this process ends: %s", failure, exc_info=lines)
    logging.shutdown()
    os._exit(EXIT_FAILED)


def leave(*_signal: object) -> NoReturn:
    """End at once, as asked. What is under way is done by whoever comes next."""
    logging.shutdown()
    os._exit(EXIT_ASKED)
