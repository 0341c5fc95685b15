"""What keeps a program from its cluster, named so that a person can be told what to do."""

from __future__ import annotations

from urllib.parse import urlsplit


class BrokerAway(Exception):
    """No broker answers; `brokers` is where one was looked for."""

    def __init__(self, brokers: str) -> None:
        super().__init__(f"no Kafka broker answers at {brokers}")
        self.brokers = brokers


class BoardAway(Exception):
    """Redis does not answer; `address` is where it was looked for, without its password."""

    def __init__(self, address: str) -> None:
        self.address = without_password(address)
        super().__init__(f"no Redis answers at {self.address}")


class TopicMissing(Exception):
    """A topic, or a partition of it, is not there as the layout has it; `topic` is its name."""

    def __init__(self, topic: str) -> None:
        super().__init__(f"the topic {topic} is not there as the layout has it")
        self.topic = topic


class ChecksumsSlow(Exception):
    """crc32c is not installed: kafka-python would read ten times slower, and say nothing."""


def without_password(address: str) -> str:
    """An address as it may be shown."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
