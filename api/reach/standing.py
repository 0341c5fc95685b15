"""Standing: how far whoever is owed a word has been told, and from when on a desk has to call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from api.reach import ladder
from api.reach.crews import Crew
from api.reach.notices import Notice
from api.reach.owed import Word, owed
from api.reach.states import ARRIVED, WAITING
from schemas.values import Instant
from schemas.views import AssignmentRow


class Standing(msgspec.Struct, frozen=True):
    """One thing that a crew has to be told, and does not know as far as anybody knows.

    `told_at`, `rung`: when and by what it was first handed over, which is not read. `nobody`: no
    channel leads to anybody, or all have failed, so nobody was told. `call_at`: from then on a
    desk has to call; None where it has not to.
    """

    assignment: str
    about: str
    item: str
    since: Instant
    told_at: Instant | None
    rung: str | None
    nobody: bool
    call_at: Instant | None


def standings(
    row: AssignmentRow,
    shown: bool,
    notices: Sequence[Notice],
    reachable: Callable[[ladder.Asking], bool],
) -> list[Standing]:
    """How it stands with everything that a crew is owed; `shown`: a page of its own has shown it
    that it is at work. `reachable` tells whether any channel leads to somebody."""
    crew = msgspec.convert(row, Crew, from_attributes=True)
    return [_standing(crew, word, notices, reachable) for word in owed(crew, shown)]


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
    asking = ladder.Asking(word.priority, word.since)
    nobody = first is None and not under_way and (bool(sent) or not reachable(asking))
    pace = 0 if nobody else ladder.PACES[word.priority].desk * ladder.SECOND
    return Standing(
        assignment=crew.id,
        about=word.about.value,
        item=word.item,
        since=word.since,
        told_at=None if first is None else first.handed_at,
        rung=None if first is None else first.rung.value,
        nobody=nobody,
        call_at=word.since + pace if word.called or nobody else None,
    )
