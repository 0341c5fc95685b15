"""The board in Redis: rows, used keys and one stream per area, each hung on one position.

Whatever writes it names the turns by their sequence, and the server takes exactly the next one.
So a batch may come twice or too early, from anybody: the board is a prefix of the log, always.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import resources
from typing import Any, Final, NamedTuple

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from schemas.turns import GENESIS
from schemas.values import AreaId, Instant
from schemas.views import Removed
from schemas.wire import encode
from streams.engines.cluster.layout import Layout
from streams.parameters import KEY_LIFE

STREAM_LENGTH: Final = 5_000  # entries of a stream; whoever is further behind reads a page
ENTRIES_MOST: Final = 500  # of one call, which the server does without doing anything else
BYTES_MOST: Final = 1 << 20
EXPIRE_MOST: Final = 2 * ENTRIES_MOST  # keys that one call drops: more than it can bring
ARRIVALS_MOST: Final = 200  # of one area at once
BLOCK_MS: Final = 500  # also how late a reader notices another generation
TIMEOUT_S: Final = 5.0
_FIRST_GENERATION: Final = 1

_SCRIPT: Final = resources.files(__package__).joinpath("board.lua").read_text("utf-8")


class Position(NamedTuple):
    """The last turn that a board holds; sequence 0 and GENESIS where there is none yet."""

    generation: int
    sequence: int
    digest: str
    at: Instant


class Entry(NamedTuple):
    """A turn on its way onto the board, with the rows that it changed."""

    sequence: int
    digest: str
    at: Instant
    command_id: str  # "" where none is looked up: ticks, dead letters
    command: int | None
    offset: int
    stored: bytes
    rows: tuple[tuple[str, bytes | None], ...]  # "kind id" and the encoded Put; None is Removed


class Arrival(NamedTuple):
    """A turn as the stream has it; `changes` is a JSON array of Change."""

    sequence: int
    command: int | None
    offset: int
    stored: bytes
    changes: bytes


class Gap(Exception):
    """The board ends before the turn in front of these; nothing was written."""

    def __init__(self, position: int) -> None:
        super().__init__(f"the board ends at turn {position}")
        self.position = position


class Switched(Exception):
    """Another generation is the board now; nothing was written to this one."""

    def __init__(self) -> None:
        super().__init__("another generation is the board now")


class Lost(Exception):
    """The stream no longer reaches back so far: the page has to be read again."""

    def __init__(self, area: AreaId) -> None:
        super().__init__(f"the stream of {area} does not reach back so far")
        self.area = area


class Keys(NamedTuple):
    """Everything that one generation of an area's board consists of."""

    position: str
    rows: str
    keys: str
    ages: str
    stream: str


def dead_letters(partition: int) -> AreaId:
    """The name under which a partition's dead letters stand on the board, beside the areas."""
    return AreaId(f"dead-{partition}")


