"""A stage for projectors and rebuilds: a topic with turns of two areas, their boards, a reader."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

from kafka import KafkaProducer
from redis.asyncio import Redis

from schemas.values import AreaId
from streams.engines.cluster.board import Board, dead_letters
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.projection import Projection
from streams.engines.cluster.rebuild import Progress, rebuild
from streams.engines.cluster.records import Outgoing, TurnRecord, dead_letter_out, turn_out
from streams.engines.folder import Divisions
from tests.engines.cluster.boards import Screen, fresh, letters, played, shown
from tests.engines.given import HANGZHOU, WENZHOU

LETTERS = dead_letters(0)
AREAS = (WENZHOU, HANGZHOU)
Logs = Mapping[AreaId, list[bytes]]


@cache
def logs() -> Logs:
    """The logs of two areas, and the dead letters of their partition."""
    found = {area: played(area, seed, steps=120) for seed, area in enumerate(AREAS)}
    return {**found, LETTERS: letters(0, 25)}


@cache
def line() -> list[Outgoing]:
    """All of them on one partition, turn about."""
    named = [[(area, stored) for stored in log] for area, log in logs().items()]
    mixed = [one for several in zip_longest(*named) for one in several if one is not None]
    return [
        dead_letter_out(stored, place) if area == LETTERS else turn_out(area, stored, place)
        for place, (area, stored) in enumerate(mixed)
    ]


def alone(log: Iterable[bytes], area: AreaId = WENZHOU) -> list[Outgoing]:
    """A part of one area's log, with no other beside it."""
    return [turn_out(area, stored, place) for place, stored in enumerate(log)]


class Topic:
    """Writes turns as a decider does, and gives them back as its readers have them."""

    def __init__(self, layout: Layout) -> None:
        self._topic = layout.turns
        self._producer: Any = KafkaProducer(bootstrap_servers=layout.brokers, acks="all")

    def write(self, out: Iterable[Outgoing], partition: int = 0) -> list[TurnRecord]:
        written = [
            (record, self._producer.send(self._topic, partition=partition, **record._asdict()))
            for record in out
        ]
        self._producer.flush()
        return [
            TurnRecord(
                partition,
                sent.get(10).offset,
                AreaId("" if record.key is None else record.key.decode()),
                int(dict(record.headers)["command"]),
                record.value,
            )
            for record, sent in written
        ]

    def close(self) -> None:
        self._producer.close()


class Stage:
    """One cluster, without anybody who works on it yet."""

    def __init__(self, layout: Layout, home: Path) -> None:
        self.layout = layout
        self.home = home
        self.board = Board(layout)
        self.topic = Topic(layout)
        self.trees = Divisions(home).tree

    @classmethod
    @asynccontextmanager
    async def of(cls, layout: Layout, home: Path) -> AsyncIterator[Stage]:
        stage = cls(layout, home)
        try:
            yield stage
        finally:
            stage.topic.close()
            await stage.board.close()

    @asynccontextmanager
    async def projecting(self) -> AsyncIterator[Projection]:
        """A projection as a process has it."""
        projection = Projection(self.layout, self.trees)
        try:
            yield projection
        finally:
            await projection.close()

    async def project(self, out: Iterable[Outgoing]) -> None:
        """Have turns written, and brought to their boards by one who then leaves."""
        async with self.projecting() as projection:
            await projection.lay(self.topic.write(out))

    async def rebuild(
        self, areas: Collection[AreaId] = AREAS, progress: Progress | None = None
    ) -> None:
        """Have boards made again; nobody has to know how far it is."""
        reached: dict[AreaId, int] = {}
        await rebuild(self.layout, self.trees, areas, progress or reached.__setitem__)

    async def screen(self) -> Screen:
        """Somebody before the boards, as they are now."""
        screen = Screen(self.board)
        for area in logs():
            await screen.open(area)
        return screen

    async def assert_equal(self, expected: Logs | None = None) -> None:
        """Every board is what its log folds to."""
        for area, log in (logs() if expected is None else expected).items():
            page = {} if area == LETTERS else fresh(area, log)
            assert await shown(self.board, area) == (len(log), page)

    async def generations(self) -> dict[AreaId, set[int]]:
        """Which generations of each board there is anything of."""
        found: dict[AreaId, set[int]] = {}
        async with Redis.from_url(self.layout.redis) as redis:
            async for key in redis.scan_iter(match=f"{self.layout.prefix}*:position"):
                stem, number, _ = key.decode().rsplit(":", 2)
                found.setdefault(AreaId(stem.rpartition("{")[2][:-1]), set()).add(int(number))
        return found


def assert_caught_up(screen: Screen) -> None:
    """Everything was heard, once and in order, and what is shown is what the logs fold to."""
    begun = {area: log[len(log) - len(screen.heard[area]) :] for area, log in logs().items()}
    assert screen.heard == begun
    assert all(screen.pages[area] == fresh(area, logs()[area]) for area in AREAS)
