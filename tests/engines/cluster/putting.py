"""Putting records into a cluster's topics by hand, as a decider would or as it never would."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kafka import KafkaProducer

from schemas.values import AreaId
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.records import Outgoing, dead_letter_out, turn_out


def put(layout: Layout, topic: str, partition: int, records: Iterable[Outgoing]) -> None:
    """Append records to a partition, in order."""
    producer: Any = KafkaProducer(bootstrap_servers=layout.brokers, acks="all")
    try:
        for record in records:
            producer.send(topic, record.value, record.key, record.headers, partition)
    finally:
        producer.flush()
        producer.close()


def as_turns(area: AreaId, log: Sequence[bytes], first: int = 0) -> list[Outgoing]:
    """The records of a log whose first turn answers the command at an offset."""
    return [turn_out(area, stored, first + place) for place, stored in enumerate(log)]


def as_letters(chain: Sequence[bytes]) -> list[Outgoing]:
    return [dead_letter_out(stored, place) for place, stored in enumerate(chain)]


def interleaved(*logs: Sequence[Outgoing]) -> list[Outgoing]:
    """One record of each in turn, for as long as there are any."""
    longest = max(map(len, logs))
    return [log[place] for place in range(longest) for log in logs if place < len(log)]
