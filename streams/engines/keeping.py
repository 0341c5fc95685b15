"""Keeping checkpoints beside a writer: made and checked by a process of its own, from the log.

`python -m streams.engines.keeping make FOLDER AREA` folds the log on from the last checkpoint and
writes the next one; `check FOLDER AREA TURN CONTENT` folds from the beginning and compares. So no
turn waits for either, no copy of a running state is needed, and what is kept is what folding gives.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from random import randrange
from threading import Thread
from typing import Final, NamedTuple

import streams
from schemas.values import AreaId, Milliseconds
from streams.area import Area
from streams.engines import checkpoints
from streams.engines.clock import Clock
from streams.engines.folder import LOG, Divisions, FolderUnfit
from streams.engines.folding import Begun, fold_log, fold_on, nearest, uncollected
from streams.engines.log_file import Reader

EVERY_TURNS: Final = 20_000
EVERY: Final[Milliseconds] = 600_000  # of work, where that is fewer turns
LEAST: Final = 1_000  # turns; to fold fewer takes no time worth sparing
STOPPING_S: Final = 5.0  # for the process to end when it is told to
NICENESS: Final = 10
ONE_IN: Final = 100  # starts from a checkpoint, one has it checked
EXIT_DIFFERS: Final = 3
EXIT_FAILED: Final = 1
ROOT: Final = Path(streams.__path__[0]).parent

_logger = logging.getLogger("shouwang.checkpoints")


class CheckpointFalse(Exception):
    """The state that this process began with is not what its log folds to."""


class _Kept(NamedTuple):
    """The last checkpoint of an area, as far as it has been asked for, and when that was."""

    sequence: int
    at: Milliseconds


class Keeper:
    """Has checkpoints made while a writer works. For the thread of the writer alone.

    One in `one_in` starts from a checkpoint has it checked.
    """

    def __init__(self, folder: Path, clock: Clock, one_in: int = ONE_IN) -> None:
        self._folder = folder
        self._clock = clock
        self._one_in = one_in
        self._kept: dict[AreaId, _Kept] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._doing: tuple[str, AreaId] = ("", AreaId(""))

    def begin(self, begun: Iterable[Begun]) -> None:
        """Before the writer changes any of the areas: keep what took long to fold."""
        for area, checkpoint in begun:
            kept = checkpoint
            if area.sequence - checkpoint >= EVERY_TURNS and _write(self._folder, area):
                kept = area.sequence
            self._kept[area.id] = _Kept(kept, self._clock.steady())
            if checkpoint and self._process is None and randrange(self._one_in) == 0:
                self._check(area.id, checkpoint)

    def look(self, areas: Iterable[Area]) -> None:
        """Hear what came of the last process, and start the next where one is due.

        CheckpointFalse where a check has found that this process must not go on.
        """
        if self._process is not None and not self._over(self._process):
            return
        for area in areas:
            if self._is_due(area):
                self._start("make", area.id)
                return

    def _check(self, area: AreaId, sequence: int) -> None:
        """Have the checkpoint compared with the fold of the log, beside all else."""
        for one in checkpoints.found(self._folder, area):
            if one.sequence == sequence:
                self._start("check", area, str(sequence), checkpoints.head_of(one).content)

    def stop(self, areas: Iterable[Area]) -> None:
        """A clean stop: end what is under way, and write the last state where that is worth it.

        A state in which a turn was undone may have its rows in another order than the fold.
        """
        if self._process is not None:
            self._process.kill()
            self._process.wait(STOPPING_S)
            self._close(self._process)
        for area in areas:
            if area.sequence - self._last(area.id) >= LEAST and not area.journal.undone:
                _write(self._folder, area)

    def _last(self, area: AreaId) -> int:
        """The turn of the last checkpoint that is of this log, or may be."""
        most = self._kept[area].sequence
        return max((one.sequence for one in checkpoints.found(self._folder, area, most)), default=0)

    def _is_due(self, area: Area) -> bool:
        kept, now = self._kept[area.id], self._clock.steady()
        behind = area.sequence - kept.sequence
        if behind < LEAST or (behind < EVERY_TURNS and now - kept.at < EVERY):
            return False
        self._kept[area.id] = _Kept(area.sequence, now)
        return True

    def _start(self, what: str, area: AreaId, *more: str) -> None:
        self._doing = (what, area)
        try:
            self._process = started_beside(__name__, what, str(self._folder), area, *more)
        except OSError as problem:
            _logger.error("no process for checkpoints: %s", type(problem).__name__)

    def _over(self, process: subprocess.Popen[bytes]) -> bool:
        ended = process.poll()
        if ended is None:
            return False
        self._close(process)
        what, area = self._doing
        if ended == EXIT_DIFFERS:
            checkpoints.remove(self._folder, area)
            raise CheckpointFalse(
                f"the checkpoint that area {area} was begun with is not what its log folds to; it"
                " is removed, and the next start folds the log from its beginning"
            )
        if ended:
            _logger.error("checkpoint of area %s: %s has failed with %d", area, what, ended)
        return True

    def _close(self, process: subprocess.Popen[bytes]) -> None:
        self._process = None
        if process.stdin is not None:
            process.stdin.close()


def _write(folder: Path, area: Area) -> bool:
    """Whether there is one now: a disk that is full must not keep the log from its work."""
    try:
        checkpoints.write(folder, area)
    except (OSError, checkpoints.Unfit) as problem:
        _logger.error("no checkpoint of area %s: %s", area.id, problem)
        return False
    return True


# In the process


def make(folder: Path, area: AreaId) -> int:
    """Write a checkpoint as of the log's end."""
    with closing(Reader(folder / LOG)) as log, uncollected():
        folded = fold_on(nearest(folder, Divisions(folder), log, area), log)
    return 0 if _write(folder, folded) else EXIT_FAILED


def check(folder: Path, area: AreaId, sequence: int, content: str) -> int:
    """Fold the log from its beginning; whether that is the content of the checkpoint."""
    with closing(Reader(folder / LOG)) as log, uncollected():
        folded = fold_log(Divisions(folder), log, area, sequence)
    return 0 if checkpoints.content_of(folded) == content else EXIT_DIFFERS


def main(what: str, folder: str, area: str, *more: str) -> int:
    """A quiet neighbor of the writer's, which ends with it."""
    beside()
    try:
        if what == "make":
            return make(Path(folder), AreaId(area))
        sequence, content = more
        return check(Path(folder), AreaId(area), int(sequence), content)
    except (FolderUnfit, OSError) as problem:
        _logger.critical("%s", problem)
        return EXIT_FAILED


def started_beside(module: str, *words: str) -> subprocess.Popen[bytes]:
    """A process that ends with this one, if it calls `beside`. OSError."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    return subprocess.Popen(
        [sys.executable, "-m", module, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env=environment,
    )


def beside() -> None:
    """Let this process be a quiet neighbor of the one that has started it, and end with it."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    Thread(target=_end_with_the_writer, daemon=True).start()


def _end_with_the_writer() -> None:
    """Its end closes our input, however it ends."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(EXIT_FAILED)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
