"""The ladder: who is sent what and when, until somebody answers. Pure: time comes in.

The page is the first rung and needs no message. Seconds count from the asking.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from api.reach.channels import Rung
from schemas.values import Instant
from streams.needed import morning

SECOND: Final = 1_000
SEEN_DELAYS: Final = 30 * SECOND  # what comes after, where an open page has shown the offer


class Pace(NamedTuple):
    """Seconds after the asking for each rung; `person`: until the next person's turn; `desk`:
    until it is on the desk's call list. None: this rung is left out."""

    chat: int
    sms: int
    voice: int | None
    person: int
    desk: int


PACES: Final = {
    1: Pace(chat=0, sms=0, voice=20, person=60, desk=90),
    2: Pace(chat=0, sms=0, voice=90, person=150, desk=210),
    3: Pace(chat=0, sms=120, voice=480, person=480, desk=720),
    4: Pace(chat=0, sms=900, voice=None, person=1_800, desk=3_000),
}


class Way(NamedTuple):
    """One address of one person. `person`: the place in the order of calling, 0 first; what
    belongs to the organization itself is the first one's. `quiet`: also in quiet hours."""

    address: str
    rung: Rung
    person: int
    quiet: bool = False


class Asking(NamedTuple):
    """An offer, as far as reaching somebody for it goes. `again`: a repeat for the same line."""

    priority: int
    sent_at: Instant
    again: bool = False
    seen_at: Instant | None = None
    own_pace: Pace | None = None

    @property
    def pace(self) -> Pace:
        """Its own, else its priority's."""
        return self.own_pace or PACES[self.priority]


class Step(NamedTuple):
    """A message to an address, from when on."""

    way: Way
    due: Instant


def steps(asking: Asking, ways: Iterable[Way], failed: Mapping[str, Instant]) -> list[Step]:
    """Every step with its time, the earliest first; `failed`: addresses, and since when.

    Whatever has failed makes room at once: the person's next rung, and after the last one the
    next person. Nothing waits for a rung that cannot come.
    """
    usable = [way for way in ways if used(asking, way)]
    found: list[Step] = []
    begins: Instant | None = asking.sent_at
    for number, person in enumerate(sorted({way.person for way in usable})):
        own = sorted((way for way in usable if way.person == person), key=_order)
        due = asking.sent_at + number * asking.pace.person * SECOND
        begins = due if begins is None else min(due, begins)
        found.extend(_of_person(asking, own, begins, failed))
        begins = _over(own, failed)
    return sorted(found, key=lambda step: (step.due, step.way.person, _order(step.way)))


def used(asking: Asking, way: Way) -> bool:
    """Repeats for one line use chat alone: nobody is called again and again for the same."""
    if asking.again:
        return way.rung is Rung.CHAT
    return _after(asking, way.rung) is not None


def _after(asking: Asking, rung: Rung) -> int | None:
    pace = asking.pace
    return {Rung.CHAT: pace.chat, Rung.SMS: pace.sms, Rung.VOICE: pace.voice}[rung]


def _order(way: Way) -> int:
    return list(Rung).index(way.rung)


def _of_person(
    asking: Asking, own: Sequence[Way], begins: Instant, failed: Mapping[str, Instant]
) -> Iterator[Step]:
    earlier: list[Way] = []
    for way in own:
        after = _after(asking, way.rung)
        assert after is not None
        due = begins + after * SECOND
        free = _over(earlier, failed) if earlier else None
        if free is not None:
            due = min(due, max(free, begins))
        if way.address not in failed:
            yield Step(way, _held(asking, way, _delayed(asking, due)))
        earlier.append(way)


def _over(ways: Iterable[Way], failed: Mapping[str, Instant]) -> Instant | None:
    """Since when all of them have failed; None while one has not."""
    times = [failed.get(way.address) for way in ways]
    known = [time for time in times if time is not None]
    return max(known) if known and len(known) == len(times) else None


def _delayed(asking: Asking, due: Instant) -> Instant:
    """Somebody is looking at the page: give them a moment before anything rings."""
    if asking.seen_at is None or due < asking.seen_at:
        return due
    return max(due, asking.seen_at + SEEN_DELAYS)


def _held(asking: Asking, way: Way, due: Instant) -> Instant:
    """Quiet hours: routine requests wait for the morning, P3 rings nobody; urgent ones go."""
    if asking.priority <= 2 or way.quiet:
        return due
    if asking.priority == 3 and way.rung is Rung.CHAT:
        return due
    return morning(due)
