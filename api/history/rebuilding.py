"""Building `history.db` anew from a log alone, beside a server or without one."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable
from contextlib import closing
from multiprocessing import get_context
from multiprocessing.context import SpawnProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import apsw

from api.history.store import HISTORY, HistoryUnfit, Mark, Store, drop
from api.history.tables import kept
from schemas.values import AreaId
from schemas.views import Put
from schemas.wire import decode_turn, digest
from streams.area import Area
from streams.engines.folder import Divisions, linked, opening
from streams.engines.logs import open_reader
from streams.turning import follow

PORTION: Final = 5_000  # turns in one transaction
NICENESS: Final = 10

Progress = Callable[[int], None]


def rebuild(folder: Path, areas: Iterable[AreaId], progress: Progress) -> dict[AreaId, int]:
    """Fold the logs of a folder into its history; gives how many turns each has.

    What was there is read until all of it is new, at once. Several at a time, and a server that
    keeps the file, do not disturb each other. Raises as `open_reader`; wire.NotReadable;
    FolderUnfit where a chain is broken.
    """
    with TemporaryDirectory(prefix="history.", suffix=".part", dir=folder) as beside:
        part = Path(beside) / HISTORY
        with closing(Store(part)) as store:
            turns = {area: _rebuilt(folder, area, store, progress) for area in areas}
        _put_in_place(folder / HISTORY, part, turns)
    return turns


class Apart:
    """Builds a folder's history anew in a process of its own, so that a server keeps its pace."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: SpawnProcess | None = None
        self._stopped = False

    def build(self, area: AreaId) -> bool:
        """Fold one area's log into it; waits for the end. False where it failed or was stopped."""
        process = get_context("spawn").Process(target=_alone, args=(self._folder, area))
        process.daemon = True  # it ends with the server, however that ends by itself
        self._process = process
        if self._stopped:
            return False
        process.start()
        process.join()
        return process.exitcode == 0

    def stop(self) -> None:
        """End what is under way; nothing is built any more. From another thread."""
        self._stopped = True
        if self._process is not None and self._process.is_alive():
            self._process.terminate()


def _alone(folder: Path, area: AreaId) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's, which ends this
    os.nice(NICENESS)
    rebuild(folder, [area], lambda _turns: None)


def _put_in_place(path: Path, part: Path, areas: Iterable[AreaId]) -> None:
    """Into the file in use; where that turns out to be damaged, into a new one."""
    try:
        with closing(_there(path)) as kept_file:
            kept_file.take(part, areas)
    except (apsw.CorruptError, apsw.NotADBError):
        drop(path)
        with closing(Store(path)) as anew:
            anew.take(part, areas)


def _there(path: Path) -> Store:
    """The file in use; a new one where it cannot be used."""
    try:
        return Store(path)
    except HistoryUnfit:
        drop(path)
        return Store(path)


def _rebuilt(folder: Path, area: AreaId, store: Store, progress: Progress) -> int:
    """Each row as it last was; one that changes a hundred times is written as often as it must."""
    with closing(open_reader(folder)) as reader:
        first = reader.stored(area, 1)
        state = Area(area, Divisions(folder).tree(opening(decode_turn(first)).divisions))
        origin = digest(first)
        latest: dict[tuple[type, str], tuple[int, Put]] = {}
        for stored in reader.read(area):
            for change in linked(state, stored, follow).changes:
                if isinstance(change, Put) and kept(change):
                    latest[type(change.row), change.row.id] = (state.sequence, change)
            if state.sequence % PORTION == 0:
                store.write(area, latest.values(), Mark(origin, state.sequence, state.at))
                latest.clear()
                progress(state.sequence)
        store.write(area, latest.values(), Mark(origin, state.sequence, state.at))
        return state.sequence
