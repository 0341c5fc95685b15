"""The logs that tests leave behind, held against the invariants of `shouwang verify`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from api.invariants import check
from streams.engines.logs import open_reader
from tests.streams.world import divisions


def assert_sound(folder: Path) -> None:
    """AssertionError where an invariant is broken in the log of a folder; without one, nothing."""
    if not (folder / "log.db").exists():
        return
    with closing(open_reader(folder)) as reader:
        for area in reader.areas():
            _, findings = check(reader.read(area), divisions().parents())
            assert findings == []
