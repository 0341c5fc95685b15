"""Fixtures of the doors' tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.house import House, opened


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A server in a new folder."""
    async with opened(tmp_path / "data") as opened_house:
        yield opened_house
