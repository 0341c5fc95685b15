"""Owing: whoever is owed a word and does not look at a page is told, until it is known."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from heapq import heappop, heappush

from api.people import Address
from api.reach import ladder
from api.reach.channels import About, Rung
from api.reach.climbing import climbed, doubted
from api.reach.contacts import Contact, Contacts
from api.reach.crews import Crew
from api.reach.notices import Notice
from api.reach.owed import Word, owed
from api.reach.planning import notice_id
from schemas.values import Instant, OfferId

Key = tuple[OfferId, About, str]
"""An offer, what a word is about, and which of several of its kind."""


class Owing:
    """The crews that are owed a word. Touches no file and no clock: `contacts` look people up,
    `leads_to` tells whether some channel is there for an address, `known` what went out before,
    and `shown` what of an offer pages have shown."""

    def __init__(
        self,
        contacts: Contacts,
        leads_to: Callable[[Address], bool],
        known: Callable[[OfferId], Iterable[Notice]],
        shown: Callable[[OfferId], Container[str]],
        known_from: Instant = 0,
    ) -> None:
        self._contacts, self._leads_to = contacts, leads_to
        self._known, self._shown, self._known_from = known, shown, known_from
        self._crews: dict[OfferId, Crew] = {}  # of those that are owed something
        self._words: dict[Key, Word] = {}
        self._notices: dict[Key, dict[str, Notice]] = {}
        self._next: list[tuple[Instant, Key]] = []

    def take(self, crew: Crew, now: Instant) -> None:
        """A crew that is new, or has changed."""
        words = {key(crew.offer, word): word for word in owed(crew, self._shown(crew.offer))}
        for gone in [one for one in self._words if one[0] == crew.offer and one not in words]:
            del self._words[gone], self._notices[gone]
        self._crews.pop(crew.offer, None)
        if not words:
            return
        self._crews[crew.offer] = crew
        known = None
        for each, word in words.items():
            self._words[each] = word
            if each not in self._notices:
                known = list(self._known(crew.offer)) if known is None else known
                self._notices[each] = {one.address: one for one in known if _key(one) == each}
                heappush(self._next, (now, each))

    def see(self, offer: OfferId, now: Instant) -> None:
        """A page has shown that it is at work, or somebody has said so."""
        crew = self._crews.get(offer)
        if crew is not None:
            self.take(crew, now)

    def note(self, notice: Notice, now: Instant) -> None:
        """What has become of a notice; what failed makes room for the next rung."""
        known = self._notices.get(_key(notice))
        if known is not None:
            known[notice.address] = notice
            heappush(self._next, (now, _key(notice)))

    def crew(self, notice: Notice) -> Crew | None:
        """Whom a notice is to; None where it is owed no longer."""
        return self._crews.get(notice.offer) if _key(notice) in self._words else None

    def look_at_all(self, now: Instant) -> None:
        """Somebody's addresses, or a channel, have changed."""
        for each in self._words:
            heappush(self._next, (now, each))

    def due(self, now: Instant) -> list[Notice]:
        """What is to be sent by now."""
        found: list[Notice] = []
        while self._next and self._next[0][0] <= now:
            _, each = heappop(self._next)
            word = self._words.get(each)
            if word is not None and now <= word.until:
                found += self._look(each, word, now)
        return found

    def _look(self, each: Key, word: Word, now: Instant) -> list[Notice]:
        crew = self._crews[each[0]]
        usable = self._contacts.of(crew.organization, crew.mode)
        contacts = [one for one in usable if self._leads_to(one.address) and _meant(word, one)]
        asking = asking_of(word)

        def made(contact: Contact, due: Instant) -> Notice:
            return doubted(_notice(crew, word, contact, now), due, self._known_from)

        planned = climbed(asking, contacts, self._notices[each], made, now)
        if planned.again is not None:
            heappush(self._next, (planned.again, each))
        return planned.notices


def asking_of(word: Word) -> ladder.Asking:
    """How a word is told."""
    return ladder.Asking(word.priority, word.since, own_pace=word.pace)


def _meant(word: Word, contact: Contact) -> bool:
    """Who is not to be called is told in writing, and the first person alone."""
    return word.called or (contact.way.person == 0 and contact.way.rung is not Rung.VOICE)


def key(offer: OfferId, word: Word) -> Key:
    return offer, word.about, word.item


def _key(notice: Notice) -> Key:
    return notice.offer, notice.about, notice.item


def _notice(crew: Crew, word: Word, contact: Contact, now: Instant) -> Notice:
    address = contact.way.address
    return Notice(
        id=notice_id(f"{crew.offer}|{word.item}", address, word.about),
        offer=crew.offer,
        organization=crew.organization,
        person=contact.person,
        address=address,
        rung=contact.way.rung,
        about=word.about,
        priority=word.priority,
        due=now,
        until=word.until,
        made_at=now,
        item=word.item,
    )
