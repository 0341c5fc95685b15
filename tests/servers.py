"""A real broker and a real Redis for the tests that want them: started on first use, shared."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from deploy.servers import broker, redis
from deploy.servers.broker import Broker
from deploy.servers.redis import Redis


@dataclass(frozen=True, slots=True)
class Servers:
    """Both servers; their addresses stay the same over `kill()` and `start()`."""

    broker: Broker
    redis: Redis

    @property
    def brokers(self) -> str:
        return self.broker.address

    @property
    def redis_url(self) -> str:
        return self.redis.url


def skip_without_servers() -> None:
    """Skip, with one clear line, where this machine has no Java, Maven or Redis."""
    for reason in (broker.missing(), redis.missing()):
        if reason:
            pytest.skip(reason)


@pytest.fixture(scope="session")
def broker_and_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Both, running; a test that kills one must start it again."""
    skip_without_servers()
    folder = tmp_path_factory.mktemp("servers")
    with Broker(folder / "kafka") as kafka, Redis(folder / "redis") as board:
        yield Servers(kafka, board)
