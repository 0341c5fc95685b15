"""Planning: which notices each awaited offer leads to, and when to look at it again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256
from heapq import heappop, heappush

from msgspec.structs import replace

from api.people import Address
from api.reach import ladder
from api.reach.asked import Asked
from api.reach.channels import About, Rung
from api.reach.climbing import climbed, doubted
from api.reach.contacts import Contact, Contacts
from api.reach.notices import Notice, Plan, Report
from api.reach.states import ARRIVED, WAITING, State
from schemas.values import Instant, OfferId, OrganizationId, Reach

ANEW = 5_000  # in which whoever is asked in an offer's place is asked
TOGETHER_MS = 10_000  # in which the rest of a false flood is voided, to be said as one
RECALLED_MS = 3_600_000  # for which a crew is worth being called back


class Planner:
    """The offers that await an answer. Touches no file and no clock; `contacts` look people up,
    and `leads_to` tells whether some channel is there for an address.

    What was due before `known_from` may have been sent by somebody who has left no trace.
    """

    def __init__(
        self, contacts: Contacts, leads_to: Callable[[Address], bool], known_from: Instant = 0
    ) -> None:
        self._contacts = contacts
        self._leads_to = leads_to
        self._known_from = known_from
        self._open: dict[OfferId, Asked] = {}
        self._notices: dict[OfferId, dict[str, Notice]] = {}
        self._seen: dict[OfferId, Instant] = {}
        self._lines: dict[tuple[str, OrganizationId], OfferId] = {}
        self._next: list[tuple[Instant, OfferId]] = []

    def __len__(self) -> int:
        return len(self._open)

    def take(self, offer: Asked, known: Iterable[Notice], now: Instant) -> Plan:
        """An offer that is new, or has changed; `known`: what was sent about it before."""
        if offer.awaited:
            if offer.id not in self._open:
                self._notices[offer.id] = {one.address: one for one in known}
                heappush(self._next, (now, offer.id))
            self._open[offer.id] = offer
            self._lines[offer.line, offer.organization] = offer.id
            return Plan([], [])
        self._open.pop(offer.id, None)
        if self._lines.get((offer.line, offer.organization)) == offer.id:
            del self._lines[offer.line, offer.organization]
        self._seen.pop(offer.id, None)
        self._notices.pop(offer.id, None)
        return Plan(_ended(offer, list(known), now), [])

    def recall(self, offer: Asked, known: Iterable[Notice], now: Instant) -> Plan:
        """A crew that had said yes is told to turn back: whoever was told of the request, else
        the first person; by a call only who has nothing else."""
        known = list(known)
        if any(one.about is About.OVER for one in known):
            return Plan([], [])
        told = {one.address for one in known if one.state in ARRIVED}
        usable = self._contacts.of(offer.organization, offer.mode)
        reached = [one for one in usable if self._leads_to(one.address)]
        there = [one for one in reached if one.way.address in told] or [
            one for one in reached if one.way.person == 0
        ]
        quiet = [one for one in there if one.way.rung is not Rung.VOICE]
        notices = [
            replace(
                _asking(offer, one, now),
                id=notice_id(offer.id, one.way.address, About.OVER),
                about=About.OVER,
                until=now + RECALLED_MS,
            )
            for one in quiet or there
        ]
        return Plan(notices, [])

    def note(self, notice: Notice, now: Instant) -> None:
        """What has become of a notice; what failed makes room for the next rung."""
        known = self._notices.get(notice.offer)
        if known is not None and notice.about is About.ASK:
            known[notice.address] = notice
            heappush(self._next, (now, notice.offer))

    def see(self, offer: OfferId, at: Instant) -> bool:
        """An open page has shown it; whether that is news."""
        if offer not in self._open or offer in self._seen:
            return False
        self._seen[offer] = at
        heappush(self._next, (at, offer))
        return True

    def reached_by_page(self, offer: Asked, at: Instant) -> Report:
        return Report(0, "reached", offer.id, {"by": Reach.PAGE.value}, at)

    def offer(self, id: OfferId) -> Asked | None:
        return self._open.get(id)

    def asked_anew(self, offer: Asked) -> bool:
        """Whether another offer for the same line is with the same organization."""
        return self._lines.get((offer.line, offer.organization), offer.id) != offer.id

    def look_at_all(self, now: Instant) -> None:
        """Somebody's addresses, or a channel, have changed."""
        for offer in self._open:
            heappush(self._next, (now, offer))

    def due(self, now: Instant) -> Plan:
        """What is to be sent by now, and of whom nothing is left to try."""
        plan = Plan([], [])
        while self._next and self._next[0][0] <= now:
            _, key = heappop(self._next)
            offer = self._open.get(key)
            if offer is not None:
                self._look(offer, now, plan)
        return plan

    def _look(self, offer: Asked, now: Instant, plan: Plan) -> None:
        usable = self._contacts.of(offer.organization, offer.mode)
        contacts = [contact for contact in usable if self._leads_to(contact.address)]
        known = self._notices[offer.id]
        asking = ladder.Asking(offer.priority, offer.sent_at, offer.again, self._seen.get(offer.id))

        def made(contact: Contact, due: Instant) -> Notice:
            return doubted(_asking(offer, contact, now), due, self._known_from)

        planned = climbed(asking, contacts, known, made, now)
        plan.notices.extend(planned.notices)
        if planned.again is not None:
            heappush(self._next, (planned.again, offer.id))
        if _unreachable([one for one in contacts if ladder.used(asking, one.way)], known):
            plan.reports.append(Report(0, "unreachable", offer.id, {}, now))


