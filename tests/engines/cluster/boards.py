"""What boards are tested with: real turns as a topic holds them, and pages as screens have them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from schemas.turns import FORMAT, GENESIS, DeadLetter, DeadReason
from schemas.values import AreaId
from schemas.views import Change, Put
from schemas.wire import digest, encode
from streams.area import Area
from streams.board import everything
from streams.engines.cluster.board import Arrival, Board, Entry
from streams.engines.cluster.follower import Follower
from streams.engines.cluster.records import TurnRecord
from streams.turning import fold
from tests.engines.given import Board as Page
from tests.engines.given import apply as lay
from tests.engines.given import divisions
from tests.streams.play import Play

_changes = msgspec.json.Decoder(tuple[Change, ...])
_put = msgspec.json.Decoder(Put)


def played(area: AreaId, seed: int, steps: int) -> list[bytes]:
    """The log of some random play."""
    return Play(seed, area=area).run(steps).log


def entries(area: AreaId, log: Sequence[bytes]) -> list[Entry]:
    """What a board is given of a log that stands alone on its partition."""
    follower = Follower(0, frozenset({area}), lambda _: divisions())
    records = [TurnRecord(0, place, area, place, stored) for place, stored in enumerate(log)]
    return follower.lacking(records).get(area, [])


def letters(partition: int, count: int) -> list[bytes]:
    """A chain of dead letters."""
    chain: list[bytes] = []
    for number in range(count):
        letter = DeadLetter(
            format=FORMAT,
            partition=partition,
            sequence=number + 1,
            previous=digest(chain[-1]) if chain else GENESIS,
            at=number,
            offset=number,
            size=0,
            reason=DeadReason.EMPTY,
        )
        chain.append(encode(letter))
    return chain


# Pages


def fresh(area: AreaId, log: Iterable[bytes]) -> Page:
    """The page of what a log folds to: what every board has to be equal to."""
    state = Area(area, divisions())
    for stored in log:
        fold(state, stored)
    page: Page = {}
    lay(page, everything(state))
    return page


async def shown(board: Board, area: AreaId) -> tuple[int, Page]:
    """The page that a board gives, and the turn that it is of."""
    position, rows = await board.rows(area)
    page: Page = {}
    lay(page, tuple(map(_put.decode, rows)))
    return position.sequence, page


def told(arrival: Arrival) -> tuple[Change, ...]:
    """What a turn that has arrived changes."""
    return _changes.decode(arrival.changes)


class Screen:
    """Somebody who reads a page once, and from then on only what arrives."""

    def __init__(self, board: Board) -> None:
        self.pages: dict[AreaId, Page] = {}
        self.after: dict[AreaId, int] = {}
        self.heard: dict[AreaId, list[bytes]] = {}
        self._board = board

    async def open(self, area: AreaId) -> None:
        self.after[area], self.pages[area] = await shown(self._board, area)
        self.heard[area] = []

    async def wait(self, until: dict[AreaId, int]) -> None:
        """Take what arrives, until each area has reached a turn."""
        while any(self.after[area] < sequence for area, sequence in until.items()):
            for area, arrivals in (await self._board.arrivals(self.after)).items():
                for arrival in arrivals:
                    self._take(area, arrival)

    def _take(self, area: AreaId, arrival: Arrival) -> None:
        assert arrival.sequence == self.after[area] + 1
        self.after[area] = arrival.sequence
        self.heard[area].append(arrival.stored)
        lay(self.pages[area], told(arrival))
