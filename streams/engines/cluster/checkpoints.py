"""Checkpoints of a cluster's partitions, in Redis, in chunks: they spare a worker the folding.

A head, written last, names the program, the place among the turns and the content; whatever does
not fit costs time, never truth, since the turns can always be folded from their beginning.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from hashlib import sha256
from itertools import islice
from typing import Any, Final

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from schemas.values import AreaId, Stored
from streams.area import Area
from streams.checkpoint import NotFit, packed, unpack
from streams.engines.checkpoints import Unfit, program
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.partition import Hole, Partition, Trees
from streams.engines.cluster.tail import Tail
from streams.engines.folder import FolderUnfit
from streams.engines.folding import uncollected

FORMAT: Final = 1
CHUNK_BYTES: Final = 1 << 20
LENGTH_BYTES: Final = 4  # before each frame
TIMEOUT_S: Final = 10.0

_logger = logging.getLogger("shouwang.checkpoints")


class Piece(Stored):
    """An area in it: with which divisions, and how many frames are its own."""

    area: AreaId
    divisions: str
    frames: int


class Head(Stored):
    """What a checkpoint says of itself. `last`: SHA-256 of the record before `next_turn`.

    `content`: of all chunks, in their order, whose keys bear it.
    """

    format: int
    program: str
    partition: int
    next_turn: int
    last: str
    decided: int
    letters: int
    last_letter: str
    pieces: tuple[Piece, ...]
    chunks: int
    content: str


_heads = msgspec.json.Decoder(Head)


async def load(layout: Layout, partition: int, trees: Trees, tail: Tail) -> Partition | None:
    """A partition as its checkpoint has it; None where there is none that fits, which is said."""
    try:
        async with _redis(layout) as redis:
            stored = await redis.get(_head_key(layout, partition))
            if stored is None:
                return None
            head = _head(stored, partition)
            await _refuse_another_log(layout, head, tail)
            chunks = [await redis.get(key) for key in _chunk_keys(layout, head)]
        place = await asyncio.to_thread(_laid, layout, head, chunks, trees)
    except (Unfit, RedisError) as doubt:
        why = doubt if isinstance(doubt, Unfit) else f"not readable ({type(doubt).__name__})"
        line = "partition %d: folded from its beginning, since its checkpoint is %s"
        _logger.warning(line, partition, why)
        return None
    _logger.info("partition %d: folded from its checkpoint of %d on", partition, head.next_turn)
    return place


async def write(layout: Layout, place: Partition, last: bytes) -> None:
    """Keep a partition, whole or not at all; the one before it goes. Raises RedisError.

    `last`: the record before `place.next_turn`. The place must not change meanwhile.
    """
    chunks = list(_chunks(place))
    head = _head_of(place, last, chunks)
    async with _redis(layout) as redis:
        before = await redis.get(_head_key(layout, place.partition))
        for key, chunk in zip(_chunk_keys(layout, head), chunks, strict=True):
            await redis.set(key, chunk)
        await redis.set(_head_key(layout, place.partition), msgspec.json.encode(head))
        if before is not None:
            await _remove(redis, layout, before, head)


async def remove(layout: Layout, partition: int) -> None:
    """Have whoever begins next fold the turns from their beginning. Raises RedisError."""
    async with _redis(layout) as redis:
        await redis.delete(_head_key(layout, partition))


async def _remove(redis: Any, layout: Layout, before: bytes, head: Head) -> None:
    """Chunks that no head names any more."""
    try:
        old = _chunk_keys(layout, _heads.decode(before))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return  # it names none that anybody could find
    gone = set(old) - set(_chunk_keys(layout, head))
    if gone:
        await redis.delete(*gone)


# What is in it


def _head_of(place: Partition, last: bytes, chunks: list[bytes]) -> Head:
    return Head(
        format=FORMAT,
        program=program(),
        partition=place.partition,
        next_turn=place.next_turn,
        last=sha256(last).hexdigest(),
        decided=place.decided,
        letters=place.letters,
        last_letter=place.last_letter,
        pieces=tuple(
            Piece(area=area.id, divisions=_divisions(area), frames=sum(1 for _ in packed(area)))
            for area in place.areas.values()
        ),
        chunks=len(chunks),
        content=_digest(chunks),
    )


def _divisions(area: Area) -> str:
    assert area.told is not None
    return area.told.divisions


def _chunks(place: Partition) -> Iterator[bytes]:
    held = bytearray()
    for area in place.areas.values():
        for frame in packed(area):
            held += len(frame).to_bytes(LENGTH_BYTES, "big") + frame
            while len(held) >= CHUNK_BYTES:
                yield bytes(held[:CHUNK_BYTES])
                del held[:CHUNK_BYTES]
    yield bytes(held)


def _digest(chunks: list[bytes]) -> str:
    total = sha256()
    for chunk in chunks:
        total.update(chunk)
    return total.hexdigest()


# Doubt


def _head(stored: bytes, partition: int) -> Head:
    try:
        head = _heads.decode(stored)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Unfit("damaged, or was written by another release") from None
    if head.format != FORMAT:
        raise Unfit("of another format")
    if head.partition != partition:
        raise Unfit("of another partition")
    if head.program != program():
        raise Unfit("made by another release of this program")
    return head


async def _refuse_another_log(layout: Layout, head: Head, tail: Tail) -> None:
    """The record that it ends with has to stand where it stood; what follows hangs on it."""
    place = (head.partition, head.next_turn - 1, head.next_turn)
    try:
        async for records in tail.read(layout.turns, *place):
            if sha256(records[0].value or b"").hexdigest() == head.last:
                return
    except Hole:
        raise Unfit("ahead of the turns, which were cut or made anew") from None
    raise Unfit("of other turns than these")


def _laid(layout: Layout, head: Head, chunks: list[bytes | None], trees: Trees) -> Partition:
    """In a thread: nothing is made of bytes that are not those that were written."""
    whole = [chunk for chunk in chunks if chunk is not None]
    if len(whole) != head.chunks or _digest(whole) != head.content:
        raise Unfit("damaged")
    table = layout.areas_on(head.partition)
    place = Partition(head.partition, table, trees)
    frames = _frames(b"".join(whole))
    for piece in head.pieces:
        if piece.area not in table:
            raise Unfit("of another table of areas")
        try:
            area = Area(piece.area, trees(piece.divisions))
            with uncollected():
                unpack(area, list(islice(frames, piece.frames)))
        except (FolderUnfit, NotFit) as problem:
            raise Unfit(f"not to be laid: {problem}") from problem
        place.areas[area.id] = area
    place.next_turn, place.decided = head.next_turn, head.decided
    place.letters, place.last_letter = head.letters, head.last_letter
    return place


def _frames(content: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(content):
        size = int.from_bytes(content[at : at + LENGTH_BYTES], "big")
        at += LENGTH_BYTES
        yield content[at : at + size]
        at += size


# Where it lies


def _head_key(layout: Layout, partition: int) -> str:
    return f"{layout.prefix}checkpoint:{partition}"


def _chunk_keys(layout: Layout, head: Head) -> list[str]:
    base = f"{_head_key(layout, head.partition)}:{head.content}"
    return [f"{base}:{number}" for number in range(head.chunks)]


@asynccontextmanager
async def _redis(layout: Layout) -> AsyncIterator[Any]:
    redis: Any = Redis.from_url(
        layout.redis, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S
    )
    try:
        yield redis
    finally:
        await redis.aclose()
