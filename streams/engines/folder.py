"""A data folder: who holds it, which log and which divisions are in it, and how it begins."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Final

import msgspec

from geo.divisions import DivisionFile, DivisionTree
from schemas.commands import OpenLog
from schemas.ids import command_id
from schemas.registry_facts import LogOpened
from schemas.turns import OWNER, REGISTRY, Envelope, Turn
from schemas.values import AccountId, AreaId, Instant, Purpose, TimeSource
from schemas.wire import decode_turn
from streams.area import Area
from streams.engines.clock import Clock
from streams.engines.log_file import LogFile, Row
from streams.turning import Taken, take

LOG: Final = "log.db"
LOCK: Final = "lock"
DIVISIONS: Final = "divisions"
DEFECTS: Final = "defects.ndjson"


class FolderHeld(Exception):
    """Another process has the folder; `process` is its id, or None where it cannot be told."""

    def __init__(self, path: Path, process: int | None) -> None:
        holder = "another process" if process is None else f"process {process}"
        super().__init__(f"{path} is held by {holder}; one folder has one owner")
        self.process = process


class FolderUnfit(Exception):
    """The folder cannot be used as asked; the text says what is missing or does not fit."""


class Folder:
    """A data folder held by this process, from construction until `release`."""

    def __init__(self, path: Path) -> None:
        """Lock it. FolderHeld where somebody has it, FolderUnfit where there is no folder."""
        if not path.is_dir():
            raise FolderUnfit(f"{path} is no data folder")
        self.path = path
        self._trees: dict[str, DivisionTree] = {}
        self._lock = _lock(path)

    @property
    def log(self) -> Path:
        return self.path / LOG

    @property
    def defects(self) -> Path:
        return self.path / DEFECTS

    def release(self) -> None:
        """Let go of the lock; a second time does nothing."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def tree(self, digest: str) -> DivisionTree:
        """The division tree with this SHA-256. FolderUnfit names the file if it is not there."""
        if digest not in self._trees:
            self._trees[digest] = _load_tree(self._divisions(digest), digest)
        return self._trees[digest]

    def keep_divisions(self, source: Path) -> str:
        """Put a divisions file's canonical bytes into the folder; gives their SHA-256."""
        content = msgspec.json.decode(source.read_bytes(), type=DivisionFile)
        tree = DivisionTree(content)
        kept = self._divisions(tree.sha256)
        if not kept.is_file():
            kept.parent.mkdir(exist_ok=True)
            _write_whole(kept, content.canonical())
        self._trees[tree.sha256] = tree
        return tree.sha256

    def _divisions(self, digest: str) -> Path:
        return self.path / DIVISIONS / f"{digest}.json"


def create(
    path: Path,
    area: AreaId,
    divisions_file: Path,
    purpose: Purpose,
    time_source: TimeSource,
    steward: AccountId,
    at: Instant | None = None,
) -> Turn:
    """Make a data folder, or add an area to one, and write the area's first turn.

    `at` is the first instant of a log on given time; a live one takes the present. FolderUnfit
    where the area is there already, is no command area, or has another purpose than the folder's.
    """
    if (at is None) == (time_source is TimeSource.GIVEN):
        raise ValueError("a log on given time is told when it begins, a live one is not")
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Folder(path)
    try:
        log = LogFile(folder.log, create=True)
        try:
            _refuse_mixture(log, area, purpose, time_source)
            command = OpenLog(
                purpose=purpose,
                time_source=time_source,
                area=area,
                divisions=folder.keep_divisions(divisions_file),
                steward=steward,
            )
            taken = _open_log(folder, command, Clock().now() if at is None else at)
            log.append([Row(area, taken.turn.sequence, taken.stored)])
        finally:
            log.close()
        _sync(path)
        return taken.turn
    finally:
        folder.release()


def opening(turn: Turn) -> LogOpened:
    """What a log says of itself, from its first turn; FolderUnfit where that says nothing."""
    for fact in turn.facts:
        if isinstance(fact, LogOpened):
            return fact
    raise FolderUnfit(f"the first turn of area {turn.area} does not open a log")


def _refuse_mixture(log: LogFile, area: AreaId, purpose: Purpose, time_source: TimeSource) -> None:
    """One folder holds logs of one purpose: an exercise's can never hold actual work."""
    for present in log.areas():
        if present == area:
            raise FolderUnfit(f"area {area} is in this folder already")
        found = opening(decode_turn(log.stored(present, 1)))
        if (found.purpose, found.time_source) != (purpose, time_source):
            raise FolderUnfit(f"this folder's purpose is {found.purpose}, not {purpose}")


def _open_log(folder: Folder, command: OpenLog, at: Instant) -> Taken:
    tree = folder.tree(command.divisions)
    node = tree.get(command.area)
    if node is None or node.level is not tree.area_level:
        raise FolderUnfit(f"{command.area} is no {tree.area_level} of these divisions")
    envelope = Envelope(
        area=command.area,
        operation=REGISTRY,
        mode=None,
        actor=OWNER,
        command_id=command_id(command.area, REGISTRY, OWNER, "open"),
        command=command,
        at=at if command.time_source is TimeSource.GIVEN else None,
    )
    taken = take(Area(command.area, tree), envelope, at)
    if not isinstance(taken, Taken) or taken.turn.refusal is not None:
        raise FolderUnfit(f"area {command.area} cannot be opened: {taken}")
    return taken


def _load_tree(path: Path, digest: str) -> DivisionTree:
    if not path.is_file():
        raise FolderUnfit(f"{path} is missing; the log was written with these divisions")
    tree = DivisionTree.load(path)
    if tree.sha256 != digest:
        raise FolderUnfit(f"{path} has been changed: its content is {tree.sha256}")
    return tree


def _lock(path: Path) -> int:
    """The open lock file with our process id in it. The lock goes with the process, always."""
    lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 32).decode("ascii", "replace").strip()
        os.close(lock)
        raise FolderHeld(path, int(holder) if holder.isdigit() else None) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return lock


def _write_whole(path: Path, content: bytes) -> None:
    """The whole file or none of it, even if the power goes."""
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Make the folder's list of names durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
