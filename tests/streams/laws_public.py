"""The law of what is public: strangers read what a desk has said, and only what is missing.

It keeps its own book of what desks have said.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from schemas import facts as f

if TYPE_CHECKING:
    from tests.streams.laws import Watch

Wrong = Iterator[str]


class Said(NamedTuple):
    """By the desk of which township, of what kind of need, in which words."""

    division: str
    kind: str
    text: str | None


class Public:
    """What was said to be public, and not ended since."""

    def __init__(self) -> None:
        self.kinds: dict[str, tuple[str, str]] = {}  # where each need lies, and what it is
        self.said: dict[str, Said] = {}

    def learn(self, fact: Any) -> None:
        match fact:
            case f.DemandPublished() | f.DemandDrafted():
                self.kinds[fact.demand] = (fact.place.division, fact.kind)
            case f.DemandAmended():
                self._goes_on(fact.demand, (fact.place.division, fact.kind))
            case f.DemandTakenBack():
                self._goes_on(fact.demand, (fact.place.division, self.kinds[fact.demand][1]))
            case f.AppealMade():
                self.said[fact.demand] = Said(*self.kinds[fact.demand], fact.text)
            case f.AppealEnded() | f.DemandClosed():
                self.said.pop(fact.demand, None)
            case _:
                pass

    def _goes_on(self, demand: str, now: tuple[str, str]) -> None:
        """Another desk has said nothing yet, and of another need nobody has."""
        if self.kinds[demand] != now:
            self.said.pop(demand, None)
        self.kinds[demand] = now


def read(watch: Watch, at: int) -> Wrong:
    """No more and no less than a desk has said is public, while somebody is asked and missing."""
    books = watch.books
    for need in books.needs.values():
        appeal, said = watch.rows[need.id].appeal, watch.public.said.get(need.id)
        if (None if appeal is None else appeal.text) != (None if said is None else said.text):
            yield f"{at}: {need.id} has other words for the public than its desk's"
        if (appeal is None) != (said is None):
            yield f"{at}: {need.id} is public, or not, otherwise than its desk has said"
        if appeal is None:
            continue
        asked = need.open and not need.held and need.leader is None and not books.shut(need)
        lines = (books.lines[key] for key in need.lines)
        missing = asked and any(line.open and books.missing(line) for line in lines)
        if appeal.shown != missing:
            yield f"{at}: strangers read of {need.id}: {appeal.shown}, and it is missing: {missing}"
