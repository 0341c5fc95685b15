"""A random play whose history is written turn by turn, for the messenger's parts to be held over.

Whatever they make is handed over at once; `wrong` is what a law has found, in words.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from api.history.store import Mark, Store
from api.history.tables import kept
from api.reach.notices import Notice
from api.reach.past import Past
from api.reach.states import State
from schemas.turns import Turn
from schemas.views import Put
from tests.streams.laws import STEPS
from tests.streams.play import Play
from tests.streams.world import WENZHOU


class Handed:
    """Notices that are handed over as they are made."""

    def __init__(self) -> None:
        self.of: dict[str, list[Notice]] = {}

    def of_offer(self, offer: str) -> list[Notice]:
        return self.of.get(offer, [])

    def with_id(self, _id: str) -> Notice | None:
        return None

    def put(self, notices: list[Notice]) -> None:
        for one in notices:
            handed = replace(one, state=State.HANDED, handed_at=one.made_at)
            self.of.setdefault(one.offer, []).append(handed)


class Noticed(Exception):
    """The first thing that is wrong, where that is enough."""


class Played(ABC):
    """One play to its end, or to the first thing that is wrong."""

    def __init__(self, folder: Path, seed: int, *, to_the_end: bool = True) -> None:
        self.wrong: list[str] = []
        self.heard: Counter[Any] = Counter()
        self.rows: dict[str, Any] = {}
        self.handed = Handed()
        self._to_the_end, self._seen = to_the_end, 0
        path = folder / f"history{seed}.db"
        with closing(Store(path)) as store, closing(Past(path)) as past:
            self._store = store
            store.mark(WENZHOU)
            self.begin(past)
            play = Play(seed)
            play.watch = lambda: self._look(play)
            play.run(STEPS)
            play.finish()

    @abstractmethod
    def begin(self, past: Past) -> None:
        """Before anything is played."""

    @abstractmethod
    def follow(self, turn: Turn) -> None:
        """After a turn whose rows history has."""

    def _look(self, play: Play) -> None:
        for taken in play.world.turns[self._seen :]:
            self._seen += 1
            turn = taken.turn
            puts = [put for put in taken.changes if isinstance(put, Put)]
            self.rows.update({put.row.id: put.row for put in puts})
            written = [(turn.sequence, put) for put in puts if kept(put)]
            self._store.write(WENZHOU, written, Mark("log", turn.sequence, turn.at))
            self.follow(turn)
            if self.wrong and not self._to_the_end:
                raise Noticed
