"""Composing: the message of one or several notices, with what its reader answers by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from api.reach import wording
from api.reach.answers import ANSWERABLE_MS, Answering, Answers
from api.reach.asked import Asked
from api.reach.channels import About, Message, Rung
from api.reach.notices import Notice
from api.reach.routes import Route
from geo.divisions import DivisionTree
from schemas.values import Instant, Mode, OfferId, PersonId
from streams.days import time_of_day


class Speaker(Protocol):
    """Says what is no request: to desks, to crews at work."""

    def wanted(self, notice: Notice) -> bool: ...

    def message(self, notices: Sequence[Notice], route: Route) -> Message | None: ...


class Composer:
    """Writes messages; `offer` knows every offer, `asked_anew` whether another took its place.

    What is no request, nor the end of one, is one of the `speakers`'.
    """

    def __init__(
        self,
        answers: Answers,
        tree: DivisionTree,
        url: str,
        offer: Callable[[OfferId], Asked | None],
        asked_anew: Callable[[Asked], bool],
        now: Callable[[], Instant],
        speakers: Mapping[About, Speaker],
    ) -> None:
        self._speakers = speakers
        self._answers, self._tree, self._url = answers, tree, url
        self._offer, self._asked_anew, self._now = offer, asked_anew, now

    def message(self, notices: Sequence[Notice], route: Route) -> Message | None:
        """One message for notices to one address; None where nothing of it is wanted any more."""
        speaker = self._speakers.get(notices[0].about)
        if speaker is not None:
            return speaker.message(notices, route)
        offers = [offer for one in notices if (offer := self._wanted(one)) is not None]
        if not offers:
            return None
        first, now = notices[0], self._now()
        told = [self._told(offer) for offer in offers]
        if first.about is About.OVER:
            committed = offers[0].state == "accepted"
            text = wording.over_all(told) if len(told) > 1 else wording.over(told[0], committed)
            return self._message(first, route, text, offers[0])
        answering = self._answering(first, offers[0])
        link = f"{self._url}/o/{answering.token}" if first.rung is Rung.CHAT else ""
        if len(told) == 1:
            text = wording.asking(told[0], link, answering.code, now)
        else:
            text = wording.several(told, link, answering.code, now)
        until = time_of_day(min(offer.answer_by for offer in offers), now)
        fields = {"code": answering.code, "time": until}
        return self._message(first, route, text, offers[0], fields, link)

    def wanted(self, notice: Notice) -> bool:
        """Whether it still is to be said."""
        speaker = self._speakers.get(notice.about)
        return self._wanted(notice) is not None if speaker is None else speaker.wanted(notice)

    def _wanted(self, notice: Notice) -> Asked | None:
        offer = self._offer(notice.offer)
        if offer is None:
            return None
        if notice.about is About.OVER:  # to whoever is asked anew it would say the contrary
            return None if self._asked_anew(offer) else offer
        return offer if offer.awaited else None

    def together(self, notice: Notice) -> bool:
        """Whether it may go as one with others to its address: thanks do, and what a desk is told
        of one kind; orders never."""
        if notice.about is About.OVER:
            offer = self._offer(notice.offer)
            return offer is not None and offer.state == "stood_down"
        return notice.about is About.DESK or (notice.about is About.ASK and notice.priority > 1)

    def trace(self, lead: str, notice: Notice, route: Route) -> Message:
        """What a message is found again by: no text, no link."""
        return Message(id=lead, to=route.to, text="", about=notice.about, tries=notice.tries)

    def _message(
        self,
        notice: Notice,
        route: Route,
        text: str,
        offer: Asked,
        fields: dict[str, str] | None = None,
        link: str = "",
    ) -> Message:
        return Message(
            id=notice.id,
            to=route.to,
            text=text,
            about=notice.about,
            secret=route.address.secret,
            fields=fields or {},
            link=link,
            tries=notice.tries,
            drill=offer.mode is not Mode.ACTUAL,
            urgent=offer.priority <= 2,
        )

    def _answering(self, notice: Notice, offer: Asked) -> Answering:
        person = None if notice.person is None else PersonId(notice.person)
        until = offer.answer_by + ANSWERABLE_MS
        return self._answers.make(offer.id, person, offer.organization, until, notice.revision)

    def _told(self, offer: Asked) -> wording.Told:
        place = self._tree.get(offer.division)
        return wording.Told(
            mode=offer.mode,
            place="" if place is None else place.name,
            skill=offer.skill,
            quantity=offer.quantity,
            meters=offer.meters,
            answer_by=offer.answer_by,
        )