class Board:
    """The boards of all areas. Errors of the connection reach the caller as they are."""

    def __init__(self, layout: Layout) -> None:
        self._prefix = layout.prefix
        self._redis = _client(layout, TIMEOUT_S)
        # A reader waits longer than any answer may take, so it has a connection of its own.
        self._waiting = _client(layout, TIMEOUT_S + BLOCK_MS / 1_000)
        self._script = self._redis.register_script(_SCRIPT)
        self._generations: dict[AreaId, int] = {}  # as last seen; every answer comes with its own

    async def close(self) -> None:
        await self._redis.aclose()
        await self._waiting.aclose()

    # What the board holds

    async def position(self, area: AreaId) -> Position:
        """Where an area's board ends."""
        generation, [found] = await self._present(
            area, lambda pipe, keys: pipe.hgetall(keys.position)
        )
        return _position(generation, found)

    async def rows(self, area: AreaId) -> tuple[Position, list[bytes]]:
        """Every row as an encoded Put, and the position that they are of, from one moment."""

        def ask(pipe: Pipeline, keys: Keys) -> None:
            pipe.hgetall(keys.position)
            pipe.hvals(keys.rows)

        generation, [found, rows] = await self._present(area, ask)
        return _position(generation, found), rows

    async def first(self, area: AreaId, command_id: str) -> tuple[int, int] | None:
        """Sequence and offset of the turn that a command id led to in the last 30 days."""
        _, [found] = await self._present(area, lambda pipe, keys: pipe.hget(keys.keys, command_id))
        if found is None:
            return None
        sequence, offset = found.split()
        return int(sequence), int(offset)

    async def arrivals(self, after: Mapping[AreaId, int]) -> dict[AreaId, list[Arrival]]:
        """What follows in each area's stream behind a sequence; waits a moment for the first.

        For one caller at a time. Raises Lost.
        """
        areas = list(after)
        pointers: list[Any] = await self._waiting.mget([self._pointer(area) for area in areas])
        streams = {
            self._keys(area, _generation(pointer)).stream: area
            for area, pointer in zip(areas, pointers, strict=True)
        }
        behind: dict[Any, Any] = {name: f"{after[area]}-0" for name, area in streams.items()}
        found: Any = await self._waiting.xread(behind, count=ARRIVALS_MOST, block=BLOCK_MS)
        arrived = {streams[name.decode()]: list(map(_arrival, told)) for name, told in found}
        for area, arrivals in arrived.items():
            if arrivals[0].sequence != after[area] + 1:
                raise Lost(area)
        return arrived

    # What is laid over it

    async def apply(self, area: AreaId, generation: int, entries: Sequence[Entry]) -> None:
        """Lay successive turns over the board; those that it has already are skipped.

        Raises Gap and Switched; portions before the one that raised have been laid.
        """
        await self._lay(self._pointer(area), area, generation, entries)

    # Making it again, beside the present one

    async def begin(self, area: AreaId) -> int:
        """A new generation to be built; whatever was begun earlier can no longer go on."""
        present = (await self.position(area)).generation
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.set(self._building(area), present, nx=True)
            pipe.incr(self._building(area))
            _, generation = await pipe.execute()
        await self.drop(area)
        return int(generation)

    async def build(self, area: AreaId, generation: int, entries: Sequence[Entry]) -> None:
        """As `apply`, for the generation that was begun last; Switched for any other."""
        await self._lay(self._building(area), area, generation, entries)

    async def switch(self, area: AreaId, generation: int) -> None:
        """Make the generation that was begun last the board; Switched for any other."""

        async def turn_over(pipe: Pipeline) -> None:
            if _generation(await pipe.get(self._building(area))) != generation:
                raise Switched
            pipe.multi()  # type: ignore[no-untyped-call]  # redis does not say its type
            pipe.set(self._pointer(area), generation)

        await self._redis.transaction(turn_over, self._building(area))

    async def drop(self, area: AreaId) -> None:
        """Remove every generation but the board and the one that was begun last."""
        present = (await self.position(area)).generation
        last = _generation(await self._redis.get(self._building(area)))
        for generation in range(_FIRST_GENERATION, last):
            if generation != present:
                await self._redis.unlink(*self._keys(area, generation))

    async def _lay(
        self, pointer: str, area: AreaId, generation: int, entries: Sequence[Entry]
    ) -> None:
        keys = (pointer, *self._keys(area, generation))
        for portion in _portions(entries):
            told, reached = await self._script(keys=keys, args=_arguments(generation, portion))
            if told == b"gap":
                raise Gap(reached)
            if told == b"switched":
                raise Switched

    # Where it is

    def _pointer(self, area: AreaId) -> str:
        """The key that says which generation is the board."""
        return f"{self._prefix}{{{area}}}:board"

    def _building(self, area: AreaId) -> str:
        """The key that says which generation was begun last."""
        return f"{self._prefix}{{{area}}}:building"

    def _keys(self, area: AreaId, generation: int) -> Keys:
        stem = f"{self._prefix}{{{area}}}:{generation}"
        return Keys(*(f"{stem}:{name}" for name in Keys._fields))

    async def _present(
        self, area: AreaId, ask: Callable[[Pipeline, Keys], object]
    ) -> tuple[int, list[Any]]:
        """What the present generation answers, asked together with which one that is."""
        while True:
            generation = self._generations.get(area, _FIRST_GENERATION)
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.get(self._pointer(area))
                ask(pipe, self._keys(area, generation))
                pointer, *answers = await pipe.execute()
            self._generations[area] = _generation(pointer)
            if self._generations[area] == generation:
                return generation, answers


def _client(layout: Layout, timeout: float) -> Redis:
    """One retry is for a connection that went with an earlier server; outages are the caller's."""
    return Redis.from_url(layout.redis, socket_timeout=timeout, retry=Retry(NoBackoff(), 1))


def _generation(pointer: bytes | str | None) -> int:
    return _FIRST_GENERATION if pointer is None else int(pointer)


def _position(generation: int, found: Mapping[bytes, bytes]) -> Position:
    if not found:
        return Position(generation, 0, GENESIS, 0)
    sequence, digest, at = (found[name] for name in (b"sequence", b"digest", b"at"))
    return Position(generation, int(sequence), digest.decode(), int(at))


def _arrival(told: tuple[bytes, Mapping[bytes, bytes]]) -> Arrival:
    entry, fields = told
    return Arrival(
        sequence=int(entry.partition(b"-")[0]),
        command=int(fields[b"command"]) if fields[b"command"] else None,
        offset=int(fields[b"offset"]),
        stored=fields[b"turn"],
        changes=fields[b"changes"],
    )


def _portions(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    """Successive entries in portions that the server does in a moment."""
    start = size = 0
    for place, entry in enumerate(entries):
        if entry.sequence != entries[0].sequence + place:
            raise ValueError(f"turn {entry.sequence} does not follow the one before it")
        added = len(entry.stored) + sum(len(row or b"") for _, row in entry.rows)
        if place > start and (place - start == ENTRIES_MOST or size + added > BYTES_MOST):
            yield entries[start:place]
            start, size = place, 0
        size += added
    if entries:
        yield entries[start:]


def _arguments(generation: int, entries: Sequence[Entry]) -> list[bytes | str | int]:
    """The entries as the script reads them."""
    oldest = entries[-1].at - KEY_LIFE
    told: list[bytes | str | int] = [generation, oldest, EXPIRE_MOST, STREAM_LENGTH]
    told.append(entries[0].sequence)
    for entry in entries:
        command = "" if entry.command is None else entry.command
        told += (entry.digest, entry.at, entry.command_id, command, entry.offset, entry.stored)
        told.append(len(entry.rows))
        for name, row in entry.rows:
            told += (name, _removed(name), "removed") if row is None else (name, row, "put")
    return told


def _removed(name: str) -> bytes:
    kind, _, row = name.partition(" ")
    return encode(Removed(kind=kind, id=row))
