"""Where the holders of one skill are: two that answer alike, one of them compiled."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Protocol

from geo.compiled import CompiledIndex, library
from geo.distance import Located
from geo.nearest import FIRST, Codes, Seen, SkillIndex, Tie


class View(Protocol):
    """An index as seen from one place: `geo.nearest.Survey` says what each part promises."""

    def first(
        self, most: int, tie: Tie, wanted: Codes | None = None, count: int = FIRST
    ) -> tuple[int, list[Seen]]: ...

    def nearest(
        self,
        wanted: Codes,
        most: int,
        tie: Tie,
        apart: Collection[str] = (),
        beyond: int = -1,
    ) -> Iterator[Seen]: ...

    def counts(self, most: int, codes: int) -> list[int]: ...

    def at(self, square: int) -> list[str]: ...

    def earliest(
        self, which: int, wanted: Codes, most: int, apart: Collection[str] = ()
    ) -> int | None: ...


class Index(Protocol):
    """Entries with a place, a code and two times: `geo.nearest.SkillIndex` says the rest."""

    ids: list[str]
    changes: int

    def __len__(self) -> int: ...

    def __contains__(self, id: str) -> bool: ...

    def put(
        self, id: str, place: Located, code: int = 1, times: tuple[int, int] = (0, 0)
    ) -> None: ...

    def remove(self, id: str) -> None: ...

    def code(self, id: str) -> int: ...

    def time(self, id: str, which: int) -> int: ...

    def survey(self, place: Located) -> View: ...


def new_index() -> Index:
    """An empty one: compiled where this was built with a compiler."""
    functions = library()
    return SkillIndex() if functions is None else CompiledIndex(functions)
