"""What a command on history is about: a folder's history, and the days that are wanted of it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from api import history, review
from api.cli.history import bring_up
from api.cli.review_words import Names
from api.cli.trouble import Trouble, settings_of
from api.history import Sight
from api.serving import opened_as, regions_of, tree_of
from geo.beside import beside
from schemas.values import LATEST, DivisionCode, Instant
from streams.days import end_of, start_of

T = TypeVar("T")


class Period:
    """What is reviewed: a folder's history as far as its log is, and the days that are wanted."""

    def __init__(self, typed: argparse.Namespace) -> None:
        """Raises Trouble."""
        days = (getattr(typed, name, None) for name in ("since", "until"))
        self.since, self.until = _days(*days)
        settings = settings_of(typed)
        told = opened_as(settings.data, settings.area)
        self.settings = settings_of(typed, purpose=told.purpose)
        self.tree = tree_of(settings.data, told)
        inside = tuple(map(DivisionCode, self.tree.below(settings.area)))
        self.regions = regions_of(settings.data, told)
        self._inside = inside
        self.path = bring_up(self.settings)
        where = (self.path, settings.area, self.settings.operation)
        self._about = (*where, Sight(divisions=inside))

    def _count(self, counted: Callable[..., T], *values: object) -> T:
        return counted(*self._about, *values)

    def measures(self) -> history.Measures:
        near = beside(self.tree, self._inside, self.regions)
        return self._count(history.measures, self.since, self.until, near)

    def work(self) -> history.Efforts:
        return self._count(history.work, self.since, self.until)

    def points(self) -> list[history.Point]:
        return self._count(history.demand_points, self.since, self.until)

    def places(self) -> history.Places:
        return self._count(history.places, self.since, self.until)

    def openings(self) -> history.Openings:
        query = review.Query(self.settings.data, self.settings.area)
        return self._count(history.openings_seen, review.openings(query, self.since, self.until))

    def names(self) -> Names:
        return Names(self.tree, history.incidents(self.path, self.settings.area))


def new_file(file: Path) -> None:
    """That it can be written, and nothing is overwritten. Raises Trouble."""
    if file.exists():
        raise Trouble(
            f"{file} 已存在；为免覆盖，请换一个文件名，或先移走它。",
            f"{file} is there already, and nothing is overwritten: name another file.",
        )
    if not file.absolute().parent.is_dir():
        raise Trouble(
            f"目录 {file.parent} 不存在；请先建立。",
            f"The folder {file.parent} does not exist; make it first.",
        )


def _days(since: date | None, until: date | None) -> tuple[Instant, Instant]:
    """Whole days, both of them counted. Trouble where there is none between."""
    if since and until and until < since:
        raise Trouble("--to 早于 --from。", "--to is before --from.")
    end = LATEST if until is None else end_of(until.isoformat())
    return 0 if since is None else start_of(since.isoformat()), end
