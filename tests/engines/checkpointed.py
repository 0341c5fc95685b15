"""Folders with checkpoints: making one as of any turn, and what a server begins with."""

from __future__ import annotations

from contextlib import closing

from schemas.values import AreaId
from streams import checkpoint as state
from streams.area import Area
from streams.engines import checkpoints
from streams.engines.checkpoints import Checkpoint
from streams.engines.folder import LOG, Divisions
from streams.engines.folding import fold_log, fold_on, nearest
from streams.engines.log_file import Reader
from tests.engines.given import (
    WENZHOU,
    EmbeddedBench,
)


def folded(folder: EmbeddedBench, turns: int | None = None, area: AreaId = WENZHOU) -> Area:
    with closing(Reader(folder.path / LOG)) as reader:
        return fold_log(Divisions(folder.path), reader, area, turns)


def kept(folder: EmbeddedBench, turns: int) -> Checkpoint:
    """A checkpoint as of a turn."""
    return checkpoints.write(folder.path, folded(folder, turns))


def begun(folder: EmbeddedBench) -> Area:
    """The state with which a server begins."""
    with closing(Reader(folder.path / LOG)) as reader:
        return fold_on(nearest(folder.path, Divisions(folder.path), reader, WENZHOU), reader)


def same(one: Area, other: Area) -> bool:
    return list(state.packed(one)) == list(state.packed(other))


def records(folder: EmbeddedBench) -> list[bytes]:
    with closing(Reader(folder.path / LOG)) as reader:
        return list(reader.read(WENZHOU))
