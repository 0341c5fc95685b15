"""Every engine, one after the other, for the tests that hold them all to the same contract."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from schemas.values import Purpose, TimeSource
from streams.engines import Engine
from tests.engines.given import WENZHOU, Bench, ClusterBench, EmbeddedBench, Scene, opened, stored
from tests.engines.sundial import Sundial
from tests.servers import Servers


@pytest.fixture(params=["folder", "cluster"])
def bench(request: pytest.FixtureRequest) -> Bench:
    """A place without logs, for any engine."""
    found: Bench = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def engine(bench: Bench) -> AsyncIterator[Engine]:
    """An engine with one exercise's log."""
    bench.make()
    async with opened(bench) as engine:
        yield engine


@pytest.fixture
async def scene(engine: Engine) -> Scene:
    """A county and a township at their desks, before anything has happened."""
    scene = Scene(engine)
    await scene.staffed()
    return scene


@pytest.fixture
def folder(tmp_path: Path) -> EmbeddedBench:
    """A place for a data folder of the embedded engine."""
    return EmbeddedBench(tmp_path / "data")


@pytest.fixture
def sundial() -> Sundial:
    return Sundial()


@pytest.fixture
async def live(folder: EmbeddedBench, sundial: Sundial) -> AsyncIterator[Scene]:
    """A live log with a desk and five teams, under a clock that can be moved."""
    folder.make(WENZHOU, Purpose.OPERATIONS, TimeSource.LIVE)
    engine = folder.open(sundial.clock)
    scene = Scene(engine, purpose=Purpose.OPERATIONS)
    await scene.staffed()
    for number in range(5):
        await scene.organization(f"team-{number}", units=9)
    yield scene
    await engine.close()


@pytest.fixture
def cluster(broker_and_redis: Servers, tmp_path: Path) -> Iterator[ClusterBench]:
    """A cluster of a test's own, with workers in processes of theirs."""
    with ClusterBench(tmp_path / "cluster", broker_and_redis) as bench:
        yield bench


@pytest.fixture
async def log(folder: EmbeddedBench) -> list[bytes]:
    """A log in which most things have happened, and the folder closed."""
    folder.make()
    async with opened(folder) as engine:
        scene = Scene(engine)
        await scene.staffed()
        await scene.busy_hour()
        return stored(engine)
