"""Duty: a desk whose page is closed is told, too, of what waits for it: by message, then by a call.

Matters of one kind go to an address as one message that counts them, the first at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from api.people import Address, Addresses
from api.reach.channels import About, Message, Rung
from api.reach.contacts import CONSENT
from api.reach.duty_words import brief, text
from api.reach.matters import Kind, Matter, Matters
from api.reach.notices import Notice, Notices
from api.reach.planning import notice_id
from api.reach.routes import Route, Routes
from api.reach.states import State
from api.reach.wording import mark
from geo.divisions import DivisionTree
from schemas.values import DivisionCode, Instant, Mode, OfferId, OrganizationId

FAILED: Final = (State.FAILED, State.EXPIRED, State.CANCELED)
PACE_MS: Final = 60_000  # between two tries
CALLED_MS: Final = 3 * 60_000  # after a message that nobody has acted upon
AGAIN_MS: Final = 30 * 60_000  # while nothing changes; then the desk above is told, too
DAY_MS: Final = 24 * 3_600_000
KEPT_MS: Final = 10 * 60_000  # for which such a message is worth sending
COUNTIES: Final = ("province", "prefecture", "county")  # and whatever is above one


class Desk(NamedTuple):
    """A desk that has a number, or several."""

    division: DivisionCode
    addresses: tuple[Address, ...]

    def got(self, notice: Notice) -> bool:
        """Whether a message was to it."""
        return notice.organization == OrganizationId(self.division)


class Duty:
    """Which desks are told of what: the one that is waited for, else the next above that has a
    number; and the county's, or whichever is above that, once it has climbed or was told in vain.
    """

    def __init__(
        self, matters: Matters, addresses: Addresses, notices: Notices, routes: Routes,
        tree: DivisionTree,
    ) -> None:  # fmt: skip
        self._matters, self._addresses, self._notices = matters, addresses, notices
        self._routes, self._tree = routes, tree
        self._known: dict[str, Matter] | None = None
        self._found: dict[tuple[DivisionCode, Mode], Desk] = {}  # in one look: thousands may wait

    def look(self, now: Instant) -> list[Notice]:
        """What is to be sent by now: each desk is told of a matter once in half an hour.

        What could not be handed over is tried again each minute, and then by a call as well; who
        was told and has done nothing about it for three minutes is called.
        """
        self._known = {matter.id: matter for matter in self._matters.all()}
        self._found.clear()
        found: list[Notice] = []
        for matter in self._known.values():
            sent = self._notices.of_offer(matter.id)
            for desk in self._desks(matter, sent, now):
                its = [one for one in sent if desk.got(one)]
                found.extend(self._to(desk, matter, its, now))
        return found

    def _to(
        self, desk: Desk, matter: Matter, sent: Sequence[Notice], now: Instant
    ) -> Iterator[Notice]:
        """What a desk is sent of a matter by now, after what it was `sent` before."""
        before = [one for one in sent if now - one.made_at < AGAIN_MS]
        told = [one for one in before if one.state not in FAILED]
        rung = any(one.rung is Rung.VOICE for one in told)
        failed = bool(before) and not told
        urgent = matter.kind is Kind.UNABLE or _waited(told, now)
        call = failed or (urgent and not rung)
        if (told and not call) or (before and now - before[-1].made_at < PACE_MS):
            return
        for address in desk.addresses:
            if (address.rung == Rung.VOICE) <= call and (not told or address.rung == Rung.VOICE):
                notice = _notice(matter, desk, address, now)
                if self._notices.with_id(notice.id) is None:
                    yield notice

    def _desks(self, matter: Matter, sent: Sequence[Notice], now: Instant) -> Iterator[Desk]:
        """The nearest that has a number; where it has climbed, or that one was told in vain, those
        above it up to the county's, or to the next one above whoever is waited for."""
        first = True
        for code in self._tree.ancestors(matter.desk):
            desk = self._desk(DivisionCode(code), matter.mode)
            if not desk.addresses:
                continue
            yield desk
            alone = first and not matter.climbed and not _in_vain(desk, sent, now)
            if alone or (code != matter.desk and self._is_county(code)):
                return
            first = False

    def _desk(self, division: DivisionCode, mode: Mode) -> Desk:
        known = self._found.get((division, mode))
        if known is None:
            known = self._found[division, mode] = self._looked_up(division, mode)
        return known

    def _looked_up(self, division: DivisionCode, mode: Mode) -> Desk:
        return Desk(
            division,
            tuple(
                address
                for reachable in self._addresses.of_division(division)
                for address in reachable.addresses
                if CONSENT[mode] in address.consent and self._routes.leads_to(address)
            ),
        )

    def _is_county(self, code: str) -> bool:
        known = self._tree.get(code)
        return known is not None and known.level in COUNTIES

    def wanted(self, notice: Notice) -> bool:
        """Whether it still is to be said."""
        return notice.offer in self._standing()

    def _standing(self) -> dict[str, Matter]:
        """What waits, as of the last look; after a start nothing was looked at yet."""
        if self._known is None:
            self._known = {matter.id: matter for matter in self._matters.all()}
        return self._known

    def address(self, notice: Notice) -> Address | None:
        """Where it leads, if it may still be sent there."""
        reached = self._addresses.of_division(DivisionCode(notice.organization))
        known = (address for one in reached for address in one.addresses)
        return next((address for address in known if address.id == notice.address), None)

    def message(self, notices: Sequence[Notice], route: Route) -> Message | None:
        """One for all of them; None where there is nothing to be said any more."""
        standing = self._standing()
        matters = [standing[one.offer] for one in notices if one.offer in standing]
        if not matters:
            return None
        first, place = matters[0], self._tree.get(matters[0].division)
        where = f"{mark(first.mode)}{'' if place is None else place.name}"
        return Message(
            id=notices[0].id,
            to=route.to,
            text=text(matters, where),
            about=About.DESK,
            secret=route.address.secret,
            fields={"code": brief(matters), "time": ""},
            tries=notices[0].tries,
            drill=first.mode is not Mode.ACTUAL,
            urgent=True,
        )


def _notice(matter: Matter, desk: Desk, address: Address, now: Instant) -> Notice:
    since = now // PACE_MS  # a start of the messenger says it no second time
    return Notice(
        id=notice_id(f"{matter.id}|{since}", address.id, About.DESK),
        offer=OfferId(matter.id),
        organization=OrganizationId(desk.division),
        person=address.person,
        address=address.id,
        rung=Rung(address.rung),
        about=About.DESK,
        priority=matter.priority,
        due=now,
        until=now + KEPT_MS,
        made_at=now,
        item=f"{matter.kind.value}|{matter.mode.value}",
    )


def _in_vain(desk: Desk, sent: Sequence[Notice], now: Instant) -> bool:
    """Whether it was told half an hour ago or more, and not longer ago than a day."""
    ages = (now - one.made_at for one in sent if desk.got(one))
    return any(AGAIN_MS <= age < DAY_MS for age in ages)


def _waited(told: Sequence[Notice], now: Instant) -> bool:
    """Whether somebody was told long enough ago to be called."""
    return bool(told) and now - min(one.made_at for one in told) >= CALLED_MS
