"""To crews: the message that is owed to a crew at work. What a page shows is not in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from api.reach import wording
from api.reach.channels import About, Message
from api.reach.crews import Crew
from api.reach.notices import Notice
from api.reach.owing import Owing
from api.reach.routes import Route
from geo.divisions import DivisionTree
from schemas.values import Instant, Mode
from streams.days import time_of_day


class ToCrews:
    """Writes what `owing` has planned."""

    def __init__(
        self, owing: Owing, tree: DivisionTree, url: str, now: Callable[[], Instant]
    ) -> None:
        self._owing, self._tree, self._url, self._now = owing, tree, url, now

    def wanted(self, notice: Notice) -> bool:
        """Whether it still is to be said."""
        return self._owing.crew(notice) is not None

    def message(self, notices: Sequence[Notice], route: Route) -> Message | None:
        """What is said of the one that there is; None where it is owed no longer."""
        [notice] = notices
        crew = self._owing.crew(notice)
        if crew is None:
            return None
        place = self._tree.get(crew.division)
        text = self._text(notice, crew, "" if place is None else place.name)
        return Message(
            id=notice.id,
            to=route.to,
            text=text,
            about=notice.about,
            secret=route.address.secret,
            fields={
                "code": str(crew.demand_number),
                "time": time_of_day(crew.promised_at, self._now()),
            },
            link=self._url,
            tries=notice.tries,
            drill=crew.mode is not Mode.ACTUAL,
            urgent=notice.priority <= 2,
        )

    def _text(self, notice: Notice, crew: Crew, place: str) -> str:
        match notice.about:
            case About.NEEDED:
                return wording.needed(crew, place, self._url)
            case About.ORDER:
                kind = next(one.what for one in crew.instructions if one.id == notice.item)
                return wording.order(crew, place, kind, self._url)
            case _:
                return _SAID[notice.about](crew, place, self._url)


_SAID: Final = {
    About.LIFTED: wording.lifted,
    About.WORDS: wording.changed,
    About.NUMBER: wording.renumbered,
    About.BACK: wording.sent_back,
    About.ANSWERED: wording.answered,
}
