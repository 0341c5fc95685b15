"""Receiving: receipts, replies, and what became of messages whose answer was lost."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Final

import apsw
from msgspec.structs import replace

from api.reach.answers import Addressee, Answers
from api.reach.channels import (
    About,
    Outcome,
    Receipt,
    Reply,
    Retry,
    Unknown,
)
from api.reach.channels import told as told_by_push
from api.reach.composing import Composer
from api.reach.contacts import Contacts
from api.reach.notices import PUSHED, Heard, Notice, Notices, Report
from api.reach.outbound import Guarded
from api.reach.owed import TO_CREWS
from api.reach.plans import Plans
from api.reach.replies import Understood, Word, binding, understood
from api.reach.routes import Routes
from api.reach.sending import Batch, Sender, canceled, failed
from api.reach.states import ARRIVED, State, told
from api.safe import Vault
from schemas.values import Instant, OfferId, OrganizationId, PersonId

DOUBT_MS: Final = 120_000  # for which a provider is asked what became of a message
TAKEN_AT_ONCE: Final = 200  # receipts and replies, in one round
PUSHED_AT_ONCE: Final = 5  # bodies
TEXT_MOST: Final = 500  # characters of a reply that are kept


def sealed_as(reply: str) -> str:
    """What the text of a reply is sealed about."""
    return f"reply:{reply}"


class Receiver:
    """Asks the channels that are in use, and keeps what they tell."""

    def __init__(
        self,
        notices: Notices,
        plans: Plans,
        routes: Routes,
        contacts: Contacts,
        answers: Answers,
        vault: Vault,
        now: Callable[[], Instant],
    ) -> None:
        self._vault = vault
        self._notices, self._plans, self._routes = notices, plans, routes
        self._contacts, self._answers, self._now = contacts, answers, now
        self._told: deque[tuple[Receipt | Reply, Instant]] = deque()  # some tell it only once
        self._reading: list[int] = []  # pushed, and not taken in to the end

    async def poll(self, outbound: Guarded) -> None:
        """What every channel has to tell; one that tells nonsense holds no other up."""
        for channel, places in self._routes.channels():
            self._keep()
            try:
                heard = await channel.poll(outbound.within(places))
                self._told.extend((one, self._now()) for one in heard)
            except Exception as error:
                _logger.error("a channel cannot be asked: %s", type(error).__name__)
        self._keep()

    def _keep(self) -> None:
        """What cannot be written now is written before anything else is asked for.

        A part at a time: a flood of it holds no message up.
        """
        for _ in range(min(len(self._told), TAKEN_AT_ONCE)):
            try:
                self._take(*self._told[0])
            except apsw.Error:
                raise
            except Exception as error:  # told again it would fail again
                _logger.error("something that was told is dropped: %s", type(error).__name__)
            self._told.popleft()

    def take_pushed(self) -> None:
        """What providers have told by themselves: unsigned, so unknown ids change nothing."""
        self._keep()  # first: what could not be written is not read a second time
        if not self._told:
            self._read_pushed()
            self._keep()
        if self._reading and not self._told:
            self._notices.taken_in(self._reading)
            self._reading = []

    def _read_pushed(self) -> None:
        for pushed in self._notices.pushed(PUSHED_AT_ONCE):
            self._reading.append(pushed.number)
            try:
                body = self._vault.open_for_folder(PUSHED, pushed.body).encode("latin-1")
                self._told.extend((one, pushed.at) for one in told_by_push(body))
            except Exception as error:  # anybody may have sent it
                _logger.error("something that was pushed is dropped: %s", type(error).__name__)

    def _take(self, told_so: Receipt | Reply, at: Instant) -> None:
        if isinstance(told_so, Receipt):
            self.receipt(told_so)
        else:
            self.reply(told_so, at)

    def receipt(self, receipt: Receipt) -> None:
        """How far a message has come; repeats, late and unknown ones change nothing."""
        known = self._notices.called(receipt.reference) or self._notices.called(receipt.id)
        if not known and receipt.id:
            one = self._notices.with_id(receipt.id)
            known = [] if one is None else [one]
        now = self._now()
        changed = [after for one in known if (after := _after(one, receipt, now)) != one]
        self._notices.put(changed, [report for one in changed for report in _reached(one, now)])
        for one in changed:
            self._plans.note(one, now)

    def reply(self, reply: Reply, at: Instant) -> None:
        """An answer that came at a time: what is certain becomes a command, the rest is for the
        desk."""
        id = sha256(reply.id.encode()).hexdigest()[:32]
        stranger = reply.of and self._notices.with_id(reply.of) is None
        if stranger or self._notices.reply(id) is not None:  # of no call of ours, or told twice
            return
        said = understood(reply.text)
        stop = said is not None and said.word is Word.STOP
        if stop:
            self._contacts.withdraw_number(reply.sender)
        if self._heard(reply, said, at):
            return
        addressee = None if said is None else self._addressee(reply, said, at)
        organization, person = self._sender(reply, addressee)
        text = reply.text if organization else f"{reply.sender}: {reply.text}"
        if said is not None and (addressee is not None or stop):
            text = said.rest
        heard = Heard(
            id=id,
            at=at,
            offer="" if addressee is None else addressee.offer,
            organization=organization,
            person=person,
            text=b"",
            understood=addressee is not None or stop,
        )
        if text:
            about = sealed_as(heard.id)
            heard = replace(heard, text=self._vault.seal_for_folder(about, text[:TEXT_MOST]))
        reports = []
        if addressee is not None and said is not None:
            reports = [_answer(reply, said, addressee, at)]
        self._notices.heard(heard, reports)

    def _heard(self, reply: Reply, said: Understood | None, at: Instant) -> bool:
        """Whether it says of what a crew was told that it knows: then nobody tells it again.

        What it has to acknowledge is for its desk to record: a key proves nobody.
        """
        notice = self._notices.with_id(reply.of) if reply.of else None
        if notice is None or notice.about not in (About.NEEDED, About.BACK):
            return False
        if said is None or said.word is not Word.YES or said.rest:
            return False
        self._notices.see([(notice.offer, f"{notice.about.value}|{notice.item}")], at)
        return True

    def _sender(self, reply: Reply, addressee: Addressee | None) -> tuple[str, str | None]:
        """The organization and the person that a reply comes from, as far as that is certain."""
        if addressee is not None:
            return addressee.organization, addressee.person
        notice = self._notices.with_id(reply.of) if reply.of else None
        if notice is not None:
            return notice.organization, notice.person
        known = self._contacts.by_number(reply.sender)
        organizations = {one.organization for one in known}
        persons = {one.person for one in known}
        if len(organizations) != 1:
            return "", None
        return organizations.pop() or "", persons.pop() if len(persons) == 1 else None

    def _addressee(self, reply: Reply, said: Understood, at: Instant) -> Addressee | None:
        """Whom a reply comes from, and the offer that it answers, where both are certain."""
        now = self._now()
        if reply.of:
            notice = self._notices.with_id(reply.of)
            asks = notice is not None and notice.about is About.ASK
            return _of(notice, now) if asks and notice is not None else None
        coded = self._answers.of_code(said.code, now) if said.code else None
        told = {one.offer: one for one in self._open_to(reply.sender, at)}  # once each
        return binding(said, list(told.values()), coded)

    def _open_to(self, number: str, now: Instant) -> Iterable[Addressee]:
        """The offers that somebody with this number had been told of by then, and whose answer is
        awaited; none of those before a text to a crew at work, which a digit may be meant for."""
        for known in self._contacts.by_number(number):
            since = now - DAY_MS
            texts = self._notices.texts_to(known.organization or "", known.person, since)
            to_crew = [n for n, one in enumerate(texts, 1) if one.about in TO_CREWS]
            for notice in texts[max(to_crew, default=0) :]:
                open_now = self._plans.awaits(notice.offer)
                told = notice.state in ARRIVED and (notice.handed_at or now) <= now
                if open_now and told and notice.about is About.ASK:
                    yield _of(notice, now)

    async def clear_up(
        self, doubtful: Iterable[Notice], sender: Sender, outbound: Guarded, composer: Composer
    ) -> None:
        """Ask what became of messages whose answer was lost. The channel knows what may go again;
        what nobody can tell has failed, so that the next rung is climbed."""
        messages: dict[str, list[Notice]] = {}
        for notice in doubtful:  # several that went out as one have one fate
            messages.setdefault(notice.reference or notice.id, []).append(notice)
        for lead, group in messages.items():
            route = self._routes.of(group[0])
            if route is None:
                sender.keep(failed(one, "channel", self._now()) for one in group)
                continue
            asked = composer.trace(lead, group[0], route)
            try:
                outcome = await route.channel.found(outbound.within(route.allowed), asked)
            except Exception as error:
                _logger.error("%s cannot be asked: %s", route.name, type(error).__name__)
                outcome = Unknown("defect")
            self._clear(Batch(tuple(group), route), outcome, sender, composer)

    def _clear(self, batch: Batch, outcome: Outcome, sender: Sender, composer: Composer) -> None:
        now = self._now()
        latest = [self._notices.with_id(one.id) for one in batch.notices]
        group = tuple(one for one in latest if one is not None and one.state is State.UNKNOWN)
        if not isinstance(outcome, Retry | Unknown):
            sender.settle(Batch(group, batch.route), outcome)
            return
        for one in group:
            if not composer.wanted(one):  # whatever became of it
                sender.keep([canceled(one, now)])
            elif isinstance(outcome, Retry):  # it is certain, or does no harm, that it goes again
                sender.keep([replace(one, state=State.QUEUED, due=now)])
            elif now - max(one.sent_at or now, one.made_at) > DOUBT_MS:
                sender.keep([failed(one, "lost", now)])


_logger = logging.getLogger("shouwang.reach")
DAY_MS: Final = 86_400_000


def _after(notice: Notice, receipt: Receipt, now: Instant) -> Notice:
    state = told(notice.state, State(receipt.state))
    if state is notice.state:
        return notice
    if state is State.FAILED:
        return failed(notice, receipt.why or "carrier", now)
    return replace(
        notice,
        state=state,
        ended_at=None,
        handed_at=notice.handed_at or now,
        delivered_at=notice.delivered_at or now,
        read_at=now if state is State.READ else notice.read_at,
    )


def _reached(notice: Notice, now: Instant) -> list[Report]:
    if notice.about is not About.ASK or notice.state not in ARRIVED:
        return []
    return [Report(0, "reached", notice.offer, {"by": notice.rung.value}, now)]


def _of(notice: Notice, now: Instant) -> Addressee:
    return Addressee(
        OfferId(notice.offer),
        None if notice.person is None else PersonId(notice.person),
        OrganizationId(notice.organization),
        now + DAY_MS,
        notice.revision,
    )


def _answer(reply: Reply, said: Understood, addressee: Addressee, at: Instant) -> Report:
    """What the server makes a command of: yes to all units that were asked for, or no."""
    content = {
        "offer": addressee.offer,
        "person": addressee.person,
        "yes": said.word is Word.YES,
        "revision": addressee.revision,
        "key": sha256(reply.id.encode()).hexdigest()[:32],
    }
    return Report(0, "answered", reply.id, content, at)
