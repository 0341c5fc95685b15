"""Every engine, one after the other, for the tests that hold them all to the same contract."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from streams.engines import Engine
from tests.engines.given import ENGINES, Bench, EmbeddedBench, Scene, opened


@pytest.fixture(params=ENGINES, ids=lambda bench: bench.__name__)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    """A place without logs, for any engine."""
    make: Callable[[Path], Bench] = request.param
    return make(tmp_path / "data")


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
