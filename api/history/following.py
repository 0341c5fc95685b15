"""The thread that keeps `history.db`: behind the board by less than a second, never before it."""

from __future__ import annotations

import logging
import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from time import sleep
from typing import Final, NamedTuple

import apsw

from api.history.rebuilding import Apart
from api.history.store import HistoryUnfit, Mark, Store, WrittenByOthers, drop, written
from api.history.tables import kept
from schemas.values import AreaId
from schemas.views import IncidentRow, Put
from schemas.wire import digest
from streams.engines import Published

LOOK_S: Final = 0.5  # how soon a file that was deleted is missed
AGAIN_S: Final = 1.0  # between two tries where the file cannot be written
GATHERED_S: Final = 0.5  # what comes within it is one transaction, each row once
GATHERED_MOST: Final = 2_000  # turns in it

_logger = logging.getLogger("shouwang.history")


class _Whole(NamedTuple):
    """All rows of the present state."""

    published: Published


class _Stop(NamedTuple):
    """Write what is there, and end."""


_Item = Published | _Whole | _Stop


class History(threading.Thread):
    """Takes what the board is told, and writes each row as it last was.

    `stored` gives a turn of the log, None where it does not reach so far; asked in this thread.
    `whole` gives all rows of the present state, asked on the event loop: at the start, and whenever
    the file was lost, or somebody else has written in it. `apart` reads from the log what the
    present state has no more.
    Nothing here can hold a turn up, or make one fail; a file that cannot be written is an alarm.
    """

    def __init__(
        self,
        path: Path,
        area: AreaId,
        loop: AbstractEventLoop,
        *,
        stored: Callable[[int], bytes | None],
        whole: Callable[[], Published],
        apart: Apart,
    ) -> None:
        super().__init__(name="history", daemon=True)
        self._path = path
        self._area = area
        self._loop = loop
        self._stored = stored
        self._ask_whole = whole
        self._apart = apart
        self._unreadable = False  # it could not be built from the log just now
        self._items: SimpleQueue[_Item] = SimpleQueue()
        self._store: Store | None = None
        self._file = 0  # the inode that the store has open
        self._origin = ""
        self._beyond: Mark | None = None  # what history knew at the start and the log did not have
        self._whole = False  # whether the file has all that was told so far
        self._coming = False  # whether all rows have been asked for
        self.sequence = 0  # the turn that it is written up to

    # On the event loop

    def start(self) -> None:
        """Begin with the present state; what the engine tells from now on follows it."""
        self._coming = True
        published = self._ask_whole()
        known = written(self._path, self._area)
        if known is not None and known.sequence > published.sequence:
            self._beyond = known
        self._items.put(_Whole(published))
        super().start()

    def follow(self, batch: list[Published]) -> None:
        """Durable turns with the rows that they changed, in the order of the log."""
        for published in batch:
            if published.area == self._area:
                self._items.put(published)

    def close(self) -> None:
        """Write what was told, and end; waits for it."""
        self._apart.stop()
        self._items.put(_Stop())
        self.join()

    def _give_whole(self) -> None:
        self._items.put(_Whole(self._ask_whole()))

    # In the thread

    def run(self) -> None:
        going = True
        while going:
            items = self._gather()
            going = not any(isinstance(item, _Stop) for item in items)
            try:
                self._look()
                self._take(items)
            except Exception as problem:  # whatever it is, it is tried again from the whole
                self._lose(problem, pause=going)
        if self._store is not None:
            self._store.close()

    def _gather(self) -> list[_Item]:
        items: list[_Item] = []
        try:
            items.append(self._items.get(timeout=LOOK_S))
            if not isinstance(items[0], _Stop):
                sleep(GATHERED_S)
            while len(items) < GATHERED_MOST:
                items.append(self._items.get_nowait())
        except Empty:
            pass
        return items

    def _look(self) -> None:
        """Have the file open; a new one, or one that was put in its place, is written whole."""
        if self._store is not None and _inode(self._path) == self._file:
            if self._whole and self._store.moved(self._area):
                _logger.info("%s was written by somebody else; it is told anew", self._path.name)
                self._want_whole()
            return
        if self._store is not None:
            _logger.warning("%s is gone; it is written anew", self._path.name)
            self._store.close()
            self._store = None
        try:
            self._store = Store(self._path)
        except HistoryUnfit as problem:
            _logger.warning("%s; it is written anew", problem)
            drop(self._path)
            self._store = Store(self._path)
        self._file = _inode(self._path)
        self._origin = self._origin or digest(self._stored(1) or b"")
        self._want_whole()

    def _want_whole(self) -> None:
        """What is told is of no use until all rows have come."""
        self._whole = False
        if not self._coming:
            self._coming = True
            with suppress(RuntimeError):  # the loop has ended, and so will this
                self._loop.call_soon_threadsafe(self._give_whole)

    def _take(self, items: Iterable[_Item]) -> None:
        """Rows that changed several times are written once, as they last were."""
        latest: dict[tuple[type, str], tuple[int, Put]] = {}
        last: Published | None = None
        for item in items:
            if isinstance(item, _Whole):
                latest, last, self._coming = {}, None, False
                self._begin(item.published)
            elif isinstance(item, Published) and self._whole:
                last = item
                latest.update(_rows(item))
        if last is not None and self._whole:
            self._write(latest.values(), last)

    def _begin(self, published: Published) -> None:
        assert self._store is not None
        known = self._store.mark(self._area)
        self._whole = True
        if known == Mark(self._origin, published.sequence, published.at):
            self.sequence = published.sequence
            return
        foreign = known is not None and known.origin != self._origin
        if self._lacks(None if foreign else known, published):
            return
        if self._beyond is not None and not foreign:
            self._keep_what_the_log_lacks(self._beyond)
        self._beyond = None
        self._store.forget(self._area, -1 if foreign else published.sequence)
        self._write(_rows(published).values(), published)

    def _lacks(self, known: Mark | None, published: Published) -> bool:
        """Whether rows have left the state before the file had them; then the log has them still.

        The file is built from it once, and all rows are asked for again. Where that fails it is
        said, and what can be written is.
        """
        rows = (change.row for change in published.changes if isinstance(change, Put))
        left_in = (row.left_in or 0 for row in rows if isinstance(row, IncidentRow))
        has_all = (0 if known is None else known.sequence) >= max(left_in, default=0)
        if has_all or self._unreadable:
            self._unreadable = False
            return False
        _logger.info("%s lacks what has left the state; it is read from the log", self._path.name)
        self._unreadable = not self._apart.build(self._area)
        if self._unreadable:
            _logger.error(
                "%s could not be built from the log: shouwang history rebuild", self._path.name
            )
        self._want_whole()
        return True

    def _keep_what_the_log_lacks(self, known: Mark) -> None:
        """A log that ends before its history was cut, or put back from an older copy, and that may
        not pass in silence. What history knew beyond it is kept in a file of its own."""
        assert self._store is not None
        aside = self._path.with_suffix(f".{known.sequence}.db")
        _logger.critical(
            "history knows turns up to %d, which the log does not have: it was cut, or put back"
            " from an older copy; what history knew is kept in %s",
            known.sequence,
            aside.name,
        )
        if not aside.exists():
            self._store.copy(aside)

    def _write(self, rows: Iterable[tuple[int, Put]], last: Published) -> None:
        assert self._store is not None
        mark = Mark(self._origin, last.sequence, last.at)
        try:
            self._store.write(self._area, rows, mark)
        except WrittenByOthers:
            self._want_whole()
        else:
            self.sequence = last.sequence

    def _lose(self, problem: Exception, *, pause: bool) -> None:
        """The file cannot be used: what is told meanwhile is made good from the whole, later."""
        _logger.error("%s cannot be written: %s", self._path.name, type(problem).__name__)
        if self._store is not None:
            self._store.close()
        self._store, self._whole, self._coming = None, False, False
        if isinstance(problem, apsw.CorruptError | apsw.NotADBError):
            with suppress(OSError):  # tried again with the next look
                drop(self._path)
        if pause:
            sleep(AGAIN_S)


def _inode(path: Path) -> int:
    """Which file a name stands for; 0 for none."""
    return path.stat().st_ino if path.exists() else 0


def _rows(published: Published) -> dict[tuple[type, str], tuple[int, Put]]:
    return {
        (type(change.row), change.row.id): (published.sequence, change)
        for change in published.changes
        if isinstance(change, Put) and kept(change)
    }
