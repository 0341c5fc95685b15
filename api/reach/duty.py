"""Duty: a desk whose page is closed is told, too: an urgent line that nobody can be asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from api.people import Address, Addresses
from api.reach.asked import Offers, ShortLine
from api.reach.channels import About, Message, Rung
from api.reach.contacts import CONSENT
from api.reach.notices import Notice, Notices
from api.reach.planning import notice_id
from api.reach.routes import Route, Routes
from api.reach.states import State
from api.reach.wording import mark
from geo.divisions import DivisionTree
from schemas.codes import SKILLS
from schemas.values import DivisionCode, Instant, Mode, OfferId, OrganizationId

FAILED: Final = (State.FAILED, State.EXPIRED, State.CANCELED)
PACE_MS: Final = 60_000  # between two tries
CALLED_MS: Final = 3 * 60_000  # after a message that nobody has acted upon
AGAIN_MS: Final = 30 * 60_000  # while nothing changes
KEPT_MS: Final = 10 * 60_000  # for which such a message is worth sending


class Duty:
    """Which desks are told of which lines. A township's own people first; else those above it."""

    def __init__(
        self, offers: Offers, addresses: Addresses, notices: Notices, routes: Routes,
        tree: DivisionTree,
    ) -> None:  # fmt: skip
        self._offers, self._addresses, self._notices = offers, addresses, notices
        self._routes, self._tree = routes, tree

    def look(self, now: Instant) -> list[Notice]:
        """Messages about urgent lines that are short and ask nobody; each once in half an hour.

        What could not be handed over is tried again each minute, and then by a call as well; who
        was told and has not helped the line for three minutes is called.
        """
        found: list[Notice] = []
        for line in self._offers.short():
            before = [
                one for one in self._notices.of_offer(line.id) if now - one.made_at < AGAIN_MS
            ]
            told = [one for one in before if one.state not in FAILED]
            rung = any(one.rung is Rung.VOICE for one in told)
            call = (bool(before) and not told) or (_waited(told, now) and not rung)
            if (told and not call) or (before and now - before[-1].made_at < PACE_MS):
                continue
            found.extend(self._of(line, now, call, bool(told)))
        return found

    def _of(self, line: ShortLine, now: Instant, call: bool, told: bool) -> Iterator[Notice]:
        """One message to each address of the nearest desk that has any."""
        since = now // PACE_MS  # a start of the messenger says it no second time
        for division, address in self._to(line):
            if (address.rung == Rung.VOICE) > call or (told and address.rung != Rung.VOICE):
                continue
            notice = Notice(
                id=notice_id(f"{line.id}|{since}", address.id, About.DESK),
                offer=OfferId(line.id),
                organization=OrganizationId(division),
                person=address.person,
                address=address.id,
                rung=Rung(address.rung),
                about=About.DESK,
                priority=1,
                due=now,
                until=now + KEPT_MS,
                made_at=now,
            )
            if self._notices.with_id(notice.id) is None:
                yield notice

    def _to(self, line: ShortLine) -> Iterable[tuple[DivisionCode, Address]]:
        for code in self._tree.ancestors(line.division):
            division = DivisionCode(code)
            found = [
                (division, address)
                for reachable in self._addresses.of_division(division)
                for address in reachable.addresses
                if CONSENT[line.mode] in address.consent and self._routes.leads_to(address)
            ]
            if found:
                return found
        return ()

    def line(self, notice: Notice) -> ShortLine | None:
        """What it is about; None where that is no longer short."""
        return next((line for line in self._offers.short() if line.id == notice.offer), None)

    def address(self, notice: Notice) -> Address | None:
        """Where it leads, if it may still be sent there."""
        reached = self._addresses.of_division(DivisionCode(notice.organization))
        known = (address for one in reached for address in one.addresses)
        return next((address for address in known if address.id == notice.address), None)

    def message(self, notice: Notice, route: Route) -> Message | None:
        """What is said; None where the line is no longer short."""
        line = self.line(notice)
        if line is None:
            return None
        place, skill = self._tree.get(line.division), SKILLS[line.skill]
        name = "" if place is None else place.name
        text = (
            f"{mark(line.mode)}{name} {line.number} 号需求（1 级）：{skill.zh}还缺 {line.missing}"
            f"{skill.unit_zh}，目前无队伍可请求。请打开值班页面，或电话协调。"
        )
        return Message(
            id=notice.id,
            to=route.to,
            text=text,
            about=About.DESK,
            secret=route.address.secret,
            fields={"code": str(line.number), "time": ""},
            tries=notice.tries,
            drill=line.mode is not Mode.ACTUAL,
            urgent=True,
        )


def _waited(told: list[Notice], now: Instant) -> bool:
    """Whether somebody was told long enough ago to be called."""
    return bool(told) and now - min(one.made_at for one in told) >= CALLED_MS
