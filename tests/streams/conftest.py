"""Every log that a test of the rules makes is held against the invariants as well."""

from collections.abc import Iterator

import pytest

from api.invariants import check
from tests.streams import world


@pytest.fixture(autouse=True)
def invariants_hold(request: pytest.FixtureRequest) -> Iterator[None]:
    """Of a test that breaks a rule on purpose nothing is asked: it is marked `breaks_rules`."""
    world.MADE.clear()
    yield
    if request.node.get_closest_marker("breaks_rules"):
        return
    for made in world.MADE:
        _, findings = check(made.log, world.divisions().parents())
        assert findings == []
