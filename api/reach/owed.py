"""Owed: what a crew has to be told, and has not said or shown yet that it knows. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Final, NamedTuple

from api.reach.channels import About
from api.reach.crews import Crew
from api.reach.ladder import Pace
from schemas.codes import PublicWord
from schemas.instruction_views import InstructionView
from schemas.values import Instant
from streams.wording import MATTER

HOUR: Final = 3_600_000
MOST_URGENT: Final = 1
URGENT: Final = 2  # what concerns a crew now is no less: no quiet hours hold it back
ORDERS: Final = Pace(chat=0, sms=0, voice=30, person=120, desk=120)
"""Whoever has not acknowledged an instruction within two minutes is called by the next one."""
LATER: Final = Pace(chat=60, sms=60, voice=None, person=120, desk=120)
"""What nobody is to act upon: a page that is open has shown it by then."""

TO_CREWS: Final = (
    About.NEEDED,
    About.ORDER,
    About.LIFTED,
    About.WORDS,
    About.NUMBER,
    About.BACK,
    About.ANSWERED,
)


class Word(NamedTuple):
    """Something that a crew has to be told. `item`: which of several of its kind.

    `priority` and `pace` are its ladder's; after `until` it is not worth sending any more.
    `called`: it climbs to calls, the next person and the desk's call list; else it is written to
    the first person, once. `by_page`: a page that shows it is enough, and somebody who says so;
    else the crew says so itself, on the page or to its desk.
    """

    about: About
    item: str
    since: Instant
    priority: int = URGENT
    pace: Pace | None = None
    called: bool = True
    by_page: bool = True

    @property
    def until(self) -> Instant:
        return self.since + HOUR

    @property
    def key(self) -> str:
        """What a page has shown, where it has shown this."""
        return f"{self.about.value}|{self.item}"


def owed(crew: Crew, shown: Container[str]) -> list[Word]:
    """What is owed to a crew now; `shown`: the keys of what pages of its own have shown it."""
    if not crew.live:
        return []
    words = [*_needed(crew), *_orders(crew), *_changed(crew), *_renumbered(crew), *_judged(crew)]
    return [word for word in words if not (word.by_page and word.key in shown)]


def _needed(crew: Crew) -> Iterator[Word]:
    """Its yes was kept, or it came by itself, and now it counts: until it sets off, or speaks.

    Whoever a desk has taken on that came by itself has just spoken with it: nobody rings.
    """
    spoke = crew.new_times > 0 or crew.seen_at is not None
    if crew.state == "committed" and not spoke and (crew.kept or crew.unasked):
        later = crew.starts_at > crew.committed_at
        priority = crew.priority if later else min(crew.priority, URGENT)
        yield Word(About.NEEDED, "", crew.committed_at, priority, called=crew.kept)


def _orders(crew: Crew) -> Iterator[Word]:
    """What its desk tells it, until it has acknowledged that; then that it holds no longer."""
    for order in crew.instructions:
        if order.lifted_at is not None:
            yield Word(About.LIFTED, order.id, order.lifted_at, called=False)
        elif order.acknowledged_at is None:
            yield _order(order)


def _order(order: InstructionView) -> Word:
    return Word(About.ORDER, order.id, order.at, MOST_URGENT, ORDERS, by_page=False)


def _changed(crew: Crew) -> Iterator[Word]:
    """What it reads otherwise, until it has said so; a way in rings nobody."""
    if crew.changed and crew.state != "reported_done":
        since = max(crew.changed_at, crew.committed_at)
        priority = min(crew.priority, URGENT)
        called = any(PublicWord(word) in MATTER for word in crew.changed)
        item = str(crew.words_in)
        yield Word(About.WORDS, item, since, priority, called=called, by_page=False)


def _renumbered(crew: Crew) -> Iterator[Word]:
    """Its work goes by another number, by which its desk speaks of it; nothing else is new."""
    if crew.refiled is not None:
        at = crew.refiled.at
        yield Word(About.NUMBER, str(at), at, pace=LATER, called=False)


def _judged(crew: Crew) -> Iterator[Word]:
    """What its desk has said to what it reported."""
    if crew.sent_back is not None and crew.sent_back_at is not None:
        yield Word(About.BACK, str(crew.sent_back_at), crew.sent_back_at)
    if crew.answered is not None and crew.answered.answered_at is not None:
        yield Word(About.ANSWERED, crew.answered.id, crew.answered.answered_at, called=False)
