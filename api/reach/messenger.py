"""The messenger: follows the offers, climbs each one's ladder, and keeps what came of it.

A process of its own beside the server: a dead gateway costs no desk anything. It owns nothing but
`notices.db`; what the rules have to know it puts there as reports, and the server takes them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import apsw
from msgspec.structs import replace

from api.people import Address, Addresses
from api.reach.answers import Answers
from api.reach.asked import Asked, Offers
from api.reach.beside import Beside
from api.reach.channels import About
from api.reach.composing import Composer, Speaker
from api.reach.contacts import Contacts
from api.reach.crews import Crew, Crews
from api.reach.duty import Duty
from api.reach.forgetting import Forgetting
from api.reach.matters import Matters
from api.reach.notices import ALIVE, BORN, LOST_MS, NOTICES, Notice, Notices, Plan
from api.reach.outbound import Guarded
from api.reach.owed import TO_CREWS
from api.reach.owing import Owing
from api.reach.past import Past
from api.reach.planning import Planner
from api.reach.plans import Plans
from api.reach.receiving import Receiver
from api.reach.routes import Routes
from api.reach.sending import Sender
from api.reach.setups import SETUPS, Setups
from api.reach.states import ARRIVED, State
from api.reach.to_crews import ToCrews
from api.reach.verifying import Verifier
from api.safe import Vault
from geo.divisions import DivisionTree
from schemas.values import AreaId, Instant, OfferId

LOOK_S: Final = 0.2
SOON_S: Final = 0.005  # where much waits to go out: others have their turn all the same
POLL_S: Final = 5.0
ALIVE_MS: Final = 10_000  # between two signs of life
POSITION: Final = "position"  # the mark of how far the offers have been read,
CREWS: Final = "crews"  # and the crews
CLOSE_S: Final = 1.5  # in which what is under way may come to its end
FORGET_S: Final = 3_600.0

_logger = logging.getLogger("shouwang.reach")


class Messenger:
    """Everything that reaching people takes, over one data folder and one area."""

    def __init__(
        self,
        folder: Path,
        area: AreaId,
        tree: DivisionTree,
        url: str,
        outbound: Guarded,
        now: Callable[[], Instant],
    ) -> None:
        self._wall, self._lead, self._outbound = now, 0, outbound
        self._closing = ExitStack()
        vault = Vault(folder / "keys.db")
        self._addresses = Addresses(folder / "people.db", vault)
        self._setups = Setups(folder / SETUPS, vault)
        self._notices = Notices(folder / NOTICES)
        self._answers = Answers(folder / NOTICES, vault)
        past = Past(folder / "history.db")
        self._offers, self._crews = Offers(past, area), Crews(past, area)
        for held in (
            vault, self._addresses, self._setups, self._notices, self._answers, past,
        ):  # fmt: skip
            self._closing.callback(held.close)
        self._position = self._notices.mark(POSITION)
        known_from = 0 if self._position is not None else self._notices.mark(BORN) or self._now()
        self._contacts = Contacts(self._addresses)
        self._routes = Routes(self._setups, self._addressed)
        self._planner = Planner(self._contacts, self._routes.leads_to, known_from)
        self._owing = Owing(
            self._contacts,
            self._routes.leads_to,
            self._notices.of_offer,
            self._notices.shown,
            known_from,
        )
        matters = Matters(past, area)
        self._duty = Duty(matters, self._addresses, self._notices, self._routes, tree)
        self._plans = Plans(self._planner, self._owing)
        speakers: dict[About, Speaker] = {About.DESK: self._duty}
        speakers |= dict.fromkeys(TO_CREWS, ToCrews(self._owing, tree, url, self._now))
        anew = self._planner.asked_anew
        self._composer = Composer(self._answers, tree, url, self._offer, anew, self._now, speakers)
        self._sender = Sender(
            self._notices, self._routes, outbound, self._composer, self._note, self._now
        )
        self._receiver = Receiver(
            self._notices,
            self._plans,
            self._routes,
            self._contacts,
            self._answers,
            vault,
            self._now,
        )
        self._verifier = Verifier(self._addresses, self._routes)
        self._forgetting = Forgetting(folder / NOTICES, self._offers.erased)
        self._closing.callback(self._forgetting.close)
        self._beside = Beside()
        self._unkept = Plan([], [])
        self._seen_to = self._told_at = 0
        self._polled = self._looked = self._forgot = float("-inf")
        self._begin()

    def _now(self) -> Instant:
        """The present, never before an offer's: the log's time does not fall, clocks do."""
        return self._wall() + self._lead

    def ask_soon(self) -> None:
        """Ask the providers at the next look, and see what desks have to be told."""
        self._polled = self._looked = float("-inf")

    async def rest(self) -> None:
        """Until nothing that was begun is under way."""
        await self._beside.rest()
        await self._verifier.rest()
        await self._sender.rest()

    async def close(self) -> None:
        """What is under way has a moment to come to its end."""
        await self._beside.close()
        await self._sender.close(CLOSE_S)
        self._closing.close()

    def _begin(self) -> None:
        """What was going out when somebody ended has an unknown fate; the open offers are read."""
        waiting = self._notices.waiting()
        torn = [one for one in waiting if one.state is State.SENDING]
        self._notices.put(replace(one, state=State.UNKNOWN) for one in torn)
        if self._position is None:
            self._position = self._offers.sequence()
            self._notices.set_mark(POSITION, self._position)
        self._crews_to = self._notices.mark(CREWS)
        if self._crews_to is None:
            self._crews_to = self._position
        self._knows_crews = False
        self._contacts.merge(self._offers.merged())
        self._take(self._offers.awaited())

    # One round

    async def step(self) -> bool:
        """Look at everything once; what goes out, or waits for others, does so beside this.

        Whether the next look is due at once.
        """
        changed = self._contacts.changed()
        if self._routes.changed():
            changed = True
        if changed:
            self._plans.look_at_all(self._now())
            self._restore()
        self._follow_crews()
        self._follow()
        self._see()
        self._receiver.take_pushed()
        self._keep(self._plans.due(self._now()))
        more = await self._sender.send(self._notices.due(self._now()) if self._knows_crews else ())
        self._beside.begin("verifying", lambda: self._verifier.step(self._outbound))
        time = asyncio.get_running_loop().time()
        if time - self._polled >= POLL_S and self._beside.begin("asking", self._ask_around):
            self._polled = time
        if time - self._looked >= POLL_S:
            self._looked = time
            self._keep(Plan(self._duty.look(self._now()), []))
        if time - self._forgot >= FORGET_S and self._beside.begin("forgetting", self._forget):
            self._forgot = time
        self._live()
        return more

    def _live(self) -> None:
        """A sign of life after a whole round; without one desks are told that nothing goes out."""
        now = self._wall()
        if abs(now - self._told_at) >= ALIVE_MS:
            self._notices.set_mark(ALIVE, now)
            self._told_at = now

    async def _forget(self) -> None:
        await self._forgetting.step(self._now())

    def _follow(self) -> None:
        assert self._position is not None
        offers = self._offers.since(self._position)
        if not offers:
            return
        if self._contacts.merge(self._offers.merged()):
            self._plans.look_at_all(self._now())
        self._take(offers)
        self._position = max(offer.as_of for offer in offers)
        self._notices.set_mark(POSITION, self._position)

    def _follow_crews(self) -> None:
        """Crews that are needed no longer turn back, however they had said yes; those that are
        owed a word are told."""
        assert self._crews_to is not None
        crews = [] if self._knows_crews else self._crews.live()
        if crews is None:  # not written yet: the next look has them
            return
        self._knows_crews = True
        changed = self._crews.since(self._crews_to)
        for crew in (*crews, *changed):
            self._owing.take(crew, self._now())
        for crew in changed:
            self._recall(crew)
        if changed:
            self._crews_to = max(crew.as_of for crew in changed)
            self._notices.set_mark(CREWS, self._crews_to)

    def _recall(self, crew: Crew) -> None:
        offer = self._offers.one(crew.offer) if crew.recalled else None
        if offer is not None:
            known = self._notices.of_offer(crew.offer)
            self._keep(self._planner.recall(offer, known, self._now()))

    def _take(self, offers: Iterable[Asked]) -> None:
        for offer in offers:
            self._lead = max(self._lead, offer.sent_at - self._wall())
            new = self._planner.offer(offer.id) is None
            known = self._notices.of_offer(offer.id) if new or not offer.awaited else ()
            self._keep(self._planner.take(offer, known, self._now()))
            if new and offer.awaited and (at := self._notices.seen(offer.id)) is not None:
                self._shown(offer.id, at)  # a page may be sooner than history

    def _see(self) -> None:
        """Pages that have shown an offer, or its work, have reached somebody."""
        for number, id, at, what in self._notices.seen_since(self._seen_to):
            self._seen_to = number
            if what:
                self._owing.see(id, self._now())
            else:
                self._shown(id, min(at, self._now()))

    def _shown(self, id: OfferId, at: Instant) -> None:
        offer = self._planner.offer(id)
        if offer is not None and self._planner.see(id, at):
            self._keep(Plan([], [self._planner.reached_by_page(offer, at)]))
            self._came_back(offer.organization)

    def _keep(self, plan: Plan) -> None:
        """What cannot be written now is written first the next time: nothing planned is lost."""
        self._unkept.notices.extend(plan.notices)
        self._unkept.reports.extend(plan.reports)
        if self._unkept.notices or self._unkept.reports:
            self._notices.put(*self._unkept)
            self._unkept = Plan([], [])

    def _note(self, notice: Notice) -> None:
        """Whoever is told of what was over by then is told that it is."""
        self._plans.note(notice, self._now())
        arrived = notice.about is About.ASK and notice.state in ARRIVED
        if arrived and self._planner.offer(notice.offer) is None:
            offer = self._offers.one(notice.offer)
            if offer is not None and not offer.awaited:
                known = self._notices.of_offer(offer.id)
                self._keep(self._planner.take(offer, known, self._now()))

    async def _ask_around(self) -> None:
        await self._receiver.poll(self._outbound)
        doubtful = [one for one in self._notices.waiting() if one.state is State.UNKNOWN]
        await self._receiver.clear_up(doubtful, self._sender, self._outbound, self._composer)

    def _addressed(self, notice: Notice) -> Address | None:
        """Asked anew whenever something is to go out: people change their minds meanwhile."""
        if notice.about is About.DESK:
            return self._duty.address(notice)
        offer = self._offer(notice.offer)
        if offer is None:
            return None
        return self._contacts.address(notice.address, offer.organization, offer.mode)

    def _offer(self, id: OfferId) -> Asked | None:
        return self._planner.offer(id) or self._offers.one(id)

    # Whom no channel could reach

    def _restore(self) -> None:
        """An address or a channel has changed: whoever was out of reach may be in it again."""
        for organization in self._notices.lost_since(self._now() - LOST_MS):
            contacts = self._contacts.of_any(organization)
            if any(self._routes.to(contact.address) is not None for contact in contacts):
                self._came_back(organization)

    def _came_back(self, organization: str) -> None:
        self._notices.found_again(organization, self._now())


async def run(messenger: Messenger, stop: asyncio.Event) -> None:
    """Round after round until told to stop; a full disk or a busy file costs a round."""
    while not stop.is_set():
        more = False
        try:
            more = await messenger.step()
        except (apsw.Error, OSError) as error:
            _logger.error("the messenger could not write: %s", type(error).__name__)
        try:
            await asyncio.wait_for(stop.wait(), SOON_S if more else LOOK_S)
        except TimeoutError:
            continue
