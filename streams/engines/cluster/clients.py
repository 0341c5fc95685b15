"""Kafka's blocking clients, opened within seconds or not at all, and what they cannot reach."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from aiokafka.errors import KafkaConnectionError
from kafka import KafkaAdminClient
from kafka.errors import KafkaError
from redis import exceptions as redis

from streams.engines.cluster.layout import Layout
from streams.engines.cluster.obstacles import BoardAway, BrokerAway

KNOCK_S: Final = 3.0  # whoever waits for longer is waiting for a broker that is not there
ANSWERED_MS: Final = 10_000
BACK_MS: Final = 1_000  # so late at most a broker that is back is noticed

# Ten lines a second while a broker is away; whoever has to know is told by BrokerAway.
logging.getLogger("kafka").setLevel(logging.CRITICAL)


@contextmanager
def administration(layout: Layout) -> Iterator[Any]:
    """Kafka's own administration of a cluster. BrokerAway also where it goes away meanwhile."""
    with reached(layout):
        admin = KafkaAdminClient(**opening(layout), request_timeout_ms=ANSWERED_MS)
        try:
            yield admin
        finally:
            admin.close()


def opening(layout: Layout) -> dict[str, Any]:
    """How every client finds its broker. BrokerAway, at once, where nobody listens.

    A client that has to find that out by itself leaves a thread and its sockets behind.
    """
    addresses = layout.brokers.split(",")
    if not any(map(_answers, addresses)):
        raise BrokerAway(layout.brokers)
    return {
        "bootstrap_servers": addresses,
        "bootstrap_timeout_ms": ANSWERED_MS,
        "reconnect_backoff_max_ms": BACK_MS,
    }


def _answers(address: str) -> bool:
    host, _, port = address.strip().rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), KNOCK_S):
            return True
    except (OSError, ValueError):  # nobody is there; it is no port
        return False


@contextmanager
def reached(layout: Layout) -> Iterator[None]:
    """What a client could not reach, as BrokerAway or BoardAway; refusals stay as they are."""
    try:
        yield
    except KafkaError as problem:
        if not problem.retriable:
            raise
        raise BrokerAway(layout.brokers) from problem
    except KafkaConnectionError as problem:
        raise BrokerAway(layout.brokers) from problem
    except (redis.ConnectionError, redis.TimeoutError) as problem:
        raise BoardAway(layout.redis) from problem
