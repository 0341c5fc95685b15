"""A disk that loses its power: what was written and not flushed is there, in part, or not at all.

`Recording` stands between SQLite, our own files and the disk, and keeps everything that is done to
a folder as one list of events, together with what somebody was promised meanwhile. `Platter` is
what a disk holds after so many of them. `left` is what it may hold once the power has gone: each
sector of what was not flushed has come or not, whatever its order, and some are torn; of the
names, the first so many have.
"""

from __future__ import annotations

import builtins
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

import apsw
import pytest

from streams.engines import checkpoints, logs
from streams.engines.folder import sync_names

SECTOR: Final = 512
BESIDE: Final = ("-wal", "-journal")  # SQLite flushes the folder along with the first flush of one

# What can happen


class Written(NamedTuple):
    file: int
    offset: int
    data: bytes


class Cut(NamedTuple):
    file: int
    size: int


class Flushed(NamedTuple):
    file: int


class Named(NamedTuple):
    """A name stands for a file from here on, or for none (0)."""

    name: str
    file: int


class NamesFlushed(NamedTuple):
    pass


class Told(NamedTuple):
    """Somebody was promised something."""

    what: str
    sequence: int


Files = dict[str, bytes]  # by name
Event = Written | Cut | Flushed | Named | NamesFlushed | Told


# Recording


class Recording:
    """Everything that is done to a folder, in order. `honest`: flushing does what it says.

    `there`: what lay in the folder before, by name, as after a power loss.
    """

    def __init__(self, folder: Path, honest: bool = True, there: Files | None = None) -> None:
        self.folder = folder
        self.honest = honest
        self.events: list[Event] = []
        self._names: dict[str, int] = {}
        self._files = 0
        self._open: dict[int, int] = {}  # handle → file
        for name, content in (there or {}).items():
            file = self.file(str(folder / name), create=True)
            self.events += (Written(file, 0, content), Flushed(file), NamesFlushed())
        self.begun = len(self.events)

    def tell(self, what: str, sequence: int) -> None:
        self.events.append(Told(what, sequence))

    @contextmanager
    def on(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recording]:
        """Record what SQLite does, whoever opens it, and what checkpoints do."""
        vfs = _Vfs(self)
        try:
            with monkeypatch.context() as patched:
                self._patch(patched)
                yield self
        finally:
            vfs.unregister()

    def _patch(self, patched: pytest.MonkeyPatch) -> None:
        fsync, replace, unlink = os.fsync, Path.replace, Path.unlink

        def flushing(handle: int) -> None:
            fsync(handle)
            if handle in self._open:
                self.flushed(self._open[handle])

        def replacing(path: Path, target: Path) -> Path:
            self.renamed(path, target)
            return replace(path, target)

        def unlinking(path: Path, missing_ok: bool = False) -> None:
            unlink(path, missing_ok)
            self.removed(str(path))

        def syncing(folder: Path) -> None:
            sync_names(folder)
            self.names_flushed()

        patched.setattr(os, "fsync", flushing)
        patched.setattr(Path, "replace", replacing)
        patched.setattr(Path, "unlink", unlinking)
        patched.setattr(checkpoints, "sync_names", syncing)
        patched.setattr(logs, "sync_names", syncing)
        patched.setattr(checkpoints, "open", self.opened, raising=False)

    def opened(self, path: Path, mode: str, opener: Callable[[str, int], int]) -> Any:
        file = builtins.open(path, mode, opener=opener)  # noqa: SIM115  # closed by what wraps it
        self._open[file.fileno()] = number = self.file(str(path), create=True)
        return _Plain(self, number, file)

    def closed(self, handle: int) -> None:
        self._open.pop(handle, None)

    # What happens to files, by whoever

    def file(self, path: str, create: bool) -> int:
        name = os.path.relpath(path, self.folder)
        if name not in self._names and create:
            self._files += 1
            self._names[name] = self._files
            self.events.append(Named(name, self._files))
        return self._names.get(name, 0)

    def wrote(self, file: int, offset: int, data: bytes) -> None:
        self.events.append(Written(file, offset, data))

    def cut(self, file: int, size: int) -> None:
        self.events.append(Cut(file, size))

    def flushed(self, file: int) -> None:
        if self.honest:
            self.events.append(Flushed(file))

    def names_flushed(self) -> None:
        self.events.append(NamesFlushed())

    def renamed(self, path: Path, target: Path) -> None:
        name, new = (os.path.relpath(one, self.folder) for one in (path, target))
        if name in self._names:
            self._names[new] = self._names.pop(name)
            self.events += (Named(new, self._names[new]), Named(name, 0))

    def removed(self, path: str) -> None:
        name = os.path.relpath(path, self.folder)
        if self._names.pop(name, 0):
            self.events.append(Named(name, 0))


