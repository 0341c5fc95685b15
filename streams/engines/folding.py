"""The state of a log: from the nearest checkpoint that fits, and every turn behind it."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from geo.divisions import DivisionTree
from schemas.values import AreaId
from schemas.wire import decode_turn
from streams.area import Area
from streams.engines import LogReader, checkpoints
from streams.engines.folder import Divisions, Folder, linked, opening
from streams.turning import fold

_logger = logging.getLogger("shouwang.checkpoints")


class Begun(NamedTuple):
    """An area as it was folded, and from which turn on: 0 for the beginning."""

    area: Area
    checkpoint: int


def fold_all(folder: Folder, log: LogReader) -> list[Begun]:
    """Every area of a log. FolderUnfit where divisions are missing or a chain is broken.

    Nothing here becomes garbage, so collecting would only cost time, now and later.
    """
    begun: list[Begun] = []
    with uncollected():
        for name in log.areas():
            area = nearest(folder.path, folder.divisions, log, name)
            begun.append(Begun(area, area.sequence))
            fold_on(area, log)
        gc.collect()
        gc.freeze()
    return begun


@contextmanager
def uncollected() -> Iterator[None]:
    """Let nobody look for garbage for a while."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def fold_log(divisions: Divisions, log: LogReader, name: AreaId, turns: int | None = None) -> Area:
    """One area of a log, or its first so many turns, folded from the beginning.

    FolderUnfit where its divisions are missing or its chain is broken.
    """
    return fold_on(Area(name, _tree(divisions, log, name)), log, turns)


def fold_on(area: Area, log: LogReader, until: int | None = None) -> Area:
    """The turns behind what an area has, up to one or to the log's end. FolderUnfit."""
    count = None if until is None else max(0, until - area.sequence)
    for stored in islice(log.read(area.id, area.sequence), count):
        linked(area, stored, fold)
    return area


def nearest(
    folder: Path, divisions: Divisions, log: LogReader, name: AreaId, until: int | None = None
) -> Area:
    """An area as its newest checkpoint that fits has it, of turns up to one; else an empty one.

    What does not fit is said, in one line. FolderUnfit where its divisions are missing.
    """
    tree = _tree(divisions, log, name)
    doubts: list[str] = []
    for one in checkpoints.found(folder, name, until):
        try:
            area = checkpoints.load(one, tree, partial(log.stored, name))
        except checkpoints.Unfit as doubt:
            doubts.append(f"that of turn {one.sequence} is {doubt}")
            continue
        _say(name, doubts, f"folded from the checkpoint of turn {one.sequence} on")
        return area
    _say(name, doubts, "folded from its beginning")
    return Area(name, tree)


def _say(name: AreaId, doubts: list[str], what: str) -> None:
    if doubts:
        _logger.warning(
            "area %s: %s, since a checkpoint is not used: %s", name, what, "; ".join(doubts)
        )
    else:
        _logger.info("area %s: %s", name, what)


def _tree(divisions: Divisions, log: LogReader, name: AreaId) -> DivisionTree:
    return divisions.tree(opening(decode_turn(log.stored(name, 1))).divisions)