def _unreachable(contacts: list[Contact], known: dict[str, Notice]) -> bool:
    """Every way that this ladder has was tried, and none has worked."""
    if not contacts or any(contact.way.address not in known for contact in contacts):
        return False
    return all(one.state is State.FAILED for one in known.values())


def _asking(offer: Asked, contact: Contact, now: Instant) -> Notice:
    address = contact.way.address
    return Notice(
        id=notice_id(offer.id, address, About.ASK),
        offer=offer.id,
        organization=offer.organization,
        person=contact.person,
        address=address,
        rung=contact.way.rung,
        about=About.ASK,
        priority=offer.priority,
        due=now,
        until=offer.answer_by,
        made_at=now,
        revision=offer.words_in,
    )


def _ended(offer: Asked, known: list[Notice], now: Instant) -> list[Notice]:
    """What was not sent is not sent; whoever was told of an urgent need is told that it is over."""
    found: list[Notice] = []
    told = {one.address for one in known if one.about is About.OVER}
    for notice in known:
        if notice.about is About.OVER or notice.address in told:
            continue
        if notice.state is State.QUEUED:
            found.append(replace(notice, state=State.CANCELED, ended_at=now))
        elif _to_be_told(offer, notice):
            found.append(
                replace(
                    notice,
                    id=notice_id(offer.id, notice.address, About.OVER),
                    about=About.OVER,
                    state=State.QUEUED,
                    tries=0,
                    due=now + _later(offer),
                    until=now + ladder.PACES[offer.priority].desk * ladder.SECOND * 10,
                    made_at=now,
                    why="",
                    reference="",
                    ended_at=None,
                    sent_at=None,
                    handed_at=None,
                    delivered_at=None,
                    read_at=None,
                )
            )
    return found


def _later(offer: Asked) -> int:
    """For how long it is not said, since more may be to say then, or less."""
    if offer.anew:
        return ANEW
    return TOGETHER_MS if offer.void else 0


def _to_be_told(offer: Asked, notice: Notice) -> bool:
    if offer.state != "stood_down" or offer.priority > 2 or notice.rung is Rung.VOICE:
        return False
    return notice.state in ARRIVED and notice.state not in WAITING


def notice_id(offer: str, address: str, about: About) -> str:
    """The same for the same message, however often it is planned."""
    return sha256(f"{offer}|{address}|{about.value}".encode()).hexdigest()[:32]