class _Plain:
    """A file of ours that is written whole."""

    def __init__(self, recording: Recording, number: int, file: Any) -> None:
        self._recording, self._number, self._file = recording, number, file
        self.seek, self.flush, self.fileno = file.seek, file.flush, file.fileno

    def write(self, data: bytes) -> None:
        self._recording.wrote(self._number, self._file.tell(), bytes(data))
        self._file.write(data)

    def __enter__(self) -> _Plain:
        return self

    def __exit__(self, *_: object) -> None:
        self._recording.closed(self.fileno())
        self._file.close()


class _Vfs(apsw.VFS):
    """SQLite's way to the disk, with somebody who takes notes."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        super().__init__("powerloss", "unix", makedefault=True)

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802  # SQLite's name
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        return _Database(self._recording, path, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802  # SQLite's name
        super().xDelete(filename, syncdir)
        self._recording.removed(filename)
        if syncdir:
            self._recording.names_flushed()


class _Database(apsw.VFSFile):
    def __init__(self, recording: Recording, path: str, name: Any, flags: list[int]) -> None:
        self._recording = recording
        self._beside = path.endswith(BESIDE)
        self._number = recording.file(path, create=bool(flags[0] & apsw.SQLITE_OPEN_CREATE))
        super().__init__("unix", name, flags)

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802  # SQLite's name
        super().xWrite(data, offset)
        self._recording.wrote(self._number, offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802  # SQLite's name
        super().xTruncate(newsize)
        self._recording.cut(self._number, newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802  # SQLite's name
        super().xSync(flags)
        self._recording.flushed(self._number)
        if self._beside:
            self._recording.names_flushed()

    def xLock(self, level: int) -> None:  # noqa: N802  # SQLite's name
        try:
            super().xLock(level)
        except apsw.IOError:  # the last of the readers cannot lock what it may not write
            raise apsw.BusyError from None


# The disk


class Platter:
    """What a disk holds: what is flushed for certain, and what may be on its way."""

    def __init__(self) -> None:
        self._whole: dict[int, bytearray] = {}
        self._coming: dict[int, list[Written | Cut]] = {}
        self._names: dict[str, int] = {}
        self._names_coming: list[Named] = []

    def take(self, event: Event) -> None:
        match event:
            case Written(file) | Cut(file):
                self._coming.setdefault(file, []).append(event)
            case Flushed(file):
                whole = self._whole.setdefault(file, bytearray())
                for change in self._coming.pop(file, ()):
                    _change(whole, change)
            case Named():
                self._names_coming.append(event)
            case NamesFlushed():
                self._names.update(self._names_coming)
                self._names_coming.clear()
            case Told():
                pass

    def left(self, random: Random) -> Files:
        """What there may be, by name, once the power has gone."""
        names = dict(self._names)
        names.update(self._names_coming[: random.randint(0, len(self._names_coming))])
        share = random.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        return {name: self._file(file, share, random) for name, file in names.items() if file}

    def _file(self, file: int, share: float, random: Random) -> bytes:
        content = bytearray(self._whole.get(file, b""))
        for change in self._coming.get(file, ()):
            for part in _sectors(change):
                if random.random() < share:
                    _change(content, _torn(part, random) if random.random() < 0.05 else part)
        return bytes(content)


def _sectors(change: Written | Cut) -> Iterator[Written | Cut]:
    if isinstance(change, Cut):
        yield change
        return
    first, end = change.offset, change.offset + len(change.data)
    while first < end:
        behind = min(end, (first // SECTOR + 1) * SECTOR)
        yield Written(
            change.file, first, change.data[first - change.offset : behind - change.offset]
        )
        first = behind


def _torn(part: Written | Cut, random: Random) -> Written | Cut:
    """The first bytes of a sector are the new ones, and behind them lies anything."""
    if isinstance(part, Cut):
        return part
    kept = random.randrange(len(part.data))
    return part._replace(data=part.data[:kept] + random.randbytes(len(part.data) - kept))


def _change(content: bytearray, change: Written | Cut) -> None:
    if isinstance(change, Cut):
        del content[change.size :]
        return
    if len(content) < change.offset:
        content.extend(bytes(change.offset - len(content)))
    content[change.offset : change.offset + len(change.data)] = change.data


class Loss(NamedTuple):
    """The power goes behind an event. `told`: how far each promise had come by then."""

    number: int
    told: dict[str, int]
    files: Files


def losses(recording: Recording, points: int, seed: int) -> Iterator[Loss]:
    """So many of them, anywhere in a recording."""
    random = Random(seed)
    first, last = recording.begun, len(recording.events) - 1
    wanted = sorted(random.randint(first - 1, last) for _ in range(points))
    platter, told, taken = Platter(), dict[str, int](), 0
    for number, place in enumerate(wanted):
        for event in recording.events[taken : place + 1]:
            platter.take(event)
            if isinstance(event, Told):
                told[event.what] = event.sequence
        taken = place + 1
        yield Loss(number, dict(told), platter.left(random))
