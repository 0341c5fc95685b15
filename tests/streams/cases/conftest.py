"""After every case: its log, folded anew, is the state that it ended in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from streams.area import Area
from streams.checkpoint import state_hash
from streams.turning import fold
from tests.streams.cases.scene import Scene
from tests.streams.world import WENZHOU, divisions


@pytest.fixture(autouse=True)
def folds_alike() -> Iterator[None]:
    Scene.played.clear()
    yield
    for scene in Scene.played:
        folded = Area(WENZHOU, divisions())
        for stored in scene.log:
            fold(folded, stored)
        assert state_hash(folded) == state_hash(scene.area)
