"""A data folder: who holds it, which divisions are in it, and what its logs begin with."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, TypeVar

import msgspec

from geo.divisions import DivisionFile, DivisionTree
from schemas.commands import OpenLog
from schemas.ids import command_id
from schemas.registry_facts import LogOpened
from schemas.turns import OWNER, REGISTRY, Envelope, Turn
from schemas.values import AccountId, AreaId, Instant, Purpose, TimeSource
from schemas.wire import NotReadable, decode_turn
from streams.area import Area
from streams.turning import Taken, take
from streams.versions import present

LOG: Final = "log.db"
LOCK: Final = "lock"
DIVISIONS: Final = "divisions"
POLYGONS: Final = ".polygons"  # beside a divisions file, where it came with them
DEFECTS: Final = "defects.ndjson"

Laid = TypeVar("Laid", Turn, Taken)


class FolderHeld(Exception):
    """Another process has the folder; `process` is its id, or None where it cannot be told."""

    def __init__(self, path: Path, process: int | None) -> None:
        holder = "another process" if process is None else f"process {process}"
        super().__init__(f"{path} is held by {holder}; one folder has one owner")
        self.process = process


class FolderUnfit(Exception):
    """The folder cannot be used as asked; the text says what is missing or does not fit."""


class Begun(Protocol):
    """The logs that are in a folder already."""

    def areas(self) -> list[AreaId]: ...
    def stored(self, area: AreaId, sequence: int) -> bytes: ...


class Divisions:
    """The division trees in a data folder, by the SHA-256 of their content."""

    def __init__(self, path: Path) -> None:
        self._path = path / DIVISIONS
        self._trees: dict[str, DivisionTree] = {}

    def tree(self, digest: str) -> DivisionTree:
        """The tree with this SHA-256. FolderUnfit names the file if it is not there."""
        if digest not in self._trees:
            self._trees[digest] = _load_tree(self._file(digest), digest)
        return self._trees[digest]

    def keep(self, source: Path) -> str:
        """Put a divisions file's canonical bytes into the folder; gives their SHA-256."""
        content = msgspec.json.decode(source.read_bytes(), type=DivisionFile)
        tree = DivisionTree(content)
        kept = self._file(tree.sha256)
        if not kept.is_file():
            kept.parent.mkdir(mode=0o700, exist_ok=True)
            write_whole(kept, content.canonical())
        self._trees[tree.sha256] = tree
        return tree.sha256

    def _file(self, digest: str) -> Path:
        return self._path / f"{digest}.json"


class Folder:
    """A data folder held by this process, from construction until `release`."""

    def __init__(self, path: Path) -> None:
        """Lock it. FolderHeld where somebody has it, FolderUnfit where there is no folder."""
        if not path.is_dir():
            raise FolderUnfit(f"{path} is no data folder")
        self.path = path
        self.divisions = Divisions(path)
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


@dataclass(frozen=True, slots=True)
class Birth:
    """The beginning of an area's log; `at` only where its time is given."""

    area: AreaId
    divisions_file: Path
    purpose: Purpose
    time_source: TimeSource
    steward: AccountId
    at: Instant | None

    def __post_init__(self) -> None:
        if (self.at is None) == (self.time_source is TimeSource.GIVEN):
            raise ValueError("a log on given time is told when it begins, a live one is not")

    def refuse_mixture(self, log: Begun) -> None:
        """One folder holds logs of one purpose: an exercise's can never hold actual work."""
        for there in log.areas():
            if there == self.area:
                raise FolderUnfit(f"area {self.area} is in this folder already")
            found = opening(decode_turn(log.stored(there, 1)))
            if (found.purpose, found.time_source) != (self.purpose, self.time_source):
                raise FolderUnfit(f"this folder's purpose is {found.purpose}, not {self.purpose}")

    def envelope(self, divisions: Divisions) -> Envelope:
        """The owner's command that opens the log; its divisions are kept in the folder."""
        command = OpenLog(
            purpose=self.purpose,
            time_source=self.time_source,
            area=self.area,
            divisions=divisions.keep(self.divisions_file),
            steward=self.steward,
            rules=present().number,
        )
        return Envelope(
            area=self.area,
            operation=REGISTRY,
            mode=None,
            actor=OWNER,
            command_id=command_id(self.area, REGISTRY, OWNER, "open"),
            command=command,
            at=self.at,
        )


def first_turn(envelope: Envelope, divisions: Divisions, now: Instant) -> Taken:
    """The turn that opens a log. FolderUnfit where it cannot be opened so."""
    command = envelope.command
    assert isinstance(command, OpenLog)
    tree = divisions.tree(command.divisions)
    node = tree.get(command.area)
    if node is None or node.level is not tree.area_level:
        raise FolderUnfit(f"{command.area} is no {tree.area_level} of these divisions")
    taken = take(Area(command.area, tree), envelope, now if envelope.at is None else envelope.at)
    if not isinstance(taken, Taken) or taken.turn.refusal is not None:
        raise FolderUnfit(f"area {command.area} cannot be opened: {taken}")
    return taken


def opening(turn: Turn) -> LogOpened:
    """What a log says of itself, from its first turn; FolderUnfit where that says nothing."""
    for fact in turn.facts:
        if isinstance(fact, LogOpened):
            return fact
    raise FolderUnfit(f"the first turn of area {turn.area} does not open a log")


def linked(area: Area, stored: bytes, lay: Callable[[Area, bytes], Laid]) -> Laid:
    """Lay a stored turn on an area's state, by `fold` or `follow`.

    FolderUnfit where it cannot be read, or does not follow the one before.
    """
    number, previous = area.sequence + 1, area.previous
    try:
        laid = lay(area, stored)
    except NotReadable as problem:
        raise FolderUnfit(f"turn {number} of area {area.id}: {problem}") from problem
    turn = laid.turn if isinstance(laid, Taken) else laid
    if (turn.sequence, turn.previous) != (number, previous):
        raise FolderUnfit(f"the chain of area {area.id} is broken at turn {number}")
    return laid


def _load_tree(path: Path, digest: str) -> DivisionTree:
    if not path.is_file():
        raise FolderUnfit(f"{path} is missing; the log was written with these divisions")
    tree = DivisionTree.load(path)
    if tree.sha256 != digest:
        raise FolderUnfit(f"{path} has been changed: its content is {tree.sha256}")
    return tree


def _lock(path: Path) -> int:
    """The open lock file with our process id in it. The lock goes with the process, always."""
    lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 32).decode("ascii", "replace").strip()
        os.close(lock)
        raise FolderHeld(path, int(holder) if holder.isdigit() else None) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return lock


def write_whole(path: Path, content: bytes) -> None:
    """The whole file or none of it, even if the power goes."""
    part = path.with_suffix(".part")
    with open(part, "wb", opener=private) as file:  # Path has no opener
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_names(path.parent)


def private(path: str, flags: int) -> int:
    """How to open what nobody but the folder's owner may read, whatever the umask."""
    return os.open(path, flags, 0o600)


def sync_names(folder: Path) -> None:
    """Make the folder's list of names durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
