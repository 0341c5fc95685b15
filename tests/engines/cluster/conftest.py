"""A real cluster for each test: a prefix of its own on one broker and one Redis."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from schemas.values import AreaId
from streams.engines.cluster import topics
from streams.engines.cluster.layout import Layout
from streams.engines.folder import Divisions
from tests.engines.given import DIVISIONS
from tests.servers import Servers

ON_ONE_PARTITION = tuple(map(AreaId, ("3301", "3302", "3303", "3306", "3307")))
ELSEWHERE = AreaId("3310")


def made(servers: Servers, areas: dict[AreaId, int], partitions: int) -> Layout:
    """Topics without a record, and a board without a row."""
    found = Layout(
        brokers=servers.brokers,
        redis=servers.redis_url,
        areas=areas,
        prefix=f"test-{os.urandom(4).hex()}.",
        partitions=partitions,
    )
    topics.apply(found)
    return found


def housed(layout: Layout, folder: Path, divisions: Path = DIVISIONS) -> Path:
    """A data folder of the cluster, with the divisions that its logs are opened with."""
    folder.mkdir()
    layout.write(folder)
    Divisions(folder).keep(divisions)
    return folder


@pytest.fixture
def layout(broker_and_redis: Servers) -> Layout:
    """Five areas on the first of two partitions, one on the second."""
    areas = {**dict.fromkeys(ON_ONE_PARTITION, 0), ELSEWHERE: 1}
    return made(broker_and_redis, areas, partitions=2)


@pytest.fixture
def home(layout: Layout, tmp_path: Path) -> Path:
    """A data folder of that cluster."""
    return housed(layout, tmp_path / "home")
