"""How many connections this process can hold, by what the system lets it open."""

from __future__ import annotations

import contextlib
import resource

CONNECTIONS_MAX = 8_192
BACKLOG = 1_024  # connections that the kernel has taken and nobody here has seen yet
RESERVED = 128  # for SQLite, reviews, Kafka and Redis


def most_connections() -> int:
    """Raise the limit of open files as far as it goes; how many connections that leaves.

    CONNECTIONS_MAX where it goes far enough. A flood may be accepted faster than it is counted,
    so a whole backlog, or an eighth of a small limit, is kept free beside what is reserved.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS_MAX + RESERVED + BACKLOG
    if soft != resource.RLIM_INFINITY and soft < wanted:
        raised = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return CONNECTIONS_MAX
    return max(64, min(CONNECTIONS_MAX, soft - RESERVED - min(BACKLOG, soft // 8)))


def backlog(most: int) -> int:
    """How many connections may wait in the kernel, so that a flood takes no file from others."""
    return min(BACKLOG, max(64, most // 8))
