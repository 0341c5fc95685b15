"""Duty: a desk whose page is closed is told, too: of urgent lines that nobody can be asked for, of
urgent drafts that nobody has decided, and of what was handed up or given back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from api.people import Address, Addresses
from api.reach.asked import HandedUp, Offers, ShortLine, Undecided
from api.reach.channels import About, Message, Rung
from api.reach.contacts import CONSENT
from api.reach.notices import Notice, Notices
from api.reach.planning import notice_id
from api.reach.routes import Route, Routes
from api.reach.states import State
from api.reach.wording import mark
from geo.divisions import DivisionTree
from schemas.codes import KINDS, SKILLS
from schemas.values import DivisionCode, Instant, Mode, OfferId, OrganizationId

FAILED: Final = (State.FAILED, State.EXPIRED, State.CANCELED)
PACE_MS: Final = 60_000  # between two tries
CALLED_MS: Final = 3 * 60_000  # after a message that nobody has acted upon
AGAIN_MS: Final = 30 * 60_000  # while nothing changes; then the county is told, too
DAY_MS: Final = 24 * 3_600_000
KEPT_MS: Final = 10 * 60_000  # for which such a message is worth sending
DRAFT: Final = "草稿"  # which has no number


Matter = ShortLine | Undecided | HandedUp


class Duty:
    """Which desks are told of what. Of lines a township's own people, else those above it; of a
    draft that has climbed both the township's and the county's, for either may decide; of what was
    handed up the desk that it was handed to, and those above it once it has climbed.
    """

    def __init__(
        self, offers: Offers, addresses: Addresses, notices: Notices, routes: Routes,
        tree: DivisionTree,
    ) -> None:  # fmt: skip
        self._offers, self._addresses, self._notices = offers, addresses, notices
        self._routes, self._tree = routes, tree

    def look(self, now: Instant) -> list[Notice]:
        """Messages about urgent lines that are short and ask nobody, urgent drafts that have
        climbed, and urgent demands handed up or given back; each once in half an hour.

        What could not be handed over is tried again each minute, and then by a call as well; who
        was told and has not helped the line for three minutes is called.
        """
        found: list[Notice] = []
        for line in self._matters():
            before = [
                one for one in self._notices.of_offer(line.id) if now - one.made_at < AGAIN_MS
            ]
            told = [one for one in before if one.state not in FAILED]
            rung = any(one.rung is Rung.VOICE for one in told)
            call = (bool(before) and not told) or (_waited(told, now) and not rung)
            if (told and not call) or (before and now - before[-1].made_at < PACE_MS):
                continue
            found.extend(self._of(line, now, call, bool(told), self._told_before(line, now)))
        return found

    def _matters(self) -> list[Matter]:
        offers = self._offers
        return [*offers.short(), *offers.undecided(), *offers.handed_up()]

    def _told_before(self, line: Matter, now: Instant) -> bool:
        """Whether it was told in vain: half an hour ago or more, and not longer than for a day."""
        ages = (now - one.made_at for one in self._notices.of_offer(line.id))
        return any(AGAIN_MS <= age < DAY_MS for age in ages)

    def _of(
        self, line: Matter, now: Instant, call: bool, told: bool, vain: bool
    ) -> Iterator[Notice]:
        """One message to each address of the nearest desk that has any; in `vain`, to the county's
        as well."""
        since = now // PACE_MS  # a start of the messenger says it no second time
        for division, address in self._to(line, vain):
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
                priority=1 if isinstance(line, ShortLine) else line.priority,
                due=now,
                until=now + KEPT_MS,
                made_at=now,
            )
            if self._notices.with_id(notice.id) is None:
                yield notice

    def _to(self, line: Matter, vain: bool) -> Iterable[tuple[DivisionCode, Address]]:
        told: list[tuple[DivisionCode, Address]] = []
        for code in self._tree.ancestors(line.desk):
            division = DivisionCode(code)
            found = [
                (division, address)
                for reachable in self._addresses.of_division(division)
                for address in reachable.addresses
                if CONSENT[line.mode] in address.consent and self._routes.leads_to(address)
            ]
            told += found
            if told and (_alone(line, vain) or self._stops(line, division)):
                break
        return told

    def _stops(self, line: Matter, division: DivisionCode) -> bool:
        """The county is the last to be told, unless that is who has been waited for."""
        climbed = isinstance(line, HandedUp) and line.climbed
        return not climbed and self._is_county(division)

    def _is_county(self, division: DivisionCode) -> bool:
        known = self._tree.get(division)
        return known is not None and known.level == "county"

    def line(self, notice: Notice) -> Matter | None:
        """What it is about; None where that is no longer short, or was decided."""
        return next((line for line in self._matters() if line.id == notice.offer), None)

    def wanted(self, notice: Notice) -> bool:
        """Whether it still is to be said."""
        return self.line(notice) is not None

    def address(self, notice: Notice) -> Address | None:
        """Where it leads, if it may still be sent there."""
        reached = self._addresses.of_division(DivisionCode(notice.organization))
        known = (address for one in reached for address in one.addresses)
        return next((address for address in known if address.id == notice.address), None)

    def _words(self, line: Matter) -> tuple[str, str]:
        """What is said of it in full, and what stands for it in a template."""
        place = self._tree.get(line.division)
        where = f"{mark(line.mode)}{'' if place is None else place.name}"
        if isinstance(line, Undecided):
            return f"{where} {_draft(line)}", DRAFT
        if isinstance(line, HandedUp):
            return f"{where} {_handed(line)}", str(line.number or DRAFT)
        return f"{where} {_short(line)}", str(line.number)

    def message(self, notice: Notice, route: Route) -> Message | None:
        """What is said; None where there is nothing to be said any more."""
        line = self.line(notice)
        if line is None:
            return None
        text, code = self._words(line)
        return Message(
            id=notice.id,
            to=route.to,
            text=text,
            about=About.DESK,
            secret=route.address.secret,
            fields={"code": code, "time": ""},
            tries=notice.tries,
            drill=line.mode is not Mode.ACTUAL,
            urgent=True,
        )


def _draft(line: Undecided) -> str:
    return (
        f"{KINDS[line.kind].zh}需求草稿（{line.priority} 级）超时未处理，没有请求任何队伍。"
        "请打开值班页面发布或弃用。"
    )


def _alone(line: Matter, vain: bool) -> bool:
    """Whether the nearest desk that has a number is told alone."""
    if isinstance(line, HandedUp):
        return not line.climbed and not vain
    return isinstance(line, ShortLine) and not vain


def _handed(line: HandedUp) -> str:
    number = f"{line.number} 号需求" if line.number else "需求草稿"
    what = f"{KINDS[line.kind].zh}{number}（{line.priority} 级）"
    if line.back:
        return f"{what}已由上级退回，待乡镇处理。请打开值班页面处理。"
    still = "提请提级后仍无人接办" if line.climbed else "提请提级处置，待接办"
    return f"{what}{still}。请打开值班页面接办或退回。"


def _short(line: ShortLine) -> str:
    skill = SKILLS[line.skill]
    return (
        f"{line.number} 号需求（1 级）：{skill.zh}还缺 {line.missing}"
        f"{skill.unit_zh}，目前无队伍可请求。请打开值班页面，或电话协调。"
    )


def _waited(told: list[Notice], now: Instant) -> bool:
    """Whether somebody was told long enough ago to be called."""
    return bool(told) and now - min(one.made_at for one in told) >= CALLED_MS
