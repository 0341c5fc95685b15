"""The turns of one area in a copy: sealed frames, only ever appended, so the plug may be pulled."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Final

import msgspec

from api.keeping.sealing import Damaged, Sealing
from schemas.values import AreaId

FILE_BYTES: Final = 16 << 20  # then a new file is begun
FRAME_MOST: Final = 256 << 20  # a length beyond it is damage
QUICK: Final = 1  # turns shrink to a sixth even so

_head: Final = struct.Struct(">QII")  # first turn, how many, bytes sealed
_length: Final = struct.Struct(">I")
SUFFIX: Final = ".turns"


class End(msgspec.Struct, frozen=True):
    """How far an area is kept: its last turn, and the last file with its length then."""

    area: AreaId
    turns: int
    digest: str  # of that turn
    at: int  # its rule time
    file: int  # the first turn in the last file
    bytes: int


class Torn(Exception):
    """The frames end here: the file is cut, or not what was written. `turn` would be next."""

    def __init__(self, turn: int, path: Path, cut: bool) -> None:
        super().__init__(f"turn {turn} in {path.name}")
        self.turn, self.path, self.cut = turn, path, cut


class Turns:
    """The kept turns of an area: appended by whoever holds the copy, read by anybody."""

    def __init__(self, place: Path, area: AreaId, sealing: Sealing) -> None:
        self._place, self._area, self._sealing = place, area, sealing
        self._file: IO[bytes] | None = None
        self._first = 0

    # Writing

    def begin(self, end: End | None) -> None:
        """Go on behind the last good stand; what a pulled plug left behind it is cut off."""
        for first, path in self._files():
            if end is None or first > end.file:
                path.unlink()
        if end is not None and end.turns:
            path = self._path(end.file)
            with path.open("r+b") as file:
                file.truncate(end.bytes)
            self._open(end.file)

    def append(self, first: int, turns: Sequence[bytes]) -> None:
        """Write turns, the first of them with its sequence; on the disk after `sync`."""
        if self._file is None or self._file.tell() > FILE_BYTES:
            self.close()
            self._open(first)
        assert self._file is not None
        whole = b"".join(_length.pack(len(turn)) + turn for turn in turns)
        about = self._about(first, len(turns))
        sealed = self._sealing.seal(about, zlib.compress(whole, QUICK))
        self._file.write(_head.pack(first, len(turns), len(sealed)) + sealed)

    def sync(self) -> tuple[int, int]:
        """Have everything on the disk; the first turn of the last file, and its length."""
        if self._file is None:
            return 0, 0
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._first, self._file.tell()

    def close(self) -> None:
        if self._file is not None:
            self.sync()
            self._file.close()
            self._file = None

    def _open(self, first: int) -> None:
        self._first = first
        handle = os.open(self._path(first), os.O_RDWR | os.O_CREAT, 0o600)
        self._file = os.fdopen(handle, "r+b")
        self._file.seek(0, os.SEEK_END)

    # Reading

    def read(self) -> Iterator[bytes]:
        """Every turn from the first on. Torn where the frames end before their files do."""
        due = 1
        for first, path in self._files():
            if first != due:
                raise Torn(due, path, cut=True)
            with path.open("rb") as file:
                for turns in self._frames(file, path, due):
                    yield from turns
                    due += len(turns)

    def _frames(self, file: IO[bytes], path: Path, due: int) -> Iterator[list[bytes]]:
        while head := file.read(_head.size):
            if len(head) < _head.size:
                raise Torn(due, path, cut=True)
            first, count, size = _head.unpack(head)
            if first != due or size > FRAME_MOST:
                raise Torn(due, path, cut=False)
            sealed = file.read(size)
            if len(sealed) < size:
                raise Torn(due, path, cut=True)
            turns = self._opened(sealed, first, count, path)
            yield turns
            due += count

    def _opened(self, sealed: bytes, first: int, count: int, path: Path) -> list[bytes]:
        try:
            whole = zlib.decompress(self._sealing.open(self._about(first, count), sealed))
        except (Damaged, zlib.error):
            raise Torn(first, path, cut=False) from None
        turns, at = [], 0
        while at < len(whole):
            (size,) = _length.unpack_from(whole, at)
            at += _length.size
            turns.append(whole[at : at + size])
            at += size
        return turns

    def _about(self, first: int, count: int) -> str:
        return f"turns\x1f{self._area}\x1f{first}\x1f{count}"

    def _path(self, first: int) -> Path:
        return self._place / f"{self._area}-{first:012}{SUFFIX}"

    def _files(self) -> list[tuple[int, Path]]:
        """Each file with its first turn, in order."""
        found = []
        for path in self._place.glob(f"{self._area}-*{SUFFIX}"):
            number = path.stem.rpartition("-")[2]
            if number.isdigit():
                found.append((int(number), path))
        return sorted(found)
