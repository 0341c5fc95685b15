"""A second version of the rules, for tests: fewer are asked at the same time."""

from __future__ import annotations

from typing import Final

import pytest

from streams.versions import VERSIONS

FEWER: Final = 2


def second_version(monkeypatch: pytest.MonkeyPatch | None = None) -> None:
    """Have it beside the first, in this process: for a test, or for as long as it lives."""
    second = VERSIONS[1]._replace(number=2, wave_most=FEWER)
    if monkeypatch is None:
        VERSIONS[2] = second
    else:
        monkeypatch.setitem(VERSIONS, 2, second)
