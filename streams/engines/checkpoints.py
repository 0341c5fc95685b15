"""Checkpoints of a data folder: files that spare a start the folding of what is long past.

A file names the program, the rules and the turn that it is of; whatever does not fit costs time,
never truth, since the log can always be folded from its beginning.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import IO, Final, NamedTuple

import msgspec

import geo
import schemas
import streams
from geo.divisions import DivisionTree
from schemas.values import AreaId, Stored
from schemas.wire import digest
from streams.area import Area
from streams.checkpoint import NotFit, packed, unpack
from streams.engines.folder import private, sync_names
from streams.versions import VERSIONS

CHECKPOINTS: Final = "checkpoints"
SUFFIX: Final = ".checkpoint"
KEPT: Final = 2  # of each area: the older one is for the day on which the newer is damaged
FORMAT: Final = 1
HEAD_BYTES: Final = 1_024  # room for the head, which is written last
LENGTH_BYTES: Final = 4  # before each frame
READ_AT_ONCE: Final = 1 << 20

_NAME: Final = re.compile(r"([0-9A-Za-z]+)-([0-9]{12})" + re.escape(SUFFIX))
PART: Final = ".part"


class Head(Stored):
    """What a checkpoint says of itself. `content`: SHA-256 of all that follows."""

    format: int
    program: str
    rules: int
    area: AreaId
    sequence: int
    previous: str  # the digest of that turn's bytes
    content: str


class Unfit(Exception):
    """A checkpoint that is not used; the text says why, and fits behind "it is"."""


class Checkpoint(NamedTuple):
    """A file that may be a checkpoint of an area as of a turn."""

    area: AreaId
    sequence: int
    path: Path


_heads = msgspec.json.Decoder(Head)


@cache
def program() -> str:
    """Names the code that folds: another word in it may mean another state.

    Unfit where the code cannot be read, as in a folder of compiled files alone.
    """
    total = sha256()
    for root in (Path(package.__path__[0]) for package in (schemas, geo, streams)):
        sources = [path.relative_to(root) for path in root.rglob("*.py")]
        folding = sorted(path for path in sources if path.parts[0] != "engines")
        if not folding:
            raise Unfit("of a program whose code cannot be read")
        for path in folding:
            total.update(f"{root.name}/{path}\0".encode() + (root / path).read_bytes() + b"\0")
    return total.hexdigest()


def found(folder: Path, area: AreaId, until: int | None = None) -> list[Checkpoint]:
    """The checkpoints of an area as of turns up to one, the newest first."""
    there: list[Checkpoint] = []
    with suppress(OSError):
        for path in (folder / CHECKPOINTS).iterdir():
            match = _NAME.fullmatch(path.name)
            if match is not None and match[1] == area:
                there.append(Checkpoint(area, int(match[2]), path))
    there.sort(key=lambda one: one.sequence, reverse=True)
    return [one for one in there if until is None or one.sequence <= until]


# Writing


def write(folder: Path, area: Area) -> Checkpoint:
    """The whole file or none of it, even if the power goes; older ones than two are removed.

    The area must not change meanwhile, and must be as folding its turns leaves it. OSError.
    """
    place = folder / CHECKPOINTS
    place.mkdir(mode=0o700, exist_ok=True)
    made = Checkpoint(area.id, area.sequence, place / f"{area.id}-{area.sequence:012}{SUFFIX}")
    part = made.path.with_name(f"{made.path.name}.{os.getpid()}{PART}")
    try:
        with open(part, "wb", opener=private) as file:  # Path has no opener
            _write(file, area)
            file.flush()
            os.fsync(file.fileno())
        part.replace(made.path)
    finally:
        part.unlink(missing_ok=True)
    sync_names(place)
    _prune(folder, made)
    return made


def _write(file: IO[bytes], area: Area) -> None:
    """The head comes last, into the room that was left for it: no half of a file has one."""
    total = sha256()
    file.write(b"\0" * HEAD_BYTES)
    for framed in _framed(area):
        total.update(framed)
        file.write(framed)
    head = Head(
        format=FORMAT,
        program=program(),
        rules=0 if area.told is None else area.told.rules,
        area=area.id,
        sequence=area.sequence,
        previous=area.previous,
        content=total.hexdigest(),
    )
    file.seek(0)
    file.write(msgspec.json.encode(head).ljust(HEAD_BYTES - 1) + b"\n")


def _framed(area: Area) -> Iterator[bytes]:
    for frame in packed(area):
        yield len(frame).to_bytes(LENGTH_BYTES, "big") + frame


def content_of(area: Area) -> str:
    """What a checkpoint of this state names as its content."""
    total = sha256()
    for framed in _framed(area):
        total.update(framed)
    return total.hexdigest()


def _prune(folder: Path, made: Checkpoint) -> None:
    """Keep it and the one before it. Those of later turns are of a log that there is no more."""
    place = folder / CHECKPOINTS
    keep = found(folder, made.area, made.sequence)[:KEPT]
    for one in found(folder, made.area):
        if one not in keep:
            one.path.unlink(missing_ok=True)
    for left in place.glob(f"{made.area}-*{PART}"):  # of a writer that was killed
        left.unlink(missing_ok=True)


def remove(folder: Path, area: AreaId) -> None:
    """Have the next start fold from the beginning."""
    for one in found(folder, area):
        one.path.unlink(missing_ok=True)


# Reading


def head_of(one: Checkpoint) -> Head:
    """What a checkpoint says of itself. Unfit where it is none that this program can use."""
    try:
        with one.path.open("rb") as file:
            return _head(file, one)
    except OSError as problem:
        raise Unfit(f"not readable ({type(problem).__name__})") from problem


def load(one: Checkpoint, divisions: DivisionTree, stored: Callable[[int], bytes]) -> Area:
    """The state as of its turn. Unfit where anything does not fit.

    `stored` gives a turn's bytes of the log, LookupError where the log does not reach so far.
    """
    try:
        with one.path.open("rb") as file:
            head = _head(file, one)
            _refuse_another_log(head, stored)
            _refuse_damage(file, head)
            area = Area(one.area, divisions)
            file.seek(HEAD_BYTES)
            unpack(area, _frames(file))
    except OSError as problem:
        raise Unfit(f"not readable ({type(problem).__name__})") from problem
    except NotFit as problem:
        raise Unfit(f"damaged: {problem}") from problem
    if (area.sequence, area.previous) != (head.sequence, head.previous):
        raise Unfit("damaged: its content is of another turn")
    return area


def _head(file: IO[bytes], one: Checkpoint) -> Head:
    try:
        head = _heads.decode(file.read(HEAD_BYTES))
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Unfit("damaged, or was written by another release") from None
    if head.format != FORMAT:
        raise Unfit("of another format")
    if (head.area, head.sequence) != (one.area, one.sequence):
        raise Unfit("under another's name")
    if head.rules not in VERSIONS:
        raise Unfit(f"made by rules {head.rules}")
    if head.program != program():
        raise Unfit("made by another release of this program")
    return head


def _refuse_another_log(head: Head, stored: Callable[[int], bytes]) -> None:
    try:
        last = stored(head.sequence)
    except LookupError:
        raise Unfit("ahead of the log, which was cut or put back from an older copy") from None
    if digest(last) != head.previous:
        raise Unfit("of another log, or this one has been changed")


def _refuse_damage(file: IO[bytes], head: Head) -> None:
    """Nothing is made of bytes that are not those that were written."""
    total = sha256()
    while read := file.read(READ_AT_ONCE):
        total.update(read)
    if total.hexdigest() != head.content:
        raise Unfit("damaged")


def _frames(file: IO[bytes]) -> Iterator[bytes]:
    while length := file.read(LENGTH_BYTES):
        yield file.read(int.from_bytes(length, "big"))
