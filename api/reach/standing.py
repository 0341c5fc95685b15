"""Standing: how far whoever is owed a word has been told, and from when on a desk has to call."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence

import msgspec

from api.reach import ladder
from api.reach.crews import Crew
from api.reach.notices import Notice
from api.reach.owed import Word, owed
from api.reach.owing import asking_of
from api.reach.states import ARRIVED, WAITING
from schemas.values import Instant
from schemas.views import AssignmentRow


class Standing(msgspec.Struct, frozen=True):
    """One thing that a crew has to be told, and does not know as far as anybody knows.

    `told_at`, `rung`: when and by what it was first handed over, which is not read. `nobody`: no
    channel leads to anybody, or all have failed, so nobody was told. `call_at`: from then on a
    desk has to call; None where it has not to. `by_page`: whoever says on the telephone that it
    knows has said enough; else it acknowledges that.
    """

    assignment: str
    about: str
    item: str
    since: Instant
    told_at: Instant | None
    rung: str | None
    nobody: bool
    by_page: bool
    call_at: Instant | None


def standings(
    row: AssignmentRow,
    shown: Container[str],
    notices: Sequence[Notice],
    reachable: Callable[[ladder.Asking], bool],
    now: Instant,
) -> list[Standing]:
    """How it stands with everything that a crew is owed; `shown`: what pages of its own have shown
    it. `reachable` tells whether any channel leads to somebody."""
    crew = crew_of(row)
    words = (word for word in owed(crew, shown) if word.called or now <= word.until)
    return [_standing(crew, word, notices, reachable) for word in words]


def crew_of(row: AssignmentRow) -> Crew:
    """A crew as its row is now."""
    return msgspec.convert(row, Crew, from_attributes=True)


def shown_by_page(row: AssignmentRow) -> Iterator[tuple[str, str]]:
    """What a crew need not be told any more once a page has shown its row: offer and what."""
    for word in owed(crew_of(row), ()):
        if word.by_page:
            yield row.offer, word.key


def _standing(
    crew: Crew,
    word: Word,
    notices: Iterable[Notice],
    reachable: Callable[[ladder.Asking], bool],
) -> Standing:
    sent = [one for one in notices if (one.about, one.item) == (word.about, word.item)]
    arrived = [one for one in sent if one.state in ARRIVED]
    first = min(arrived, key=lambda one: one.handed_at or one.made_at, default=None)
    under_way = any(one.state in WAITING for one in sent)
    asking = asking_of(word)
    nobody = first is None and not under_way and (bool(sent) or not reachable(asking))
    pace = 0 if nobody else asking.pace.desk * ladder.SECOND
    return Standing(
        assignment=crew.id,
        about=word.about.value,
        item=word.item,
        since=word.since,
        told_at=None if first is None else first.handed_at,
        rung=None if first is None else first.rung.value,
        nobody=nobody,
        by_page=word.by_page,
        call_at=word.since + pace if word.called or nobody else None,
    )
